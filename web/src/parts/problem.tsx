import Alert from "antd/es/alert";
import { Problem } from "../api.ts";
import { wordOf } from "../codes/code-words.ts";
import { PROBLEM_WORDS } from "../codes/problems.ts";
import { type Locale, say, useLocale, useWords } from "../i18n.ts";
import { PARTS } from "./words.ts";

/** What went wrong in a sentence for people, in their language where the code is known. */
export function sentenceOf(error: unknown, locale: Locale): string {
  const code = error instanceof Problem ? error.code : "internal-error";
  const sentence = wordOf(PROBLEM_WORDS, code, locale);
  if (!(error instanceof Problem)) return sentence;
  if (sentence === code) return error.title;
  return say(sentence, { seconds: error.headers.get("retry-after") ?? "60" });
}

/** An error as a note: what happened, where, and the request's id for whoever has to look it up. */
export function ProblemNote({ error }: { readonly error: unknown }) {
  const t = useWords(PARTS);
  const locale = useLocale();
  if (error === null || error === undefined) return null;
  const problem = error instanceof Problem ? error : null;
  return (
    <Alert
      type={problem?.code === "approval-required" ? "info" : "error"}
      showIcon
      role="alert"
      style={{ marginBottom: 16 }}
      title={sentenceOf(error, locale)}
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
