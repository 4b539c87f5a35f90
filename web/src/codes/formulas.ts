import type { CodeWords } from "./code-words.ts";

/** How each figure of the loyalty programme is computed, by its name in the API. */
export const KPI_FORMULAS: CodeWords = {
  members: ["had bought by the end of the month", "截至月末购买过的会员", "截至月底購買過的會員"],
  growth: [
    "first bought in the month ÷ members at its beginning",
    "当月首次购买的会员 ÷ 月初会员数",
    "當月首次購買的會員 ÷ 月初會員數",
  ],
  activeRate: [
    "bought in the month ÷ members by its end",
    "当月购买的会员 ÷ 月末会员数",
    "當月購買的會員 ÷ 月底會員數",
  ],
  retention: [
    "bought in the month and in the month before ÷ bought in the month before",
    "当月与上月都购买的会员 ÷ 上月购买的会员",
    "當月與上月都購買的會員 ÷ 上月購買的會員",
  ],
  churn: ["1 − stayed", "1 − 留存率", "1 − 留存率"],
  repurchase: [
    "bought in the month and had bought before it ÷ bought in the month",
    "当月购买且此前也购买过的会员 ÷ 当月购买的会员",
    "當月購買且先前也購買過的會員 ÷ 當月購買的會員",
  ],
  responseRate: [
    "answered within 30 days ÷ invited to a survey in the month",
    "30 天内作答的会员 ÷ 当月受邀作答的会员",
    "30 天內作答的會員 ÷ 當月受邀作答的會員",
  ],
  interval: [
    "the 95 % interval of a share (Wilson), taking the month's members as a sample of such members",
    "比例的 95% 区间（Wilson 法），把当月会员视为同类会员的样本",
    "比例的 95% 區間（Wilson 法），把當月會員視為同類會員的樣本",
  ],
};
