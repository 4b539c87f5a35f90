import { plural, printable, shortTime, table } from "../text.ts";

export interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly regime: string;
  readonly state: string;
  readonly dueOn: string | null;
  readonly isLate: boolean;
  readonly isHeld: boolean;
  readonly isPaused: boolean;
  readonly isExtended: boolean;
  readonly failedStep: string | null;
  readonly memberId: string | null;
  readonly certificateId: string | null;
  readonly coolingUntil: string | null;
}
export interface Detail extends Shown {
  readonly door: string;
  readonly receivedAt: string;
  readonly identity: {
    readonly tier: string;
    readonly method: string | null;
    readonly declaration: string;
    readonly authority: string;
  };
  readonly match: string;
  readonly reason: string | null;
  readonly ground: string | null;
  readonly words: string | null;
  readonly clock: {
    readonly acknowledge: { readonly words: { readonly en: string } } | null;
    readonly answer: { readonly words: { readonly en: string } };
  };
  readonly possibleActs: readonly string[];
  readonly possibleDuplicates: readonly { readonly id: string; readonly state: string }[];
  readonly grounds: readonly {
    readonly id: string;
    readonly article: string;
    readonly words: { readonly en: string };
  }[];
  readonly history: readonly {
    readonly seq: number;
    readonly at: string;
    readonly act: string;
    readonly to: string;
    readonly by: { readonly kind: string; readonly id: string };
    readonly code: string | null;
    readonly note: string | null;
  }[];
  readonly progress: {
    readonly state: string;
    readonly steps: readonly {
      readonly step: string;
      readonly state: string;
      readonly attempts: number;
      readonly failure: string | null;
    }[];
  } | null;
}
export interface Preview {
  readonly fingerprint: string;
  readonly holders: readonly {
    readonly table: string;
    readonly treatment: string;
    readonly rows: number;
    readonly ground: { readonly provision: string } | null;
    readonly keptUntil: string | null;
  }[];
  readonly holds: readonly { readonly ground: string }[];
  readonly recipients: readonly { readonly recipientId: string; readonly copies: number }[];
  readonly keys: number;
}
export interface Metrics {
  readonly from: string;
  readonly to: string;
  readonly items: readonly {
    readonly regime: string;
    readonly kind: string;
    readonly received: number;
    readonly compliedInWhole: number;
    readonly compliedInPart: number;
    readonly denied: number;
    readonly open: number;
    readonly late: number;
    readonly medianDays: number | null;
    readonly onTimeShare: number | null;
  }[];
}

/** What stands beside the state, such as a hold or a deadline that has passed. */
export function marks(r: Shown): string {
  return [
    r.failedStep === null ? null : `FAILED at ${r.failedStep}`,
    r.isLate ? "LATE" : null,
    r.isHeld ? "on hold" : null,
    r.isPaused ? "clock stands" : null,
    r.isExtended ? "extended" : null,
  ]
    .filter((m) => m !== null)
    .join(", ");
}

/** What a request is and where it stands, in one line. */
export function headline(r: Shown): string {
  return `${r.kind} under ${r.regime}: ${r.state}${marks(r) === "" ? "" : ` (${marks(r)})`}`;
}

/** A request with its clock and history, for a terminal. */
export function describeRequest(r: Detail): string[] {
  const lines = [
    headline(r),
    `  ${r.clock.answer.words.en}`,
    ...(r.clock.acknowledge === null ? [] : [`  to be acknowledged: ${r.clock.acknowledge.words.en}`]),
    `  by ${r.door}, received ${shortTime(r.receivedAt)}; member ${r.memberId ?? `not known (${r.match})`}`,
    `  identity: ${r.identity.method ?? "not proven"} (needs ${r.identity.tier}); declaration ${r.identity.declaration}; authority ${r.identity.authority}`,
    ...(r.reason === null ? [] : [`  refused: ${r.reason} (${r.ground ?? ""})`]),
    ...(r.coolingUntil === null ? [] : [`  may start from ${shortTime(r.coolingUntil)}`]),
    ...(r.certificateId === null ? [] : [`  certificate ${r.certificateId}`]),
    ...(r.words === null ? [] : [`  in their words: ${printable(r.words)}`]),
    "",
    ...table(
      r.history.map((h) => [
        String(h.seq),
        shortTime(h.at),
        h.act,
        h.to,
        `${h.by.kind} ${h.by.id}`.trim(),
        [h.code, h.note].filter((t) => t !== null).join(": "),
      ]),
      { header: ["", "WHEN", "ACT", "STATE", "BY", ""], indent: "  ", right: [0] },
    ),
  ];
  if (r.progress !== null)
    lines.push(
      "",
      `  work: ${r.progress.state}`,
      ...table(
        r.progress.steps.map((s) => [
          s.step,
          s.state,
          s.attempts > 1 ? plural(s.attempts, "attempt") : "",
          s.failure ?? "",
        ]),
        { indent: "    " },
      ),
    );
  if (r.possibleDuplicates.length > 0)
    lines.push("", ...r.possibleDuplicates.map((d) => `  maybe the same as ${d.id} (${d.state})`));
  lines.push("", `  possible now: ${r.possibleActs.join(", ") || "nothing"}`);
  return lines;
}
