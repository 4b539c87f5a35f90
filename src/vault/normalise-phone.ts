import { isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { IdentifierFault } from "./normalise.ts";

export type PhoneResult =
  | { readonly kind: "ok"; readonly value: string }
  | { readonly kind: "bad"; readonly reason: IdentifierFault };

const INVISIBLE = /\p{Cf}/gu;
/** All that a written number may hold, an extension apart; libphonenumber would search for one in any text. */
const WRITTEN = /^\+?[\d\s().\-/\p{Pd}·]+(?:(?:;ext=|ext|x|#|转|轉|分机|分機)[.:\s]*\d{1,7})?$/iu;
const CHINESE_EXTENSION = /(?:转|轉|分机|分機)[.:\s]*(\d{1,7})$/u;

function parse(text: string, region: string | undefined): PhoneNumber | undefined {
  const country = region !== undefined && isSupportedCountry(region) ? { defaultCountry: region } : undefined;
  const found = parsePhoneNumberFromString(text, { ...country, extract: false });
  return found?.isValid() === true ? found : undefined;
}

/**
 * One spelling of a telephone number: E.164, as `+886912345678`, with `;ext=12` behind it (RFC 3966 §5.3) where
 * an extension was written, so that the desks behind one switchboard stay apart.
 *
 * `region` (ISO 3166-1, `TW`) is where numbers without a country code are from; without it only numbers that
 * begin with `+` or `00` can be read. Accepts only numbers that the country's plan can assign.
 */
export function normalisePhone(text: string, region: string | undefined): PhoneResult {
  const written = text.normalize("NFKC").replace(INVISIBLE, "").trim();
  if (!WRITTEN.test(written)) return { kind: "bad", reason: "bad-phone" };
  const plain = written.replace(CHINESE_EXTENSION, " ext. $1").replace(/[\p{Pd}·]/gu, "-");
  const home = region?.toUpperCase();
  // "00" stands for "+" in most of the world; where it does not (Taiwan: 002, 009), the home region decides.
  const found =
    (plain.startsWith("00") ? parse(`+${plain.slice(2)}`, undefined) : undefined) ?? parse(plain, home);
  if (found === undefined) {
    const abroad = plain.startsWith("+") || plain.startsWith("00");
    return { kind: "bad", reason: home === undefined && !abroad ? "phone-needs-region" : "bad-phone" };
  }
  return { kind: "ok", value: found.ext === undefined ? found.number : `${found.number};ext=${found.ext}` };
}
