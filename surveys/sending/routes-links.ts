import { Type } from "typebox";
import { LOCALES } from "../../src/i18n/index.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { ownStores, type Principal, type Route, route } from "../../src/kernel/route.ts";
import { QrCodeSchema } from "./answers.schema.ts";
import type { SendingDeps } from "./context.ts";
import { readAllowedLevels, SURVEY_PURPOSE } from "./facts.ts";
import { renderInvitation } from "./invitation-mail.ts";
import { qrSvg } from "./qr.ts";

const workers = { kind: "api-key", roles: ["admin", "cx"] } as const;
const entry = { kind: "api-key", roles: ["admin", "cx", "store"] } as const;
const readers = { kind: "api-key", roles: ["admin", "cx", "compliance", "analyst", "auditor"] } as const;
const Code = Type.String({ minLength: 1, maxLength: 64 });
const LocaleName = Type.Enum(LOCALES);
const SurveyId = Type.Object({ id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }) });
const Context = Type.Object(
  { store: Type.Optional(Code), region: Type.Optional(Code), category: Type.Optional(Code) },
  { additionalProperties: false },
);
/** A link that a receipt carries, and one that staff open while they telephone. */
const RECEIPT_DAYS = 30;
const ENTRY_DAYS = 1;

/** Whoever is limited to shops hands out links of those alone. */
function requireOwnStore(principal: Principal, store: string | undefined): void {
  const own = ownStores(principal);
  if (own !== null && (store === undefined || !own.includes(store)))
    throw new AppError("forbidden", { detail: "Name a store of your own: the link is counted for it." });
}

/** Why a member may not be called, by the rule that says so, with what to do where it is the registry's doing. */
function whyNoCall(rule: string): string {
  const said = `Survey contact by telephone is not allowed: ${rule}.`;
  return rule === "channel-outside-purpose"
    ? `${said} Add the channel "call" to the purpose "${SURVEY_PURPOSE}" first.`
    : said;
}

