import type { CodeWords } from "./code-words.ts";

/** The parts of a notice, as people read them above the words. */
export const SECTIONS: CodeWords = {
  controller: ["Who we are", "我们是谁", "我們是誰"],
  contact: ["How to reach us", "联系方式", "聯絡方式"],
  dataProtectionOfficer: ["Data-protection officer", "个人信息保护负责人", "個人資料保護長"],
  purposes: ["What we use your data for", "使用目的", "利用目的"],
  lawfulBasis: ["Why we may", "合法性依据", "合法依據"],
  legitimateInterests: ["Our interest in it", "我们的正当利益", "我們的正當利益"],
  categories: ["Which data", "个人信息种类", "個人資料類別"],
  source: ["Where it comes from", "信息来源", "資料來源"],
  methods: ["How it is used", "处理方式", "利用方式"],
  recipients: ["Who receives it", "接收方", "利用對象"],
  crossBorder: ["Transfer abroad", "向境外提供", "跨境傳輸"],
  retention: ["How long we keep it", "保存期限", "利用期間"],
  area: ["Where it is used", "处理地域", "利用地區"],
  rights: ["Your rights", "您的权利", "您的權利"],
  withdrawal: ["Changing your mind", "撤回同意", "撤回同意"],
  objection: ["Saying no", "拒绝的权利", "拒絕的權利"],
  complaint: ["Complaints", "投诉", "申訴"],
  consequences: ["If you would rather not", "不提供的影响", "不提供的影響"],
  automatedDecisions: ["Automated evaluation", "自动化决策", "自動化評估"],
  sensitive: ["Sensitive data", "敏感个人信息", "特種個人資料"],
  saleOrShare: ["Sale and sharing", "出售与共享", "出售與分享"],
  minors: ["Children and young people", "未成年人", "未成年人"],
};

/** From what it was concluded whose law applies to a member. */
export const CLUES: CodeWords = {
  declared: ["what they told us themselves", "本人的说明", "本人的說明"],
  country: ["the country of their address", "地址所在国家或地区", "地址所在國家或地區"],
  storeCountry: ["the country of their shop", "门店所在国家或地区", "門市所在國家或地區"],
  phoneRegion: ["the country of their telephone number", "电话号码所属国家或地区", "電話號碼所屬國家或地區"],
  language: ["their language", "使用的语言", "使用的語言"],
  "no-clue": ["nothing is known", "没有线索", "沒有線索"],
};
