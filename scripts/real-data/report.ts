/** A figure that must be so. */
export interface Check {
  readonly name: string;
  readonly expected: string | number;
  readonly actual: string | number;
  readonly ok: boolean;
}

/** Why rows of a file were not stored. */
export interface Reason {
  readonly code: string;
  readonly count: number;
  readonly firstLine: number;
  readonly detail: string;
}

export type Counts = Readonly<Record<"accepted" | "duplicate" | "quarantined" | "refused", number>>;

/** One file (or several of one kind) that went through the door. */
export interface FileRun {
  readonly file: string;
  readonly rows: number;
  readonly counts: Counts;
  readonly seconds: number;
  readonly reasons: readonly Reason[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What was found out with one data set. */
export interface SetReport {
  readonly set: string;
  readonly title: string;
  readonly seconds: number;
  readonly files: readonly FileRun[];
  readonly tables: readonly Table[];
  /** What was judged, and why. */
  readonly decisions: readonly string[];
  readonly checks: readonly Check[];
}

export interface SkippedSet {
  readonly set: string;
  readonly title: string;
  readonly skipped: string;
}

/** Collects what one set shows while it runs. */
export interface Findings {
  file(run: FileRun): void;
  table(title: string, columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
  decide(text: string): void;
  check(name: string, actual: string | number, expected: string | number): void;
  /** How many of `total` things hold; all must, and `firstBad` says where not. */
  checkAll(name: string, good: number, total: number, firstBad?: string): void;
  report(set: string, title: string, seconds: number): SetReport;
}

export function startFindings(): Findings {
  const files: FileRun[] = [];
  const tables: Table[] = [];
  const decisions: string[] = [];
  const checks: Check[] = [];
  return {
    file: (run) => void files.push(run),
    table: (title, columns, rows) => void tables.push({ title, columns, rows }),
    decide: (text) => void decisions.push(text),
    check: (name, actual, expected) => void checks.push({ name, actual, expected, ok: actual === expected }),
    checkAll(name, good, total, firstBad) {
      const where = firstBad === undefined || good === total ? "" : `, first not at ${firstBad}`;
      const expected = `${total} of ${total}`;
      checks.push({ name, actual: `${good} of ${total}${where}`, expected, ok: good === total && total > 0 });
    },
    report: (set, title, seconds) => ({ set, title, seconds, files, tables, decisions, checks }),
  };
}

/** Several runs as one line of a report: rows and verdicts add up, each reason keeps its first occurrence. */
export function mergeRuns(file: string, runs: readonly FileRun[]): FileRun {
  const sum = (pick: (run: FileRun) => number): number => runs.reduce((n, run) => n + pick(run), 0);
  const reasons = new Map<string, Reason>();
  for (const reason of runs.flatMap((run) => run.reasons)) {
    const known = reasons.get(reason.code);
    reasons.set(reason.code, known === undefined ? reason : { ...known, count: known.count + reason.count });
  }
  return {
    file,
    rows: sum((r) => r.rows),
    counts: {
      accepted: sum((r) => r.counts.accepted),
      duplicate: sum((r) => r.counts.duplicate),
      quarantined: sum((r) => r.counts.quarantined),
      refused: sum((r) => r.counts.refused),
    },
    seconds: sum((r) => r.seconds),
    reasons: [...reasons.values()].sort((a, b) => b.count - a.count),
  };
}

/** A number with its thousands apart, for people. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Minor units of a currency with two decimals, for people. */
export function money(minor: number, currency: string): string {
  const digits = String(Math.abs(minor)).padStart(3, "0");
  return `${minor < 0 ? "-" : ""}${grouped(Number(digits.slice(0, -2)))}.${digits.slice(-2)} ${currency}`;
}

function widthOf(text: string): number {
  // Chinese characters take two columns in a terminal.
  return [...text].reduce((n, c) => n + (/[\u2e80-\uffef]/.test(c) ? 2 : 1), 0);
}

function tableText(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [columns, ...rows.map((row) => row.map((c) => (typeof c === "number" ? grouped(c) : c)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => widthOf(row[i] ?? ""))));
  const isNumeric = columns.map((_, i) => rows.every((row) => typeof row[i] === "number"));
  return cells
    .map((row) => {
      const padded = row.map((cell, i) => {
        const pad = " ".repeat(Math.max(0, (widths[i] as number) - widthOf(cell)));
        return isNumeric[i] ? pad + cell : cell + pad;
      });
      return `  ${padded.join("  ")}`.trimEnd();
    })
    .join("\n");
}

function filesText(files: readonly FileRun[]): string {
  const columns = ["file", "rows", "accepted", "duplicate", "quarantined", "refused", "seconds", "rows/s"];
  const rows = files.map(({ file, rows: n, counts, seconds }) => [
    file,
    ...[n, counts.accepted, counts.duplicate, counts.quarantined, counts.refused],
    seconds.toFixed(1),
    Math.round(n / Math.max(seconds, 0.001)),
  ]);
  const reasons = files.flatMap((f) =>
    f.reasons.map((r) => [f.file, r.code, r.count, r.firstLine, r.detail] as const),
  );
  const why =
    reasons.length === 0
      ? ""
      : `\n\n  Rows not stored, by reason\n${tableText(["file", "code", "rows", "first line", "because"], reasons)}`;
  return tableText(columns, rows) + why;
}

/** The report of one set as plain text. */
export function formatSet(report: SetReport | SkippedSet): string {
  const heading = `${report.title} (${report.set})\n${"=".repeat(report.title.length + report.set.length + 3)}`;
  if ("skipped" in report) return `${heading}\nSKIPPED: ${report.skipped}`;
  const parts = [heading];
  if (report.files.length > 0) parts.push(filesText(report.files));
  for (const t of report.tables) parts.push(`  ${t.title}\n${tableText(t.columns, t.rows)}`);
  if (report.decisions.length > 0) parts.push(report.decisions.map((d) => `  · ${d}`).join("\n"));
  parts.push(
    report.checks
      .map((c) =>
        c.ok ? `  ok    ${c.name}: ${c.actual}` : `  WRONG ${c.name}: ${c.actual}, expected ${c.expected}`,
      )
      .join("\n"),
  );
  return parts.join("\n\n");
}
