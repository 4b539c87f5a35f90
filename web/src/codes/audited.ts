import { type Locale, useLocale } from "../i18n.ts";
import { ACTS } from "./acts.ts";
import { type CodeWords, wordOf } from "./code-words.ts";
import { KINDS } from "./kinds.ts";
import { REVEALS } from "./reasons.ts";
import { STATES } from "./states.ts";

/** What the audit log says was done. */
export const AUDITED: CodeWords = {
  "approval.approved": ["Approved for somebody else", "为他人批准", "為他人核准"],
  "approval.asked": ["A second person asked for", "请求第二人批准", "請求第二人核准"],
  "approval.refused": ["Refused for somebody else", "拒绝他人的请求", "拒絕他人的請求"],
  "approval.used": ["Done after approval", "批准后执行", "核准後執行"],
  "backup.restored": ["Backup restored", "恢复备份", "還原備份"],
  "backup.taken": ["Backup taken", "进行备份", "進行備份"],
  "breach.changed": ["Incident changed", "更改事件", "變更事件"],
  "breach.closed": ["Incident closed", "关闭事件", "關閉事件"],
  "breach.notice-waived": ["Notice found not needed", "认定无需通知", "認定無需通知"],
  "breach.notified": ["Notice of an incident sent", "已发送事件通知", "已寄送事件通知"],
  "breach.outlived": ["Incident deleted after its time", "事件到期删除", "事件到期刪除"],
  "breach.recorded": ["Incident recorded", "记录事件", "記錄事件"],
  "breach.recounted": ["Those affected counted again", "重新统计受影响者", "重新統計受影響者"],
  "changes.read": ["Changes pulled", "读取变更", "讀取變更"],
  "consent.confirmation-requested": ["Confirmation asked for", "请求确认同意", "請求確認同意"],
  "consents.read": ["Consents read", "读取同意记录", "讀取同意紀錄"],
  "contact.noted": ["Contact noted", "记录联系", "記錄聯繫"],
  "controller.changed": ["Company details changed", "更改公司信息", "變更公司資訊"],
  "disclosures.read": ["Disclosures read", "读取披露记录", "讀取揭露紀錄"],
  "encryption-key.index-destroyed": ["Old index keys destroyed", "销毁旧索引密钥", "銷毀舊索引金鑰"],
  "encryption-key.rotation-started": ["Rotation of keys begun", "开始轮换密钥", "開始輪替金鑰"],
  "enrolment-form.made": ["Enrolment form made", "生成入会表单", "產生入會表單"],
  "events.read": ["Events read", "读取事件", "讀取事件"],
  "hold.lifted": ["Legal hold lifted", "解除法律保留", "解除法律保留"],
  "hold.set": ["Legal hold set", "设置法律保留", "設定法律保留"],
  "identity.joined": ["Members joined", "合并会员", "合併會員"],
  "identity.split": ["Member split", "拆分会员", "拆分會員"],
  "identity.blocked": ["Identifier blocked", "屏蔽标识", "封鎖識別碼"],
  "job.retried": ["Failed work tried again", "重试失败任务", "重試失敗工作"],
  "key.created": ["API key made", "创建 API 密钥", "建立 API 金鑰"],
  "key.ended": ["API key ended", "停用 API 密钥", "停用 API 金鑰"],
  "keystore.caught-up": ["Keystore caught up with erasures", "密钥库已跟上删除", "金鑰庫已跟上刪除"],
  "loyalty.backtested": ["Model back-tested", "模型回测", "模型回測"],
  "loyalty.everybody-scored": ["Everybody scored", "全员评分", "全員評分"],
  "loyalty.model-fitted": ["Model fitted", "拟合模型", "擬合模型"],
  "loyalty.overridden": ["Tier set by a person", "人工设定等级", "人工設定等級"],
  "loyalty.read": ["Loyalty level read", "读取忠诚度", "讀取忠誠度"],
  "loyalty.review-closed": ["Review of a level closed", "结束等级复核", "結束等級複核"],
  "loyalty.review-requested": ["Review of a level asked for", "请求等级复核", "請求等級複核"],
  "loyalty.rules-previewed": ["Loyalty rules previewed", "预览忠诚度规则", "預覽忠誠度規則"],
  "loyalty.rules-published": ["Loyalty rules published", "发布忠诚度规则", "發布忠誠度規則"],
  "notice.published": ["Notice published", "发布告知书", "發布告知書"],
  "package.fetched": ["Package fetched by the person", "本人取走数据包", "本人取走資料包"],
  "package.started": ["Package begun", "开始制作数据包", "開始製作資料包"],
  "preference-link.made": ["Link to the preference centre made", "生成偏好中心链接", "產生偏好中心連結"],
  "privacy-run.retried": ["Failed step tried again", "重试失败步骤", "重試失敗步驟"],
  "profile.pushed": ["Profile sent to a recipient", "向接收方推送档案", "向接收方推送檔案"],
  "profile.read": ["Profile read", "读取档案", "讀取檔案"],
  "profiles.pulled": ["Profiles pulled", "读取档案清单", "讀取檔案清單"],
  "purposes.applied": ["Purposes changed", "更改使用目的", "變更使用目的"],
  "quarantine.discarded": ["Quarantined items given up", "放弃隔离条目", "放棄隔離項目"],
  "quarantine.read": ["Quarantined item read", "读取隔离条目", "讀取隔離項目"],
  "quarantine.replayed": ["Quarantined items tried again", "重放隔离条目", "重放隔離項目"],
  "receipt.read": ["Receipt read", "读取凭据", "讀取憑據"],
  "recipient-view.read": ["Looked at what a recipient holds", "查看接收方所持内容", "檢視接收方所持內容"],
  "recipient.acknowledged": ["Recipient confirmed", "接收方已确认", "接收方已確認"],
  "recipient.changed": ["Recipient changed", "更改接收方", "變更接收方"],
  "recipient.created": ["Recipient registered", "登记接收方", "登記接收方"],
  "recipient.ended": ["Recipient ended", "停用接收方", "停用接收方"],
  "recipient.escalated": ["Late recipient reported", "上报逾期接收方", "通報逾期接收方"],
  "recipient.replayed": ["Messages sent again", "重发消息", "重送訊息"],
  "recipient.resynced": ["Recipient starts anew", "接收方重新同步", "接收方重新同步"],
  "request.outlived": ["Request deleted after its time", "请求到期删除", "請求到期刪除"],
  "retention.scheduled": ["Retention changed", "更改保留期限", "變更保留期限"],
  "segment.changed": ["Segment changed", "更改分群", "變更分群"],
  "segment.created": ["Segment defined", "建立分群", "建立分群"],
  "segment.ended": ["Segment ended", "停用分群", "停用分群"],
  "segment.members-read": ["Members of a segment read", "读取分群会员", "讀取分群會員"],
  "source.changed": ["Source changed", "更改数据来源", "變更資料來源"],
  "source.consent-categories-changed": ["Banner categories changed", "更改横幅类别", "變更橫幅類別"],
  "source.created": ["Source registered", "登记数据来源", "登記資料來源"],
  "source.key-rotated": ["Write key issued", "签发写入密钥", "核發寫入金鑰"],
  "staff.changed": ["Account changed", "更改账户", "變更帳號"],
  "staff.created": ["Account added", "添加账户", "新增帳號"],
  "staff.ended": ["Account ended", "停用账户", "停用帳號"],
  "staff.invited": ["Account link made", "生成账户链接", "產生帳號連結"],
  "staff.linked": ["Account linked with the provider", "账户已关联登录服务", "帳號已連結登入服務"],
  "staff.unlinked": ["Account unlinked from the provider", "解除登录服务关联", "解除登入服務連結"],
  "staff.login": ["Logged in", "登录", "登入"],
  "staff.password-set": ["Password chosen", "设置密码", "設定密碼"],
  "staff.second-factor-off": ["Second factor off", "关闭第二因素", "關閉第二因素"],
  "staff.second-factor-on": ["Second factor on", "开启第二因素", "開啟第二因素"],
  "staff.session-ended": ["Session ended", "结束会话", "結束工作階段"],
  "staff.sign-on": ["Logged in by the provider", "通过登录服务登录", "透過登入服務登入"],
  "suppression.rejoined": ["Let join again", "允许重新加入", "允許重新加入"],
  "survey.action-changed": ["Change because of a theme updated", "更新改进措施", "更新改善措施"],
  "survey.action-planned": ["Change because of a theme planned", "计划改进措施", "規劃改善措施"],
  "survey.answers-exported": ["Answers exported", "导出答复", "匯出回覆"],
  "survey.cadence-set": ["Cadence set", "设置询问频率", "設定詢問頻率"],
  "survey.campaign-created": ["Campaign made", "创建活动", "建立活動"],
  "survey.campaign-ended": ["Campaign ended", "结束活动", "結束活動"],
  "survey.campaign-paused": ["Campaign paused", "暂停活动", "暫停活動"],
  "survey.campaign-started": ["Campaign started", "开始活动", "開始活動"],
  "survey.case-changed": ["Case worked on", "处理个案", "處理個案"],
  "survey.case-read": ["Case read", "查看个案", "檢視個案"],
  "survey.changed": ["Survey changed", "更改问卷", "變更問卷"],
  "survey.comments-read": ["Comments read", "读取评论", "讀取評論"],
  "survey.created": ["Survey made", "创建问卷", "建立問卷"],
  "survey.draft-saved": ["Draft of a survey saved", "保存问卷草稿", "儲存問卷草稿"],
  "survey.gateway-set": ["Gateway set", "设置网关", "設定閘道"],
  "survey.message-resent": ["Message sent again", "重发问卷消息", "重送問卷訊息"],
  "survey.place-set": ["Store set", "设置门店", "設定門市"],
  "survey.published": ["Survey published", "发布问卷", "發布問卷"],
};

