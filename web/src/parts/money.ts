import { currencyDecimals } from "../../../src/kernel/currency-decimals.ts";

/** Smallest units in one of a currency: 100 for TWD, 1 for JPY; 100 for what is no currency (yet). */
export function unitsOf(currency: unknown): number {
  return typeof currency === "string" ? 10 ** currencyDecimals(currency) : 100;
}
