import type { Locale, Spoken } from "../../src/i18n/index.ts";

interface MailWords {
  readonly subject: string;
  readonly reminderSubject: string;
  readonly greeting: string;
  readonly reminderGreeting: string;
  readonly intro: string;
  readonly tapAnswer: string;
  readonly button: string;
  readonly until: string;
  readonly why: string;
  readonly anonymous: string;
  readonly preferences: string;
  readonly stop: string;
  readonly short: string;
}

/** What an invitation says; `{company}`, `{survey}`, `{day}` and `{link}` are put in. */
export const MAIL_WORDS: Readonly<Record<Locale, MailWords>> = {
  en: {
    subject: "{company}: how was it?",
    reminderSubject: "{company}: your answer is still missing",
    greeting: "Hello,",
    reminderGreeting: "Hello again,",
    intro: "we would like to know what you think. It takes about a minute, and every answer is read.",
    tapAnswer: "Choose an answer to begin:",
    button: "Answer the survey",
    until: "The link is yours alone and works until {day}.",
    why: "You receive this because you are a member of {company} and may be asked for your opinion.",
    anonymous: "This survey is anonymous: nobody can find out which answer is yours.",
    preferences: "Change what you receive",
    stop: "No more surveys",
    short: "{company} would like your opinion: {link}",
  },
  "zh-CN": {
    subject: "{company}：这次体验如何？",
    reminderSubject: "{company}：期待您的反馈",
    greeting: "您好：",
    reminderGreeting: "您好，再次打扰：",
    intro: "我们想听听您的想法。大约需要一分钟，每一份回答都会有人阅读。",
    tapAnswer: "请选择一个答案开始：",
    button: "填写问卷",
    until: "此链接仅供您本人使用，有效期至 {day}。",
    why: "您收到此邮件，是因为您是 {company} 的会员，并且可以被邀请评价。",
    anonymous: "本问卷为匿名填写：任何人都无法得知哪份回答是您的。",
    preferences: "更改接收设置",
    stop: "不再接收问卷",
    short: "{company} 想听听您的意见：{link}",
  },
  "zh-TW": {
    subject: "{company}：這次體驗如何？",
    reminderSubject: "{company}：期待您的意見",
    greeting: "您好：",
    reminderGreeting: "您好，再次打擾：",
    intro: "我們想聽聽您的想法。大約需要一分鐘，每一份回覆都會有人閱讀。",
    tapAnswer: "請選擇一個答案開始：",
    button: "填寫問卷",
    until: "此連結僅供您本人使用，有效期限至 {day}。",
    why: "您收到此郵件，是因為您是 {company} 的會員，並且可以受邀提供意見。",
    anonymous: "本問卷為匿名填寫：任何人都無法得知哪份回覆是您的。",
    preferences: "變更接收設定",
    stop: "不再接收問卷",
    short: "{company} 想聽聽您的意見：{link}",
  },
};

interface CaseWords {
  readonly opened: string;
  readonly openedText: string;
  readonly late: string;
  readonly lateText: string;
}

/** What staff of a store are written. Nothing in it names the member or repeats the answer. */
export const CASE_WORDS: Readonly<Record<Locale, CaseWords>> = {
  en: {
    opened: "A member wants to be heard: {store}",
    openedText:
      "A survey answer opened a case ({reasons}).\n\nPlease get in touch before {due}.\n\nCase: {link}",
    late: "Overdue: a case of {store}",
    lateText:
      "Nobody has contacted the member of case {case} within 24 hours (deadline {due}).\n\nPlease see to it.\n\nCase: {link}",
  },
  "zh-CN": {
    opened: "有会员希望得到回应：{store}",
    openedText: "一份问卷回答生成了跟进事项（{reasons}）。\n\n请在 {due} 之前联系会员。\n\n事项：{link}",
    late: "已逾期：{store} 的跟进事项",
    lateText: "事项 {case} 在 24 小时内（截止 {due}）无人联系会员。\n\n请尽快处理。\n\n事项：{link}",
  },
  "zh-TW": {
    opened: "有會員希望得到回應：{store}",
    openedText: "一份問卷回覆產生了追蹤事項（{reasons}）。\n\n請在 {due} 之前聯絡會員。\n\n事項：{link}",
    late: "已逾期：{store} 的追蹤事項",
    lateText: "事項 {case} 在 24 小時內（截止 {due}）無人聯絡會員。\n\n請儘快處理。\n\n事項：{link}",
  },
};

/** Why a case was opened, in words. */
export const CASE_REASONS: Readonly<Record<string, Spoken>> = {
  detractor: { en: "a low recommendation", "zh-CN": "推荐意愿低", "zh-TW": "推薦意願低" },
  "low-csat": { en: "low satisfaction", "zh-CN": "满意度低", "zh-TW": "滿意度低" },
  "high-effort": { en: "it was too difficult", "zh-CN": "过程费力", "zh-TW": "過程費力" },
  keyword: { en: "an urgent word in the comment", "zh-CN": "评论含紧急词语", "zh-TW": "評論含緊急詞語" },
  "contact-wanted": {
    en: "the member asked to be contacted",
    "zh-CN": "会员要求联系",
    "zh-TW": "會員要求聯絡",
  },
};
