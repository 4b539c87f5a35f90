import { Type } from "typebox";
import type { RouteRequest, RouteResponse } from "../../src/kernel/route.ts";
import type { OpenedLink, PreferenceDeps } from "../preferences.ts";
import { LONGEST_TOKEN } from "../tokens.ts";
import type { Locale } from "../vocabulary.ts";
import { chooseLocale, PAGE_WORDS } from "./html.ts";
import { smallPage } from "./preference-page.ts";

/** What the public doors of the person have in common. */
export const FORM_LIMIT = 16 * 1024;
export const ByToken = Type.Object({ token: Type.String({ maxLength: LONGEST_TOKEN }) });
export const PageQuery = Type.Object({
  lang: Type.Optional(Type.String({ maxLength: 20 })),
  said: Type.Optional(Type.String({ maxLength: 20 })),
  what: Type.Optional(Type.String({ maxLength: 200 })),
});
export const publicDoor = { tag: "public", auth: { kind: "public" } } as const;
export const page = { describe: "A page.", contentType: "text/html" } as const;

export type Asked = Pick<RouteRequest, "headers" | "requestId"> & {
  readonly query?: Readonly<Record<string, unknown>>;
};

export function formOf(body: Buffer): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
}

export function localeFor(opened: OpenedLink | null, asked: unknown, request: Asked): Locale {
  return chooseLocale(asked, opened?.token.locale ?? null, request.headers["accept-language"]);
}

/** Answers a link that is not ours or has run out, without a word about whose it was. */
export function expiredPage(deps: Pick<PreferenceDeps, "consent">) {
  return async (request: Asked, asked?: unknown): Promise<RouteResponse> => {
    const { controller } = await deps.consent.snapshot();
    const locale = chooseLocale(asked ?? request.query?.lang, null, request.headers["accept-language"]);
    const words = PAGE_WORDS[locale];
    return smallPage(410, { locale, controller, title: words.expiredTitle, text: words.expiredText });
  };
}
