import { LOCALES } from "../../src/i18n/index.ts";
import { innerElements, offeredValues } from "../definitions/answer-schema.ts";
import {
  ANSWERABLE_TYPES,
  defaultLocaleOf,
  isJson,
  isSpokenIn,
  type Json,
  listOf,
  type Question,
  questionsOf,
  ratingValues,
  SILENT_TYPES,
  spokenTexts,
} from "../definitions/definition.ts";
import { readMetric } from "../definitions/metrics.ts";
import type { SurveyDocument } from "../definitions/survey.schema.ts";
import type { SurveyClass } from "../port.ts";
import type { LintCode } from "./sentences.ts";
import { BEGGING, DOUBLE, LEADING, matchesAny, PERSONAL, PROMOTION } from "./wording.ts";

/** Something that breaks a survey (it cannot be published) or biases its answers (it can, and it is said). */
export interface Finding {
  readonly code: LintCode;
  readonly level: "error" | "warning";
  /** The question's name; null for the survey as a whole. */
  readonly question: string | null;
  /** JSON Pointer into the definition, where one place is meant. */
  readonly path: string | null;
  /** Which languages a text lacks. */
  readonly locales?: readonly string[];
}

const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,63}$/u;
const FORBIDDEN_NAMES = new Set(["__proto__", "constructor", "prototype"]);
/** About how long a person takes, in seconds; the sums of common form advice, and ours to correct. */
const SECONDS: Readonly<Record<string, number>> = {
  comment: 30,
  text: 12,
  multipletext: 25,
  matrix: 20,
  matrixdropdown: 35,
  matrixdynamic: 35,
  paneldynamic: 45,
  ranking: 25,
  checkbox: 12,
  tagbox: 12,
};
const USUAL_SECONDS = 8;
const LONGEST_SECONDS = 180;
const MOST_QUESTIONS = 15;

function silent(type: string): boolean {
  return (SILENT_TYPES as readonly string[]).includes(type);
}

function finding(
  code: LintCode,
  level: Finding["level"],
  question: string | null,
  more: Partial<Pick<Finding, "path" | "locales">> = {},
): Finding {
  return {
    code,
    level,
    question,
    path: more.path ?? null,
    ...(more.locales ? { locales: more.locales } : {}),
  };
}

/** About how long a definition takes to answer, in seconds, when everything in it is shown. */
export function estimateSeconds(definition: Json): number {
  return questionsOf(definition)
    .filter((q) => !silent(q.type))
    .reduce((sum, q) => sum + (SECONDS[q.type] ?? USUAL_SECONDS), 0);
}

/** Finds all that biases or breaks a survey, errors first. */
export async function lintSurvey(
  survey: { readonly class: SurveyClass; readonly anonymous: boolean },
  document: SurveyDocument,
): Promise<readonly Finding[]> {
  // The expression parser is a large library, which most processes never need.
  const { logicFindings } = await import("./logic.ts");
  const definition: Json = document.definition;
  const questions = questionsOf(definition);
  const found = [
    ...formFindings(definition, questions),
    ...logicFindings(definition, questions),
    ...metricFindings(document, questions),
    ...contactFindings(document, questions),
    ...wordFindings(definition, questions),
    ...personFindings(survey.anonymous, document, questions),
    ...translationFindings(definition),
  ];
  return [...found.filter((f) => f.level === "error"), ...found.filter((f) => f.level === "warning")];
}

function formFindings(definition: Json, questions: readonly Question[]): Finding[] {
  const found: Finding[] = [];
  const asked = questions.filter((q) => !silent(q.type));
  if (asked.length === 0) found.push(finding("no-questions", "error", null));
  const keys = new Set<string>();
  for (const { name, key, type, element } of questions) {
    if (!NAME.test(name) || !NAME.test(key) || FORBIDDEN_NAMES.has(key))
      found.push(finding("bad-name", "error", null));
    if (!silent(type)) {
      if (keys.has(key)) found.push(finding("same-name", "error", name));
      keys.add(key);
    }
    if (!silent(type) && !(ANSWERABLE_TYPES as readonly string[]).includes(type))
      found.push(finding("type-not-offered", "error", name));
    for (const inner of innerElements(element)) {
      const innerType = element.type === "paneldynamic" ? inner.type : (inner.cellType ?? element.cellType);
      if (
        ["file", "signaturepad", "imagemap", "paneldynamic", "matrixdynamic", "matrixdropdown"].includes(
          String(innerType),
        )
      )
        found.push(finding("type-not-offered", "error", name));
    }
    if (
      ["radiogroup", "buttongroup", "dropdown", "checkbox", "tagbox", "ranking", "imagepicker"].includes(type)
    ) {
      if (offeredValues(element).length === 0) found.push(finding("no-choices", "error", name));
      if (listOf(element.choices).some((c) => isJson(c) && listOf(c.elements).length > 0))
        found.push(finding("type-not-offered", "error", name));
    }
    if (type === "imagemap" && listOf(element.areas).length === 0)
      found.push(finding("no-choices", "error", name));
    if ((type === "comment" || type === "text") && element.isRequired === true)
      found.push(finding("required-open", "warning", name));
  }
  if (asked.length > MOST_QUESTIONS || estimateSeconds(definition) > LONGEST_SECONDS)
    found.push(finding("too-long", "warning", null));
  for (const path of externalPlaces(definition))
    found.push(finding("external-resource", "error", null, { path }));
  return found;
}

