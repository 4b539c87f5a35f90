import { Type } from "typebox";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import { compare } from "../metrics/compare.ts";
import { readResults, readThemes } from "../metrics/read-results.ts";
import type { PublishedSurvey } from "../port.ts";
import { requirePublished, type SendingDeps } from "../sending/context.ts";
import { THEMES } from "../themes/lexicon.ts";
import { ActionSchema, ActionsSchema } from "./answers.schema.ts";
import { type ActionRow, findAction, listActions, saveAction } from "./cases.store.ts";

const workers = { kind: "api-key", roles: ["admin", "cx"] } as const;
const SurveyId = Type.Object({ id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }) });
const Day = Type.String({ format: "date" });
const Code = Type.String({ minLength: 1, maxLength: 64 });
/** How many days before and after a change are held against each other. */
const SPAN = 90;

const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** The outer loop: from a theme to a change, and from the change to the same figures before and after it. */
export function actionRoutes(deps: SendingDeps): Route[] {
  const { db, clock, ids } = deps;

  /** The survey's figure and the theme's share of comments in the 90 days before and since the change. */
  const effectOf = async (found: PublishedSurvey, action: ActionRow) => {
    if (action.doneOn === null) return null;
    const tomorrow = dayAfter(clock.now().toISOString().slice(0, 10), 1);
    const end = [dayAfter(action.doneOn, SPAN), tomorrow].sort()[0] as string;
    if (end <= action.doneOn) return null;
    const only =
      action.storeId !== null
        ? { only: { dimension: "store" as const, value: action.storeId } }
        : action.region !== null
          ? { only: { dimension: "region" as const, value: action.region } }
          : {};
    const windows = {
      before: { from: dayAfter(action.doneOn, -SPAN), to: action.doneOn },
      after: { from: action.doneOn, to: end },
    };
    const figure = async (window: { from: string; to: string }) => {
      try {
        return (await readResults(db, found, { ...window, ...only, options: {} })).results.total;
      } catch (error) {
        // A group too small to be shown has no figure here either.
        if (error instanceof AppError && (error.code === "forbidden" || error.code === "not-found"))
          return null;
        throw error;
      }
    };
    const share = async (window: { from: string; to: string }) => {
      const themes = await readThemes(db, { surveyId: found.surveyId, ...window, ...only });
      return themes?.themes.find((t) => t.theme === action.theme)?.share ?? null;
    };
    const [before, after] = [await figure(windows.before), await figure(windows.after)];
    const [themeBefore, themeAfter] = [await share(windows.before), await share(windows.after)];
    return {
      windows,
      figure: { before, after, change: compare(after, before) },
      theme: { before: themeBefore, after: themeAfter, change: compare(themeAfter, themeBefore) },
    };
  };

  const save = (row: ActionRow, request: Parameters<Route["handle"]>[0], action: string) =>
    db.tx(async (tx) => {
      await saveAction(tx, row);
      await stageAudit(
        tx,
        { clock, ids },
        {
          actor: actorOf(request.principal),
          action,
          targets: [{ kind: "survey-action", id: row.actionId }],
          requestId: request.requestId,
        },
      );
    });

  return [
    route({
      method: "GET",
      path: "/v1/surveys/:id/actions",
      operationId: "listSurveyActions",
      summary:
        "What was changed because of a theme, with the figures before and after and whether they differ",
      tag: "surveys",
      auth: { kind: "api-key", roles: ["admin", "cx", "analyst"] },
      params: SurveyId,
      responses: {
        200: { describe: "The actions.", schema: ActionsSchema },
      },
      handle: async ({ params }) => {
        const found = await requirePublished(deps.doors, params.id);
        const items = [];
        for (const action of await listActions(db, found.surveyId))
          items.push({ ...action, effect: await effectOf(found, action) });
        return { status: 200, body: { items } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/surveys/:id/actions",
      operationId: "planSurveyAction",
      summary: "Plan a change because of a theme, with somebody who sees to it",
      tag: "surveys",
      auth: workers,
      params: SurveyId,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            theme: Type.Enum(THEMES.map((t) => t.id)),
            owner: Type.String({ minLength: 1, maxLength: 100 }),
            what: Type.String({ minLength: 1, maxLength: 500 }),
            store: Type.Optional(Code),
            region: Type.Optional(Code),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 201: { describe: "The action.", schema: ActionSchema } },
      handle: async (request) => {
        const { params, body } = request;
        const found = await requirePublished(deps.doors, params.id);
        const at = clock.now();
        const row: ActionRow = {
          actionId: ids.next(),
          surveyId: found.surveyId,
          theme: body.theme,
          owner: body.owner,
          what: body.what,
          storeId: body.store ?? null,
          region: body.region ?? null,
          state: "planned",
          doneOn: null,
          createdAt: at,
          updatedAt: at,
        };
        await save(row, request as Parameters<Route["handle"]>[0], "survey.action-planned");
        return { status: 201, body: row };
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/survey-actions/:id",
      operationId: "changeSurveyAction",
      summary: "Say that a change was made, and on which day, or that it was dropped",
      tag: "surveys",
      auth: workers,
      params: Type.Object({ id: Type.String({ format: "uuid" }) }),
      body: {
        kind: "json",
        schema: Type.Object(
          {
            state: Type.Optional(Type.Enum(["planned", "done", "dropped"] as const)),
            doneOn: Type.Optional(Day),
            owner: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
            what: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
      },
      responses: { 200: { describe: "The action.", schema: ActionSchema } },
      handle: async (request) => {
        const { params, body } = request;
        const known = await findAction(db, params.id);
        if (known === null) throw new AppError("not-found", { detail: "There is no action by that id." });
        const state = body.state ?? known.state;
        const at = clock.now();
        const row: ActionRow = {
          ...known,
          state,
          owner: body.owner ?? known.owner,
          what: body.what ?? known.what,
          doneOn: state === "done" ? (body.doneOn ?? known.doneOn ?? at.toISOString().slice(0, 10)) : null,
          updatedAt: at,
        };
        await save(row, request as Parameters<Route["handle"]>[0], "survey.action-changed");
        return { status: 200, body: row };
      },
    }),
  ];
}
