import { AppError } from "../src/kernel/problems.ts";
import { type Route, route } from "../src/kernel/route.ts";
import {
  ByToken,
  expiredPage,
  FORM_LIMIT,
  formOf,
  localeFor,
  PageQuery,
  page,
  publicDoor,
} from "./pages/doors.ts";
import { chooseLocale, PAGE_WORDS, say } from "./pages/html.ts";
import { aboutRecord, channelName, smallPage } from "./pages/preference-page.ts";
import { type OpenedLink, openLink, type PreferenceDeps, unsubscribe } from "./preferences.ts";
import { isOneClick } from "./signals/unsubscribe.ts";
import { ALL_MARKETING, ALL_PURPOSES, type Locale } from "./vocabulary.ts";

/** The doors behind links in messages: one-click unsubscription, and the confirmation of an address. */
export function messageLinkRoutes(deps: PreferenceDeps): Route[] {
  const expired = expiredPage(deps);
  return [
    route({
      ...publicDoor,
      method: "GET",
      path: "/u/:token",
      operationId: "openUnsubscribe",
      summary: "Asks whether to stop one kind of message; changes nothing",
      params: ByToken,
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const opened = await openLink(deps, request.params.token, "unsubscribe");
        if (opened === null) return expired(request);
        const locale = localeFor(opened, request.query.lang, request);
        const words = PAGE_WORDS[locale];
        return smallPage(200, {
          locale,
          controller: opened.registry.controller,
          title: words.stopTitle,
          text: say(words.stopText, { what: messagesOf(opened, locale) }),
          form: { path: `/u/${request.params.token}`, button: words.stopButton, name: "stop" },
        });
      },
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/u/:token",
      operationId: "unsubscribe",
      summary: "Stop one kind of message at once (RFC 8058 one-click, or the page's button)",
      params: ByToken,
      body: { kind: "raw", limit: FORM_LIMIT, describe: "`List-Unsubscribe=One-Click`, or the page's form." },
      responses: { 200: page },
      handle: async (request) => {
        const oneClick = isOneClick("POST", request.headers["content-type"], request.body.toString("utf8"));
        const form = oneClick ? {} : formOf(request.body);
        const opened = await openLink(deps, request.params.token, "unsubscribe");
        if (opened === null) return expired(request, form.lang);
        if (!oneClick && form.stop !== "yes") {
          throw new AppError("invalid-request", { detail: "This takes List-Unsubscribe=One-Click." });
        }
        await unsubscribe(deps, opened, request.requestId);
        const locale = localeFor(opened, form.lang, request);
        const words = PAGE_WORDS[locale];
        return smallPage(200, {
          locale,
          controller: opened.registry.controller,
          title: words.stoppedTitle,
          text: say(words.stoppedText, { what: messagesOf(opened, locale) }),
        });
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/c/:token",
      operationId: "openConfirmation",
      summary: "Asks to confirm a consent; mail scanners may open it, it changes nothing",
      params: ByToken,
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const { controller } = await deps.consent.snapshot();
        const locale = localeFor(null, request.query.lang, request);
        const words = PAGE_WORDS[locale];
        return smallPage(200, {
          locale,
          controller,
          title: words.confirmTitle,
          text: say(words.confirmText, { what: controller.name[locale] }),
          form: { path: `/c/${request.params.token}`, button: words.confirmButton, name: "confirm" },
        });
      },
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/c/:token",
      operationId: "confirmConsent",
      summary: "Confirm a consent, once",
      params: ByToken,
      body: { kind: "raw", limit: FORM_LIMIT, describe: "The page's form." },
      responses: { 200: page, 410: { describe: "Used, expired or overtaken.", contentType: "text/html" } },
      handle: async (request) => {
        const form = formOf(request.body);
        const registry = await deps.consent.snapshot();
        const by = {
          actor: { kind: "anonymous", id: "double-opt-in" } as const,
          requestId: request.requestId,
        };
        const record = await deps.db.retryingTx((tx) =>
          deps.consent.confirm(tx, registry, by, request.params.token),
        );
        const locale = chooseLocale(
          form.lang,
          record?.notice?.locale ?? null,
          request.headers["accept-language"],
        );
        const words = PAGE_WORDS[locale];
        return record === null
          ? smallPage(410, {
              locale,
              controller: registry.controller,
              title: words.endedTitle,
              text: words.endedText,
            })
          : smallPage(200, {
              locale,
              controller: registry.controller,
              title: words.confirmedTitle,
              text: say(words.confirmedText, { what: aboutRecord(registry, record, locale) }),
            });
      },
    }),
  ];
}

function messagesOf({ registry, token }: OpenedLink, locale: Locale): string {
  const words = PAGE_WORDS[locale];
  const purpose =
    token.purposeId === null || token.purposeId === ALL_PURPOSES
      ? words.everything
      : token.purposeId === ALL_MARKETING
        ? words.allMarketing
        : (registry.rules.purposes.get(token.purposeId)?.name[locale] ?? words.everything);
  const channel = token.channel === null ? words.everyChannel : channelName(token.channel, locale);
  return `${purpose} · ${channel}`;
}
