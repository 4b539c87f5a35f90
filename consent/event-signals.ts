import type { CanonicalEvent } from "../src/events/index.ts";
import type { EntryDraft } from "./entry.ts";
import { noticeSha256 } from "./notices.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import { gpcEntry, tcfEntry } from "./signals/gpc.ts";
import { readSegmentConsent, type SegmentCategory, type SegmentMapping } from "./signals/segment.ts";
import { readFollow } from "./signals/social.ts";
import { decodeTcf } from "./signals/tcf.ts";
import type { RegimeId } from "./vocabulary.ts";

/** What may be read of an event here. */
export type SpeakingEvent = Pick<
  CanonicalEvent,
  "type" | "name" | "occurredAt" | "channel" | "storeId" | "identifiers" | "traits" | "properties" | "context"
>;

/** An entry that an event asks for. Sending the event again writes nothing twice. */
export interface EventDraft {
  readonly draft: EntryDraft;
  readonly dedupeKey: string;
}

/** Whether an event may say anything about consent at all: most do not, and are not looked at further. */
export function maySignal(event: Pick<CanonicalEvent, "type" | "context">): boolean {
  const { context, type } = event;
  return (
    context.consent !== undefined ||
    context.globalPrivacyControl === true ||
    typeof context.tcfString === "string" ||
    type === "consent.preference" ||
    type === "social.followed" ||
    type === "social.unfollowed"
  );
}

/**
 * Reads everything that an event says about consent: a banner's choices, the browser's opt-out signal, a TC string,
 * following and leaving an account. `deviceRef` turns the id of a device or account into the opaque name the ledger keeps.
 */
export function signalsOfEvent(
  registry: RegistrySnapshot,
  event: SpeakingEvent,
  origin: { readonly sourceId: string; readonly eventId: string; readonly regime: RegimeId | null },
  deviceRef: (device: string) => string,
): EventDraft[] {
  const found: EventDraft[] = [];
  const day = event.occurredAt.toISOString().slice(0, 10);
  const add = (draft: EntryDraft, dedupeKey: string) =>
    found.push({ draft: { ...draft, sourceId: origin.sourceId, storeId: event.storeId }, dedupeKey });

  const device = event.identifiers.find((i) => i.kind === "anonymous_id")?.value;
  const named = device === undefined ? null : deviceRef(device);
  if (event.context.globalPrivacyControl === true)
    add(gpcEntry(named, event.occurredAt), `gpc ${named ?? "-"} ${day}`);
  if (typeof event.context.tcfString === "string" && named !== null) {
    const tcf = decodeTcf(event.context.tcfString);
    if (tcf !== null)
      add(
        tcfEntry(named, tcf, event.occurredAt),
        `tcf ${named} ${tcf.lastUpdated} ${tcf.purposeConsents.join()} ${tcf.purposeLegitimateInterests.join()}`,
      );
  }
  const follow = readFollow(event, deviceRef);
  if (follow !== null) add(follow, `follow ${origin.eventId}`);

  if (event.context.consent !== undefined) {
    const name = event.type === "consent.preference" ? "Segment Consent Preference Updated" : event.name;
    const reading = readSegmentConsent(
      { name, context: event.context, occurredAt: event.occurredAt },
      mappingOf(registry, origin.sourceId),
      origin.regime,
    );
    for (const { draft, dedupeKey } of reading.entries) {
      const scope = `${draft.purposeId} ${draft.channel ?? "-"} ${draft.state}`;
      add(draft, dedupeKey === null ? `act ${origin.eventId} ${scope}` : `banner ${dedupeKey}`);
    }
  }
  return found;
}

/**
 * What the categories of a source's banner stand for: as configured, and otherwise each purpose under its own id. Without
 * a configured notice a yes proves nothing and is not recorded; a no always is.
 */
function mappingOf(registry: RegistrySnapshot, sourceId: string): SegmentMapping {
  const configured = registry.sourceCategories.get(sourceId);
  const { purposes } = registry.rules;
  if (configured === undefined) {
    return Object.fromEntries(
      [...purposes.values()].map((p): [string, SegmentCategory[]] => [
        p.id,
        [{ purposeId: p.id, purposeVersion: p.version, channel: null, notice: null }],
      ]),
    );
  }
  return Object.fromEntries(
    Object.entries(configured).map(([category, targets]) => [
      category,
      targets.flatMap((target): SegmentCategory[] => {
        const purpose = purposes.get(target.purpose);
        if (purpose === undefined) return [];
        const notice = registry.notices
          .filter((n) => n.id === target.notice?.id)
          .sort((a, b) => b.version - a.version)[0];
        const locale = target.notice?.locale;
        const words = locale === undefined ? undefined : notice?.texts[locale];
        return [
          {
            purposeId: purpose.id,
            purposeVersion: purpose.version,
            channel: target.channel ?? null,
            notice:
              notice === undefined || locale === undefined || words === undefined
                ? null
                : {
                    id: notice.id,
                    version: notice.version,
                    locale,
                    sha256: noticeSha256(notice, locale, words),
                  },
          },
        ];
      }),
    ]),
  );
}
