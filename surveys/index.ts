export type { SurveyDocument } from "./definitions/survey.schema.ts";
export { surveyHoldings } from "./holder.ts";
export { IMPORT_FORMATS, type ImportFormat, importSurvey } from "./imports/index.ts";
export type { Imported, ImportNote } from "./imports/report.ts";
export { type Finding, lintSurvey } from "./lint/lint.ts";
export { LINT_SENTENCES } from "./lint/sentences.ts";
export * from "./port.ts";
export { createSurveys, type Surveys } from "./surveys.ts";
export { TEMPLATES, type Template } from "./templates/index.ts";
