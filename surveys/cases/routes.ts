import { Type } from "typebox";
import { decide } from "../../consent/index.ts";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import type { Db } from "../../src/db/index.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { cutOrdered, OrderCursor, readOrder, sortBy } from "../../src/kernel/list-order.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { ownStores, type Principal, type Route, route } from "../../src/kernel/route.ts";
import { readMemberOrders } from "../../src/members/index.ts";
import { titlesOf } from "../definitions/published.ts";
import type { PublishedSurvey } from "../port.ts";
import type { SendingDeps } from "../sending/context.ts";
import { SURVEY_PURPOSE } from "../sending/facts.ts";
import { redact } from "../themes/redact.ts";
import { CaseDetailSchema, CaseFiguresSchema, CaseSchema } from "./answers.schema.ts";
import { CASE_ORDERS, type CaseRow, findCase, listCases, readFigures } from "./cases.store.ts";
import { OUTCOMES } from "./decide-case.ts";
import { changeCase, openNotes } from "./work-cases.ts";

const workers = { kind: "api-key", roles: ["admin", "cx", "store"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const Nullable = Type.Union([Type.String(), Type.Null()]);
/** How far back the purchase of a case is looked for. */
const ORDERS_SINCE = 400 * DAY;

const shown = (c: CaseRow, now: Date, survey: PublishedSurvey | null) => ({
  id: c.caseId,
  surveyId: c.surveyId,
  surveyName: survey?.name ?? null,
  reasons: c.reasons,
  store: c.storeId,
  region: c.region,
  owner: c.owner,
  state: c.state,
  outcome: c.outcome,
  contactWanted: c.contactWanted,
  openedAt: c.openedAt,
  dueAt: c.dueAt,
  late: c.state === "open" && c.dueAt <= now,
  contactedAt: c.contactedAt,
  escalatedAt: c.escalatedAt,
  closedAt: c.closedAt,
  askAgainAt: c.askAgainAt,
});

/** A case that the person may see; one of another shop is not there for store staff. */
async function visibleCase(db: Pick<Db, "query">, principal: Principal, id: string): Promise<CaseRow> {
  const row = await findCase(db, id);
  const own = ownStores(principal);
  const hidden = own !== null && (row?.storeId == null || !own.includes(row.storeId));
  if (row === null || hidden) throw new AppError("not-found", { detail: "There is no case by that id." });
  return row;
}

/** The doors of cases. Staff see the answer and the purchase it is about, and nothing else of the member. */
export function caseRoutes(deps: SendingDeps): Route[] {
  const { db, clock, ids } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/survey-cases",
      operationId: "listSurveyCases",
      summary: "Cases, newest first unless stated; ?late=true lists those that nobody contacted in time",
      tag: "surveys",
      auth: workers,
      query: Type.Object(
        {
          state: Type.Optional(Type.Enum(["open", "contacted", "closed"] as const)),
          store: Type.Optional(Type.String({ maxLength: 64 })),
          survey: Type.Optional(Type.String({ maxLength: 64 })),
          member: Type.Optional(Type.String({ format: "uuid" })),
          late: Type.Optional(Type.Boolean()),
          sort: sortBy(CASE_ORDERS, "-opened"),
          cursor: OrderCursor,
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe: "A page.",
          schema: Type.Object({ items: Type.Array(CaseSchema), next: Nullable }),
        },
      },
      handle: async ({ principal, query }) => {
        const limit = query.limit ?? 100;
        const own = ownStores(principal);
        if (own !== null && query.store !== undefined && !own.includes(query.store))
          throw new AppError("forbidden", { detail: "This is another shop's." });
        // Whose they are, store staff are not told.
        if (own !== null && query.member !== undefined) throw new AppError("forbidden");
        const { member: id } = query;
        const member =
          id === undefined ? undefined : (await deps.consent.members.subjectsOf(db, [id])).get(id);
        const order = readOrder(CASE_ORDERS, query.sort ?? "-opened", query.cursor);
        const found = await listCases(db, {
          ...(own === null ? {} : { storeIds: own }),
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.store === undefined ? {} : { storeId: query.store }),
          ...(query.survey === undefined ? {} : { surveyId: query.survey }),
          ...(id === undefined ? {} : { subjectIds: member?.subjects.map((s) => s.subjectId) ?? [] }),
          ...(query.late === true ? { lateAt: clock.now() } : {}),
          order,
          limit: limit + 1,
        });
        const { page, next } = cutOrdered(found, limit, order, (c) => ({
          value: order.by === "due" ? c.dueAt.toISOString() : null,
          id: c.caseId,
        }));
        const surveys = new Map<string, PublishedSurvey | null>();
        for (const id of new Set(page.map((c) => c.surveyId))) surveys.set(id, await deps.doors.latest(id));
        return {
          status: 200,
          body: {
            items: page.map((c) => shown(c, clock.now(), surveys.get(c.surveyId) ?? null)),
            next,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-case-figures",
      operationId: "readSurveyCaseFigures",
      summary: "How many cases each store has, how many were contacted in time, and how long it took",
      tag: "surveys",
      auth: { kind: "api-key", roles: ["admin", "cx", "analyst", "auditor"] },
      query: Type.Object({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) }),
      responses: {
        200: { describe: "Figures by store.", schema: CaseFiguresSchema },
      },
      handle: async ({ query }) => {
        const now = clock.now();
        return {
          status: 200,
          body: { items: await readFigures(db, new Date(+now - (query.days ?? 90) * DAY), now) },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/survey-cases/:id",
      operationId: "readSurveyCase",
      summary:
        "A case with its answer, its purchase and its notes; how to reach the member only where it may be called",
      tag: "surveys",
      auth: workers,
      params: ById,
      responses: { 200: { describe: "The case.", schema: CaseDetailSchema } },
      handle: async ({ principal, requestId, params }) => {
        const row = await visibleCase(db, principal, params.id);
        const survey = await deps.doors.latest(row.surveyId);
        const { rules } = await deps.consent.snapshot();
        return db.tx(async (tx) => {
          const answers = (await deps.doors.openAnswers(tx, [row.responseId])).get(row.responseId) ?? null;
          const contact = row.contactWanted ? await deps.doors.openContact(tx, row.responseId) : null;
          const notes = await openNotes(tx, deps, row.caseId);
          const member =
            row.subjectId === null
              ? undefined
              : (await deps.consent.members.subjectsOf(tx, [row.subjectId])).get(row.subjectId);
          const standing =
            member === undefined
              ? undefined
              : (await deps.consent.standings(tx, [member])).get(member.memberId);
          // The purchase is shown under the purpose for which the member was asked.
          const mayShow =
            standing !== undefined &&
            decide(rules, standing, { purposeId: SURVEY_PURPOSE, channel: "email", category: "transaction" })
              .kind === "allowed";
          const orders =
            member === undefined || row.orderKey === null || !mayShow
              ? []
              : ((await readMemberOrders(tx, [member], new Date(+clock.now() - ORDERS_SINCE))).get(
                  member.memberId,
                ) ?? []);
          const order = orders.find((o) => o.order.orderKey === row.orderKey)?.order ?? null;
          await stageAudit(
            tx,
            { clock, ids },
            {
              actor: actorOf(principal),
              action: "survey.case-read",
              purpose: SURVEY_PURPOSE,
              targets: [{ kind: "survey-case", id: row.caseId }],
              requestId,
            },
          );
          return {
            status: 200,
            body: {
              ...shown(row, clock.now(), survey),
              questions: survey === null ? {} : titlesOf(survey.definition),
              answers: answers === null ? null : redactedTexts(answers),
              contact,
              order:
                order === null
                  ? null
                  : {
                      orderedAt: order.orderedAt,
                      store: order.storeId,
                      channel: order.channel,
                      currency: order.currency,
                      netMinor: order.netMinor,
                      categories: Object.keys(order.categories),
                      cancelled: order.cancelled,
                    },
              notes,
            },
          };
        });
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/survey-cases/:id",
      operationId: "changeSurveyCase",
      summary: "Take a case, note the contact, write a note, close it with an outcome, or open it again",
      tag: "surveys",
      auth: workers,
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            move: Type.Optional(Type.Enum(["contact", "close", "reopen"] as const)),
            owner: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()])),
            outcome: Type.Optional(Type.Enum(OUTCOMES)),
            note: Type.Optional(Type.String({ minLength: 1, maxLength: 4_000 })),
            askAgainDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
      },
      responses: { 200: { describe: "The case.", schema: CaseSchema } },
      handle: async ({ principal, requestId, params, body }) => {
        await visibleCase(db, principal, params.id);
        const changed = await changeCase(deps, { principal, requestId }, params.id, body);
        const survey = await deps.doors.latest(changed.surveyId);
        return { status: 200, body: shown(changed, clock.now(), survey) };
      },
    }),
  ];
}

/** Answers as staff of a store read them: what names other people is taken out of texts. */
function redactedTexts(answers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answers).map(([question, value]) => [
      question,
      typeof value === "string" && !value.startsWith("data:") ? redact(value).text : withoutContents(value),
    ]),
  );
}

/** Files and drawings by name and kind: what they show may be more than whoever calls back needs. */
function withoutContents(value: unknown): unknown {
  if (typeof value === "string") return "[signature]";
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) =>
    typeof item === "object" && item !== null && "content" in item && "name" in item && "type" in item
      ? { name: item.name, type: item.type }
      : item,
  );
}
