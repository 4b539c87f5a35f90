import type { SurveyDocument } from "../definitions/survey.schema.ts";

/** Why something of a file was not taken over as it stood. */
export const IMPORT_NOTES = [
  "type-not-understood",
  "condition-not-understood",
  "setting-left-out",
  "quota-left-out",
  "column-not-understood",
  "row-left-out",
  "metric-guess",
] as const;

/** Something of a file that was not taken over as it stood. */
export interface ImportNote {
  /** Where: a question's code, a line. */
  readonly place: string;
  readonly code: (typeof IMPORT_NOTES)[number];
  readonly detail: string;
}

/** What became of a file: a document to look at, and everything that was not understood. */
export interface Imported {
  readonly document: SurveyDocument;
  readonly title: string;
  readonly questions: number;
  readonly notes: readonly ImportNote[];
}
