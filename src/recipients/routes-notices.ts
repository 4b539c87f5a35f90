import { Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import { cutOrdered, OrderCursor, readOrder, sortBy } from "../kernel/list-order.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import { DeliveriesPage, LateSchema, NoticesPage } from "./answers.schema.ts";
import { readPosition } from "./cursor.ts";
import {
  acknowledge,
  listNotices,
  NOTICE_ORDERS,
  type NoticeRow,
  readLate,
  renewEpochs,
} from "./feeds.store.ts";
import { type FeedDeps, openFeed } from "./feeds.ts";
import { PurposeId, RecipientId } from "./recipient.schema.ts";
import { listMessages, MESSAGE_ORDERS, type MessageRow, replayMessages } from "./webhooks.store.ts";

const staff = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const watchers = { kind: "api-key", roles: ["admin", "compliance", "auditor"] } as const;
const ById = Type.Object({ id: RecipientId });
const Uuid = Type.String({ format: "uuid" });
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }));

function showNotice(notice: NoticeRow, now: Date) {
  return {
    id: notice.noticeId,
    purpose: notice.purposeId,
    member: notice.alias,
    reason: notice.reason,
    mergedInto: notice.mergedInto,
    noticedAt: notice.noticedAt.toISOString(),
    dueAt: notice.dueAt.toISOString(),
    acknowledgedAt: notice.acknowledgedAt?.toISOString() ?? null,
    escalatedAt: notice.escalatedAt?.toISOString() ?? null,
    state: notice.acknowledgedAt !== null ? "acknowledged" : notice.dueAt <= now ? "late" : "open",
  };
}

function showMessage(message: MessageRow) {
  return {
    id: message.messageId,
    purpose: message.purposeId,
    state: message.state,
    attempts: message.attempts,
    nextAt: message.state === "waiting" ? message.nextAt.toISOString() : null,
    lastStatus: message.lastStatus,
    lastError: message.lastError,
    createdAt: message.createdAt.toISOString(),
    endedAt: message.endedAt?.toISOString() ?? null,
  };
}

