import { type Features, featuresAt, freezeRanks, type PurchaseDays, rateOf } from "./behaviour.ts";
import {
  type CohortFit,
  type CohortModel,
  PUBLISHED_DEFAULTS,
  programmeOf,
  publishedSpend,
} from "./model.ts";
import {
  expectedSpend,
  type FitResult,
  fitPurchases,
  fitSpend,
  type GammaGamma,
  type PurchaseModelKind,
  summarise,
  summariseSpend,
} from "./models/index.ts";
import type { Rules } from "./rules.ts";

/** Histories of one cohort, gathered while members are read page by page. */
interface Gathered {
  readonly features: Features[];
}

/** Gathers members for a fit, as they stood at the end of `day`. */
export interface Gathering {
  add(cohort: string, purchases: PurchaseDays): void;
  readonly cohorts: ReadonlyMap<string, Gathered>;
  readonly members: number;
}

export function gatherFor(day: number): Gathering {
  const cohorts = new Map<string, Gathered>();
  let members = 0;
  return {
    cohorts,
    get members() {
      return members;
    },
    add(cohort, purchases) {
      const f = featuresAt(purchases, day);
      if (f === null) return;
      members++;
      for (const name of [cohort, programmeOf(cohort)]) {
        const known = cohorts.get(name);
        if (known === undefined) cohorts.set(name, { features: [f] });
        else known.features.push(f);
      }
    },
  };
}

/** What is known of a cohort's answers. */
export interface CohortMean {
  readonly answers: number;
  readonly mean: number;
}

/** So few answers say nothing of a cohort: then its programme's mean counts, then the rules' own. */
const LEAST_ANSWERS = 30;

/** A model version before it is stored. */
export interface FittedModel {
  readonly kind: PurchaseModelKind;
  readonly members: number;
  readonly cohorts: readonly CohortModel[];
  readonly fits: readonly CohortFit[];
}

/** The version that scores before anything was fitted: published estimates, nobody to be compared with. */
export function publishedModel(rules: Rules): FittedModel {
  const kind = rules.behaviour.model;
  return {
    kind,
    members: 0,
    cohorts: [
      {
        cohort: "*|*",
        model: kind,
        parameters: PUBLISHED_DEFAULTS[kind],
        spend: publishedSpend(0),
        origin: { purchases: "published-default", spend: "published-default" },
        mean: rules.attitude.priorMean,
        members: 0,
        rates: freezeRanks([]),
        spends: freezeRanks([]),
      },
    ],
    fits: [],
  };
}

function weighted(results: FitResult): Readonly<Record<string, number>> | null {
  return results.kind === "fitted" ? results.parameters : null;
}

/**
 * Fits every programme (one a currency) and every cohort that has enough members of its own; a cohort whose own data
 * cannot carry a fit uses its programme's parameters, and a programme the published ones, each saying so. Smaller
 * cohorts get no model: they are held against their programme.
 */
export function fitModel(
  rules: Rules,
  gathered: Gathering,
  means: ReadonlyMap<string, CohortMean>,
  kind: PurchaseModelKind = rules.behaviour.model,
): FittedModel {
  const fits: CohortFit[] = [];
  const models = new Map<string, CohortModel>();
  const names = [...gathered.cohorts.keys()].sort(
    (a, b) => Number(b.startsWith("*")) - Number(a.startsWith("*")) || (a < b ? -1 : 1),
  );
  for (const cohort of names) {
    const { features } = gathered.cohorts.get(cohort) as Gathered;
    const isProgramme = cohort.startsWith("*");
    if (!isProgramme && features.length < rules.behaviour.cohortMembers) continue;
    const programme = models.get(programmeOf(cohort));
    const purchases = fitPurchases(kind, summarise(features));
    const spend = fitSpend(summariseSpend(features));
    fits.push({ cohort, members: features.length, purchases, spend });
    const parameters = weighted(purchases) ?? programme?.parameters ?? PUBLISHED_DEFAULTS[kind];
    const own = weighted(spend) as GammaGamma | null;
    const spending = own ?? programme?.spend ?? publishedSpend(meanSpend(features));
    models.set(cohort, {
      cohort,
      model: kind,
      parameters,
      spend: spending,
      origin: {
        purchases: originOf(purchases, isProgramme, programme?.origin.purchases),
        spend: originOf(spend, isProgramme, programme?.origin.spend),
      },
      mean: meanOf(rules, means, cohort),
      members: features.length,
      rates: freezeRanks(features.map((f) => (kind === "pareto-nbd" ? f.x : rateOf(parameters, f)))),
      spends: freezeRanks(features.filter((f) => f.x > 0).map((f) => expectedSpend(spending, f.x, f.z))),
    });
  }
  const [fallback] = publishedModel({ ...rules, behaviour: { ...rules.behaviour, model: kind } }).cohorts;
  return {
    kind,
    members: gathered.members,
    cohorts: [...(fallback === undefined ? [] : [fallback]), ...models.values()],
    fits,
  };
}

function originOf(
  result: FitResult,
  isProgramme: boolean,
  programme: CohortModel["origin"]["spend"] | undefined,
): CohortModel["origin"]["spend"] {
  if (result.kind === "fitted") return isProgramme ? "programme" : "cohort";
  return programme ?? "published-default";
}

function meanSpend(features: readonly Features[]): number {
  const spending = features.filter((f) => f.x > 0);
  return spending.length === 0 ? 0 : spending.reduce((sum, f) => sum + f.z, 0) / spending.length;
}

function meanOf(rules: Rules, means: ReadonlyMap<string, CohortMean>, cohort: string): number {
  for (const name of [cohort, programmeOf(cohort)]) {
    const own = means.get(name);
    if (own !== undefined && own.answers >= LEAST_ANSWERS) return own.mean;
  }
  return rules.attitude.priorMean;
}

/** Means of answers by cohort and by programme. */
export function meansOf(
  rows: readonly { cohort: string; answers: number; mean: number | null }[],
): Map<string, CohortMean> {
  const means = new Map<string, CohortMean>();
  for (const { cohort, answers, mean } of rows) {
    if (answers === 0 || mean === null) continue;
    for (const name of [cohort, programmeOf(cohort)]) {
      const known = means.get(name) ?? { answers: 0, mean: 0 };
      const total = known.answers + answers;
      means.set(name, { answers: total, mean: (known.mean * known.answers + mean * answers) / total });
    }
  }
  return means;
}
