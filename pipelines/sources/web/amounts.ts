import {
  currencyDecimals,
  findCurrency,
  isBinaryNoise,
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
 * Unit price × quantity in minor units, multiplied exactly; what is weighed is rounded once, half away from zero, as tills
 * do. A price for whole pieces must come out exact, but for the binary noise of a JSON number: somebody meant its decimals.
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
    const isNoise = typeof price === "number" && isBinaryNoise(rest, divisor, magnitude);
    if (rest !== 0n && !isNoise && Number.isInteger(quantity)) return { kind: "bad", fault: "too-precise" };
    const rounded = magnitude / divisor + (rest * 2n >= divisor ? 1n : 0n);
    minor = product < 0n ? -rounded : rounded;
  }
  const amount = Number(minor);
  return Number.isSafeInteger(amount) ? { kind: "ok", minor: amount } : { kind: "bad", fault: "too-large" };
}
