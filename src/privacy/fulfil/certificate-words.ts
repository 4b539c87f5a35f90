import type { Locale } from "../../../consent/index.ts";

/** What stands on the page of a certificate. */
export interface CertificateWords {
  readonly title: Readonly<Record<string, string>>;
  readonly rows: Readonly<
    Record<"controller" | "number" | "request" | "issued" | "law" | "outcome" | "subjects" | "audit", string>
  >;
  readonly outcome: Readonly<Record<"completed" | "completed-with-exceptions", string>>;
  readonly steps: string;
  readonly step: Readonly<Record<string, string>>;
  readonly stepColumns: readonly [string, string, string, string];
  readonly holders: string;
  readonly holderColumns: readonly [string, string, string, string];
  readonly treatment: Readonly<Record<"erase" | "pseudonymise" | "keep", string>>;
  readonly until: string;
  readonly exceptions: string;
  readonly none: string;
  readonly recipients: string;
  readonly recipientColumns: readonly [string, string, string, string];
  readonly recipientState: Readonly<Record<"acknowledged" | "open" | "overdue", string>>;
  readonly keys: string;
  readonly keysText: string;
  readonly suppression: string;
  readonly note: string;
}

const STEP_EN = {
  suppress: "Kept from coming back",
  "stop-processing": "Processing stopped",
  "tell-recipients": "Recipients told",
  "derived-data": "Derived data deleted",
  rows: "Records deleted",
  "destroy-keys": "Keys destroyed",
  verify: "Verified by asking again",
  "recipient-answers": "Answers of recipients",
  certificate: "Certificate",
  collect: "Collected and encrypted",
  rectification: "Corrected",
  restriction: "Restricted",
  objection: "Objection recorded",
  retention: "Deleted by schedule",
};

export const CERTIFICATE_WORDS: Readonly<Record<Locale, CertificateWords>> = {
  en: {
    title: {
      erasure: "Certificate of erasure",
      access: "Certificate of access",
      portability: "Certificate of portability",
      rectification: "Certificate of correction",
      restriction: "Certificate of restriction",
      objection: "Certificate of objection",
      retention: "Certificate of scheduled deletion",
    },
    rows: {
      controller: "Company",
      number: "Certificate",
      request: "Request",
      issued: "Issued",
      law: "Law",
      outcome: "Outcome",
      subjects: "Records of identity",
      audit: "Entry in the audit log",
    },
    outcome: { completed: "Completed", "completed-with-exceptions": "Completed, with exceptions" },
    steps: "What was done",
    step: STEP_EN,
    stepColumns: ["Step", "Begun", "Finished", "Counts"],
    holders: "What became of the data",
    holderColumns: ["Kind", "Rows", "Treatment", "Ground"],
    treatment: { erase: "Deleted", pseudonymise: "Kept without the person", keep: "Kept" },
    until: "until {date}",
    exceptions: "Exceptions",
    none: "None.",
    recipients: "Recipients",
    recipientColumns: ["Recipient", "Told", "Due", "Answer"],
    recipientState: { acknowledged: "Confirmed", open: "Not yet", overdue: "Overdue" },
    keys: "Keys",
    keysText: "{n} keys were destroyed on {date}. Their last copy ends on {last}.",
    suppression: "{n} identifiers are kept, as keyed hashes only, so that the person is not recorded again.",
    note: "This page restates the signed certificate. The signed file is what counts.",
  },
  "zh-CN": {
    title: {
      erasure: "删除证明",
      access: "查阅证明",
      portability: "转移证明",
      rectification: "更正证明",
      restriction: "限制处理证明",
      objection: "拒绝处理证明",
      retention: "到期删除证明",
    },
    rows: {
      controller: "公司",
      number: "证明编号",
      request: "请求编号",
      issued: "签发时间",
      law: "适用法律",
      outcome: "结果",
      subjects: "身份记录数",
      audit: "审计日志条目",
    },
    outcome: { completed: "已完成", "completed-with-exceptions": "已完成，存在例外" },
    steps: "已执行的步骤",
    step: {
      suppress: "防止再次录入",
      "stop-processing": "停止处理",
      "tell-recipients": "通知接收方",
      "derived-data": "删除衍生数据",
      rows: "删除记录",
      "destroy-keys": "销毁密钥",
      verify: "再次查询核实",
      "recipient-answers": "接收方答复",
      certificate: "出具证明",
      collect: "收集并加密",
      rectification: "已更正",
      restriction: "已限制",
      objection: "已记录拒绝",
      retention: "按期删除",
    },
    stepColumns: ["步骤", "开始", "完成", "数量"],
    holders: "数据的处理结果",
    holderColumns: ["种类", "行数", "处理方式", "依据"],
    treatment: { erase: "已删除", pseudonymise: "去除个人关联后保留", keep: "保留" },
    until: "至 {date}",
    exceptions: "例外",
    none: "无。",
    recipients: "接收方",
    recipientColumns: ["接收方", "通知时间", "期限", "答复"],
    recipientState: { acknowledged: "已确认", open: "尚未答复", overdue: "逾期" },
    keys: "密钥",
    keysText: "已于 {date} 销毁 {n} 个密钥，其最后副本将于 {last} 失效。",
    suppression: "保留 {n} 个标识的加密哈希，仅用于防止再次录入。",
    note: "本页为签名证明的可读版本，以签名文件为准。",
  },
  "zh-TW": {
    title: {
      erasure: "刪除證明",
      access: "查閱證明",
      portability: "移轉證明",
      rectification: "更正證明",
      restriction: "限制處理證明",
      objection: "拒絕處理證明",
      retention: "屆期刪除證明",
    },
    rows: {
      controller: "公司",
      number: "證明編號",
      request: "請求編號",
      issued: "核發時間",
      law: "適用法律",
      outcome: "結果",
      subjects: "身分記錄數",
      audit: "稽核日誌項目",
    },
    outcome: { completed: "已完成", "completed-with-exceptions": "已完成，存在例外" },
    steps: "已執行的步驟",
    step: {
      suppress: "防止再次建檔",
      "stop-processing": "停止處理",
      "tell-recipients": "通知接收方",
      "derived-data": "刪除衍生資料",
      rows: "刪除記錄",
      "destroy-keys": "銷毀金鑰",
      verify: "再次查詢核實",
      "recipient-answers": "接收方答覆",
      certificate: "出具證明",
      collect: "蒐集並加密",
      rectification: "已更正",
      restriction: "已限制",
      objection: "已記錄拒絕",
      retention: "按期刪除",
    },
    stepColumns: ["步驟", "開始", "完成", "數量"],
    holders: "資料的處理結果",
    holderColumns: ["種類", "列數", "處理方式", "依據"],
    treatment: { erase: "已刪除", pseudonymise: "去除個人關聯後保留", keep: "保留" },
    until: "至 {date}",
    exceptions: "例外",
    none: "無。",
    recipients: "接收方",
    recipientColumns: ["接收方", "通知時間", "期限", "答覆"],
    recipientState: { acknowledged: "已確認", open: "尚未答覆", overdue: "逾期" },
    keys: "金鑰",
    keysText: "已於 {date} 銷毀 {n} 把金鑰，其最後副本將於 {last} 失效。",
    suppression: "保留 {n} 個識別碼的加密雜湊，僅用於防止再次建檔。",
    note: "本頁為簽章證明的可讀版本，以簽章檔案為準。",
  },
};
