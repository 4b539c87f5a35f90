import type { CodeWords } from "./code-words.ts";

/** What can be done with a request, and acts that two people decide. */
export const ACTS: CodeWords = {
  receive: ["received", "收到", "收到"],
  acknowledge: ["receipt confirmed", "确认收到", "確認收到"],
  "ask-identity": ["identity asked for", "要求核实身份", "要求核實身分"],
  verify: ["identity shown", "身份已核实", "身分已核實"],
  "mark-duplicate": ["found to be a duplicate", "标为重复", "標為重複"],
  assess: ["assessment begun", "开始评估", "開始評估"],
  approve: ["approved", "批准", "核准"],
  confirm: ["confirmed by the person", "本人确认", "本人確認"],
  "cool-down": ["cooling off", "冷静期", "冷靜期"],
  start: ["carrying out begun", "开始执行", "開始執行"],
  "await-recipients": ["recipients told", "已通知接收方", "已通知接收方"],
  finish: ["finished", "完成", "完成"],
  "finish-with-exceptions": ["finished, with exceptions", "完成（有例外）", "完成（有例外）"],
  deny: ["refused", "拒绝", "拒絕"],
  withdraw: ["withdrawn by the person", "本人撤回", "本人撤回"],
  expire: ["run out", "过期", "過期"],
  reopen: ["opened again", "重新打开", "重新開啟"],
  hold: ["put on hold", "暂缓", "暫緩"],
  "release-hold": ["hold ended", "解除暂缓", "解除暫緩"],
  extend: ["deadline extended", "延长期限", "延長期限"],
  pause: ["clock stopped", "停止计时", "停止計時"],
  resume: ["clock runs again", "恢复计时", "恢復計時"],
  "accept-authority": ["proof of authority accepted", "接受授权证明", "接受授權證明"],
  declare: ["declaration noted", "已记录声明", "已記錄聲明"],
  "choose-delivery": ["way of delivery chosen", "选择交付方式", "選擇交付方式"],
  fail: ["a step failed again and again", "步骤一再失败", "步驟一再失敗"],
  retry: ["failed step tried again", "重试失败的步骤", "重試失敗的步驟"],
  approveRequest: ["Approve a request", "批准权利请求", "核准權利請求"],
  applyPurposes: ["Change purposes", "更改处理目的", "變更處理目的"],
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
