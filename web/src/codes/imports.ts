import type { CodeWords } from "./code-words.ts";

/** What is said of something in a file of questions that was not taken over as it stood. */
export const IMPORT_WORDS: CodeWords = {
  "type-not-understood": [
    "Questions of this type are not understood; it was left out.",
    "无法识别此类题目，已略去。",
    "無法識別此類題目，已略去。",
  ],
  "condition-not-understood": [
    "Its condition is not understood; it is always shown.",
    "无法识别其显示条件，将始终显示。",
    "無法識別其顯示條件，將一律顯示。",
  ],
  "setting-left-out": [
    "It was anonymous: tick “anonymous” below, which holds for good.",
    "原问卷为匿名：请在下方勾选“匿名”，之后不可更改。",
    "原問卷為匿名：請在下方勾選「匿名」，之後不可變更。",
  ],
  "quota-left-out": ["Quotas are not taken over.", "配额未导入。", "配額未匯入。"],
  "column-not-understood": [
    "This column is not understood; it was left out.",
    "无法识别此列，已略去。",
    "無法識別此欄，已略去。",
  ],
  "row-left-out": [
    "The row has no question; it was left out.",
    "此行没有题目，已略去。",
    "此列沒有題目，已略去。",
  ],
  "metric-guess": [
    "A rating counts as a metric only when it is declared as one: declare it in the editor.",
    "评分题只有声明为指标后才会计入：请在编辑器中声明。",
    "評分題只有宣告為指標後才會計入：請在編輯器中宣告。",
  ],
};
