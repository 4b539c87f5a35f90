import {
  cesQuestion,
  choice,
  contactQuestion,
  csatQuestion,
  definition,
  names,
  openQuestion,
  spoken,
  type Template,
} from "./template.ts";

const why = () =>
  openQuestion(
    "why",
    spoken(
      "What is the main reason for your answer?",
      "您这样打分的主要原因是什么？",
      "您這樣評分的主要原因是什麼？",
    ),
  );

export const AFTER_PURCHASE: Template = {
  id: "after-purchase",
  name: names("Your purchase", "您的购物", "您的購物"),
  about: names(
    "A day after a purchase that was not returned.",
    "购物一天后，且未退货时发送。",
    "購物一天後，且未退貨時發送。",
  ),
  survey: {
    class: "transactional",
    definition: definition(
      spoken("Your purchase", "您的购物", "您的購物"),
      [
        csatQuestion(
          "csat",
          spoken("How satisfied are you with your purchase?", "您对这次购物满意吗？", "您對這次購物滿意嗎？"),
        ),
        why(),
      ],
      [
        {
          type: "matrix",
          name: "parts",
          title: spoken("How did you find…", "您觉得以下各项如何？", "您覺得以下各項如何？"),
          columns: [
            choice("good", "Good", "好", "好"),
            choice("fair", "Fair", "一般", "普通"),
            choice("poor", "Poor", "差", "差"),
          ],
          rows: [
            choice("product", "the product", "商品", "商品"),
            choice("price", "the price", "价格", "價格"),
            choice("staff", "the staff", "店员", "店員"),
            choice("checkout", "paying", "结账", "結帳"),
          ],
        },
        contactQuestion(),
      ],
    ),
    metrics: [
      { question: "csat", kind: "csat" },
      { question: "why", kind: "comment" },
    ],
    contact: { question: "contact" },
  },
};

export const AFTER_RETURN: Template = {
  id: "after-return",
  name: names("Your return", "您的退货", "您的退貨"),
  about: names("After something was brought back.", "退货完成后发送。", "退貨完成後發送。"),
  survey: {
    class: "transactional",
    definition: definition(spoken("Your return", "您的退货", "您的退貨"), [
      cesQuestion(
        spoken(
          "“Returning it was easy.” How far do you agree?",
          "“退货很方便。”您在多大程度上同意？",
          "「退貨很方便。」您在多大程度上同意？",
        ),
      ),
      {
        type: "checkbox",
        name: "reasons",
        title: spoken("Why did you return it?", "退货的原因是什么？", "退貨的原因是什麼？"),
        choices: [
          choice("fit", "It did not fit", "尺寸不合适", "尺寸不合適"),
          choice("faulty", "It was faulty", "商品有瑕疵", "商品有瑕疵"),
          choice("different", "It was not as described", "与描述不符", "與描述不符"),
          choice("mind", "I changed my mind", "改变了主意", "改變了主意"),
        ],
        choicesOrder: "random",
        showOtherItem: true,
        otherText: spoken("Something else", "其他", "其他"),
      },
      openQuestion(
        "why",
        spoken("What made it hard, if anything?", "有什么地方不方便？", "有什麼地方不方便？"),
      ),
      contactQuestion(),
    ]),
    metrics: [
      { question: "ces", kind: "ces" },
      { question: "why", kind: "comment" },
    ],
    contact: { question: "contact" },
  },
};

export const STORE_VISIT: Template = {
  id: "store-visit",
  name: names("Your visit", "您的到店体验", "您的到店體驗"),
  about: names(
    "A code on the receipt or at the door: anybody may answer, members or not.",
    "印在小票上或店门口的二维码：会员与非会员都可以回答。",
    "印在收據上或店門口的 QR Code：會員與非會員都可以回答。",
  ),
  survey: {
    class: "transactional",
    access: { open: true, perMinute: 30 },
    definition: definition(spoken("Your visit today", "您今天的到店体验", "您今天的到店體驗"), [
      csatQuestion(
        "csat",
        spoken("How satisfied are you with your visit?", "您对这次到店满意吗？", "您對這次到店滿意嗎？"),
      ),
      {
        type: "radiogroup",
        name: "found",
        title: spoken("Did you find what you came for?", "您找到想要的商品了吗？", "您找到想要的商品了嗎？"),
        choices: [
          choice("yes", "Yes", "找到了", "找到了"),
          choice("partly", "Partly", "找到一部分", "找到一部分"),
          choice("no", "No", "没有", "沒有"),
          choice("looking", "I was just looking", "只是看看", "只是看看"),
        ],
      },
      openQuestion("missing", spoken("What was missing?", "缺少什么？", "缺少什麼？"), {
        visibleIf: "{found} = 'no' or {found} = 'partly'",
      }),
      why(),
    ]),
    metrics: [
      { question: "csat", kind: "csat" },
      { question: "why", kind: "comment" },
    ],
  },
};

export const SERVICE_CALL: Template = {
  id: "service-call",
  name: names("Our help", "我们的服务", "我們的服務"),
  about: names(
    "After a call or a chat with customer service.",
    "与客服通话或聊天之后发送。",
    "與客服通話或對話之後發送。",
  ),
  survey: {
    class: "transactional",
    definition: definition(spoken("How was our help?", "我们的服务怎么样？", "我們的服務如何？"), [
      cesQuestion(
        spoken(
          "“They made it easy to get my matter settled.” How far do you agree?",
          "“客服让我很容易就解决了问题。”您在多大程度上同意？",
          "「客服讓我很容易就解決了問題。」您在多大程度上同意？",
        ),
      ),
      {
        type: "radiogroup",
        name: "settled",
        title: spoken("Is your matter settled?", "您的问题解决了吗？", "您的問題解決了嗎？"),
        choices: [
          choice("yes", "Yes", "已解决", "已解決"),
          choice("partly", "Partly", "部分解决", "部分解決"),
          choice("no", "No", "没有解决", "沒有解決"),
        ],
      },
      openQuestion(
        "why",
        spoken("What could we have done better?", "我们还能怎样做得更好？", "我們還能怎樣做得更好？"),
      ),
      contactQuestion(),
    ]),
    metrics: [
      { question: "ces", kind: "ces" },
      { question: "why", kind: "comment" },
    ],
    contact: { question: "contact" },
  },
};
