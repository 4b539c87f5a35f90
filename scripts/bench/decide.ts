import { decide } from "../../consent/decide.ts";
import { ACTIVE_MEMBER, type ConsentRules, type MemberConsent } from "../../consent/decision.ts";
import { foldMember } from "../../consent/fold.ts";
import type { ConsentRecord } from "../../consent/ledger.ts";
import { indexNotices } from "../../consent/notices.ts";
import { builtInPurposes, indexPurposes } from "../../consent/purposes.ts";
import { BUILT_IN_REGIMES } from "../../consent/regimes/regimes.ts";
import { REGIME_IDS } from "../../consent/vocabulary.ts";
import { loadText } from "./machine.ts";
import { say, whole } from "./report.ts";
import { median, seeded } from "./statistics.ts";

const MEMBERS = 2_000;
const DECISIONS = 400_000;
const AT = new Date("2026-06-20T12:00:00Z");

function recordOf(i: number, n: number, random: () => number): ConsentRecord {
  const purposes = ["analytics", "marketing", "personalisation"] as const;
  const purposeId = purposes[Math.floor(random() * purposes.length)] as string;
  return {
    id: `record-${i}-${n}`,
    schemaVersion: 1,
    subjectId: `s${i}`,
    state: random() < 0.75 ? "given" : "withdrawn",
    purposeId,
    purposeVersion: 1,
    channel: purposeId === "marketing" ? "sms" : null,
    recipientId: null,
    regime: "EU",
    regimeBecause: null,
    separateConsent: null,
    refersTo: null,
    notice: { id: "n", version: 1, locale: "en", sha256: "0".repeat(64) },
    conflictShown: false,
    validUntil: null,
    recordedAt: new Date(AT.getTime() - (30 - n) * 86_400_000),
    occurredAt: null,
    clock: "server",
    method: "preference-centre",
    sourceId: null,
    storeId: null,
    actor: { kind: "member", ref: null },
    signal: null,
    prompt: null,
    proof: {
      doubleOptInTokenSha256: null,
      doubleOptIn: "not-required",
      evidenceSha256: null,
      guardian: null,
      auditSequence: null,
    },
  };
}

/** The pure decision, in this process: members folded beforehand, each question about another of them. */
export function measureDecide(runs: number): void {
  const random = seeded(21);
  const rules: ConsentRules = {
    purposes: indexPurposes([...builtInPurposes()]),
    notices: indexNotices([
      {
        id: "n",
        version: 1,
        purposes: ["analytics", "marketing", "personalisation"],
        material: true,
        publishedAt: new Date("2026-01-01T00:00:00Z"),
        texts: {},
      },
    ]),
    regimes: BUILT_IN_REGIMES,
  };
  const members = Array.from({ length: MEMBERS }, (_, i): MemberConsent => {
    const entries = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, n) => recordOf(i, n, random));
    return {
      ledger: foldMember(entries, [[`s${i}`]], AT),
      regime: REGIME_IDS[i % REGIME_IDS.length] ?? null,
      country: null,
      status: { ...ACTIVE_MEMBER, age: 30 },
    };
  });
  const asks = [
    { purposeId: "analytics", category: "transaction" },
    { purposeId: "marketing", channel: "sms", category: "contact" },
    { purposeId: "personalisation", category: "preference" },
    { purposeId: "service", category: "contact" },
  ] as const;
  const rates: number[] = [];
  let allowed = 0;
  for (let run = 0; run <= runs; run++) {
    const from = process.cpuUsage();
    for (let n = 0; n < DECISIONS; n++) {
      const member = members[n % MEMBERS] as MemberConsent;
      const ask = asks[n % asks.length] as (typeof asks)[number];
      if (decide(rules, member, ask).kind === "allowed") allowed++;
    }
    const used = process.cpuUsage(from);
    // The first run is not counted: code is being compiled.
    if (run > 0) rates.push(DECISIONS / ((used.user + used.system) / 1e6));
  }
  say("\n## Decisions in process\n");
  say(
    `${whole(median(rates))} decisions a second of processor time (${rates.map(whole).join("; ")}), ${whole(MEMBERS)} members with up to 5 entries, 4 purposes, ${Math.round((allowed / ((runs + 1) * DECISIONS)) * 100)} % allowed; ${loadText()}.`,
  );
}
