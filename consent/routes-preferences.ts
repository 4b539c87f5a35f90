import { Type } from "typebox";
import { AppError } from "../src/kernel/problems.ts";
import { type Route, type RouteRequest, type RouteResponse, route } from "../src/kernel/route.ts";
import { ChoicesSchema } from "./answers.schema.ts";
import { Channel, LocaleName } from "./consents.schema.ts";
import { chooseLocale, PAGE_WORDS, say } from "./pages/html.ts";
import {
  aboutRecord,
  channelName,
  choiceName,
  type JustSaid,
  preferencePage,
  saidOnce,
  smallPage,
} from "./pages/preference-page.ts";
import {
  type OpenedLink,
  openLink,
  type PreferenceDeps,
  parseTurn,
  sayCountry,
  type Turn,
  takeTurn,
  turnEverythingOff,
  unsubscribe,
} from "./preferences.ts";
import type { RegistrySnapshot } from "./registry.ts";
import { ReceiptQuery, receiptResponse } from "./routes-receipts.ts";
import { showRecord } from "./show.ts";
import { carriesGpc } from "./signals/gpc.ts";
import { isOneClick } from "./signals/unsubscribe.ts";
import { LONGEST_TOKEN } from "./tokens.ts";
import {
  ALL_MARKETING,
  ALL_PURPOSES,
  CONTACT_CHANNELS,
  type Locale,
  SEPARATE_CONSENTS,
} from "./vocabulary.ts";

const FORM_LIMIT = 16 * 1024;
const ByToken = Type.Object({ token: Type.String({ maxLength: LONGEST_TOKEN }) });
const PageQuery = Type.Object({
  lang: Type.Optional(Type.String({ maxLength: 20 })),
  said: Type.Optional(Type.String({ maxLength: 20 })),
  what: Type.Optional(Type.String({ maxLength: 200 })),
});
const publicDoor = { tag: "public", auth: { kind: "public" } } as const;
const page = { describe: "A page.", contentType: "text/html" } as const;

type Asked = Pick<RouteRequest, "headers" | "requestId"> & {
  readonly query?: Readonly<Record<string, unknown>>;
};

function formOf(body: Buffer): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
}

function localeFor(opened: OpenedLink | null, asked: unknown, request: Asked): Locale {
  return chooseLocale(asked, opened?.token.locale ?? null, request.headers["accept-language"]);
}

