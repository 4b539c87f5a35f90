import type { RouteResponse } from "../../src/kernel/route.ts";
import type { Locale } from "../vocabulary.ts";
import type { PageCatalogue } from "./words.ts";
import { EN_PAGE } from "./words-en.ts";
import { ZH_CN_PAGE } from "./words-zh-cn.ts";
import { ZH_TW_PAGE } from "./words-zh-tw.ts";

export const PAGE_WORDS: PageCatalogue = { en: EN_PAGE, "zh-CN": ZH_CN_PAGE, "zh-TW": ZH_TW_PAGE };

/** Markup that is safe to send: text in it has been escaped. Only `html` and `trusted` make it. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | false | readonly Part[];

/** A template whose texts are escaped: what is put in is text unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((all, piece, i) => `${all}${show(parts[i - 1])}${piece}`) };
}

function show(part: Part | undefined): string {
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

/**
 * Nothing may be loaded but our own style sheet, nothing may frame the page, and forms go back to where they came from.
 * There is no script to allow.
 */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

export interface Page {
  readonly locale: Locale;
  readonly title: string;
  readonly company: string;
  readonly body: Markup;
}

/** A whole page as an answer. It is kept nowhere and no search engine lists it. */
export function pageResponse(status: number, page: Page): RouteResponse {
  const { markup } = html`<!doctype html>
<html lang="${page.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${page.title} · ${page.company}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/choices.css">
</head>
<body>
${page.body}
</body>
</html>
`;
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-language": page.locale,
      "content-security-policy": PAGE_POLICY,
      "x-robots-tag": "noindex, nofollow",
      "referrer-policy": "no-referrer",
    },
    body: markup,
  };
}

/** The language of a page: what the address asks for, the link's own, the browser's first that we have, English. */
export function chooseLocale(
  asked: unknown,
  fromLink: Locale | null,
  acceptLanguage: string | undefined,
): Locale {
  for (const locale of ["en", "zh-CN", "zh-TW"] as const) if (asked === locale) return locale;
  if (fromLink !== null) return fromLink;
  for (const tag of (acceptLanguage ?? "").split(",")) {
    const name = (tag.split(";")[0] ?? "").trim().toLowerCase();
    if (/^zh-(tw|hk|mo|hant)/.test(name)) return "zh-TW";
    if (/^zh/.test(name)) return "zh-CN";
    if (/^en/.test(name)) return "en";
  }
  return "en";
}

/** A day in words. Pages state days in UTC: the link knows nothing of where its holder is. */
export function dayIn(locale: Locale, at: Date): string {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    dateStyle: "long",
    timeZone: "UTC",
  }).format(at);
}

export function timeIn(locale: Locale, at: Date): string {
  const words = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(at);
  return `${words} UTC`;
}
