import type { Translations } from "./translations.ts";

/** What the tables of mail, staff, the audit log and privacy hold. */
export const HOLDS_OF_PROOF: Translations = {
  "Mail to members and to contacts of recipients: sealed until it is sent, then emptied.": [
    "发给会员和接收方联系人的邮件：发送前加密保存，发送后清空内容。",
    "寄給會員與接收方聯絡人的郵件：寄送前加密保存，寄送後清空內容。",
  ],
  "API keys: their roles, purposes and a hash of the secret.": [
    "API 密钥：其角色、目的及密钥的哈希值。",
    "API 金鑰：其角色、目的及金鑰的雜湊值。",
  ],
  "People who log in to the console: name and address sealed, role, a hash of the password.": [
    "登录控制台的人员：姓名与地址加密保存，另有角色及密码的哈希值。",
    "登入主控台的人員：姓名與地址加密保存，另有角色及密碼的雜湊值。",
  ],
  "Sessions of the console: a hash of the token, times, browser and system in two words.": [
    "控制台会话：令牌的哈希值、时间，以及简略的浏览器与系统名称。",
    "主控台的登入階段：權杖的雜湊值、時間，以及簡略的瀏覽器與系統名稱。",
  ],
  "One-time links by which staff choose a password: a hash of the token and times.": [
    "员工用于设置密码的一次性链接：令牌的哈希值与时间。",
    "員工用於設定密碼的一次性連結：權杖的雜湊值與時間。",
  ],
  "Acts that a second person decided: operation, address, a keyed digest of the request, who and when.": [
    "由第二人决定的操作：操作、地址、请求的带密钥摘要、何人及何时。",
    "由第二人決定的操作：操作、位址、請求的金鑰摘要、何人及何時。",
  ],
  "Audit entries in their final form, waiting for a number.": [
    "已定稿、等待编号的审计条目。",
    "已定稿、等待編號的稽核項目。",
  ],
  "What staff, keys and jobs did; people appear as salted commitments only.": [
    "员工、密钥和后台任务的操作；涉及的个人仅以加盐承诺值出现。",
    "員工、金鑰與背景工作的操作；涉及的個人僅以加鹽承諾值出現。",
  ],
  "Salts that make the commitments of entries checkable.": [
    "用于核验条目中承诺值的盐值。",
    "用於核驗項目中承諾值的鹽值。",
  ],
  "Roots of subtrees of the log.": ["日志各子树的根。", "日誌各子樹的根。"],
  "Signed tree heads of the log.": ["日志经签名的树头。", "日誌經簽章的樹頭。"],
  "Answers to administrative writes that may be repeated.": [
    "可重复提交的管理类写入的应答。",
    "可重複提交的管理類寫入的回應。",
  ],
  "Data-subject requests: what was asked, how far it is, by when it is due, how it was decided.": [
    "权利请求：请求内容、进度、答复期限及决定。",
    "當事人權利請求：請求內容、進度、答覆期限及決定。",
  ],
  "What was done to each request, by whom and when.": [
    "对每项请求所做的处理、处理人及时间。",
    "對每項請求所為的處理、處理人及時間。",
  ],
  "Keyed hashes of the codes that prove a contact point.": [
    "用于验证联系方式的验证码的带密钥哈希值。",
    "用於驗證聯絡方式的驗證碼的金鑰雜湊值。",
  ],
  "Which warning about a deadline has been sent.": ["已发送过哪些期限提醒。", "已寄送過哪些期限提醒。"],
  "Under which id of which controller a request came by OpenDSR, and where its status goes.": [
    "经 OpenDSR 收到的请求在哪个个人信息处理者处使用何编号，以及状态发往何处。",
    "經 OpenDSR 收到的請求在哪個資料控管者處使用何編號，以及狀態傳往何處。",
  ],
  "Changes of status on their way to a controller, without content.": [
    "正在发往个人信息处理者的状态变更，不含内容。",
    "正在傳往資料控管者的狀態變更，不含內容。",
  ],
  "Incidents with personal data: when, what, how bad, what was done.": [
    "个人信息安全事件：时间、内容、严重程度及所采取的措施。",
    "個人資料安全事件：時間、內容、嚴重程度及所採取的措施。",
  ],
  "Which members an incident concerns, under which law, with which categories of data.": [
    "安全事件涉及哪些会员、适用哪部法律、涉及哪些信息类别。",
    "安全事件涉及哪些會員、適用哪部法律、涉及哪些資料類別。",
  ],
  "Duties to tell of an incident, by when, and what was told.": [
    "安全事件通知义务、期限及已告知的内容。",
    "安全事件通知義務、期限及已告知的內容。",
  ],
  "Erasures and packages: whose, how far, begun by whom. After an erasure its ids lead nowhere.": [
    "删除与资料包：涉及谁、进度、由谁发起。删除后其编号不再指向任何人。",
    "刪除與資料包：涉及誰、進度、由誰發起。刪除後其編號不再指向任何人。",
  ],
  "The steps of erasures and packages: times, counts, failures as codes.": [
    "删除与制作资料包的步骤：时间、数量，以代码表示的失败原因。",
    "刪除與製作資料包的步驟：時間、數量，以代碼表示的失敗原因。",
  ],
  "The ids of keys that an erasure destroys.": ["删除时销毁的密钥的编号。", "刪除時銷毀的金鑰的編號。"],
  "Orders and claims that forbid erasing somebody while they stand.": [
    "在其有效期间禁止删除某人信息的命令与主张。",
    "在其有效期間禁止刪除某人資料的命令與主張。",
  ],
  "Signed proofs of what was done: counts, times and rules.": [
    "处理结果的签名证明：数量、时间与规则。",
    "處理結果的簽章證明：數量、時間與規則。",
  ],
  "Packages for people about themselves: encrypted to their key, until fetched or a week old.": [
    "提供给本人的资料包：以其密钥加密，保存至被领取或满一周。",
    "提供給當事人的資料包：以其金鑰加密，保存至領取或滿一週。",
  ],
  "Keyed hashes of what erased people were known by, so that they stay erased.": [
    "已删除者曾用标识的带密钥哈希值，以确保其信息不再出现。",
    "已刪除者曾用識別碼的金鑰雜湊值，以確保其資料不再出現。",
  ],
  "Sales that tax law keeps, without the buyer.": [
    "税法要求保存的销售记录，不含买方。",
    "稅法要求保存的銷售紀錄，不含買方。",
  ],
  "After how many months what goes by itself.": [
    "哪类数据在多少个月后自动删除。",
    "何種資料在多少個月後自動刪除。",
  ],
  "When retention ran and how much went.": [
    "定期删除的执行时间及删除数量。",
    "定期刪除的執行時間及刪除數量。",
  ],
  "The ids of erased subjects and of their destroyed keys, as the keystore's erasure ledger has them.": [
    "已删除的身份记录及其已销毁密钥的编号，与密钥库的删除账本一致。",
    "已刪除的身分紀錄及其已銷毀金鑰的編號，與金鑰庫的刪除帳本一致。",
  ],
};
