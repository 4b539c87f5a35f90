import { type ConsentRules, type Standing, steadyUntil } from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import type { BulkMember } from "../members/index.ts";
import type { DecidedMember, PageDeps } from "./page.ts";
import { decideView, type Feed } from "./view.ts";

/** What was decided of a member, and from when until when the same would be decided again. */
interface Steady {
  readonly feed: Feed;
  readonly rules: ConsentRules;
  readonly from: number;
  readonly until: number;
  readonly decided: DecidedMember;
}
const STEADY = new WeakMap<BulkMember, Steady>();

/**
 * As `decideMembers`, for members that come as the same objects while nothing about them has changed (`readMembersAfter`): while
 * the rules and the registration are the same too, and time alone changes nothing, what was decided is decided again.
 */
export async function decideKnownMembers(
  tx: Pick<Tx, "query">,
  deps: Pick<PageDeps, "consent" | "clock">,
  rules: ConsentRules,
  feed: Feed,
  members: readonly BulkMember[],
): Promise<DecidedMember[]> {
  const now = deps.clock.now().getTime();
  const decided: DecidedMember[] = [];
  const fresh: BulkMember[] = [];
  for (const member of members) {
    const steady = STEADY.get(member);
    if (steady !== undefined && now >= steady.from && now < steady.until && holdsFor(steady, rules, feed))
      decided.push(steady.decided);
    else fresh.push(member);
  }
  if (fresh.length === 0) return decided;
  const standings = await deps.consent.standings(tx, fresh);
  for (const member of fresh) {
    const standing = standings.get(member.memberId) as Standing;
    const one = { member, view: decideView(rules, feed, standing) };
    decided.push(one);
    if (feed.purpose === null) continue;
    const from = standing.ledger.at.getTime();
    STEADY.set(member, {
      feed,
      rules,
      from,
      until: steadyUntil(rules, feed.purpose, standing),
      decided: one,
    });
  }
  return fresh.length === members.length ? decided : inOrder(members, decided);
}

function holdsFor({ feed: before, rules: under }: Steady, rules: ConsentRules, feed: Feed): boolean {
  return (
    under === rules &&
    before.recipient.id === feed.recipient.id &&
    before.recipient.revision === feed.recipient.revision &&
    before.purposeId === feed.purposeId &&
    before.channel === feed.channel
  );
}

function inOrder(members: readonly BulkMember[], decided: readonly DecidedMember[]): DecidedMember[] {
  const of = new Map(decided.map((d) => [d.member, d]));
  return members.map((member) => of.get(member) as DecidedMember);
}
