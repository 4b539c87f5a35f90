import type { LocaleText } from "../../../consent/index.ts";

const words = (en: string, cn: string, tw: string): LocaleText => ({ en, "zh-CN": cn, "zh-TW": tw });

/** What each table that leads to people holds, in a few words for people. */
const TABLES: Readonly<Record<string, LocaleText>> = {
  subject: words("Record of identity", "身份记录", "身分紀錄"),
  evidence: words("Identifiers and where they were named", "标识符及其出处", "識別碼及其出處"),
  contested: words("Identifiers shared with others", "与他人共用的标识符", "與他人共用的識別碼"),
  subject_grouping: words("Which records belonged together", "记录的归并历史", "紀錄的歸併歷程"),
  identity_link: words("Joins and splits by staff", "员工的合并与拆分", "員工的合併與拆分"),
  attribute_set: words("Statements of sources", "来源提供的资料", "來源提供的資料"),
  order_state: words("Purchases and returns", "购买与退货", "購買與退貨"),
  subject_aggregate: words("Counts and sums", "计数与合计", "計數與合計"),
  change_stage: words("Changes waiting for their number", "等待编号的变更", "等待編號的變更"),
  subject_change: words("Position of the newest change", "最新变更的位置", "最新變更的位置"),
  event: words("What happened", "发生的事件", "發生的事件"),
  receipt: words("What became of messages", "消息的处理结果", "訊息的處理結果"),
  consent_record: words("Choices made", "作出的选择", "作出的選擇"),
  consent_chain: words("Chain of choices", "选择记录链", "選擇紀錄鏈"),
  consent_salt: words("Salts of choices", "选择记录的盐值", "選擇紀錄的鹽值"),
  subject_clue: words(
    "Coarse signs of residence and age",
    "居住地与年龄的粗略线索",
    "居住地與年齡的粗略線索",
  ),
  opt_in_token: words("Confirmations by link", "链接确认", "連結確認"),
  disclosure: words("Who was given what", "向谁提供过什么", "向誰提供過什麼"),
  erasure_certificate: words("Proof of erased choices", "选择记录的删除证明", "選擇紀錄的刪除證明"),
  first_contact: words("First contact by channel", "各渠道的首次联系", "各管道的首次聯絡"),
  recipient_member: words("Copies at recipients", "接收方持有的副本", "接收方持有的副本"),
  recipient_change: words("Changes for recipients", "待告知接收方的变更", "待告知接收方的變更"),
  recipient_notice: words("What recipients were told", "对接收方的通知", "對接收方的通知"),
  webhook_message: words("Messages to recipients", "发给接收方的消息", "發給接收方的訊息"),
  segment_fact: words("Coarse values for segments", "用于分群的粗略数据", "用於分群的粗略資料"),
  segment_member: words("Segments", "所属分群", "所屬分群"),
  loyalty_feature: words("Buying pattern", "购买规律", "購買規律"),
  loyalty_answer: words("Answers counted for loyalty", "计入忠诚度的答复", "計入忠誠度的答覆"),
  loyalty_score: words("Loyalty score", "忠诚度分数", "忠誠度分數"),
  loyalty_tier: words("Loyalty tier", "忠诚度等级", "忠誠度等級"),
  loyalty_history: words("Changes of tier and condition", "等级与状态的变更", "等級與狀態的變更"),
  loyalty_decision: words("Decisions about a level", "对等级的决定", "對等級的決定"),
  survey_invitation: words("Survey invitations", "调查邀请", "問卷邀請"),
  survey_response: words("Survey answers", "调查答复", "問卷答覆"),
  survey_score: words("Counted survey answers", "计分的调查答复", "計分的問卷答覆"),
  survey_event_waiting: words("Occasions for a survey", "待发调查的事由", "待發問卷的事由"),
  survey_ask: words("Plans to ask", "询问计划", "詢問計畫"),
  survey_message: words("Survey messages", "调查消息", "問卷訊息"),
  survey_mention: words("Themes of comments", "意见的主题", "意見的主題"),
  survey_case: words("Calls back", "回访个案", "回訪個案"),
  survey_case_note: words("Notes on calls back", "回访记录", "回訪紀錄"),
  mail_message: words("Messages sent", "已发消息", "已發訊息"),
  dsr_request: words("Requests about data", "权利请求", "權利請求"),
  breach_member: words("Incidents concerning the person", "涉及本人的事件", "涉及本人的事件"),
  privacy_run: words("Packages and erasures", "资料包与删除", "資料包與刪除"),
  privacy_key: words("Keys to destroy", "待销毁的密钥", "待銷毀的金鑰"),
  privacy_hold: words("Legal holds", "法律保全", "法律保全"),
  privacy_package: words("Prepared packages", "已备妥的资料包", "已備妥的資料包"),
  erasure_ledger_copy: words("Ledger of erasures", "删除账本", "刪除帳本"),
  accounting_line: words("Accounting lines", "会计明细", "會計明細"),
  quarantine: words("Quarantined items", "隔离项目", "隔離項目"),
};

/** The name of a table for people; the table's own where it has none. */
export function tableName(table: string): LocaleText {
  const plain = table.replaceAll("_", " ");
  return (Object.hasOwn(TABLES, table) ? TABLES[table] : undefined) ?? words(plain, plain, plain);
}

/** Whether a table has a name for people. */
export function isNamed(table: string): boolean {
  return Object.hasOwn(TABLES, table);
}
