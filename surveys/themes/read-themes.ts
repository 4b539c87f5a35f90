import { Converter } from "opencc-js/t2cn";
import { NEGATORS, type Polarity, THEMES } from "./lexicon.ts";
import { redact } from "./redact.ts";

/** A place in a comment where a theme is spoken of. */
export interface ThemeHit {
  readonly theme: string;
  readonly polarity: Polarity;
  /** The phrase of the lexicon that matched: never words of the person's own. */
  readonly phrase: string;
  /** Where it stands in the comment as `text` gives it. */
  readonly start: number;
  readonly end: number;
}

export interface ReadComment {
  /** The comment without names, as it was written otherwise. */
  readonly text: string;
  readonly hits: readonly ThemeHit[];
}

interface Phrase {
  readonly theme: string;
  readonly polarity: Polarity;
  readonly phrase: string;
  readonly han: boolean;
  /** Stands, folded, in every text that the pattern finds something in: looked for first, because most phrases are not there. */
  readonly head: string;
  readonly pattern: RegExp;
}

/** How far before a phrase a negation may stand, in characters. */
const REACH = 12;

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const isHan = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** Letters as patterns that ignore case compare them: by simple folding, which knows two more spellings of ASCII letters. */
const folded = (text: string): string =>
  text.toLowerCase().replaceAll("\u017f", "s").replaceAll("\u212a", "k");

/** Phrases with the longest first: "not clean" is read before "clean". */
const PHRASES: readonly Phrase[] = THEMES.flatMap((theme) =>
  (["negative", "positive", "neutral"] as const).flatMap((polarity) =>
    theme[polarity].map((phrase): Phrase => {
      const han = isHan(phrase);
      const body = phrase.split(/\s+/).map(literal).join("\\s+").replace(/\\\*$/, "\\p{L}*");
      return {
        theme: theme.id,
        polarity,
        phrase,
        han,
        head: folded(phrase.split(/\s+/)[0] ?? "").replace(/\*$/, ""),
        pattern: new RegExp(han ? body : `(?<![\\p{L}\\p{N}])${body}(?![\\p{L}\\p{N}])`, "giu"),
      };
    }),
  ),
).sort((a, b) => b.phrase.length - a.phrase.length || (a.phrase < b.phrase ? -1 : 1));

let simplify: ((text: string) => string) | undefined;
const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/** Traditional characters as simplified ones, each in its place. */
export function simplified(text: string): string {
  if (!isHan(text)) return text;
  const convert = simplify ?? Converter({ from: "tw", to: "cn" });
  simplify = convert;
  const converted = convert(text);
  return converted.length === text.length ? converted : text;
}

/** Where words begin and end. Short Chinese phrases must not be cut out of the middle of other words. */
function boundaries(text: string): ReadonlySet<number> {
  const found = new Set<number>([text.length]);
  for (const { index } of segmenter.segment(text)) found.add(index);
  return found;
}

const flip: Readonly<Record<Polarity, Polarity>> = {
  negative: "positive",
  positive: "negative",
  neutral: "neutral",
};

function isNegated(text: string, start: number, han: boolean): boolean {
  // A clause ends at its punctuation: what was denied before it is another matter.
  const before =
    text
      .slice(Math.max(0, start - REACH), start)
      .split(/[.,;!?，。；！？、\n]/u)
      .at(-1) ?? "";
  if (han)
    return NEGATORS.zh.some(
      (n) => before.endsWith(n) || before.endsWith(`${n}很`) || before.endsWith(`${n}太`),
    );
  const last = before.toLowerCase().replace(/’/g, "'").trim().split(/\s+/).slice(-2);
  return last.some((word) => NEGATORS.en.includes(word) || word.endsWith("n't"));
}

/**
 * Finds the themes of a comment with the offline lexicon: names are redacted first, traditional characters are read as
 * simplified, longer phrases win over what they contain, and a negation right before a phrase turns it round. Nothing
 * is learnt or guessed: every hit names the phrase and the place.
 */
export function readComment(comment: string, names: readonly string[] = []): ReadComment {
  const { text } = redact(comment, names);
  const read = simplified(text);
  const edges = isHan(read) ? boundaries(read) : new Set<number>();
  const taken: { start: number; end: number }[] = [];
  const hits: ThemeHit[] = [];
  const sought = folded(read);
  for (const p of PHRASES) {
    if (!sought.includes(p.head)) continue;
    for (const match of read.matchAll(p.pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      if (taken.some((t) => start < t.end && end > t.start)) continue;
      if (p.han && p.phrase.length <= 2 && !(edges.has(start) && edges.has(end))) continue;
      taken.push({ start, end });
      const polarity = isNegated(read, start, p.han) ? flip[p.polarity] : p.polarity;
      hits.push({ theme: p.theme, polarity, phrase: p.phrase, start, end });
    }
  }
  return { text, hits: hits.sort((a, b) => a.start - b.start) };
}

/** What one comment says of one theme, for counting: a complaint beats praise, and both beat a mention. */
export interface ThemeMention {
  readonly theme: string;
  readonly polarity: Polarity;
  readonly phrases: readonly string[];
}

/** Each theme of a comment once. */
export function mentionsOf(hits: readonly ThemeHit[]): ThemeMention[] {
  const weight: Readonly<Record<Polarity, number>> = { negative: 2, positive: 1, neutral: 0 };
  const found = new Map<string, { polarity: Polarity; phrases: Set<string> }>();
  for (const hit of hits) {
    const known = found.get(hit.theme);
    if (known === undefined) found.set(hit.theme, { polarity: hit.polarity, phrases: new Set([hit.phrase]) });
    else {
      if (weight[hit.polarity] > weight[known.polarity]) known.polarity = hit.polarity;
      known.phrases.add(hit.phrase);
    }
  }
  return [...found].map(([theme, m]) => ({ theme, polarity: m.polarity, phrases: [...m.phrases] }));
}
