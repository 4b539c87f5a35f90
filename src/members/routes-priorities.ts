import { Type } from "typebox";
import { type Route, route } from "../kernel/route.ts";
import { readPriorities } from "./priorities.store.ts";
import { changePriorities } from "./priorities.ts";
import type { MemberRouteDeps } from "./route-deps.ts";

const PrioritiesSchema = Type.Object(
  {
    priorities: Type.Record(
      Type.String({ minLength: 1, maxLength: 100 }),
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100, uniqueItems: true }),
      {
        description:
          "Field to the ids or kinds of the sources whose word counts there before that of all others, the most trusted first; `*` is for fields that are not named.",
      },
    ),
  },
  { additionalProperties: false },
);

/** Whose word counts before whose, field by field. */
export function priorityRoutes(deps: MemberRouteDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/source-priorities",
      operationId: "getSourcePriorities",
      summary: "Which sources count before others in the fields of profiles",
      tag: "profiles",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx", "analyst", "auditor"] },
      responses: { 200: { describe: "The order of every field that has one.", schema: PrioritiesSchema } },
      handle: async () => ({ status: 200, body: { priorities: await readPriorities(deps.db) } }),
    }),
    route({
      method: "PUT",
      path: "/v1/source-priorities",
      operationId: "setSourcePriorities",
      summary: "Set which sources count before others, in place of what was set",
      tag: "profiles",
      auth: { kind: "api-key", roles: ["admin"] },
      body: { kind: "json", schema: PrioritiesSchema },
      responses: { 200: { describe: "As they are set now.", schema: PrioritiesSchema } },
      handle: async ({ principal, requestId, body }) => {
        const { labels } = await deps.sources();
        await changePriorities(deps.db, deps, { principal, requestId }, body.priorities, labels);
        await deps.prioritiesChanged();
        return { status: 200, body: { priorities: await readPriorities(deps.db) } };
      },
    }),
  ];
}
