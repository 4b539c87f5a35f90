import type { Locale } from "../../src/i18n/index.ts";

/** Every text of the answering pages, in one language. The type makes all catalogues have the same keys. */
export interface SurveyWords {
  readonly language: string;
  readonly next: string;
  readonly back: string;
  readonly finish: string;
  readonly decline: string;
  readonly progress: string;
  readonly required: string;
  readonly requiredHint: string;
  readonly choose: string;
  readonly yourAnswer: string;
  readonly range: string;
  readonly from: string;
  readonly to: string;
  readonly place: string;
  readonly orderHint: string;
  readonly fileHint: string;
  readonly fileRemove: string;
  readonly fileTooLarge: string;
  readonly signHint: string;
  readonly signArea: string;
  readonly signClear: string;
  readonly signed: string;
  readonly addEntry: string;
  readonly removeEntry: string;
  readonly entry: string;
  readonly faults: string;
  readonly fault: string;
  readonly anonymous: string;
  readonly named: string;
  readonly thanksTitle: string;
  readonly thanksText: string;
  readonly receiptText: string;
  readonly receiptLink: string;
  readonly nextPerson: string;
  readonly receiptTitle: string;
  readonly receiptAsk: string;
  readonly receiptLabel: string;
  readonly receiptButton: string;
  readonly receiptGone: string;
  readonly receiptUnknown: string;
  readonly answeredTitle: string;
  readonly answeredText: string;
  readonly declinedTitle: string;
  readonly declinedText: string;
  readonly expiredTitle: string;
  readonly expiredText: string;
  readonly endedTitle: string;
  readonly endedText: string;
  readonly unknownTitle: string;
  readonly unknownText: string;
  readonly waitTitle: string;
  readonly waitText: string;
  readonly sending: string;
  readonly offline: string;
  readonly offlineSent: string;
  readonly preview: string;
}

const EN: SurveyWords = {
  language: "Language",
  next: "Next",
  back: "Back",
  finish: "Send my answers",
  decline: "I would rather not answer",
  progress: "Page {number} of {count}",
  required: "needed",
  requiredHint: "Please answer this question.",
  choose: "Please choose",
  yourAnswer: "Your answer",
  range: "A number from {min} to {max}",
  from: "From",
  to: "To",
  place: "Place of “{what}”",
  orderHint: "Give each a number: 1 for the first. You may leave some out.",
  fileHint: "A picture (JPEG, PNG, WebP) or a PDF of at most {size} kB. It is kept with your answers.",
  fileRemove: "Take it away",
  fileTooLarge: "That file is larger than {size} kB, or is of another kind.",
  signHint: "Draw with a finger or the mouse; or choose a picture of your signature (PNG).",
  signArea: "Field to draw in: {what}",
  signClear: "Clear",
  signed: "Signed",
  addEntry: "Add another",
  removeEntry: "Remove",
  entry: "Entry {number}",
  faults: "Please look at these questions again:",
  fault: "This answer could not be taken. Please answer again.",
  anonymous: "This survey is anonymous: your answers are kept without anything that leads to you.",
  named: "Your answers are kept with your membership.",
  thanksTitle: "Thank you",
  thanksText: "Your answers have arrived.",
  receiptText: "Your receipt. Nobody else has it: with it you can withdraw your answers at any time.",
  receiptLink: "Withdraw answers",
  nextPerson: "Next person",
  receiptTitle: "Withdraw anonymous answers",
  receiptAsk: "Enter the code that you were shown after answering. The answers will be deleted.",
  receiptLabel: "Receipt code",
  receiptButton: "Delete my answers",
  receiptGone: "The answers have been deleted.",
  receiptUnknown: "There are no answers for this code. They may have been deleted already.",
  answeredTitle: "Already answered",
  answeredText: "We have your answers. Thank you. This link works once.",
  declinedTitle: "All right",
  declinedText: "We will not remind you of this survey.",
  expiredTitle: "Too late for this one",
  expiredText: "This link has run out. Thank you all the same.",
  endedTitle: "This survey has ended",
  endedText: "It no longer takes answers. Thank you all the same.",
  unknownTitle: "There is nothing here",
  unknownText:
    "This link is not one of ours, or it was cut short on its way. Please open it again from the message.",
  waitTitle: "One moment, please",
  waitText:
    "Many answers are coming by this link. Please go back and try again in {seconds} seconds: what you entered is kept.",
  sending: "Sending…",
  offline: "No connection. Your answers are kept on this device and will be sent when it is back.",
  offlineSent: "Your answers from before have been sent.",
  preview: "Preview: nothing is recorded.",
};

