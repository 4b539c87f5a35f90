import { Type } from "typebox";
import { chooseLocale, LOCALES, type Locale, localeOfTag, type Spoken, say } from "../../src/i18n/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, type RouteRequest, type RouteResponse, route } from "../../src/kernel/route.ts";
import { withdrawByReceipt } from "../anonymous/inbox.ts";
import { takesUploads } from "../definitions/definition.ts";
import type { RunningVersion } from "../definitions/registry.ts";
import type { SurveyRow } from "../definitions/surveys.store.ts";
import { type PageFrame, plainPage, questionPage, receiptPage } from "../pages/page.ts";
import { SURVEY_WORDS } from "../pages/words.ts";
import type { Answering, AnsweringDeps, Turned } from "./answering.ts";
import { type Fields, readFields } from "./form.ts";
import { boundaryOf, readMultipart } from "./multipart.ts";
import { type Door, type Opening, openLink, openToken, type Shut } from "./open.ts";
import { storeDeclined, storeOpened } from "./store-answer.ts";
import type { Form } from "./tokens.ts";
import type { AnswerFault, PageView } from "./view.ts";

export interface PageDeps extends AnsweringDeps {
  readonly answering: Answering;
  /** The company as pages name it. */
  readonly company: () => Promise<Spoken>;
}

/** Largest form that is read, in bytes: three files of the largest size. */
const FORM_LIMIT = 6 * 1024 * 1024;
/** Where nothing is uploaded: nine questions take a thousandth of it. */
const PLAIN_FORM_LIMIT = 512 * 1024;
const page = { describe: "A page.", contentType: "text/html" } as const;
const publicDoor = { tag: "public", auth: { kind: "public" } } as const;
const formBody = { kind: "raw", limit: FORM_LIMIT, describe: "A form of the page." } as const;
const Query = Type.Object({
  lang: Type.Optional(Type.String({ maxLength: 20 })),
  a: Type.Optional(
    Type.String({ maxLength: 100, description: "An answer to the first question, to start from." }),
  ),
  embed: Type.Optional(Type.String({ maxLength: 5 })),
});
const ByToken = Type.Object({ token: Type.String({ maxLength: 100 }) });
const ByLink = Type.Object({ link: Type.String({ maxLength: 900 }) });

type Asked = Pick<RouteRequest, "headers">;

/** The language of a page: one in which the survey is whole, as near to what was asked for as there is. */
export function localeFor(
  survey: Pick<RunningVersion, "locales"> | null,
  asked: unknown,
  stated: string | null,
  request: Asked,
): Locale {
  const wanted = chooseLocale(
    asked,
    stated === null ? null : localeOfTag(stated),
    request.headers["accept-language"],
  );
  if (survey === null || survey.locales.includes(wanted)) return wanted;
  return LOCALES.find((l) => l === survey.locales[0]) ?? "en";
}

/** How the pages of a survey look and where they stand. */
export function frameOf(options: {
  readonly survey: RunningVersion | null;
  readonly row: SurveyRow | null;
  readonly company: Spoken;
  readonly locale: Locale;
  readonly path: string;
  readonly embedded: boolean;
  readonly kiosk: boolean;
}): PageFrame {
  const { survey, row, company, locale } = options;
  const brand = row?.access.brand;
  const known = !company[locale].startsWith("[");
  const base = `/assets/surveys/${row?.surveyId ?? ""}`;
  return {
    locale,
    locales: LOCALES.filter((l) => survey?.locales.includes(l) === true),
    company: known ? company[locale] : (row?.name[locale] ?? "Candor"),
    path: options.path,
    brand:
      brand === undefined
        ? null
        : { style: `${base}/brand.css`, logo: brand.logo === undefined ? null : `${base}/logo` },
    embedOrigins: row?.access.embedOrigins ?? [],
    embedded: options.embedded,
    kiosk: options.kiosk,
  };
}

const STATUS: Readonly<Record<Shut, number>> = {
  unknown: 404,
  answered: 200,
  declined: 200,
  cancelled: 410,
  expired: 410,
  ended: 410,
  closed: 404,
};

