import { type TSchema, Type } from "typebox";
import { SurveyName } from "../definitions/survey.schema.ts";
import { ComparisonSchema, EstimateSchema } from "../metrics/answers.schema.ts";
import { THEMES } from "../themes/lexicon.ts";
import { CASE_REASONS, OUTCOMES } from "./decide-case.ts";

const Text = Type.String();
const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const Day = Type.String({ format: "date" });
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A case as lists show it. */
export const CaseSchema = Type.Object({
  id: Uuid,
  surveyId: Text,
  surveyName: OrNull(SurveyName),
  reasons: Type.Array(Type.Enum(CASE_REASONS)),
  store: OrNull(Text),
  region: OrNull(Text),
  owner: OrNull(Text),
  state: Type.Enum(["open", "contacted", "closed"] as const),
  outcome: OrNull(Type.Enum(OUTCOMES)),
  contactWanted: Type.Boolean(),
  openedAt: Time,
  dueAt: Time,
  late: Type.Boolean({ description: "Nobody contacted the member, and the time for it is over." }),
  contactedAt: OrNull(Time),
  escalatedAt: OrNull(Time),
  closedAt: OrNull(Time),
  askAgainAt: OrNull(Time),
});

/** A case with its answer, the purchase that it is about, and what was written. */
export const CaseDetailSchema = Type.Object({
  ...CaseSchema.properties,
  questions: Type.Record(Text, SurveyName, {
    description: "What each question asks, by the name under which its answer is kept.",
  }),
  answers: OrNull(
    Type.Record(Text, Type.Unknown({ description: "What was answered, without what names others." })),
  ),
  contact: OrNull(Type.String({ description: "How the person wants to be reached, in their own words." })),
  order: OrNull(
    Type.Object({
      orderedAt: Time,
      store: OrNull(Text),
      channel: Text,
      currency: Text,
      netMinor: Type.Integer({ description: "Minor units." }),
      categories: Type.Array(Text),
      cancelled: Type.Boolean(),
    }),
  ),
  notes: Type.Array(Type.Object({ id: Uuid, by: Text, at: Time, text: Text })),
});

/** How the stores look after those who were unhappy. */
export const CaseFiguresSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      storeId: OrNull(Text),
      opened: Type.Integer(),
      open: Type.Integer(),
      late: Type.Integer(),
      contactedInTime: Type.Integer(),
      contacted: Type.Integer(),
      medianHours: OrNull(Type.Number({ description: "To the first contact." })),
    }),
  ),
});

/** A change that was planned or made because of a theme. */
export const ActionSchema = Type.Object({
  actionId: Uuid,
  surveyId: Text,
  theme: Type.Enum(THEMES.map((t) => t.id)),
  owner: Text,
  what: Text,
  storeId: OrNull(Text),
  region: OrNull(Text),
  state: Type.Enum(["planned", "done", "dropped"] as const),
  doneOn: OrNull(Day),
  createdAt: Time,
  updatedAt: Time,
});

const Window = Type.Object({ from: Day, to: Day });
const BeforeAndAfter = Type.Object({
  before: OrNull(EstimateSchema),
  after: OrNull(EstimateSchema),
  change: OrNull(ComparisonSchema),
});

/** The changes of a survey; those that were made with the figures before and after. */
export const ActionsSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      ...ActionSchema.properties,
      effect: OrNull(
        Type.Object({
          windows: Type.Object({ before: Window, after: Window }),
          figure: BeforeAndAfter,
          theme: BeforeAndAfter,
        }),
      ),
    }),
  ),
});
