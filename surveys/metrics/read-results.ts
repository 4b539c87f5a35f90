import type { Db } from "../../src/db/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { MetricQuestion, PublishedSurvey } from "../port.ts";
import { THEMES } from "../themes/lexicon.ts";
import { type Driver, rankDrivers, scaleDriver } from "./drivers.ts";
import { type Estimate, type EstimateOptions, shareOf } from "./estimate.ts";
import { METRICS, type Metric } from "./histogram.ts";
import {
  countInvited,
  countPairs,
  countPartial,
  countThemes,
  DIMENSIONS,
  type Dimension,
  type ResultFilter,
} from "./results.store.ts";
import { buildResults, type Results } from "./results.ts";
import { countScores } from "./scores.store.ts";
import { K_COMMENT, K_METRIC } from "./suppress.ts";

/** What a reader asks of a survey's results. */
export interface ResultsAsk {
  readonly question?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly only?: { readonly dimension: Dimension; readonly value: string } | undefined;
  readonly options: EstimateOptions;
}

/** The metric question that is asked about: the named one, or the survey's first. Throws `not-found`. */
export function metricOf(
  survey: Pick<PublishedSurvey, "metrics">,
  question: string | undefined,
): MetricQuestion & { readonly kind: Metric } {
  const metrics = survey.metrics.flatMap((m) => {
    const kind = METRICS.find((k) => k === m.kind);
    return kind === undefined ? [] : [{ ...m, kind }];
  });
  const found = question === undefined ? metrics[0] : metrics.find((m) => m.question === question);
  if (found === undefined)
    throw new AppError("not-found", { detail: "The survey has no metric question by that name." });
  return found;
}

const isShown = (results: Results, dimension: Dimension, value: string): boolean =>
  results.by[dimension].groups.some((g) => g.key === value && !("withheld" in g));

/**
 * Everything about one metric question of a survey in a window. Asked for one group only, it first makes sure that the
 * whole table shows that group: what is withheld there is not to be had here. Throws `forbidden` when it is.
 */
export async function readResults(
  db: Db,
  survey: PublishedSurvey,
  ask: ResultsAsk,
): Promise<{
  readonly metric: MetricQuestion & { readonly kind: Metric };
  readonly results: Results;
  readonly drivers: readonly Driver[];
}> {
  const metric = metricOf(survey, ask.question);
  const whole: ResultFilter = {
    surveyId: survey.surveyId,
    question: metric.question,
    from: ask.from,
    to: ask.to,
  };
  const build = async (filter: ResultFilter, options = ask.options): Promise<Results> => {
    // Two statements at once: on a server they run side by side.
    const [{ scores, regionOf }, invited, partial] = await Promise.all([
      countScores(db, filter),
      countInvited(db, filter),
      filter.only === undefined ? countPartial(db, filter) : 0,
    ]);
    return buildResults({ metric: metric.kind, scores, invited, partial, regionOf, options });
  };
  const all = await build(whole);
  const closed = survey.metrics.filter((m) => m.kind !== "comment").length > 1;
  if (ask.only === undefined)
    return { metric, results: all, drivers: closed ? await driversOf(db, whole, all) : [] };
  if (!isShown(all, ask.only.dimension, ask.only.value))
    throw new AppError("forbidden", {
      detail: "This group is too small to be shown, or would give away one that is.",
    });
  const { population: _ofAll, ...options } = ask.options;
  const own = await build({ ...whole, only: ask.only }, options);
  return { metric, results: { ...own, by: crossed(own, all) }, drivers: [] };
}

/** A second grouping inside one group is shown only where the whole table withholds nothing of that grouping. */
function crossed(own: Results, all: Results): Results["by"] {
  const empty = { groups: [], mix: [], weighted: null };
  return Object.fromEntries(
    DIMENSIONS.map((dimension) => [
      dimension,
      all.by[dimension].groups.some((g) => "withheld" in g) ? empty : own.by[dimension],
    ]),
  ) as Record<Dimension, Results["by"][Dimension]>;
}

async function driversOf(db: Db, filter: ResultFilter, results: Results): Promise<Driver[]> {
  if (results.total === null || results.total.n < K_METRIC) return [];
  const by = new Map<string, { answer: number; score: number; n: number }[]>();
  for (const { question, ...pair } of await countPairs(db, filter)) {
    const own = by.get(question);
    if (own === undefined) by.set(question, [pair]);
    else own.push(pair);
  }
  return rankDrivers([...by].flatMap(([question, pairs]) => scaleDriver(question, pairs) ?? []));
}

/** A theme with its share of all comments and the words by which it was found. */
export interface ThemeResult {
  readonly theme: string;
  readonly name: Readonly<Record<"en" | "zh-CN" | "zh-TW", string>>;
  readonly comments: number;
  /** Per cent of all comments, with its 95 % interval. */
  readonly share: Estimate | null;
  readonly negative: number;
  readonly positive: number;
  readonly phrases: readonly string[];
}

/** Themes of a window; null when there are fewer than eight comments. */
export async function readThemes(
  db: Db,
  filter: Pick<ResultFilter, "surveyId" | "from" | "to" | "only">,
): Promise<{ readonly comments: number; readonly themes: readonly ThemeResult[] } | null> {
  const [all, ...themes] = await countThemes(db, filter);
  const comments = all?.comments ?? 0;
  if (comments < K_COMMENT) return null;
  return {
    comments,
    themes: themes.flatMap((t) => {
      const known = THEMES.find((theme) => theme.id === t.theme);
      if (known === undefined) return [];
      return [
        {
          theme: known.id,
          name: known.name,
          comments: t.comments,
          share: shareOf(t.comments, comments),
          negative: t.negative,
          positive: t.positive,
          phrases: t.phrases,
        },
      ];
    }),
  };
}
