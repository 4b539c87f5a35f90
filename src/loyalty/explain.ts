import { type Locale, say } from "../i18n/index.ts";
import type { Outlook } from "./behaviour.ts";
import { normalCdf } from "./models/index.ts";
import type { Rules } from "./rules.ts";
import type { ScoreRow } from "./score.store.ts";
import { MICRO } from "./score.ts";
import type { TierRow } from "./tiers.store.ts";
import type { AnswerRow } from "./versions.store.ts";
import { WORDS, type WordKey } from "./words.ts";

/** One line of the sum. Points are hundredths that add up exactly to the total that is shown. */
export interface ExplainedPart {
  readonly of: string;
  readonly text: string;
  readonly points: string;
}

export interface Explanation {
  readonly sentences: readonly string[];
  readonly parts: readonly ExplainedPart[];
  /** Null while there is no score. */
  readonly total: string | null;
}

/**
 * Millionths as hundredths that still add up: the total is rounded, and the parts share the rest by the size of what
 * rounding takes from them (largest remainder).
 */
export function inHundredths(micros: readonly number[]): number[] {
  const unit = MICRO / 100;
  const total = Math.round(micros.reduce((sum, m) => sum + m, 0) / unit);
  const floors = micros.map((m) => Math.floor(m / unit));
  let left = total - floors.reduce((sum, f) => sum + f, 0);
  const byRest = micros
    .map((m, i) => ({ i, rest: m / unit - (floors[i] as number) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRest) {
    if (left <= 0) break;
    floors[i] = (floors[i] as number) + 1;
    left--;
  }
  return floors;
}

function points(hundredths: number): string {
  const sign = hundredths < 0 ? "−" : "";
  const text = String(Math.abs(hundredths)).padStart(3, "0");
  return `${sign}${text.slice(0, -2)}.${text.slice(-2)}`;
}

function dayText(locale: Locale, day: number): string {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    dateStyle: "medium",
    timeZone: "UTC",
  }).format(new Date(day * 86_400_000));
}

const SCALE_TOP: Readonly<Record<AnswerRow["kind"], readonly [low: number, high: number]>> = {
  nps: [0, 10],
  csat: [1, 5],
  ces: [1, 7],
  comparative: [0, 10],
};

/** Explains a level in words, in the language asked for, with a sum that adds up. Pure. */
export function explainLevel(
  locale: Locale,
  rules: Rules,
  level: {
    readonly allowed: boolean;
    readonly leftOut: number;
    readonly score: ScoreRow | null;
    readonly tiers: readonly TierRow[];
    readonly answers: readonly AnswerRow[];
    readonly outlook: (Outlook & { readonly currency: string }) | null;
    readonly visits: number;
    readonly isDefault: boolean;
  },
  today: number,
): Explanation {
  const words = WORDS[locale];
  const t = (key: WordKey, params: Record<string, string> = {}) => say(words[key], params);
  const { score } = level;
  const sentences: string[] = [];
  const parts = score === null ? [] : partsOf(locale, score, level.answers);
  const total = score?.scoreMicro == null ? null : points(parts.reduce((sum, p) => sum + p.hundredths, 0));
  if (!level.allowed) sentences.push(t("not-allowed"));
  else if (score === null) sentences.push(t("nothing-bought"));
  else {
    sentences.push(total === null ? t("score-unknown") : t("score-is", { points: total }));
    if (score.condition !== null) {
      const condition = score.condition as keyof Rules["conditions"];
      sentences.push(
        t("condition", {
          name: rules.conditions[condition][locale],
          state: t(`state-${score.conditionState}` as WordKey),
        }),
        t(`because-${condition}`),
      );
    }
    sentences.push(
      score.a === null
        ? t("attitude-unknown")
        : t("attitude", {
            a: score.a.toFixed(2),
            count: String(score.answers.length),
            cut: String(rules.attitude.high),
            p: (100 * normalCdf((score.a - rules.attitude.high) / (score.sd || 1e-9))).toFixed(0),
          }),
      t("behaviour", { b: score.b.toFixed(2), cut: String(rules.behaviour.high) }),
    );
    if (level.outlook !== null)
      sentences.push(
        t("outlook", {
          weeks: String(level.outlook.horizonWeeks),
          purchases: level.outlook.purchases.toFixed(1),
          each: `${level.outlook.spendEach.toFixed(2)} ${level.outlook.currency}`,
        }),
      );
    if (level.isDefault) sentences.push(t("defaults"));
  }
  if (level.allowed && level.leftOut > 0) sentences.push(t("left-out", { count: String(level.leftOut) }));
  for (const tier of level.tiers) sentences.push(...tierSentences(locale, rules, tier, level.visits, today));
  if (score !== null) sentences.push(t("review"));
  else if (level.tiers.length > 0) sentences.push(t("review-tier"));
  return { sentences, parts: parts.map(({ hundredths: _h, ...p }) => p), total };
}

function partsOf(
  locale: Locale,
  score: ScoreRow,
  answers: readonly AnswerRow[],
): (ExplainedPart & { hundredths: number })[] {
  const words = WORDS[locale];
  const percent = (v: number) => (100 * v).toFixed(0);
  const known = new Map(answers.map((a) => [a.eventId, a]));
  const lines: { of: string; text: string; micro: number }[] = [];
  if (score.scoreMicro !== null) {
    lines.push({ of: "base", text: words.base, micro: score.baseMicro });
    for (const [id, , y, micro] of score.answers) {
      const answer = known.get(id);
      const [low, high] = SCALE_TOP[answer?.kind ?? "nps"];
      lines.push({
        of: "answer",
        text: say(words[`answer-${answer?.kind ?? "nps"}`], {
          score: String(Math.round((low + y * (high - low)) * 10) / 10),
          day: answer === undefined ? "" : dayText(locale, Math.floor(answer.at.getTime() / 86_400_000)),
        }),
        micro,
      });
    }
  }
  lines.push(
    { of: "alive", text: say(words.alive, { v: percent(score.alive) }), micro: score.aliveMicro },
    { of: "rate", text: say(words.rate, { v: percent(score.rate) }), micro: score.rateMicro },
    {
      of: "spend",
      text: score.x === 0 ? words["spend-none"] : say(words.spend, { v: percent(score.spend) }),
      micro: score.spendMicro,
    },
  );
  const shown = inHundredths(lines.map((l) => l.micro));
  return lines.map((l, i) => ({
    of: l.of,
    text: l.text,
    points: points(shown[i] as number),
    hundredths: shown[i] as number,
  }));
}

function tierSentences(locale: Locale, rules: Rules, row: TierRow, visits: number, today: number): string[] {
  const structure = rules.structures.find((s) => s.id === row.structure);
  if (structure === undefined) return [];
  const words = WORDS[locale];
  const named = [structure.base, ...structure.tiers].find((t) => t.id === row.state.tier);
  const day = (d: number) => ({ day: dayText(locale, d) });
  const sentences = [
    say(words.tier, {
      structure: structure.name[locale],
      tier: named?.name[locale] ?? row.state.tier,
      since: dayText(locale, row.state.since),
    }),
  ];
  if (row.fixedUntil !== null && row.fixedUntil > today)
    sentences.push(say(words["tier-fixed"], day(row.fixedUntil)));
  else if (row.state.graceUntil !== null) sentences.push(say(words["tier-grace"], day(row.state.graceUntil)));
  else if (row.state.heldUntil > today && row.state.tier !== structure.base.id)
    sentences.push(say(words["tier-held"], day(row.state.heldUntil)));
  if (row.mode === "published") sentences.push(say(words["tier-published"], { visits: String(visits) }));
  return sentences;
}
