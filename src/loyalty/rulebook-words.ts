import type { Locale } from "../i18n/index.ts";
import type { TierBasis } from "./rules.ts";

interface RulebookWords {
  readonly title: string;
  readonly lead: string;
  readonly languages: string;
  readonly tier: string;
  readonly from: string;
  readonly visits: string;
  readonly basis: Readonly<Record<TierBasis, string>>;
  readonly hold: string;
  readonly breach: string;
  readonly reversal: string;
  readonly noAttitude: string;
  readonly upward: string;
  readonly scoreTitle: string;
  readonly score: string;
  readonly behaviourTitle: string;
  readonly alive: string;
  readonly rate: string;
  readonly spend: string;
  readonly attitudeTitle: string;
  readonly attitude: string;
  readonly answer: string;
  readonly weight: string;
  readonly answers: Readonly<
    Record<"npsRelational" | "comparative" | "csat" | "npsTransactional" | "ces", string>
  >;
  readonly conditionTitle: string;
  readonly condition: string;
  readonly buysMuch: string;
  readonly buysLittle: string;
  readonly content: string;
  readonly notContent: string;
  readonly rightsTitle: string;
  readonly rights: readonly string[];
  readonly version: string;
}

/** The words of the rulebook page. */
export const RULEBOOK_WORDS: Readonly<Record<Locale, RulebookWords>> = {
  en: {
    title: "How our loyalty programme works",
    lead: "These are all the rules by which your tier and your loyalty score are worked out. They are the same for everybody.",
    languages: "Language",
    tier: "Tier",
    from: "From",
    visits: "Purchase days a year, without a score",
    basis: {
      behaviour: "Your tier follows what you buy, as a figure from 0 to 100 (see below).",
      visits: "Your tier follows the number of days on which you bought in the last 365.",
      spend: "Your tier follows what you spent in the last 365 days, less what you returned.",
    },
    hold: "You reach a tier as soon as your figure does, and keep it for at least {months} months.",
    breach:
      "After that, a figure more than {margin} below the tier's own, {breaches} months in a row, begins {days} days of grace, of which we tell you. If nothing changes, your tier falls one step. Any recovery clears everything.",
    reversal: "If what carried you to a tier is returned, you go back to where you were.",
    noAttitude: "What you answer in surveys never changes your tier: an honest complaint costs you nothing.",
    upward: "Good answers can lift your figure by up to 10. Without them, your purchases count alone.",
    scoreTitle: "The loyalty score",
    score:
      "The score from 0 to 100 is half what you buy and half what you tell us. We use it to look after you. Each thing adds or takes a stated number of points, and they add up exactly.",
    behaviourTitle: "What you buy",
    alive: "{weight}: the probability that you still buy from us, from how often and how lately you did",
    rate: "{weight}: how often you buy, compared with members who joined in the same quarter",
    spend: "{weight}: how much you spend at a time, compared with them",
    attitudeTitle: "What you tell us",
    attitude:
      "Newer answers count more: the weight of an answer halves every {days} days. Without recent answers there is no score, and nothing is assumed.",
    answer: "Answer",
    weight: "Weight when new",
    answers: {
      npsRelational: "Would you recommend us? (in general)",
      comparative: "How do we compare with others?",
      csat: "How satisfied are you?",
      npsTransactional: "Would you recommend us? (after a purchase)",
      ces: "How easy was it?",
    },
    conditionTitle: "Four conditions",
    condition:
      "From both halves, each on a scale from 0 to 1, follows one of four conditions. What you tell us counts as content above {attitude}, what you buy as much above {behaviour}.",
    buysMuch: "Buys much",
    buysLittle: "Buys little",
    content: "Content",
    notContent: "Not content",
    rightsTitle: "Your choices",
    rights: [
      "We score you only if you allow it. You can withdraw at any time: the score and all that it was made of is deleted at once, and you keep your tier. From then on it follows purchase days alone, as in the tables above.",
      "You can ask for a person to look at your score and tier, say what you think of them, and have them decided anew.",
      "You can have everything that is kept about your level, with an explanation in words.",
    ],
    version: "Version {version} of the rules.",
  },
  "zh-CN": {
    title: "我们的忠诚计划如何运作",
    lead: "以下是确定您的等级和忠诚度评分的全部规则，对所有会员一视同仁。",
    languages: "语言",
    tier: "等级",
    from: "起点",
    visits: "无评分时每年购买天数",
    basis: {
      behaviour: "等级取决于您的购买行为，以 0 到 100 的数值表示（见下文）。",
      visits: "等级取决于最近 365 天内您购买的天数。",
      spend: "等级取决于最近 365 天内您的消费额（扣除退货）。",
    },
    hold: "数值一达到即升入该等级，并至少保留 {months} 个月。",
    breach:
      "此后，若数值连续 {breaches} 个月低于该等级起点超过 {margin}，将进入 {days} 天宽限期，我们会通知您。若仍无变化，等级下降一级。一旦恢复，全部清零。",
    reversal: "若使您升级的购买被退货，等级恢复到原来的水平。",
    noAttitude: "您在问卷中的回答绝不会影响等级：如实抱怨不会让您有任何损失。",
    upward: "好的回答最多可使数值提高 10；没有回答时，仅按购买计算。",
    scoreTitle: "忠诚度评分",
    score:
      "评分为 0 到 100，一半来自您的购买，一半来自您告诉我们的意见，用于更好地为您服务。每一项加减多少分都有说明，合计完全一致。",
    behaviourTitle: "您的购买",
    alive: "{weight}：您仍在本店购买的概率，依据购买的频率和最近一次购买的时间",
    rate: "{weight}：您的购买频率，与同季度加入的会员比较",
    spend: "{weight}：您单次消费的金额，与他们比较",
    attitudeTitle: "您告诉我们的意见",
    attitude: "新的回答权重更大：每过 {days} 天，回答的权重减半。没有近期回答就没有评分，我们不作任何假设。",
    answer: "回答",
    weight: "最初的权重",
    answers: {
      npsRelational: "您愿意推荐我们吗？（总体）",
      comparative: "与其他商家相比如何？",
      csat: "您满意吗？",
      npsTransactional: "您愿意推荐我们吗？（购买之后）",
      ces: "办理是否轻松？",
    },
    conditionTitle: "四种状态",
    condition:
      "两部分各在 0 到 1 之间，共同得出四种状态之一。意见高于 {attitude} 视为满意，购买高于 {behaviour} 视为多。",
    buysMuch: "购买多",
    buysLittle: "购买少",
    content: "满意",
    notContent: "不满意",
    rightsTitle: "您的选择",
    rights: [
      "只有您同意，我们才会评分。您可随时撤回：评分及其依据的全部数据立即删除，等级保留；此后等级仅按上表中的购买天数确定。",
      "您可以要求由工作人员复核评分和等级，表达您的看法，并重新作出决定。",
      "您可以获取我们保存的有关您等级的全部信息，并附文字说明。",
    ],
    version: "规则第 {version} 版。",
  },
  "zh-TW": {
    title: "我們的忠誠計畫如何運作",
    lead: "以下是決定您的等級與忠誠度評分的全部規則，對所有會員一視同仁。",
    languages: "語言",
    tier: "等級",
    from: "起點",
    visits: "無評分時每年購買天數",
    basis: {
      behaviour: "等級取決於您的購買行為，以 0 到 100 的數值表示（見下文）。",
      visits: "等級取決於最近 365 天內您購買的天數。",
      spend: "等級取決於最近 365 天內您的消費額（扣除退貨）。",
    },
    hold: "數值一達到即升入該等級，並至少保留 {months} 個月。",
    breach:
      "此後，若數值連續 {breaches} 個月低於該等級起點超過 {margin}，將進入 {days} 天寬限期，我們會通知您。若仍無變化，等級下降一級。一旦恢復，全部歸零。",
    reversal: "若使您升級的購買遭退貨，等級恢復到原來的水準。",
    noAttitude: "您在問卷中的回覆絕不會影響等級：如實抱怨不會讓您有任何損失。",
    upward: "好的回覆最多可使數值提高 10；沒有回覆時，僅依購買計算。",
    scoreTitle: "忠誠度評分",
    score:
      "評分為 0 到 100，一半來自您的購買，一半來自您告訴我們的意見，用於更好地為您服務。每一項加減多少分都有說明，合計完全一致。",
    behaviourTitle: "您的購買",
    alive: "{weight}：您仍在本店購買的機率，依據購買的頻率與最近一次購買的時間",
    rate: "{weight}：您的購買頻率，與同季度加入的會員比較",
    spend: "{weight}：您單次消費的金額，與他們比較",
    attitudeTitle: "您告訴我們的意見",
    attitude: "新的回覆權重較大：每過 {days} 天，回覆的權重減半。沒有近期回覆就沒有評分，我們不作任何假設。",
    answer: "回覆",
    weight: "最初的權重",
    answers: {
      npsRelational: "您願意推薦我們嗎？（整體）",
      comparative: "與其他商家相比如何？",
      csat: "您滿意嗎？",
      npsTransactional: "您願意推薦我們嗎？（購買之後）",
      ces: "辦理是否輕鬆？",
    },
    conditionTitle: "四種狀態",
    condition:
      "兩部分各在 0 到 1 之間，共同得出四種狀態之一。意見高於 {attitude} 視為滿意，購買高於 {behaviour} 視為多。",
    buysMuch: "購買多",
    buysLittle: "購買少",
    content: "滿意",
    notContent: "不滿意",
    rightsTitle: "您的選擇",
    rights: [
      "只有您同意，我們才會評分。您可隨時撤回：評分及其依據的全部資料立即刪除，等級保留；此後等級僅依上表中的購買天數決定。",
      "您可以要求由工作人員覆核評分與等級，表達您的看法，並重新作出決定。",
      "您可以取得我們保存的有關您等級的全部資訊，並附文字說明。",
    ],
    version: "規則第 {version} 版。",
  },
};
