import type { ConsentRules, MemberConsent } from "../../../consent/decision.ts";
import { ACTIVE_MEMBER } from "../../../consent/decision.ts";
import { foldMember } from "../../../consent/fold.ts";
import type { ConsentRecord } from "../../../consent/ledger.ts";
import { indexNotices, type Notice } from "../../../consent/notices.ts";
import type { Purpose } from "../../../consent/purpose.schema.ts";
import { builtInPurposes, indexPurposes } from "../../../consent/purposes.ts";
import { BUILT_IN_REGIMES, type RegimePacks } from "../../../consent/regimes/regimes.ts";

let minted = 0;

/** Day `n` of June 2026, at noon UTC. */
export function day(n: number): Date {
  return new Date(Date.UTC(2026, 5, n, 12));
}

/** A consent to analytics in the EU on 1 June, unless told otherwise. */
export function aRecord(overrides: Partial<ConsentRecord> = {}): ConsentRecord {
  minted += 1;
  return {
    id: `rec-${String(minted).padStart(6, "0")}`,
    schemaVersion: 1,
    subjectId: "s1",
    state: "given",
    purposeId: "analytics",
    purposeVersion: 1,
    channel: null,
    recipientId: null,
    regime: "EU",
    regimeBecause: null,
    separateConsent: null,
    refersTo: null,
    notice: { id: "n", version: 1, locale: "en", sha256: "0".repeat(64) },
    conflictShown: false,
    validUntil: null,
    recordedAt: day(1),
    occurredAt: null,
    clock: "server",
    method: "preference-centre",
    sourceId: null,
    storeId: null,
    actor: { kind: "member", ref: null },
    signal: null,
    prompt: null,
    ...overrides,
    proof: {
      doubleOptInTokenSha256: null,
      doubleOptIn: "not-required",
      evidenceSha256: null,
      guardian: null,
      auditSequence: null,
      ...overrides.proof,
    },
  };
}

export function aPurpose(id: string, overrides: Partial<Purpose> = {}): Purpose {
  const base = builtInPurposes().find((p) => p.id === id) ?? builtInPurposes()[2];
  return { ...(base as Purpose), id, ...overrides };
}

export function aNotice(overrides: Partial<Notice> = {}): Notice {
  return {
    id: "n",
    version: 1,
    purposes: ["analytics"],
    material: true,
    publishedAt: new Date("2026-01-01T00:00:00Z"),
    texts: {},
    ...overrides,
  };
}

export function rulesWith(
  options: { purposes?: readonly Purpose[]; notices?: readonly Notice[]; regimes?: RegimePacks } = {},
): ConsentRules {
  const extra = options.purposes ?? [];
  const kept = builtInPurposes().filter((p) => !extra.some((e) => e.id === p.id));
  return {
    purposes: indexPurposes([...kept, ...extra]),
    notices: indexNotices(options.notices ?? [aNotice()]),
    regimes: options.regimes ?? BUILT_IN_REGIMES,
  };
}

export function aMember(
  entries: readonly ConsentRecord[],
  options: Partial<Omit<MemberConsent, "ledger" | "status">> & {
    at?: Date;
    groups?: readonly (readonly string[])[];
    status?: Partial<MemberConsent["status"]>;
  } = {},
): MemberConsent {
  const subjects = [...new Set(["s1", ...entries.map((e) => e.subjectId)])].sort();
  return {
    ledger: foldMember(entries, options.groups ?? [subjects], options.at ?? day(20)),
    regime: options.regime === undefined ? "EU" : options.regime,
    country: options.country ?? null,
    status: { ...ACTIVE_MEMBER, ...options.status },
  };
}