function shutPage(because: Shut, frame: PageFrame): RouteResponse {
  const words = SURVEY_WORDS[frame.locale];
  const [title, text] = {
    unknown: [words.unknownTitle, words.unknownText],
    closed: [words.unknownTitle, words.unknownText],
    answered: [words.answeredTitle, words.answeredText],
    declined: [words.declinedTitle, words.declinedText],
    cancelled: [words.expiredTitle, words.expiredText],
    expired: [words.expiredTitle, words.expiredText],
    ended: [words.endedTitle, words.endedText],
  }[because] as [string, string];
  return plainPage(STATUS[because], frame, {
    title,
    paragraphs: [text],
    done: because === "answered" || because === "declined",
  });
}

function kioskOf(door: Door): boolean {
  return door.kind === "open" && door.link.channel === "kiosk";
}

function statedLocale(door: Door): string | null {
  return door.kind === "invitation" ? door.invitation.locale : null;
}

/** The public doors of whoever answers: single-use links, open links, receipts. */
export function answeringPageRoutes(deps: PageDeps): Route[] {
  const { answering } = deps;

  const show = (
    door: Door,
    frame: PageFrame,
    view: PageView,
    form: Form,
    options: { readonly carry: Readonly<Record<string, unknown>>; readonly faults: readonly AnswerFault[] },
  ): RouteResponse =>
    questionPage(frame, view, {
      form: form.text,
      version: door.survey.version,
      carry: door.kind === "invitation" ? null : JSON.stringify(options.carry),
      faults: options.faults,
      anonymous: door.survey.anonymous,
      named: door.kind === "invitation" && door.invitation.subjectId !== null,
      canDecline: door.kind === "invitation",
    });

  const frameFor = async (opening: Opening, locale: Locale, path: string, embed: unknown) => {
    const company = await deps.company();
    return opening.kind === "door"
      ? frameOf({
          survey: opening.door.survey,
          row: opening.door.row,
          company,
          locale,
          path,
          embedded: embed === "1",
          kiosk: kioskOf(opening.door),
        })
      : frameOf({
          survey: opening.survey,
          row: opening.row,
          company,
          locale,
          path,
          embedded: embed === "1",
          kiosk: false,
        });
  };

  const get = async (
    opening: Opening,
    path: string,
    request: Asked & { readonly query: { lang?: string; a?: string; embed?: string } },
  ): Promise<RouteResponse> => {
    const { query } = request;
    const survey = opening.kind === "door" ? opening.door.survey : opening.survey;
    const stated = opening.kind === "door" ? statedLocale(opening.door) : null;
    const locale = localeFor(survey, query.lang, stated, request);
    const frame = await frameFor(opening, locale, path, query.embed);
    if (opening.kind === "shut") return shutPage(opening.because, frame);
    const { view, data, form } = await answering.resume(opening.door, locale, query.a ?? null);
    return show(opening.door, frame, view, form, { carry: data, faults: [] });
  };

  const after = (door: Door, frame: PageFrame, turned: Turned): RouteResponse => {
    const words = SURVEY_WORDS[frame.locale];
    const query = `?lang=${frame.locale}${frame.embedded ? "&embed=1" : ""}`;
    switch (turned.kind) {
      case "page":
        return show(door, frame, turned.taken.view, turned.form, {
          carry: turned.taken.data,
          faults: turned.taken.faults,
        });
      case "moved":
        return { status: 303, headers: { location: `${frame.path}${query}` } };
      case "done":
        return plainPage(200, frame, {
          title: words.thanksTitle,
          paragraphs: [words.thanksText],
          receipt: turned.receipt,
          done: true,
          ...(frame.kiosk ? { again: `${frame.path}${query}` } : {}),
        });
      case "shut":
        return shutPage(turned.because, frame);
      case "wait": {
        const waiting = plainPage(429, frame, {
          title: words.waitTitle,
          paragraphs: [say(words.waitText, { seconds: String(turned.seconds) })],
        });
        return { ...waiting, headers: { ...waiting.headers, "retry-after": String(turned.seconds) } };
      }
    }
  };

  const post = async (
    open: (fields: Fields) => Promise<Opening>,
    path: string,
    request: Asked & { readonly body: Buffer },
  ): Promise<RouteResponse> => {
    const boundary = boundaryOf(request.headers["content-type"]);
    const fields =
      boundary === null ? readFields(request.body.toString("utf8")) : readMultipart(request.body, boundary);
    const opening = await open(fields);
    if (
      request.body.length > PLAIN_FORM_LIMIT &&
      !(opening.kind === "door" && takesUploads(opening.door.survey.definition))
    )
      throw new AppError("body-too-large");
    const survey = opening.kind === "door" ? opening.door.survey : opening.survey;
    const stated = opening.kind === "door" ? statedLocale(opening.door) : null;
    const locale = localeFor(survey, fields.get("lang")?.[0], stated, request);
    const frame = await frameFor(opening, locale, path, fields.get("embed")?.[0]);
    if (opening.kind === "shut") return shutPage(opening.because, frame);
    const { door } = opening;
    if (fields.get("go")?.[0] === "decline" && door.kind === "invitation") {
      await storeDeclined(deps, door.invitation);
      return shutPage("declined", frame);
    }
    return after(door, frame, await answering.turn(door, locale, fields));
  };

  const versionOf = (fields: Fields): number | null => {
    const n = Number(fields.get("version")?.[0] ?? "");
    return Number.isInteger(n) && n > 0 ? n : null;
  };

  return [
    route({
      ...publicDoor,
      method: "GET",
      path: "/s/:token",
      operationId: "openSurvey",
      summary: "A survey by a link that works once; opening it changes nothing",
      params: ByToken,
      query: Query,
      responses: { 200: page },
      handle: async (request) =>
        get(await openToken(deps, request.params.token), `/s/${request.params.token}`, request),
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/s/:token",
      operationId: "answerSurvey",
      summary: "Hand in a page of a survey, from its own form",
      params: ByToken,
      body: formBody,
      responses: { 200: page, 303: { describe: "To the next page." } },
      handle: async (request) =>
        post(() => openToken(deps, request.params.token), `/s/${request.params.token}`, request),
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/s/:token/seen",
      operationId: "noteSurveySeen",
      summary: "The page says that somebody looks at it",
      params: ByToken,
      body: { kind: "raw", limit: 1024, describe: "Nothing." },
      responses: { 204: { describe: "Noted, if there is such a link." } },
      handle: async ({ params }) => {
        const opening = await openToken(deps, params.token);
        if (opening.kind === "door" && opening.door.kind === "invitation")
          await storeOpened(deps, opening.door.invitation);
        return { status: 204 };
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/f/:link",
      operationId: "openSurveyForm",
      summary: "A survey by an open link: a poster, a till, a kiosk, the widget",
      params: ByLink,
      query: Query,
      responses: { 200: page },
      handle: async (request) =>
        get(await openLink(deps, request.params.link, null), `/f/${request.params.link}`, request),
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/f/:link",
      operationId: "answerSurveyForm",
      summary: "Hand in a page of a survey that is open",
      params: ByLink,
      body: formBody,
      responses: { 200: page, 429: { describe: "Too many answers by this link.", contentType: "text/html" } },
      handle: async (request) =>
        post(
          (fields) => openLink(deps, request.params.link, versionOf(fields)),
          `/f/${request.params.link}`,
          request,
        ),
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/survey-receipt",
      operationId: "openSurveyReceipt",
      summary: "Where anonymous answers are withdrawn",
      query: Query,
      responses: { 200: page },
      handle: async (request) => receiptPage(await receiptFrame(request.query.lang, request), "ask"),
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/survey-receipt",
      operationId: "withdrawByReceipt",
      summary: "Delete the anonymous answers of a receipt code",
      body: { kind: "raw", limit: 4_096, describe: "The page's form." },
      responses: { 200: page },
      handle: async (request) => {
        const fields = readFields(request.body.toString("utf8"));
        const frame = await receiptFrame(fields.get("lang")?.[0], request);
        const deleted = await withdrawByReceipt(deps, fields.get("code")?.[0] ?? "");
        return receiptPage(frame, deleted ? "deleted" : "unknown");
      },
    }),
  ];

  async function receiptFrame(asked: unknown, request: Asked): Promise<PageFrame> {
    const locale = localeFor(null, asked, null, request);
    return {
      ...frameOf({
        survey: null,
        row: null,
        company: await deps.company(),
        locale,
        path: "/survey-receipt",
        embedded: false,
        kiosk: false,
      }),
      locales: LOCALES,
    };
  }
}
