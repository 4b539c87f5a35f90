import { AppError } from "../../src/kernel/problems.ts";
import { defaultLocaleOf, isJson, questionsOf, spokenIn } from "../definitions/definition.ts";
import type { Imported } from "./report.ts";

/** Takes a SurveyJS definition as it is. Throws `unparsable-body` when it is no JSON object. */
export function importSurveyJs(text: string): Imported {
  let definition: unknown;
  try {
    definition = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new AppError("unparsable-body", { detail: "The file is not JSON.", cause });
  }
  if (!isJson(definition) || questionsOf(definition).length === 0)
    throw new AppError("unparsable-body", { detail: "The file holds no SurveyJS questions." });
  const title = spokenIn(definition.title, "en", defaultLocaleOf(definition));
  return {
    document: { definition: { ...definition } },
    title,
    questions: questionsOf(definition).length,
    notes: questionsOf(definition)
      .filter((q) => q.type === "rating")
      .map((q) => ({
        place: q.name,
        code: "metric-guess" as const,
        detail: "A rating is a metric only if it is declared as one: add it to `metrics`.",
      })),
  };
}
