import type { Translations } from "./translations.ts";

/** Why the rows of a table lead to nobody. */
export const NOBODY: Translations = {
  "Four numbers.": ["四个数字。", "四個數字。"],
  "It names companies and sources, never people.": [
    "列出的是公司与来源，从不涉及个人。",
    "列出的是公司與來源，從不涉及個人。",
  ],
  "One number for the whole installation.": ["整个系统共用的一个数字。", "整個系統共用的一個數字。"],
  "It names fields and sources, and how far those concerned have been noted.": [
    "仅有字段与来源的名称，以及已标记相关记录的进度。",
    "僅有欄位與來源的名稱，以及已標記相關紀錄的進度。",
  ],
  "Positions of the whole feed.": ["整个推送流的位置。", "整個資料推送的位置。"],
  "Settings of the business; webhook secrets are sealed.": [
    "企业的设置；Webhook 密钥加密保存。",
    "企業的設定；Webhook 金鑰加密保存。",
  ],
  "Random secrets of the business.": ["企业的随机密钥。", "企業的隨機金鑰。"],
  "Counts of messages.": ["消息的数量。", "訊息的數量。"],
  "MACs of random values under our key.": [
    "以本系统密钥计算的随机值的消息认证码。",
    "以本系統金鑰計算的隨機值的訊息鑑別碼。",
  ],
  "It describes what the company does, never a person.": [
    "描述的是公司的作为，从不涉及个人。",
    "描述的是公司的作為，從不涉及個人。",
  ],
  "Only sums by day, kind, channel and store are kept.": [
    "仅保存按日期、种类、渠道和门店的合计。",
    "僅保存依日期、種類、管道與門市的合計。",
  ],
  "Names companies and workplaces; the contact's address is sealed.": [
    "列出的是公司与工作岗位；联系人地址加密保存。",
    "列出的是公司與工作單位；聯絡人地址加密保存。",
  ],
  "Positions of a whole feed.": ["整个推送流的处理位置。", "整個資料推送的處理位置。"],
  "Rules about coarse values and counts.": ["关于粗略数值与计数的规则。", "關於粗略數值與計數的規則。"],
  "Rules for everybody.": ["适用于所有人的规则。", "適用於所有人的規則。"],
  "Parameters of many members together.": ["许多会员共同的参数。", "許多會員共同的參數。"],
  "Distributions of at least as many members as a fit needs, without ids.": [
    "不少于拟合所需会员数的分布，不含编号。",
    "不少於擬合所需會員數的分布，不含編號。",
  ],
  "Counts of many; small groups are left out.": [
    "许多会员的计数；人数过少的组别不列入。",
    "許多會員的計數；人數過少的組別不列入。",
  ],
  "One row for the installation.": ["整个系统仅一行。", "整個系統僅一列。"],
  "It is what the company asks, never about a person.": [
    "公司询问的内容，从不涉及个人。",
    "公司詢問的內容，從不涉及個人。",
  ],
  "No row tells who was given a ticket.": [
    "没有任何一行记载资格发给了谁。",
    "沒有任何一列記載資格發給了誰。",
  ],
  "A form is a random number.": ["表单只是一个随机数。", "表單只是一個隨機數。"],
  "Nothing in it leads to whoever answered; a receipt code, held by that person alone, finds it.": [
    "其中没有任何内容指向答复者；只有凭本人独自持有的回执码才能找到。",
    "其中沒有任何內容指向作答者；只有憑本人獨自持有的回執碼才能找到。",
  ],
  "Rules of the house.": ["内部规则。", "內部規則。"],
  "Stores and their staff addresses, not members.": [
    "门店及其员工的地址，不涉及会员。",
    "門市及其員工的地址，不涉及會員。",
  ],
  "Settings of a technical system.": ["技术系统的设置。", "技術系統的設定。"],
  "Rules and ids of audiences; who was looked at stands in survey_ask.": [
    "规则与受众的编号；考察过哪些人记录在 survey_ask 中。",
    "規則與受眾的編號；曾檢視哪些人記錄於 survey_ask。",
  ],
  "Decisions of the house.": ["内部决定。", "內部決定。"],
  "Names a program or a workplace, never a member.": [
    "标明的是程序或工作岗位，从不涉及会员。",
    "標明的是程式或工作單位，從不涉及會員。",
  ],
  "Names the company's own staff, never a member.": [
    "标明的是公司自己的员工，从不涉及会员。",
    "標明的是公司自己的員工，從不涉及會員。",
  ],
  "Belongs to staff, never to a member.": ["属于员工，从不属于会员。", "屬於員工，從不屬於會員。"],
  "Of the request only its address is kept, whose ids are pseudonyms; the rest is a keyed digest.": [
    "请求仅保存其地址，其中的编号为假名；其余为带密钥摘要。",
    "請求僅保存其位址，其中的編號為假名；其餘為金鑰摘要。",
  ],
  "Hashes over 256 entries and more.": ["256 个以上条目的哈希值。", "256 個以上項目的雜湊值。"],
  "A size, a hash and a signature.": [
    "一个规模值、一个哈希值和一个签名。",
    "一個規模值、一個雜湊值與一個簽章。",
  ],
  "Only routes whose answers hold no personal data take part.": [
    "仅限应答中不含个人信息的接口。",
    "僅限回應中不含個人資料的介面。",
  ],
  "Tells of an incident; whom it concerns stands in breach_member.": [
    "记述安全事件；涉及谁记录在 breach_member 中。",
    "記述安全事件；涉及誰記錄於 breach_member。",
  ],
  "Written to an authority or to everybody concerned.": [
    "写给主管机关或全体相关人员。",
    "寫給主管機關或全體相關人員。",
  ],
  "Holds ids that are minted for it and names nobody.": [
    "其中的编号专为其生成，不指明任何人。",
    "其中的編號專為其產生，不指明任何人。",
  ],
  "The link to the buyer was cut and leads nowhere.": [
    "与买方的关联已切断，不再指向任何人。",
    "與買方的連結已切斷，不再指向任何人。",
  ],
  "Settings of the business.": ["企业的设置。", "企業的設定。"],
  "Counts of rows.": ["行数。", "列數。"],
};