const ZH_CN: SurveyWords = {
  language: "语言",
  next: "下一页",
  back: "上一页",
  finish: "提交",
  decline: "我不想回答",
  progress: "第 {number} 页，共 {count} 页",
  required: "必答",
  requiredHint: "请回答这个问题。",
  choose: "请选择",
  yourAnswer: "您的回答",
  range: "{min} 到 {max} 之间的数字",
  from: "从",
  to: "到",
  place: "“{what}”的名次",
  orderHint: "请为每一项填写名次，1 为第一。可以留空。",
  fileHint: "图片（JPEG、PNG、WebP）或 PDF，最大 {size} kB，与您的回答一起保存。",
  fileRemove: "移除",
  fileTooLarge: "该文件大于 {size} kB，或类型不符。",
  signHint: "用手指或鼠标书写；也可选择签名图片（PNG）。",
  signArea: "书写区：{what}",
  signClear: "清除",
  signed: "已签名",
  addEntry: "再添加一项",
  removeEntry: "删除",
  entry: "第 {number} 项",
  faults: "请再看一下这些问题：",
  fault: "未能接收这个回答，请重新作答。",
  anonymous: "本问卷为匿名问卷：保存的回答中不含任何可以追溯到您的信息。",
  named: "您的回答将与您的会员资料一起保存。",
  thanksTitle: "谢谢您",
  thanksText: "您的回答已经收到。",
  receiptText: "这是您的回执码，只有您持有。凭此码可以随时撤回您的回答。",
  receiptLink: "撤回回答",
  nextPerson: "下一位",
  receiptTitle: "撤回匿名回答",
  receiptAsk: "请输入作答后显示的回执码，对应的回答将被删除。",
  receiptLabel: "回执码",
  receiptButton: "删除我的回答",
  receiptGone: "回答已删除。",
  receiptUnknown: "没有找到该回执码对应的回答，可能已经删除。",
  answeredTitle: "已经回答过了",
  answeredText: "我们已收到您的回答，谢谢。此链接只能使用一次。",
  declinedTitle: "好的",
  declinedText: "我们不会再就这份问卷提醒您。",
  expiredTitle: "链接已过期",
  expiredText: "此链接已失效。仍然感谢您。",
  endedTitle: "问卷已结束",
  endedText: "这份问卷不再接收回答。仍然感谢您。",
  unknownTitle: "这里没有内容",
  unknownText: "此链接无效，或在传送时不完整。请从原消息中重新打开。",
  waitTitle: "请稍候",
  waitText: "通过此链接提交的回答较多。请返回并在 {seconds} 秒后重试，您填写的内容会保留。",
  sending: "正在提交…",
  offline: "网络已断开。您的回答保存在本设备上，恢复连接后会自动提交。",
  offlineSent: "之前的回答已经提交。",
  preview: "预览：不会记录任何内容。",
};

const ZH_TW: SurveyWords = {
  language: "語言",
  next: "下一頁",
  back: "上一頁",
  finish: "送出",
  decline: "我不想回答",
  progress: "第 {number} 頁，共 {count} 頁",
  required: "必答",
  requiredHint: "請回答這個問題。",
  choose: "請選擇",
  yourAnswer: "您的回答",
  range: "{min} 到 {max} 之間的數字",
  from: "從",
  to: "到",
  place: "「{what}」的名次",
  orderHint: "請為每一項填寫名次，1 為第一。可以留空。",
  fileHint: "圖片（JPEG、PNG、WebP）或 PDF，最大 {size} kB，與您的回答一起保存。",
  fileRemove: "移除",
  fileTooLarge: "該檔案大於 {size} kB，或類型不符。",
  signHint: "用手指或滑鼠書寫；也可選擇簽名圖片（PNG）。",
  signArea: "書寫區：{what}",
  signClear: "清除",
  signed: "已簽名",
  addEntry: "再新增一項",
  removeEntry: "刪除",
  entry: "第 {number} 項",
  faults: "請再看一下這些問題：",
  fault: "未能接收這個回答，請重新作答。",
  anonymous: "本問卷為匿名問卷：保存的回答中不含任何可以追溯到您的資訊。",
  named: "您的回答將與您的會員資料一起保存。",
  thanksTitle: "謝謝您",
  thanksText: "您的回答已經收到。",
  receiptText: "這是您的回條碼，只有您持有。憑此碼可以隨時撤回您的回答。",
  receiptLink: "撤回回答",
  nextPerson: "下一位",
  receiptTitle: "撤回匿名回答",
  receiptAsk: "請輸入作答後顯示的回條碼，對應的回答將被刪除。",
  receiptLabel: "回條碼",
  receiptButton: "刪除我的回答",
  receiptGone: "回答已刪除。",
  receiptUnknown: "找不到此回條碼對應的回答，可能已經刪除。",
  answeredTitle: "已經回答過了",
  answeredText: "我們已收到您的回答，謝謝。此連結只能使用一次。",
  declinedTitle: "好的",
  declinedText: "我們不會再就這份問卷提醒您。",
  expiredTitle: "連結已過期",
  expiredText: "此連結已失效。仍然感謝您。",
  endedTitle: "問卷已結束",
  endedText: "這份問卷不再接收回答。仍然感謝您。",
  unknownTitle: "這裡沒有內容",
  unknownText: "此連結無效，或在傳送時不完整。請從原訊息中重新開啟。",
  waitTitle: "請稍候",
  waitText: "透過此連結送出的回答較多。請返回並在 {seconds} 秒後重試，您填寫的內容會保留。",
  sending: "正在送出…",
  offline: "網路已中斷。您的回答保存在本裝置上，恢復連線後會自動送出。",
  offlineSent: "之前的回答已經送出。",
  preview: "預覽：不會記錄任何內容。",
};

export const SURVEY_WORDS: Readonly<Record<Locale, SurveyWords>> = { en: EN, "zh-CN": ZH_CN, "zh-TW": ZH_TW };
