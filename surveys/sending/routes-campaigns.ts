import { Type } from "typebox";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import { AppError, type FieldProblem } from "../../src/kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../../src/kernel/route.ts";
import {
  CampaignDetailSchema,
  CampaignMembersSchema,
  CampaignMessagesSchema,
  CampaignSchema,
  SimulationSchema,
} from "./answers.schema.ts";
import { ASK_STATES, listAsks } from "./asks.store.ts";
import { cancelWaiting } from "./bounces.store.ts";
import { CampaignInput, type CampaignSettings } from "./campaign.schema.ts";
import {
  type CampaignRow,
  countAsks,
  countMessages,
  findCampaign,
  insertCampaign,
  listCampaigns,
  saveProgress,
} from "./campaigns.store.ts";
import type { SendingDeps } from "./context.ts";
import { listMessages } from "./messages.store.ts";
import { simulate } from "./simulate.ts";

const workers = { kind: "api-key", roles: ["admin", "cx"] } as const;
const readers = { kind: "api-key", roles: ["admin", "cx", "compliance", "analyst", "auditor"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const Page = Type.Object(
  {
    state: Type.Optional(Type.String({ maxLength: 20 })),
    cursor: Type.Optional(Type.String({ format: "uuid" })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  { additionalProperties: false },
);

const shown = (c: CampaignRow) => ({
  id: c.campaignId,
  name: c.name,
  surveyId: c.surveyId,
  kind: c.kind,
  channel: c.channel,
  state: c.state,
  settings: c.settings,
  wave: c.wave,
  deciding: c.deciding,
  nextRunAt: c.nextRunAt?.toISOString() ?? null,
  createdAt: c.createdAt.toISOString(),
});

/** Fills in what is usual, and finds what does not fit the kind. */
export function completeSettings(
  kind: CampaignRow["kind"],
  given: Partial<CampaignSettings> & Pick<CampaignSettings, "audience">,
): { readonly settings: CampaignSettings; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const wrong = (path: string, message: string) => problems.push({ path, code: "invalid", message });
  if ((kind === "event") !== (given.trigger !== undefined))
    wrong("/settings/trigger", "A campaign by event has a trigger, and only such a one.");
  if ((kind === "recurring") !== (given.everyDays !== undefined))
    wrong("/settings/everyDays", "A recurring campaign has everyDays, and only such a one.");
  if (given.trigger !== undefined && given.trigger.latestHours <= given.trigger.afterHours)
    wrong("/settings/trigger/latestHours", "It is too late before it is time to ask.");
  if (kind === "event" && given.audience.kind !== "everybody")
    wrong("/settings/audience", "Whom a campaign by event asks, its trigger says.");
  const again = given.again ?? (kind === "recurring" ? "per-wave" : kind === "event" ? "always" : "never");
  return {
    settings: { ...given, again, expiresDays: given.expiresDays ?? 14, reminders: given.reminders ?? true },
    problems,
  };
}

/** The doors of campaigns: make, look, simulate, start, pause, end, and what became of everybody. */
export function campaignRoutes(deps: SendingDeps): Route[] {
  const { db, clock, ids } = deps;
  const get = async (id: string): Promise<CampaignRow> => {
    const row = await findCampaign(db, id);
    if (row === null) throw new AppError("not-found", { detail: "There is no campaign by that id." });
    return row;
  };
  const move = async (
    request: Pick<RouteRequest, "principal" | "requestId">,
    row: CampaignRow,
    action: string,
    next: Partial<CampaignRow>,
  ) => {
    const moved = { ...row, ...next };
    await db.retryingTx(async (tx) => {
      await saveProgress(tx, moved, clock.now());
      if (moved.state === "ended") await cancelWaiting(tx, row.campaignId, clock.now());
      await stageAudit(
        tx,
        { clock, ids },
        {
          actor: actorOf(request.principal),
          action,
          targets: [{ kind: "survey-campaign", id: row.campaignId }],
          requestId: request.requestId,
        },
      );
    });
    return { status: 200, body: shown(moved) };
  };

  return [
    route({
      method: "POST",
      path: "/v1/survey-campaigns",
      operationId: "createSurveyCampaign",
      summary: "Say who is to be asked what, when and how; nothing is sent before it is started",
      tag: "surveys",
      auth: workers,
      body: { kind: "json", schema: CampaignInput, limit: 1024 * 1024 },
      responses: { 201: { describe: "The campaign, as a draft.", schema: CampaignSchema } },
      handle: async ({ principal, requestId, body }) => {
        const { settings, problems } = completeSettings(body.kind, body.settings);
        if (problems.length > 0) throw new AppError("invalid-request", { errors: problems });
        if ((await deps.doors.published(body.surveyId)) === null)
          throw new AppError("conflict", { detail: "The survey is not running: publish it first." });
        if (settings.audience.kind === "segment") {
          const segment = await deps.segments.find(db, settings.audience.segmentId);
          if (segment === null)
            throw new AppError("invalid-request", {
              errors: [
                {
                  path: "/settings/audience/segmentId",
                  code: "unknown",
                  message: "There is no such segment.",
                },
              ],
            });
        }
        const at = clock.now();
        const row: CampaignRow = {
          campaignId: ids.next(),
          surveyId: body.surveyId,
          name: body.name,
          kind: body.kind,
          channel: body.channel,
          settings,
          state: "draft",
          wave: null,
          cursor: null,
          deciding: false,
          nextRunAt: null,
          createdBy: actorOf(principal).id,
          createdAt: at,
          updatedAt: at,
        };
        await db.tx(async (tx) => {
          await insertCampaign(tx, row);
          await stageAudit(
            tx,
            { clock, ids },
            {
              actor: actorOf(principal),
              action: "survey.campaign-created",
              targets: [{ kind: "survey-campaign", id: row.campaignId }],
              requestId,
            },
          );
        });
        return { status: 201, body: shown(row) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-campaigns",
      operationId: "listSurveyCampaigns",
      summary: "The campaigns, newest first",
      tag: "surveys",
      auth: readers,
      query: Type.Object({
        survey: Type.Optional(Type.String({ maxLength: 64 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        cursor: Type.Optional(Type.String({ format: "uuid" })),
      }),
      responses: {
        200: {
          describe: "A page.",
          schema: Type.Object({
            items: Type.Array(CampaignSchema),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await listCampaigns(db, {
          limit: limit + 1,
          after: query.cursor ?? null,
          ...(query.survey === undefined ? {} : { surveyId: query.survey }),
        });
        const page = found.slice(0, limit);
        return {
          status: 200,
          body: {
            items: page.map(shown),
            next: found.length > limit ? (page.at(-1)?.campaignId ?? null) : null,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-campaigns/:id",
      operationId: "readSurveyCampaign",
      summary: "A campaign, and how many members it asked, left out and why, and what became of the messages",
      tag: "surveys",
      auth: readers,
      params: ById,
      responses: { 200: { describe: "The campaign with its figures.", schema: CampaignDetailSchema } },
      handle: async ({ params }) => {
        const row = await get(params.id);
        return {
          status: 200,
          body: {
            ...shown(row),
            members: await countAsks(db, row.campaignId),
            messages: await countMessages(db, row.campaignId),
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/survey-campaigns/:id/simulate",
      operationId: "simulateSurveyCampaign",
      summary: "Who would be asked now, who not, why, and when again; writes nothing",
      tag: "surveys",
      auth: readers,
      params: ById,
      responses: { 200: { describe: "Numbers by reason, with examples.", schema: SimulationSchema } },
      handle: async ({ params }) => ({ status: 200, body: await simulate(deps, await get(params.id)) }),
    }),
    route({
      method: "POST",
      path: "/v1/survey-campaigns/:id/start",
      operationId: "startSurveyCampaign",
      summary: "Start a campaign, or go on with one that was paused",
      tag: "surveys",
      auth: workers,
      params: ById,
      responses: { 200: { describe: "The campaign, running.", schema: CampaignSchema } },
      handle: async (request) => {
        const row = await get(request.params.id);
        if (row.state === "ended") throw new AppError("conflict", { detail: "The campaign has ended." });
        const { controller } = await deps.consent.snapshot();
        if (controller.publicUrl === null)
          throw new AppError("conflict", {
            detail: "Set the controller's publicUrl first: links must lead to this server.",
          });
        if (row.state === "running") return { status: 200, body: shown(row) };
        const { startsAt } = row.settings;
        const first = startsAt === undefined ? clock.now() : new Date(startsAt);
        return move(request, row, "survey.campaign-started", {
          state: "running",
          nextRunAt: row.state === "draft" ? first : row.nextRunAt,
        });
      },
    }),
    route({
      method: "POST",
      path: "/v1/survey-campaigns/:id/pause",
      operationId: "pauseSurveyCampaign",
      summary: "Pause a campaign: nothing more is decided or sent until it is started again",
      tag: "surveys",
      auth: workers,
      params: ById,
      responses: { 200: { describe: "The campaign, paused.", schema: CampaignSchema } },
      handle: async (request) => {
        const row = await get(request.params.id);
        if (row.state !== "running")
          throw new AppError("conflict", { detail: "The campaign is not running." });
        return move(request, row, "survey.campaign-paused", { state: "paused" });
      },
    }),
    route({
      method: "POST",
      path: "/v1/survey-campaigns/:id/end",
      operationId: "endSurveyCampaign",
      summary: "End a campaign for good; who waits is not asked, and no reminder follows",
      tag: "surveys",
      auth: workers,
      params: ById,
      responses: { 200: { describe: "The campaign, ended.", schema: CampaignSchema } },
      handle: async (request) => {
        const row = await get(request.params.id);
        return move(request, row, "survey.campaign-ended", {
          state: "ended",
          deciding: false,
          nextRunAt: null,
        });
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-campaigns/:id/members",
      operationId: "listSurveyCampaignMembers",
      summary: "Everybody the campaign looked at, with state, reason and when again",
      tag: "surveys",
      auth: readers,
      params: ById,
      query: Page,
      responses: { 200: { describe: "A page.", schema: CampaignMembersSchema } },
      handle: async ({ params, query }) => {
        const limit = query.limit ?? 100;
        const state = ASK_STATES.find((s) => s === query.state);
        const found = await listAsks(db, {
          campaignId: params.id,
          ...(state === undefined ? {} : { state }),
          after: query.cursor ?? null,
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        return {
          status: 200,
          body: {
            items: page.map((a) => ({
              id: a.askId,
              subjectId: a.subjectId,
              state: a.state,
              reason: a.reason,
              detail: a.detail,
              againAt: a.againAt,
              dueAt: a.dueAt,
              askedAt: a.askedAt,
              reminders: a.reminders,
              order: a.orderKey,
              store: a.storeId,
            })),
            next: found.length > limit ? (page.at(-1)?.askId ?? null) : null,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-campaigns/:id/messages",
      operationId: "listSurveyMessages",
      summary: "The campaign's messages by state; those in flight when a process died are `unknown`",
      tag: "surveys",
      auth: readers,
      params: ById,
      query: Page,
      responses: { 200: { describe: "A page.", schema: CampaignMessagesSchema } },
      handle: async ({ params, query }) => {
        const limit = query.limit ?? 100;
        const found = await listMessages(db, {
          campaignId: params.id,
          ...(query.state === undefined ? {} : { state: query.state }),
          after: query.cursor ?? null,
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        return {
          status: 200,
          body: {
            items: page.map((m) => ({
              id: m.messageId,
              subjectId: m.subjectId,
              kind: m.kind,
              channel: m.channel,
              state: m.state,
              error: m.error,
              at: m.at,
            })),
            next: found.length > limit ? (page.at(-1)?.messageId ?? null) : null,
          },
        };
      },
    }),
  ];
}
