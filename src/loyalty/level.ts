import type { Tx } from "../db/index.ts";
import type { Locale } from "../i18n/index.ts";
import { groupMembers, readAllOrders, readSubjectsOfMembers } from "../members/index.ts";
import { featuresAt, outlookOf, type PurchaseDays } from "./behaviour.ts";
import { type Explanation, explainLevel } from "./explain.ts";
import { normalCdf } from "./models/index.ts";
import { purchaseDaysOf } from "./purchases.ts";
import { readScores } from "./score.store.ts";
import { modelFor, type Scoring, visitsOf } from "./scoring.ts";
import { readDecisions, readHistory, readTiers } from "./tiers.store.ts";
import { readAnswers, readFeatures } from "./versions.store.ts";

function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** What is told of a level; JSON. */
export interface Level {
  readonly memberId: string;
  readonly explanation: Explanation;
  readonly history: readonly object[];
  readonly decisions: readonly object[];
  readonly tiers: readonly object[];
  readonly [part: string]: unknown;
}

async function purchasesOf(tx: Pick<Tx, "query">, memberId: string): Promise<PurchaseDays | null> {
  const members = groupMembers(await readSubjectsOfMembers(tx, [memberId]));
  return purchaseDaysOf((await readAllOrders(tx, members)).get(memberId) ?? []);
}

/** A member's level with its inputs, contributions, versions, history and explanation. */
export async function showLevel(
  tx: Pick<Tx, "query">,
  scoring: Scoring,
  ask: {
    readonly memberId: string;
    readonly locale: Locale;
    /** Whether the purpose allows profiling at this moment: what it made is not read otherwise. */
    readonly allowed: boolean;
    /** Whether tiers may be told: they belong to the membership, not to profiling. */
    readonly tiers: boolean;
    /** How many of the member's accounts are left out, for they joined by traces alone and have not agreed. */
    readonly leftOut: number;
    readonly today: number;
  },
): Promise<Level> {
  const { memberId, today } = ask;
  const ids = ask.allowed ? [memberId] : [];
  const [score] = await readScores(tx, ids);
  const [feature] = await readFeatures(tx, ids);
  const answers = await readAnswers(tx, ids);
  const tiers = ask.tiers ? await readTiers(tx, [memberId]) : [];
  const history = (await readHistory(tx, memberId, 200)).filter((h) =>
    h.structure === null ? ask.allowed : ask.tiers,
  );
  const decisions = ask.tiers ? await readDecisions(tx, memberId) : [];
  // Who is not profiled has no features: the rule on purchase days counts the orders themselves.
  const bought = feature ?? (ask.tiers && tiers.length > 0 ? await purchasesOf(tx, memberId) : null);
  const cohort = feature === undefined ? undefined : modelFor(scoring, feature.cohort);
  const features = feature === undefined ? null : featuresAt(feature, today);
  const outlook =
    cohort === undefined || features === null || feature === undefined || cohort.members === 0
      ? null
      : { ...outlookOf(scoring.rules.value, cohort, features), currency: feature.currency };
  const explanation: Explanation = explainLevel(
    ask.locale,
    scoring.rules,
    {
      allowed: ask.allowed,
      leftOut: ask.leftOut,
      score: score ?? null,
      tiers,
      answers,
      outlook,
      visits: bought === null ? 0 : visitsOf(bought, today),
      isDefault: cohort?.origin.purchases === "published-default",
    },
    today,
  );
  return {
    memberId,
    state: !ask.allowed
      ? "not_scored"
      : score === undefined
        ? "no_purchases"
        : score.a === null
          ? "behaviour_only"
          : "scored",
    accountsLeftOut: ask.allowed ? ask.leftOut : 0,
    score: score?.scoreMicro == null ? null : score.scoreMicro / 1e6,
    condition: score?.condition ?? null,
    conditionState: score?.conditionState ?? null,
    attitude:
      score === undefined
        ? null
        : {
            state: score.attitudeState,
            value: score.a,
            sd: score.sd,
            pHigh:
              score.a === null
                ? null
                : normalCdf((score.a - scoring.rules.attitude.high) / (score.sd || 1e-9)),
            weight: score.n,
            mean: score.mean,
          },
    behaviour:
      score === undefined
        ? null
        : {
            value: score.b,
            alive: score.alive,
            rateRank: score.rate,
            spendRank: score.spend,
            inputs: { x: score.x, recencyWeeks: score.tx, ageWeeks: score.t, meanRepeatSpend: score.z },
          },
    outlook,
    contributions:
      score === undefined
        ? []
        : [
            ...(score.a === null
              ? []
              : [
                  { of: "base", micro: score.baseMicro },
                  ...score.answers.map(([id, weight, y, micro]) => ({ of: "answer", id, weight, y, micro })),
                ]),
            { of: "alive", micro: score.aliveMicro },
            { of: "rate", micro: score.rateMicro },
            { of: "spend", micro: score.spendMicro },
          ],
    scoreMicro: score?.scoreMicro ?? null,
    version:
      score === undefined
        ? null
        : {
            model: score.modelId,
            cohort: score.modelCohort,
            rules: score.rulesVersion,
            scoredAt: score.scoredAt.toISOString(),
          },
    tiers: tiers.map((t) => ({
      structure: t.structure,
      tier: t.state.tier,
      by: t.mode,
      since: dayText(t.state.since),
      heldUntil: dayText(t.state.heldUntil),
      breaches: t.state.breaches,
      graceUntil: t.state.graceUntil === null ? null : dayText(t.state.graceUntil),
      fixedUntil: t.fixedUntil === null ? null : dayText(t.fixedUntil),
    })),
    history: history.map((h) => ({
      at: h.at.toISOString(),
      of: h.structure ?? "condition",
      before: h.before,
      after: h.after,
      reason: h.reason,
      figure: ask.allowed ? h.figure : null,
    })),
    decisions: decisions.map((d) => ({
      at: d.at.toISOString(),
      kind: d.kind,
      reason: d.reason,
      structure: d.structure,
      tier: d.tier,
      until: d.fixedUntil === null ? null : dayText(d.fixedUntil),
      by: d.by,
    })),
    explanation,
  };
}
