import { fill } from "./explain.ts";
import type { Notice, NoticeSection, NoticeText } from "./notices.ts";
import type { Purpose } from "./purpose.schema.ts";
import { basisUnder } from "./purposes.ts";
import type { NoticeFact } from "./regimes/regime.schema.ts";
import { type RegimePacks, regimeName } from "./regimes/regimes.ts";
import { SECTION_NAMES } from "./texts.ts";
import { isOwnBasis, LOCALES, type Locale, type LocaleText, type RegimeId } from "./vocabulary.ts";

/** One thing that a notice lacks. */
export const NOTICE_FAULTS = [
  "missing-locale",
  "missing-title",
  "missing-ask",
  "missing-section",
  "placeholder-left",
  "recipient-not-named",
  "unknown-purpose",
  "sections-differ",
] as const;

export interface NoticeFinding {
  readonly code: (typeof NOTICE_FAULTS)[number];
  readonly severity: "error" | "warning";
  readonly locale: Locale | null;
  readonly section: NoticeSection | null;
  /** The rule that wants it, such as `GDPR Art. 13(1)(e)`; null for our own. */
  readonly item: string | null;
  readonly regime: RegimeId | null;
  /** Purpose or recipient id that it is about. */
  readonly about: string | null;
}

/** What is true of a notice's purposes under one regime. */
type NoticeFacts = Readonly<Record<NoticeFact, boolean>>;

/**
 * Names what a notice lacks: languages, the items that each regime prescribes for its purposes, recipients that it
 * does not name, places where a template was not filled in, and languages that say less than others.
 */
export function lintNotice(
  notice: Notice,
  purposes: readonly Purpose[],
  regimes: RegimePacks,
): NoticeFinding[] {
  const findings: NoticeFinding[] = [];
  const covered = purposes.filter((p) => notice.purposes.includes(p.id));
  const add = (code: NoticeFinding["code"], rest: Partial<NoticeFinding> = {}) =>
    findings.push({
      code,
      severity: "error",
      locale: null,
      section: null,
      item: null,
      regime: null,
      about: null,
      ...rest,
    });
  for (const id of notice.purposes) {
    if (!purposes.some((p) => p.id === id)) add("unknown-purpose", { about: id });
  }
  const everySection = new Set(
    LOCALES.flatMap((l) => Object.keys(notice.texts[l]?.sections ?? {}) as NoticeSection[]),
  );
  for (const locale of LOCALES) {
    const text = notice.texts[locale];
    if (text === undefined) {
      add("missing-locale", { locale });
      continue;
    }
    if (isBlank(text.title)) add("missing-title", { locale });
    const asks = covered.some((p) => [...regimes.keys()].some((r) => !isOwnBasis(basisUnder(p, r))));
    if (asks && isBlank(text.ask)) add("missing-ask", { locale });
    for (const [regime, { noticeItems }] of regimes) {
      const facts = factsOf(covered, regime);
      for (const { item, section, when } of noticeItems) {
        if ((when === undefined || when.some((fact) => facts[fact])) && isBlank(text.sections[section]))
          add("missing-section", { locale, section, item, regime });
      }
    }
    for (const section of placeholders(text)) add("placeholder-left", { locale, section });
    for (const recipient of covered.flatMap((p) => p.recipients)) {
      if (!(text.sections.recipients ?? "").includes(recipient.name[locale]))
        add("recipient-not-named", { locale, section: "recipients", about: recipient.id });
    }
    for (const section of everySection) {
      const alreadyFound = findings.some((f) => f.locale === locale && f.section === section);
      if (isBlank(text.sections[section]) && !alreadyFound)
        add("sections-differ", { locale, section, severity: "warning" });
    }
  }
  return findings;
}

