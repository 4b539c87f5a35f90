import { type TSchema, Type } from "typebox";
import { SurveyName } from "../definitions/survey.schema.ts";
import { SURVEY_CLASSES } from "../port.ts";
import { THEMES } from "../themes/lexicon.ts";
import { METRICS } from "./histogram.ts";

const Text = Type.String();
const Day = Type.String({ format: "date" });
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Interval = { low: Type.Number(), high: Type.Number() };
const Withheld = Type.Enum(["small-group", "complementary"] as const, {
  description: "Too few answers, or so many that what is too few could be had by subtraction.",
});

/** A figure with its uncertainty. */
export const EstimateSchema = Type.Object({
  method: Type.Enum(["nps", "csat-top-two", "ces-mean", "ces-agree", "share"] as const),
  n: Type.Integer(),
  value: Type.Number({ description: "As observed: points for NPS, per cent for CSAT, 1 to 7 for CES." }),
  se: Type.Number(),
  moe: Type.Number(),
  centre: Type.Number(),
  adjustedSe: Type.Number(),
  ...Interval,
  corrected: Type.Boolean({ description: "Whether the finite population made the errors smaller." }),
});

/** Whether two figures differ by more than chance. */
export const ComparisonSchema = Type.Object({
  difference: Type.Number(),
  z: Type.Number(),
  p: Type.Number(),
  ...Interval,
  significant: Type.Boolean(),
});

const GroupSchema = Type.Union([
  Type.Object({ key: Text, withheld: Withheld }),
  Type.Object({
    key: Text,
    estimate: OrNull(EstimateSchema),
    againstOthers: OrNull(ComparisonSchema),
    invited: Type.Integer(),
    responseRate: OrNull(Type.Number()),
  }),
]);

const GroupingSchema = Type.Object({
  groups: Type.Array(GroupSchema),
  mix: Type.Array(
    Type.Object({
      key: Text,
      invitedShare: Type.Number(),
      answeredShare: Type.Number(),
      gap: Type.Number(),
      skewed: Type.Boolean(),
    }),
  ),
  weighted: OrNull(Type.Object({ value: Type.Number(), se: Type.Number(), ...Interval })),
});

const TrendSchema = Type.Object({
  points: Type.Array(
    Type.Object({
      period: Day,
      estimate: OrNull(EstimateSchema),
      change: OrNull(ComparisonSchema),
      withheld: Type.Optional(Withheld),
    }),
  ),
  slope: OrNull(Type.Object({ perPeriod: Type.Number(), ...Interval, significant: Type.Boolean() })),
});

const MetricName = Type.Enum(METRICS);
const WindowSchema = Type.Object({ from: Day, to: Day });

/** The results of one counted question. */
export const ResultsSchema = Type.Object({
  survey: Text,
  class: Type.Enum(SURVEY_CLASSES),
  anonymous: Type.Boolean(),
  question: Text,
  metric: MetricName,
  metrics: Type.Array(Type.Object({ question: Text, kind: Type.Enum([...METRICS, "comparative"] as const) })),
  questions: Type.Record(Text, SurveyName, { description: "What each question asks, by its name." }),
  window: WindowSchema,
  rules: Type.Object({
    smallestGroup: Type.Integer(),
    interval: Type.Number(),
    latestPerMember: Type.Boolean(),
    partialsCounted: Type.Boolean(),
  }),
  total: OrNull(EstimateSchema),
  withheld: OrNull(Withheld),
  distribution: OrNull(Type.Array(Type.Integer())),
  response: OrNull(
    Type.Object({
      invited: Type.Integer(),
      answered: Type.Integer(),
      declined: Type.Integer(),
      bounced: Type.Integer(),
      partial: Type.Integer(),
      rate: OrNull(Type.Number()),
      interval: OrNull(Type.Object(Interval)),
    }),
  ),
  by: Type.Object({
    store: GroupingSchema,
    region: GroupingSchema,
    channel: GroupingSchema,
    category: GroupingSchema,
    level: GroupingSchema,
    tenure: GroupingSchema,
  }),
  trends: Type.Object({ week: TrendSchema, month: TrendSchema, quarter: TrendSchema }),
  withheldGroups: Type.Integer(),
  drivers: Type.Array(
    Type.Object({
      question: Text,
      option: OrNull(Text),
      n: Type.Integer(),
      kind: Type.Enum(["rank-correlation", "difference"] as const),
      effect: Type.Number(),
      ...Interval,
      significant: Type.Boolean(),
    }),
  ),
});

/** What comments speak of; `withheld` where there are too few of them. */
export const ThemesSchema = Type.Object({
  survey: Text,
  window: WindowSchema,
  lexicon: Type.Integer(),
  rules: Type.Object({ fewestComments: Type.Integer() }),
  comments: OrNull(Type.Integer()),
  themes: Type.Array(
    Type.Object({
      theme: Type.Enum(THEMES.map((t) => t.id)),
      name: SurveyName,
      comments: Type.Integer(),
      share: OrNull(EstimateSchema),
      negative: Type.Integer(),
      positive: Type.Integer(),
      phrases: Type.Array(Text),
    }),
  ),
  withheld: Type.Optional(Withheld),
});

/** Comments that speak of a theme. */
export const ThemeCommentsSchema = Type.Object({
  comments: Type.Array(
    Type.Object({
      text: Text,
      polarity: Type.Enum(["positive", "negative", "neutral"] as const),
      phrases: Type.Array(Text),
      answeredOn: Day,
    }),
  ),
  notAllowed: Type.Optional(
    Type.Integer({ description: "Left out, because the purpose does not allow them." }),
  ),
  withheld: Type.Optional(Withheld),
  next: Type.Union([Text, Type.Null()], { description: "Pass it as `cursor` for the next page." }),
});

const Cell = Type.Union([Text, Type.Number(), Type.Null()]);

/** Answers for a purpose, a row each. */
export const AnswerRowsSchema = Type.Object({
  items: Type.Array(
    Type.Record(Text, Cell, {
      description:
        "answeredOn, version, wave, the groups that may be named, a score for each counted question, and comments where they were asked for.",
    }),
  ),
  notAllowed: Type.Integer(),
  withheldGroups: Type.Integer(),
  next: OrNull(Text),
});
