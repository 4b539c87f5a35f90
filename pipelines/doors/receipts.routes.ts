import { Type } from "typebox";
import { DAY, dayOf } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import { REASONS, type ReasonCode } from "../../src/kernel/verdicts.ts";
import { eventIdOf } from "../ingest/prepare.ts";
import { countQuarantine } from "../ingest/quarantine.store.ts";
import { findReceipts } from "../ingest/receipts.store.ts";
import { readCounts, readRecentCounts, readTotals } from "../registry/sources.store.ts";
import { SourceHealthSchema, SummarySchema } from "./answers.schema.ts";
import type { DoorDeps } from "./deps.ts";

/** Long enough for a weekly rhythm, short enough to see that something broke. */
const HEALTH_DAYS = 7;

const staff = { kind: "api-key", roles: ["admin", "compliance", "cx", "analyst", "auditor"] } as const;

export function receiptRoutes(deps: DoorDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/sources/:id/events/:messageId",
      operationId: "getReceipt",
      summary: "What became of one message of a source",
      tag: "ingestion",
      auth: { kind: "write-key" },
      params: Type.Object({
        id: Type.String({ format: "uuid" }),
        messageId: Type.String({ minLength: 1, maxLength: 512 }),
      }),
      responses: {
        200: {
          describe: "Its verdict; never its content.",
          schema: Type.Object({
            messageId: Type.String(),
            eventId: Type.String(),
            status: Type.String(),
            code: Type.Union([Type.String(), Type.Null()]),
            detail: Type.Union([Type.String(), Type.Null()]),
            occurredAt: Type.Union([Type.String(), Type.Null()]),
            receivedAt: Type.String(),
            quarantineId: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      handle: async ({ principal, params }) => {
        if (principal.kind === "source" && principal.sourceId !== params.id) {
          throw new AppError("forbidden", { detail: "This write key belongs to another source." });
        }
        const source = await deps.registry.get(params.id);
        const eventId = eventIdOf(deps.vault, source.settings.id, params.messageId);
        const [receipt] = await findReceipts(deps.db, [{ src: source.settings.id, id: eventId }]);
        if (receipt === undefined)
          throw new AppError("not-found", { detail: "No message by that id has arrived from this source." });
        return {
          status: 200,
          body: {
            messageId: params.messageId,
            eventId,
            status: receipt.verdict,
            code: receipt.code,
            detail: receipt.code === null ? null : (REASONS[receipt.code as ReasonCode] ?? null),
            occurredAt: receipt.occurredAt,
            receivedAt: receipt.receivedAt,
            quarantineId: receipt.quarantineId,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/source-health",
      operationId: "getSourceHealth",
      summary: "What arrived from each source in the last seven days by verdict, and when anything last did",
      tag: "operations",
      auth: staff,
      responses: {
        200: { describe: "Sources from which anything ever arrived.", schema: SourceHealthSchema },
      },
      handle: async () => {
        const since = new Date(dayOf(deps.clock.now()).getTime() - (HEALTH_DAYS - 1) * DAY);
        const items = (await readRecentCounts(deps.db, since)).map(({ sourceId, ...counts }) => ({
          source: sourceId,
          ...counts,
        }));
        return { status: 200, body: { days: HEALTH_DAYS, items } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/summary",
      operationId: "getSummary",
      summary: "Members, merges, contested identifiers, quarantine and events by source and verdict",
      tag: "operations",
      auth: staff,
      responses: { 200: { describe: "Counts only.", schema: SummarySchema } },
      handle: async () => {
        const [totals, counts, quarantined, sources] = [
          await readTotals(deps.db),
          await readCounts(deps.db),
          await countQuarantine(deps.db),
          await deps.registry.list({ limit: 1_000 }),
        ];
        return {
          status: 200,
          body: {
            ...totals,
            quarantined,
            events: sources.map((s) => {
              const own = counts.filter((c) => c.sourceId === s.id);
              const sum = (verdict: string) =>
                own.filter((c) => c.verdict === verdict).reduce((n, c) => n + c.count, 0);
              return {
                source: s.id,
                name: s.name,
                kind: s.kind,
                accepted: sum("accepted"),
                duplicate: sum("duplicate"),
                quarantined: sum("quarantined"),
                refused: sum("refused"),
              };
            }),
          },
        };
      },
    }),
  ];
}
