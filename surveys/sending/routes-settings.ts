import { randomBytes } from "node:crypto";
import { Type } from "typebox";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import { LOCALES } from "../../src/i18n/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { holdsRole, type Route, type RouteRequest, route } from "../../src/kernel/route.ts";
import { isTimeZone } from "../cadence/quiet-hours.ts";
import { CadenceRulesSchema, DEFAULT_CADENCE } from "../cadence/rules.schema.ts";
import { GatewaysSchema, PlaceSchema, PlacesSchema, SurveyContactSchema } from "./answers.schema.ts";
import { insertCadence, readCadence, readGateways, saveGateway, savePlace } from "./campaigns.store.ts";
import { readOpenPlaces, type SendingDeps, sealPlace } from "./context.ts";
import { sealGateway } from "./hand-over.ts";
import { explainMember } from "./simulate.ts";

const admins = { kind: "api-key", roles: ["admin"] } as const;
/** What a shop is called all staff may know; whom to reach there, only those who run surveys. */
const everybody = {
  kind: "api-key",
  roles: ["admin", "cx", "compliance", "analyst", "auditor", "store"],
} as const;
const workers = { kind: "api-key", roles: ["admin", "cx"] } as const;
const readers = { kind: "api-key", roles: ["admin", "cx", "compliance", "analyst", "auditor"] } as const;
const Code = Type.String({ minLength: 1, maxLength: 64 });
const Mail = Type.Union([Type.String({ pattern: "^[^@\\s]+@[^@\\s]+$", maxLength: 200 }), Type.Null()]);
const LocaleName = Type.Enum(LOCALES);
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const PlaceInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    region: Type.Optional(Type.Union([Code, Type.Null()])),
    timeZone: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    locale: LocaleName,
    caseMail: Type.Optional(Mail),
    escalationMail: Type.Optional(Mail),
  },
  { additionalProperties: false },
);
const SECRET_BYTES = 32;

/** An entry of the audit log for what a request did. */
export const noted = (
  request: Pick<RouteRequest, "principal" | "requestId">,
  action: string,
  target: { kind: string; id: string },
) => ({
  actor: actorOf(request.principal),
  action,
  targets: [target],
  requestId: request.requestId,
});

