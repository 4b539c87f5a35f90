import type { CodeWords } from "./code-words.ts";

/** What of a mapping cannot work, whatever file comes. */
export const MAPPING_WARNING_WORDS: CodeWords = {
  "no-identifier": [
    "Nothing names a person: every row will be rejected.",
    "没有指明会员的字段：所有行都会被拒绝。",
    "沒有指明會員的欄位：所有列都會被拒絕。",
  ],
  "no-time": [
    "No column says when it happened: every row will be rejected.",
    "没有发生时间的列：所有行都会被拒绝。",
    "沒有發生時間的欄：所有列都會被拒絕。",
  ],
  "no-amount": [
    "No amount, price or total is mapped: every row that is not a void will be rejected.",
    "未映射金额、单价或合计：除作废外的所有行都会被拒绝。",
    "未對應金額、單價或合計：除作廢外的所有列都會被拒絕。",
  ],
  "no-currency": [
    "Neither the mapping nor the source states a currency: every row will be rejected.",
    "映射与来源均未说明币种：所有行都会被拒绝。",
    "對應與來源均未說明幣別：所有列都會被拒絕。",
  ],
  "no-question-kind": ["Nothing says what kind of question it was.", "未说明题目类型。", "未說明題目類型。"],
  "no-answer": [
    "Neither a score nor a comment is mapped: every row will be rejected.",
    "未映射评分或评论：所有行都会被拒绝。",
    "未對應評分或評論：所有列都會被拒絕。",
  ],
  "no-event-name": ["Nothing says what happened.", "未说明发生了什么。", "未說明發生了什麼。"],
  "unused-field": [
    "Rows of this kind do not read this field.",
    "此类行不读取该字段。",
    "此類列不讀取該欄位。",
  ],
};
