import { Type } from "typebox";
import { actorOf, stageAudit } from "../../audit/index.ts";
import { DAY } from "../../kernel/clock.ts";
import { cutOrdered, readOrder } from "../../kernel/list-order.ts";
import { isMasked, RevealQuery } from "../../kernel/mask.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../../kernel/route.ts";
import { ErasurePreviewSchema } from "../fulfil/port.schema.ts";
import type { RequestDeps } from "./deps.ts";
import type { Filing } from "./intake.ts";
import { METRICS_SCHEMA, requestMetrics } from "./metrics.ts";
import { NewRequest, REQUEST_ORDERS, RequestDetail, RequestQuery, ShownRequest } from "./request.schema.ts";
import { requestPlace } from "./requests.store.ts";
import type { Requests } from "./room.ts";
import { maskRequest, showRequest } from "./show.ts";
import { STATES } from "./state.ts";

export const READERS = { kind: "api-key", roles: ["admin", "compliance", "auditor"] } as const;
export const OFFICERS = { kind: "api-key", roles: ["admin", "compliance"] } as const;
/** A shop counter and a call centre take requests in; they do not read or decide them. */
const TAKERS = { kind: "api-key", roles: ["admin", "compliance", "cx", "store"] } as const;
export const ById = Type.Object({ id: Type.String({ format: "uuid" }) });

export function byOf(request: Pick<RouteRequest, "principal" | "requestId">) {
  return { actor: actorOf(request.principal), requestId: request.requestId };
}

function momentOf(text: string): Date {
  // A bare day means through its end.
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new AppError("invalid-request", {
      errors: [{ path: "/dueBefore", code: "date", message: "is neither a day nor a moment" }],
    });
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(at.getTime() + DAY) : at;
}

/** The doors by which requests are filed and read. */
export function requestRoutes(deps: RequestDeps, requests: Requests): Route[] {
  const now = () => deps.clock.now();
  return [
    route({
      method: "POST",
      path: "/v1/dsr",
      operationId: "fileRequest",
      summary: "File a data-subject request: from an app, a letter, a counter, a call",
      tag: "requests",
      auth: TAKERS,
      body: { kind: "json", schema: NewRequest },
      responses: { 201: { describe: "The request with its clock running.", schema: ShownRequest } },
      handle: async (request) => {
        const { body } = request;
        const filing: Filing = {
          kind: body.kind,
          door: body.door ?? "api",
          filer: body.filer ?? "self",
          locale: body.locale ?? "en",
          country: body.country ?? null,
          region: body.region ?? null,
          contact: body.contact ?? null,
          memberId: body.memberId ?? null,
          receivedAt: body.receivedAt === undefined ? null : new Date(body.receivedAt),
          words: body.words ?? null,
          representative: body.representative ?? null,
          corrections: body.corrections ?? [],
          purposes: body.purposes ?? [],
          delivery: body.delivery ?? null,
          declared: body.declared ?? false,
          appealOf: body.appealOf ?? null,
        };
        if (body.identity !== undefined && body.memberId === undefined) {
          throw new AppError("invalid-request", {
            errors: [{ path: "/memberId", code: "required", message: "Say whose identity was checked." }],
          });
        }
        const row = await requests.file(byOf(request), filing, {
          ...(body.identity === undefined ? {} : { identity: body.identity }),
          sendCode: body.sendCode ?? false,
        });
        return { status: 201, body: showRequest(row, now()) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/dsr",
      operationId: "listRequests",
      summary: "Requests, the soonest deadline first unless stated",
      tag: "requests",
      auth: READERS,
      query: RequestQuery,
      responses: {
        200: {
          describe: "A page of requests.",
          schema: Type.Object({
            items: Type.Array(ShownRequest),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 50;
        const states = query.state?.split(",").map((s) => s.trim());
        if (states?.some((s) => !(STATES as readonly string[]).includes(s)) === true) {
          throw new AppError("invalid-request", {
            errors: [{ path: "/state", code: "enum", message: `must be of: ${STATES.join(", ")}` }],
          });
        }
        const order = readOrder(REQUEST_ORDERS, query.sort ?? "due", query.cursor);
        const rows = await requests.list({
          limit: limit + 1,
          ...(states === undefined ? {} : { states }),
          ...(query.kind === undefined ? {} : { kind: query.kind }),
          ...(query.regime === undefined ? {} : { regime: query.regime }),
          ...(query.door === undefined ? {} : { door: query.door }),
          ...(query.member === undefined ? {} : { memberId: query.member }),
          ...(query.open === undefined ? {} : { open: query.open }),
          ...(query.dueBefore === undefined ? {} : { dueBefore: momentOf(query.dueBefore) }),
          order,
        });
        const { page, next } = cutOrdered(rows, limit, order, (row) => requestPlace(row, order.by));
        return { status: 200, body: { items: page.map((row) => showRequest(row, now())), next } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/dsr/metrics",
      operationId: "getRequestMetrics",
      summary: "Volumes, refusals, days to answer and the share answered on time (11 CCR §7102)",
      tag: "requests",
      auth: READERS,
      query: Type.Object(
        {
          from: Type.Optional(
            Type.String({ format: "date", description: "First day; a year ago unless stated." }),
          ),
          to: Type.Optional(Type.String({ format: "date", description: "Last day; today unless stated." })),
          year: Type.Optional(
            Type.Integer({ minimum: 2000, maximum: 2200, description: "A whole calendar year." }),
          ),
          regime: Type.Optional(Type.String({ maxLength: 10 })),
        },
        { additionalProperties: false },
      ),
      responses: { 200: { describe: "By regime and kind.", schema: METRICS_SCHEMA } },
      handle: async ({ query }) => ({ status: 200, body: await requestMetrics(deps, query) }),
    }),
    route({
      method: "GET",
      path: "/v1/dsr/:id",
      operationId: "getRequest",
      summary: "One request: its whole history, its clock in words, what can be done next",
      tag: "requests",
      auth: READERS,
      params: ById,
      query: Type.Object(RevealQuery),
      responses: { 200: { describe: "The request.", schema: RequestDetail } },
      handle: async ({ params, query, principal, requestId }) => {
        const detail = await requests.detail(await requests.find(params.id));
        const masked = isMasked(principal, query.reveal);
        if (query.reveal !== undefined)
          await deps.db.tx((tx) =>
            stageAudit(tx, deps, {
              actor: actorOf(principal),
              action: `request.revealed.${query.reveal}`,
              targets: [{ kind: "request", id: params.id }],
              requestId,
            }),
          );
        return { status: 200, body: { ...(masked ? maskRequest(detail) : detail), masked } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/dsr/:id/preview",
      operationId: "previewErasure",
      summary: "What an erasure would do: what goes, what loses its link, what the law keeps",
      tag: "requests",
      auth: READERS,
      params: ById,
      responses: {
        200: {
          describe: "Counts for each holder, and the fingerprint to approve with.",
          schema: ErasurePreviewSchema,
        },
      },
      handle: async ({ params }) => ({ status: 200, body: await requests.preview(params.id) }),
    }),
  ];
}
