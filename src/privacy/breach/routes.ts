import { Type } from "typebox";
import { citeIn, LOCALES, RegimeName } from "../../../consent/index.ts";
import { cutPage, NextPlace, PageQuery, readPlace } from "../../kernel/place.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, route } from "../../kernel/route.ts";
import { byOf } from "../requests/routes.ts";
import { countAffected, type IncidentRow, listIncidents, pageAffected, readNotices } from "./breach.store.ts";
import { breachDeadline } from "./deadline.ts";
import { draftNotice } from "./drafts.ts";
import type { BreachDeps, Breaches } from "./service.ts";

const officers = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const readers = { kind: "api-key", roles: ["admin", "compliance", "auditor"] } as const;
const Time = Type.String({ format: "date-time" });
const MaybeTime = Type.Union([Time, Type.Null()]);
const Text = Type.String({ minLength: 1, maxLength: 10_000 });
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const Audience = Type.Union([Type.Literal("authority"), Type.Literal("persons")]);
const Aspect = Type.Enum(["confidentiality", "integrity", "availability"] as const);
const Risk = Type.Enum(["unlikely", "risk", "high"] as const);
const State = Type.Union([Type.Literal("open"), Type.Literal("closed")]);
const ReaderSchema = Type.Object(
  {
    kind: Type.String({
      maxLength: 40,
      description: "As in the register of disclosures: api-key, recipient.",
    }),
    id: Type.String({ maxLength: 100 }),
  },
  { additionalProperties: false },
);
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });

const NewIncidentSchema = Type.Object(
  {
    title: Text,
    description: Text,
    consequences: Type.Optional(Text),
    measures: Type.Optional(Text),
    aspects: Type.Array(Aspect, { minItems: 1, uniqueItems: true }),
    from: Time,
    to: Time,
    discoveredAt: Type.Optional(Time),
    readers: Type.Optional(Type.Array(ReaderSchema, { maxItems: 100 })),
    memberIds: Type.Optional(Type.Array(Type.String({ format: "uuid" }), { maxItems: 10_000 })),
    everybody: Type.Optional(Type.Boolean()),
    categories: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50 })),
  },
  { additionalProperties: false },
);

const Shown = Type.Object({
  id: Type.String({ format: "uuid" }),
  title: Type.String(),
  description: Type.String(),
  consequences: MaybeText,
  measures: MaybeText,
  aspects: Type.Array(Type.String()),
  from: Time,
  to: Time,
  discoveredAt: Time,
  risk: Type.Union([Risk, Type.Null()]),
  state: State,
  readers: Type.Array(ReaderSchema),
  everybody: Type.Boolean(),
  countedAt: MaybeTime,
  closedAt: MaybeTime,
});

const Detail = Type.Object({
  ...Shown.properties,
  affected: Type.Array(
    Type.Object({
      regime: Type.Union([Type.String(), Type.Null()]),
      members: Type.Integer(),
      categories: Type.Array(Type.String()),
    }),
  ),
  notices: Type.Array(
    Type.Object({
      regime: Type.String(),
      audience: Audience,
      dueAt: MaybeTime,
      words: Type.Object({ en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() }),
      state: Type.Union([Type.Literal("due"), Type.Literal("sent"), Type.Literal("not-needed")]),
      isLate: Type.Boolean(),
      decidedAt: MaybeTime,
      note: MaybeText,
    }),
  ),
  reads: Type.Array(Type.Object({ actorId: Type.String(), action: Type.String(), count: Type.Integer() })),
});

