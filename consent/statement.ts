import { MINUTE } from "../src/kernel/clock.ts";
import type { FieldProblem } from "../src/kernel/problems.ts";
import type { EntryDraft } from "./entry.ts";
import type { CollectionMethod, ConsentProof, ConsentRecord } from "./ledger.ts";
import { standing } from "./lookup.ts";
import { noticeSha256 } from "./notices.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import type { Standing } from "./standing.ts";
import {
  ALL_MARKETING,
  ALL_PURPOSES,
  type ContactChannel,
  type Locale,
  type SeparateConsent,
} from "./vocabulary.ts";

/** What somebody said, before the registries have completed it. */
export interface Statement {
  readonly state: ConsentRecord["state"];
  readonly purpose: string;
  readonly channel?: ContactChannel | null;
  readonly recipient?: string | null;
  readonly separateConsent?: SeparateConsent | null;
  /** The words that the person saw; the newest version unless it says which. */
  readonly notice?: { readonly id: string; readonly version?: number; readonly locale: Locale } | null;
  readonly purposeVersion?: number;
  readonly occurredAt?: Date | null;
  /** Whether the stated time comes from a clock that nobody checked. */
  readonly offline?: boolean;
  readonly method: CollectionMethod;
  readonly sourceId?: string | null;
  readonly storeId?: string | null;
  readonly actor?: ConsentRecord["actor"];
  readonly guardian?: ConsentProof["guardian"];
  readonly evidenceSha256?: string | null;
  /** That the address was confirmed already: by the link that led here, or elsewhere, with evidence. */
  readonly confirmed?: boolean;
  readonly conflictShown?: boolean;
  readonly validUntil?: Date | null;
  readonly refersTo?: string | null;
}

export type Completed =
  | { readonly kind: "ok"; readonly drafts: readonly EntryDraft[] }
  | { readonly kind: "faulty"; readonly problems: readonly FieldProblem[] };

/** How far ahead of ours a sender's clock may run before its time is not believed at all. */
const CLOCK_AHEAD = 5 * MINUTE;

/**
 * Completes a statement from the registries: purpose version, the hash of the words, the regime and how it was found,
 * and whether the channel still has to be confirmed. A yes against a standing objection comes with its lifting, since
 * whoever says yes anew takes the objection back for exactly that scope.
 */
export function completeStatement(
  registry: RegistrySnapshot,
  member: Standing,
  said: Statement,
  now: Date,
): Completed {
  const problems: FieldProblem[] = [];
  const wrong = (path: string, code: string, message: string) => problems.push({ path, code, message });
  const purpose = registry.rules.purposes.get(said.purpose);
  const everything = said.purpose === ALL_PURPOSES || said.purpose === ALL_MARKETING;
  const grants = said.state === "given" || said.state === "renewed";
  const channel = said.channel ?? null;

  if (purpose === undefined && !everything) wrong("/purpose", "unknown-purpose", "There is no such purpose.");
  if (purpose !== undefined && channel !== null && !said.state.startsWith("channel-")) {
    if (!purpose.channels.includes(channel))
      wrong("/channel", "channel-outside-purpose", "The purpose does not use this channel.");
  }
  if (purpose !== undefined && grants && purpose.channels.length > 0 && channel === null)
    wrong("/channel", "channel-required", "A consent to this purpose is given channel by channel.");
  const recipient = said.recipient ?? null;
  if (
    recipient !== null &&
    purpose !== undefined &&
    grants &&
    !purpose.recipients.some((r) => r.id === recipient)
  )
    wrong("/recipient", "recipient-outside-purpose", "The purpose does not name this recipient.");
  if (said.occurredAt != null && said.occurredAt.getTime() > now.getTime() + CLOCK_AHEAD)
    wrong("/occurredAt", "time-in-future", "The stated time lies in the future.");
  if (said.validUntil != null && said.validUntil <= now)
    wrong("/validUntil", "in-the-past", "The end lies in the past.");

  let notice: ConsentRecord["notice"] = null;
  if (said.notice != null) {
    const { id, version, locale } = said.notice;
    const versions = registry.notices.filter(
      (n) => n.id === id && (version === undefined || n.version === version),
    );
    const found = [...versions].sort((a, b) => b.version - a.version)[0] ?? null;
    const words = found?.texts[locale];
    if (found === null || words === undefined)
      wrong("/notice", "unknown-notice", "There is no such notice in this version and language.");
    else if (purpose !== undefined && !found.purposes.includes(purpose.id))
      wrong("/notice", "notice-of-other-purpose", "The notice does not explain this purpose.");
    else notice = { id, version: found.version, locale, sha256: noticeSha256(found, locale, words) };
  }
  if (grants && purpose !== undefined) {
    const evidenced = said.method === "import" && said.evidenceSha256 != null;
    if (notice === null && said.notice == null && !evidenced)
      wrong("/notice", "grant-needs-notice", "A consent must name the notice that the person saw.");
    if (member.regime === null) {
      wrong(
        "/country",
        "grant-needs-regime",
        "It is not known under which law the person stands: state the country.",
      );
    }
  }
  if (problems.length > 0) return { kind: "faulty", problems };

  const needsConfirmation = grants && channel !== null && (purpose?.doubleOptIn.includes(channel) ?? false);
  const draft: EntryDraft = {
    state: said.state,
    purposeId: said.purpose,
    purposeVersion: said.purposeVersion ?? purpose?.version ?? null,
    channel,
    recipientId: recipient,
    regime: member.regime,
    regimeBecause: member.regimeDecision.because,
    separateConsent: said.separateConsent ?? null,
    refersTo: said.refersTo ?? null,
    notice,
    conflictShown: said.conflictShown ?? false,
    validUntil: said.validUntil ?? null,
    occurredAt: said.occurredAt ?? null,
    clock: said.occurredAt == null ? "server" : said.offline === true ? "offline" : "sender",
    method: said.method,
    sourceId: said.sourceId ?? null,
    storeId: said.storeId ?? null,
    actor: said.actor ?? { kind: "member", ref: null },
    proof: {
      doubleOptIn: needsConfirmation ? (said.confirmed === true ? "confirmed" : "pending") : "not-required",
      evidenceSha256: said.evidenceSha256 ?? null,
      guardian: said.guardian ?? null,
    },
  };
  return { kind: "ok", drafts: [...liftings(member, said, draft, purpose?.marketing ?? false), draft] };
}

function liftings(member: Standing, said: Statement, draft: EntryDraft, marketing: boolean): EntryDraft[] {
  if (said.state !== "given" && said.state !== "renewed") return [];
  const scope = {
    purposeId: said.purpose,
    marketing,
    channel: draft.channel ?? null,
    recipientId: draft.recipientId ?? null,
    separateConsent: draft.separateConsent ?? null,
  };
  const stands = member.ledger.groups.some(
    (group) => standing(member.ledger.objections, group.liftedObjections, scope) !== null,
  );
  if (!stands) return [];
  const { notice: _notice, proof: _proof, conflictShown: _shown, validUntil: _until, ...common } = draft;
  return [{ ...common, state: "objection-lifted" }];
}
