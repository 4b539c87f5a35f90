import { type TSchema, Type } from "typebox";
import { RulesSchema } from "./rules.ts";

const Text = Type.String();
const Time = Type.String({ format: "date-time" });
const Day = Type.String({ format: "date" });
const Count = Type.Integer();
const Num = Type.Number();
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Numbers = Type.Record(Text, Num);
const Interval = OrNull(Type.Array(Num, { minItems: 2, maxItems: 2 }));
const list = <T extends TSchema>(items: T) => Type.Object({ items: Type.Array(items) });

const Explanation = Type.Object({
  sentences: Type.Array(Text),
  parts: Type.Array(Type.Object({ of: Text, text: Text, points: Text })),
  total: OrNull(Text),
});

export const LevelSchema = Type.Object({
  memberId: Text,
  state: Type.Enum(["not_scored", "no_purchases", "behaviour_only", "scored"] as const),
  /** Accounts that joined by traces alone and have not agreed: what they bought and said is left out. */
  accountsLeftOut: Count,
  score: OrNull(Num),
  scoreMicro: OrNull(Count),
  condition: OrNull(Text),
  conditionState: OrNull(Text),
  attitude: OrNull(
    Type.Object({
      state: Text,
      value: OrNull(Num),
      sd: OrNull(Num),
      pHigh: OrNull(Num),
      weight: Num,
      mean: Num,
    }),
  ),
  behaviour: OrNull(
    Type.Object({
      value: Num,
      alive: Num,
      rateRank: Num,
      spendRank: Num,
      inputs: Type.Object({ x: Count, recencyWeeks: Num, ageWeeks: Num, meanRepeatSpend: Num }),
    }),
  ),
  outlook: OrNull(
    Type.Object({
      purchases: Num,
      horizonWeeks: Num,
      spendEach: Num,
      value: Num,
      months: Num,
      currency: Text,
    }),
  ),
  contributions: Type.Array(
    Type.Object({
      of: Text,
      micro: Count,
      id: Type.Optional(Text),
      weight: Type.Optional(Num),
      y: Type.Optional(Num),
    }),
    { description: "Millionths of a point; they sum to scoreMicro exactly." },
  ),
  version: OrNull(Type.Object({ model: Text, cohort: Text, rules: Count, scoredAt: Time })),
  tiers: Type.Array(
    Type.Object({
      structure: Text,
      tier: Text,
      by: Text,
      since: Day,
      heldUntil: Day,
      breaches: Count,
      graceUntil: OrNull(Day),
      fixedUntil: OrNull(Day),
    }),
  ),
  history: Type.Array(
    Type.Object({
      at: Time,
      of: Text,
      before: OrNull(Text),
      after: OrNull(Text),
      reason: Text,
      figure: OrNull(Num),
    }),
  ),
  decisions: Type.Array(
    Type.Object({
      at: Time,
      kind: Text,
      reason: Text,
      structure: OrNull(Text),
      tier: OrNull(Text),
      until: OrNull(Day),
      by: Text,
    }),
  ),
  explanation: Explanation,
});

const Tried = OrNull(
  Type.Object({
    scoreMicro: OrNull(Count),
    condition: OrNull(Text),
    tiers: Type.Record(Text, Text),
    attitude: OrNull(Num),
    behaviour: Num,
  }),
);
export const WhatIfSchema = Type.Object({
  state: Text,
  now: Tried,
  after: Tried,
  orders: Type.Array(
    Type.Object({
      key: Text,
      orderedAt: Time,
      storeId: OrNull(Text),
      currency: Text,
      netMinor: Count,
    }),
    { description: "The newest orders whose return can be tried, where the purpose covers purchases." },
  ),
});
export const DecidedSchema = Type.Object({ id: Text, memberId: Text, at: Time });
const page = <T extends TSchema>(items: T) => Type.Object({ items: Type.Array(items), next: OrNull(Text) });
export const ReviewsSchema = page(DecidedSchema);
export const MembersByLevelSchema = page(
  Type.Object({
    memberId: Text,
    scoreMicro: OrNull(Count),
    condition: OrNull(Text),
    tiers: Type.Record(Text, Text),
    scoredAt: Time,
  }),
);

