/** An e-mail address or a telephone number inside a text. */
const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu;
const PHONE = /(?<![\p{L}\p{N}.])\+?\d(?:[\d ()-]{6,18})\d(?![\p{L}\p{N}])/gu;

/** What stands where somebody else's address or number was. */
export const REDACTED = "[redacted: another person]";

/** Fields that are numbers of things, not of people. */
const NOT_PEOPLE =
  /(?:^|_|[a-z])(?:id|Id|key|Key|hash|sha256|at|At|time|Time|amount|Minor|url|Url|sku|code|version|number|total|price|date|Date)$/;

function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}

/**
 * Takes other people out of what a person is given (GDPR Art. 15(4)): e-mail addresses and telephone numbers that are
 * not the person's own. `own`: every value by which the person is known. A number counts as own when its last eight
 * digits are, so that spellings with and without a country code agree.
 */
export function redactor(own: readonly string[]): (value: unknown, field?: string) => unknown {
  const mine = new Set(own.map((v) => v.toLowerCase()));
  const tails = new Set(own.map(digitsOf).flatMap((d) => (d.length >= 8 ? [d.slice(-8)] : [])));
  const phone = (found: string): string => {
    const digits = digitsOf(found);
    if (digits.length < 8 || digits.length > 15 || tails.has(digits.slice(-8))) return found;
    return REDACTED;
  };
  const email = (found: string): string => (mine.has(found.toLowerCase()) ? found : REDACTED);
  const inText = (text: string): string => {
    // Most texts hold neither: what every address and every number has is looked for first.
    const withoutAddresses = text.includes("@") ? text.replace(EMAIL, email) : text;
    return /\d/.test(withoutAddresses) ? withoutAddresses.replace(PHONE, phone) : withoutAddresses;
  };
  const redact = (value: unknown, field = ""): unknown => {
    if (typeof value === "string") {
      // Times and numbers of things look like telephone numbers.
      if (NOT_PEOPLE.test(field) && !value.includes("@")) return value;
      if (/^\d{4}-\d{2}-\d{2}(?:[T ]|$)/.test(value)) return value;
      return inText(value);
    }
    if (Array.isArray(value)) return value.map((v) => redact(v, field));
    if (value instanceof Date || Buffer.isBuffer(value)) return value;
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, redact(v, k)]));
    return value;
  };
  return redact;
}
