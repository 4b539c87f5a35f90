/** A plain number, which a spreadsheet may keep as one. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Makes a cell harmless in a spreadsheet: text that would be taken for a formula (it begins with `=`, `+`, `-`, `@`,
 * a tab or a carriage return, also in full width) gets an apostrophe in front (OWASP, CSV injection). Numbers stay numbers.
 */
export function escapeFormula(cell: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

/** One line of a CSV file for people (RFC 4180, CRLF), guarded against formula injection. Null is an empty cell. */
export function csvLine(cells: readonly (string | number | bigint | boolean | null | undefined)[]): string {
  const written = cells.map((cell) => {
    const text = typeof cell === "string" ? escapeFormula(cell) : String(cell ?? "");
    return /[",;\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${written.join(",")}\r\n`;
}