/** The doors of links: previews, open links with QR codes, receipts, staff entry. */
export function linkRoutes(deps: SendingDeps): Route[] {
  const { db, clock } = deps;
  const running = async (surveyId: string) => {
    const survey = await deps.doors.published(surveyId);
    if (survey === null)
      throw new AppError("not-found", { detail: "There is no running survey by that id." });
    return survey;
  };
  const publicUrl = async (): Promise<string> => {
    const { controller } = await deps.consent.snapshot();
    if (controller.publicUrl === null)
      throw new AppError("conflict", {
        detail: "Set the controller's publicUrl first: links must lead to this server.",
      });
    return controller.publicUrl;
  };

  return [
    route({
      method: "GET",
      path: "/v1/surveys/:id/mail-preview",
      operationId: "previewSurveyMail",
      summary: "The invitation as a member would read it, with links that lead nowhere",
      tag: "surveys",
      auth: readers,
      params: SurveyId,
      query: Type.Object({
        locale: Type.Optional(LocaleName),
        kind: Type.Optional(Type.Enum(["invitation", "reminder"] as const)),
      }),
      responses: {
        200: {
          describe: "Subject, text and HTML.",
          schema: Type.Object({ subject: Type.String(), text: Type.String(), html: Type.String() }),
        },
      },
      handle: async ({ params, query }) => {
        const survey = await running(params.id);
        const { controller } = await deps.consent.snapshot();
        const locale = query.locale ?? "en";
        return {
          status: 200,
          body: renderInvitation({
            survey,
            locale,
            company: controller.name[locale],
            links: { survey: "#survey", preferences: "#preferences", unsubscribe: "#stop" },
            kind: query.kind ?? "invitation",
            expiresAt: new Date(+clock.now() + 14 * DAY),
          }),
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/surveys/:id/qr-codes",
      operationId: "makeSurveyQrCode",
      summary:
        "A signed link with its QR code for a poster, a till, a kiosk or a page; it names nobody and cannot be changed",
      tag: "surveys",
      auth: workers,
      params: SurveyId,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            channel: Type.Enum(["qr", "link", "widget", "kiosk"] as const),
            context: Type.Optional(Context),
            days: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "The link and its QR code.",
          schema: QrCodeSchema,
        },
      },
      handle: async ({ params, body }) => {
        const survey = await running(params.id);
        const expiresAt = new Date(+clock.now() + (body.days ?? 365) * DAY);
        const path = deps.doors.openLinkPath({
          surveyId: survey.surveyId,
          channel: body.channel,
          context: body.context ?? {},
          expiresAt,
        });
        const url = `${await publicUrl()}${path}`;
        return {
          status: 200,
          body: { url, svg: qrSvg(url, survey.name.en), expiresAt: expiresAt.toISOString() },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/surveys/:id/receipt-links",
      operationId: "makeReceiptLinks",
      summary:
        "Single-use links for receipts, each with its QR code; whoever holds the receipt may answer once",
      tag: "surveys",
      auth: entry,
      params: SurveyId,
      body: {
        kind: "json",
        schema: Type.Object(
          { count: Type.Integer({ minimum: 1, maximum: 500 }), context: Type.Optional(Context) },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "The links.",
          schema: Type.Object({ links: Type.Array(Type.Object({ url: Type.String(), svg: Type.String() })) }),
        },
      },
      handle: async ({ principal, params, body }) => {
        requireOwnStore(principal, body.context?.store);
        const survey = await running(params.id);
        const base = await publicUrl();
        const common = {
          surveyId: survey.surveyId,
          version: survey.version,
          channel: "qr" as const,
          wave: null,
          context: body.context ?? {},
          expiresAt: new Date(+clock.now() + RECEIPT_DAYS * DAY),
        };
        const paths = await db.tx(async (tx) => {
          if (survey.anonymous) return deps.doors.createTickets(tx, common, body.count);
          const inputs = Array.from({ length: body.count }, () => ({
            ...common,
            subjectId: null,
            memberId: null,
            locale: null,
            orderKey: null,
          }));
          return (await deps.doors.createInvitations(tx, inputs)).map((m) => m.path);
        });
        return {
          status: 200,
          body: {
            links: paths.map((path) => ({
              url: `${base}${path}`,
              svg: qrSvg(`${base}${path}`, survey.name.en),
            })),
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/surveys/:id/staff-entry",
      operationId: "enterSurveyByPhone",
      summary:
        "A link by which staff write down what a member says on the telephone; asks consent for calls first",
      tag: "surveys",
      auth: entry,
      params: SurveyId,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            memberId: Type.String({ format: "uuid" }),
            store: Type.Optional(Code),
            /** The member telephoned us and agreed to answer: then nothing was asked of it by us. */
            memberCalled: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "The link.",
          schema: Type.Object({ url: Type.String(), invitationId: Type.String() }),
        },
      },
      handle: async ({ principal, params, body }) => {
        requireOwnStore(principal, body.store);
        const survey = await running(params.id);
        const base = await publicUrl();
        const { rules } = await deps.consent.snapshot();
        const made = await db.retryingTx(async (tx) => {
          const member = (await deps.consent.members.subjectsOf(tx, [body.memberId])).get(body.memberId);
          const subject = member?.subjects[0];
          if (member === undefined || subject === undefined)
            throw new AppError("not-found", { detail: "There is no member by that id." });
          const standing = (await deps.consent.standings(tx, [member])).get(member.memberId);
          const decision =
            standing === undefined
              ? null
              : deps.consent.decide(rules, standing, { purposeId: SURVEY_PURPOSE, channel: "call" });
          // Nobody is called who does not want to be called.
          if (body.memberCalled !== true && decision?.kind !== "allowed")
            throw new AppError("forbidden", { detail: whyNoCall(decision?.rule ?? "unknown") });
          const standings = new Map(standing === undefined ? [] : [[member.memberId, standing] as const]);
          const level = (await readAllowedLevels(tx, deps, [member], standings, rules)).get(member.memberId);
          const context = {
            ...(body.store === undefined ? {} : { store: body.store }),
            ...(level === undefined ? {} : { level }),
          };
          return deps.doors.createInvitations(tx, [
            {
              surveyId: survey.surveyId,
              version: survey.version,
              subjectId: subject.subjectId,
              memberId: member.memberId,
              channel: "call",
              locale: null,
              wave: null,
              context,
              orderKey: null,
              expiresAt: new Date(+clock.now() + ENTRY_DAYS * DAY),
            },
          ]);
        });
        const [first] = made;
        if (first === undefined) throw new AppError("internal-error");
        return { status: 200, body: { url: `${base}${first.path}`, invitationId: first.invitationId } };
      },
    }),
  ];
}
