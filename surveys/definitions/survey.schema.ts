import { type Static, Type } from "typebox";
import { ANSWER_CHANNELS, METRIC_KINDS, SURVEY_CLASSES } from "../port.ts";

const Name = Type.String({ minLength: 1, maxLength: 200 });
export const SurveyName = Type.Object(
  { en: Name, "zh-CN": Name, "zh-TW": Name },
  { additionalProperties: false },
);
export const SurveyIdText = Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" });
const QuestionName = Type.String({ minLength: 1, maxLength: 64 });

export const MetricSchema = Type.Object(
  {
    question: QuestionName,
    kind: Type.Enum([...METRIC_KINDS]),
    scale: Type.Optional(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
  },
  { additionalProperties: false },
);

/** A part of a definition, whose shape is SurveyJS's own. */
export const SurveyJsValue = Type.Unknown({ description: "A value of SurveyJS JSON." });

/** What changes only with a new version. */
export const DocumentSchema = Type.Object(
  {
    definition: Type.Record(Type.String(), SurveyJsValue, { description: "SurveyJS JSON, as it is." }),
    metrics: Type.Optional(Type.Array(MetricSchema, { maxItems: 20 })),
    contact: Type.Optional(
      Type.Object(
        {
          question: QuestionName,
          detail: Type.Optional(QuestionName),
        },
        {
          additionalProperties: false,
          description:
            "The yes-or-no question by which somebody asks to be contacted, and the text question that says how.",
        },
      ),
    ),
    personal: Type.Optional(
      Type.Record(QuestionName, Type.String({ minLength: 1, maxLength: 200 }), {
        description: "Why a question about the person is asked, by its name.",
      }),
    ),
  },
  { additionalProperties: false },
);
export type SurveyDocument = Static<typeof DocumentSchema>;

/** What may change while a survey runs. */
export const AccessSchema = Type.Object(
  {
    open: Type.Optional(
      Type.Boolean({ description: "Whether open links (posters, tills, widget, kiosk) are honoured." }),
    ),
    perMinute: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 6_000, description: "Answers a minute that one open link takes." }),
    ),
    embedOrigins: Type.Optional(
      Type.Array(Type.String({ pattern: "^https?://[a-zA-Z0-9.-]+(:\\d{1,5})?$" }), {
        maxItems: 20,
        description: "Sites that may show the survey inside their pages.",
      }),
    ),
    brand: Type.Optional(
      Type.Object(
        {
          accent: Type.Optional(Type.String({ pattern: "^#[0-9a-fA-F]{6}$" })),
          logo: Type.Optional(
            Type.String({
              pattern: "^data:image/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$",
              maxLength: 100_000,
              description: "A small picture as a data URL.",
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type SurveyAccess = Static<typeof AccessSchema>;

export const NewSurveySchema = Type.Object(
  {
    id: SurveyIdText,
    name: SurveyName,
    class: Type.Enum([...SURVEY_CLASSES]),
    anonymous: Type.Optional(Type.Boolean()),
    access: Type.Optional(AccessSchema),
    ...DocumentSchema.properties,
  },
  { additionalProperties: false },
);
export type NewSurvey = Static<typeof NewSurveySchema>;

export const ChannelSchema = Type.Enum([...ANSWER_CHANNELS]);
const Coarse = Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\p{L}\\p{N} _\\-./:&+]{1,64}$" });
export const ContextSchema = Type.Object(
  {
    store: Type.Optional(Coarse),
    region: Type.Optional(Coarse),
    category: Type.Optional(Coarse),
    level: Type.Optional(Coarse),
    tenure: Type.Optional(Coarse),
  },
  { additionalProperties: false },
);

/** Parameters of a path that names a survey. */
export const ById = Type.Object({ id: Type.String({ maxLength: 64 }) });

/** Largest definition, in bytes: it is text, and pictures inside one are small. */
export const DEFINITION_LIMIT = 2 * 1024 * 1024;
