import { currencyDecimals, parseMinorUnits } from "../../src/kernel/money.ts";

/** How a file writes numbers, as far as its mapping states it. */
export interface NumberStyle {
  readonly decimal?: "." | ",";
  /** Stripped only where it stands between groups of three digits; without it a separated number is refused. */
  readonly thousands?: string;
  readonly currencySymbols?: readonly string[];
}

/**
 * Reads a written number as plain decimal text ("-1234.50"); null when it is none under this style.
 * A JSON number passes as its shortest spelling. Exponents are refused in text: a spreadsheet that wrote one has
 * rounded before.
 */
export function readDecimal(value: unknown, style: NumberStyle): string | null {
  if (typeof value === "number") {
    const spelled = String(value);
    return /^-?\d+(\.\d+)?$/.test(spelled) ? spelled : null;
  }
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "string" || value.length > 100) return null;
  let rest = value.trim();
  let sign = "";
  const takeSign = () => {
    const m = /^([+\-−])\s*/.exec(rest);
    if (m === null) return true;
    if (sign !== "") return false;
    sign = m[1] === "+" ? "+" : "-";
    rest = rest.slice(m[0].length);
    return true;
  };
  takeSign();
  for (const symbol of style.currencySymbols ?? []) {
    if (rest.startsWith(symbol)) rest = rest.slice(symbol.length).trimStart();
    else if (rest.endsWith(symbol)) rest = rest.slice(0, -symbol.length).trimEnd();
    else continue;
    break;
  }
  if (!takeSign()) return null;
  const point = style.decimal ?? ".";
  const at = rest.lastIndexOf(point);
  let whole = at < 0 ? rest : rest.slice(0, at);
  const fraction = at < 0 ? "" : rest.slice(at + 1);
  if (style.thousands !== undefined && whole.includes(style.thousands)) {
    const groups = whole.split(style.thousands);
    const [first, ...others] = groups;
    if (!/^\d{1,3}$/.test(first as string) || !others.every((g) => /^\d{3}$/.test(g))) return null;
    whole = groups.join("");
  }
  if (!/^\d*$/.test(whole) || !/^\d*$/.test(fraction) || whole + fraction === "") return null;
  const digits = fraction === "" ? whole : `${whole === "" ? "0" : whole}.${fraction}`;
  return sign === "-" ? `-${digits}` : digits;
}

export type AmountResult = { readonly kind: "ok"; readonly minor: number } | { readonly kind: "bad" };

/** Reads an amount as minor units, exactly (see `parseMinorUnits`): more decimals than the currency has are refused. */
export function readAmount(value: unknown, currency: string, style: NumberStyle): AmountResult {
  const decimal = typeof value === "number" ? value : readDecimal(value, style);
  if (decimal === null) return { kind: "bad" };
  const parsed = parseMinorUnits(decimal, currency);
  return parsed.kind === "ok" ? parsed : { kind: "bad" };
}

/**
 * Price times quantity in minor units. Both are exact decimals; a product with more decimals than the currency
 * (0.345 kg at 2.55) is rounded half away from zero, once, as tills do.
 */
export function multiplyToMinor(price: string, quantity: string, currency: string): AmountResult {
  const a = scaled(price);
  const b = scaled(quantity);
  let product = a.digits * b.digits;
  const cut = a.scale + b.scale - currencyDecimals(currency);
  if (cut < 0) product *= 10n ** BigInt(-cut);
  else if (cut > 0) {
    const unit = 10n ** BigInt(cut);
    const half = product < 0n ? -unit / 2n : unit / 2n;
    product = (product + half) / unit;
  }
  const minor = Number(product);
  return Number.isSafeInteger(minor) ? { kind: "ok", minor } : { kind: "bad" };
}

function scaled(decimal: string): { digits: bigint; scale: number } {
  const [whole = "", fraction = ""] = decimal.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}
