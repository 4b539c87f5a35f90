import { importCsvQuestions } from "./csv-questions.ts";
import type { ImportFormat } from "./format.ts";
import { importLimeSurvey } from "./limesurvey.ts";
import type { Imported } from "./report.ts";
import { importSurveyJs } from "./surveyjs.ts";

export { formatOfFile, IMPORT_FORMATS, type ImportFormat } from "./format.ts";

/** Reads a survey of elsewhere. Throws `unparsable-body` when the file is not of that format. */
export function importSurvey(format: ImportFormat, text: string): Imported {
  switch (format) {
    case "surveyjs":
      return importSurveyJs(text);
    case "limesurvey":
      return importLimeSurvey(text);
    case "csv":
      return importCsvQuestions(text);
  }
}
