import type { Spoken } from "../../src/i18n/index.ts";
import type { Json } from "../definitions/definition.ts";
import type { NewSurvey } from "../definitions/survey.schema.ts";

/** A survey ready to be made, in three languages; whoever uses it changes what it likes. */
export interface Template {
  readonly id: string;
  readonly name: Spoken;
  /** When it is worth sending. */
  readonly about: Spoken;
  readonly survey: Omit<NewSurvey, "id" | "name">;
}

/** A text in three languages, as SurveyJS writes it. */
export function spoken(en: string, zhCn: string, zhTw: string): Json {
  return { default: en, "zh-cn": zhCn, "zh-tw": zhTw };
}

export function names(en: string, zhCn: string, zhTw: string): Spoken {
  return { en, "zh-CN": zhCn, "zh-TW": zhTw };
}

/** The question of Reichheld (2003), 0 to 10. */
export function npsQuestion(): Json {
  return {
    type: "rating",
    name: "nps",
    title: spoken(
      "How likely is it that you would recommend us to a friend or colleague?",
      "您有多大可能向朋友或同事推荐我们？",
      "您有多大可能向朋友或同事推薦我們？",
    ),
    rateMin: 0,
    rateMax: 10,
    minRateDescription: spoken("not at all likely", "完全不可能", "完全不可能"),
    maxRateDescription: spoken("extremely likely", "非常可能", "非常可能"),
    isRequired: true,
  };
}

/** Satisfaction with one thing, 1 to 5. */
export function csatQuestion(name: string, title: Json, isRequired = true): Json {
  return {
    type: "rating",
    name,
    title,
    rateMin: 1,
    rateMax: 5,
    minRateDescription: spoken("very dissatisfied", "非常不满意", "非常不滿意"),
    maxRateDescription: spoken("very satisfied", "非常满意", "非常滿意"),
    ...(isRequired ? { isRequired } : {}),
  };
}

/** Customer effort (CES 2.0): agreement that it was easy, 1 to 7. */
export function cesQuestion(title: Json): Json {
  return {
    type: "rating",
    name: "ces",
    title,
    rateMin: 1,
    rateMax: 7,
    minRateDescription: spoken("strongly disagree", "非常不同意", "非常不同意"),
    maxRateDescription: spoken("strongly agree", "非常同意", "非常同意"),
    isRequired: true,
  };
}

export function openQuestion(name: string, title: Json, more: Json = {}): Json {
  return { type: "comment", name, title, maxLength: 2_000, rows: 3, ...more };
}

/** Against wherever else somebody shops (the attitude item that is truest to Dick and Basu). */
export function comparativeQuestion(): Json {
  return {
    type: "rating",
    name: "versus",
    title: spoken(
      "Compared with where else you shop, how are we?",
      "与您常去的其他商家相比，我们怎么样？",
      "與您常去的其他商家相比，我們如何？",
    ),
    rateMin: 1,
    rateMax: 5,
    minRateDescription: spoken("much worse", "差很多", "差很多"),
    maxRateDescription: spoken("much better", "好很多", "好很多"),
  };
}

/** Asked last: a person may want to hear from us about this answer, and about nothing else. */
export function contactQuestion(): Json {
  return {
    type: "boolean",
    name: "contact",
    title: spoken(
      "May we contact you about this answer?",
      "我们可以就这次回答与您联系吗？",
      "我們可以就這次回答與您聯絡嗎？",
    ),
    description: spoken(
      "Only about this answer, and for nothing else.",
      "仅就这次回答联系，不作其他用途。",
      "僅就這次回答聯絡，不作其他用途。",
    ),
    labelTrue: spoken("Yes, please", "可以", "可以"),
    labelFalse: spoken("No", "不用了", "不用了"),
  };
}

export function choice(value: string, en: string, zhCn: string, zhTw: string): Json {
  return { value, text: spoken(en, zhCn, zhTw) };
}

/** A definition of pages. */
export function definition(title: Json, ...pages: readonly (readonly Json[])[]): Record<string, unknown> {
  return {
    title,
    pages: pages.map((elements, i) => ({ name: `page${i + 1}`, elements })),
  };
}
