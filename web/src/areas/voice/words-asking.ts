import { words } from "../../i18n.ts";

/** What became of a campaign, why a case was opened and how it ended. */
export const ASKING = words({
  en: {
    detractor: "a low recommendation",
    "low-csat": "low satisfaction",
    "high-effort": "it was too difficult",
    keyword: "an urgent word",
    "contact-wanted": "wants to be contacted",
    resolved: "resolved",
    apologised: "apologised",
    refunded: "refunded",
    replaced: "replaced",
    escalated: "passed on",
    "not-reachable": "not reachable",
    "no-contact-wanted": "wants no contact",
    "no-action": "nothing to do",
    becameOf: "Members and messages so far",
    nothingYet: "Nothing yet.",
    askSample: "Share of them, drawn at random (%)",
  },
  "zh-CN": {
    detractor: "推荐意愿低",
    "low-csat": "满意度低",
    "high-effort": "过程费力",
    keyword: "含紧急词语",
    "contact-wanted": "希望联系",
    resolved: "已解决",
    apologised: "已致歉",
    refunded: "已退款",
    replaced: "已更换",
    escalated: "已上报",
    "not-reachable": "联系不上",
    "no-contact-wanted": "不希望联系",
    "no-action": "无需处理",
    becameOf: "目前的会员与消息",
    nothingYet: "还没有。",
    askSample: "随机抽取的比例（%）",
  },
  "zh-TW": {
    detractor: "推薦意願低",
    "low-csat": "滿意度低",
    "high-effort": "過程費力",
    keyword: "含緊急詞語",
    "contact-wanted": "希望聯絡",
    resolved: "已解決",
    apologised: "已致歉",
    refunded: "已退款",
    replaced: "已更換",
    escalated: "已上報",
    "not-reachable": "聯絡不上",
    "no-contact-wanted": "不希望聯絡",
    "no-action": "無需處理",
    becameOf: "目前的會員與訊息",
    nothingYet: "還沒有。",
    askSample: "隨機抽取的比例（%）",
  },
});

/** A code in words; one that nobody has words for stays as it is. */
export function inWords(t: Readonly<Record<string, string>>, code: string | null): string {
  return code === null ? "" : (t[code] ?? code);
}