/** Where a definition would make the page load or call something elsewhere. */
function externalPlaces(definition: Json): string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((v, i) => {
        visit(v, `${path}/${i}`);
      });
      return;
    }
    if (!isJson(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const here = `${path}/${name}`;
      if (name === "choicesByUrl" && isJson(inner) && Object.keys(inner).length > 0) found.push(here);
      else if (["imageLink", "videoLink", "contentMode"].includes(name) && !isInline(inner)) {
        if (name !== "contentMode") found.push(here);
      } else if (["navigateToUrl", "surveyPostId", "surveyId"].includes(name) && inner !== "")
        found.push(here);
      else visit(inner, here);
    }
  };
  visit(definition, "");
  return found;
}

/** Pictures inside the definition itself are the only ones that a page may show. */
export function isInline(value: unknown): boolean {
  const texts = isJson(value) ? Object.values(value) : [value];
  return texts.every(
    (t) => typeof t === "string" && (t === "" || /^data:image\/(?:png|jpeg|gif|webp);base64,/.test(t)),
  );
}

function metricFindings(document: SurveyDocument, questions: readonly Question[]): Finding[] {
  const found: Finding[] = [];
  const declared = new Set<string>();
  for (const metric of document.metrics ?? []) {
    const read = readMetric(metric, questions);
    if (read.kind === "bad") found.push(finding(read.fault, "error", metric.question));
    if (declared.has(metric.question)) found.push(finding("metric-twice", "error", metric.question));
    declared.add(metric.question);
    const question = questions.find((q) => q.name === metric.question);
    if (question === undefined || metric.kind === "comment") continue;
    if (question.conditions.length > 0) found.push(finding("metric-conditional", "warning", metric.question));
  }
  const scored = (document.metrics ?? []).filter((m) => m.kind !== "comment").map((m) => m.question);
  const asked = questions.filter((q) => !silent(q.type));
  const first = asked.findIndex((q) => scored.includes(q.name));
  if (first > 0) found.push(finding("metric-late", "warning", asked[first]?.name ?? null));
  for (const q of questions) {
    if (q.type !== "rating" || declared.has(q.name)) continue;
    const values = ratingValues(q.element);
    if (values.length === 11 && values[0] === 0) found.push(finding("rating-undeclared", "warning", q.name));
  }
  return found;
}

function contactFindings(document: SurveyDocument, questions: readonly Question[]): Finding[] {
  const { contact } = document;
  if (contact === undefined) return [];
  const asks = questions.find((q) => q.name === contact.question);
  const detail = contact.detail === undefined ? null : questions.find((q) => q.name === contact.detail);
  const good =
    asks?.type === "boolean" &&
    asks.element.isRequired !== true &&
    asks.element.defaultValue === undefined &&
    asks.element.valueTrue === undefined &&
    (detail === null || detail?.type === "text" || detail?.type === "comment");
  return good ? [] : [finding("bad-contact", "error", contact.question)];
}

function textsOf(element: Json): string[] {
  return spokenTexts(element).flatMap(({ value }) =>
    typeof value === "string" ? [value] : isJson(value) ? Object.values(value).map(String) : [],
  );
}

function wordFindings(definition: Json, questions: readonly Question[]): Finding[] {
  const found: Finding[] = [];
  for (const { name, type, element } of questions) {
    const titles = textsOf({ title: element.title, description: element.description });
    if (titles.some((t) => matchesAny(t, LEADING))) found.push(finding("leading-wording", "warning", name));
    if (type === "rating" && titles.some((t) => matchesAny(t, DOUBLE)))
      found.push(finding("two-in-one", "warning", name));
  }
  const everything = spokenTexts(definition);
  for (const { path, value } of everything) {
    const texts = typeof value === "string" ? [value] : Object.values(value as Json).map(String);
    if (texts.some((t) => matchesAny(t, PROMOTION)))
      found.push(finding("promotion", "warning", null, { path }));
    if (texts.some((t) => matchesAny(t, BEGGING)))
      found.push(finding("asks-for-praise", "warning", null, { path }));
  }
  return found;
}

function isOpen(question: Question): boolean {
  return question.type === "text" || question.type === "comment" || question.type === "multipletext";
}

function personFindings(
  anonymous: boolean,
  document: SurveyDocument,
  questions: readonly Question[],
): Finding[] {
  return questions.flatMap((q): Finding[] => {
    // A photograph tells where and by whom it was taken; a signature is a name.
    if (anonymous && (q.type === "file" || q.type === "signaturepad"))
      return [finding("identifies-anonymous", "error", q.name)];
    if (q.name === document.contact?.question || q.name === document.contact?.detail) return [];
    const asksWho = isOpen(q) && ["email", "tel"].includes(String(q.element.inputType));
    const personal = asksWho || textsOf({ title: q.element.title }).some((t) => matchesAny(t, PERSONAL));
    if (!personal) return [];
    if (anonymous && isOpen(q)) return [finding("identifies-anonymous", "error", q.name)];
    return document.personal?.[q.name] === undefined
      ? [finding("personal-without-purpose", "warning", q.name)]
      : [];
  });
}

/** Languages that some text is translated into, and each text that lacks one of them. */
function translationFindings(definition: Json): Finding[] {
  const usual = defaultLocaleOf(definition);
  const texts = spokenTexts(definition);
  const used = LOCALES.filter(
    (l) => l !== usual && texts.some((t) => typeof t.value !== "string" && isSpokenIn(t.value, l, usual)),
  );
  if (used.length === 0) return [];
  return texts.flatMap(({ path, value }) => {
    const lacking = used.filter((l) => !isSpokenIn(value, l, usual));
    return lacking.length === 0
      ? []
      : [finding("missing-translation", "warning", null, { path, locales: lacking })];
  });
}
