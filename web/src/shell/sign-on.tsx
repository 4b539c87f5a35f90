import { useQueryClient } from "@tanstack/react-query";
import Skeleton from "antd/es/skeleton";
import { useEffect, useState } from "react";
import { Link, useNavigate } from "react-router";
import { post } from "../api.ts";
import { useWords } from "../i18n.ts";
import { ProblemNote } from "../parts/problem.tsx";
import { noteLoggedIn } from "../session.ts";
import { Door } from "./door.tsx";
import { SHELL } from "./words.ts";

let finished: Promise<unknown> | undefined;

/** Posts the provider's answer, once for each time that the browser came back: it is good for one log-in. */
function finish(): Promise<unknown> {
  finished ??= post("/v1/session/sign-on/answer", { answer: location.search.slice(1) });
  history.replaceState(null, "", location.pathname);
  return finished;
}

/** Where the OpenID provider sends people back: the page posts its answer, and takes it out of the address. */
export function SignOn() {
  const t = useWords(SHELL);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    void finish().then(
      (current) => {
        client.setQueryData(["session"], current);
        noteLoggedIn(true);
        void navigate("/", { replace: true });
      },
      (error: unknown) => setProblem(error),
    );
  }, [client, navigate]);
  return (
    <Door>
      <h1 style={{ fontSize: 22, margin: "0 0 12px" }}>{t.logIn}</h1>
      {problem === null ? (
        <Skeleton active aria-label={t.loading} />
      ) : (
        <>
          <ProblemNote error={problem} />
          <Link to="/">{t.backToLogIn}</Link>
        </>
      )}
    </Door>
  );
}
