import { lapseOf, recipientOfGrant, standingWord } from "../conditions.ts";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { ConsentRecord } from "../ledger.ts";
import type { Scope } from "../lookup.ts";
import type { Notice } from "../notices.ts";
import type { Purpose } from "../purpose.schema.ts";
import { basisUnder, builtInPurposes } from "../purposes.ts";
import type { RegistrySnapshot } from "../registry-snapshot.ts";
import type { Standing } from "../standing.ts";
import { type ContactChannel, isOwnBasis, type RecipientRef, type SeparateConsent } from "../vocabulary.ts";

/** One switch of the preference centre. */
export interface Choice {
  readonly purpose: string;
  readonly channel: ContactChannel | null;
  /** A consent that the law wants asked for on its own. */
  readonly separate: SeparateConsent | null;
  readonly recipient: string | null;
  readonly state: "on" | "off" | "waiting";
  /** Why the switch stands as it does, where the person should know. */
  readonly note:
    | "stale"
    | "expired"
    | "guardian"
    | "restricted"
    | "channel-closed"
    | "gpc-conflict"
    | "unknown-law"
    | null;
  /** Whether it can be turned on here; turning off always works. */
  readonly canTurnOn: boolean;
  readonly validUntil: Date | null;
}

/** One purpose with its switches and the words that are agreed to. */
export interface PurposeChoices {
  readonly purpose: Purpose;
  readonly kind: "needed" | "contact" | "use";
  readonly notice: Notice | null;
  readonly choices: readonly Choice[];
}

/** Everything that a person can decide, in the order of the registry: a pure function of what is recorded. */
export function listChoices(
  registry: RegistrySnapshot,
  standing: Standing,
  who: { readonly byGuardian: boolean } = { byGuardian: false },
): PurposeChoices[] {
  return inOrder([...registry.rules.purposes.values()]).map((purpose) => {
    const basis = basisUnder(purpose, standing.regime);
    const notice = registry.noticeFor(purpose.id);
    if (isOwnBasis(basis)) return { purpose, kind: "needed", notice, choices: [] };
    const channels: readonly (ContactChannel | null)[] =
      purpose.channels.length === 0 ? [null] : purpose.channels;
    return {
      purpose,
      kind: purpose.channels.length === 0 ? "use" : "contact",
      notice,
      choices: [
        ...channels.map((channel) => mainChoice(registry, standing, purpose, channel, who.byGuardian)),
        ...separateChoices(registry, standing, purpose),
      ],
    };
  });
}

/** The built-in purposes in the order of their file, then the shop's own. */
function inOrder(purposes: readonly Purpose[]): Purpose[] {
  const known = builtInPurposes().map((p) => p.id);
  const rank = (p: Purpose) => (known.includes(p.id) ? known.indexOf(p.id) : known.length);
  return [...purposes].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** Rules that stand before what the person said: behind them the word itself is looked up. */
const BEFORE_THE_WORD = new Set([
  "separate-consent-missing",
  "channel-closed",
  "restricted",
  "guardian-missing",
  "guardian-consent-ended",
]);

function mainChoice(
  registry: RegistrySnapshot,
  standing: Standing,
  purpose: Purpose,
  channel: ContactChannel | null,
  byGuardian: boolean,
): Choice {
  const decision = decide(registry.rules, standing, { purposeId: purpose.id, channel });
  const behind = BEFORE_THE_WORD.has(decision.rule);
  const said = behind ? saidYes(registry, standing, purpose, channel, null, null) : null;
  const on = behind ? said !== null : decision.kind === "allowed";
  const grant = behind ? said : grantOf(standing, decision);
  return {
    purpose: purpose.id,
    channel,
    separate: null,
    recipient: null,
    state: on ? "on" : decision.rule === "consent-pending" ? "waiting" : "off",
    // Who is to agree for the child need not be told that somebody must.
    note: byGuardian && decision.rule === "guardian-missing" ? null : noteOf(decision),
    canTurnOn:
      (byGuardian && decision.rule === "guardian-missing") ||
      !["regime-unknown", "guardian-missing", "restricted", "erased", "suppressed"].includes(decision.rule),
    validUntil: on ? (grant?.validUntil ?? null) : null,
  };
}

function grantOf(standing: Standing, decision: Decision): ConsentRecord | null {
  if (decision.recordId === null) return null;
  for (const group of standing.ledger.groups) {
    for (const slots of group.grants.values()) {
      for (const slot of slots) if (slot.entry.id === decision.recordId) return slot.entry;
    }
  }
  return null;
}

function noteOf(decision: Decision): Choice["note"] {
  switch (decision.rule) {
    case "consent-stale":
      return "stale";
    case "consent-expired":
    case "ended-expired":
      return "expired";
    case "guardian-missing":
    case "guardian-consent-ended":
      return "guardian";
    case "restricted":
      return "restricted";
    case "channel-closed":
      return "channel-closed";
    case "signal-gpc":
      return "gpc-conflict";
    case "regime-unknown":
      return "unknown-law";
    default:
      return null;
  }
}

/** The grant in force for a scope in every strongly joined group, whatever else stands against its use. */
function saidYes(
  registry: RegistrySnapshot,
  standing: Standing,
  purpose: Purpose,
  channel: ContactChannel | null,
  separateConsent: SeparateConsent | null,
  recipient: RecipientRef | null,
): ConsentRecord | null {
  const scope: Scope = {
    purposeId: purpose.id,
    marketing: purpose.marketing,
    channel,
    recipientId: recipientOfGrant(recipient),
    separateConsent,
  };
  let first: ConsentRecord | null = null;
  for (const group of standing.ledger.groups) {
    const { grant, denial } = standingWord(standing.ledger, group, scope, recipient, standing.regime);
    if (grant === null || denial !== null) return null;
    if (lapseOf(registry.rules, purpose, scope, grant, standing.ledger.at) !== null) return null;
    first ??= grant.entry;
  }
  return first;
}

/** The consents that the law of the place wants asked for apart: sharing by recipient, sensitive data, abroad. */
function separateChoices(registry: RegistrySnapshot, standing: Standing, purpose: Purpose): Choice[] {
  const pack = standing.regime === null ? undefined : registry.rules.regimes.get(standing.regime);
  if (pack === undefined) return [];
  const wanted: { separate: SeparateConsent; recipient: RecipientRef | null }[] = [];
  if (pack.separateConsent.sharing.value) {
    for (const r of purpose.recipients)
      if (r.role === "third-party") wanted.push({ separate: "sharing", recipient: r });
  }
  if (pack.separateConsent.sensitive.value && purpose.sensitive)
    wanted.push({ separate: "sensitive", recipient: null });
  if (pack.separateConsent["cross-border"].value && purpose.crossBorder)
    wanted.push({ separate: "cross-border", recipient: null });
  const channels: readonly (ContactChannel | null)[] =
    purpose.channels.length === 0 ? [null] : purpose.channels;
  return wanted.flatMap(({ separate, recipient }) =>
    channels.map((channel): Choice => {
      const grant = saidYes(registry, standing, purpose, channel, separate, recipient);
      return {
        purpose: purpose.id,
        channel,
        separate,
        recipient: recipient?.id ?? null,
        state: grant === null ? "off" : "on",
        note: null,
        canTurnOn: true,
        validUntil: grant?.validUntil ?? null,
      };
    }),
  );
}
