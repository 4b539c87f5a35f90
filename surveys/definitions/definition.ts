import { LOCALES, type Locale, localeOfTag } from "../../src/i18n/index.ts";

/** SurveyJS JSON, as it was given. */
export type Json = Readonly<Record<string, unknown>>;

/** Question types that a person can answer on our pages. */
export const ANSWERABLE_TYPES = [
  "text",
  "comment",
  "rating",
  "slider",
  "radiogroup",
  "buttongroup",
  "dropdown",
  "checkbox",
  "tagbox",
  "ranking",
  "imagepicker",
  "imagemap",
  "boolean",
  "matrix",
  "matrixdropdown",
  "matrixdynamic",
  "multipletext",
  "paneldynamic",
  "file",
  "signaturepad",
] as const;
export type AnswerableType = (typeof ANSWERABLE_TYPES)[number];

/** Types that show or compute something and take no answer. */
export const SILENT_TYPES = ["html", "image", "expression"] as const;

/** One question of a definition, in reading order. */
export interface Question {
  /** Its place among all questions, from 0: how forms name it. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  /** Under which its answer is kept. */
  readonly key: string;
  readonly page: number;
  readonly element: Json;
  /** Every condition that it stands under: its own and those of its panels and page. */
  readonly conditions: readonly string[];
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Elements of a page, a panel or the definition itself (which may do without pages). */
export function elementsOf(holder: Json): readonly Json[] {
  return [...listOf(holder.elements), ...listOf(holder.questions)].filter(isJson);
}

/** The pages of a definition; one that lists its elements directly is a single page. */
export function pagesOf(definition: Json): readonly Json[] {
  const pages = listOf(definition.pages).filter(isJson);
  return pages.length > 0 ? pages : [{ name: "page1", elements: elementsOf(definition) }];
}

/** Definitions do not change once they were read: their questions are listed once. */
const listed = new WeakMap<Json, readonly Question[]>();

/** All questions of a definition in reading order; those inside a dynamic panel or a matrix belong to it. */
export function questionsOf(definition: Json): readonly Question[] {
  let questions = listed.get(definition);
  if (questions === undefined) {
    questions = listQuestions(definition);
    listed.set(definition, questions);
  }
  return questions;
}

function listQuestions(definition: Json): readonly Question[] {
  const found: Question[] = [];
  const visit = (element: Json, page: number, above: readonly string[]): void => {
    const own = textOf(element.visibleIf);
    const conditions = own === "" ? above : [...above, own];
    const type = textOf(element.type) || "text";
    if (type === "panel") {
      for (const inner of elementsOf(element)) visit(inner, page, conditions);
      return;
    }
    const name = textOf(element.name);
    const key = textOf(element.valueName) || name;
    found.push({ index: found.length, name, type, key, page, element, conditions });
  };
  pagesOf(definition).forEach((page, n) => {
    const own = textOf(page.visibleIf);
    for (const element of elementsOf(page)) visit(element, n, own === "" ? [] : [own]);
  });
  return found;
}

/** Whether a definition asks for files or drawings, which are far larger than any other answer. */
export function takesUploads(definition: Json): boolean {
  return questionsOf(definition).some((q) => q.type === "file" || q.type === "signaturepad");
}

/** A choice's value; SurveyJS also writes `value|text`. */
export function choiceValue(choice: unknown): unknown {
  if (isJson(choice)) return choice.value;
  if (typeof choice === "string" && choice.includes("|")) return choice.slice(0, choice.indexOf("|"));
  return choice;
}

/** The values that a list of choices offers. */
export function choiceValues(choices: unknown): readonly unknown[] {
  return listOf(choices).map(choiceValue);
}

/** The values of a rating: stated one by one, or a range (1 to 5 unless stated) in steps. */
export function ratingValues(element: Json): readonly unknown[] {
  const stated = choiceValues(element.rateValues);
  if (stated.length > 0) return stated;
  const number = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
  const min = number(element.rateMin, 1);
  const step = Math.max(number(element.rateStep, 1), 0.01);
  const count = number(element.rateCount, 0);
  const max = number(element.rateMax, count > 1 ? min + (count - 1) * step : 5);
  const values: number[] = [];
  for (let v = min; v <= max && values.length < 101; v = Math.round((v + step) * 100) / 100) values.push(v);
  return values;
}

/** SurveyJS names languages in lower case. */
export function surveyLocale(locale: Locale): string {
  return locale.toLowerCase();
}

/** Properties that hold a text for people, at any depth. */
const SPOKEN = new Set([
  "title",
  "description",
  "text",
  "label",
  "labelTrue",
  "labelFalse",
  "html",
  "placeholder",
  "commentText",
  "commentPlaceholder",
  "minRateDescription",
  "maxRateDescription",
  "requiredErrorText",
  "otherText",
  "otherPlaceholder",
  "noneText",
  "selectAllText",
  "optionsCaption",
  "completedHtml",
  "completeText",
  "pageNextText",
  "pagePrevText",
  "addRowText",
  "removeRowText",
  "addPanelText",
  "removePanelText",
  "templateTitle",
  "templateDescription",
]);

/** A text in several languages, as SurveyJS writes it: `{default: …, "zh-tw": …}`. */
export function isSpoken(value: unknown): value is Readonly<Record<string, string>> {
  return (
    isJson(value) &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(
      ([k, v]) => typeof v === "string" && (k === "default" || /^[a-z]{2,3}([-_][a-z]{2,8})*$/i.test(k)),
    )
  );
}

/** Every text for people in a definition, with the place where it stands. */
export function spokenTexts(
  definition: Json,
): readonly { readonly path: string; readonly property: string; readonly value: unknown }[] {
  const found: { path: string; property: string; value: unknown }[] = [];
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((v, i) => {
        visit(v, `${path}/${i}`);
      });
      return;
    }
    if (!isJson(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const here = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (SPOKEN.has(name) && (typeof inner === "string" || isSpoken(inner))) {
        found.push({ path: here, property: name, value: inner });
      } else visit(inner, here);
    }
  };
  visit(definition, "");
  return found;
}

