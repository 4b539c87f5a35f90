import { type ConsentRules, decideBySubject, type Standing } from "../../consent/index.ts";
import type { BulkMember } from "../members/index.ts";
import { behaviourOf, featuresAt, type PurchaseDays } from "./behaviour.ts";
import { type CohortModel, programmeOf } from "./model.ts";
import type { Rules, TierStructure } from "./rules.ts";
import { lift, MICRO, scoreOf } from "./score.ts";

/** What scores now: a published set of rules and a frozen model. */
export interface Scoring {
  readonly rulesVersion: number;
  readonly rules: Rules;
  readonly modelId: string;
  readonly cohorts: ReadonlyMap<string, CohortModel>;
}

const DAY = 86_400_000;
/** The purpose under which a membership is run. */
export const MEMBERSHIP = "service";

/** The UTC day of a moment, as days since 1970. */
export function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY);
}

/** The model a member's cohort is held against: its own, else its programme's; undefined when there is neither. */
export function modelFor(scoring: Pick<Scoring, "cohorts">, cohort: string): CohortModel | undefined {
  return (
    scoring.cohorts.get(cohort) ?? scoring.cohorts.get(programmeOf(cohort)) ?? scoring.cohorts.get("*|*")
  );
}

/**
 * The accounts of a member whose data a purpose may use. A grant counts for the accounts that proved it and those joined
 * to them for certain; one that joined by a phone number or a browser alone stays out until it agrees itself. Refusals
 * and withdrawals reach every account. Empty: the purpose is not allowed. Pure.
 */
export function subjectsAllowing(
  rules: ConsentRules,
  standing: Standing,
  purposeId: string,
): ReadonlySet<string> {
  return new Set(
    decideBySubject(rules, standing, { purposeId }).flatMap(({ subjects, decision }) =>
      decision.kind === "allowed" ? subjects : [],
    ),
  );
}

/** A member with those accounts alone that a purpose may use; null when there are none. Pure. */
export function narrowed(
  rules: ConsentRules,
  standing: Standing,
  member: BulkMember,
  purposeId: string,
): BulkMember | null {
  const open = subjectsAllowing(rules, standing, purposeId);
  if (open.size === 0) return null;
  return { ...member, subjects: member.subjects.filter((s) => open.has(s.subjectId)) };
}

/** Purchase days within the 365 days that end with `day`. */
export function visitsOf(purchases: Pick<PurchaseDays, "days">, day: number): number {
  return purchases.days.filter((d) => d > day - 365 && d <= day).length;
}

/** The figure a structure looks at, as of a day; `a` is the member's attitude, null while unknown. */
export function figureOf(
  rules: Rules,
  structure: TierStructure,
  cohort: CohortModel,
  purchases: PurchaseDays,
  a: number | null,
  day: number,
): number {
  if (structure.basis === "visits") return visitsOf(purchases, day);
  if (structure.basis === "spend") {
    const spent = purchases.days.reduce(
      (sum, d, i) => (d > day - 365 && d <= day ? sum + (purchases.amounts[i] as number) : sum),
      0,
    );
    return spent / purchases.unit;
  }
  const features = featuresAt(purchases, day);
  if (features === null) return 0;
  const behaviour = behaviourOf(rules.behaviour, cohort, features);
  const unknown = {
    state: "unknown",
    a: null,
    sd: null,
    pHigh: null,
    high: null,
    n: 0,
    mean: 0,
    answers: [],
  } as const;
  const points = scoreOf(rules, unknown, behaviour).tierMicro / MICRO;
  return structure.upwardOnly ? points + lift(rules.attitude, a) : points;
}
