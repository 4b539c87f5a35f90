import { assertNever } from "../../src/kernel/assert-never.ts";

/** Ways in which a number proves itself against slips of whoever types it. */
export const CHECK_DIGITS = ["luhn", "ean13", "mod97"] as const;
export type CheckDigit = (typeof CHECK_DIGITS)[number];

/**
 * Whether a number's check digit fits. Spaces and hyphens between its groups do not count. `luhn`: ISO/IEC 7812, as on
 * bank cards; `ean13`: GS1, thirteen digits; `mod97`: ISO 7064 MOD 97-10, letters as 10 to 35, two digits at the end.
 */
export function hasCheckDigit(scheme: CheckDigit, value: string): boolean {
  const text = value.replace(/[\s-]+/g, "").toUpperCase();
  switch (scheme) {
    case "luhn":
      return (
        /^\d{2,}$/.test(text) && weighted(text, (digit, place) => (place % 2 === 0 ? digit : doubled(digit)))
      );
    case "ean13":
      return /^\d{13}$/.test(text) && weighted(text, (digit, place) => (place % 2 === 0 ? digit : 3 * digit));
    case "mod97":
      return /^[0-9A-Z]+[0-9]{2}$/.test(text) && remainderOf97(text) === 1;
    default:
      return assertNever(scheme);
  }
}

/** Whether the digits, each weighted by its place from the right (the check digit is at 0), sum to tens. */
function weighted(digits: string, weigh: (digit: number, place: number) => number): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) sum += weigh(Number(digits.at(-1 - place)), place);
  return sum % 10 === 0;
}

function doubled(digit: number): number {
  return digit < 5 ? 2 * digit : 2 * digit - 9;
}

function remainderOf97(text: string): number {
  let rest = 0;
  for (const sign of text) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  return rest;
}
