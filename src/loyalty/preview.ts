import { type Answer, attitudeOf } from "./attitude.ts";
import { behaviourOf, featuresAt } from "./behaviour.ts";
import type { Rules, TierStructure } from "./rules.ts";
import { scoreOf } from "./score.ts";
import { figureOf, modelFor, type Scoring } from "./scoring.ts";
import type { TierRow } from "./tiers.store.ts";
import { newTierState, stepTier } from "./tiers.ts";
import type { AnswerRow, FeatureRow } from "./versions.store.ts";

/** What one member's level would be under some rules and a frozen model. */
export interface Level {
  readonly scoreMicro: number | null;
  readonly condition: string | null;
  /** Structure → tier. */
  readonly tiers: Readonly<Record<string, string>>;
  readonly attitude: number | null;
  readonly behaviour: number;
}

/** Rows by the member they belong to. */
export function byMember<T extends { readonly memberId: string }>(rows: readonly T[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const row of rows) {
    const own = grouped.get(row.memberId);
    if (own === undefined) grouped.set(row.memberId, [row]);
    else own.push(row);
  }
  return grouped;
}

function asAnswers(rows: readonly AnswerRow[]): Answer[] {
  return rows.map((a) => ({ id: a.eventId, kind: a.kind, relational: a.relational, y: a.y, at: a.at }));
}

/**
 * Works out a level from features and answers, by the pure functions, as the stored one was; null before the first
 * purchase. Tiers are stepped once from what is held now.
 */
export function levelUnder(
  scoring: Pick<Scoring, "cohorts">,
  rules: Rules,
  member: {
    readonly feature: Pick<FeatureRow, "cohort" | "days" | "amounts" | "currency" | "unit">;
    readonly answers: readonly AnswerRow[];
    readonly tiers: readonly TierRow[];
  },
  at: Date,
): Level | null {
  const today = Math.floor(at.getTime() / 86_400_000);
  const cohort = modelFor(scoring, member.feature.cohort);
  const features = featuresAt(member.feature, today);
  if (cohort === undefined || features === null) return null;
  const attitude = attitudeOf(rules.attitude, cohort.mean, asAnswers(member.answers), at);
  const behaviour = behaviourOf(rules.behaviour, cohort, features);
  const score = scoreOf(rules, attitude, behaviour);
  const tiers = Object.fromEntries(
    rules.structures.map((structure) => {
      const had = member.tiers.find((t) => t.structure === structure.id);
      if (had?.fixedUntil != null && today < had.fixedUntil) return [structure.id, had.state.tier];
      const figure = figureOf(rules, structure, cohort, member.feature, attitude.a, today);
      const state = had?.state ?? newTierState(structure, today);
      return [structure.id, stepTier(structure, state, { figure, on: today }).state.tier];
    }),
  );
  return {
    scoreMicro: score.micro,
    condition: score.condition,
    tiers,
    attitude: attitude.a,
    behaviour: behaviour.b,
  };
}

/** The tier whose cut a figure reaches, holds and grace aside: where members would come to rest. */
export function earnedTier(structure: TierStructure, figure: number): string {
  return structure.tiers.findLast((t) => figure >= t.cut)?.id ?? structure.base.id;
}

export interface Move {
  readonly structure: string;
  readonly from: string;
  readonly to: string;
  readonly up: boolean;
  readonly members: number;
}

export interface RulesPreview {
  readonly members: number;
  /** Moves once holds and grace have ended, by structure. */
  readonly moves: readonly Move[];
  readonly conditions: readonly { readonly from: string; readonly to: string; readonly members: number }[];
  /** Yearly cost of benefits, before and after, in the rules' currency. */
  readonly cost: { readonly currency: string; readonly before: number; readonly after: number };
  /** Up to a hundred of those who would move, and as many whose condition would; `structure` then is `condition`. */
  readonly examples: readonly {
    readonly memberId: string;
    readonly structure: string;
    readonly from: string;
    readonly to: string;
  }[];
}

const EXAMPLES = 100;

/** Gathers a preview member by member. */
export function createPreview(scoring: Scoring, proposed: Rules, at: Date) {
  const today = Math.floor(at.getTime() / 86_400_000);
  const moves = new Map<string, Move>();
  const conditions = new Map<string, { from: string; to: string; members: number }>();
  const examples: RulesPreview["examples"][number][] = [];
  const turning: RulesPreview["examples"][number][] = [];
  let members = 0;
  let [before, after] = [0, 0];
  const costOf = (structure: TierStructure | undefined, tier: string) =>
    structure?.tiers.find((t) => t.id === tier)?.yearlyCost ?? 0;
  return {
    add(memberId: string, member: Parameters<typeof levelUnder>[2]): void {
      const now = levelUnder(scoring, scoring.rules, member, at);
      const then = levelUnder(scoring, proposed, member, at);
      const cohort = modelFor(scoring, member.feature.cohort);
      if (now === null || then === null || cohort === undefined) return;
      members++;
      const from = now.condition ?? "unknown";
      const to = then.condition ?? "unknown";
      if (from !== to) {
        const key = `${from} ${to}`;
        conditions.set(key, { from, to, members: (conditions.get(key)?.members ?? 0) + 1 });
        if (turning.length < EXAMPLES) turning.push({ memberId, structure: "condition", from, to });
      }
      for (const structure of proposed.structures) {
        const old = scoring.rules.structures.find((s) => s.id === structure.id);
        const rest = (rules: Rules, s: TierStructure, a: number | null) =>
          earnedTier(s, figureOf(rules, s, cohort, member.feature, a, today));
        const was = old === undefined ? structure.base.id : rest(scoring.rules, old, now.attitude);
        const is = rest(proposed, structure, then.attitude);
        before += costOf(old, was);
        after += costOf(structure, is);
        if (was === is) continue;
        const key = `${structure.id} ${was} ${is}`;
        const rung = (id: string) => structure.tiers.findIndex((t) => t.id === id);
        const move = moves.get(key);
        moves.set(key, {
          structure: structure.id,
          from: was,
          to: is,
          up: rung(is) > rung(was),
          members: (move?.members ?? 0) + 1,
        });
        if (examples.length < EXAMPLES)
          examples.push({ memberId, structure: structure.id, from: was, to: is });
      }
    },
    result(): RulesPreview {
      return {
        members,
        moves: [...moves.values()].sort((a, b) => b.members - a.members || (a.to < b.to ? -1 : 1)),
        conditions: [...conditions.values()].sort((a, b) => b.members - a.members),
        cost: {
          currency: proposed.costCurrency,
          before: Math.round(before * 100) / 100,
          after: Math.round(after * 100) / 100,
        },
        examples: [...examples, ...turning],
      };
    },
  };
}
