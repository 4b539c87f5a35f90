import type { CodeWords } from "./code-words.ts";

/** Why a condition or a tier changed. */
export const LEVEL_REASONS: CodeWords = {
  scored: ["scored for the first time", "首次评分", "首次評分"],
  "score-moved": ["the score moved", "得分变化", "得分變化"],
  joined: ["came into the structure", "进入级别体系", "進入級別體系"],
  "reached-cut": ["reached the cut", "达到门槛", "達到門檻"],
  recovered: ["recovered", "已回升", "已回升"],
  "grace-began": ["grace began", "宽限开始", "寬限開始"],
  "stepped-down": ["fell one step", "降一级", "降一級"],
  "purchase-reversed": ["a purchase was taken back", "购买被撤回", "購買被撤回"],
  "profiling-began": ["profiling was allowed", "已同意画像", "已同意剖析"],
  "profiling-ended": ["profiling is no longer allowed", "不再同意画像", "不再同意剖析"],
  "published-rule": ["by the published rule", "按已公布的规则", "依已公布的規則"],
  "rules-changed": ["the rules changed", "规则变更", "規則變更"],
  "staff-decision": ["decided by staff", "由员工决定", "由員工決定"],
  "accounts-joined": ["accounts were joined", "账户合并", "帳戶合併"],
  "accounts-parted": ["accounts were parted", "账户拆分", "帳戶拆分"],
};

/** Why a person decided otherwise, or confirmed. */
export const DECISION_REASONS: CodeWords = {
  "member-asked": ["the member asked", "会员要求", "會員要求"],
  "data-was-wrong": ["the data was wrong", "数据有误", "資料有誤"],
  "special-circumstances": ["special circumstances", "特殊情况", "特殊情況"],
  "complaint-upheld": ["a complaint was upheld", "投诉成立", "投訴成立"],
  goodwill: ["goodwill", "善意补偿", "善意補償"],
  "score-confirmed": ["the score was right", "评分无误", "評分無誤"],
};

/** What was done about a level. */
export const DECISION_KINDS: CodeWords = {
  "review-requested": ["review asked for", "要求复核", "要求覆核"],
  "review-closed": ["review closed", "复核结束", "覆核結束"],
  override: ["tier set by staff", "员工设定级别", "員工設定級別"],
};

/** What a part of the sum is about. */
export const SUM_PARTS: CodeWords = {
  base: ["start", "起点", "起點"],
  answer: ["answer", "回答", "回答"],
  alive: ["still buying", "仍在购买", "仍在購買"],
  rate: ["how often", "购买频率", "購買頻率"],
  spend: ["how much", "消费金额", "消費金額"],
};
