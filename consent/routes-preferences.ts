import { Type } from "typebox";
import { AppError } from "../src/kernel/problems.ts";
import { type Route, route } from "../src/kernel/route.ts";
import { ChoicesSchema } from "./answers.schema.ts";
import { Channel, LocaleName } from "./consents.schema.ts";
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
import { PAGE_WORDS } from "./pages/html.ts";
import {
  aboutRecord,
  choiceName,
  type JustSaid,
  preferencePage,
  saidOnce,
  smallPage,
} from "./pages/preference-page.ts";
import {
  answerLoyaltyQuestion,
  type OpenedLink,
  openLink,
  type PreferenceDeps,
  parseLoyaltyAnswer,
  parseTurn,
  sayCountry,
  type Turn,
  takeTurn,
  turnEverythingOff,
} from "./preferences.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import { ReceiptQuery, receiptResponse } from "./routes-receipts.ts";
import { showRecord } from "./show.ts";
import { carriesGpc } from "./signals/gpc.ts";
import { CONTACT_CHANNELS, type Locale, SEPARATE_CONSENTS } from "./vocabulary.ts";

/** The public doors of the person: the preference centre, one-click unsubscription, confirmations. */
export function preferenceRoutes(deps: PreferenceDeps): Route[] {
  const expired = expiredPage(deps);
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
          questions: opened.questions,
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
        const loyalty = parseLoyaltyAnswer(form);
        let said: string | null;
        let at = "";
        let what: string | null = null;
        if (form.country !== undefined) {
          await sayCountry(deps, opened, form.country);
          said = "country";
        } else if (form.all === "off") {
          await turnEverythingOff(deps, opened, context);
          said = "all";
        } else if (loyalty !== null) {
          said = await answerLoyaltyQuestion(deps, opened, loyalty, request.requestId);
          what = whatOf({ purpose: loyalty.purpose, channel: null, separate: null, recipient: null });
        } else {
          const turn = parseTurn(form);
          said = await takeTurn(deps, opened, turn, context);
          what = whatOf(turn);
          at = `#p-${turn.purpose}`;
        }
        const query = new URLSearchParams({
          lang: locale,
          ...(said === null ? {} : { said }),
          ...(said === null || what === null ? {} : { what }),
        });
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
              separate: Type.Optional(Type.Enum(SEPARATE_CONSENTS)),
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
          Type.Object(
            {
              purpose: Type.String({ maxLength: 64 }),
              loyalty: Type.Enum(["affirmed", "not-affirmed"] as const, {
                description:
                  "The answer to one of `questions`: the signal stands, or the programme may go on.",
              }),
            },
            { additionalProperties: false },
          ),
        ]),
      },
      responses: { 200: { describe: "The choices as they stand now.", schema: ChoicesSchema } },
      handle: async (request) => {
        const { token } = request.params;
        const opened = await jsonLink(token);
        const locale = localeFor(opened, request.query.lang, request);
        const context = { locale, gpc: carriesGpc(request.headers), requestId: request.requestId };
        const loyalty = parseLoyaltyAnswer(request.body);
        if ("all" in request.body) await turnEverythingOff(deps, opened, context);
        else if (loyalty !== null) await answerLoyaltyQuestion(deps, opened, loyalty, request.requestId);
        else await takeTurn(deps, opened, parseTurn(request.body), context);
        return { status: 200, body: showChoices(await jsonLink(token), locale) };
      },
    }),
  ];
}

function whatOf(turn: Pick<Turn, "purpose" | "channel" | "separate" | "recipient">): string {
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
    questions: opened.questions.map((purpose) => ({ purpose })),
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
