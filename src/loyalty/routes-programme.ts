import { Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import { AppError } from "../kernel/problems.ts";
import { type Principal, type Route, route } from "../kernel/route.ts";
import { validator } from "../kernel/validator.ts";
import {
  BacktestSchema,
  FairnessSchema,
  FittedSchema,
  KpisSchema,
  LevelsSchema,
  ModelSchema,
  ModelsSchema,
  MovedSchema,
  PreviewSchema,
  PublishedSchema,
  RulesAnswer,
} from "./answers.schema.ts";
import { countLevels, readKpis } from "./everyone.store.ts";
import { FAIRNESS_BY, fairnessReport } from "./fairness.ts";
import { showKpis } from "./kpis.ts";
import { PURCHASE_MODELS } from "./models/index.ts";
import { byMember, createPreview } from "./preview.ts";
import type { LoyaltyRouteDeps } from "./route-deps.ts";
import { faultsOfRules, type Rules, RulesSchema } from "./rules.ts";
import { dayOf } from "./scoring.ts";
import { readTiers } from "./tiers.store.ts";
import {
  findModel,
  listBacktests,
  listModels,
  listRules,
  readAnswers,
  readCohorts,
  readFeaturePage,
  readRules,
} from "./versions.store.ts";

const readers = { kind: "api-key", roles: ["admin", "compliance", "cx", "analyst"] } as const;
const writers = { kind: "api-key", roles: ["admin"] } as const;
const previewers = { kind: "api-key", roles: ["admin", "cx"] } as const;
const PAGE = 2_000;
/** Counts of fewer are not told. */
const SMALL = 5;

const isRules = validator<Rules>(RulesSchema, { strict: false, allErrors: true });

/** Reads submitted rules; throws `invalid-request` naming every place that is wrong. */
function readProposed(value: unknown): Rules {
  if (!isRules(value))
    throw new AppError("invalid-request", {
      errors: isRules.errors.map((e) => ({
        path: e.instancePath,
        code: e.keyword,
        message: e.message ?? "is not valid",
      })),
    });
  const errors = faultsOfRules(value);
  if (errors.length > 0) throw new AppError("invalid-request", { errors });
  return value;
}

const RulesBody = Type.Object({ rules: Type.Unknown() }, { additionalProperties: false });

/** The doors of the programme: rules, models, back-tests, counts, KPIs, fairness. */
export function programmeRoutes(deps: LoyaltyRouteDeps): Route[] {
  const { db, clock, versions } = deps;
  const audit = (principal: Principal, requestId: string, action: string, counts?: Record<string, number>) =>
    db.tx(async (tx) => {
      await stageAudit(tx, deps, {
        actor: actorOf(principal),
        action,
        requestId,
        ...(counts === undefined ? {} : { counts }),
      });
    });

  return [
    route({
      method: "GET",
      path: "/v1/loyalty/rules",
      operationId: "getLoyaltyRules",
      summary: "The rules in force, or those of a version",
      tag: "loyalty",
      auth: readers,
      query: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }),
      responses: { 200: { describe: "The rules with their number.", schema: RulesAnswer } },
      handle: async ({ query }) => {
        await versions.scoring();
        const row = await readRules(db, query.version ?? null);
        if (row === null) throw new AppError("not-found", { detail: "There are no rules of that version." });
        return {
          status: 200,
          body: {
            version: row.version,
            publishedAt: row.publishedAt.toISOString(),
            rules: row.rules,
            versions: (await listRules(db)).map((v) => ({
              version: v.version,
              publishedAt: v.publishedAt.toISOString(),
            })),
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/loyalty/rules/schema",
      operationId: "getLoyaltyRulesSchema",
      summary: "The JSON Schema of the rules, with the limits of every figure",
      tag: "loyalty",
      auth: readers,
      responses: {
        200: {
          describe: "JSON Schema 2020-12.",
          schema: Type.Record(Type.String(), Type.Unknown({ description: "Of the schema." })),
        },
      },
      handle: async () => ({ status: 200, body: RulesSchema }),
    }),
    route({
      method: "POST",
      path: "/v1/loyalty/rules/preview",
      operationId: "previewLoyaltyRules",
      summary: "Who would move, up and down, and what the benefits would cost, before rules are published",
      tag: "loyalty",
      auth: previewers,
      body: { kind: "json", schema: RulesBody, limit: 200_000 },
      responses: { 200: { describe: "The moves, once holds and grace have ended.", schema: PreviewSchema } },
      handle: async ({ body, principal, requestId }) => {
        const proposed = readProposed(body.rules);
        const scoring = await versions.scoring();
        const preview = createPreview(scoring, proposed, clock.now());
        for (let after: string | null = null; ; ) {
          const page = await readFeaturePage(db, after, PAGE);
          const ids = page.map((f) => f.member_id);
          const answers = byMember(await readAnswers(db, ids));
          const tiers = byMember(await readTiers(db, ids));
          for (const feature of page)
            preview.add(feature.member_id, {
              feature,
              answers: answers.get(feature.member_id) ?? [],
              tiers: tiers.get(feature.member_id) ?? [],
            });
          if (page.length < PAGE) break;
          after = page.at(-1)?.member_id ?? null;
        }
        const result = preview.result();
        await audit(principal, requestId, "loyalty.rules-previewed", { members: result.members });
        return { status: 200, body: { against: scoring.rulesVersion, ...result } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/loyalty/rules",
      operationId: "publishLoyaltyRules",
      fourEyes: true,
      summary: "Publish rules; everybody is scored again under them",
      tag: "loyalty",
      auth: writers,
      body: { kind: "json", schema: RulesBody, limit: 200_000 },
      responses: { 201: { describe: "The number of the rules.", schema: PublishedSchema } },
      handle: async ({ body, principal, requestId }) => {
        const proposed = readProposed(body.rules);
        await versions.scoring();
        const version = await db.retryingTx(async (tx) => {
          const published = await versions.publish(tx, proposed, actorOf(principal).id);
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "loyalty.rules-published",
            counts: { version: published },
            requestId,
          });
          return published;
        });
        return { status: 201, body: { version } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/loyalty/models",
      operationId: "fitLoyaltyModel",
      summary:
        "Fit the models to what members bought; the fit scores from now on unless it is only to be looked at",
      tag: "loyalty",
      auth: writers,
      body: {
        kind: "json",
        optional: true,
        schema: Type.Object(
          { model: Type.Optional(Type.Enum(PURCHASE_MODELS)), keep: Type.Optional(Type.Boolean()) },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: { describe: "The fit, cohort by cohort, refusals with their reasons.", schema: FittedSchema },
      },
      handle: async ({ body, principal, requestId }) => {
        const { modelId, model } = await versions.fit(actorOf(principal).id, {
          ...(body?.model === undefined ? {} : { kind: body.model }),
          ...(body?.keep === undefined ? {} : { keep: body.keep }),
        });
        await audit(principal, requestId, "loyalty.model-fitted", { members: model.members });
        return {
          status: 201,
          body: { id: modelId, kind: model.kind, members: model.members, fits: model.fits },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/loyalty/models",
      operationId: "listLoyaltyModels",
      summary: "Model versions, the newest first",
      tag: "loyalty",
      auth: readers,
      responses: { 200: { describe: "Model versions.", schema: ModelsSchema } },
      handle: async () => {
        const { modelId } = await versions.scoring();
        const items = (await listModels(db, 50)).map((m) => ({
          id: m.id,
          kind: m.kind,
          fittedOn: new Date(m.fittedOn * 86_400_000).toISOString().slice(0, 10),
          members: m.members,
          scores: m.id === modelId,
        }));
        return { status: 200, body: { items } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/loyalty/models/:id",
      operationId: "getLoyaltyModel",
      summary: "A model version with its cohorts, fits and back-tests",
      tag: "loyalty",
      auth: readers,
      params: Type.Object({ id: Type.String({ format: "uuid" }) }),
      responses: { 200: { describe: "The version.", schema: ModelSchema } },
      handle: async ({ params }) => {
        const model = await findModel(db, params.id);
        if (model === null) throw new AppError("not-found", { detail: "There is no model by that id." });
        return {
          status: 200,
          body: {
            ...model,
            createdAt: model.createdAt.toISOString(),
            // Steps of a distribution are for the computer.
            cohorts: (await readCohorts(db, model.id)).map(({ rates: _r, spends: _s, ...c }) => c),
            backtests: await listBacktests(db, model.id),
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/loyalty/backtests",
      operationId: "backtestLoyaltyModel",
      summary: "Fit up to some weeks ago, foretell those weeks, and compare with what came",
      tag: "loyalty",
      auth: writers,
      body: {
        kind: "json",
        optional: true,
        schema: Type.Object(
          {
            weeks: Type.Optional(Type.Integer({ minimum: 4, maximum: 104 })),
            model: Type.Optional(Type.Enum(PURCHASE_MODELS)),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: { describe: "The report, kept with the model that scores.", schema: BacktestSchema },
      },
      handle: async ({ body, principal, requestId }) => {
        const made = await versions.backtest(body?.weeks ?? 13, body?.model);
        await audit(principal, requestId, "loyalty.backtested", { members: made.report.members });
        return { status: 201, body: made };
      },
    }),
    route({
      method: "POST",
      path: "/v1/loyalty/scores",
      operationId: "scoreEverybody",
      summary: "Score everybody now rather than at the next daily round",
      tag: "loyalty",
      auth: writers,
      responses: { 200: { describe: "How many members changed level.", schema: MovedSchema } },
      handle: async ({ principal, requestId }) => {
        const moved = await deps.everyone({ force: true });
        await audit(principal, requestId, "loyalty.everybody-scored", { moved: moved ?? 0 });
        return { status: 200, body: { moved: moved ?? 0 } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/loyalty/levels",
      operationId: "countLoyaltyLevels",
      summary: "How many members are in each condition and tier; groups of fewer than five are not told",
      tag: "loyalty",
      auth: readers,
      responses: { 200: { describe: "Counts.", schema: LevelsSchema } },
      handle: async () => ({
        status: 200,
        body: {
          items: (await countLevels(db)).map((c) => ({
            ...c,
            members: c.members < SMALL ? null : c.members,
            suppressed: c.members < SMALL,
          })),
        },
      }),
    }),
    route({
      method: "GET",
      path: "/v1/loyalty/kpis",
      operationId: "getLoyaltyKpis",
      summary:
        "Growth, active rate, retention, repurchase, churn and response rate by month and currency, with formulas",
      tag: "loyalty",
      auth: readers,
      query: Type.Object({ months: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })) }),
      responses: {
        200: { describe: "Figures, intervals where they are estimates, formulas.", schema: KpisSchema },
      },
      handle: async ({ query }) => {
        const months = query.months ?? 12;
        const now = clock.now();
        const from = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months + 1, 1) / 86_400_000;
        return { status: 200, body: showKpis(await readKpis(db, from, months), dayOf(now)) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/loyalty/fairness",
      operationId: "getLoyaltyFairness",
      summary:
        "How scores and tiers are spread over regions, age bands or languages, where consent allows it",
      tag: "loyalty",
      auth: { kind: "api-key", roles: ["admin", "compliance", "analyst"] },
      query: Type.Object({ by: Type.Optional(Type.Enum(FAIRNESS_BY)) }),
      responses: { 200: { describe: "The report; small groups are left out.", schema: FairnessSchema } },
      handle: async ({ query }) => ({ status: 200, body: await fairnessReport(deps, query.by ?? "ageBand") }),
    }),
  ];
}
