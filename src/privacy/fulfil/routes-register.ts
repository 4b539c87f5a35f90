import { Type } from "typebox";
import { chooseLocale, LOCALES } from "../../../consent/index.ts";
import { actorOf, stageAudit } from "../../audit/index.ts";
import { type Route, route } from "../../kernel/route.ts";
import { type DataMap, DataMapSchema } from "./data-map.schema.ts";
import { describeData } from "./data-map.ts";
import { dataMapCsv, dataMapPage } from "./data-map-forms.ts";
import type { FulfilDeps } from "./deps.ts";
import {
  EVENT_KINDS,
  type RetentionSchedule,
  readLastRetention,
  readSchedule,
  saveSchedule,
} from "./retention.store.ts";
import { previewRetention, type QuarantineEnds, runRetention } from "./retention.ts";
import { OFFICERS, READERS } from "./route-parts.ts";

export interface RegisterDeps extends FulfilDeps, QuarantineEnds {
  /** Whom data is given to, as the map names them. */
  readonly listRecipients: () => Promise<DataMap["recipients"]>;
}

const Months = Type.Union([Type.Integer({ minimum: 1, maximum: 1_200 }), Type.Null()]);
const Schedule = Type.Object(
  {
    inactiveMembers: Months,
    events: Type.Object(
      Object.fromEntries(EVENT_KINDS.map((k) => [k, Type.Optional(Months)])) as Record<
        (typeof EVENT_KINDS)[number],
        ReturnType<typeof Type.Optional<typeof Months>>
      >,
      { additionalProperties: false },
    ),
    purposes: Type.Optional(
      Type.Record(Type.String({ pattern: "^[a-z0-9-]{1,64}$" }), Months, {
        description:
          "Months after which events go that were collected for a purpose. What a source collected goes when each of its purposes has a limit and the longest is over.",
      }),
    ),
    requestRecords: Type.Integer({
      minimum: 24,
      maximum: 1_200,
      description: "At least 24: CCPA regulations §7101.",
    }),
  },
  { additionalProperties: false },
);
const Lines = Type.Array(Type.Object({ what: Type.String(), before: Type.String(), count: Type.Integer() }));

const LastRun = Type.Object({
  startedAt: Type.String({ format: "date-time" }),
  finishedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
  counts: Type.Record(Type.String(), Type.Integer()),
  certificateId: Type.Union([Type.String({ format: "uuid" }), Type.Null()]),
});

/** The doors of the data map and of retention. */
export function registerRoutes(deps: RegisterDeps): Route[] {
  const mapOf = async (): Promise<DataMap> => {
    const registry = await deps.consent.snapshot();
    const { labels } = await deps.sources();
    return describeData(deps.holdings, registry, {
      recipients: await deps.listRecipients(),
      sources: [...labels.values()].filter((l) => l.kind !== "correction"),
      madeAt: deps.clock.now().toISOString(),
    });
  };
  return [
    route({
      method: "GET",
      path: "/v1/data-map",
      operationId: "getDataMap",
      summary: "The record of processing: purposes, categories, recipients, retention and every table",
      tag: "privacy",
      auth: READERS,
      query: Type.Object({
        format: Type.Optional(Type.Enum(["json", "csv", "html"] as const)),
        lang: Type.Optional(Type.Enum(LOCALES)),
      }),
      responses: { 200: { describe: "JSON unless another format is asked for.", schema: DataMapSchema } },
      handle: async ({ query, headers }) => {
        const map = await mapOf();
        const locale = chooseLocale(query.lang, null, headers["accept-language"]);
        if (query.format === "csv") {
          return {
            status: 200,
            headers: {
              "content-type": "text/csv; charset=utf-8",
              "content-disposition": 'attachment; filename="data-map.csv"',
            },
            body: dataMapCsv(map, locale),
          };
        }
        if (query.format === "html") return dataMapPage(map, locale);
        return { status: 200, body: map };
      },
    }),
    route({
      method: "GET",
      path: "/v1/retention",
      operationId: "getRetention",
      summary: "The retention schedule and its last run",
      tag: "privacy",
      auth: READERS,
      responses: {
        200: {
          describe: "Months; null: never by schedule.",
          schema: Type.Object({ schedule: Schedule, lastRun: Type.Union([LastRun, Type.Null()]) }),
        },
      },
      handle: async () => ({
        status: 200,
        body: { schedule: await readSchedule(deps.db), lastRun: await readLastRetention(deps.db) },
      }),
    }),
    route({
      method: "PUT",
      path: "/v1/retention",
      operationId: "setRetention",
      summary: "Set the retention schedule",
      tag: "privacy",
      auth: OFFICERS,
      body: { kind: "json", schema: Schedule },
      responses: { 200: { describe: "The schedule.", schema: Type.Object({ schedule: Schedule }) } },
      handle: async ({ body, principal, requestId }) => {
        const schedule = body as RetentionSchedule;
        const actor = actorOf(principal);
        await deps.db.tx(async (tx) => {
          await saveSchedule(tx, schedule, { actorId: actor.id, at: deps.clock.now() });
          await stageAudit(tx, deps, { actor, action: "retention.scheduled", requestId });
        });
        return { status: 200, body: { schedule } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/retention/preview",
      operationId: "previewRetention",
      summary: "What the schedule, or another one, would delete now",
      tag: "privacy",
      auth: READERS,
      body: { kind: "json", schema: Type.Object({ schedule: Type.Optional(Schedule) }), optional: true },
      responses: { 200: { describe: "Counts.", schema: Type.Object({ lines: Lines }) } },
      handle: async ({ body }) => ({
        status: 200,
        body: { lines: await previewRetention(deps, body?.schedule as RetentionSchedule | undefined) },
      }),
    }),
    route({
      method: "POST",
      path: "/v1/retention/run",
      operationId: "runRetention",
      summary: "Delete what the schedule says, now; it also runs by itself every day",
      tag: "privacy",
      auth: OFFICERS,
      responses: {
        200: {
          describe: "What went, and the certificate. Erasures of members go on in the background.",
          schema: Type.Object({ lines: Lines, certificateId: Type.String() }),
        },
      },
      handle: async ({ principal, requestId }) => ({
        status: 200,
        body: await runRetention(deps, { actor: actorOf(principal), requestId }),
      }),
    }),
  ];
}