function factsOf(purposes: readonly Purpose[], regime: RegimeId): NoticeFacts {
  const bases = purposes.map((p) => basisUnder(p, regime));
  return {
    hasRecipients: purposes.some((p) => p.recipients.length > 0),
    crossBorder: purposes.some((p) => p.crossBorder),
    profiling: purposes.some((p) => p.profiling),
    sensitive: purposes.some((p) => p.sensitive),
    saleOrShare: purposes.some((p) => p.saleOrShare),
    consent: bases.includes("consent"),
    legitimateInterest: bases.includes("legitimate-interest"),
    marketing: purposes.some((p) => p.marketing),
  };
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

/** A brace, an ellipsis in brackets or TBD is what an unfilled template looks like. */
function placeholders(text: NoticeText): (NoticeSection | null)[] {
  const unfilled = /\{\w*\}|\[(?:…|\.\.\.|[A-Z ]{3,})\]|\bTBD\b|\bXXX\b|lorem ipsum/i;
  const found: (NoticeSection | null)[] = unfilled.test(text.title) || unfilled.test(text.ask) ? [null] : [];
  for (const [section, words] of Object.entries(text.sections)) {
    if (unfilled.test(words)) found.push(section as NoticeSection);
  }
  return found;
}

const LOCALE_NAMES: Readonly<Record<Locale, LocaleText>> = {
  en: { en: "English", "zh-CN": "英文", "zh-TW": "英文" },
  "zh-CN": { en: "simplified Chinese", "zh-CN": "简体中文", "zh-TW": "簡體中文" },
  "zh-TW": { en: "traditional Chinese", "zh-CN": "繁体中文", "zh-TW": "繁體中文" },
};

const SENTENCES: Readonly<Record<NoticeFinding["code"], LocaleText>> = {
  "missing-locale": {
    en: "There is no {locale} text.",
    "zh-CN": "缺少{locale}文本。",
    "zh-TW": "缺少{locale}版本。",
  },
  "missing-title": {
    en: "The {locale} text has no title.",
    "zh-CN": "{locale}文本没有标题。",
    "zh-TW": "{locale}版本沒有標題。",
  },
  "missing-ask": {
    en: "The {locale} text does not say what the person agrees to.",
    "zh-CN": "{locale}文本没有写明请求同意的内容。",
    "zh-TW": "{locale}版本沒有寫明請求同意的內容。",
  },
  "missing-section": {
    en: "The {locale} text lacks “{section}”, which {item} ({regime}) requires.",
    "zh-CN": "{locale}文本缺少“{section}”，这是{item}（{regime}）要求的内容。",
    "zh-TW": "{locale}版本缺少「{section}」，這是{item}（{regime}）要求的內容。",
  },
  "placeholder-left": {
    en: "The {locale} text still holds an unfilled placeholder in “{section}”.",
    "zh-CN": "{locale}文本的“{section}”中仍有未填写的占位内容。",
    "zh-TW": "{locale}版本的「{section}」中仍有未填寫的預留內容。",
  },
  "recipient-not-named": {
    en: "The {locale} text does not name the recipient “{about}”.",
    "zh-CN": "{locale}文本没有写明接收方“{about}”。",
    "zh-TW": "{locale}版本沒有寫明接收者「{about}」。",
  },
  "unknown-purpose": {
    en: "The notice names the purpose “{about}”, which is not registered.",
    "zh-CN": "告知书提到的用途“{about}”未登记。",
    "zh-TW": "告知書提到的目的「{about}」未登記。",
  },
  "sections-differ": {
    en: "The {locale} text lacks “{section}”, which another language has.",
    "zh-CN": "{locale}文本缺少“{section}”，而其他语言文本中有此内容。",
    "zh-TW": "{locale}版本缺少「{section}」，而其他語言版本中有此內容。",
  },
};

const TITLE: LocaleText = { en: "the title", "zh-CN": "标题", "zh-TW": "標題" };

/** A finding as a sentence in the reader's language. */
export function explainFinding(finding: NoticeFinding, reader: Locale, regimes: RegimePacks): string {
  return fill(SENTENCES[finding.code][reader], {
    locale: finding.locale === null ? "" : LOCALE_NAMES[finding.locale][reader],
    section: finding.section === null ? TITLE[reader] : SECTION_NAMES[finding.section][reader],
    item: finding.item ?? "",
    regime: finding.regime === null ? "" : regimeName(finding.regime, reader, regimes),
    about: finding.about ?? "",
  });
}
