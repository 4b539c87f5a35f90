/**
 * How many consent decisions a second one process makes: folded members asked many times, and fold plus one
 * question. Prints the machine and the median of five runs. Run: `npx tsx scripts/bench-decide.ts [--json]`.
 */
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";
import { decide } from "../consent/decide.ts";
import type { ConsentRules, DecisionAsk, MemberConsent } from "../consent/decision.ts";
import { ACTIVE_MEMBER } from "../consent/decision.ts";
import { foldMember } from "../consent/fold.ts";
import type { ConsentRecord, EntryState } from "../consent/ledger.ts";
import { indexNotices } from "../consent/notices.ts";
import { builtInPurposes, indexPurposes } from "../consent/purposes.ts";
import { BUILT_IN_REGIMES } from "../consent/regimes/regimes.ts";
import { type ContactChannel, REGIME_IDS } from "../consent/vocabulary.ts";

const MEMBERS = 5_000;
const RUNS = 5;
const AT = new Date("2026-06-01T00:00:00Z");

/** A small seeded generator (mulberry32), so that every run asks the same questions. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = seeded(42);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const purposes = builtInPurposes();
const rules: ConsentRules = {
  purposes: indexPurposes(purposes),
  notices: indexNotices([
    {
      id: "n",
      version: 1,
      purposes: purposes.map((p) => p.id),
      material: true,
      publishedAt: new Date("2025-01-01T00:00:00Z"),
      texts: {},
    },
  ]),
  regimes: BUILT_IN_REGIMES,
};

function entryOf(member: number, n: number, subjectId: string): ConsentRecord {
  const purpose = pick(purposes);
  const recordedAt = new Date(AT.getTime() - Math.floor(random() * 700 * 86_400_000));
  const channel: ContactChannel | null = purpose.channels.length === 0 ? null : pick(purpose.channels);
  const states: EntryState[] = ["given", "given", "withdrawn", "refused", "objected", "requested"];
  return {
    id: `r${member}-${n}`,
    schemaVersion: 1,
    subjectId,
    state: pick(states),
    purposeId: purpose.id,
    purposeVersion: 1,
    channel,
    recipientId: null,
    regime: pick(REGIME_IDS),
    regimeBecause: null,
    separateConsent: null,
    refersTo: null,
    notice: { id: "n", version: 1, locale: "en", sha256: "0".repeat(64) },
    conflictShown: false,
    validUntil: null,
    recordedAt,
    occurredAt: null,
    clock: "server",
    method: "api",
    sourceId: null,
    storeId: null,
    actor: { kind: "member", ref: null },
    signal: null,
    prompt: null,
    proof: {
      doubleOptInTokenSha256: null,
      doubleOptIn: "confirmed",
      evidenceSha256: null,
      guardian: null,
      auditSequence: null,
    },
  };
}

const people = Array.from({ length: MEMBERS }, (_, m) => {
  const subjects = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, s) => `s${m}-${s}`);
  const groups = random() < 0.5 ? [subjects] : subjects.map((s) => [s]);
  const entries = Array.from({ length: 12 }, (_, n) => entryOf(m, n, pick(subjects)));
  return { entries, groups, regime: pick(REGIME_IDS) };
});
const asks: DecisionAsk[] = purposes.flatMap((p) =>
  (p.channels.length === 0 ? [null] : p.channels).map((channel) => ({
    purposeId: p.id,
    channel,
    category: p.categories[0] as string,
  })),
);

function medianRate(count: number, run: () => void): number {
  run();
  const rates = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    run();
    return count / ((performance.now() - start) / 1000);
  }).sort((a, b) => a - b);
  return Math.round(rates[Math.floor(RUNS / 2)] as number);
}

let allowed = 0;
const memberOf = (person: (typeof people)[number]): MemberConsent => ({
  ledger: foldMember(person.entries, person.groups, AT),
  regime: person.regime,
  country: null,
  status: ACTIVE_MEMBER,
});
const folded = people.map(memberOf);
const decisions = medianRate(MEMBERS * asks.length, () => {
  for (const member of folded)
    for (const ask of asks) if (decide(rules, member, ask).kind === "allowed") allowed += 1;
});
const folds = medianRate(MEMBERS, () => {
  for (const person of people) memberOf(person);
});
const foldAndDecide = medianRate(MEMBERS, () => {
  for (const person of people)
    if (decide(rules, memberOf(person), asks[3] as DecisionAsk).kind === "allowed") allowed += 1;
});

const report = {
  machine: `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, Node ${process.versions.node}`,
  members: MEMBERS,
  entriesPerMember: 12,
  runs: RUNS,
  decisionsPerSecond: decisions,
  foldsPerSecond: folds,
  foldAndDecidePerSecond: foldAndDecide,
};
if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  process.stdout.write(`${report.machine}\n${MEMBERS} members, 12 entries each, median of ${RUNS} runs\n`);
  process.stdout.write(`decisions on folded members  ${decisions.toLocaleString("en")}/s\n`);
  process.stdout.write(`folds                        ${folds.toLocaleString("en")}/s\n`);
  process.stdout.write(`fold and one decision        ${foldAndDecide.toLocaleString("en")}/s\n`);
  process.stdout.write(`(allowed: ${allowed})\n`);
}
