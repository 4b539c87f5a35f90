import { Type } from "typebox";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import { cutOrdered, OrderCursor, readOrder, sortBy } from "../../src/kernel/list-order.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import { REASONS, type ReasonCode } from "../../src/kernel/verdicts.ts";
import {
  discardItems,
  QUARANTINE_ORDERS,
  type QuarantineRow,
  readQuarantine,
} from "../ingest/quarantine.store.ts";
import { openItems, replay } from "../ingest/replay.ts";
import { QuarantinedSchema, QuarantineSchema, ReplaySchema } from "./answers.schema.ts";
import type { DoorDeps } from "./deps.ts";

const staff = { kind: "api-key", roles: ["admin", "compliance"] } as const;

function view({ quarantineId, contentMac: _, keyId: __, cell: ___, ...rest }: QuarantineRow) {
  return { id: quarantineId, ...rest };
}

export function quarantineRoutes(deps: DoorDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/quarantine",
      operationId: "listQuarantine",
      summary: "List items that were not stored, with their reasons",
      tag: "quarantine",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx", "analyst", "auditor"] },
      query: Type.Object({
        source: Type.Optional(Type.String({ format: "uuid" })),
        code: Type.Optional(Type.String({ maxLength: 64 })),
        reason: Type.Optional(Type.String({ maxLength: 64, description: "The same as code." })),
        state: Type.Optional(Type.Enum(["open", "replayed", "discarded", "all"])),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        sort: sortBy(QUARANTINE_ORDERS, "received"),
        after: OrderCursor,
      }),
      responses: {
        200: {
          describe: "A page. What an item holds is read one at a time.",
          schema: QuarantineSchema,
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const state = query.state ?? "open";
        const code = query.code ?? query.reason;
        const order = readOrder(QUARANTINE_ORDERS, query.sort ?? "received", query.after);
        const found = await readQuarantine(
          deps.db,
          {
            ...(query.source === undefined ? {} : { sourceId: query.source }),
            ...(code === undefined ? {} : { code }),
            ...(state === "all" ? {} : { state }),
          },
          { limit: limit + 1, order },
        );
        const { page, next } = cutOrdered(found, limit, order, (q) => ({
          value: order.by === "code" ? q.code : null,
          id: q.quarantineId,
        }));
        return { status: 200, body: { items: page.map(view), next } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/quarantine/:id",
      operationId: "getQuarantined",
      summary: "Look at one quarantined item as it came",
      tag: "quarantine",
      auth: staff,
      params: Type.Object({ id: Type.String({ format: "uuid" }) }),
      responses: {
        200: {
          describe: "The item, opened. The look is audited.",
          schema: QuarantinedSchema,
        },
      },
      handle: async ({ principal, requestId, params }) => {
        const [item] = await readQuarantine(deps.db, { ids: [params.id] }, { limit: 1 });
        if (item === undefined)
          throw new AppError("not-found", { detail: "There is no quarantined item by that id." });
        const found = await openItems(deps, [item]);
        await deps.db.tx((tx) =>
          stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "quarantine.read",
            purpose: "service",
            targets: [{ kind: "quarantine", id: params.id }],
            requestId,
          }),
        );
        return {
          status: 200,
          body: {
            ...view(item),
            because: REASONS[item.code as ReasonCode] ?? null,
            payload: found.get(params.id)?.raw ?? null,
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/quarantine/replay",
      operationId: "replayQuarantine",
      summary: "Try quarantined items again: by id, or all of a reason or source",
      tag: "quarantine",
      auth: staff,
      body: {
        kind: "json",
        limit: 2 * 1024 * 1024,
        schema: Type.Object(
          {
            ids: Type.Optional(
              Type.Array(Type.String({ format: "uuid" }), { minItems: 1, maxItems: 10_000 }),
            ),
            id: Type.Optional(Type.String({ format: "uuid" })),
            code: Type.Optional(Type.String({ maxLength: 64 })),
            reason: Type.Optional(Type.String({ maxLength: 64, description: "The same as code." })),
            source: Type.Optional(Type.String({ format: "uuid" })),
            payload: Type.Optional(
              Type.Unknown({ description: "A corrected item, in place of the one item named by id." }),
            ),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 200: { describe: "What became of each.", schema: ReplaySchema } },
      handle: async ({ principal, requestId, body }) => {
        const ids = body.id === undefined ? body.ids : [...(body.ids ?? []), body.id];
        const code = body.code ?? body.reason;
        if (ids === undefined && code === undefined && body.source === undefined) {
          throw new AppError("invalid-request", {
            errors: [{ path: "", code: "required", message: "Name ids, a code or a source." }],
          });
        }
        if (body.payload !== undefined && ids?.length !== 1) {
          throw new AppError("invalid-request", {
            errors: [{ path: "/payload", code: "one-item", message: "A payload corrects exactly one item." }],
          });
        }
        const report = await replay(
          deps,
          { actor: actorOf(principal), requestId },
          {
            ...(ids === undefined ? {} : { ids }),
            ...(code === undefined ? {} : { code }),
            ...(body.source === undefined ? {} : { sourceId: body.source }),
          },
          body.payload === undefined ? undefined : { payload: body.payload },
        );
        return { status: 200, body: report };
      },
    }),
    route({
      method: "POST",
      path: "/v1/quarantine/discard",
      operationId: "discardQuarantine",
      summary: "Give up quarantined items: their content becomes unreadable",
      tag: "quarantine",
      auth: staff,
      body: {
        kind: "json",
        schema: Type.Object(
          { ids: Type.Array(Type.String({ format: "uuid" }), { minItems: 1, maxItems: 10_000 }) },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: { describe: "How many were given up.", schema: Type.Object({ discarded: Type.Integer() }) },
      },
      handle: async ({ principal, requestId, body }) => {
        const { items, keys } = await deps.db.tx(async (tx) => {
          const gone = await discardItems(tx, body.ids, deps.clock.now());
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "quarantine.discarded",
            counts: { items: gone.items },
            requestId,
          });
          return gone;
        });
        await deps.vault.destroyKeys(keys);
        return { status: 200, body: { discarded: items } };
      },
    }),
  ];
}
