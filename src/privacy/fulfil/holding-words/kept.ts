import type { Translations } from "./translations.ts";

/** When the rows of a table go. */
export const KEPT: Translations = {
  "Until the member is erased.": ["保存至该会员的信息被删除时。", "保存至該會員的資料刪除時。"],
  "Until nobody is left who names it.": [
    "保存至不再有任何人使用该标识符时。",
    "保存至不再有任何人使用該識別碼時。",
  ],
  "With its identifier.": ["与所属标识符同期保存。", "與所屬識別碼同期保存。"],
  "Kept.": ["长期保留。", "長期保留。"],
  "Until it is settled or one side is erased.": [
    "保存至争议解决或其中一方的信息被删除时。",
    "保存至爭議解決或其中一方的資料刪除時。",
  ],
  "Until the member is erased; what tax law keeps then loses its link.": [
    "保存至该会员的信息被删除时；此后税法要求保存的部分不再与其关联。",
    "保存至該會員的資料刪除時；此後稅法要求保存的部分不再與其連結。",
  ],
  "Under a second, while a sequencer runs.": ["编号程序运行期间不到一秒。", "編號程式執行期間不到一秒。"],
  "Until the member is erased, or the purpose's retention ends.": [
    "保存至该会员的信息被删除或目的的保存期限届满时。",
    "保存至該會員的資料刪除或目的的保存期限屆滿時。",
  ],
  "Kept while data of the source is kept.": ["在该来源的数据保存期间保留。", "在該來源的資料保存期間保留。"],
  "Kept with the source.": ["与来源同期保存。", "與來源同期保存。"],
  "As long as its event; it keeps a re-sent message from counting twice.": [
    "与所属事件同期保存，以免重复发送的消息被重复计算。",
    "與所屬事件同期保存，以免重複傳送的訊息重複計算。",
  ],
  "90 days, then the item goes and its key is destroyed.": [
    "90 天，期满删除该项目并销毁其密钥。",
    "90 天，期滿刪除該項目並銷毀其金鑰。",
  ],
  "Minutes: until the platform's own time window has passed.": [
    "数分钟：至平台自身的时间窗口结束为止。",
    "數分鐘：至平台自身的時間範圍結束為止。",
  ],
  "The fact of each choice as proof; what is personal in it until the member is erased.": [
    "每次选择的事实作为证明保留；其中的个人信息保存至该会员的信息被删除时。",
    "每次選擇的事實作為證明保留；其中的個人資料保存至該會員的資料刪除時。",
  ],
  "As long as the entries, which it proves complete.": [
    "与所证明完整性的条目同期保存。",
    "與其所證明完整性的項目同期保存。",
  ],
  "Thirty days after they end.": ["终止后保存三十天。", "終止後保存三十天。"],
  "As long as the recipient may have to be told of a correction or erasure.": [
    "在可能需要向接收方告知更正或删除期间保存。",
    "在可能需要向接收方告知更正或刪除期間保存。",
  ],
  "Kept as the proof of the erasure; it holds ids that lead nowhere any more.": [
    "作为删除的证明保留；其中的编号不再指向任何人。",
    "作為刪除的證明保留；其中的編號不再指向任何人。",
  ],
  "Kept, so that past decisions can be recomputed.": [
    "保留，以便重新推算过去的决定。",
    "保留，以便重新推算過去的決定。",
  ],
  "Kept, so that the words people saw can be shown.": [
    "保留，以便出示个人当时所见的文本。",
    "保留，以便出示當事人當時所見的文字。",
  ],
  "As long as the source.": ["与来源同期保存。", "與來源同期保存。"],
  "Kept, so that old receipts can be checked.": ["保留，以便核验旧凭证。", "保留，以便核驗舊憑證。"],
  "As long as the person is known.": ["在仍识别此人的期间保存。", "在仍識別此人的期間保存。"],
  "One row, kept.": ["仅一行，长期保留。", "僅一列，長期保留。"],
  "Kept, so that the register of disclosures stays readable.": [
    "保留，以便提供记录始终可读。",
    "保留，以便提供紀錄始終可讀。",
  ],
  "As long as the recipient.": ["与接收方同期保存。", "與接收方同期保存。"],
  "Until the recipient was told to drop the copy.": [
    "保存至已通知接收方删除其副本时。",
    "保存至已通知接收方刪除其副本時。",
  ],
  "Until it was acknowledged and 90 days have passed.": [
    "保存至接收方确认并满 90 天。",
    "保存至接收方確認並滿 90 天。",
  ],
  "30 days after it was sent or given up.": ["发送或放弃发送后保存 30 天。", "傳送或放棄傳送後保存 30 天。"],
  "Until the purposes it serves are no longer allowed, or the member is erased.": [
    "保存至其服务的目的不再获准或该会员的信息被删除时。",
    "保存至其服務的目的不再獲准或該會員的資料刪除時。",
  ],
  "Kept, as scores name it.": ["保留，因分数引用了它。", "保留，因分數引用了它。"],
  "While profiling is allowed; gone at once when it is withdrawn, and with the member.": [
    "在允许画像期间保存；撤回同意时立即删除，并随该会员的信息一并删除。",
    "在允許剖析期間保存；撤回時立即刪除，並隨該會員的資料一併刪除。",
  ],
  "As long as the membership, or until the member is erased.": [
    "在会员资格存续期间保存，或至该会员的信息被删除时。",
    "在會員資格存續期間保存，或至該會員的資料刪除時。",
  ],
  "As long as the company keeps the survey.": ["在公司保留该调查期间保存。", "在公司保留該問卷期間保存。"],
  "As long as the survey.": ["与调查同期保存。", "與問卷同期保存。"],
  "Thirty-six months after it was made.": ["创建后保存三十六个月。", "建立後保存三十六個月。"],
  "Thirty-six months after the answer; half-done ones thirty days after the last change.": [
    "答复后保存三十六个月；未完成的答复在最后一次修改后保存三十天。",
    "答覆後保存三十六個月；未完成的答覆在最後一次修改後保存三十天。",
  ],
  "Thirty days.": ["三十天。", "三十天。"],
  "A day at most.": ["最长一天。", "最長一天。"],
  "Thirty-six months, or until its receipt code withdraws it.": [
    "三十六个月，或至以回执码撤回时。",
    "三十六個月，或至以回執碼撤回時。",
  ],
  "As long as the answer it was counted from.": [
    "与计分所依据的答复同期保存。",
    "與計分所依據的答覆同期保存。",
  ],
  "Seconds: until it is an event of the profile.": [
    "数秒：至成为资料中的事件为止。",
    "數秒：至成為資料中的事件為止。",
  ],
  "Kept: they explain who was asked.": ["保留，用以说明询问过谁。", "保留，用以說明詢問過誰。"],
  "Until the store is removed.": ["保存至该门店被移除时。", "保存至該門市移除時。"],
  "Until it is replaced.": ["保存至被替换时。", "保存至替換時。"],
  "Kept with the survey.": ["与调查一同保留。", "與問卷一同保留。"],
  "Twenty-four months after its last change.": [
    "最后一次变更后保存二十四个月。",
    "最後一次變更後保存二十四個月。",
  ],
  "Twenty-four months.": ["二十四个月。", "二十四個月。"],
  "As long as the answer it was read from.": ["与所依据的答复同期保存。", "與所依據的答覆同期保存。"],
  "Thirty-six months after it was closed.": ["结案后保存三十六个月。", "結案後保存三十六個月。"],
  "With its case.": ["与所属个案同期保存。", "與所屬個案同期保存。"],
  "30 days after it was sent, kept or given up.": [
    "发送、留存或放弃发送后保存 30 天。",
    "寄送、留存或放棄寄送後保存 30 天。",
  ],
  "Kept, so that the audit log's actors stay known.": [
    "保留，以便审计日志中的操作者始终可知。",
    "保留，以便稽核日誌中的操作者始終可知。",
  ],
  "30 days after it ended.": ["结束后保存 30 天。", "結束後保存 30 天。"],
  "30 days after it ran out.": ["到期后保存 30 天。", "到期後保存 30 天。"],
  "Kept, as proof that two people decided.": [
    "保留，作为两人共同决定的证明。",
    "保留，作為兩人共同決定的證明。",
  ],
  "About a second, while a sequencer runs.": ["编号程序运行期间约一秒。", "編號程式執行期間約一秒。"],
  "Append-only; erasing the salt ends the last link to a person.": [
    "只可追加；删除盐值即断开与个人的最后关联。",
    "僅可附加；刪除鹽值即切斷與個人的最後連結。",
  ],
  "Until the person an entry speaks of is erased.": [
    "保存至条目所涉个人的信息被删除时。",
    "保存至項目所涉個人的資料刪除時。",
  ],
  "As long as the log.": ["与日志同期保存。", "與日誌同期保存。"],
  "24 hours.": ["24 小时。", "24 小時。"],
  "As long as the regime's pack says after the request ended (requests.keepRecordsFor, else three years). The sealed words of an erasure go 30 days after it, with their key.":
    [
      "请求结束后，按适用法律规则包规定的期限保存（requests.keepRecordsFor，未规定则为三年）。删除请求中加密保存的文字在删除后 30 天与其密钥一并删除。",
      "請求結束後，依適用法律規則包所定期限保存（requests.keepRecordsFor，未規定則為三年）。刪除請求中加密保存的文字於刪除後 30 天與其金鑰一併刪除。",
    ],
  "With its request.": ["与所属请求同期保存。", "與所屬請求同期保存。"],
  "Two days after it expired.": ["到期后保存两天。", "到期後保存兩天。"],
  "Kept for five years after the incident closed: proof towards the authorities.": [
    "安全事件结束后保存五年，作为向主管机关的证明。",
    "安全事件結案後保存五年，作為向主管機關的證明。",
  ],
  "24 months after it was finished, as the record of the request.": [
    "完成后保存 24 个月，作为请求的处理记录。",
    "完成後保存 24 個月，作為請求的處理紀錄。",
  ],
  "24 months after it was lifted, as the record of why an erasure waited.": [
    "解除后保存 24 个月，作为暂缓删除原因的记录。",
    "解除後保存 24 個月，作為暫緩刪除原因的紀錄。",
  ],
  "Kept: they are the proof.": ["保留：其本身即为证明。", "保留：其本身即為證明。"],
  "The content for seven days at most; that it was made, 24 months.": [
    "内容最长保存七天；曾经制作的事实保存 24 个月。",
    "內容最長保存七天；曾經製作的事實保存 24 個月。",
  ],
  "Kept, and used for nothing else: without it the next till file would bring people back.": [
    "保留，且不作他用：否则下一份收银文件会使已删除的人重新出现。",
    "保留，且不作他用：否則下一份收銀檔案會使已刪除的人重新出現。",
  ],
  "As long as the tax law of the place asks; then retention deletes them.": [
    "按当地税法要求的期限保存，期满后由定期删除程序删除。",
    "依當地稅法要求的期限保存，期滿後由定期刪除程式刪除。",
  ],
  "Kept, as the proof that retention runs.": [
    "保留，作为定期删除得到执行的证明。",
    "保留，作為定期刪除確有執行的證明。",
  ],
  "Append-only: a backup of any age may be restored. What the ids stood for is gone.": [
    "只可追加：因任何时期的备份都可能被恢复。编号原来所指的内容已不存在。",
    "僅可附加：因任何時期的備份都可能還原。編號原本所指的內容已不存在。",
  ],
};
