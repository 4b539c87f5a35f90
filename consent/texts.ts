import type { RuleId } from "./decision.ts";
import type { Duty } from "./duties.ts";
import type { EntryFault } from "./ledger.ts";
import type { NoticeSection } from "./notices.ts";
import type { ContactChannel, LocaleText, SeparateConsent } from "./vocabulary.ts";

/**
 * One sentence per rule. `{purpose}`, `{channel}`, `{recipient}`, `{regime}`, `{date}` and `{detail}` are filled in.
 * Sentences explain; they are never compared by programs, which read the rule id.
 */
export const RULE_SENTENCES: Readonly<Record<RuleId, LocaleText>> = {
  "unknown-purpose": {
    en: "No purpose of this name is registered, so nothing is released.",
    "zh-CN": "未登记此名称的用途，因此不提供任何数据。",
    "zh-TW": "未登記此名稱的目的，因此不提供任何資料。",
  },
  "category-outside-purpose": {
    en: "This kind of data is not part of “{purpose}”.",
    "zh-CN": "“{purpose}”不包含此类数据。",
    "zh-TW": "「{purpose}」不包含此類資料。",
  },
  "category-unclassified": {
    en: "Nobody has yet said what this data is about, so it is released to no one.",
    "zh-CN": "此数据尚未归类，因此不向任何人提供。",
    "zh-TW": "此資料尚未歸類，因此不提供給任何人。",
  },
  "channel-outside-purpose": {
    en: "“{purpose}” does not use {channel}.",
    "zh-CN": "“{purpose}”不使用{channel}。",
    "zh-TW": "「{purpose}」不使用{channel}。",
  },
  "channel-required": {
    en: "“{purpose}” is decided channel by channel, and the question names none.",
    "zh-CN": "“{purpose}”须按渠道逐一决定，而此次查询未指明渠道。",
    "zh-TW": "「{purpose}」須依管道逐一決定，而此次查詢未指明管道。",
  },
  "recipient-outside-purpose": {
    en: "{recipient} is not among the recipients that “{purpose}” names.",
    "zh-CN": "{recipient}不在“{purpose}”列明的接收方之中。",
    "zh-TW": "{recipient}不在「{purpose}」列明的接收者之中。",
  },
  erased: {
    en: "This member's data has been erased.",
    "zh-CN": "该会员的数据已被删除。",
    "zh-TW": "該會員的資料已被刪除。",
  },
  suppressed: {
    en: "This person was erased and has not joined again.",
    "zh-CN": "该人的数据已被删除，且未重新加入。",
    "zh-TW": "該人的資料已被刪除，且未重新加入。",
  },
  restricted: {
    en: "The use of this member's data is restricted; it is only stored.",
    "zh-CN": "该会员数据的使用已被限制，目前仅作保存。",
    "zh-TW": "該會員資料的利用已受限制，目前僅予保存。",
  },
  contract: {
    en: "“{purpose}” is needed for the membership itself and does not rest on consent.",
    "zh-CN": "“{purpose}”是履行会员合同所必需的，不以同意为依据。",
    "zh-TW": "「{purpose}」是履行會員契約所必要，不以同意為依據。",
  },
  "legal-obligation": {
    en: "“{purpose}” is required by law and does not rest on consent.",
    "zh-CN": "“{purpose}”是法律要求的，不以同意为依据。",
    "zh-TW": "「{purpose}」為法律所要求，不以同意為依據。",
  },
  "vital-interest": {
    en: "“{purpose}” protects somebody's life or health and does not rest on consent.",
    "zh-CN": "“{purpose}”用于保护他人生命健康，不以同意为依据。",
    "zh-TW": "「{purpose}」用於保護他人生命健康，不以同意為依據。",
  },
  objected: {
    en: "The member objected to “{purpose}” on {date}.",
    "zh-CN": "该会员已于{date}对“{purpose}”提出反对。",
    "zh-TW": "該會員已於{date}對「{purpose}」提出反對。",
  },
  "marketing-refused": {
    en: "The member refused all marketing on {date}.",
    "zh-CN": "该会员已于{date}拒绝一切营销。",
    "zh-TW": "該會員已於{date}拒絕一切行銷。",
  },
  "channel-closed": {
    en: "The member cannot be reached by {channel} since {date}: the account was unfollowed or closed.",
    "zh-CN": "自{date}起无法通过{channel}联系该会员：账号已取消关注或关闭。",
    "zh-TW": "自{date}起無法透過{channel}聯絡該會員：帳號已取消追蹤或關閉。",
  },
  "regime-unknown": {
    en: "It is not known which country's law protects this member, so “{purpose}” is not allowed.",
    "zh-CN": "尚不清楚该会员适用哪一地的法律，因此不允许“{purpose}”。",
    "zh-TW": "尚不清楚該會員適用何地法律，因此不允許「{purpose}」。",
  },
  "guardian-missing": {
    en: "The member is {detail} years old; under the rules of {regime} a parent or guardian must consent, and none has.",
    "zh-CN": "该会员{detail}岁；依{regime}的规定须由监护人同意，而目前没有监护人的同意。",
    "zh-TW": "該會員{detail}歲；依{regime}的規定須由法定代理人同意，而目前沒有法定代理人的同意。",
  },
  "guardian-consent-ended": {
    en: "A guardian consented on {date}; the member is now {detail} and must be asked in person.",
    "zh-CN": "监护人曾于{date}同意；该会员现年{detail}岁，须由本人重新同意。",
    "zh-TW": "法定代理人曾於{date}同意；該會員現年{detail}歲，須由本人重新同意。",
  },
  "separate-consent-missing": {
    en: "The rules of {regime} want a separate consent to {detail}, and there is none.",
    "zh-CN": "依{regime}的规定，{detail}须取得单独同意，而目前没有。",
    "zh-TW": "依{regime}的規定，{detail}須取得單獨同意，而目前沒有。",
  },
  "signal-gpc": {
    en: "The member's browser sent a Global Privacy Control signal, which stops selling and sharing of data.",
    "zh-CN": "该会员的浏览器发出了全球隐私控制（GPC）信号，因此停止出售和共享其数据。",
    "zh-TW": "該會員的瀏覽器發出了全球隱私控制（GPC）訊號，因此停止出售與分享其資料。",
  },
  refused: {
    en: "The member refused “{purpose}” on {date}.",
    "zh-CN": "该会员已于{date}拒绝“{purpose}”。",
    "zh-TW": "該會員已於{date}拒絕「{purpose}」。",
  },
  withdrawn: {
    en: "The member withdrew consent to “{purpose}” on {date}.",
    "zh-CN": "该会员已于{date}撤回对“{purpose}”的同意。",
    "zh-TW": "該會員已於{date}撤回對「{purpose}」的同意。",
  },
  "ended-expired": {
    en: "The consent of {date} to “{purpose}” has been closed as expired.",
    "zh-CN": "{date}对“{purpose}”的同意已到期终止。",
    "zh-TW": "{date}對「{purpose}」的同意已到期終止。",
  },
  "ended-invalidated": {
    en: "The consent of {date} to “{purpose}” was found invalid.",
    "zh-CN": "{date}对“{purpose}”的同意已被认定无效。",
    "zh-TW": "{date}對「{purpose}」的同意已被認定無效。",
  },
  "consent-given": {
    en: "The member consented to “{purpose}” on {date}.",
    "zh-CN": "该会员已于{date}同意“{purpose}”。",
    "zh-TW": "該會員已於{date}同意「{purpose}」。",
  },
  "tcf-refused": {
    en: "This device's TCF string does not allow “{purpose}”.",
    "zh-CN": "此设备的 TCF 字符串不允许“{purpose}”。",
    "zh-TW": "此裝置的 TCF 字串不允許「{purpose}」。",
  },
  "tcf-consented": {
    en: "This device's TCF string of {date} allows “{purpose}”.",
    "zh-CN": "此设备于{date}的 TCF 字符串允许“{purpose}”。",
    "zh-TW": "此裝置於{date}的 TCF 字串允許「{purpose}」。",
  },
  "consent-pending": {
    en: "The consent to “{purpose}” has not been confirmed yet.",
    "zh-CN": "对“{purpose}”的同意尚未确认。",
    "zh-TW": "對「{purpose}」的同意尚未確認。",
  },
  "consent-stale": {
    en: "The consent of {date} was given to an earlier wording; “{purpose}” has changed since and must be asked again.",
    "zh-CN": "{date}的同意针对的是旧版说明；“{purpose}”此后已有变更，须重新征求同意。",
    "zh-TW": "{date}的同意針對的是舊版說明；「{purpose}」此後已有變更，須重新徵求同意。",
  },
  "consent-expired": {
    en: "The consent of {date} to “{purpose}” has run out.",
    "zh-CN": "{date}对“{purpose}”的同意已过期。",
    "zh-TW": "{date}對「{purpose}」的同意已過期。",
  },
  "no-consent": {
    en: "There is no consent to “{purpose}”, and under the rules of {regime} silence is a no.",
    "zh-CN": "没有对“{purpose}”的同意；依{regime}的规定，未表态即视为不同意。",
    "zh-TW": "沒有對「{purpose}」的同意；依{regime}的規定，未表示意見即視為不同意。",
  },
  "not-refused": {
    en: "Under the rules of {regime}, “{purpose}” is allowed until the member refuses, and the member has not.",
    "zh-CN": "依{regime}的规定，在会员拒绝之前允许“{purpose}”，而该会员并未拒绝。",
    "zh-TW": "依{regime}的規定，在會員拒絕之前允許「{purpose}」，而該會員並未拒絕。",
  },
};