/** The doors of acknowledgements and deadlines, and of what became of webhooks. */
export function noticeRoutes(deps: FeedDeps & { readonly db: Db }): Route[] {
  const { db, clock, registry } = deps;
  return [
    route({
      method: "POST",
      path: "/v1/acknowledgements",
      operationId: "acknowledge",
      summary: "Confirm that members were dropped: by the ids of their tombstones, or all up to a position",
      tag: "recipients",
      auth: { kind: "api-key", roles: ["recipient"] },
      body: {
        kind: "json",
        schema: Type.Union([
          Type.Object(
            { notices: Type.Array(Uuid, { minItems: 1, maxItems: 10_000 }) },
            { additionalProperties: false },
          ),
          Type.Object(
            { purpose: PurposeId, position: Type.String({ maxLength: 100 }) },
            { additionalProperties: false },
          ),
        ]),
      },
      responses: {
        200: {
          describe: "How many were open until now, and how many are known at all.",
          schema: Type.Object({ confirmed: Type.Integer(), known: Type.Integer() }),
        },
      },
      handle: async ({ principal, requestId, body }) => {
        if (principal.kind !== "api-key" || principal.recipientId === undefined)
          throw new AppError("forbidden", { detail: "This takes the key of a registered recipient." });
        const recipientId = principal.recipientId;
        let which: Parameters<typeof acknowledge>[2];
        if ("notices" in body) which = { ids: body.notices };
        else {
          const { row } = await openFeed(deps, principal, { purpose: body.purpose }, { lenient: true });
          const { epoch, position } = readPosition(body.position);
          if (epoch !== row.epoch) throw new AppError("resync-required");
          which = { purposeId: body.purpose, upTo: position };
        }
        const done = await db.tx(async (tx) => {
          const result = await acknowledge(tx, recipientId, which, clock.now());
          if (result.confirmed > 0) {
            await stageAudit(tx, deps, {
              actor: actorOf(principal),
              action: "recipient.acknowledged",
              targets: [{ kind: "recipient", id: recipientId }],
              counts: { notices: result.confirmed },
              requestId,
            });
          }
          return result;
        });
        return { status: 200, body: done };
      },
    }),
    route({
      method: "GET",
      path: "/v1/recipients/late",
      operationId: "listLateRecipients",
      summary: "Recipients that let the deadline of a notice pass",
      tag: "recipients",
      auth: watchers,
      responses: {
        200: {
          describe: "The latest first.",
          schema: LateSchema,
        },
      },
      handle: async () => ({
        status: 200,
        body: {
          items: (await readLate(db, clock.now())).map((late) => ({
            recipient: late.recipientId,
            notices: late.open,
            escalated: late.open - late.unescalated,
            oldestDueAt: late.oldestDueAt.toISOString(),
          })),
        },
      }),
    }),
    route({
      method: "GET",
      path: "/v1/recipients/:id/notices",
      operationId: "listRecipientNotices",
      summary: "What a recipient was told to drop, and whether it confirmed it",
      tag: "recipients",
      auth: watchers,
      params: ById,
      query: Type.Object(
        {
          open: Type.Optional(Type.Boolean()),
          sort: sortBy(NOTICE_ORDERS, "-noticed"),
          before: OrderCursor,
          limit: Limit,
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe: "A page.",
          schema: NoticesPage,
        },
      },
      handle: async ({ params, query }) => {
        await registry.get(params.id);
        const limit = query.limit ?? 100;
        const order = readOrder(NOTICE_ORDERS, query.sort ?? "-noticed", query.before);
        const found = await listNotices(db, params.id, {
          limit: limit + 1,
          ...(query.open === undefined ? {} : { open: query.open }),
          order,
        });
        const { page, next } = cutOrdered(found, limit, order, (n) => ({
          value: order.by === "due" ? n.dueAt.toISOString() : null,
          id: n.noticeId,
        }));
        return {
          status: 200,
          body: {
            items: page.map((n) => showNotice(n, clock.now())),
            next,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/recipients/:id/deliveries",
      operationId: "listDeliveries",
      summary: "Webhook messages of a recipient and what became of them",
      tag: "recipients",
      auth: watchers,
      params: ById,
      query: Type.Object(
        {
          state: Type.Optional(Type.Enum(["waiting", "sent", "nothing", "dead"] as const)),
          sort: sortBy(MESSAGE_ORDERS, "-created"),
          before: OrderCursor,
          limit: Limit,
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe: "A page.",
          schema: DeliveriesPage,
        },
      },
      handle: async ({ params, query }) => {
        await registry.get(params.id);
        const limit = query.limit ?? 100;
        const order = readOrder(MESSAGE_ORDERS, query.sort ?? "-created", query.before);
        const found = await listMessages(db, params.id, {
          limit: limit + 1,
          ...(query.state === undefined ? {} : { state: query.state }),
          order,
        });
        const { page, next } = cutOrdered(found, limit, order, (m) => ({ value: null, id: m.messageId }));
        return {
          status: 200,
          body: {
            items: page.map(showMessage),
            next,
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/recipients/:id/deliveries/replay",
      operationId: "replayDeliveries",
      summary: "Send webhook messages again: those named, or every dead one",
      tag: "recipients",
      auth: staff,
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          { messages: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 10_000 })) },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: { describe: "How many wait again.", schema: Type.Object({ replayed: Type.Integer() }) },
      },
      handle: async ({ principal, requestId, params, body }) => {
        await registry.get(params.id);
        const replayed = await db.tx(async (tx) => {
          const count = await replayMessages(tx, params.id, body.messages ?? null, clock.now());
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "recipient.replayed",
            targets: [{ kind: "recipient", id: params.id }],
            counts: { messages: count },
            requestId,
          });
          return count;
        });
        return { status: 200, body: { replayed } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/recipients/:id/resync",
      operationId: "resyncRecipient",
      summary:
        "End every cursor of a recipient, so that it pulls all profiles anew; after a restore, for each",
      tag: "recipients",
      auth: staff,
      params: ById,
      responses: { 200: { describe: "How many feeds.", schema: Type.Object({ feeds: Type.Integer() }) } },
      handle: async ({ principal, requestId, params }) => {
        await registry.get(params.id);
        const feeds = await db.tx(async (tx) => {
          const count = await renewEpochs(tx, params.id);
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "recipient.resynced",
            targets: [{ kind: "recipient", id: params.id }],
            counts: { feeds: count },
            requestId,
          });
          return count;
        });
        return { status: 200, body: { feeds } };
      },
    }),
  ];
}
