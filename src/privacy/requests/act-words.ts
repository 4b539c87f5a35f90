import type { Locale } from "../../../consent/index.ts";
import type { ActKind } from "./state.ts";
import type { MessageName } from "./words.ts";

/** A few words in English, simplified and traditional Chinese. */
type Words = readonly [en: string, zhCN: string, zhTW: string];
const PLACES: Readonly<Record<Locale, 0 | 1 | 2>> = { en: 0, "zh-CN": 1, "zh-TW": 2 };

/** What each line of a request's history tells: its arrival, what was done to it, and a message to its asker. */
export const ACT_WORDS: Readonly<Record<ActKind | "receive" | "notice", Words>> = {
  receive: ["received", "收到", "收到"],
  notice: ["message to the person", "向本人发送消息", "向本人傳送訊息"],
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
  "identify-again": ["identity to be shown again", "须重新核实身份", "須重新核實身分"],
  "look-again": ["preview to be looked at again", "须重新查看预览", "須重新檢視預覽"],
  fail: ["a step failed again and again", "步骤一再失败", "步驟一再失敗"],
  retry: ["failed step tried again", "重试失败的步骤", "重試失敗的步驟"],
};

/** What each message to the asker of a request is about. */
export const NOTICE_WORDS: Readonly<Record<MessageName, Words>> = {
  code: ["a code to show who asks", "核实身份的验证码", "核實身分的驗證碼"],
  acknowledged: ["that the request was received", "已收到请求", "已收到請求"],
  extended: ["that more time is needed, and why", "延长期限及其理由", "延長期限及其理由"],
  denied: ["the refusal, its ground, and where to complain", "拒绝、依据及投诉途径", "拒絕、依據及申訴途徑"],
  confirm: ["a question to confirm once more", "请再次确认", "請再次確認"],
  cooling: ["when the erasure begins", "删除开始的日期", "刪除開始的日期"],
  delivery: ["a question how to hand over", "询问交付方式", "詢問交付方式"],
  ready: ["that the data are ready", "资料已备妥", "資料已備妥"],
  completed: ["that it was carried out", "已办理完成", "已辦理完成"],
  exceptions: ["that it was carried out, with exceptions", "已办理，存在例外", "已辦理，存在例外"],
  lapsed: ["that there is nothing to hand over any more", "已无可交付的资料", "已無可交付的資料"],
  withdrawn: ["that the request was withdrawn", "请求已撤回", "請求已撤回"],
  expired: ["that the request has ended", "请求已结束", "請求已結束"],
  duplicate: ["that it is answered with another request", "与另一请求一并答复", "與另一請求一併答覆"],
};

/** The words of a code in a language; the code itself where it has none. */
export function wordFor(words: Readonly<Record<string, Words>>, code: string, locale: Locale): string {
  return (Object.hasOwn(words, code) ? words[code]?.[PLACES[locale]] : undefined) ?? code;
}