export const CHANNEL_NAMES: Readonly<Record<ContactChannel, LocaleText>> = {
  email: { en: "e-mail", "zh-CN": "电子邮件", "zh-TW": "電子郵件" },
  sms: { en: "text message", "zh-CN": "短信", "zh-TW": "簡訊" },
  line: { en: "LINE", "zh-CN": "LINE", "zh-TW": "LINE" },
  wechat: { en: "WeChat", "zh-CN": "微信", "zh-TW": "微信" },
  weibo: { en: "Weibo", "zh-CN": "微博", "zh-TW": "微博" },
  meta: { en: "Facebook and Instagram", "zh-CN": "Facebook 和 Instagram", "zh-TW": "Facebook 與 Instagram" },
  app: { en: "app notification", "zh-CN": "应用通知", "zh-TW": "App 通知" },
  post: { en: "post", "zh-CN": "邮寄", "zh-TW": "郵寄" },
  call: { en: "telephone", "zh-CN": "电话", "zh-TW": "電話" },
};

export const SEPARATE_CONSENT_NAMES: Readonly<Record<SeparateConsent, LocaleText>> = {
  sharing: {
    en: "sharing with this recipient",
    "zh-CN": "向该接收方提供信息",
    "zh-TW": "向該接收者提供資料",
  },
  sensitive: { en: "the use of sensitive data", "zh-CN": "处理敏感个人信息", "zh-TW": "處理特種個人資料" },
  "cross-border": { en: "transfer abroad", "zh-CN": "向境外提供个人信息", "zh-TW": "將個人資料傳輸至境外" },
};

