import { BASIS_WORDS, CATEGORY_WORDS } from "../../../src/privacy/fulfil/data-words.ts";
import type { CodeWords } from "./code-words.ts";

/** Ways to reach a person. */
export const CHANNELS: CodeWords = {
  email: ["e-mail", "电子邮件", "電子郵件"],
  sms: ["text message", "短信", "簡訊"],
  line: ["LINE", "LINE", "LINE"],
  wechat: ["WeChat", "微信", "微信"],
  weibo: ["Weibo", "微博", "微博"],
  meta: ["Meta", "Meta", "Meta"],
  app: ["app", "应用", "應用程式"],
  post: ["post", "邮寄", "郵寄"],
  call: ["telephone call", "电话", "電話"],
  link: ["link", "链接", "連結"],
  qr: ["QR code", "二维码", "QR 碼"],
  widget: ["widget on a site", "网站组件", "網站元件"],
  kiosk: ["kiosk", "自助终端", "自助機"],
};

/** How a consent came in. */
export const METHODS: CodeWords = {
  api: ["a program", "程序", "程式"],
  "preference-centre": ["the preference centre", "偏好中心", "偏好中心"],
  "enrolment-form": ["the enrolment form", "入会表单", "入會表單"],
  pos: ["at the till", "收银台", "收銀台"],
  import: ["an import", "导入", "匯入"],
  "double-opt-in": ["a confirmed link", "已确认的链接", "已確認的連結"],
  event: ["an event", "事件", "事件"],
  signal: ["a browser's signal", "浏览器信号", "瀏覽器訊號"],
  social: ["following or unfollowing", "关注或取消关注", "追蹤或取消追蹤"],
  "unsubscribe-link": ["the link to unsubscribe", "退订链接", "退訂連結"],
  staff: ["staff", "员工", "員工"],
  system: ["Candor itself", "系统", "系統"],
};

/** Lawful bases. */
export const BASES: CodeWords = BASIS_WORDS;

/** Bodies of law. */
export const REGIMES: CodeWords = {
  EU: ["EU (GDPR)", "欧盟（GDPR）", "歐盟（GDPR）"],
  UK: ["UK (UK GDPR)", "英国（UK GDPR）", "英國（UK GDPR）"],
  "US-CA": ["California (CCPA)", "加州（CCPA）", "加州（CCPA）"],
  CN: ["China (PIPL)", "中国大陆（个保法）", "中國大陸（個保法）"],
  TW: ["Taiwan (PDPA)", "台湾（个资法）", "台灣（個資法）"],
};

/** Where data comes from, and what a source or a key is. */
export const SOURCE_KINDS: CodeWords = {
  pos: ["tills", "收银", "收銀"],
  web: ["web site or app", "网站或应用", "網站或應用程式"],
  social: ["social account", "社交账号", "社群帳號"],
  survey: ["survey", "问卷", "問卷"],
  members: ["member register", "会员名册", "會員名冊"],
};

/** What identifies a person. */
export const IDENTIFIERS: CodeWords = {
  member_id: ["member number", "会员号", "會員編號"],
  user_id: ["user number", "用户号", "使用者編號"],
  email: ["e-mail address", "电子邮箱", "電子郵件"],
  phone: ["telephone number", "电话号码", "電話號碼"],
  wechat_openid: ["WeChat OpenID", "微信 OpenID", "微信 OpenID"],
  wechat_unionid: ["WeChat UnionID", "微信 UnionID", "微信 UnionID"],
  line_user_id: ["LINE user", "LINE 用户", "LINE 使用者"],
  weibo_uid: ["Weibo user", "微博用户", "微博使用者"],
  meta_user_id: ["Meta user", "Meta 用户", "Meta 使用者"],
  anonymous_id: ["browser", "浏览器", "瀏覽器"],
  device_id: ["device", "设备", "裝置"],
  card: ["card", "卡号", "卡號"],
};

/** Roles of people, keys and recipients. */
export const ROLE_WORDS: CodeWords = {
  admin: ["administrator", "管理员", "管理員"],
  compliance: ["compliance officer", "合规专员", "法遵專員"],
  cx: ["CX manager", "客户体验经理", "顧客體驗經理"],
  store: ["store staff", "门店员工", "門市人員"],
  analyst: ["analyst", "分析师", "分析師"],
  auditor: ["auditor", "审计员", "稽核員"],
  ingest: ["sends data", "发送数据", "傳送資料"],
  recipient: ["recipient", "接收方", "接收方"],
  processor: ["processor", "受托处理者", "受託處理者"],
  "third-party": ["third party", "第三方", "第三方"],
};

