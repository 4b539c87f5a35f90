import type { CodeWords } from "./code-words.ts";

/** What an error of the API means, for whoever works in the console. */
export const PROBLEM_WORDS: CodeWords = {
  unreachable: [
    "The server does not answer. Check the connection; nothing was lost.",
    "服务器没有回应。请检查连接；没有丢失任何内容。",
    "伺服器沒有回應。請檢查連線；沒有遺失任何內容。",
  ],
  "invalid-request": ["Something in the form is not right.", "表单中有内容不正确。", "表單中有內容不正確。"],
  "unparsable-body": ["What was sent cannot be read.", "无法读取所提交的内容。", "無法讀取所提交的內容。"],
  "body-too-large": ["What was sent is too large.", "所提交的内容过大。", "所提交的內容過大。"],
  "invalid-mapping": ["The mapping is not valid.", "字段映射无效。", "欄位對應無效。"],
  "unknown-encoding": [
    "The file's encoding could not be told. State it in the mapping.",
    "无法判断文件编码，请在映射中注明。",
    "無法判斷檔案編碼，請在對應中註明。",
  ],
  "purpose-required": ["State for which purpose you look.", "请说明查看的目的。", "請說明查看的目的。"],
  unauthenticated: ["You are not logged in.", "您尚未登录。", "您尚未登入。"],
  "bad-signature": ["The signature does not match.", "签名不符。", "簽章不符。"],
  stale: ["The signed time is too far away.", "签名时间相差过大。", "簽章時間相差過大。"],
  replayed: ["This signed request was used before.", "此签名请求已被使用。", "此簽章請求已被使用。"],
  "plain-mode-refused": [
    "This source takes encrypted messages only.",
    "此来源只接受加密消息。",
    "此來源只接受加密訊息。",
  ],
  "wrong-credentials": [
    "The e-mail address and the password do not belong together.",
    "电子邮箱与密码不匹配。",
    "電子郵件與密碼不相符。",
  ],
  "second-factor-required": [
    "Enter the code of your authenticator app as well.",
    "请同时输入身份验证器的验证码。",
    "請同時輸入驗證器應用程式的驗證碼。",
  ],
  "sign-on-expired": [
    "This log-in was begun in another window or too long ago. Begin again.",
    "此次登录在其他窗口开始或已超时，请重新开始。",
    "此次登入在其他視窗開始或已逾時，請重新開始。",
  ],
  "sign-on-refused": [
    "The log-in service did not confirm who you are. Begin again.",
    "登录服务未能确认您的身份，请重新开始。",
    "登入服務未能確認您的身分，請重新開始。",
  ],
  "sign-on-unverified": [
    "The log-in service has not verified your e-mail address.",
    "登录服务尚未验证您的电子邮箱。",
    "登入服務尚未驗證您的電子郵件。",
  ],
  "sign-on-unknown": [
    "Nobody has invited you here yet. Ask an administrator of Candor.",
    "您尚未受邀。请联系 Candor 管理员。",
    "您尚未受邀。請聯絡 Candor 管理員。",
  ],
  "sign-on-no-role": [
    "Your groups at the log-in service give you no role here. Ask an administrator.",
    "您在登录服务中的群组在此没有对应角色。请联系管理员。",
    "您在登入服務中的群組在此沒有對應角色。請聯絡管理員。",
  ],
  "sign-on-conflict": [
    "This account is linked with another identity. An administrator can unlink it.",
    "此账户已关联其他身份，管理员可以解除关联。",
    "此帳號已連結其他身分，管理員可以解除連結。",
  ],
  "sign-on-unavailable": [
    "The log-in service does not answer. Try again later, or use your password.",
    "登录服务没有回应。请稍后再试，或使用密码登录。",
    "登入服務沒有回應。請稍後再試，或使用密碼登入。",
  ],
  "locked-out": [
    "Too many attempts. Try again in {seconds} seconds.",
    "尝试次数过多，请在 {seconds} 秒后再试。",
    "嘗試次數過多，請在 {seconds} 秒後再試。",
  ],
  csrf: [
    "This page is out of date. Reload it and try again.",
    "此页面已过期，请刷新后再试。",
    "此頁面已過期，請重新整理後再試。",
  ],
  "approval-required": [
    "Somebody else has to approve this first. It is now on their list; afterwards do it again here.",
    "此操作须先由另一位同事批准。它已进入对方的清单；批准后请在此重新操作。",
    "此操作須先由另一位同事核准。它已進入對方的清單；核准後請在此重新操作。",
  ],
  forbidden: ["Your role may not do that.", "您的角色不能执行此操作。", "您的角色不能執行此操作。"],
  "purpose-not-allowed": [
    "You may not read personal data for that purpose.",
    "您不能为该目的读取个人数据。",
    "您不能為該目的讀取個人資料。",
  ],
  "not-found": ["This is not there (any more).", "此项（已）不存在。", "此項（已）不存在。"],
  "method-not-allowed": ["This cannot be done here.", "此处不能执行该操作。", "此處不能執行該操作。"],
  conflict: ["This does not fit what is stored now.", "这与现有内容不符。", "這與現有內容不符。"],
  "contested-identifier": [
    "Several members share this identifier, and nothing says whose it is.",
    "多位会员共用此标识，无法判断属于谁。",
    "多位會員共用此識別碼，無法判斷屬於誰。",
  ],
  "idempotency-conflict": [
    "This was sent before with other content.",
    "此前已用其他内容提交过。",
    "先前已用其他內容提交過。",
  ],
  gone: ["This has ended or run out.", "此项已结束或已过期。", "此項已結束或已過期。"],
  "resync-required": [
    "The recipient has to read everything anew.",
    "接收方须重新读取全部内容。",
    "接收方須重新讀取全部內容。",
  ],
  "unsupported-media-type": [
    "This kind of file is not understood here.",
    "此处不支持该类型的文件。",
    "此處不支援該類型的檔案。",
  ],
  "queue-full": [
    "Too much is waiting. Try again soon.",
    "等待处理的内容过多，请稍后再试。",
    "等待處理的內容過多，請稍後再試。",
  ],
  "too-many-answers": [
    "Too many answers at once. Try again soon.",
    "答复过多，请稍后再试。",
    "答覆過多，請稍後再試。",
  ],
  "internal-error": [
    "Something went wrong on our side. Nothing was lost.",
    "我们这边出了问题，没有丢失任何内容。",
    "我們這邊出了問題，沒有遺失任何內容。",
  ],
  "store-unavailable": [
    "The store is not reachable. Try again later.",
    "数据库暂时无法访问，请稍后再试。",
    "資料庫暫時無法存取，請稍後再試。",
  ],
  "keystore-unavailable": [
    "The keystore is not reachable. Try again later.",
    "密钥库暂时无法访问，请稍后再试。",
    "金鑰庫暫時無法存取，請稍後再試。",
  ],
  "keystore-behind": [
    "The keystore is older than what was erased since.",
    "密钥库早于此后的删除记录。",
    "金鑰庫早於此後的刪除紀錄。",
  ],
  "restore-unfinished": [
    "A restore did not end: run it again.",
    "恢复操作未完成：请重新运行。",
    "還原作業未完成：請重新執行。",
  ],
  "anchor-unavailable": [
    "The anchor of the erasure ledger cannot be reached.",
    "无法访问删除账本的锚点。",
    "無法存取刪除帳本的錨點。",
  ],
  "cell-unreadable": ["A sealed value could not be opened.", "无法打开一个加密值。", "無法開啟一個加密值。"],
  "key-destroyed": [
    "The key was destroyed: this person has been erased.",
    "密钥已销毁：此人已被删除。",
    "金鑰已銷毀：此人已被刪除。",
  ],
  "directory-in-use": [
    "Another Candor uses this data.",
    "另一个 Candor 正在使用此数据。",
    "另一個 Candor 正在使用此資料。",
  ],
  "schema-too-new": [
    "The data is of a newer Candor.",
    "数据来自更新版本的 Candor。",
    "資料來自較新版本的 Candor。",
  ],
  "invalid-settings": ["Some settings are wrong.", "部分设置有误。", "部分設定有誤。"],
};
