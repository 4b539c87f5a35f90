import type { CodeWords } from "./code-words.ts";

/** Coarse attributes of a member. */
export const ATTRIBUTES: CodeWords = {
  ageBand: ["age band", "年龄段", "年齡層"],
  country: ["country", "国家/地区", "國家／地區"],
  region: ["region", "区域", "區域"],
  language: ["language", "语言", "語言"],
  homeStore: ["home store", "常去门店", "常去門市"],
};

/** What is counted and summed of a member. */
export const MEASURES: CodeWords = {
  orders: ["orders", "订单数", "訂單數"],
  returns: ["returns", "退货数", "退貨數"],
  spend: ["spend", "消费金额", "消費金額"],
  daysSinceFirstOrder: ["days since the first order", "距首次下单天数", "距首次下單天數"],
  daysSinceLastOrder: ["days since the last order", "距最近下单天数", "距最近下單天數"],
  daysSinceLastSeen: ["days since last seen", "距最近出现天数", "距最近出現天數"],
  daysSinceJoined: ["days since joining", "入会天数", "入會天數"],
};

/** Figures of a member's level. */
export const SCORES: CodeWords = {
  score: ["score (0 to 100)", "得分（0 至 100）", "得分（0 至 100）"],
  behaviour: ["behaviour (0 to 1)", "行为（0 至 1）", "行為（0 至 1）"],
  attitude: ["attitude (0 to 1)", "态度（0 至 1）", "態度（0 至 1）"],
  pAlive: ["probability of still buying (0 to 1)", "仍在购买的概率（0 至 1）", "仍在購買的機率（0 至 1）"],
};

/** Kinds of events. */
export const EVENT_TYPES: CodeWords = {
  identify: ["details given on the web", "在网上留下资料", "在網上留下資料"],
  track: ["action on the web", "网上操作", "網上操作"],
  page: ["page seen", "浏览页面", "瀏覽頁面"],
  screen: ["screen of the app seen", "浏览应用界面", "瀏覽應用程式畫面"],
  group: ["joined a group", "加入群组", "加入群組"],
  alias: ["identifiers linked", "标识关联", "識別碼關聯"],
  "order.completed": ["order completed", "订单完成", "訂單完成"],
  "order.updated": ["order changed", "订单变更", "訂單變更"],
  "order.refunded": ["order refunded", "订单退款", "訂單退款"],
  "order.cancelled": ["order cancelled", "订单取消", "訂單取消"],
  "member.upserted": ["register entry made or changed", "名册新增或变更", "名冊新增或變更"],
  "member.deleted": ["register entry removed", "名册移除", "名冊移除"],
  "social.followed": ["followed an account", "关注账号", "追蹤帳號"],
  "social.unfollowed": ["unfollowed an account", "取消关注", "取消追蹤"],
  "social.message": ["message sent to us", "发来消息", "傳來訊息"],
  "social.message.unsent": ["message taken back", "撤回消息", "收回訊息"],
  "social.comment": ["comment", "评论", "留言"],
  "social.postback": ["button pressed in a chat", "点击聊天按钮", "點選聊天按鈕"],
  "social.beacon": ["near a beacon", "靠近信标", "靠近信標"],
  "social.location": ["location sent", "发送位置", "傳送位置"],
  "social.account-linked": ["social account linked", "社交账号绑定", "社群帳號連結"],
  "social.interaction": ["other interaction on social media", "其他社交互动", "其他社群互動"],
  "survey.answered": ["survey answered", "回答问卷", "回答問卷"],
  "survey.invited": ["invited to a survey", "受邀填写问卷", "受邀填寫問卷"],
  "survey.opened": ["survey opened", "打开问卷", "開啟問卷"],
  "survey.declined": ["survey declined", "拒绝问卷", "婉拒問卷"],
  "survey.bounced": ["invitation not delivered", "邀请未送达", "邀請未送達"],
  "survey.case-opened": ["case opened", "个案建立", "個案建立"],
  "survey.case-closed": ["case closed", "个案结案", "個案結案"],
  "consent.preference": ["preference chosen", "选择偏好", "選擇偏好"],
};

/** Where an event happened. */
export const EVENT_CHANNELS: CodeWords = {
  web: ["web", "网站", "網站"],
  app: ["app", "应用", "應用程式"],
  store: ["store", "门店", "門市"],
  wechat: ["WeChat", "微信", "微信"],
  weibo: ["Weibo", "微博", "微博"],
  line: ["LINE", "LINE", "LINE"],
  meta: ["Meta", "Meta", "Meta"],
  survey: ["survey", "问卷", "問卷"],
  list: ["list", "名单", "名單"],
  other: ["elsewhere", "其他", "其他"],
};
