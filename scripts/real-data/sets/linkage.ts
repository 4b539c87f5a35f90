import { parse } from "csv-parse/sync";
import { readText } from "../data.ts";
import type { Installation } from "../installation.ts";
import type { Findings } from "../report.ts";
import { anchorOf, readSubjectsByAnchor } from "../stored.ts";

/** One way to recognise people: every key alone suffices, and all parts of a key must be there. */
export interface Way {
  readonly label: string;
  readonly keys: readonly (readonly string[])[];
  /** Also by e-mail, and whether the source vouches for it. */
  readonly email?: "verified" | "unverified";
  /** Whether this way is held to a precision of 1. */
  readonly isExact: boolean;
}

/** A set of records about people whose true grouping is known. */
export interface LinkageSet {
  readonly file: string;
  /** The file as it is sent: without its truth, each record under an id that tells nothing. */
  readonly sendable: string;
  readonly recordIds: readonly string[];
  /** True person of each record. */
  readonly truth: readonly string[];
  /** Fields of a record, by target. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface PairScore {
  readonly right: number;
  readonly made: number;
  readonly wanted: number;
  readonly precision: number;
  readonly recall: number;
}

const RECORD = "import_row";

function pairs(groups: Iterable<readonly unknown[]>): number {
  let sum = 0;
  for (const g of groups) sum += (g.length * (g.length - 1)) / 2;
  return sum;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** Pairwise precision and recall; 1 where there is no pair to judge. */
export function scoreGroups(records: readonly { person: string; member: string }[]): PairScore {
  const right = pairs(groupBy(records, (r) => `${r.person}|${r.member}`).values());
  const made = pairs(groupBy(records, (r) => r.member).values());
  const wanted = pairs(groupBy(records, (r) => r.person).values());
  return {
    right,
    made,
    wanted,
    precision: made === 0 ? 1 : right / made,
    recall: wanted === 0 ? 1 : right / wanted,
  };
}

/** Reads a set: `truthOf` gives the person of a record, and neither it nor the file's own record id is sent. */
export function readLinkageSet(
  path: string,
  hidden: readonly string[],
  truthOf: (row: Readonly<Record<string, string>>) => string,
  fields: Readonly<Record<string, unknown>>,
): LinkageSet {
  const rows = parse(readText(path), { columns: true, trim: true }) as Record<string, string>[];
  const columns = Object.keys(rows[0] ?? {}).filter((c) => !hidden.includes(c));
  const recordIds = rows.map((_, i) => `r${i + 1}`);
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row, i) =>
    [recordIds[i] ?? "", ...columns.map((c) => cell(row[c] ?? ""))].join(","),
  );
  return {
    file: path.split("/").at(-1) ?? path,
    sendable: `${["row", ...columns].join(",")}\n${lines.join("\n")}\n`,
    recordIds,
    truth: rows.map(truthOf),
    fields,
  };
}

/** Sends the set once for each way, in namespaces of their own so that the ways know nothing of each other. */
export async function tryWays(
  installation: Installation,
  findings: Findings,
  set: LinkageSet,
  ways: readonly Way[],
): Promise<Map<string, PairScore>> {
  const rows: (string | number)[][] = [];
  const scores = new Map<string, PairScore>();
  let found = 0;
  for (const [i, way] of ways.entries()) {
    const { score, records } = await tryWay(installation, findings, set, way, `${set.file}/${i}`);
    found += records;
    scores.set(way.label, score);
    rows.push([
      way.label,
      score.made,
      score.right,
      score.made - score.right,
      score.precision.toFixed(4),
      score.recall.toFixed(4),
    ]);
    if (way.isExact)
      findings.check(`${set.file}: precision by ${way.label}`, score.precision.toFixed(4), "1.0000");
  }
  findings.checkAll(`${set.file}: records found again`, found, ways.length * set.recordIds.length);
  const wanted = [...scores.values()][0]?.wanted ?? 0;
  findings.table(
    `${set.file}: ${set.truth.length} records, ${new Set(set.truth).size} people, ${wanted} true pairs`,
    ["recognised by", "pairs made", "right", "wrong", "precision", "recall"],
    rows,
  );
  return scores;
}

async function tryWay(
  installation: Installation,
  findings: Findings,
  set: LinkageSet,
  way: Way,
  namespace: string,
): Promise<{ score: PairScore; records: number }> {
  const source = await installation.source({
    name: `${set.file} by ${way.label}`.slice(0, 200),
    kind: "members",
    ...(way.email === undefined
      ? {}
      : { identifiers: { email: { namespace, verified: way.email === "verified" } } }),
    mapping: {
      separator: ",",
      dateFormats: ["yyyyMMdd", "yyyy-MM-dd"],
      fields: { ...set.fields, ...(way.email === undefined ? {} : { email: "email" }) },
      identifiers: [
        { kind: RECORD, column: "row", namespace },
        ...way.keys.map((columns, n) => ({ kind: `person_key_${n + 1}`, columns, namespace })),
      ],
    },
  });
  const sent = await installation.send(source, `${set.file} by ${way.label}`, set.sendable);
  findings.file(sent);
  const subjects = await readSubjectsByAnchor(installation.db);
  // With verified e-mails the e-mail anchors a record, so its own id has to be followed instead.
  const records =
    way.email === "verified"
      ? await followRecords(installation, set, namespace)
      : set.recordIds.map((id) => subjects.get(anchorOf(installation, RECORD, namespace, id))?.memberId);
  const known = records.flatMap((member, i) =>
    member === undefined ? [] : [{ person: set.truth[i] as string, member }],
  );
  return { score: scoreGroups(known), records: known.length };
}

async function followRecords(
  installation: Installation,
  set: LinkageSet,
  namespace: string,
): Promise<(string | undefined)[]> {
  const members: (string | undefined)[] = [];
  for (const value of set.recordIds)
    members.push((await installation.lookup({ kind: RECORD, value, issuer: namespace }))?.memberId);
  return members;
}
