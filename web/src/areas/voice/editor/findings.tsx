import Tag from "antd/es/tag";
import type { Static } from "typebox";
import type { FindingSchema } from "../../../../../surveys/definitions/findings.schema.ts";

/** What the linter says, with its sentence in the reader's language. */
export type FindingShown = Static<typeof FindingSchema>;

/** Findings as sentences, each with its code; `named` also says of which question, where that is not plain already. */
export function Findings({
  findings,
  named = false,
}: {
  readonly findings: readonly FindingShown[];
  readonly named?: boolean;
}) {
  if (findings.length === 0) return null;
  return (
    <ul className="ed-findings">
      {findings.map((f) => (
        <li key={`${f.code} ${f.question} ${f.path}`}>
          <Tag color={f.level === "error" ? "red" : "orange"}>{f.code}</Tag>{" "}
          {named && (f.question ?? f.path) !== null && <strong>{f.question ?? f.path}: </strong>}
          {f.message}
          {f.locales !== undefined && ` (${f.locales.join(", ")})`}
        </li>
      ))}
    </ul>
  );
}
