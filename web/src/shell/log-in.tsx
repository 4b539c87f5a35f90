import { useQuery } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import { useState } from "react";
import type { Static } from "typebox";
import type { CurrentSession, LogInWays, SignOnBegun } from "../../../src/staff/staff.schema.ts";
import { get, Problem, post } from "../api.ts";
import { say, useWords } from "../i18n.ts";
import { ProblemNote } from "../parts/problem.tsx";
import { Door } from "./door.tsx";
import { SHELL } from "./words.ts";

type Current = Static<typeof CurrentSession>;

/** The door of the console. */
export function LogIn(props: {
  readonly ended: boolean;
  readonly unreachable: boolean;
  readonly onLoggedIn: (current: Current) => void;
}) {
  const t = useWords(SHELL);
  const [problem, setProblem] = useState<unknown>(null);
  const [needsCode, setNeedsCode] = useState(false);
  const [busy, setBusy] = useState(false);

  const ways = useQuery({
    queryKey: ["log-in-ways"],
    queryFn: () => get<Static<typeof LogInWays>>("/v1/session/ways"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const signOn = ways.data?.signOn ?? null;

  const goToProvider = async () => {
    setBusy(true);
    setProblem(null);
    try {
      location.assign((await post<Static<typeof SignOnBegun>>("/v1/session/sign-on")).url);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const send = async (given: { email: string; password: string; code?: string }) => {
    setBusy(true);
    setProblem(null);
    try {
      const code = given.code?.trim() ?? "";
      props.onLoggedIn(
        await post<Current>("/v1/session", {
          email: given.email,
          password: given.password,
          ...(code === "" ? {} : { code }),
        }),
      );
    } catch (error) {
      if (error instanceof Problem && error.code === "second-factor-required") setNeedsCode(true);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Door>
      <h1 style={{ fontSize: 22, margin: "0 0 4px" }}>{t.logIn}</h1>
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.logInLead}
      </p>
      {props.ended && <Alert type="info" showIcon title={t.expired} style={{ marginBottom: 16 }} />}
      <ProblemNote error={problem} />
      <Form layout="vertical" onFinish={send} requiredMark={false}>
        <Form.Item name="email" label={t.email} rules={[{ required: true }]}>
          <Input type="email" autoComplete="username" autoFocus size="large" />
        </Form.Item>
        <Form.Item name="password" label={t.password} rules={[{ required: true }]}>
          <Input.Password autoComplete="current-password" size="large" />
        </Form.Item>
        {needsCode && (
          <Form.Item name="code" label={t.code} extra={t.codeHint} rules={[{ required: true }]}>
            <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} autoFocus size="large" />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block size="large" loading={busy}>
          {t.logIn}
        </Button>
      </Form>
      {signOn !== null && (
        <Button
          block
          size="large"
          loading={busy}
          style={{ marginTop: 12 }}
          onClick={() => void goToProvider()}
        >
          {say(t.signOn, { name: signOn.name })}
        </Button>
      )}
    </Door>
  );
}
