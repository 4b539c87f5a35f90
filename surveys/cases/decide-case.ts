import { HOUR } from "../../src/kernel/clock.ts";
import type { AnsweredMetric } from "../port.ts";

/** First contact is due within a day (the inner loop as Bain's commentators describe it). */
export const CONTACT_WITHIN = 24 * HOUR;

/** Why somebody is called back. Stable words. */
export const CASE_REASONS = ["detractor", "low-csat", "high-effort", "keyword", "contact-wanted"] as const;
export type CaseReason = (typeof CASE_REASONS)[number];

/** What came of it. Stable words. */
export const OUTCOMES = [
  "resolved",
  "apologised",
  "refunded",
  "replaced",
  "escalated",
  "not-reachable",
  "no-contact-wanted",
  "no-action",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Words after which nobody waits for a low score: safety, health, law, being accused. Simplified Chinese. */
const URGENT: readonly string[] = [
  "food poisoning",
  "allergic",
  "injured",
  "injury",
  "ambulance",
  "lawyer",
  "legal action",
  "sue you",
  "police",
  "discriminat",
  "harass",
  "data breach",
  "fraud",
  "scam",
  "食物中毒",
  "拉肚子",
  "过敏",
  "受伤",
  "救护车",
  "律师",
  "起诉",
  "投诉到",
  "12315",
  "消协",
  "消保",
  "报警",
  "歧视",
  "骚扰",
  "泄露",
  "诈骗",
  "骗子",
];

/** Whether a comment (simplified, names redacted) holds a word that cannot wait. */
export function isUrgent(comment: string): boolean {
  const text = comment.toLowerCase();
  return URGENT.some((word) => text.includes(word));
}

/** Why an answer opens a case; empty when it does not. NPS 0–6, CSAT 1–2, CES 1–2, an urgent word, or a wish to be called. */
export function caseReasons(answer: {
  readonly metrics: readonly AnsweredMetric[];
  readonly urgent: boolean;
  readonly contactWanted: boolean;
}): CaseReason[] {
  const low = (kind: AnsweredMetric["kind"], highest: number) =>
    answer.metrics.some((m) => m.kind === kind && m.value !== null && m.value <= highest);
  return [
    ...(low("nps", 6) ? (["detractor"] as const) : []),
    ...(low("csat", 2) ? (["low-csat"] as const) : []),
    ...(low("ces", 2) ? (["high-effort"] as const) : []),
    ...(answer.urgent ? (["keyword"] as const) : []),
    ...(answer.contactWanted ? (["contact-wanted"] as const) : []),
  ];
}

export type CaseState = "open" | "contacted" | "closed";

/** What staff may do with a case. */
export type CaseMove = "contact" | "close" | "reopen";

/** The state after a move; null when the case is not in a state for it. */
export function moveCase(state: CaseState, move: CaseMove): CaseState | null {
  switch (move) {
    case "contact":
      return state === "open" ? "contacted" : null;
    case "close":
      return state === "closed" ? null : "closed";
    case "reopen":
      return state === "closed" ? "open" : null;
  }
}