export const DUTY_SENTENCES: Readonly<Record<Duty, LocaleText>> = {
  "offer-refusal": {
    en: "It would be the first such contact on record: the message must offer a way to refuse that costs nothing.",
    "zh-CN": "这将是记录中的首次此类联系：消息须提供免费的拒绝方式。",
    "zh-TW": "這將是紀錄中的首次此類聯繫：訊息須提供免費的拒絕方式。",
  },
};

/** Names of a notice's parts, as headings and in the linter's findings. */
export const SECTION_NAMES: Readonly<Record<NoticeSection, LocaleText>> = {
  controller: { en: "Who we are", "zh-CN": "我们是谁", "zh-TW": "我們是誰" },
  contact: { en: "How to reach us", "zh-CN": "联系方式", "zh-TW": "聯絡方式" },
  dataProtectionOfficer: {
    en: "Data-protection officer",
    "zh-CN": "个人信息保护负责人",
    "zh-TW": "個人資料保護長",
  },
  purposes: { en: "What we use your data for", "zh-CN": "使用目的", "zh-TW": "利用目的" },
  lawfulBasis: { en: "Why we may", "zh-CN": "合法性依据", "zh-TW": "合法依據" },
  legitimateInterests: { en: "Our interest in it", "zh-CN": "我们的正当利益", "zh-TW": "我們的正當利益" },
  categories: { en: "Which data", "zh-CN": "个人信息种类", "zh-TW": "個人資料類別" },
  source: { en: "Where it comes from", "zh-CN": "信息来源", "zh-TW": "資料來源" },
  methods: { en: "How it is used", "zh-CN": "处理方式", "zh-TW": "利用方式" },
  recipients: { en: "Who receives it", "zh-CN": "接收方", "zh-TW": "利用對象" },
  crossBorder: { en: "Transfer abroad", "zh-CN": "向境外提供", "zh-TW": "跨境傳輸" },
  retention: { en: "How long we keep it", "zh-CN": "保存期限", "zh-TW": "利用期間" },
  area: { en: "Where it is used", "zh-CN": "处理地域", "zh-TW": "利用地區" },
  rights: { en: "Your rights", "zh-CN": "您的权利", "zh-TW": "您的權利" },
  withdrawal: { en: "Changing your mind", "zh-CN": "撤回同意", "zh-TW": "撤回同意" },
  objection: { en: "Saying no", "zh-CN": "拒绝的权利", "zh-TW": "拒絕的權利" },
  complaint: { en: "Complaints", "zh-CN": "投诉", "zh-TW": "申訴" },
  consequences: { en: "If you would rather not", "zh-CN": "不提供的影响", "zh-TW": "不提供的影響" },
  automatedDecisions: { en: "Automated evaluation", "zh-CN": "自动化决策", "zh-TW": "自動化評估" },
  sensitive: { en: "Sensitive data", "zh-CN": "敏感个人信息", "zh-TW": "特種個人資料" },
  saleOrShare: { en: "Sale and sharing", "zh-CN": "出售与共享", "zh-TW": "出售與分享" },
  minors: { en: "Children and young people", "zh-CN": "未成年人", "zh-TW": "未成年人" },
};

export const ENTRY_FAULT_SENTENCES: Readonly<Record<EntryFault, string>> = {
  "wildcard-needs-refusal":
    "Only refusals, withdrawals, objections and restrictions may name every purpose at once.",
  "grant-needs-notice": "A consent must name the notice that the person saw, with its hash.",
  "grant-needs-purpose-version": "A consent must name the version of the purpose.",
  "grant-needs-regime": "A consent can be recorded only under a known regime.",
  "signal-missing": "A signal entry must carry the signal.",
  "prompt-missing": "A prompt entry must carry the question and its outcome.",
  "reference-missing": "An invalidation must name the entry that it ends.",
  "erased-subject-takes-no-grant":
    "An erased person can still refuse, but nothing can be granted in their name.",
  "clock-needs-time": "A stated time is needed unless the time is the server's own.",
  "channel-missing": "An entry about a channel must name it.",
};
