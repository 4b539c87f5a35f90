import type { LocaleWording } from "./wording.ts";

export const EN: LocaleWording = {
  shared: {
    controller: "{name}, {address}, is responsible for your data.",
    contact: "Write to {email} or call {phone}.",
    source:
      "The data comes from you: from your membership, your purchases and the way you use our shops and site.",
    area: "The data is stored and used in: {area}.",
    rights:
      "You may see your data, have a copy, have it corrected or deleted, have its use restricted, and take it elsewhere. It costs nothing. Go to {rightsUrl} or write to us.",
    complaint: "If you are not content with our answer, you may complain to {authority}.",
    minors:
      "If you are under the age at which the law lets you decide for yourself, a parent or guardian has to agree for you.",
  },
  officer: "Our data-protection officer: {officer}.",
  noRecipients:
    "Nobody outside our company uses this data for purposes of their own. Service providers who work on our instructions may handle it for us.",
  recipientsAre:
    "These receive it: {list}. Service providers who work on our instructions may handle it for us.",
  retention: "We keep the data for this for {months} after this purpose ends for you.",
  asLongAsConsent: "Your consent lasts {months}; then we ask you again.",
  months: (n) => (n % 12 === 0 ? (n === 12 ? "one year" : `${n / 12} years`) : `${n} months`),
  listSeparator: ", ",
  categoryNames: {
    identity: "your name and member number",
    contact: "how to reach you",
    demographic: "details such as your birthday",
    location: "your area",
    online: "how you use our site and app",
    transaction: "your purchases and returns",
    social: "your linked social accounts",
    survey: "your answers to surveys",
    preference: "your preferences",
    derived: "scores worked out from these",
    unclassified: "other details that you gave us",
  },
  byPurpose: {
    service: {
      title: "Your membership",
      ask: "",
      sections: {
        purposes:
          "We use your data to run your membership: to recognise you, to handle orders, returns and benefits, and to answer you.",
        lawfulBasis: "We need it to keep our contract with you as a member.",
        methods: "It is kept in our member system and used by our shops, our site and our customer service.",
        consequences: "Without it we cannot offer you a membership. You can still shop with us as a guest.",
      },
    },
    "legal-obligation": {
      title: "What the law asks of us",
      ask: "",
      sections: {
        purposes:
          "We keep receipts and similar records because the law demands it, and we use your data to answer when you exercise your rights.",
        lawfulBasis: "The law obliges us to do this.",
        methods: "It is stored apart and used only for these duties.",
        consequences: "Neither of us can choose here: these records are required.",
      },
    },
    analytics: {
      title: "Help us understand how our shops are used",
      ask: "Yes, you may count and compare my visits and purchases to improve your shops and site.",
      sections: {
        purposes:
          "We count visits, sales and steps on our site and in our shops to see what works and what does not.",
        lawfulBasis: "We do this only if you agree; in California, unless you tell us not to.",
        methods: "The figures are added up by computer. Nobody is judged as a person.",
        withdrawal:
          "You can switch this off at any time at {preferencesUrl}, as easily as you switched it on. What was done until then remains lawful.",
        consequences: "If you say no, nothing changes for you: every service stays the same.",
      },
    },
    marketing: {
      title: "News and offers",
      ask: "Yes, please send me news and offers through the channels that I switch on.",
      sections: {
        purposes:
          "We tell you about products, events and offers. You decide separately for each channel: e-mail, text message, LINE, WeChat, Weibo, Facebook and Instagram, the app, post and telephone.",
        lawfulBasis: "We do this only if you agree; in California, unless you tell us not to.",
        methods: "Messages go out through the channels you chose and no others.",
        withdrawal:
          "Every message has a link to stop it. You can also switch any channel off at {preferencesUrl} with one touch.",
        objection:
          "You may refuse marketing at any time, from the first message on, free of charge and without giving a reason.",
        consequences:
          "If you say no, you simply receive no advertising. Your membership and its benefits stay.",
      },
    },
    "survey-contact": {
      title: "Asking for your opinion",
      ask: "Yes, you may now and then ask me how satisfied I was.",
      sections: {
        purposes: "After a purchase or a visit we may send you a short survey.",
        lawfulBasis:
          "We have a legitimate interest in knowing what our members think; in mainland China and Taiwan we do this only if you agree.",
        legitimateInterests: "We want to notice early what annoys our customers and put it right.",
        methods:
          "We choose the moment from your purchases and send the survey through a channel that you have given us. Taking part is voluntary.",
        withdrawal: "You can switch this off at any time at {preferencesUrl} or in every survey.",
        objection: "You may object at any time, free of charge; then we no longer ask.",
        consequences: "If you say no, we do not ask you. Nothing else changes.",
      },
    },
    profiling: {
      title: "Your loyalty score",
      ask: "Yes, you may work out a loyalty score from my purchases and answers.",
      sections: {
        purposes: "We work out how satisfied and how loyal you are, so that we can look after you better.",
        lawfulBasis: "We do this only if you agree; in California, unless you tell us not to.",
        methods: "A computer weighs purchases, visits and survey answers by a published rule.",
        automatedDecisions:
          "The score decides which thanks and which help we offer you. It never decides on a price, a contract or a refusal by itself, and you can ask a person to explain or review it.",
        withdrawal: "You can switch this off at any time at {preferencesUrl}. Your scores are then deleted.",
        consequences: "If you say no, you have no score. Points and levels that you earned stay.",
      },
    },
    personalisation: {
      title: "What fits you",
      ask: "Yes, please choose products and content for me from what I bought and looked at.",
      sections: {
        purposes: "We show you products and content that suit you.",
        lawfulBasis: "We do this only if you agree; in California, unless you tell us not to.",
        methods: "A computer compares what you bought and looked at with what others chose.",
        automatedDecisions: "Only the choice and order of what you see depend on it. Prices do not.",
        withdrawal:
          "You can switch this off at any time at {preferencesUrl}, as easily as you switched it on.",
        consequences: "If you say no, you see the same as everybody else.",
      },
    },
    "partner-sharing": {
      title: "Sharing with partners",
      ask: "Yes, you may pass my details to the partners named here for their own offers.",
      sections: {
        purposes:
          "We pass your details to the partners named below. They use them for their own offers and advertising.",
        lawfulBasis: "We do this only if you agree; in California, unless you tell us not to.",
        methods:
          "The partners receive the data by a secure connection and are then responsible for it themselves.",
        saleOrShare:
          "In California this counts as selling or sharing personal information. You may say no at any time; a Global Privacy Control signal of your browser is a no.",
        withdrawal:
          "You can switch this off at any time at {preferencesUrl}. We tell the partners, who must then stop.",
        consequences: "If you say no, the partners receive nothing. Your membership stays as it is.",
      },
    },
  },
};
