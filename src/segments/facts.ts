import {
  basisUnder,
  type Consent,
  type ConsentRules,
  decide,
  decideBySubject,
  isOwnBasis,
  type Standing,
} from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import {
  type BulkMember,
  COARSE_CATEGORIES,
  groupMembers,
  PROFILING,
  type ReadCoarse,
  readSubjectsOfMembers,
} from "../members/index.ts";
import type { Rule } from "./rule.schema.ts";
import { asksLevelsAlone } from "./rule.ts";
import { type FactRow, saveFacts } from "./segments.store.ts";

/** A member's loyalty as rules may ask for it; the room of loyalty says what it is. */
export interface LevelFact {
  readonly condition: string | null;
  /** Tier structure → tier. */
  readonly tiers: Readonly<Record<string, string>>;
  readonly score: number | null;
  readonly behaviour: number | null;
  readonly attitude: number | null;
  readonly pAlive: number | null;
}

export interface FactDeps {
  readonly consent: Pick<Consent, "standings">;
  readonly readCoarse: ReadCoarse;
  readonly readLevels: (tx: Tx, memberIds: readonly string[]) => Promise<ReadonlyMap<string, LevelFact>>;
}

/** Purposes that keep records and handle rights: they make nobody part of a segment. */
const NOT_FOR_SEGMENTS: ReadonlySet<string> = new Set(["legal-obligation"]);

/**
 * The purposes that are allowed for the whole of a member (every strongly joined group must allow), as `purpose`, and
 * `purpose:channel` where it is decided channel by channel (`purpose` then means: on one of them at least). Pure.
 */
export function allowedPurposes(rules: ConsentRules, standing: Standing): string[] {
  const allowed: string[] = [];
  for (const [id, purpose] of rules.purposes) {
    if (NOT_FOR_SEGMENTS.has(id)) continue;
    const byChannel = purpose.channels.length > 0 && !isOwnBasis(basisUnder(purpose, standing.regime));
    if (!byChannel) {
      if (decide(rules, standing, { purposeId: id }).kind === "allowed") {
        allowed.push(id, ...purpose.channels.map((channel) => `${id}:${channel}`));
      }
      continue;
    }
    const open = purpose.channels.filter(
      (channel) => decide(rules, standing, { purposeId: id, channel }).kind === "allowed",
    );
    if (open.length > 0) allowed.push(id, ...open.map((channel) => `${id}:${channel}`));
  }
  return allowed;
}

/** Whether a segment may ask about members of whom some accounts alone allow profiling: it asks for their levels only. */
export function suitsProfiled(segment: { readonly purposeId: string; readonly rule: Rule }): boolean {
  return segment.purposeId === PROFILING && asksLevelsAlone(segment.rule);
}

/** Whether at least one of a member's accounts allows profiling, so that there may be a level. */
function isProfiled(rules: ConsentRules, standing: Standing): boolean {
  return decideBySubject(rules, standing, { purposeId: PROFILING }).some(
    ({ decision }) => decision.kind === "allowed",
  );
}

/** Whether a segment may ask about a member at this moment. Pure. */
export function mayAsk(
  rules: ConsentRules,
  standing: Standing,
  segment: { readonly purposeId: string; readonly rule: Rule },
): boolean {
  return (
    allowedPurposes(rules, standing).includes(segment.purposeId) ||
    (suitsProfiled(segment) && isProfiled(rules, standing))
  );
}

/** The categories that any allowed purpose covers: only from these may a value be kept for rules. */
function categoriesOf(rules: ConsentRules, allowed: readonly string[]): Set<string> {
  const covered = new Set<string>();
  for (const id of allowed) for (const c of rules.purposes.get(id)?.categories ?? []) covered.add(c);
  return new Set(COARSE_CATEGORIES.filter((c) => covered.has(c)));
}

/**
 * Writes anew what rules may ask of some members, from what is stored and decided at this moment. A member of whom
 * nothing is allowed keeps no row. Idempotent.
 */
export async function refreshFacts(
  tx: Tx,
  deps: FactDeps,
  rules: ConsentRules,
  memberIds: readonly string[],
  at: Date,
): Promise<void> {
  const members: BulkMember[] = groupMembers(await readSubjectsOfMembers(tx, memberIds, { said: true }));
  const standings = await deps.consent.standings(tx, members);
  const plan = new Map<string, ReadonlySet<string>>();
  const allowedOf = new Map<string, string[]>();
  const profiled = new Set<string>();
  for (const member of members) {
    const standing = standings.get(member.memberId) as Standing;
    const allowed = allowedPurposes(rules, standing);
    if (isProfiled(rules, standing)) profiled.add(member.memberId);
    else if (allowed.length === 0) continue;
    allowedOf.set(member.memberId, allowed);
    const categories = categoriesOf(rules, allowed);
    for (const { subjectId } of member.subjects) plan.set(subjectId, categories);
  }
  const kept = members.filter((m) => allowedOf.has(m.memberId));
  const coarse = await deps.readCoarse(tx, kept, plan, at);
  const levels = await deps.readLevels(
    tx,
    kept.map((m) => m.memberId),
  );
  const rows = kept.map(({ memberId }): FactRow => {
    const c = coarse.get(memberId);
    const facts = c?.facts ?? null;
    return {
      member_id: memberId,
      allowed: allowedOf.get(memberId) ?? [],
      profiled: profiled.has(memberId),
      age_band: c?.ageBand ?? null,
      country: c?.country ?? null,
      region: c?.region ?? null,
      language: c?.language ?? null,
      home_store: c?.homeStore ?? null,
      joined_on: c?.joinedOn ?? null,
      first_seen: facts?.firstSeen ?? null,
      last_seen: facts?.lastSeen ?? null,
      orders: facts?.orders ?? null,
      returns: facts?.returns ?? null,
      first_order_on: facts?.firstOrderDay ?? null,
      last_order_on: facts?.lastOrderDay ?? null,
      spend: facts === null ? null : Object.fromEntries(facts.spend.map((m) => [m.currency, m.amount])),
      stores: facts?.stores ?? null,
      categories: facts?.categories ?? null,
      channels: facts?.channels ?? null,
      loyalty: levels.get(memberId) ?? null,
    };
  });
  await saveFacts(tx, rows, memberIds, at);
}
