import type { SurveyDocument } from "../definitions/survey.schema.ts";

/** Something of a file that was not taken over as it stood. */
export interface ImportNote {
  /** Where: a question's code, a line. */
  readonly place: string;
  readonly code:
    | "type-not-understood"
    | "condition-not-understood"
    | "setting-left-out"
    | "quota-left-out"
    | "column-not-understood"
    | "row-left-out"
    | "metric-guess";
  readonly detail: string;
}

/** What became of a file: a document to look at, and everything that was not understood. */
export interface Imported {
  readonly document: SurveyDocument;
  readonly title: string;
  readonly questions: number;
  readonly notes: readonly ImportNote[];
}
