import type { Locale } from "../vocabulary.ts";

/** Every text of the enrolment form, in one language. */
export interface EnrolmentWords {
  readonly title: string;
  readonly lead: string;
  readonly you: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly country: string;
  readonly choosePlace: string;
  readonly birthYear: string;
  readonly contactHint: string;
  readonly choices: string;
  readonly choicesHint: string;
  readonly membershipWords: string;
  readonly submit: string;
  readonly doneTitle: string;
  readonly doneText: string;
  readonly doneWaiting: string;
  readonly doneWithoutConsents: string;
  readonly errorHeading: string;
  readonly needContact: string;
  readonly badContact: string;
  readonly needCountry: string;
  readonly needChannel: string;
  readonly endedTitle: string;
  readonly endedText: string;
}

export const ENROLMENT_WORDS: Readonly<Record<Locale, EnrolmentWords>> = {
  en: {
    title: "Join us",
    lead: "Become a member of {company}. You need to tell us only what you want to.",
    you: "About you",
    firstName: "First name",
    lastName: "Last name",
    email: "E-mail address",
    phone: "Telephone number",
    country: "Where do you live?",
    choosePlace: "Please choose",
    birthYear: "Year of birth (optional)",
    contactHint: "An e-mail address or a telephone number is enough.",
    choices: "Your choices",
    choicesHint:
      "All of these are voluntary. Without them your membership is the same, and you can change them at any time.",
    membershipWords: "What we do with your data as a member",
    submit: "Join",
    doneTitle: "Welcome",
    doneText: "You are a member now. What you agreed to has been recorded with the words that you saw.",
    doneWaiting: "We have written to your e-mail address: please confirm it with the link in that message.",
    doneWithoutConsents:
      "You are a member now. We do not know the law of the place where you live, so nothing that you ticked has been turned on.",
    errorHeading: "Please look at this again",
    needContact: "Give an e-mail address or a telephone number.",
    badContact:
      "The e-mail address or the telephone number could not be read. A number from abroad begins with + and its country code.",
    needCountry: "Say where you live: it tells us which law protects you.",
    needChannel: "You agreed to messages on a way of reaching you that you have not given.",
    endedTitle: "This form has ended",
    endedText: "Please ask in one of our shops.",
  },
  "zh-CN": {
    title: "加入会员",
    lead: "成为{company}的会员。您只需提供愿意提供的信息。",
    you: "您的信息",
    firstName: "名",
    lastName: "姓",
    email: "电子邮箱",
    phone: "电话号码",
    country: "您居住在哪里？",
    choosePlace: "请选择",
    birthYear: "出生年份（选填）",
    contactHint: "填写电子邮箱或电话号码其中一项即可。",
    choices: "您的选择",
    choicesHint: "以下各项均为自愿。不同意不影响您的会员服务，您也可以随时更改。",
    membershipWords: "我们如何使用会员的信息",
    submit: "加入",
    doneTitle: "欢迎",
    doneText: "您已成为会员。您所同意的内容已连同您看到的说明一并记录。",
    doneWaiting: "我们已向您的邮箱发送邮件，请点击其中的链接确认。",
    doneWithoutConsents: "您已成为会员。由于我们不了解您居住地的法律，您勾选的各项均未开启。",
    errorHeading: "请再核对以下内容",
    needContact: "请填写电子邮箱或电话号码。",
    badContact: "无法识别电子邮箱或电话号码。境外号码请以 + 和国家代码开头。",
    needCountry: "请选择居住地，以便确定适用的法律。",
    needChannel: "您同意接收消息的方式尚未填写相应的联系方式。",
    endedTitle: "此表单已停用",
    endedText: "请到门店办理。",
  },
  "zh-TW": {
    title: "加入會員",
    lead: "成為{company}的會員。您只需提供願意提供的資料。",
    you: "您的資料",
    firstName: "名字",
    lastName: "姓氏",
    email: "電子郵件",
    phone: "電話號碼",
    country: "您居住在哪裡？",
    choosePlace: "請選擇",
    birthYear: "出生年（選填）",
    contactHint: "填寫電子郵件或電話號碼其中一項即可。",
    choices: "您的選擇",
    choicesHint: "以下各項均為自願。不同意不影響您的會員服務，您也可以隨時變更。",
    membershipWords: "我們如何利用會員的資料",
    submit: "加入",
    doneTitle: "歡迎",
    doneText: "您已成為會員。您所同意的內容已連同您看到的說明一併記錄。",
    doneWaiting: "我們已寄信至您的電子郵件，請點選信中的連結確認。",
    doneWithoutConsents: "您已成為會員。由於我們不了解您居住地的法律，您勾選的各項均未開啟。",
    errorHeading: "請再確認以下內容",
    needContact: "請填寫電子郵件或電話號碼。",
    badContact: "無法辨識電子郵件或電話號碼。國外號碼請以 + 與國碼開頭。",
    needCountry: "請選擇居住地，以確定適用的法律。",
    needChannel: "您同意接收訊息的方式尚未填寫相應的聯絡資料。",
    endedTitle: "此表單已停用",
    endedText: "請至門市辦理。",
  },
};
