/** Words that every part of the consent room shares. */

export const LOCALES = ["en", "zh-CN", "zh-TW"] as const;
export type Locale = (typeof LOCALES)[number];

/** One text in every language that a person may read it in. */
export type LocaleText = Readonly<Record<Locale, string>>;

/** The regimes that come with Candor. */
export const REGIME_IDS = ["EU", "UK", "US-CA", "CN", "TW"] as const;
/** One of those, or of a pack that an operator added: `EU`, or as ISO 3166 names a country or a part of one (`JP`, `US-NY`). */
export type RegimeId = string;
export const REGIME_ID_PATTERN = "^[A-Z]{2}(-[A-Z0-9]{1,3})?$";

/** Ways to reach a person. A purpose that contacts nobody has none. */
export const CONTACT_CHANNELS = [
  "email",
  "sms",
  "line",
  "wechat",
  "weibo",
  "meta",
  "app",
  "post",
  "call",
] as const;
export type ContactChannel = (typeof CONTACT_CHANNELS)[number];

/**
 * Why processing is lawful. `opt-out` is notice and choice (California's sale and sharing): allowed until refused,
 * where the regime knows such a basis.
 */
export const LAWFUL_BASES = [
  "consent",
  "contract",
  "legal-obligation",
  "vital-interest",
  "legitimate-interest",
  "opt-out",
] as const;
export type LawfulBasis = (typeof LAWFUL_BASES)[number];

/** Bases that stand on their own: no consent is asked, and refusing marketing never touches them. */
export function isOwnBasis(basis: LawfulBasis): boolean {
  return basis === "contract" || basis === "legal-obligation" || basis === "vital-interest";
}

/** What some regimes want asked for apart from everything else (PIPL Art. 23, 29, 39). */
export const SEPARATE_CONSENTS = ["sharing", "sensitive", "cross-border"] as const;
export type SeparateConsent = (typeof SEPARATE_CONSENTS)[number];

/** A purpose of every consent and opt-out purpose at once; only refusals, objections and withdrawals may carry it. */
export const ALL_PURPOSES = "*";
/** Every purpose that is direct marketing; likewise. */
export const ALL_MARKETING = "*marketing";

/** A recipient as a decision needs to know it. */
export interface RecipientRef {
  readonly id: string;
  /** A processor acts on our instructions; a third party decides for itself what it does. */
  readonly role: "processor" | "third-party";
  /** ISO 3166-1 alpha-2 country where it processes; null when unknown. */
  readonly country: string | null;
}
