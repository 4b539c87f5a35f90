import Tag from "antd/es/tag";

/** What the linter says, with its sentence in the reader's language. */
export interface FindingShown {
  readonly code: string;
  readonly level: "error" | "warning";
  readonly question: string | null;
  readonly path: string | null;
  readonly locales?: readonly string[];
  readonly message: string;
}

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