/** Kinds of everything else. */
export const KINDS: CodeWords = {
  root: ["root key", "根密钥", "根金鑰"],
  wrapping: ["wrapping keys", "包装密钥", "包裝金鑰"],
  "blind-index": ["index keys", "索引密钥", "索引金鑰"],
  index: ["index keys", "索引密钥", "索引金鑰"],
  mac: ["keys of digests", "摘要密钥", "摘要金鑰"],
  suppression: ["suppression keys", "防止再次录入密钥", "防止再次建檔金鑰"],
  evidence: ["evidence of identity", "身份证据", "身分證據"],
  source: ["secrets of sources", "数据来源的密钥", "資料來源的金鑰"],
  subject: ["people", "个人", "個人"],
  staff: ["staff", "员工", "員工"],
  mail: ["mail", "邮件", "郵件"],
  quarantine: ["quarantine", "隔离区", "隔離區"],
  file: ["a file", "文件", "檔案"],
  once: ["once", "一次", "一次"],
  recurring: ["again and again", "定期", "定期"],
  everybody: ["everybody who agreed to be asked", "所有同意接受询问的会员", "所有同意接受詢問的會員"],
  segment: ["segment", "分群", "分群"],
  list: ["list", "名单", "名單"],
  invitation: ["invitation", "邀请", "邀請"],
  reminder: ["reminder", "提醒", "提醒"],
  nps: ["NPS", "NPS", "NPS"],
  csat: ["CSAT", "CSAT", "CSAT"],
  ces: ["CES", "CES", "CES"],
  comparative: ["comparison with others", "与他人比较", "與他人比較"],
  contact: ["contact", "联系方式", "聯絡方式"],
  "rank-correlation": ["moves together (rank correlation)", "同向变化（秩相关）", "同向變化（等級相關）"],
  difference: ["difference in points", "分差", "分差"],
  comment: ["comment", "意见", "意見"],
  use: ["use", "使用", "使用"],
  delay: ["delay", "延迟", "延遲"],
  block: ["block", "阻止", "阻擋"],
  fitted: ["fitted to the data", "由数据拟合", "由資料擬合"],
  added: ["added", "新增", "新增"],
  removed: ["removed", "移除", "移除"],
  changed: ["changed", "更改", "變更"],
  upsert: ["profile", "档案", "檔案"],
  tombstone: ["removal", "移除", "移除"],
  access: ["access", "查阅", "查閱"],
  portability: ["portability", "转移", "轉移"],
  rectification: ["correction", "更正", "更正"],
  restriction: ["restriction", "限制处理", "限制處理"],
  objection: ["objection", "反对", "反對"],
  erasure: ["deletion", "删除", "刪除"],
  "opt-out": ["no sale or sharing", "拒绝出售或共享", "拒絕出售或分享"],
  appeal: ["appeal", "申诉", "申訴"],
  refusal: ["refused request", "不予办理的请求", "不予准許的請求"],
  "withdrawn-request": ["withdrawn request", "已撤回的请求", "已撤回的請求"],
  "expired-request": ["request that ran out", "逾期结束的请求", "逾期結束的請求"],
  "duplicate-request": ["duplicate request", "重复的请求", "重複的請求"],
  retention: ["end of retention", "保存期届满", "保存期限屆滿"],
  email: ["e-mail address", "电子邮箱", "電子郵件"],
  phone: ["telephone number", "电话号码", "電話號碼"],
  event: ["after an event", "事件之后", "事件之後"],
  refused: ["refused", "已拒绝", "已拒絕"],
  intact: ["intact", "完好", "完好"],
  broken: ["broken", "已损坏", "已損壞"],
  needed: ["needed", "需要", "需要"],
  pglite: ["PGlite", "PGlite", "PGlite"],
  postgres: ["PostgreSQL", "PostgreSQL", "PostgreSQL"],
};

/** Who did something. */
export const ACTORS: CodeWords = {
  "api-key": ["a program", "程序", "程式"],
  staff: ["staff", "员工", "員工"],
  source: ["a source", "数据来源", "資料來源"],
  recipient: ["a recipient", "接收方", "接收方"],
  anonymous: ["the person", "本人", "本人"],
  person: ["the person", "本人", "本人"],
  system: ["Candor itself", "系统", "系統"],
};

/** How somebody showed who they are, and how much a request asks for. */
export const IDENTITY_METHODS: CodeWords = {
  code: ["a code sent to them", "发送的验证码", "寄送的驗證碼"],
  link: ["a link sent to them", "发送的链接", "寄送的連結"],
  document: ["a document, seen", "查验证件", "查驗證件"],
  "in-person": ["in person", "当面", "當面"],
  "call-back": ["a call back to a known number", "回拨已知号码", "回撥已知號碼"],
  account: ["a fresh log-in", "重新登录", "重新登入"],
  agent: ["an agent's authority", "代理人授权", "代理人授權"],
  "any-contact": ["any contact point", "任一联系方式", "任一聯絡方式"],
  "verified-contact": ["a verified contact point", "已验证的联系方式", "已驗證的聯絡方式"],
  "verified-contact-or-staff": [
    "a verified contact point, or staff who made sure",
    "已验证的联系方式，或由员工核实",
    "已驗證的聯絡方式，或由員工核實",
  ],
  none: ["nothing", "无需核实", "無需核實"],
};

/** Kinds of personal data. */
export const DATA_KINDS: CodeWords = CATEGORY_WORDS;

/** By which door a request came. */
export const DOORS: CodeWords = {
  api: ["program", "程序", "程式"],
  form: ["web form", "网页表单", "網頁表單"],
  letter: ["letter", "信件", "信件"],
  counter: ["counter", "柜台", "櫃檯"],
  phone: ["telephone", "电话", "電話"],
  opendsr: ["OpenDSR", "OpenDSR", "OpenDSR"],
  import: ["import", "导入", "匯入"],
};