/** The doors around sending: cadence, stores, gateways, one member. */
export function settingRoutes(deps: SendingDeps): Route[] {
  const { db, clock, ids, vault } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/survey-cadence",
      operationId: "readSurveyCadence",
      summary: "How often members may be asked",
      tag: "surveys",
      auth: readers,
      responses: { 200: { describe: "The rules in force.", schema: CadenceRulesSchema } },
      handle: async () => ({ status: 200, body: (await readCadence(db))?.rules ?? DEFAULT_CADENCE }),
    }),
    route({
      method: "PUT",
      path: "/v1/survey-cadence",
      operationId: "setSurveyCadence",
      summary: "Set how often members may be asked; what was in force before is kept",
      tag: "surveys",
      auth: workers,
      body: { kind: "json", schema: CadenceRulesSchema },
      responses: { 200: { describe: "The rules in force.", schema: CadenceRulesSchema } },
      handle: async (request) => {
        await db.tx(async (tx) => {
          await insertCadence(tx, request.body, actorOf(request.principal).id, clock.now());
          await stageAudit(
            tx,
            { clock, ids },
            noted(request, "survey.cadence-set", { kind: "survey-cadence", id: "cadence" }),
          );
        });
        return { status: 200, body: request.body };
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-places",
      operationId: "listSurveyPlaces",
      summary: "Stores as surveys know them",
      tag: "surveys",
      auth: everybody,
      responses: {
        200: { describe: "The stores.", schema: PlacesSchema },
      },
      handle: async ({ principal }) => {
        const runsSurveys =
          holdsRole(principal) && (workers.roles as readonly string[]).includes(principal.role);
        const places = [...(await readOpenPlaces(db, vault)).values()];
        return {
          status: 200,
          body: {
            items: places.map(({ keyId: _k, ...place }) =>
              runsSurveys ? place : { storeId: place.storeId, name: place.name, region: place.region },
            ),
          },
        };
      },
    }),
    route({
      method: "PUT",
      path: "/v1/survey-places/:id",
      operationId: "setSurveyPlace",
      summary: "Say where a store is, when it sleeps, and who is written to about its cases",
      tag: "surveys",
      auth: workers,
      params: Type.Object({ id: Code }),
      body: { kind: "json", schema: PlaceInput },
      responses: { 200: { describe: "The store.", schema: PlaceSchema } },
      handle: async (request) => {
        const { params, body } = request;
        const timeZone = body.timeZone ?? null;
        if (timeZone !== null && !isTimeZone(timeZone))
          throw new AppError("invalid-request", {
            errors: [
              { path: "/timeZone", code: "invalid", message: "is not a time zone of the IANA database" },
            ],
          });
        const addresses = { caseMail: body.caseMail ?? null, escalationMail: body.escalationMail ?? null };
        const { keyId, sealed } = await sealPlace(vault, params.id, addresses);
        const plain = {
          storeId: params.id,
          name: body.name,
          region: body.region ?? null,
          timeZone,
          locale: body.locale,
        };
        await db.tx(async (tx) => {
          await savePlace(tx, { ...plain, keyId, sealed, updatedAt: clock.now() });
          await stageAudit(
            tx,
            { clock, ids },
            noted(request, "survey.place-set", { kind: "store", id: params.id }),
          );
        });
        return { status: 200, body: { ...plain, ...addresses } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-gateways",
      operationId: "listSurveyGateways",
      summary: "Where links are handed over for SMS, LINE and WeChat",
      tag: "surveys",
      auth: readers,
      responses: {
        200: {
          describe: "The gateways, without secrets.",
          schema: GatewaysSchema,
        },
      },
      handle: async () => ({
        status: 200,
        body: {
          items: (await readGateways(db)).map((g) => ({
            channel: g.channel,
            url: g.url,
            updatedAt: g.updatedAt,
          })),
        },
      }),
    }),
    route({
      method: "PUT",
      path: "/v1/survey-gateways/:channel",
      operationId: "setSurveyGateway",
      summary: "Hand links of a channel over to a gateway; answers the new signing secret, once",
      tag: "surveys",
      auth: admins,
      params: Type.Object({ channel: Type.Enum(["sms", "line", "wechat"] as const) }),
      body: {
        kind: "json",
        schema: Type.Object({ url: Type.String({ maxLength: 500 }) }, { additionalProperties: false }),
      },
      responses: {
        200: {
          describe: "The gateway with its secret (Standard Webhooks).",
          schema: Type.Object({ channel: Type.String(), url: Type.String(), secret: Type.String() }),
        },
      },
      handle: async (request) => {
        const { params, body } = request;
        const fault = deps.outbound.checkUrl(body.url);
        if (fault !== null)
          throw new AppError("invalid-request", {
            errors: [{ path: "/url", code: fault, message: "must be a public https URL" }],
          });
        const secret = `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
        const { keyId, sealed } = await sealGateway(deps, params.channel, secret);
        await db.tx(async (tx) => {
          await saveGateway(tx, {
            channel: params.channel,
            url: body.url,
            keyId,
            sealed,
            updatedAt: clock.now(),
          });
          await stageAudit(
            tx,
            { clock, ids },
            noted(request, "survey.gateway-set", { kind: "survey-gateway", id: params.channel }),
          );
        });
        return { status: 200, body: { channel: params.channel, url: body.url, secret } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/members/:id/survey-contact",
      operationId: "explainSurveyContact",
      summary:
        "Whether a member would be asked now, on which channel, why not and when again, and what it was asked",
      tag: "surveys",
      auth: { kind: "api-key", roles: ["admin", "cx", "compliance"] },
      params: ById,
      query: Type.Object({
        survey: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }),
        again: Type.Optional(Type.Enum(["never", "per-wave", "always"] as const)),
      }),
      responses: { 200: { describe: "A decision for each channel.", schema: SurveyContactSchema } },
      handle: async ({ params, query }) => {
        const found = await explainMember(deps, params.id, query.survey, query.again ?? "never");
        if (found === null) throw new AppError("not-found", { detail: "There is no member by that id." });
        return { status: 200, body: found };
      },
    }),
  ];
}
