import type { Locale } from "../../../consent/index.ts";
import type { CertificateBody, CertifiedRecipient } from "./certificate.ts";

/** What stands on the page of a certificate. */
export interface CertificateWords {
  readonly title: Readonly<Record<CertificateBody["kind"], string>>;
  readonly rows: Readonly<
    Record<
      | "controller"
      | "number"
      | "request"
      | "asked"
      | "received"
      | "identity"
      | "answer"
      | "ended"
      | "refusal"
      | "appealOf"
      | "duplicateOf"
      | "issued"
      | "law"
      | "outcome"
      | "subjects"
      | "audit",
      string
    >
  >;
  readonly outcome: Readonly<Record<CertificateBody["outcome"], string>>;
  readonly inTime: string;
  readonly tooLate: string;
  /** How the asker was made sure of. */
  readonly identity: Readonly<Record<string, string>>;
  readonly course: string;
  readonly courseColumns: readonly [string, string, string];
  /** Who did an act, by the kind of actor. */
  readonly by: Readonly<Record<string, string>>;
  readonly notices: string;
  readonly noticeColumns: readonly [string, string];
  readonly nothingDone: string;
  readonly steps: string;
  readonly step: Readonly<Record<string, string>>;
  readonly stepColumns: readonly [string, string, string, string];
  readonly holders: string;
  readonly holderColumns: readonly [string, string, string, string];
  readonly treatment: Readonly<Record<"erase" | "pseudonymise" | "keep", string>>;
  readonly until: string;
  readonly exceptions: string;
  readonly none: string;
  /** Of what is not one of the tables: why something could not be done. */
  readonly exception: Readonly<Record<string, string>>;
  readonly recipients: string;
  readonly recipientColumns: readonly [string, string, string, string];
  readonly recipientState: Readonly<Record<CertifiedRecipient["state"], string>>;
  readonly answersSoFar: string;
  /** Of what is done at once: it is certified before anybody could confirm it. */
  readonly notAwaited: string;
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
  "opt-out": "Opt-out recorded",
  appeal: "Request opened again",
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
      "opt-out": "Certificate of opt-out",
      appeal: "Certificate of an appeal",
      refusal: "Certificate of a refusal",
      "withdrawn-request": "Certificate of a withdrawn request",
      "expired-request": "Certificate of a request that ran out",
      "duplicate-request": "Certificate of a duplicate request",
      retention: "Certificate of scheduled deletion",
    },
    rows: {
      controller: "Company",
      number: "Certificate",
      request: "Request",
      asked: "Asked for",
      received: "Received",
      identity: "Who asked was shown by",
      answer: "Answer due",
      ended: "Ended",
      refusal: "Ground of the refusal",
      appealOf: "Appeal against request",
      duplicateOf: "Answered with request",
      issued: "Issued",
      law: "Law",
      outcome: "Outcome",
      subjects: "Records of identity",
      audit: "Entry in the audit log",
    },
    outcome: {
      completed: "Completed",
      "completed-with-exceptions": "Completed, with exceptions",
      denied: "Refused",
      withdrawn: "Withdrawn by the person; nothing was done",
      expired: "Ended, because nobody confirmed it; nothing was done",
      duplicate: "Answered together with another request",
    },
    inTime: "answered in time",
    tooLate: "answered late",
    identity: {
      code: "a code sent to their own address",
      document: "a document",
      "in-person": "being there in person",
      "call-back": "a call back to a known number",
      account: "a fresh log-in",
      controller: "the controller that passed the request on",
      "not-required": "nothing: the law asks for no proof here",
    },
    course: "Course of the request",
    courseColumns: ["When", "What", "By"],
    by: {
      person: "the person",
      anonymous: "the person",
      staff: "staff",
      "api-key": "a program of the company",
      recipient: "a recipient",
      system: "Candor",
    },
    notices: "What the person was told",
    noticeColumns: ["When", "What"],
    nothingDone: "Nothing was changed or handed over.",
    steps: "What was done",
    step: STEP_EN,
    stepColumns: ["Step", "Begun", "Finished", "Counts"],
    holders: "What became of the data",
    holderColumns: ["Kind", "Rows", "Treatment", "Ground"],
    treatment: { erase: "Deleted", pseudonymise: "Kept without the person", keep: "Kept" },
    until: "until {date}",
    exceptions: "Exceptions",
    none: "None.",
    exception: {
      "erased-meanwhile": "Erased meanwhile: there is nothing to hand over.",
      "package-expired": "The time to fetch it ended before it was made.",
      "legal-hold": "Kept because of a legal hold.",
    },
    recipients: "Recipients",
    recipientColumns: ["Recipient", "Told", "Due", "Answer"],
    recipientState: { acknowledged: "Confirmed", open: "Not yet", overdue: "Overdue", told: "Told" },
    answersSoFar: "{told} told, {confirmed} confirmed so far (as of {date}).",
    notAwaited:
      "Recipients learn of it from their feeds as soon as it is done: the certificate was signed then and did not wait for their answers. What they answered since stands here.",
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
      "opt-out": "拒绝出售与共享证明",
      appeal: "申诉证明",
      refusal: "不予办理证明",
      "withdrawn-request": "请求撤回证明",
      "expired-request": "请求逾期结束证明",
      "duplicate-request": "重复请求证明",
      retention: "到期删除证明",
    },
    rows: {
      controller: "公司",
      number: "证明编号",
      request: "请求编号",
      asked: "请求事项",
      received: "收到时间",
      identity: "身份核实方式",
      answer: "答复期限",
      ended: "结束时间",
      refusal: "不予办理的依据",
      appealOf: "所申诉的请求",
      duplicateOf: "一并答复的请求",
      issued: "签发时间",
      law: "适用法律",
      outcome: "结果",
      subjects: "身份记录数",
      audit: "审计日志条目",
    },
    outcome: {
      completed: "已完成",
      "completed-with-exceptions": "已完成，存在例外",
      denied: "不予办理",
      withdrawn: "本人已撤回，未作任何处理",
      expired: "无人确认而结束，未作任何处理",
      duplicate: "与另一请求一并答复",
    },
    inTime: "按期答复",
    tooLate: "逾期答复",
    identity: {
      code: "发送到本人地址的验证码",
      document: "证件",
      "in-person": "本人到场",
      "call-back": "回拨已知号码",
      account: "重新登录",
      controller: "转交请求的公司",
      "not-required": "法律不要求核实",
    },
    course: "办理经过",
    courseColumns: ["时间", "事项", "由谁"],
    by: {
      person: "本人",
      anonymous: "本人",
      staff: "员工",
      "api-key": "公司的程序",
      recipient: "接收方",
      system: "系统",
    },
    notices: "已告知本人的内容",
    noticeColumns: ["时间", "内容"],
    nothingDone: "未更改或交付任何数据。",
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
      "opt-out": "已停止出售与共享",
      appeal: "已重新受理请求",
      retention: "按期删除",
    },
    stepColumns: ["步骤", "开始", "完成", "数量"],
    holders: "数据的处理结果",
    holderColumns: ["种类", "行数", "处理方式", "依据"],
    treatment: { erase: "已删除", pseudonymise: "去除个人关联后保留", keep: "保留" },
    until: "至 {date}",
    exceptions: "例外",
    none: "无。",
    exception: {
      "erased-meanwhile": "数据已在此期间删除，无可交付。",
      "package-expired": "领取期限在资料制作前已过。",
      "legal-hold": "因法律保全而保留。",
    },
    recipients: "接收方",
    recipientColumns: ["接收方", "通知时间", "期限", "答复"],
    recipientState: { acknowledged: "已确认", open: "尚未答复", overdue: "逾期", told: "已告知" },
    answersSoFar: "已告知 {told} 个接收方，目前 {confirmed} 个已确认（截至 {date}）。",
    notAwaited: "事项办结后，接收方随即从数据流得知；本证明于办结时签署，未等待其答复。其后的答复列于此处。",
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
      "opt-out": "拒絕出售與分享證明",
      appeal: "申訴證明",
      refusal: "不予准許證明",
      "withdrawn-request": "請求撤回證明",
      "expired-request": "請求逾期結束證明",
      "duplicate-request": "重複請求證明",
      retention: "屆期刪除證明",
    },
    rows: {
      controller: "公司",
      number: "證明編號",
      request: "請求編號",
      asked: "請求事項",
      received: "收到時間",
      identity: "身分核實方式",
      answer: "答覆期限",
      ended: "結束時間",
      refusal: "不予准許的依據",
      appealOf: "所申訴的請求",
      duplicateOf: "一併答覆的請求",
      issued: "核發時間",
      law: "適用法律",
      outcome: "結果",
      subjects: "身分記錄數",
      audit: "稽核日誌項目",
    },
    outcome: {
      completed: "已完成",
      "completed-with-exceptions": "已完成，存在例外",
      denied: "不予准許",
      withdrawn: "本人已撤回，未作任何處理",
      expired: "無人確認而結束，未作任何處理",
      duplicate: "與另一請求一併答覆",
    },
    inTime: "如期答覆",
    tooLate: "逾期答覆",
    identity: {
      code: "寄送至本人地址的驗證碼",
      document: "證件",
      "in-person": "本人到場",
      "call-back": "回撥已知號碼",
      account: "重新登入",
      controller: "轉交請求的公司",
      "not-required": "法律不要求核實",
    },
    course: "辦理經過",
    courseColumns: ["時間", "事項", "由誰"],
    by: {
      person: "本人",
      anonymous: "本人",
      staff: "員工",
      "api-key": "公司的程式",
      recipient: "接收方",
      system: "系統",
    },
    notices: "已告知本人的內容",
    noticeColumns: ["時間", "內容"],
    nothingDone: "未更改或交付任何資料。",
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
      "opt-out": "已停止出售與分享",
      appeal: "已重新受理請求",
      retention: "按期刪除",
    },
    stepColumns: ["步驟", "開始", "完成", "數量"],
    holders: "資料的處理結果",
    holderColumns: ["種類", "列數", "處理方式", "依據"],
    treatment: { erase: "已刪除", pseudonymise: "去除個人關聯後保留", keep: "保留" },
    until: "至 {date}",
    exceptions: "例外",
    none: "無。",
    exception: {
      "erased-meanwhile": "資料已於此期間刪除，無可交付。",
      "package-expired": "領取期限於資料製作前已過。",
      "legal-hold": "因法律保全而保留。",
    },
    recipients: "接收方",
    recipientColumns: ["接收方", "通知時間", "期限", "答覆"],
    recipientState: { acknowledged: "已確認", open: "尚未答覆", overdue: "逾期", told: "已告知" },
    answersSoFar: "已告知 {told} 個接收方，目前 {confirmed} 個已確認（截至 {date}）。",
    notAwaited: "事項辦結後，接收方隨即從資料流得知；本證明於辦結時簽署，未等待其答覆。其後的答覆列於此處。",
    keys: "金鑰",
    keysText: "已於 {date} 銷毀 {n} 把金鑰，其最後副本將於 {last} 失效。",
    suppression: "保留 {n} 個識別碼的加密雜湊，僅用於防止再次建檔。",
    note: "本頁為簽章證明的可讀版本，以簽章檔案為準。",
  },
};
