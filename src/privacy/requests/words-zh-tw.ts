import type { RequestWords } from "./words.ts";

export const ZH_TW_REQUEST: RequestWords = {
  kinds: {
    access: "查詢、複製您的個人資料",
    portability: "攜出您的個人資料",
    rectification: "更正您的個人資料",
    restriction: "限制利用您的個人資料",
    objection: "拒絕利用您的個人資料",
    erasure: "刪除您的個人資料",
    "opt-out": "不出售、不分享您的個人資料",
    appeal: "重新審查一項決定",
  },
  states: {
    received: "已收到",
    acknowledged: "已收到",
    identity_pending: "等待您確認身分",
    verified: "已確認您的身分",
    assessing: "審查中",
    awaiting_confirmation: "等待您再次確認",
    approved: "已核准",
    executing: "辦理中",
    awaiting_recipients: "等待資料接收者回覆",
    duplicate: "與您的另一項請求一併答覆",
    completed: "已完成",
    completed_with_exceptions: "已完成，部分除外",
    denied: "未予准許",
    withdrawn: "已撤回",
    expired: "因未確認而終止",
  },
  messages: {
    code: {
      subject: "您的驗證碼：{code}",
      text: "有人向{company}提出請求（{what}），並填寫了此地址。我們已收到該請求。\n\n若是您本人，請在提出請求的頁面輸入以下驗證碼：\n\n{code}\n\n驗證碼於 {minutes} 分鐘內有效。若非本人操作，請忽略本郵件：沒有驗證碼，我們不會做任何處理。",
    },
    acknowledged: {
      subject: "我們已收到您的請求",
      text: "您向{company}提出請求：{what}。我們於{received}收到。\n\n我們將於{due}前答覆。",
    },
    extended: {
      subject: "您的請求需要更多時間",
      text: "您向{company}提出請求：{what}。我們需要延長辦理時間（{article}）。\n\n原因：{reason}\n\n新的答覆期限為{due}。",
    },
    denied: {
      subject: "對您請求的答覆",
      text: "您向{company}提出請求：{what}。我們無法照辦。\n\n理由：{ground}（{article}）\n{reason}",
    },
    confirm: {
      subject: "請再次確認：刪除您的個人資料",
      text: "我們可以刪除您在{company}的個人資料。刪除後無法復原。\n\n若您仍希望刪除，請開啟以下頁面並於{date}前確認。若您不採取任何動作，我們不會刪除。",
    },
    cooling: {
      subject: "您的個人資料即將刪除",
      text: "您已確認由{company}刪除您的個人資料。我們將於{date}開始。在此之前，您可以在以下頁面撤回請求。",
    },
    delivery: {
      subject: "請選擇交付方式",
      text: "您向{company}提出的請求（{what}）已獲核准。請在以下頁面選擇加密方式，隨後我們開始準備。",
    },
    ready: {
      subject: "您的個人資料已備妥",
      text: "您向{company}請求的內容已備妥：{what}。\n\n連結僅可使用一次，有效至{date}。開啟檔案需要您的通行碼或您自己的金鑰：\n\n{link}",
    },
    completed: {
      subject: "您的請求已辦理完畢",
      text: "您向{company}提出請求：{what}。已於{date}辦理完畢。",
    },
    exceptions: {
      subject: "您的請求已辦理完畢，部分除外",
      text: "您向{company}提出請求：{what}。除法律要求我們保留的內容外，已於{date}辦理完畢。以下頁面列明保留內容及法律依據。",
    },
    lapsed: {
      subject: "已無資料可交付",
      text: "您向{company}提出請求：{what}。現已無法交付：您的資料在此期間已被刪除，或領取期限已過。如仍有需要，您可以再次提出請求。",
    },
    withdrawn: {
      subject: "您的請求已撤回",
      text: "您向{company}提出的請求（{what}）已撤回。我們未做任何處理。",
    },
    expired: {
      subject: "您的請求已終止",
      text: "您向{company}提出的請求（{what}）未於期限內確認，現已終止。我們未做任何處理。您可以隨時再次提出。",
    },
    duplicate: {
      subject: "您的請求將與另一項一併答覆",
      text: "您多次向{company}提出請求：{what}。我們將一併答覆。",
    },
  },
  alerts: {
    warning: {
      subject: "請求將於{date}到期：{kind}",
      text: "請求 {id}（{kind}，{regime}）目前狀態：{state}，期限為{date}。\n\n{words}\n\ncandor requests show {id}",
    },
    late: {
      subject: "請求已逾期（{date}）：{kind}",
      text: "請求 {id}（{kind}，{regime}）目前狀態：{state}，已超過期限。\n\n{words}\n\ncandor requests show {id}",
    },
    failed: {
      subject: "步驟失敗：{kind}",
      text: "請求 {id}（{kind}，{regime}）目前狀態：{state}，其步驟「{step}」一再失敗（{failure}）。一天之內每小時重試一次。原因排除後可立即重試：\n\ncandor requests retry {id}",
    },
    joined: {
      subject: "請重新檢視預覽：{kind}",
      text: "請求 {id}（{kind}，{regime}）已核准，但此後該會員與另一位原先分開識別的人合併。尚未刪除任何資料。請檢視預覽，若確為兩人請拆分，然後再次核准：\n\ncandor requests preview {id}",
    },
    divided: {
      subject: "這是誰的請求？{kind}",
      text: "請求 {id}（{kind}，{regime}）已核准，但此後該會員被拆分。尚未刪除任何資料。請指明該請求屬於哪一部分，再檢視預覽並再次核准：\n\ncandor requests verify {id} --member <會員編號> --method call-back",
    },
    acknowledge: {
      subject: "請求尚未確認收到：{kind}",
      text: "請求 {id}（{kind}，{regime}）尚未確認收到。\n\n{words}\n\ncandor requests show {id}",
    },
  },
  statusLine: "查看請求進度：{link}",
  appealLine: "若您不同意，可以請我們重新審查：{link}",
  authorityLine: "您可以向{authority}申訴：{url}，也可以向法院起訴。",
};
