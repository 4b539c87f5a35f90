import type { Translations } from "./translations.ts";

/** What the tables of identity, events, consent and recipients hold. */
export const HOLDS_OF_MEMBERS: Translations = {
  "The smallest unit of identity, its key and its member.": [
    "最小的身份单元及其密钥与所属会员。",
    "最小的身分單元及其金鑰與所屬會員。",
  ],
  "Which identifiers were named together, by whom and when.": [
    "哪些标识符曾一并出现，由谁、于何时提供。",
    "哪些識別碼曾一併出現，由誰、於何時提供。",
  ],
  "That an identifier was named at least once, and whether staff closed it.": [
    "某一标识符至少出现过一次，以及是否已被员工关闭。",
    "某一識別碼至少出現過一次，以及是否已由員工關閉。",
  ],
  "How an identifier is found under a newer index key than the one it is called by.": [
    "标识符在较新索引密钥下的查找值与其现用值的对应关系。",
    "識別碼在較新索引金鑰下的查找值與其現用值的對應關係。",
  ],
  "Which version of the index key is in use, and which rules of spelling.": [
    "正在使用的索引密钥版本和书写规则。",
    "使用中的索引金鑰版本和書寫規則。",
  ],
  "Which issuers are in use for a kind of identifier.": [
    "各类标识符由哪些签发方签发。",
    "各類識別碼由哪些核發者核發。",
  ],
  "Identifiers that link nobody, and the subjects on them.": [
    "不用于关联任何人的标识符，以及涉及的身份记录。",
    "不用於連結任何人的識別碼，以及所涉及的身分紀錄。",
  ],
  "To which member a subject belonged, until when.": [
    "身份记录曾归属于哪位会员，至何时为止。",
    "身分紀錄曾歸屬於哪位會員，至何時為止。",
  ],
  "Signed decisions of staff that two subjects are, or are not, one person.": [
    "员工签署的决定：两条身份记录是否为同一人。",
    "員工簽署的決定：兩筆身分紀錄是否為同一人。",
  ],
  "What sources stated about a person.": ["各来源提供的有关个人的资料。", "各來源提供的有關個人的資料。"],
  "Orders and returns: amounts, products, store, document number.": [
    "订单与退货：金额、商品、门店、单据号。",
    "訂單與退貨：金額、商品、門市、單據號碼。",
  ],
  "Counts and sums derived from events.": ["由事件得出的计数与合计。", "由事件得出的計數與合計。"],
  "Subjects changed by a transaction, until they are numbered.": [
    "数据库事务所变更的身份记录，直至获得编号。",
    "資料庫交易所變更的身分紀錄，直至取得編號。",
  ],
  "The position of each subject's newest change.": [
    "每条身份记录最新变更的位置。",
    "每筆身分紀錄最新變更的位置。",
  ],
  "The last position given.": ["最近分配的位置编号。", "最近配發的位置編號。"],
  "Which sources count before others in the fields of profiles.": [
    "会员资料各字段中，哪些来源优先于其他来源。",
    "會員資料各欄位中，哪些來源優先於其他來源。",
  ],
  "How far each follower of the changes has worked.": [
    "各变更处理程序的处理进度。",
    "各變更處理程式的處理進度。",
  ],
  "What happened, when, as sources reported it.": [
    "何时发生了什么，以来源上报的内容为准。",
    "何時發生了什麼，以來源回報的內容為準。",
  ],
  "Registered origins of data and their settings.": [
    "已登记的数据来源及其设置。",
    "已登記的資料來源及其設定。",
  ],
  "Hashes of write keys.": ["写入密钥的哈希值。", "寫入金鑰的雜湊值。"],
  "What became of every message.": ["每条消息的处理结果。", "每則訊息的處理結果。"],
  "Items that could not be stored, as they came, each under a key of its own.": [
    "未能存储的项目，保持接收时的原样，每项以各自的密钥加密。",
    "未能儲存的項目，保持接收時的原樣，每項以各自的金鑰加密。",
  ],
  "Daily counts by source, verdict and reason.": [
    "按来源、处理结果和原因统计的每日数量。",
    "依來源、處理結果與原因統計的每日數量。",
  ],
  "Keyed hashes of signatures already used.": [
    "已使用过的签名的带密钥哈希值。",
    "已使用過的簽章的金鑰雜湊值。",
  ],
  "What people agreed to, refused and withdrew, in which words and when.": [
    "个人同意、拒绝和撤回的内容、所依据的文本及时间。",
    "當事人同意、拒絕及撤回的內容、所依據的文字及時間。",
  ],
  "The head of each person's chain of consent entries.": [
    "每个人同意记录链的最新一环。",
    "每位當事人同意紀錄鏈的最新一環。",
  ],
  "Salts that tie consent entries to their chain.": [
    "将同意记录与其记录链相关联的盐值。",
    "將同意紀錄與其紀錄鏈相連結的鹽值。",
  ],
  "Coarse signs of where a person lives and in which year it was born.": [
    "个人居住地及出生年份的粗略线索。",
    "當事人居住地及出生年份的粗略線索。",
  ],
  "Hashes of links that confirm an address, with the consent they confirm.": [
    "用于确认地址的链接的哈希值，以及所确认的同意。",
    "用於確認地址的連結的雜湊值，以及所確認的同意。",
  ],
  "To whom which categories of a person's data were given, for what, first and last.": [
    "向谁、为何目的提供过个人的哪些类别的信息，首次及最近一次的时间。",
    "向誰、為何目的提供過當事人的哪些類別的資料，首次及最近一次的時間。",
  ],
  "Which subjects may be erased, and were, by which certificate.": [
    "哪些身份记录可予删除、已予删除，以及所依据的证明。",
    "哪些身分紀錄得予刪除、已予刪除，以及所依據的證明。",
  ],
  "Every regime pack that has been in force, with its hash.": [
    "曾经生效的每个法律规则包及其哈希值。",
    "曾經生效的每個法律規則包及其雜湊值。",
  ],
  "Every version of every purpose.": ["每项目的的每个版本。", "每項目的的每個版本。"],
  "Every published version of every notice.": [
    "每份告知书的每个已发布版本。",
    "每份告知書的每個已公布版本。",
  ],
  "The words of every notice in every language, with their hash.": [
    "每份告知书各语言版本的文本及其哈希值。",
    "每份告知書各語言版本的文字及其雜湊值。",
  ],
  "The company as notices and receipts name it.": [
    "告知书和凭证中载明的公司信息。",
    "告知書與憑證中載明的公司資訊。",
  ],
  "What the categories of a source's consent banner stand for.": [
    "来源的同意横幅中各类别所对应的含义。",
    "來源的同意橫幅中各類別所對應的意義。",
  ],
  "Keys that sign receipts; the private halves are sealed.": [
    "签署凭证所用的密钥；私钥部分加密保存。",
    "簽署憑證所用的金鑰；私鑰部分加密保存。",
  ],
  "When somebody was first contacted for marketing on a channel, and first offered a way to refuse.": [
    "首次通过某一渠道就营销联系某人的时间，以及首次提供拒绝方式的时间。",
    "首次透過某一管道就行銷聯絡某人的時間，以及首次提供拒絕方式的時間。",
  ],
  "Up to which moment consents that ended by time have been told to the feeds.": [
    "因到期而终止的同意已向各推送流告知至哪一时点。",
    "因到期而終止的同意已向各資料推送告知至哪一時點。",
  ],
  "Counts of events of people who allow no more than counting.": [
    "仅允许计数的人所涉事件的数量。",
    "僅允許計數之人所涉事件的數量。",
  ],
  "Downstream systems: what each may be given, and whom to write to.": [
    "下游系统：各自可获得哪些信息，以及联系人。",
    "下游系統：各自可取得哪些資料，以及聯絡人。",
  ],
  "How far each recipient's feed of each purpose has been worked.": [
    "各接收方每项目的的推送流的处理进度。",
    "各接收方每項目的的資料推送的處理進度。",
  ],
  "Which recipient holds a copy of whom, and under which id.": [
    "哪个接收方持有谁的副本，以及所用的编号。",
    "哪個接收方持有誰的副本，以及所用的編號。",
  ],
  "That a member's line in one feed changed by time or by settings.": [
    "会员在某一推送流中的记录因到期或设置变动而发生了变更。",
    "會員在某一資料推送中的紀錄因到期或設定異動而有變更。",
  ],
  "What recipients were told to drop, why, and when they confirmed it.": [
    "通知接收方删除的内容、原因，以及其确认时间。",
    "通知接收方刪除的內容、原因，以及其確認時間。",
  ],
  "Webhook messages without their content: to whom, about whom, and what became of them.": [
    "不含内容的 Webhook 消息记录：发给谁、涉及谁、结果如何。",
    "不含內容的 Webhook 訊息紀錄：發給誰、涉及誰、結果如何。",
  ],
};
