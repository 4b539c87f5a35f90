export const IMPORT_FORMATS = ["surveyjs", "limesurvey", "csv"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** What a file holds, by its name: `.lss`, `.csv` or `.tsv`, else SurveyJS. */
export function formatOfFile(name: string): ImportFormat {
  if (/\.lss$/i.test(name)) return "limesurvey";
  return /\.(?:csv|tsv)$/i.test(name) ? "csv" : "surveyjs";
}
