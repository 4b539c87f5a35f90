import { DAY, dayOf } from "../../src/kernel/clock.ts";
import type { EntryDraft } from "../entry.ts";
import type { ConsentRecord } from "../ledger.ts";
import type { ContactChannel, RegimeId } from "../vocabulary.ts";

/** The track event by which Segment's consent manager reports that somebody changed a choice. */
export const SEGMENT_PREFERENCE_EVENT = "Segment Consent Preference Updated";

/** What one category of a site's consent banner stands for here. */
export interface SegmentCategory {
  readonly purposeId: string;
  readonly purposeVersion: number;
  readonly channel: ContactChannel | null;
  /** The words that the banner showed; without them a yes proves nothing and is not recorded. */
  readonly notice: ConsentRecord["notice"];
}

/** A source's mapping: banner category to the purposes it stands for. */
export type SegmentMapping = Readonly<Record<string, readonly SegmentCategory[]>>;

export interface SegmentReading {
  /** Drafts to write. `dedupeKey` null: an act, written every time; else at most one per subject and key. */
  readonly entries: readonly { readonly draft: EntryDraft; readonly dedupeKey: string | null }[];
  /** Categories that the mapping does not know: reported, never guessed. */
  readonly unmapped: readonly string[];
  /** Categories whose yes was not recorded, because their mapping names no notice or the regime is unknown. */
  readonly unproven: readonly string[];
  /** Categories whose value is not true or false. */
  readonly malformed: readonly string[];
}

/**
 * Reads `context.consent.categoryPreferences`.
 *
 * The preference event is an act, recorded at its own time. On any other event the preferences are a snapshot of
 * what the banner remembers: one entry per purpose, value and UTC day is enough. So that thinning can only err
 * towards refusal, a snapshot's yes counts from the start of its day and a snapshot's no from when we learnt of it.
 */
export function readSegmentConsent(
  event: {
    readonly name: string | null;
    readonly context: Readonly<Record<string, unknown>>;
    readonly occurredAt: Date;
  },
  mapping: SegmentMapping,
  regime: RegimeId | null,
): SegmentReading {
  const preferences = categoryPreferences(event.context);
  const isAct = event.name === SEGMENT_PREFERENCE_EVENT;
  const entries: { draft: EntryDraft; dedupeKey: string | null }[] = [];
  const unmapped: string[] = [];
  const unproven: string[] = [];
  const malformed: string[] = [];
  for (const [category, value] of Object.entries(preferences).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const targets = Object.hasOwn(mapping, category) ? mapping[category] : undefined;
    if (targets === undefined) {
      unmapped.push(category);
      continue;
    }
    if (typeof value !== "boolean") {
      malformed.push(category);
      continue;
    }
    for (const target of targets) {
      if (value && (target.notice === null || regime === null)) {
        if (!unproven.includes(category)) unproven.push(category);
        continue;
      }
      const base: EntryDraft = {
        state: value ? "given" : "withdrawn",
        purposeId: target.purposeId,
        purposeVersion: target.purposeVersion,
        channel: target.channel,
        regime,
        notice: target.notice,
        method: "event",
      };
      const today = dayOf(event.occurredAt);
      entries.push(
        isAct
          ? { draft: { ...base, occurredAt: event.occurredAt, clock: "sender" }, dedupeKey: null }
          : {
              draft: {
                ...base,
                occurredAt: value ? today : new Date(today.getTime() + DAY - 1),
                clock: "offline",
              },
              dedupeKey: `${target.purposeId} ${target.channel ?? "-"} ${value} ${today.toISOString().slice(0, 10)}`,
            },
      );
    }
  }
  return { entries, unmapped, unproven, malformed };
}

function categoryPreferences(context: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const consent = context.consent;
  if (typeof consent !== "object" || consent === null) return {};
  const preferences = (consent as Record<string, unknown>).categoryPreferences;
  if (typeof preferences !== "object" || preferences === null || Array.isArray(preferences)) return {};
  return preferences as Record<string, unknown>;
}
