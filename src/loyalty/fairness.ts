import type { Standing } from "../../consent/index.ts";
import { groupMembers, PROFILING, readSubjectsOfMembers } from "../members/index.ts";
import { readScoredPage } from "./everyone.store.ts";
import type { LoyaltyRouteDeps } from "./route-deps.ts";
import { readScores } from "./score.store.ts";
import { subjectsAllowing } from "./scoring.ts";
import { readTiers } from "./tiers.store.ts";

/** By what scores may be compared: coarse values only. */
export const FAIRNESS_BY = ["region", "ageBand", "language"] as const;
export type FairnessBy = (typeof FAIRNESS_BY)[number];

/** Which category a value belongs to, and the purposes of which one must cover it. */
const NEEDS: Readonly<Record<FairnessBy, string>> = {
  region: "location",
  ageBand: "demographic",
  language: "preference",
};
const PURPOSES = [PROFILING, "analytics"] as const;
const PAGE = 500;
/** As many members are looked at, in the order of their ids, which says nothing about them. */
const MOST = 20_000;
const SMALL = 5;

interface Group {
  members: number;
  behaviour: number;
  scored: number;
  score: number;
  readonly conditions: Map<string, number>;
  readonly tiers: Map<string, number>;
}

/**
 * How scores and tiers are spread over groups of members whose consent allows the value to be used: means, shares of
 * conditions and tiers, and the lowest share of the highest tiers against the highest one (below four fifths deserves
 * a look: 29 CFR §1607.4(D), for want of a rule of its own). Groups of fewer than five are left out.
 */
export async function fairnessReport(
  deps: Pick<LoyaltyRouteDeps, "db" | "clock" | "consent" | "coarse" | "versions">,
  by: FairnessBy,
) {
  const { db, consent } = deps;
  const { rules: programme } = await deps.versions.scoring();
  const [structure] = programme.structures;
  const groups = new Map<string, Group>();
  let [looked, withheld, unknown] = [0, 0, 0];
  await deps.coarse.refresh();
  for (let after: string | null = null; looked < MOST; ) {
    const rules = await consent.rules();
    const ids = await readScoredPage(db, after, PAGE);
    await db.tx(async (tx) => {
      const members = groupMembers(await readSubjectsOfMembers(tx, ids));
      const standings = await consent.standings(tx, members);
      const category = new Set([NEEDS[by]]);
      const plan = new Map<string, ReadonlySet<string>>();
      const open = members.filter((m) => {
        const standing = standings.get(m.memberId) as Standing;
        if (subjectsAllowing(rules, standing, PROFILING).size === 0) return false;
        const given = PURPOSES.filter((p) => rules.purposes.get(p)?.categories.includes(NEEDS[by])).flatMap(
          (p) => [...subjectsAllowing(rules, standing, p)],
        );
        for (const id of given) plan.set(id, category);
        return given.length > 0;
      });
      withheld += members.length - open.length;
      const coarse = await deps.coarse.read(tx, open, plan, deps.clock.now());
      const scores = new Map((await readScores(tx, ids)).map((s) => [s.memberId, s]));
      const tiers = new Map(
        (await readTiers(tx, ids))
          .filter((t) => t.structure === structure?.id)
          .map((t) => [t.memberId, t.state.tier]),
      );
      for (const { memberId } of open) {
        const value = coarse.get(memberId)?.[by] ?? null;
        const score = scores.get(memberId);
        if (score === undefined) continue;
        if (value === null) {
          unknown++;
          continue;
        }
        const group = groups.get(value) ?? {
          members: 0,
          behaviour: 0,
          scored: 0,
          score: 0,
          conditions: new Map<string, number>(),
          tiers: new Map<string, number>(),
        };
        groups.set(value, group);
        group.members++;
        group.behaviour += score.b;
        if (score.scoreMicro !== null) {
          group.scored++;
          group.score += score.scoreMicro / 1e6;
        }
        const condition = score.condition ?? "unknown";
        group.conditions.set(condition, (group.conditions.get(condition) ?? 0) + 1);
        const tier = tiers.get(memberId);
        if (tier !== undefined) group.tiers.set(tier, (group.tiers.get(tier) ?? 0) + 1);
      }
    });
    looked += ids.length;
    if (ids.length < PAGE) break;
    after = ids.at(-1) ?? null;
  }
  const shares = (counts: ReadonlyMap<string, number>, of: number) =>
    Object.fromEntries(
      [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, n]) => [k, n < SMALL ? null : n / of]),
    );
  const kept = [...groups].filter(([, g]) => g.members >= SMALL).sort(([a], [b]) => (a < b ? -1 : 1));
  const base = structure?.base.id;
  const raised = kept.map(([, g]) => {
    const above = [...g.tiers].filter(([tier]) => tier !== base).reduce((sum, [, n]) => sum + n, 0);
    return above / g.members;
  });
  const highest = Math.max(0, ...raised);
  return {
    by,
    members: looked,
    withheld,
    unknown,
    suppressedGroups: groups.size - kept.length,
    lowestToHighest: kept.length < 2 || highest === 0 ? null : Math.min(...raised) / highest,
    groups: kept.map(([value, g], i) => ({
      value,
      members: g.members,
      meanBehaviour: g.behaviour / g.members,
      meanScore: g.scored < SMALL ? null : g.score / g.scored,
      aboveBase: raised[i],
      conditions: shares(g.conditions, g.members),
      tiers: shares(g.tiers, g.members),
    })),
  };
}
