import type { CodeWords } from "./code-words.ts";

/** Why an item that a source sent was not simply accepted. */
export const REASON_WORDS: CodeWords = {
  "not-an-object": ["Not a JSON object", "不是 JSON 对象", "不是 JSON 物件"],
  "invalid-json": ["Not valid JSON", "JSON 格式错误", "JSON 格式錯誤"],
  "too-deep": ["Nested too deeply", "嵌套过深", "巢狀過深"],
  "too-large": ["Too large", "过大", "過大"],
  "too-many-keys": ["Too many keys", "字段过多", "欄位過多"],
  "bad-text": ["Text that cannot be read", "无法读取的文本", "無法讀取的文字"],
  "unknown-type": ["Unknown type", "未知类型", "未知類型"],
  "missing-event-name": ["The event has no name", "缺少事件名称", "缺少事件名稱"],
  "invalid-field": ["A field has the wrong form", "字段格式不正确", "欄位格式不正確"],
  "missing-field": ["A field is missing", "缺少字段", "缺少欄位"],
  "invalid-time": ["A time cannot be read", "时间无法读取", "時間無法讀取"],
  "time-in-future": ["Happens in the future", "时间在未来", "時間在未來"],
  "invalid-amount": ["An amount cannot be read", "金额无法读取", "金額無法讀取"],
  "missing-currency": ["An amount without currency", "金额缺少币种", "金額缺少幣別"],
  "invalid-score": ["A score outside its scale", "评分超出范围", "評分超出範圍"],
  "column-missing": ["A column is not in the file", "文件缺少列", "檔案缺少欄"],
  "wrong-column-count": ["Wrong number of cells", "列数不符", "欄數不符"],
  "unclosed-quote": ["A quote is never closed", "引号未闭合", "引號未閉合"],
  "cell-too-large": ["A cell is too large", "单元格过大", "儲存格過大"],
  "skipped-by-mapping": ["Left out by the mapping", "按映射规则跳过", "依對應規則略過"],
  "missing-identifier": ["Names nobody", "没有标识", "沒有識別碼"],
  "blocked-identifier": ["Only placeholders for a person", "仅有占位标识", "僅有佔位識別碼"],
  "invalid-identifier": ["An identifier has the wrong form", "标识格式不正确", "識別碼格式不正確"],
  "conflicting-identifiers": ["Names two members at once", "同时指向两位会员", "同時指向兩位會員"],
  "already-accepted": ["Accepted before", "此前已接受", "先前已接受"],
  "message-id-conflict": ["Message id used with other content", "消息编号内容不一致", "訊息編號內容不一致"],
  "purpose-not-permitted": ["Not allowed for the purpose", "目的不允许", "目的不允許"],
  "counted-without-identity": ["Counted without the person", "仅作匿名计数", "僅作匿名計數"],
  suppressed: ["The person has been erased", "此人已被删除", "此人已被刪除"],
  "storage-rejected": ["The store rejected it", "存储拒绝", "儲存拒絕"],
};

/** Why somebody is not asked, or not yet. */
export const ASK_WORDS: CodeWords = {
  "survey-not-running": ["The survey is not running", "问卷未进行", "問卷未進行"],
  "not-sampled": ["Not in the sample", "未被抽中", "未被抽中"],
  consent: ["No consent", "没有同意", "沒有同意"],
  "no-address": ["No address on this channel", "该渠道没有地址", "該管道沒有地址"],
  "no-language": ["No text in their language", "没有对应语言的文本", "沒有對應語言的文字"],
  "not-eligible-new": ["Too new a member", "入会时间太短", "入會時間太短"],
  "not-eligible-inactive": ["Not active for too long", "长期不活跃", "長期不活躍"],
  "attribute-rule": ["Not in the audience", "不在受众中", "不在受眾中"],
  answered: ["Has answered", "已作答", "已作答"],
  "already-invited": ["Has been invited", "已邀请", "已邀請"],
  declined: ["Declined", "已谢绝", "已謝絕"],
  complaint: ["Complained", "曾投诉", "曾投訴"],
  "order-returned": ["Returned the order", "订单已退货", "訂單已退貨"],
  "too-late": ["Too late to ask", "已过询问时间", "已過詢問時間"],
  "class-cap": ["Asked too often by this kind", "同类问卷次数过多", "同類問卷次數過多"],
  "global-cap": ["Asked too often in all", "总询问次数过多", "總詢問次數過多"],
  "message-cap": ["Too many messages", "消息过多", "訊息過多"],
  "quiet-hours": ["Quiet hours", "免打扰时段", "勿擾時段"],
};

