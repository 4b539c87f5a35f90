import type { Translations } from "./translations.ts";

/** Where a table appears in what a person is given, or why it does not. */
export const IN_EXPORT: Translations = {
  identity: ["身份", "身分"],
  "Not itself: the identifier appears under identity.": [
    "本身不提供：标识符列于“身份”之下。",
    "本身不提供：識別碼列於「身分」之下。",
  ],
  "Not personal.": ["不属于个人信息。", "非屬個人資料。"],
  "identity, without the other parties": ["身份，不含其他各方", "身分，不含其他各方"],
  "Holds nothing about the person but which of their subjects were known to be one person.": [
    "除其哪些身份记录曾被认定为同一人外，不含有关此人的信息。",
    "除其哪些身分紀錄曾認定為同一人外，不含有關當事人的資料。",
  ],
  profile: ["会员资料", "會員資料"],
  orders: ["订单与退货", "訂單與退貨"],
  facts: ["统计", "統計"],
  "Transient.": ["暂存数据，不提供。", "暫存資料，不提供。"],
  "Holds nothing about the person but that something changed.": [
    "除发生过变更这一事实外，不含有关此人的信息。",
    "除曾有變更之事實外，不含有關當事人的資料。",
  ],
  events: ["事件记录", "事件紀錄"],
  "Its name, as the origin of each statement.": [
    "提供其名称，作为每项资料的来源。",
    "提供其名稱，作為每項資料的來源。",
  ],
  "Holds nothing that the event does not.": ["不含事件以外的信息。", "不含事件以外的資料。"],
  "Searched by opening items; matching ones are listed.": [
    "逐项打开查找；相符的予以列出。",
    "逐項開啟查找；相符者予以列出。",
  ],
  consents: ["同意与拒绝", "同意與拒絕"],
  "Not itself: the entries are.": ["本身不提供：提供的是其中的条目。", "本身不提供：提供的是其中的項目。"],
  "Not itself: random bytes.": ["本身不提供：为随机字节。", "本身不提供：為隨機位元組。"],
  "Not itself: the consents are.": [
    "本身不提供：提供的是所确认的同意。",
    "本身不提供：提供的是所確認的同意。",
  ],
  disclosures: ["向谁提供过什么", "向誰提供過什麼"],
  "Not itself: after it there is nobody left to give it to.": [
    "本身不提供：删除之后已无提供的对象。",
    "本身不提供：刪除之後已無提供的對象。",
  ],
  "With each consent that was given to them.": [
    "随向其出示过该文本的每项同意一并提供。",
    "隨向其出示過該文字的每項同意一併提供。",
  ],
  contacts: ["首次联系", "首次聯絡"],
  "Its name appears under disclosures.": [
    "其名称列于“向谁提供过什么”之下。",
    "其名稱列於「向誰提供過什麼」之下。",
  ],
  segments: ["所属分群", "所屬分群"],
  "Published.": ["已公开。", "已公開。"],
  loyalty: ["忠诚度", "忠誠度"],
  "The questions, beside the person's answers to them.": [
    "提供题目，与此人的答复并列。",
    "提供題目，與當事人的答覆並列。",
  ],
  "surveys: each invitation, its channel, its times and how it ended": [
    "调查：每次邀请及其渠道、时间与结果",
    "問卷：每次邀請及其管道、時間與結果",
  ],
  "surveys: the answers with their questions": ["调查：答复及其题目", "問卷：答覆及其題目"],
  "Cannot be found by person; by receipt code only.": [
    "无法按个人查找；只能凭回执码查找。",
    "無法依個人查找；只能憑回執碼查找。",
  ],
  "surveys: with the answers": ["调查：随答复一并提供", "問卷：隨答覆一併提供"],
  "As the events that it becomes.": ["以其形成的事件提供。", "以其形成的事件提供。"],
  "Holds nobody's data.": ["不含任何人的信息。", "不含任何人的資料。"],
  "Holds no member's data.": ["不含任何会员的信息。", "不含任何會員的資料。"],
  "Through survey_ask.": ["通过 survey_ask 提供。", "透過 survey_ask 提供。"],
  "surveys: what was asked, when, and why not": [
    "调查：询问的内容、时间，以及未询问的原因",
    "問卷：詢問的內容、時間，以及未詢問的原因",
  ],
  "surveys: messages with channel and time": ["调查：消息及其渠道与时间", "問卷：訊息及其管道與時間"],
  "surveys: cases with state, outcome and times": [
    "调查：个案及其状态、结果与时间",
    "問卷：個案及其狀態、結果與時間",
  ],
  "surveys: notes of cases": ["调查：个案记录", "問卷：個案紀錄"],
  "correspondence: kind and time, and the text while it is there": [
    "往来通信：种类与时间，以及尚存的正文",
    "往來通訊：種類與時間，以及尚存的內文",
  ],
  "Staff are not members.": ["员工并非会员。", "員工並非會員。"],
  "reads of the member": ["对该会员信息的读取记录", "對該會員資料的讀取紀錄"],
  "Not itself.": ["本身不提供。", "本身不提供。"],
  "Not: hashes of the log as a whole.": ["不提供：为整个日志的哈希值。", "不提供：為整個日誌的雜湊值。"],
  requests: ["权利请求", "權利請求"],
  "Transient, and a hash.": ["暂存的哈希值，不提供。", "暫存的雜湊值，不提供。"],
  "Written about staff's duties, not about the person.": [
    "记录的是员工的职责，而非此人。",
    "記錄的是員工的職責，而非當事人。",
  ],
  incidents: ["涉及本人的事件", "涉及本人的事件"],
  "Not itself: requests tell of it.": [
    "本身不提供：由权利请求部分说明。",
    "本身不提供：由權利請求部分說明。",
  ],
  "Not itself: ids of keys.": ["本身不提供：为密钥的编号。", "本身不提供：為金鑰的編號。"],
  "Its ground and dates, under its own name.": [
    "提供其依据与日期，列于自身名称之下。",
    "提供其依據與日期，列於自身名稱之下。",
  ],
  "Not: the person is given its own certificate.": [
    "不提供：此人会获得属于自己的证明。",
    "不提供：當事人會取得屬於自己的證明。",
  ],
  "Not itself: it is the export.": [
    "本身不提供：它就是所提供的资料包。",
    "本身不提供：它就是所提供的資料包。",
  ],
  "Not: it exists only of people whose data is gone.": [
    "不提供：仅涉及信息已被删除的人。",
    "不提供：僅涉及資料已刪除之人。",
  ],
  "Not: it is nobody's any more.": ["不提供：已不属于任何人。", "不提供：已不屬於任何人。"],
  "Not: it speaks of people whose data is gone.": [
    "不提供：所涉之人的信息已不存在。",
    "不提供：所涉之人的資料已不存在。",
  ],
};
