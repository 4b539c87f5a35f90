import type { LocaleText } from "../../../consent/index.ts";

/** The form of a column's values. `json`: whatever a source sent. */
export type ColumnType = "text" | "number" | "flag" | "time" | "json";

export interface SectionColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly about: LocaleText;
}

/** One table of a package: what it is called and what its columns mean. */
export interface Section {
  readonly id: string;
  readonly title: LocaleText;
  readonly about: LocaleText;
  readonly columns: readonly SectionColumn[];
}

const text = (en: string, cn: string, tw: string): LocaleText => ({ en, "zh-CN": cn, "zh-TW": tw });
const col = (name: string, type: ColumnType, en: string, cn: string, tw: string): SectionColumn => ({
  name,
  type,
  about: text(en, cn, tw),
});

const SOURCE = col("source", "text", "Where it came from", "数据来源", "資料來源");
const FIRST = col("firstObserved", "time", "First stated", "首次记录时间", "首次記錄時間");
const LAST = col("lastObserved", "time", "Last stated", "最近记录时间", "最近記錄時間");

/** The sections that every package has; what other rooms keep follows under their own names. */
export const SECTIONS: readonly Section[] = [
  {
    id: "identifiers",
    title: text("How we recognise you", "我们如何识别您", "我們如何辨識您"),
    about: text(
      "Numbers, addresses and accounts under which you are known.",
      "用于识别您的号码、地址和账号。",
      "用於辨識您的號碼、地址與帳號。",
    ),
    columns: [
      col("kind", "text", "Kind", "种类", "種類"),
      col("issuer", "text", "Who issued it", "签发方", "核發者"),
      col("value", "text", "Value", "值", "值"),
      col("verified", "flag", "Whether it was verified", "是否已验证", "是否已驗證"),
      SOURCE,
      FIRST,
      col("lastMonth", "text", "Month in which it was last named", "最近出现的月份", "最近出現的月份"),
      col(
        "shared",
        "text",
        "Why it is not taken for yours alone",
        "未视为您独有的原因",
        "未視為您獨有的原因",
      ),
    ],
  },
  {
    id: "profile",
    title: text("Your profile", "您的资料", "您的資料"),
    about: text(
      "What counts for each field, and why this value was preferred.",
      "每个字段的当前值，以及采用该值的原因。",
      "每個欄位的目前值，以及採用該值的原因。",
    ),
    columns: [
      col("field", "text", "Field", "字段", "欄位"),
      col("value", "json", "Value", "值", "值"),
      col("category", "text", "Category of data", "数据类别", "資料類別"),
      col("because", "text", "Why this value counts", "采用原因", "採用原因"),
      SOURCE,
      LAST,
      col("verified", "flag", "Whether it was verified", "是否已验证", "是否已驗證"),
    ],
  },
  {
    id: "statements",
    title: text("Where each value came from", "每个值的来源", "每個值的來源"),
    about: text(
      "Every statement about you, also those that no longer count.",
      "关于您的所有陈述，包括已不再采用的内容。",
      "關於您的所有陳述，包括已不再採用的內容。",
    ),
    columns: [
      col("field", "text", "Field", "字段", "欄位"),
      col("value", "json", "Value that was stated", "所陈述的值", "所陳述的值"),
      SOURCE,
      FIRST,
      LAST,
      col(
        "ended",
        "flag",
        "Whether a later statement ended it",
        "是否已被后续陈述取代",
        "是否已被後續陳述取代",
      ),
    ],
  },
  {
    id: "facts",
    title: text("Counts and sums", "统计", "統計"),
    about: text("What is derived from your events.", "由您的事件得出的数据。", "由您的事件得出的資料。"),
    columns: [col("name", "text", "Name", "名称", "名稱"), col("value", "json", "Value", "值", "值")],
  },
  {
    id: "orders",
    title: text("Orders and returns", "订单与退货", "訂單與退貨"),
    about: text(
      "Amounts are in minor units of the currency, such as cents.",
      "金额以货币的最小单位（如分）表示。",
      "金額以貨幣的最小單位（如分）表示。",
    ),
    columns: [
      col("orderKey", "text", "Document", "单据", "單據"),
      col("kind", "text", "Order or return", "订单或退货", "訂單或退貨"),
      col("orderedAt", "time", "When", "时间", "時間"),
      col("storeId", "text", "Store", "门店", "門市"),
      col("channel", "text", "Channel", "渠道", "通路"),
      col("currency", "text", "Currency", "货币", "幣別"),
      col("grossMinor", "number", "Sold", "销售额", "銷售額"),
      col("returnedMinor", "number", "Taken back", "退货额", "退貨額"),
      col("netMinor", "number", "Net", "净额", "淨額"),
      col("cancelled", "flag", "Cancelled", "是否取消", "是否取消"),
    ],
  },
  {
    id: "events",
    title: text("What happened", "事件记录", "事件記錄"),
    about: text(
      "Every event that was reported about you.",
      "上报的与您有关的全部事件。",
      "回報的與您有關的全部事件。",
    ),
    columns: [
      col("occurredAt", "time", "When it happened", "发生时间", "發生時間"),
      col("receivedAt", "time", "When we received it", "接收时间", "接收時間"),
      col("type", "text", "Type", "类型", "類型"),
      col("name", "text", "Name", "名称", "名稱"),
      SOURCE,
      col("channel", "text", "Channel", "渠道", "通路"),
      col("storeId", "text", "Store", "门店", "門市"),
      col("details", "json", "Everything else that was sent", "其他内容", "其他內容"),
    ],
  },
  {
    id: "consents",
    title: text("What you agreed to and refused", "您的同意与拒绝", "您的同意與拒絕"),
    about: text(
      "Every entry of the record of your choices, with the receipt where there is one.",
      "您每次选择的记录，如有凭证一并提供。",
      "您每次選擇的記錄，如有憑證一併提供。",
    ),
    columns: [
      col("recordedAt", "time", "Recorded", "记录时间", "記錄時間"),
      col("state", "text", "What was said", "内容", "內容"),
      col("purpose", "text", "Purpose", "目的", "目的"),
      col("channel", "text", "Channel", "渠道", "通路"),
      col("recipient", "text", "Recipient", "接收方", "接收方"),
      col("method", "text", "How it came in", "方式", "方式"),
      col("law", "text", "Law", "适用法律", "適用法律"),
      col("notice", "text", "Words you saw (version and language)", "您看到的告知文本", "您看到的告知文本"),
      col("noticeSha256", "text", "Fingerprint of those words", "文本指纹", "文本指紋"),
      col("validUntil", "time", "Valid until", "有效期至", "有效期至"),
      col("receipt", "text", "Signed receipt (JWS)", "签名凭证（JWS）", "簽章憑證（JWS）"),
    ],
  },
  {
    id: "recipients",
    title: text("Who was given what", "向谁提供了什么", "向誰提供了什麼"),
    about: text(
      "Readers and recipients, the categories of data, and when.",
      "读取方与接收方、数据类别及时间。",
      "讀取方與接收方、資料類別及時間。",
    ),
    columns: [
      col("reader", "text", "Kind of reader", "读取方类型", "讀取方類型"),
      col("recipient", "text", "Recipient", "接收方", "接收方"),
      col("purpose", "text", "Purpose", "目的", "目的"),
      col("categories", "json", "Categories of data", "数据类别", "資料類別"),
      col("firstAt", "time", "First", "首次时间", "首次時間"),
      col("lastAt", "time", "Last", "最近时间", "最近時間"),
    ],
  },
  {
    id: "notices",
    title: text("What recipients were told", "已通知接收方的内容", "已通知接收方的內容"),
    about: text(
      "When recipients were asked to drop their copy, and whether they confirmed it.",
      "何时要求接收方删除其副本，以及对方是否确认。",
      "何時要求接收方刪除其副本，以及對方是否確認。",
    ),
    columns: [
      col("recipient", "text", "Recipient", "接收方", "接收方"),
      col("purpose", "text", "Purpose", "目的", "目的"),
      col("reason", "text", "Reason", "原因", "原因"),
      col("toldAt", "time", "Told", "通知时间", "通知時間"),
      col("acknowledgedAt", "time", "Confirmed", "确认时间", "確認時間"),
    ],
  },
  {
    id: "requests",
    title: text("Your requests", "您的请求", "您的請求"),
    about: text(
      "What you asked for and what became of it.",
      "您提出的请求及处理结果。",
      "您提出的請求及處理結果。",
    ),
    columns: [
      col("request", "text", "Request", "请求编号", "請求編號"),
      col("kind", "text", "Kind", "种类", "種類"),
      col("state", "text", "State", "状态", "狀態"),
      col("startedAt", "time", "Begun", "开始时间", "開始時間"),
      col("finishedAt", "time", "Finished", "完成时间", "完成時間"),
      col("certificate", "text", "Certificate", "证明编号", "證明編號"),
    ],
  },
  {
    id: "quarantine",
    title: text("Messages that could not be read", "无法处理的消息", "無法處理的訊息"),
    about: text(
      "Items that mention you and wait for correction.",
      "提及您、等待更正的内容。",
      "提及您、等待更正的內容。",
    ),
    columns: [
      col("receivedAt", "time", "Received", "接收时间", "接收時間"),
      col("reason", "text", "Why it waits", "等待原因", "等待原因"),
      col("content", "json", "Content", "内容", "內容"),
    ],
  },
  {
    id: "sources",
    title: text("Sources", "数据来源", "資料來源"),
    about: text("The systems from which your data came.", "提供您数据的系统。", "提供您資料的系統。"),
    columns: [
      col("source", "text", "Id", "编号", "編號"),
      col("name", "text", "Name", "名称", "名稱"),
      col("kind", "text", "Kind", "种类", "種類"),
    ],
  },
];

/** Tables of the register that the sections above already tell of, or that hold only what makes them work. */
export const TOLD: ReadonlySet<string> = new Set([
  ...["subject", "evidence", "identifier_node", "contested", "identity_link", "attribute_set", "order_state"],
  ...[
    "subject_aggregate",
    "change_stage",
    "subject_change",
    "event",
    "receipt",
    "quarantine",
    "consent_record",
  ],
  ...["consent_chain", "consent_salt", "opt_in_token", "disclosure", "recipient_member", "recipient_change"],
  ...[
    "recipient_notice",
    "webhook_message",
    "audit_stage",
    "audit_entry",
    "audit_salt",
    "erasure_certificate",
  ],
  ...["privacy_run", "privacy_step", "privacy_key", "suppression", "erasure_ledger_copy"],
]);