/** Why an identifier links nobody. */
export const RULE_WORDS: CodeWords = {
  "cannot-link": ["Kept apart by a decision", "已决定分开", "已決定分開"],
  "class1-conflict": ["Would join two member numbers", "会合并两个会员号", "會合併兩個會員編號"],
  "class2-conflict": [
    "Would join two accounts of one issuer",
    "会合并同一平台的两个账号",
    "會合併同一平台的兩個帳號",
  ],
  "too-many-contacts": ["Too many new contact points", "新增联系方式过多", "新增聯絡方式過多"],
  "degree-exceeded": ["Shared by too many", "共用者过多", "共用者過多"],
  "shared-by-known-profiles": [
    "Used by several members, not verified",
    "多位会员共用且未验证",
    "多位會員共用且未驗證",
  ],
  "several-people-on-one-device": [
    "Several people on one device",
    "一台设备有多人使用",
    "一台裝置有多人使用",
  ],
  "shared-by-design": ["Shared by design", "本来即为共用", "本來即為共用"],
};

/** Why a message, a delivery or a job came to nothing. */
export const FAILURES: CodeWords = {
  "bad-url": ["The address is not valid", "地址无效", "位址無效"],
  "not-https": ["The address is not HTTPS", "地址不是 HTTPS", "位址不是 HTTPS"],
  "address-refused": ["The address is not public", "地址不是公网地址", "位址不是公開位址"],
  "name-not-found": ["The name was not found", "找不到域名", "找不到網域名稱"],
  timeout: ["No answer in time", "超时", "逾時"],
  "connection-failed": ["No connection", "连接失败", "連線失敗"],
  "answer-too-large": ["The answer was too large", "响应过大", "回應過大"],
  "key-destroyed": [
    "The key was destroyed: the person is erased",
    "密钥已销毁：此人已被删除",
    "金鑰已銷毀：此人已被刪除",
  ],
  interrupted: ["Interrupted while sending", "发送时中断", "傳送時中斷"],
};

/** Why a recipient is told. */
export const NOTICE_REASONS: CodeWords = {
  withdrawn: ["consent withdrawn", "撤回同意", "撤回同意"],
  restricted: ["restriction", "限制处理", "限制處理"],
  erased: ["erased", "已删除", "已刪除"],
  merged_into: ["joined with another member", "已并入另一会员", "已併入另一會員"],
  out_of_scope: ["no longer in scope", "不再属于范围", "不再屬於範圍"],
  expired: ["consent ran out", "同意已过期", "同意已過期"],
  stale: ["notice out of date", "告知已过时", "告知已過時"],
};

/** Why somebody of the staff looks at personal fields. */
export const REVEALS: CodeWords = {
  "member-asked": ["The member asked me", "会员向我提出", "會員向我提出"],
  request: ["I am handling a request", "正在处理一项请求", "正在處理一項請求"],
  case: ["I am handling a case", "正在处理一个个案", "正在處理一個個案"],
  "identity-check": ["I am checking who this is", "正在核对身份", "正在核對身分"],
  "data-quality": ["I am correcting data", "正在更正数据", "正在更正資料"],
};

/** Why a value won over the others. */
export const LINEAGE: CodeWords = {
  "only-candidate": ["the only statement", "唯一的说法", "唯一的說法"],
  "source-priority": ["its source is trusted more", "来源更可信", "來源更可信"],
  verified: ["it was verified", "已经验证", "已經驗證"],
  latest: ["it was said last", "最新的说法", "最新的說法"],
  hash: [
    "equal in everything; a fixed order decides",
    "其他条件相同，按固定顺序决定",
    "其他條件相同，按固定順序決定",
  ],
  unset: ["it was taken back", "已被撤销", "已被撤銷"],
  correction: ["it was corrected on request", "应请求已更正", "應請求已更正"],
};
