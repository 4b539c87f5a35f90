import { Type } from "typebox";
import { FindingSchema } from "./findings.schema.ts";
import { AccessSchema, DocumentSchema, NewSurveySchema, SurveyName } from "./survey.schema.ts";

const Time = Type.String({ format: "date-time" });

export const SurveySchema = Type.Object({
  id: Type.String(),
  name: SurveyName,
  class: NewSurveySchema.properties.class,
  anonymous: Type.Boolean(),
  state: Type.Enum(["draft", "running", "ended"]),
  version: Type.Union([Type.Integer(), Type.Null()]),
  access: AccessSchema,
  createdAt: Time,
  updatedAt: Time,
});

export const SurveysSchema = Type.Object({
  items: Type.Array(SurveySchema),
  next: Type.Union([Type.String(), Type.Null()]),
});

const VersionSummary = Type.Object({
  version: Type.Integer(),
  sha256: Type.String(),
  createdAt: Time,
  publishedAt: Type.Union([Time, Type.Null()]),
});

/** A survey with its versions, without their questions. */
export const SurveyDetailSchema = Type.Object({
  ...SurveySchema.properties,
  versions: Type.Array(VersionSummary),
});

/** A version with its questions. */
export const VersionSchema = Type.Object({ ...VersionSummary.properties, ...DocumentSchema.properties });

/** What came of keeping or publishing a version. */
export const SavedSchema = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  findings: Type.Array(FindingSchema),
});

export const LintedSchema = Type.Object({ findings: Type.Array(FindingSchema) });

/** Surveys to start from. */
export const TemplatesSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      name: SurveyName,
      about: SurveyName,
      survey: Type.Omit(NewSurveySchema, ["id", "name"]),
    }),
  ),
});

/** An open link to a survey. */
export const OpenLinkSchema = Type.Object({ path: Type.String(), expiresAt: Time });