/** What an entry is about. */
export const TARGETS: CodeWords = {
  approval: ["second opinion", "双人批准", "雙人核准"],
  "consent-record": ["consent", "同意记录", "同意紀錄"],
  package: ["package", "数据包", "資料包"],
  quarantine: ["quarantined item", "隔离条目", "隔離項目"],
  run: ["erasure or package", "删除或数据包", "刪除或資料包"],
  "survey-action": ["change because of a theme", "改进措施", "改善措施"],
  "survey-gateway": ["gateway", "网关", "閘道"],
  "survey-message": ["survey message", "问卷消息", "問卷訊息"],
  account: ["account", "账户", "帳號"],
  breach: ["incident", "事件", "事件"],
  certificate: ["certificate", "证明", "證明"],
  job: ["background work", "后台任务", "背景工作"],
  key: ["API key", "API 密钥", "API 金鑰"],
  member: ["member", "会员", "會員"],
  notice: ["notice", "告知书", "告知書"],
  purpose: ["purpose", "使用目的", "使用目的"],
  recipient: ["recipient", "接收方", "接收方"],
  request: ["request", "权利请求", "權利請求"],
  response: ["answer", "答复", "回覆"],
  segment: ["segment", "分群", "分群"],
  source: ["source", "数据来源", "資料來源"],
  staff: ["account", "账户", "帳號"],
  store: ["store", "门店", "門市"],
  subject: ["record of a person", "个人记录", "個人紀錄"],
  survey: ["survey", "问卷", "問卷"],
  "survey-cadence": ["cadence", "询问频率", "詢問頻率"],
  "survey-campaign": ["campaign", "活动", "活動"],
  "survey-case": ["case", "个案", "個案"],
  "survey-place": ["store", "门店", "門市"],
  queue: ["queue", "队列", "佇列"],
  hold: ["legal hold", "法律保留", "法律保留"],
};

