/** A table in Markdown that also reads well in a terminal. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((h, i) => Math.max(2, h.length, ...body.map((row) => (row[i] ?? "").length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((w, i) => (i === 0 ? (cells[i] ?? "").padEnd(w) : (cells[i] ?? "").padStart(w))).join(" | ")} |`;
  const rule = `| ${widths.map((w, i) => (i === 0 ? "-".repeat(w) : `${"-".repeat(w - 1)}:`)).join(" | ")} |`;
  return [line(head), rule, ...body.map(line)].join("\n");
}

export const whole = (n: number): string => (Number.isFinite(n) ? Math.round(n).toLocaleString("en") : "-");
export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
export const ms = (n: number): string => `${n.toFixed(n < 10 ? 1 : 0)} ms`;
export const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Microseconds an item took of some seconds. */
export const perItem = (seconds: number | undefined, items: number): string => {
  const us = ((seconds ?? Number.NaN) / items) * 1e6;
  return Number.isFinite(us) ? `${us.toFixed(0)} µs` : "-";
};

export function say(text = ""): void {
  process.stdout.write(`${text}\n`);
}
