import {
  currencyDecimals,
  findCurrency,
  type MoneyResult,
  parseMinorUnits,
} from "../../../src/kernel/money.ts";
import { readText } from "../../steps/index.ts";

/** The currency of a document: its own, else the source's. Null when neither is a currency. */
export function readCurrency(own: unknown, fallback: string | null): string | null {
  const text = readText(own);
  return text === null ? fallback : findCurrency(text);
}

interface Decimal {
  readonly digits: bigint;
  /** Decimals behind the point; negative for trailing zeros. */
  readonly scale: number;
}

function decimalOf(value: unknown): Decimal | null {
  const text = readText(value);
  const m = text === null ? null : /^([+-]?)(\d{0,30})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (m === null || `${m[2] ?? ""}${m[3] ?? ""}` === "") return null;
  const digits = BigInt(`${m[2] ?? ""}${m[3] ?? ""}`);
  return { digits: m[1] === "-" ? -digits : digits, scale: (m[3] ?? "").length - Number(m[4] ?? 0) };
}

/**
 * Unit price × quantity in minor units, multiplied exactly and rounded once, half away from zero, as tills do for
 * weighed goods and as binary noise of JSON numbers requires. A price written as text for whole pieces must come
 * out exact: somebody wrote its decimals on purpose.
 */
export function lineAmount(price: unknown, quantity: number, currency: string): MoneyResult {
  if (quantity === 1) return parseMinorUnits(price, currency);
  const unit = decimalOf(price);
  const count = decimalOf(quantity);
  if (unit === null || count === null) return { kind: "bad", fault: "not-a-number" };
  const product = unit.digits * count.digits;
  const shift = currencyDecimals(currency) - unit.scale - count.scale;
  if (shift > 60) return { kind: "bad", fault: "too-large" };
  let minor: bigint;
  if (shift >= 0) minor = product * 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(-shift);
    const magnitude = product < 0n ? -product : product;
    const rest = magnitude % divisor;
    if (rest !== 0n && typeof price !== "number" && Number.isInteger(quantity)) {
      return { kind: "bad", fault: "too-precise" };
    }
    const rounded = magnitude / divisor + (rest * 2n >= divisor ? 1n : 0n);
    minor = product < 0n ? -rounded : rounded;
  }
  const amount = Number(minor);
  return Number.isSafeInteger(amount) ? { kind: "ok", minor: amount } : { kind: "bad", fault: "too-large" };
}
