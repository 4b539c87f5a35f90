export { html, type Markup, type MarkupPart, say } from "./html.ts";
export { chooseLocale, LANGUAGE_NAMES, LOCALES, type Locale, localeOfTag, type Spoken } from "./locale.ts";