/** Actions whose last part is a code with words of its own. */
const FAMILIES: readonly {
  readonly pattern: RegExp;
  readonly codes: CodeWords;
  readonly lead: CodeWords[string];
}[] = [
  { pattern: /^request\.(.+)$/, codes: ACTS, lead: ["Request: ", "权利请求：", "權利請求："] },
  { pattern: /^consent\.(.+)$/, codes: STATES, lead: ["Consent: ", "同意：", "同意："] },
  {
    pattern: /^profile\.revealed\.(.+)$/,
    codes: REVEALS,
    lead: ["Personal fields shown: ", "显示个人字段：", "顯示個人欄位："],
  },
  { pattern: /^privacy\.(.+)-certified$/, codes: KINDS, lead: ["Certificate: ", "出具证明：", "出具證明："] },
];

/** Says an action of the audit log in a language; an unknown one as it is. */
export function auditedIn(action: string, locale: Locale): string {
  if (Object.hasOwn(AUDITED, action)) return wordOf(AUDITED, action, locale);
  for (const { pattern, codes, lead } of FAMILIES) {
    const code = pattern.exec(action)?.[1];
    if (code !== undefined) return `${wordOf({ lead }, "lead", locale)}${wordOf(codes, code, locale)}`;
  }
  return action;
}

/** The same in the language that is on. */
export function useAudited(): (action: string) => string {
  const locale = useLocale();
  return (action) => auditedIn(action, locale);
}
