import Alert from "antd/es/alert";
import { Problem } from "../api.ts";
import { say, useWords } from "../i18n.ts";
import { PARTS } from "./words.ts";

type PartWords = ReturnType<typeof useWords<(typeof PARTS)["en"]>>;

/** What went wrong in a sentence for people, in their language where the code is known. */
export function sentenceOf(error: unknown, t: PartWords): string {
  if (!(error instanceof Problem)) return t.server;
  switch (error.code) {
    case "unreachable":
    case "store-unavailable":
      return t.unreachable;
    case "wrong-credentials":
      return t.wrongCredentials;
    case "locked-out":
      return say(t.lockedOut, { seconds: error.headers.get("retry-after") ?? "60" });
    case "approval-required":
      return t.approval;
    case "forbidden":
      return t.forbidden;
    case "purpose-not-allowed":
    case "purpose-required":
      return t.purpose;
    case "csrf":
      return t.csrf;
    case "gone":
      return t.gone;
    case "not-found":
      return t.notFound;
    case "conflict":
      return t.conflict;
    case "invalid-request":
      return t.invalid;
    case "internal-error":
      return t.server;
    default:
      return error.title;
  }
}

/** An error as a note: what happened, where, and the request's id for whoever has to look it up. */
export function ProblemNote({ error }: { readonly error: unknown }) {
  const t = useWords(PARTS);
  if (error === null || error === undefined) return null;
  const problem = error instanceof Problem ? error : null;
  return (
    <Alert
      type={problem?.code === "approval-required" ? "info" : "error"}
      showIcon
      role="alert"
      style={{ marginBottom: 16 }}
      title={sentenceOf(error, t)}
      description={
        problem === null ? null : (
          <>
            {problem.detail !== undefined && <div>{problem.detail}</div>}
            {problem.errors.map((e) => (
              <div key={`${e.path} ${e.code}`}>
                <code>{e.path}</code> {e.message}
              </div>
            ))}
            {problem.status >= 500 && problem.requestId !== undefined && (
              <div className="quiet mono">{say(t.request, { id: problem.requestId })}</div>
            )}
          </>
        )
      }
    />
  );
}
