/** Markup that is safe to send: text in it has been escaped. Only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

export type MarkupPart = Markup | string | number | null | false | readonly MarkupPart[];

/** A template whose texts are escaped: what is put in is text unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return { markup: strings.reduce((all, piece, i) => `${all}${show(parts[i - 1])}${piece}`) };
}

function show(part: MarkupPart | undefined): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "object") return "markup" in part ? part.markup : part.map(show).join("");
  return escapeText(String(part));
}

function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Puts parameters into a sentence of a catalogue. */
export function say(sentence: string, params: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, key: string) => params[key] ?? whole);
}
