import { Type } from "typebox";
import { readEvents } from "../events/index.ts";
import { type Route, route } from "../kernel/route.ts";
import { openPack } from "../vault/index.ts";
import { EventsSchema } from "./profile.schema.ts";
import { categoryOfEvent, gateMember, noteRead } from "./purpose-bound.ts";
import { askOf, PurposeQuery } from "./purpose-query.ts";
import { ById, type MemberRouteDeps, READERS } from "./route-deps.ts";
import { findMemberSubjects } from "./subjects.store.ts";

/** A member's events, a page at a time. */
export function eventRoutes(deps: MemberRouteDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/members/:id/events",
      operationId: "listMemberEvents",
      summary: "Read a member's events, newest first",
      tag: "profiles",
      auth: READERS,
      params: ById,
      query: Type.Object({
        ...PurposeQuery.properties,
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        before: Type.Optional(
          Type.String({
            pattern: "^[0-9TZ:.-]{20,30}_[0-9a-f-]{36}$",
            description: "The `next` of the page before.",
          }),
        ),
      }),
      responses: {
        200: {
          describe: "A page of events.",
          schema: EventsSchema,
        },
      },
      handle: async (request) => {
        const { snapshot, ask } = await askOf(deps, request.principal, request.query);
        const limit = request.query.limit ?? 50;
        const [time, eventId] = request.query.before?.split("_") ?? [];
        return deps.db.tx(async (tx) => {
          const gated = await gateMember(tx, deps, snapshot, ask, request.params.id);
          const { gate } = gated;
          const subjects = await findMemberSubjects(tx, request.params.id);
          const keys = await deps.vault.loadKeys(subjects.map((s) => s.keyId));
          const keyOf = new Map(subjects.map((s) => [s.subjectId, keys.get(s.keyId)]));
          const rows = await readEvents(
            tx,
            subjects.map((s) => s.subjectId),
            {
              limit: limit + 1,
              ...(time === undefined || eventId === undefined
                ? {}
                : { before: { occurredAt: new Date(time), eventId } }),
            },
          );
          const page = rows.slice(0, limit);
          const last = page.at(-1);
          const given = new Set<string>();
          // That something happened is of its own kind, too: what may not be told is left out whole.
          const shown = page.flatMap(({ sealed, ...e }) => {
            const category = categoryOfEvent(e.type);
            if (!gate.may(category, e.subjectId)) return [];
            given.add(category);
            const key = keyOf.get(e.subjectId);
            const opened =
              key === undefined
                ? new Map<string, unknown>()
                : openPack(
                    deps.vault,
                    key,
                    { table: "event", column: "sealed", recordId: e.eventId },
                    sealed,
                    (c) => gate.may(c, e.subjectId),
                  );
            for (const c of opened.keys()) given.add(c);
            return [{ ...e, sealed: Object.fromEntries(opened) }];
          });
          await noteRead(tx, deps, request, {
            action: "events.read",
            purpose: ask.purpose,
            gated,
            given,
            counts: { events: shown.length },
          });
          return {
            status: 200,
            body: {
              events: shown,
              basis: gate.basis,
              withheld: gate.withheld,
              next:
                rows.length > limit && last !== undefined
                  ? `${last.occurredAt.toISOString()}_${last.eventId}`
                  : null,
            },
          };
        });
      },
    }),
  ];
}
