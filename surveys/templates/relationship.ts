import {
  choice,
  comparativeQuestion,
  contactQuestion,
  definition,
  names,
  npsQuestion,
  openQuestion,
  spoken,
  type Template,
} from "./template.ts";

/** Asked of the whole relationship, never pooled with surveys about one visit. */
export const RELATIONAL_NPS: Template = {
  id: "relational-nps",
  name: names("How do you find us?", "您觉得我们怎么样", "您覺得我們如何"),
  about: names(
    "Every quarter, to a sample of members: whether they would recommend you, and why.",
    "每季度抽样发送给会员：是否愿意推荐，以及原因。",
    "每季抽樣發送給會員：是否願意推薦，以及原因。",
  ),
  survey: {
    class: "relational",
    definition: definition(
      spoken("How do you find us?", "您觉得我们怎么样？", "您覺得我們如何？"),
      [
        npsQuestion(),
        openQuestion(
          "why",
          spoken(
            "What is the main reason for your answer?",
            "您这样打分的主要原因是什么？",
            "您這樣評分的主要原因是什麼？",
          ),
        ),
      ],
      [comparativeQuestion(), contactQuestion()],
    ),
    metrics: [
      { question: "nps", kind: "nps" },
      { question: "versus", kind: "comparative" },
      { question: "why", kind: "comment" },
    ],
    contact: { question: "contact" },
  },
};

export const ONBOARDING: Template = {
  id: "onboarding",
  name: names("Your first weeks", "入会之初", "入會之初"),
  about: names(
    "Some weeks after joining: whether joining was easy, and what is still unclear.",
    "入会数周后：入会是否顺利，还有哪些不清楚。",
    "入會數週後：入會是否順利，還有哪些不清楚。",
  ),
  survey: {
    class: "transactional",
    definition: definition(spoken("Your first weeks with us", "您入会后的最初几周", "您入會後的最初幾週"), [
      {
        type: "rating",
        name: "ces",
        title: spoken(
          "“Becoming a member was easy.” How far do you agree?",
          "“成为会员很容易。”您在多大程度上同意？",
          "「成為會員很容易。」您在多大程度上同意？",
        ),
        rateMin: 1,
        rateMax: 7,
        minRateDescription: spoken("strongly disagree", "非常不同意", "非常不同意"),
        maxRateDescription: spoken("strongly agree", "非常同意", "非常同意"),
        isRequired: true,
      },
      {
        type: "checkbox",
        name: "unclear",
        title: spoken("What is still unclear to you?", "还有哪些地方您不清楚？", "還有哪些地方您不清楚？"),
        choices: [
          choice("benefits", "What membership gives me", "会员有哪些权益", "會員有哪些權益"),
          choice("points", "How points work", "积分如何使用", "點數如何使用"),
          choice("app", "The app or the website", "应用或网站的使用", "App 或網站的使用"),
          choice("privacy", "What happens with my data", "我的信息如何使用", "我的資料如何使用"),
        ],
        showNoneItem: true,
        noneText: spoken("Nothing, all is clear", "没有，都清楚", "沒有，都清楚"),
        showOtherItem: true,
        otherText: spoken("Something else", "其他", "其他"),
      },
      openQuestion(
        "better",
        spoken(
          "What should we have told you earlier?",
          "有什么是我们应该更早告诉您的？",
          "有什麼是我們應該更早告訴您的？",
        ),
      ),
      contactQuestion(),
    ]),
    metrics: [
      { question: "ces", kind: "ces" },
      { question: "better", kind: "comment" },
    ],
    contact: { question: "contact" },
  },
};

export const LAPSED_MEMBER: Template = {
  id: "lapsed-member",
  name: names("We have not seen you", "好久不见", "好久不見"),
  about: names(
    "To members who stopped coming: why, without selling anything.",
    "发送给许久未光顾的会员：了解原因，不作推销。",
    "發送給許久未光顧的會員：瞭解原因，不作推銷。",
  ),
  survey: {
    class: "relational",
    definition: definition(
      spoken("We have not seen you for a while", "好久没有见到您了", "好久沒有見到您了"),
      [
        npsQuestion(),
        {
          type: "checkbox",
          name: "reasons",
          title: spoken("What are the reasons?", "是什么原因？", "是什麼原因？"),
          choices: [
            choice("moved", "I moved or pass by less often", "搬家或不常路过", "搬家或不常路過"),
            choice("price", "Prices", "价格", "價格"),
            choice("range", "What I want is not there", "没有我想要的商品", "沒有我想要的商品"),
            choice("service", "How I was served", "服务", "服務"),
            choice("elsewhere", "I found something better", "有更好的选择", "有更好的選擇"),
            choice("need", "I do not need it at present", "目前不需要", "目前不需要"),
          ],
          choicesOrder: "random",
          showOtherItem: true,
          otherText: spoken("Something else", "其他", "其他"),
        },
        openQuestion(
          "why",
          spoken(
            "What would have to change for you to come back?",
            "需要有什么改变，您才会再来？",
            "需要有什麼改變，您才會再來？",
          ),
        ),
        contactQuestion(),
      ],
    ),
    metrics: [
      { question: "nps", kind: "nps" },
      { question: "why", kind: "comment" },
    ],
    contact: { question: "contact" },
  },
};

export const PRODUCT_IDEA: Template = {
  id: "product-idea",
  name: names("An idea", "新点子", "新點子"),
  about: names(
    "Anonymous: what people think of an idea, before it is made.",
    "匿名：在产品推出之前，了解大家对一个想法的看法。",
    "匿名：在產品推出之前，瞭解大家對一個想法的看法。",
  ),
  survey: {
    class: "research",
    anonymous: true,
    access: { open: true },
    definition: definition(
      spoken("What do you think of this idea?", "您怎么看这个想法？", "您怎麼看這個想法？"),
      [
        {
          type: "html",
          name: "idea",
          html: spoken(
            "<p>Describe the idea here in two or three plain sentences.</p>",
            "<p>请在此用两三句平实的话说明这个想法。</p>",
            "<p>請在此用兩三句平實的話說明這個想法。</p>",
          ),
        },
        {
          type: "rating",
          name: "useful",
          title: spoken("How useful would it be to you?", "这对您有多大用处？", "這對您有多大用處？"),
          rateMin: 1,
          rateMax: 5,
          minRateDescription: spoken("not useful", "没有用", "沒有用"),
          maxRateDescription: spoken("very useful", "非常有用", "非常有用"),
          isRequired: true,
        },
        {
          type: "radiogroup",
          name: "often",
          title: spoken("How often would you use it?", "您会多久用一次？", "您會多久用一次？"),
          choices: [
            choice("never", "Never", "不会使用", "不會使用"),
            choice("yearly", "Once or twice a year", "一年一两次", "一年一兩次"),
            choice("monthly", "Every month", "每个月", "每個月"),
            choice("weekly", "Every week", "每周", "每週"),
          ],
        },
        openQuestion("missing", spoken("What is missing from it?", "还缺少什么？", "還缺少什麼？")),
        contactQuestion(),
        {
          type: "text",
          name: "reach",
          visibleIf: "{contact} = true",
          title: spoken("How may we reach you?", "怎样联系您？", "怎樣聯絡您？"),
          description: spoken(
            "Kept apart from your other answers.",
            "与您的其他回答分开保存。",
            "與您的其他回答分開保存。",
          ),
        },
      ],
    ),
    metrics: [
      { question: "useful", kind: "comparative" },
      { question: "missing", kind: "comment" },
    ],
    contact: { question: "contact", detail: "reach" },
  },
};