/** The doors of the breach register. */
export function breachRoutes(deps: BreachDeps, breaches: Breaches): Route[] {
  const show = async (row: IncidentRow) => ({
    id: row.incidentId,
    ...(await breaches.words(row)),
    aspects: row.aspects,
    from: row.occurredFrom.toISOString(),
    to: row.occurredTo.toISOString(),
    discoveredAt: row.discoveredAt.toISOString(),
    risk: row.risk,
    state: row.state,
    readers: row.readers,
    everybody: row.everybody,
    countedAt: row.countedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
  });
  const packOf = (regime: string) => {
    const pack = deps.regimes.get(regime);
    if (pack === undefined) throw new AppError("not-found", { detail: "There is no such law here." });
    return pack;
  };
  const detail = async (row: IncidentRow) => {
    const now = deps.clock.now();
    const notices = await readNotices(deps.db, row.incidentId);
    return {
      ...(await show(row)),
      affected: await countAffected(deps.db, row.incidentId),
      notices: await Promise.all(
        notices.map(async (n) => ({
          regime: n.regime,
          audience: n.audience,
          dueAt: n.dueAt?.toISOString() ?? null,
          words: breachDeadline(packOf(n.regime), n.audience, row.discoveredAt).words,
          state: n.state,
          isLate: n.dueAt !== null && (n.decidedAt ?? now) >= n.dueAt && n.state !== "not-needed",
          decidedAt: n.decidedAt?.toISOString() ?? null,
          note: await breaches.note(row, n.note),
        })),
      ),
      reads: (await breaches.reads(row)).map(({ n, ...read }) => ({ ...read, count: n })),
    };
  };
  const answer = { 200: { describe: "The incident with its duties to tell.", schema: Detail } };

  return [
    route({
      method: "POST",
      path: "/v1/breaches",
      operationId: "recordBreach",
      summary: "Record an incident; who is affected is counted from the register of disclosures",
      tag: "breaches",
      auth: officers,
      body: { kind: "json", schema: NewIncidentSchema },
      responses: { 201: { describe: "The incident with its duties to tell.", schema: Detail } },
      handle: async (request) => {
        const { body } = request;
        const row = await breaches.create(byOf(request), {
          words: {
            title: body.title,
            description: body.description,
            consequences: body.consequences ?? null,
            measures: body.measures ?? null,
          },
          aspects: body.aspects,
          from: new Date(body.from),
          to: new Date(body.to),
          discoveredAt: body.discoveredAt === undefined ? deps.clock.now() : new Date(body.discoveredAt),
          readers: body.readers ?? [],
          memberIds: body.memberIds ?? [],
          everybody: body.everybody ?? false,
          categories: body.categories ?? [],
        });
        return { status: 201, body: await detail(row) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/breaches",
      operationId: "listBreaches",
      summary: "The register of incidents, the newest first",
      tag: "breaches",
      auth: readers,
      query: Type.Object({ state: Type.Optional(State), ...PageQuery }),
      responses: {
        200: {
          describe: "A page of incidents.",
          schema: Type.Object({ items: Type.Array(Shown), next: NextPlace }),
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await listIncidents(deps.db, {
          state: query.state,
          before: readPlace(query.cursor),
          limit: limit + 1,
        });
        const { page, next } = cutPage(found, limit, (row) => ({ at: row.discoveredAt, id: row.incidentId }));
        return { status: 200, body: { items: await Promise.all(page.map(show)), next } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/breaches/:id",
      operationId: "getBreach",
      summary: "One incident: whom it concerns, by when whom to tell, what the readers in question did",
      tag: "breaches",
      auth: readers,
      params: ById,
      responses: answer,
      handle: async ({ params }) => ({ status: 200, body: await detail(await breaches.find(params.id)) }),
    }),
    route({
      method: "GET",
      path: "/v1/breaches/:id/members",
      operationId: "listBreachMembers",
      summary: "The members that an incident concerns",
      tag: "breaches",
      auth: readers,
      params: ById,
      query: Type.Object(
        {
          cursor: Type.Optional(Type.String({ format: "uuid" })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe: "A page, by id.",
          schema: Type.Object({
            items: Type.Array(
              Type.Object({
                memberId: Type.String(),
                regime: Type.Union([Type.String(), Type.Null()]),
                categories: Type.Array(Type.String()),
              }),
            ),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      handle: async ({ params, query }) => {
        await breaches.find(params.id);
        const limit = query.limit ?? 200;
        const found = await pageAffected(deps.db, params.id, query.cursor ?? null, limit + 1);
        const page = found.slice(0, limit);
        return {
          status: 200,
          body: { items: page, next: found.length > limit ? (page.at(-1)?.memberId ?? null) : null },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/breaches/:id/recount",
      operationId: "recountBreach",
      summary: "Count once more who is affected",
      tag: "breaches",
      auth: officers,
      params: ById,
      responses: answer,
      handle: async (request) => ({
        status: 200,
        body: await detail(await breaches.recount(byOf(request), request.params.id)),
      }),
    }),
    route({
      method: "PATCH",
      path: "/v1/breaches/:id",
      operationId: "changeBreach",
      summary: "Assess the risk, complete the words, close",
      tag: "breaches",
      auth: officers,
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            risk: Type.Optional(Risk),
            title: Type.Optional(Text),
            description: Type.Optional(Text),
            consequences: Type.Optional(Text),
            measures: Type.Optional(Text),
            close: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      },
      responses: answer,
      handle: async (request) => {
        const { risk, close, ...words } = request.body;
        const row = await breaches.change(byOf(request), request.params.id, {
          ...(risk === undefined ? {} : { risk }),
          ...(close === undefined ? {} : { close }),
          ...(Object.keys(words).length === 0 ? {} : { words }),
        });
        return { status: 200, body: await detail(row) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/breaches/:id/notices/:regime/:audience",
      operationId: "draftBreachNotice",
      summary: "The draft of a notice, in one language",
      tag: "breaches",
      auth: readers,
      params: Type.Object({ ...ById.properties, regime: RegimeName, audience: Audience }),
      query: Type.Object({ lang: Type.Optional(Type.Enum(LOCALES)) }, { additionalProperties: false }),
      responses: {
        200: { describe: "Plain text; […] stands for what is not known.", contentType: "text/plain" },
      },
      handle: async ({ params, query }) => {
        const row = await breaches.find(params.id);
        const pack = packOf(params.regime);
        const { controller } = await deps.consent.snapshot();
        const affected = await countAffected(deps.db, row.incidentId);
        const own = affected.filter((a) => a.regime === params.regime);
        const locale = query.lang ?? "en";
        const text = draftNotice(params.audience, locale, controller, {
          incident: await breaches.words(row),
          aspects: row.aspects,
          from: row.occurredFrom,
          to: row.occurredTo,
          discoveredAt: row.discoveredAt,
          members: own.reduce((n, a) => n + a.members, 0),
          categories: [...new Set(own.flatMap((a) => a.categories))].sort(),
          article: citeIn(locale, pack.breach[params.audience].source, pack),
          authority: citeIn(locale, pack.authority.value.name, pack),
        });
        return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: text };
      },
    }),
    route({
      method: "POST",
      path: "/v1/breaches/:id/notices/:regime/:audience",
      operationId: "settleBreachNotice",
      summary: "Record that a notice was sent, or why it is not needed",
      tag: "breaches",
      auth: officers,
      params: Type.Object({ ...ById.properties, regime: RegimeName, audience: Audience }),
      body: {
        kind: "json",
        schema: Type.Object(
          {
            state: Type.Union([Type.Literal("sent"), Type.Literal("not-needed")]),
            at: Type.Optional(Time),
            note: Type.String({ minLength: 1, maxLength: 4_000, description: "How, or why not." }),
          },
          { additionalProperties: false },
        ),
      },
      responses: answer,
      handle: async (request) => {
        const { id, regime, audience } = request.params;
        const { state, at, note } = request.body;
        await breaches.settle(byOf(request), id, {
          regime,
          audience,
          state,
          note,
          at: at === undefined ? deps.clock.now() : new Date(at),
        });
        return { status: 200, body: await detail(await breaches.find(id)) };
      },
    }),
  ];
}
