import { LOCALES, type Locale, type Spoken } from "../../src/i18n/index.ts";
import type { FirstQuestion, MetricQuestion, PublishedSurvey, SurveyClass } from "../port.ts";
import {
  choiceValue,
  defaultLocaleOf,
  isJson,
  type Json,
  listOf,
  localesOf,
  type Question,
  questionsOf,
  ratingValues,
  SILENT_TYPES,
  spokenIn,
} from "./definition.ts";
import { readMetric } from "./metrics.ts";
import type { SurveyDocument } from "./survey.schema.ts";

/** As many answers as a message shows side by side. */
const MOST_LINKS = 11;

/** The metrics of a document that are declared rightly. */
export function metricsOf(document: SurveyDocument): readonly MetricQuestion[] {
  const questions = questionsOf(document.definition);
  return (document.metrics ?? []).flatMap((m) => {
    const read = readMetric(m, questions);
    return read.kind === "ok" ? [read.metric] : [];
  });
}

function inAll(value: unknown, usual: Locale, otherwise = ""): Spoken {
  return Object.fromEntries(LOCALES.map((l) => [l, spokenIn(value, l, usual) || otherwise])) as Spoken;
}

/** What each question asks, in every language, by the name under which its answer is kept. */
export function titlesOf(definition: Json): Readonly<Record<string, Spoken>> {
  const usual = defaultLocaleOf(definition);
  return Object.fromEntries(
    questionsOf(definition).map((q) => [q.key, inAll(q.element.title, usual, q.name)]),
  );
}

/** The first question as a row of links, when it is one choice among few. */
export function firstQuestionOf(definition: Json): FirstQuestion | null {
  const usual = defaultLocaleOf(definition);
  const first: Question | undefined = questionsOf(definition).find(
    (q) => !(SILENT_TYPES as readonly string[]).includes(q.type),
  );
  if (first === undefined || first.conditions.length > 0) return null;
  const { element, type, name } = first;
  const given =
    type === "rating"
      ? listOf(element.rateValues).length > 0
        ? listOf(element.rateValues)
        : ratingValues(element)
      : type === "radiogroup" || type === "dropdown"
        ? listOf(element.choices)
        : [];
  const choices = given.flatMap((choice) => {
    const value = choiceValue(choice);
    if (typeof value !== "string" && typeof value !== "number") return [];
    return [{ value, text: inAll(isJson(choice) ? choice.text : undefined, usual, String(value)) }];
  });
  if (choices.length < 2 || choices.length > MOST_LINKS) return null;
  return {
    name,
    title: inAll(element.title, usual, name),
    choices,
    minText: inAll(element.minRateDescription, usual),
    maxText: inAll(element.maxRateDescription, usual),
  };
}

/** A version as other parts need it. */
export function describePublished(
  survey: {
    readonly surveyId: string;
    readonly name: Spoken;
    readonly surveyClass: SurveyClass;
    readonly anonymous: boolean;
  },
  version: number,
  document: SurveyDocument,
): PublishedSurvey {
  return {
    surveyId: survey.surveyId,
    version,
    name: survey.name,
    surveyClass: survey.surveyClass,
    anonymous: survey.anonymous,
    metrics: metricsOf(document),
    locales: localesOf(document.definition),
    firstQuestion: firstQuestionOf(document.definition),
    definition: document.definition,
  };
}
