import type { Decision } from "./decision.ts";
import type { PurposeRegistry } from "./purposes.ts";
import { BUILT_IN_REGIMES, type RegimePacks, regimeName } from "./regimes/regimes.ts";
import { CHANNEL_NAMES, RULE_SENTENCES, SEPARATE_CONSENT_NAMES } from "./texts.ts";
import type { Locale, SeparateConsent } from "./vocabulary.ts";

const VERDICTS = {
  allowed: { en: "Allowed.", "zh-CN": "允许。", "zh-TW": "允許。" },
  denied: { en: "Not allowed.", "zh-CN": "不允许。", "zh-TW": "不允許。" },
} as const;

const PROOF = {
  en: "Proof: entry {record}{notice}.",
  "zh-CN": "依据：记录 {record}{notice}。",
  "zh-TW": "依據：紀錄 {record}{notice}。",
} as const;
const PROOF_NOTICE = {
  en: ", notice “{id}” version {version}",
  "zh-CN": "，告知书“{id}”第 {version} 版",
  "zh-TW": "，告知書「{id}」第 {version} 版",
} as const;
const UNKNOWN_REGIME = { en: "an unknown place", "zh-CN": "未知地区", "zh-TW": "未知地區" } as const;
const NO_RECIPIENT = { en: "The recipient", "zh-CN": "该接收方", "zh-TW": "該接收者" } as const;

/** A decision as sentences: the verdict, the reason and the proof. `names` gives purposes, recipients and laws their names. */
export function explainDecision(
  decision: Decision,
  locale: Locale,
  names: {
    readonly purposes?: PurposeRegistry;
    readonly regimes?: RegimePacks;
    readonly timeZone?: string;
  } = {},
): string[] {
  const b = decision.because;
  const purpose = names.purposes?.get(b.purposeId);
  const recipient = purpose?.recipients.find((r) => r.id === b.recipientId);
  const params: Record<string, string> = {
    purpose: purpose?.name[locale] ?? b.purposeId,
    channel: b.channel === null ? "" : CHANNEL_NAMES[b.channel][locale],
    recipient: recipient?.name[locale] ?? b.recipientId ?? NO_RECIPIENT[locale],
    regime:
      b.regime === null
        ? UNKNOWN_REGIME[locale]
        : regimeName(b.regime, locale, names.regimes ?? BUILT_IN_REGIMES),
    date: b.since === null ? "" : dateIn(locale, b.since, names.timeZone ?? "UTC"),
    detail:
      decision.rule === "separate-consent-missing"
        ? SEPARATE_CONSENT_NAMES[b.detail as SeparateConsent][locale]
        : String(b.detail ?? ""),
  };
  const sentences = [VERDICTS[decision.kind][locale], fill(RULE_SENTENCES[decision.rule][locale], params)];
  if (decision.recordId !== null) {
    const notice =
      decision.noticeId === null
        ? ""
        : fill(PROOF_NOTICE[locale], { id: decision.noticeId, version: String(decision.noticeVersion) });
    sentences.push(fill(PROOF[locale], { record: decision.recordId, notice }));
  }
  return sentences;
}

/** Puts parameters into a sentence; a name that is not given stays visible rather than vanishing. */
export function fill(sentence: string, params: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, key: string) => params[key] ?? whole);
}

function dateIn(locale: Locale, at: number, timeZone: string): string {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, { dateStyle: "long", timeZone }).format(
    at,
  );
}
