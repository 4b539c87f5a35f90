import { ACT_WORDS } from "../../../src/privacy/requests/act-words.ts";
import type { CodeWords } from "./code-words.ts";

/** What can be done with a request, and acts that two people decide. */
export const ACTS: CodeWords = {
  ...ACT_WORDS,
  approveRequest: ["Approve a request", "批准权利请求", "核准權利請求"],
  applyPurposes: ["Change purposes", "更改处理目的", "變更處理目的"],
  publishLoyaltyRules: ["Publish loyalty rules", "发布忠诚度规则", "發布忠誠度規則"],
  publishNotice: ["Publish a notice", "发布告知", "發布告知"],
};

/** Steps of carrying a request out. */
export const STEP_WORDS: CodeWords = {
  suppress: ["Keep from being entered again", "防止再次录入", "防止再次建檔"],
  "stop-processing": ["Stop processing", "停止处理", "停止處理"],
  "tell-recipients": ["Tell recipients", "通知接收方", "通知接收方"],
  "derived-data": ["Delete what was derived", "删除衍生数据", "刪除衍生資料"],
  rows: ["Delete rows", "删除记录", "刪除記錄"],
  "destroy-keys": ["Destroy keys", "销毁密钥", "銷毀金鑰"],
  verify: ["Look again, to be sure", "再次查询核实", "再次查詢核實"],
  "recipient-answers": ["Answers of recipients", "接收方答复", "接收方答覆"],
  certificate: ["Certificate", "出具证明", "出具證明"],
  collect: ["Collect and encrypt", "收集并加密", "蒐集並加密"],
};