export const RulesAnswer = Type.Object({
  version: Count,
  publishedAt: Time,
  rules: RulesSchema,
  versions: Type.Array(Type.Object({ version: Count, publishedAt: Time })),
});
export const PublishedSchema = Type.Object({ version: Count });
export const PreviewSchema = Type.Object({
  against: Count,
  members: Count,
  moves: Type.Array(
    Type.Object({ structure: Text, from: Text, to: Text, up: Type.Boolean(), members: Count }),
  ),
  conditions: Type.Array(Type.Object({ from: Text, to: Text, members: Count })),
  cost: Type.Object({ currency: Text, before: Num, after: Num }),
  examples: Type.Array(Type.Object({ memberId: Text, structure: Text, from: Text, to: Text })),
});

const FitSchema = Type.Union([
  Type.Object({
    kind: Type.Literal("fitted"),
    model: Text,
    parameters: Numbers,
    standardErrors: Numbers,
    logLikelihood: Num,
    members: Count,
    iterations: Count,
    startsAgreeing: Count,
    starts: Count,
    gradient: Num,
  }),
  Type.Object({ kind: Type.Literal("refused"), code: Text, because: Text }),
]);
const Fits = Type.Array(
  Type.Object({ cohort: Text, members: Count, purchases: FitSchema, spend: FitSchema }),
);
export const FittedSchema = Type.Object({ id: Text, kind: Text, members: Count, fits: Fits });
export const ModelsSchema = list(
  Type.Object({ id: Text, kind: Text, fittedOn: Day, members: Count, scores: Type.Boolean() }),
);

const ReportSchema = Type.Object({
  fittedUntil: Day,
  weeks: Count,
  members: Count,
  brier: Num,
  brierOfShare: Num,
  expectedPurchases: Num,
  observedPurchases: Num,
  topTenthLift: OrNull(Num),
  calibration: Type.Array(
    Type.Object({
      from: Num,
      to: Num,
      members: Count,
      foretold: OrNull(Num),
      observed: OrNull(Num),
      interval: Interval,
    }),
  ),
  byTenth: Type.Array(
    Type.Object({ tenth: Count, members: Count, expected: Num, observed: Num, gains: Num }),
  ),
});
export const BacktestSchema = Type.Object({ id: Text, report: ReportSchema });
export const ModelSchema = Type.Object({
  id: Text,
  kind: Text,
  fittedOn: Count,
  members: Count,
  report: Type.Object({ fits: Fits }),
  createdAt: Time,
  cohorts: Type.Array(
    Type.Object({
      cohort: Text,
      model: Text,
      parameters: Numbers,
      spend: Numbers,
      origin: Type.Object({ purchases: Text, spend: Text }),
      mean: Num,
      members: Count,
    }),
  ),
  backtests: Type.Array(Type.Object({ id: Text, report: ReportSchema, createdAt: Time })),
});
export const MovedSchema = Type.Object({ moved: Count });
export const LevelsSchema = list(
  Type.Object({
    of: Type.Enum(["condition", "tier"] as const),
    structure: OrNull(Text),
    name: Text,
    members: OrNull(Count),
    suppressed: Type.Boolean(),
  }),
);
const Share = Type.Object({ value: OrNull(Num), of: Count, interval: Interval });
export const KpisSchema = Type.Object({
  formulas: Type.Record(Text, Text),
  months: Type.Array(
    Type.Object({
      month: Text,
      currency: Text,
      running: Type.Boolean(),
      members: OrNull(Count),
      growth: OrNull(Num),
      activeRate: Share,
      retention: Share,
      churn: Share,
      repurchase: Share,
      responseRate: Share,
    }),
  ),
});
const Shares = Type.Record(Text, OrNull(Num));
export const FairnessSchema = Type.Object({
  by: Text,
  members: Count,
  withheld: Count,
  unknown: Count,
  suppressedGroups: Count,
  lowestToHighest: OrNull(Num),
  groups: Type.Array(
    Type.Object({
      value: Text,
      members: Count,
      meanBehaviour: Num,
      meanScore: OrNull(Num),
      aboveBase: Num,
      conditions: Shares,
      tiers: Shares,
    }),
  ),
});