/** The public doors of the person: the preference centre, one-click unsubscription, confirmations. */
export function preferenceRoutes(deps: PreferenceDeps): Route[] {
  const expired = async (request: Asked, asked?: unknown): Promise<RouteResponse> => {
    const { controller } = await deps.consent.snapshot();
    const locale = chooseLocale(asked ?? request.query?.lang, null, request.headers["accept-language"]);
    const words = PAGE_WORDS[locale];
    return smallPage(410, { locale, controller, title: words.expiredTitle, text: words.expiredText });
  };
  const jsonLink = async (token: string): Promise<OpenedLink> => {
    const opened = await openLink(deps, token, "preferences");
    if (opened === null) throw new AppError("gone", { detail: "This link has run out." });
    return opened;
  };

  return [
    route({
      ...publicDoor,
      method: "GET",
      path: "/preferences",
      operationId: "explainPreferences",
      summary: "How a person comes to the preference centre without a link",
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const { controller } = await deps.consent.snapshot();
        const locale = localeFor(null, request.query.lang, request);
        const words = PAGE_WORDS[locale];
        return smallPage(200, { locale, controller, title: words.title, text: words.expiredText });
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/p/:token",
      operationId: "openPreferenceCentre",
      summary: "The preference centre of one person, by a signed link; changes nothing",
      params: ByToken,
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const opened = await openLink(deps, request.params.token, "preferences");
        if (opened === null) return expired(request);
        const locale = localeFor(opened, request.query.lang, request);
        return preferencePage({
          locale,
          registry: opened.registry,
          standing: opened.standing,
          byGuardian: opened.token.guardian != null,
          choices: opened.choices,
          history: opened.history,
          justSaid: justSaidOf(opened.registry, request.query, locale),
          path: `/p/${request.params.token}`,
        });
      },
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/p/:token",
      operationId: "changePreference",
      summary: "Turn one switch, or all of them off, from the page's own forms",
      params: ByToken,
      body: { kind: "raw", limit: FORM_LIMIT, describe: "A form of the page." },
      responses: { 303: { describe: "Back to the page, which tells what was done." } },
      handle: async (request) => {
        const form = formOf(request.body);
        const opened = await openLink(deps, request.params.token, "preferences");
        if (opened === null) return expired(request, form.lang);
        const locale = localeFor(opened, form.lang, request);
        const context = { locale, gpc: carriesGpc(request.headers), requestId: request.requestId };
        let said: string;
        let at = "";
        let what: string | null = null;
        if (form.country !== undefined) {
          await sayCountry(deps, opened, form.country);
          said = "country";
        } else if (form.all === "off") {
          await turnEverythingOff(deps, opened, context);
          said = "all";
        } else {
          const turn = parseTurn(form);
          said = await takeTurn(deps, opened, turn, context);
          what = whatOf(turn);
          at = `#p-${turn.purpose}`;
        }
        const query = new URLSearchParams({ lang: locale, said, ...(what === null ? {} : { what }) });
        return {
          status: 303,
          headers: {
            location: `/p/${request.params.token}?${query.toString()}${said === "waiting" ? "" : at}`,
          },
        };
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/p/:token/receipts/:id",
      operationId: "getOwnReceipt",
      summary: "A receipt of the person's own",
      params: Type.Object({ ...ByToken.properties, id: Type.String({ format: "uuid" }) }),
      query: ReceiptQuery,
      responses: { 200: page },
      handle: async (request) => {
        const { token, id } = request.params;
        const opened = await openLink(deps, token, "preferences");
        if (opened === null) return expired(request);
        if (!opened.history.some((r) => r.id === id))
          throw new AppError("not-found", { detail: "There is no such receipt." });
        const receipts = { consent: deps.consent, db: deps.db, vault: deps.vault, clock: deps.clock };
        const query = { ...request.query, format: request.query.format ?? "html" } as const;
        return receiptResponse(receipts, id, query, request.headers, `/p/${token}/receipts/${id}`);
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/p/:token/choices",
      operationId: "listChoices",
      summary: "The same choices as JSON, for a shop that builds its own page",
      cors: true,
      params: ByToken,
      query: Type.Object({ lang: Type.Optional(LocaleName) }),
      responses: { 200: { describe: "Purposes, switches, words and history.", schema: ChoicesSchema } },
      handle: async (request) => {
        const opened = await jsonLink(request.params.token);
        return { status: 200, body: showChoices(opened, localeFor(opened, request.query.lang, request)) };
      },
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/p/:token/choices",
      operationId: "changeChoice",
      summary: "Turn one switch, or all of them off, as JSON",
      cors: true,
      params: ByToken,
      query: Type.Object({ lang: Type.Optional(LocaleName) }),
      body: {
        kind: "json",
        limit: FORM_LIMIT,
        schema: Type.Union([
          Type.Object(
            {
              purpose: Type.String({ maxLength: 64 }),
              on: Type.Boolean(),
              channel: Type.Optional(Channel),
              separate: Type.Optional(Type.Union(SEPARATE_CONSENTS.map((s) => Type.Literal(s)))),
              recipient: Type.Optional(Type.String({ maxLength: 64 })),
              notice: Type.Optional(
                Type.String({
                  pattern: "^[a-z][a-z0-9-]{0,62}/[0-9]{1,6}$",
                  description: "The words shown: id/version.",
                }),
              ),
              conflict: Type.Optional(Type.Literal("shown")),
            },
            { additionalProperties: false },
          ),
          Type.Object({ all: Type.Literal("off") }, { additionalProperties: false }),
        ]),
      },
      responses: { 200: { describe: "The choices as they stand now.", schema: ChoicesSchema } },
      handle: async (request) => {
        const { token } = request.params;
        const opened = await jsonLink(token);
        const locale = localeFor(opened, request.query.lang, request);
        const context = { locale, gpc: carriesGpc(request.headers), requestId: request.requestId };
        if ("all" in request.body) await turnEverythingOff(deps, opened, context);
        else await takeTurn(deps, opened, parseTurn(request.body), context);
        return { status: 200, body: showChoices(await jsonLink(token), locale) };
      },
    }),
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
    ...confirmationRoutes(deps),
  ];
}

function confirmationRoutes(deps: PreferenceDeps): Route[] {
  return [
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

function whatOf(turn: Turn): string {
  return [turn.purpose, turn.channel ?? "", turn.separate ?? "", turn.recipient ?? ""].join(".");
}

/** Only names that are registered come back onto the page: nobody can write a sentence of theirs into a link. */
function justSaidOf(
  registry: RegistrySnapshot,
  query: { readonly said?: string | undefined; readonly what?: string | undefined },
  locale: Locale,
): JustSaid | null {
  const said = (["on", "off", "waiting", "all", "country"] as const).find((s) => s === query.said);
  if (said === undefined) return null;
  if (said === "all" || said === "country") return { said, what: "" };
  const [purpose = "", channel, separate, recipient] = (query.what ?? "").split(".");
  const known = registry.rules.purposes.get(purpose);
  if (known === undefined) return null;
  const named = CONTACT_CHANNELS.find((c) => c === channel) ?? null;
  const aspect = SEPARATE_CONSENTS.find((s) => s === separate) ?? null;
  const name = choiceName(
    registry,
    { purpose, channel: named, separate: aspect, recipient: recipient === "" ? null : (recipient ?? null) },
    locale,
  );
  const what = named === null && aspect === null ? name : `${known.name[locale]} · ${name}`;
  return { said, what };
}

function showChoices(opened: OpenedLink, locale: Locale) {
  const { registry, standing } = opened;
  const signal = standing.ledger.newestGpc;
  return {
    locale,
    expiresAt: opened.token.expiresAt.toISOString(),
    regime: standing.regime,
    gpc: signal === null ? null : { processedAt: new Date(signal.at).toISOString() },
    purposes: opened.choices.map(({ purpose, kind, notice, choices }) => ({
      id: purpose.id,
      name: purpose.name[locale],
      description: purpose.description[locale],
      kind,
      notice:
        notice === null
          ? null
          : {
              ref: `${notice.id}/${notice.version}`,
              ask: notice.texts[locale]?.ask ?? "",
              text: notice.texts[locale],
            },
      choices: choices.map((c) => ({ ...c, name: choiceName(registry, c, locale) })),
    })),
    history: saidOnce(opened.history).map((r) => ({
      ...showRecord(r),
      about: aboutRecord(registry, r, locale),
    })),
  };
}
