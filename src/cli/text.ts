import { currencyDecimals } from "../kernel/money.ts";

/** Control characters, those that turn the direction of a line, and halves of characters. */
const STEERING = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Text from outside as it may be shown on a terminal: what could steer it is written as `\u001b`. */
export function printable(text: string): string {
  return text.replace(STEERING, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Any value of a profile or a payload as one line. */
export function printableValue(value: unknown): string {
  return printable(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}

/** East Asian wide and full-width characters (UAX #11) and emoji take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** How many columns of a terminal the text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const c of text) width += NO_WIDTH.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
  return width;
}

export interface TableOptions {
  /** Written above, in capitals as they are given. */
  readonly header?: readonly string[];
  /** Columns, counted from 0, that stand to the right: numbers. */
  readonly right?: readonly number[];
  readonly indent?: string;
}

/** Lines with aligned columns, two blanks apart; nothing trails. Cells are made printable. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const all = [...(options.header === undefined ? [] : [options.header]), ...rows].map((row) =>
    row.map(printable),
  );
  const widths: number[] = [];
  for (const row of all)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell));
    });
  return all.map((row) => {
    const cells = row.map((cell, i) => {
      const gap = " ".repeat((widths[i] as number) - displayWidth(cell));
      return options.right?.includes(i) === true ? gap + cell : cell + gap;
    });
    return `${options.indent ?? ""}${cells.join("  ")}`.trimEnd();
  });
}

/** A count with groups of three: 1,234,567. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** `1 row`, `2 rows`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Bytes as people read them: 999 B, 1.5 kB, 12.0 MB. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1_000;
    unit++;
  } while (value >= 999.95 && unit < units.length - 1);
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** An amount in its currency's units: 450.00 TWD. Exact: no floating point touches it. */
export function money(amountMinor: number, currency: string): string {
  const decimals = currencyDecimals(currency);
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const part = decimals === 0 ? "" : `.${digits.slice(-decimals)}`;
  return `${amountMinor < 0 ? "-" : ""}${whole}${part} ${printable(currency)}`;
}

/** A time to the second, UTC: 2026-11-21 08:05:00Z. Other text stays as it is. */
export function shortTime(time: string): string {
  const m = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(time);
  return m === null ? printable(time) : `${m[1]} ${m[2]}Z`;
}
