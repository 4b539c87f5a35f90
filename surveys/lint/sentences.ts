import type { Spoken } from "../../src/i18n/index.ts";

/** Everything the linter can find, as a sentence for whoever writes the survey. */
export const LINT_SENTENCES = {
  "no-questions": {
    en: "The survey asks nothing.",
    "zh-CN": "问卷里没有任何问题。",
    "zh-TW": "問卷裡沒有任何問題。",
  },
  "bad-name": {
    en: "A question needs a name of letters, digits, blanks or _ . - and at most 64 characters.",
    "zh-CN": "问题需要一个名称，只能用字母、数字、空格或 _ . -，最多 64 个字符。",
    "zh-TW": "問題需要一個名稱，只能使用字母、數字、空格或 _ . -，最多 64 個字元。",
  },
  "same-name": {
    en: "Two questions keep their answers under the same name: one would overwrite the other.",
    "zh-CN": "两个问题用同一个名称保存答案，后一个会覆盖前一个。",
    "zh-TW": "兩個問題以同一名稱儲存答案，後者會覆蓋前者。",
  },
  "type-not-offered": {
    en: "Questions of this type are not offered on the answering page, or not at this place.",
    "zh-CN": "答题页面不支持这种题型，或此处不支持。",
    "zh-TW": "作答頁面不支援這種題型，或此處不支援。",
  },
  "no-choices": {
    en: "The question offers nothing to choose from.",
    "zh-CN": "这个问题没有任何可选项。",
    "zh-TW": "這個問題沒有任何選項。",
  },
  "external-resource": {
    en: "The survey would load something from another site; answering pages do not.",
    "zh-CN": "问卷会从其他网站加载内容，而答题页面不允许这样做。",
    "zh-TW": "問卷會從其他網站載入內容，而作答頁面不允許這樣做。",
  },
  "logic-not-offered": {
    en: "This kind of trigger or setting is not carried out; use conditions, calculated values or a trigger of type complete.",
    "zh-CN": "不支持这种触发器或设置；请使用条件、计算值或 complete 类型的触发器。",
    "zh-TW": "不支援這種觸發器或設定；請使用條件、計算值或 complete 類型的觸發器。",
  },
  "broken-logic": {
    en: "A condition cannot be read.",
    "zh-CN": "有一个条件无法解析。",
    "zh-TW": "有一個條件無法解析。",
  },
  "unknown-reference": {
    en: "A condition or text refers to a question that does not exist.",
    "zh-CN": "条件或文字引用了不存在的问题。",
    "zh-TW": "條件或文字引用了不存在的問題。",
  },
  "metric-unknown-question": {
    en: "A metric is declared for a question that does not exist.",
    "zh-CN": "为不存在的问题声明了指标。",
    "zh-TW": "為不存在的問題宣告了指標。",
  },
  "metric-twice": {
    en: "A question is declared as two metrics.",
    "zh-CN": "同一个问题被声明为两个指标。",
    "zh-TW": "同一個問題被宣告為兩個指標。",
  },
  "metric-type": {
    en: "NPS, CSAT, CES and comparative metrics are rating questions; a comment metric is an open one.",
    "zh-CN": "NPS、CSAT、CES 和比较指标必须是评分题；评论指标必须是开放题。",
    "zh-TW": "NPS、CSAT、CES 與比較指標必須是評分題；評論指標必須是開放題。",
  },
  "metric-scale": {
    en: "The scale does not fit: NPS is 0 to 10, CSAT 1 to 5, CES 1 to 7, in whole steps. Other scales are never converted.",
    "zh-CN": "量表不符：NPS 为 0 至 10，CSAT 为 1 至 5，CES 为 1 至 7，均为整数。其他量表不会换算。",
    "zh-TW": "量表不符：NPS 為 0 至 10，CSAT 為 1 至 5，CES 為 1 至 7，均為整數。其他量表不會換算。",
  },
  "metric-preselected": {
    en: "A metric must not start with an answer: many people leave what is already chosen.",
    "zh-CN": "指标题不能预先选好答案：很多人会保留已选的答案。",
    "zh-TW": "指標題不能預先選好答案：許多人會保留已選的答案。",
  },
  "metric-conditional": {
    en: "A metric is shown only to some people, so its result says nothing about the rest.",
    "zh-CN": "指标题只显示给部分人，结果无法代表其他人。",
    "zh-TW": "指標題只顯示給部分人，結果無法代表其他人。",
  },
  "metric-late": {
    en: "A metric comes after other questions, which colour its answer. Ask it first.",
    "zh-CN": "指标题排在其他问题之后，会受到前面问题的影响。请放在最前面。",
    "zh-TW": "指標題排在其他問題之後，會受到前面問題的影響。請放在最前面。",
  },
  "rating-undeclared": {
    en: "A rating looks like a metric and is not declared as one: it will not be counted.",
    "zh-CN": "有一道评分题像是指标但没有声明，不会被计入。",
    "zh-TW": "有一道評分題像是指標但沒有宣告，不會被計入。",
  },
  "leading-wording": {
    en: "The wording pushes towards one answer.",
    "zh-CN": "措辞会诱导回答。",
    "zh-TW": "措辭會誘導回答。",
  },
  "asks-for-praise": {
    en: "The text asks for a certain answer.",
    "zh-CN": "文字在要求某个特定的答案。",
    "zh-TW": "文字在要求某個特定的答案。",
  },
  "two-in-one": {
    en: "The question seems to ask two things at once.",
    "zh-CN": "这个问题似乎同时问了两件事。",
    "zh-TW": "這個問題似乎同時問了兩件事。",
  },
  "too-long": {
    en: "The survey is long: beyond about three minutes many people give up, and those who stay differ.",
    "zh-CN": "问卷太长：超过约三分钟后许多人会放弃，留下的人与众不同。",
    "zh-TW": "問卷太長：超過約三分鐘後許多人會放棄，留下的人與眾不同。",
  },
  "missing-translation": {
    en: "A text is missing in a language that other texts have.",
    "zh-CN": "有文字缺少其他文字已有的语言版本。",
    "zh-TW": "有文字缺少其他文字已有的語言版本。",
  },
  "required-open": {
    en: "An open question is required: people without anything to say type anything or leave.",
    "zh-CN": "开放题设为必答：无话可说的人会乱填或离开。",
    "zh-TW": "開放題設為必答：無話可說的人會亂填或離開。",
  },
  promotion: {
    en: "The survey promotes something. Then it is marketing, and needs consent for marketing.",
    "zh-CN": "问卷带有促销内容，会被视为营销，需要营销同意。",
    "zh-TW": "問卷帶有促銷內容，會被視為行銷，需要行銷同意。",
  },
  "personal-without-purpose": {
    en: "A question asks about the person and nothing says why. State its purpose under `personal`.",
    "zh-CN": "有问题询问个人信息，但没有说明用途。请在 personal 中写明。",
    "zh-TW": "有問題詢問個人資料，但沒有說明用途。請在 personal 中寫明。",
  },
  "identifies-anonymous": {
    en: "An anonymous survey asks who somebody is. Only the contact question may, and only who wants to be contacted answers it.",
    "zh-CN": "匿名问卷询问了身份。只有联系方式题可以这样问，且仅由希望被联系的人填写。",
    "zh-TW": "匿名問卷詢問了身分。只有聯絡方式題可以這樣問，且僅由希望被聯絡的人填寫。",
  },
  "bad-contact": {
    en: "The contact question must be a yes-or-no question that nobody has to answer; its detail an open one.",
    "zh-CN": "联系题必须是非必答的是非题，联系方式必须是开放题。",
    "zh-TW": "聯絡題必須是非必答的是非題，聯絡方式必須是開放題。",
  },
} as const satisfies Readonly<Record<string, Spoken>>;

export type LintCode = keyof typeof LINT_SENTENCES;
