import { currencyDecimals } from "./currency-decimals.ts";

export { currencyDecimals };

/** An exact amount: whole minor units of one ISO 4217 currency (12.30 EUR is 1230, 12 JPY is 12). */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Units of account of ISO 4217 that Intl leaves out. */
const UNITS_OF_ACCOUNT = ["CLF", "UYI", "UYW"];
const KNOWN: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("currency"), ...UNITS_OF_ACCOUNT]);

/** What is customarily written instead of the ISO 4217 code. */
const CUSTOMARY: ReadonlyMap<string, string> = new Map([
  ["RMB", "CNY"],
  ["NTD", "TWD"],
  ["NT$", "TWD"],
  ["STG", "GBP"],
]);

/** The ISO 4217 code that a text stands for, in either case: itself, or of RMB, NTD, NT$ or STG. Null when it is none. */
export function findCurrency(text: string): string | null {
  const code = text.trim().toUpperCase();
  const standard = CUSTOMARY.get(code) ?? code;
  return KNOWN.has(standard) ? standard : null;
}

/** Why an amount could not be read. */
export type MoneyFault = "not-a-number" | "too-precise" | "too-large";

export type MoneyResult =
  | { readonly kind: "ok"; readonly minor: number }
  | { readonly kind: "bad"; readonly fault: MoneyFault };

/** What many additions of binary fractions leave, as a part of the sum: thousands of units in the last place of 53 bits. */
const NOISE_BITS = 40n;

/**
 * Whether what an amount has beyond its minor units is the noise of binary fractions (24.990000000000002 for 24.99), and
 * not decimals that somebody meant (12.505). `rest` and `magnitude` are in parts of which `unit` make one minor unit.
 */
export function isBinaryNoise(rest: bigint, unit: bigint, magnitude: bigint): boolean {
  const away = rest * 2n < unit ? rest : unit - rest;
  const whole = magnitude > unit ? magnitude : unit;
  return away << NOISE_BITS <= whole && away * 1_000n <= unit;
}

/**
 * Reads a decimal (JSON number or text such as "1234.50", "-3", "1e3") as minor units, exactly.
 *
 * Decimals beyond the currency's are refused as `too-precise`, because somebody wrote them on purpose. Only a JSON number
 * may carry binary noise ("24.990000000000002"), which is left out.
 */
export function parseMinorUnits(value: unknown, currency: string): MoneyResult {
  const decimals = currencyDecimals(currency);
  const isNumber = typeof value === "number";
  if (isNumber && !Number.isFinite(value)) return { kind: "bad", fault: "not-a-number" };
  const text = isNumber
    ? String(value)
    : typeof value === "string"
      ? value.trim()
      : typeof value === "bigint"
        ? String(value)
        : "";
  const m = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!m || ((m[2] ?? "") === "" && (m[3] ?? "") === "")) return { kind: "bad", fault: "not-a-number" };
  const exponent = Number(m[4] ?? 0) + decimals;
  const digits = `${m[2] ?? ""}${m[3] ?? ""}`;
  const shift = exponent - (m[3] ?? "").length;
  if (shift > 30 || digits.length > 60) return { kind: "bad", fault: "too-large" };
  let whole: bigint;
  if (shift >= 0) whole = BigInt(digits) * 10n ** BigInt(shift);
  else {
    const cut = -shift;
    const kept = digits.length > cut ? digits.slice(0, digits.length - cut) : "0";
    const rest = digits.padStart(cut + 1, "0").slice(-cut);
    whole = BigInt(kept || "0");
    if (/[1-9]/.test(rest)) {
      if (!isNumber || !isBinaryNoise(BigInt(rest), 10n ** BigInt(cut), BigInt(digits)))
        return { kind: "bad", fault: "too-precise" };
      if ((rest[0] as string) >= "5") whole += 1n;
    }
  }
  if (whole > BigInt(Number.MAX_SAFE_INTEGER)) return { kind: "bad", fault: "too-large" };
  const minor = Number(whole);
  return { kind: "ok", minor: m[1] === "-" && minor !== 0 ? -minor : minor };
}
