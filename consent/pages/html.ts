import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { html, type Markup } from "../../src/i18n/index.ts";
import type { RouteResponse } from "../../src/kernel/route.ts";
import type { Locale } from "../vocabulary.ts";
import type { PageCatalogue } from "./words.ts";
import { EN_PAGE } from "./words-en.ts";
import { ZH_CN_PAGE } from "./words-zh-cn.ts";
import { ZH_TW_PAGE } from "./words-zh-tw.ts";

export { chooseLocale, html, type Markup, say } from "../../src/i18n/index.ts";

export const PAGE_WORDS: PageCatalogue = { en: EN_PAGE, "zh-CN": ZH_CN_PAGE, "zh-TW": ZH_TW_PAGE };

/**
 * Nothing may be loaded but our own style sheets, nothing may frame the page, and forms go back to where they came from.
 * There is no script to allow.
 */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const STYLE = ["./page.css", "./choices.css"]
  .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
  .join("");
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

export interface Page {
  /** Whether it bears its style sheet in itself, so that it looks the same when it is kept as a file. */
  readonly toKeep?: boolean;
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
${
  // Our own files, as they are: nothing of anybody's is in them.
  page.toKeep === true
    ? { markup: `<style>${STYLE}</style>` }
    : html`<link rel="stylesheet" href="/assets/page.css">
<link rel="stylesheet" href="/assets/choices.css">`
}
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
      "content-security-policy":
        page.toKeep === true
          ? PAGE_POLICY.replace("style-src 'self'", `style-src 'sha256-${STYLE_HASH}'`)
          : PAGE_POLICY,
      "x-robots-tag": "noindex, nofollow",
      "referrer-policy": "no-referrer",
    },
    body: markup,
  };
}

/** A day in words. Pages state days in UTC: the link knows nothing of where its holder is. */
export function dayIn(locale: Locale, at: Date): string {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    dateStyle: "long",
    timeZone: "UTC",
  }).format(at);
}

export function timeIn(locale: Locale, at: Date): string {
  let format = FORMATS.get(locale);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: "UTC",
    });
    FORMATS.set(locale, format);
  }
  return `${format.format(at)} UTC`;
}

/** Making one costs fifty times as much as using it, and a page about ten thousand events uses it twice for each. */
const FORMATS = new Map<Locale, Intl.DateTimeFormat>();
