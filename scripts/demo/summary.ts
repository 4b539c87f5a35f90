import { consentLines } from "./consent-lines.ts";
import { addCounts, NO_VERDICTS, VERDICTS, type VerdictCounts } from "./doors.ts";
import { type RightsSummary, rightsLines } from "./rights.ts";
import type { ConsentSummary } from "./show-consents.ts";
import { columns } from "./table.ts";
import type { SomebodyToErase } from "./to-erase.ts";

export interface SourceSummary {
  readonly source: string;
  readonly kind: string;
  readonly counts: VerdictCounts;
}

/** What the demo did and what became of it. */
export interface DemoSummary {
  readonly people: number;
  readonly seed: number;
  readonly requests: number;
  readonly seconds: number;
  /** Items that got a verdict, per second of sending. */
  readonly eventsPerSecond: number;
  readonly sources: readonly SourceSummary[];
  readonly members: number;
  readonly knownMembers: number;
  readonly subjects: number;
  readonly merges: number;
  readonly contested: number;
  readonly quarantined: readonly {
    readonly code: string;
    readonly count: number;
    readonly because: string;
  }[];
  /** Null when too few people have a card. */
  readonly consents: ConsentSummary | null;
  /** Requests of people about their data; absent or null where too few have a card. */
  readonly rights?: RightsSummary | null;
  /** For the tour of an erasure; null when nobody fits. */
  readonly toErase?: SomebodyToErase | null;
  /** A member worth a look; null when nobody was found. */
  readonly example: ExampleMember | null;
  readonly score: Score | null;
}

export interface ExampleMember {
  readonly memberId: string;
  readonly subjects: number;
  readonly identifiers: number;
  readonly url: string;
}

/** How well identities were put together, over pairs of identifiers that the demo knows to be one person's. */
export interface Score {
  readonly pairs: number;
  readonly precision: number;
  readonly recall: number;
}

export function totalOf(sources: readonly SourceSummary[]): VerdictCounts {
  return sources.reduce((sum, s) => addCounts(sum, s.counts), NO_VERDICTS);
}

const number = (n: number) => n.toLocaleString("en");

/** The summary as people read it. */
export function formatSummary(
  summary: DemoSummary,
  options: { readonly isServing: boolean; readonly files?: string } = { isServing: true },
): string {
  const row = (name: string, kind: string, counts: VerdictCounts) => [
    name,
    kind,
    ...VERDICTS.map((v) => number(counts[v])),
  ];
  const total = totalOf(summary.sources);
  const events = columns(
    [
      ["source", "kind", ...VERDICTS],
      ...summary.sources.map((s) => row(s.source, s.kind, s.counts)),
      row("all", "", total),
    ],
    2,
  );
  const reasons = columns(summary.quarantined.map((q) => [q.code, number(q.count)]));
  const seconds = summary.seconds.toFixed(1);
  return [
    "",
    "Events by source and verdict",
    ...events.map((line) => `  ${line}`),
    "",
    "People",
    ...columns([
      ["members", number(summary.members)],
      ["  of them known by a number or a confirmed contact", number(summary.knownMembers)],
      ["subjects", number(summary.subjects)],
      ["merges", number(summary.merges)],
      ["contested identifiers", number(summary.contested)],
    ]).map((line) => `  ${line}`),
    ...(summary.score === null
      ? []
      : [
          `  pairs of one person's identifiers: ${number(summary.score.pairs)}, precision ${summary.score.precision.toFixed(4)}, recall ${summary.score.recall.toFixed(4)}`,
        ]),
    "",
    "Quarantined, and why",
    ...(reasons.length === 0
      ? ["  nothing"]
      : reasons.map((line, i) => `  ${line}   ${summary.quarantined[i]?.because ?? ""}`)),
    "",
    ...(summary.consents === null ? [] : [...consentLines(summary.consents), ""]),
    ...(summary.rights == null ? [] : [...rightsLines(summary.rights), ""]),
    `${number(summary.requests)} requests in ${seconds} s: ${number(Math.round(summary.eventsPerSecond))} events/s`,
    ...(summary.toErase == null || options.files === undefined
      ? []
      : [
          "",
          "Somebody to erase, step by step in docs/tour-erasure.md:",
          `  EMAIL=${summary.toErase.email} CARD=${summary.toErase.card}`,
          ...summary.toErase.files.map(
            (name) => `  FILE=${options.files}/${name} (from the source "${summary.toErase?.source}")`,
          ),
        ]),
    ...(summary.example === null
      ? []
      : [
          "",
          `A member to look at, of ${summary.example.subjects} subjects and ${summary.example.identifiers} identifiers:`,
          `  curl -H "Authorization: Bearer $CANDOR_ADMIN_KEY" "${summary.example.url}"`,
          ...(options.isServing
            ? []
            : ["  (start the server again with `npm start` on this data directory first)"]),
        ]),
    "",
  ].join("\n");
}
