import { Type } from "typebox";
import { actorOf } from "../audit/index.ts";
import { type Route, type RouteRequest, route } from "../kernel/route.ts";
import { readReview } from "./contested.store.ts";
import {
  type Decider,
  joinSubjects,
  type RegroupOutcome,
  settleContested,
  splitMember,
} from "./decide-links.ts";
import { describeSides } from "./describe-sides.ts";
import { identifierIndexes } from "./find-members.ts";
import { readIdentityGraph } from "./identity-graph.ts";
import { findSubjectsOnNode } from "./links.store.ts";
import { IdentitySchema, OutcomeSchema, ReviewSchema } from "./profile.schema.ts";
import { askOf, type PurposeAsked, PurposeQuery } from "./purpose-query.ts";
import { ById, type MemberRouteDeps, READERS } from "./route-deps.ts";
import { explainRule, type ResolutionRule } from "./rules.ts";
import { findMemberSubjects, readSubjects } from "./subjects.store.ts";

const DECIDERS = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const DecisionQuery = Type.Object({
  preview: Type.Optional(Type.Boolean({ description: "Only shows what would happen." })),
  ...PurposeQuery.properties,
});

/** Who is who: why it was decided so, and the decisions of staff. */
export function identityRoutes(deps: MemberRouteDeps): Route[] {
  /** Decides, or shows what deciding would do: with what each side holds, when a purpose is named for that. */
  const settle = async (
    request: Pick<RouteRequest, "principal" | "requestId">,
    query: PurposeAsked & { preview?: boolean | undefined },
    act: (decider: Decider, preview: boolean) => Promise<RegroupOutcome>,
  ) => {
    const preview = query.preview ?? false;
    const asked =
      preview && query.purpose !== undefined ? await askOf(deps, request.principal, query) : undefined;
    const outcome = await act({ actor: actorOf(request.principal), requestId: request.requestId }, preview);
    return {
      status: 200,
      body: asked === undefined ? outcome : await describeSides(deps, request, asked, outcome),
    };
  };
  return [
    route({
      method: "GET",
      path: "/v1/members/:id/identity",
      operationId: "explainMember",
      summary: "Why these subjects are one member, and what did not join them",
      tag: "identity",
      auth: READERS,
      params: ById,
      responses: {
        200: { describe: "The evidence around the member, without values.", schema: IdentitySchema },
      },
      handle: async ({ params }) => ({ status: 200, body: await readIdentityGraph(deps, params.id) }),
    }),
    route({
      method: "POST",
      path: "/v1/members/:id/split",
      operationId: "splitMember",
      summary:
        "Take subjects out of a member, exactly and for good; ?preview=true only shows what would happen",
      tag: "identity",
      auth: DECIDERS,
      params: ById,
      query: DecisionQuery,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            subjects: Type.Optional(
              Type.Array(Type.String({ format: "uuid" }), { minItems: 1, maxItems: 10_000 }),
            ),
            identifiers: Type.Optional(
              Type.Array(
                Type.Object(
                  { kind: Type.String(), value: Type.String(), issuer: Type.Optional(Type.String()) },
                  { additionalProperties: false },
                ),
                { minItems: 1, maxItems: 100 },
              ),
            ),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 200: { describe: "The members before and after.", schema: OutcomeSchema } },
      handle: async (request) => {
        const { params, query, body } = request;
        const { regions } = await deps.sources();
        const out = new Set(body.subjects ?? []);
        for (const identifier of body.identifiers ?? []) {
          const subjects = await findMemberSubjects(deps.db, params.id);
          const anchored = await anchoredBy(deps, identifier, regions);
          for (const s of subjects) if (anchored.has(s.subjectId)) out.add(s.subjectId);
        }
        return settle(request, query, (decider, preview) =>
          splitMember(deps, decider, params.id, [...out], preview),
        );
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/join",
      operationId: "joinSubjects",
      summary: "Confirm that subjects are one person; ?preview=true only shows what would happen",
      tag: "identity",
      auth: DECIDERS,
      query: DecisionQuery,
      body: {
        kind: "json",
        schema: Type.Object(
          { subjects: Type.Array(Type.String({ format: "uuid" }), { minItems: 2, maxItems: 1_000 }) },
          { additionalProperties: false },
        ),
      },
      responses: { 200: { describe: "The members before and after.", schema: OutcomeSchema } },
      handle: (request) =>
        settle(request, request.query, (decider, preview) =>
          joinSubjects(deps, decider, request.body.subjects, preview),
        ),
    }),
    route({
      method: "GET",
      path: "/v1/review",
      operationId: "listReview",
      summary: "Contested evidence that a person should look at",
      tag: "identity",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx", "auditor"] },
      query: Type.Object({
        rule: Type.Optional(Type.String({ maxLength: 64 })),
        member: Type.Optional(Type.String({ format: "uuid" })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        after: Type.Optional(Type.String({ pattern: "^[0-9a-f]+-[0-9]$" })),
      }),
      responses: {
        200: {
          describe: "Identifiers that link nobody, with the rule that fired.",
          schema: ReviewSchema,
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 50;
        const [hexed, level] = query.after?.split("-") ?? [];
        const found = await readReview(deps.db, {
          limit: limit + 1,
          ...(hexed === undefined ? {} : { after: { bi: Buffer.from(hexed, "hex"), level: Number(level) } }),
          ...(query.rule === undefined ? {} : { rule: query.rule }),
          ...(query.member === undefined
            ? {}
            : { parties: (await findMemberSubjects(deps.db, query.member)).map((s) => s.subjectId) }),
        });
        const page = found.slice(0, limit);
        const members = new Map(
          (
            await readSubjects(
              deps.db,
              page.flatMap((r) => r.parties),
            )
          ).map((s) => [s.subjectId, s.memberId]),
        );
        const last = page.at(-1);
        return {
          status: 200,
          body: {
            items: page.map((r) => ({
              id: r.bi.toString("hex"),
              kind: r.kind,
              issuer: r.issuer,
              class: r.level,
              rule: r.rule,
              because: explainRule(r.rule as ResolutionRule),
              parties: r.parties.map((id) => ({ subjectId: id, memberId: members.get(id) ?? null })),
              partyCount: r.partyCount,
              since: r.since,
            })),
            next:
              found.length > limit && last !== undefined ? `${last.bi.toString("hex")}-${last.level}` : null,
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/review/:id",
      operationId: "settleReview",
      summary: "Settle contested evidence; ?preview=true only shows what would happen",
      tag: "identity",
      auth: DECIDERS,
      params: Type.Object({ id: Type.String({ pattern: "^[0-9a-f]{32}$" }) }),
      query: DecisionQuery,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            decision: Type.Union([
              Type.Literal("same-person"),
              Type.Literal("different-people"),
              Type.Literal("names-nobody"),
            ]),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 200: { describe: "The members before and after.", schema: OutcomeSchema } },
      handle: (request) =>
        settle(request, request.query, (decider, preview) =>
          settleContested(
            deps,
            decider,
            Buffer.from(request.params.id, "hex"),
            request.body.decision,
            preview,
          ),
        ),
    }),
  ];
}

async function anchoredBy(
  deps: MemberRouteDeps,
  identifier: { kind: string; value: string; issuer?: string },
  regions: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const bi of await identifierIndexes(deps.db, { vault: deps.vault, regions }, identifier)) {
    for (const id of await findSubjectsOnNode(deps.db, bi)) found.add(id);
  }
  return found;
}
