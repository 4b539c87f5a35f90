import type { Locale } from "../../../consent/index.ts";

/** What a code is called in English, simplified and traditional Chinese; the console reads the same words. */
type CodeWords = Readonly<Record<string, readonly [en: string, zhCN: string, zhTW: string]>>;

const PLACES = { en: 0, "zh-CN": 1, "zh-TW": 2 } as const satisfies Record<Locale, number>;

/** Categories of data. */
export const CATEGORY_WORDS: CodeWords = {
  identity: ["identity", "身份", "身分"],
  contact: ["contact", "联系方式", "聯絡方式"],
  demographic: ["about the person", "个人情况", "個人概況"],
  location: ["place", "位置", "位置"],
  online: ["online behaviour", "线上行为", "線上行為"],
  transaction: ["purchases", "购买记录", "購買紀錄"],
  social: ["social accounts", "社交账号", "社群帳號"],
  survey: ["survey answers", "问卷答复", "問卷回覆"],
  preference: ["preferences", "偏好", "偏好"],
  derived: ["worked out from other data", "由其他数据推算", "由其他資料推算"],
  unclassified: ["not classified", "未分类", "未分類"],
};

/** Lawful bases. */
export const BASIS_WORDS: CodeWords = {
  consent: ["consent", "同意", "同意"],
  contract: ["contract", "合同", "契約"],
  "legal-obligation": ["legal obligation", "法定义务", "法定義務"],
  "vital-interest": ["vital interest", "重大利益", "重大利益"],
  "legitimate-interest": ["legitimate interest", "正当利益", "正當利益"],
  "opt-out": ["notice and choice", "告知与选择", "告知與選擇"],
};

/** A code's words in a language; the code itself where it has none. */
export function dataWord(words: CodeWords, code: string, locale: Locale): string {
  return (Object.hasOwn(words, code) ? words[code]?.[PLACES[locale]] : undefined) ?? code;
}
