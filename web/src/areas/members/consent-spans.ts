import { STANDING_STATES } from "../../../../consent/ledger.ts";

/** What a strip of the timeline is drawn from: an entry of the ledger, as the API shows it. */
export interface Entry {
  readonly state: string;
  readonly purpose: string;
  readonly channel: string | null;
  readonly recordedAt: string;
  readonly validUntil: string | null;
}

/** For how long one state stood. Times are milliseconds since 1970. */
export interface Span {
  readonly state: string;
  readonly from: number;
  readonly to: number;
}

/** One purpose on one channel (null: on every channel) with what stood for it over time. */
export interface Strip {
  readonly purpose: string;
  readonly channel: string | null;
  readonly spans: readonly Span[];
}

const STANDING: ReadonlySet<string> = new Set(STANDING_STATES);

/** What was said of everything at once counts for every purpose, and what was said of no channel for all of them. */
function concerns(entry: Entry, strip: Pick<Strip, "purpose" | "channel">): boolean {
  return (
    (entry.purpose === strip.purpose || entry.purpose === "*") &&
    (entry.channel === strip.channel || entry.channel === null)
  );
}

/**
 * A member's consents by purpose and channel over time, up to `now`: each state stands until the next entry that
 * concerns it, and a consent no longer than it is valid. Strips stand in the order in which they were first spoken of.
 */
export function stripsOf(history: readonly Entry[], now: number): Strip[] {
  const said = history
    .filter((entry) => STANDING.has(entry.state))
    .map((entry) => ({ entry, at: Date.parse(entry.recordedAt) }))
    .sort((a, b) => a.at - b.at);
  const strips = new Map<string, Pick<Strip, "purpose" | "channel">>();
  for (const { entry } of said)
    strips.set(`${entry.purpose} ${entry.channel}`, { purpose: entry.purpose, channel: entry.channel });
  return [...strips.values()].map((strip) => {
    const own = said.filter(({ entry }) => concerns(entry, strip));
    const spans = own.flatMap(({ entry, at }, i): Span[] => {
      const until = own[i + 1]?.at ?? now;
      const ends = entry.validUntil === null ? until : Date.parse(entry.validUntil);
      if (ends >= until || ends <= at) return [{ state: entry.state, from: at, to: until }];
      return [
        { state: entry.state, from: at, to: ends },
        { state: "expired", from: ends, to: until },
      ];
    });
    return { ...strip, spans: spans.filter((span) => span.to > span.from) };
  });
}