/** What a text says in a language: its own words, else the default's; a plain string is the default. */
export function spokenIn(value: unknown, locale: Locale, defaultLocale: Locale): string {
  if (typeof value === "string") return value;
  if (!isSpoken(value)) return "";
  const own = Object.entries(value).find(([tag]) => tag !== "default" && localeOfTag(tag) === locale)?.[1];
  if (own !== undefined && own !== "") return own;
  const usual =
    value.default ??
    Object.entries(value).find(([tag]) => tag !== "default" && localeOfTag(tag) === defaultLocale)?.[1];
  return usual ?? Object.values(value)[0] ?? "";
}

/** Whether a text is there in a language, without falling back to another. */
export function isSpokenIn(value: unknown, locale: Locale, defaultLocale: Locale): boolean {
  if (typeof value === "string") return locale === defaultLocale || !/\p{L}/u.test(value);
  if (!isSpoken(value)) return true;
  if (locale === defaultLocale && (value.default ?? "") !== "") return true;
  return Object.entries(value).some(
    ([tag, text]) => tag !== "default" && localeOfTag(tag) === locale && text !== "",
  );
}

/** The language of the plain texts: what the definition states, else English. */
export function defaultLocaleOf(definition: Json): Locale {
  return localeOfTag(textOf(definition.locale)) ?? "en";
}

/** Languages in which every text is there; the default's first. */
export function localesOf(definition: Json): readonly Locale[] {
  const usual = defaultLocaleOf(definition);
  const texts = spokenTexts(definition);
  const whole = LOCALES.filter(
    (l) => l === usual || (texts.length > 0 && texts.every((t) => isSpokenIn(t.value, l, usual))),
  );
  return [usual, ...whole.filter((l) => l !== usual)];
}

/** The definition as the model reads it: languages in SurveyJS's own spelling, and nothing that loads from elsewhere. */
export function forModel(definition: Json): Json {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isJson(value)) return value;
    const spoken = isSpoken(value) && Object.keys(value).some((k) => localeOfTag(k) !== null);
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        const locale = spoken && name !== "default" ? localeOfTag(name) : null;
        return [locale === null ? name : surveyLocale(locale), walk(inner)];
      }),
    );
  };
  const { locale: _stated, logo: _logo, backgroundImage: _image, ...rest } = walk(definition) as Json;
  // Plain texts are the default's whatever language that is; asking for it falls back to them.
  return rest;
}

/** The definition with everything in it shown: no page, panel, question, choice, row or column under a condition. */
export function withoutConditions(definition: Json): Record<string, unknown> {
  const hiding = /^(?:visible|choicesVisible|rowsVisible|columnsVisible|templateVisible)If$/;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isJson(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, inner]) => !(hiding.test(name) && typeof inner === "string"))
        .map(([name, inner]) => [name, walk(inner)]),
    );
  };
  return walk(definition) as Record<string, unknown>;
}
