import { parseSpan } from "../durations.ts";
import { fill } from "../explain.ts";
import type { Notice, NoticeSection, NoticeText } from "../notices.ts";
import type { Purpose } from "../purpose.schema.ts";
import { builtInPurposes } from "../purposes.ts";
import { LOCALES, type Locale } from "../vocabulary.ts";
import { EN } from "./en.ts";
import type { ControllerDetails, LocaleWording } from "./wording.ts";
import { ZH_CN } from "./zh-cn.ts";
import { ZH_TW } from "./zh-tw.ts";

const WORDING: Readonly<Record<Locale, LocaleWording>> = { en: EN, "zh-CN": ZH_CN, "zh-TW": ZH_TW };

/**
 * Ready notices for the built-in purposes, one per purpose, in all languages, filled in for one shop. Their id is
 * the purpose's. `details` may differ by language; recipients, retention and period come from the purposes.
 * Throws RangeError for a purpose that has no ready words.
 */
export function starterNotices(
  details: Readonly<Record<Locale, ControllerDetails>>,
  publishedAt: Date,
  purposes: readonly Purpose[] = builtInPurposes(),
): Notice[] {
  return purposes.map((purpose) => ({
    id: purpose.id,
    version: 1,
    purposes: [purpose.id],
    material: true,
    publishedAt,
    texts: Object.fromEntries(
      LOCALES.map((locale) => [locale, textOf(purpose, locale, details[locale])]),
    ) as Record<Locale, NoticeText>,
  }));
}

function textOf(purpose: Purpose, locale: Locale, details: ControllerDetails): NoticeText {
  const words = WORDING[locale];
  const own = words.byPurpose[purpose.id];
  if (own === undefined) throw new RangeError("there are no ready words for this purpose");
  const params = {
    name: details.name,
    address: details.address,
    email: details.email,
    phone: details.phone,
    preferencesUrl: details.preferencesUrl,
    rightsUrl: details.rightsUrl,
    area: details.area,
    authority: details.authority,
  };
  const sections: Partial<Record<NoticeSection, string>> = {};
  for (const [section, text] of Object.entries({ ...words.shared, ...own.sections }))
    sections[section as NoticeSection] = fill(text, params);
  if (details.dataProtectionOfficer !== null)
    sections.dataProtectionOfficer = fill(words.officer, { officer: details.dataProtectionOfficer });
  sections.categories = listOf(
    words,
    purpose.categories.map((category) => words.categoryNames[category] ?? category),
    locale,
  );
  sections.recipients =
    purpose.recipients.length === 0
      ? words.noRecipients
      : fill(words.recipientsAre, {
          list: purpose.recipients.map((r) => r.name[locale]).join(words.listSeparator),
        });
  const kept = fill(words.retention, { months: monthsOf(words, purpose.retention) });
  sections.retention =
    purpose.consentExpiresAfter === null
      ? kept
      : `${kept}${locale === "en" ? " " : ""}${fill(words.asLongAsConsent, { months: monthsOf(words, purpose.consentExpiresAfter) })}`;
  return { title: own.title, ask: own.ask, sections };
}

function listOf(words: LocaleWording, items: readonly string[], locale: Locale): string {
  const list = items.join(words.listSeparator);
  return locale === "en" ? `${list.charAt(0).toUpperCase()}${list.slice(1)}.` : `${list}。`;
}

function monthsOf(words: LocaleWording, span: string): string {
  const parsed = parseSpan(span);
  return words.months(parsed === null ? 0 : parsed.months + Math.ceil(parsed.days / 30));
}
