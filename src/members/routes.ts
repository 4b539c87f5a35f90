import { Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import { readEvents } from "../events/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { type Principal, type Route, type RouteRequest, route } from "../kernel/route.ts";
import { openPack, type Vault } from "../vault/index.ts";
import { readReview } from "./contested.store.ts";
import { joinSubjects, settleContested, splitMember } from "./decide-links.ts";
import { findMember, identifierIndexes } from "./find-members.ts";
import { readIdentityGraph } from "./identity-graph.ts";
import { findSubjectsOnNode } from "./links.store.ts";
import { readProfile, type SourceLabel } from "./read-profile.ts";
import { explainRule, type ResolutionRule } from "./rules.ts";
import { findMemberSubjects, readSubjects } from "./subjects.store.ts";

export interface MemberRouteDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Names, kinds and phone regions of the registered sources. */
  readonly sources: () => Promise<{ labels: ReadonlyMap<string, SourceLabel>; regions: readonly string[] }>;
  /** Field → source ids or kinds, most trusted first. */
  readonly priorities: Readonly<Record<string, readonly string[]>>;
}

/** Purposes that exist before any is registered. */
export const BUILT_IN_PURPOSES = ["service"] as const;

const readers = { kind: "api-key", roles: ["admin", "compliance", "cx", "recipient"] } as const;
const deciders = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const Purpose = Type.Object({ purpose: Type.Optional(Type.String({ maxLength: 64 })) });
const PreviewQuery = Type.Object({ preview: Type.Optional(Type.Boolean()) });
const GroupingSchema = Type.Object({ memberId: Type.String(), subjects: Type.Array(Type.String()) });
const OutcomeSchema = Type.Object({
  preview: Type.Boolean(),
  before: Type.Array(GroupingSchema),
  after: Type.Array(GroupingSchema),
});

/** The purpose of a read of personal data: named, known, and one this key may name. */
export function requirePurpose(
  principal: Principal,
  purpose: string | undefined,
  known: readonly string[],
): string {
  if (purpose === undefined || purpose === "") throw new AppError("purpose-required");
  if (!known.includes(purpose)) {
    throw new AppError("purpose-not-allowed", { detail: "There is no such purpose." });
  }
  if (
    principal.kind !== "api-key" ||
    !(principal.purposes.includes("*") || principal.purposes.includes(purpose))
  ) {
    throw new AppError("purpose-not-allowed");
  }
  return purpose;
}

export function memberRoutes(deps: MemberRouteDeps): Route[] {
  const profileOf = async (
    request: Pick<RouteRequest, "principal" | "requestId">,
    purpose: string,
    memberId: string,
  ) => {
    const { labels } = await deps.sources();
    return deps.db.tx(async (tx) => {
      const profile = await readProfile(
        tx,
        // Until purposes are registered there is one, and serving a member needs all that is classified.
        {
          vault: deps.vault,
          sources: labels,
          priorities: deps.priorities,
          may: (category) => category !== "unclassified",
        },
        memberId,
      );
      if (profile === null) throw new AppError("not-found", { detail: "There is no member by that id." });
      await stageAudit(tx, deps, {
        actor: actorOf(request.principal),
        action: "profile.read",
        purpose,
        targets: [{ kind: "member", id: profile.memberId }],
        requestId: request.requestId,
      });
      return {
        ...profile,
        purpose,
        sources: Object.fromEntries([...usedSources(profile)].map((id) => [id, labels.get(id) ?? null])),
      };
    });
  };

  return [
    route({
      method: "POST",
      path: "/v1/profiles/lookup",
      operationId: "lookUpProfile",
      summary: "Read the profile that an identifier belongs to",
      tag: "profiles",
      auth: readers,
      query: Purpose,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            kind: Type.String({ minLength: 1, maxLength: 100 }),
            value: Type.Union([
              Type.String({ minLength: 1, maxLength: 1_000 }),
              // A larger number has lost its last digits before anybody could read them, and may name another person.
              Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
            ]),
            issuer: Type.Optional(Type.String({ maxLength: 200 })),
            region: Type.Optional(Type.String({ pattern: "^[A-Z]{2}$" })),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: { describe: "The profile with the lineage of every field.", schema: Type.Unknown() },
      },
      handle: async (request) => {
        const purpose = requirePurpose(request.principal, request.query.purpose, BUILT_IN_PURPOSES);
        const { regions } = await deps.sources();
        const { kind, value, issuer, region } = request.body;
        const found = await findMember(
          deps.db,
          { vault: deps.vault, regions },
          {
            kind,
            value: String(value),
            ...(issuer === undefined ? {} : { issuer }),
            ...(region === undefined ? {} : { region }),
          },
        );
        if (found.kind === "none")
          throw new AppError("not-found", { detail: "Nobody is known by that identifier." });
        if (found.kind === "contested") {
          throw new AppError("contested-identifier", {
            errors: found.memberIds.map((id) => ({ path: "/value", code: "member", message: id })),
          });
        }
        return { status: 200, body: await profileOf(request, purpose, found.memberId) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/members/:id",
      operationId: "getMember",
      summary: "Read a member's profile with lineage",
      tag: "profiles",
      auth: readers,
      params: ById,
      query: Purpose,
      responses: {
        200: { describe: "The profile; an id that was merged finds its member.", schema: Type.Unknown() },
      },
      handle: async (request) => {
        const purpose = requirePurpose(request.principal, request.query.purpose, BUILT_IN_PURPOSES);
        return { status: 200, body: await profileOf(request, purpose, request.params.id) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/members/:id/events",
      operationId: "listMemberEvents",
      summary: "Read a member's events, newest first",
      tag: "profiles",
      auth: readers,
      params: ById,
      query: Type.Object({
        purpose: Type.Optional(Type.String({ maxLength: 64 })),
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
          schema: Type.Object({
            events: Type.Array(Type.Unknown()),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      handle: async (request) => {
        const purpose = requirePurpose(request.principal, request.query.purpose, BUILT_IN_PURPOSES);
        const limit = request.query.limit ?? 50;
        const [time, eventId] = request.query.before?.split("_") ?? [];
        return deps.db.tx(async (tx) => {
          const subjects = await findMemberSubjects(tx, request.params.id);
          const first = subjects[0];
          if (first === undefined)
            throw new AppError("not-found", { detail: "There is no member by that id." });
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
          await stageAudit(tx, deps, {
            actor: actorOf(request.principal),
            action: "events.read",
            purpose,
            targets: [{ kind: "member", id: first.memberId }],
            counts: { events: page.length },
            requestId: request.requestId,
          });
          const last = page.at(-1);
          return {
            status: 200,
            body: {
              events: page.map(({ sealed, ...e }) => {
                const key = keyOf.get(e.subjectId);
                const opened =
                  key === undefined
                    ? new Map<string, unknown>()
                    : openPack(
                        deps.vault,
                        key,
                        { table: "event", column: "sealed", recordId: e.eventId },
                        sealed,
                        (c) => c !== "unclassified",
                      );
                return { ...e, sealed: Object.fromEntries(opened) };
              }),
              next:
                rows.length > limit && last !== undefined
                  ? `${last.occurredAt.toISOString()}_${last.eventId}`
                  : null,
            },
          };
        });
      },
    }),
    route({
      method: "GET",
      path: "/v1/members/:id/identity",
      operationId: "explainMember",
      summary: "Why these subjects are one member, and what did not join them",
      tag: "identity",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx"] },
      params: ById,
      responses: {
        200: { describe: "The evidence around the member, without values.", schema: Type.Unknown() },
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
      auth: deciders,
      params: ById,
      query: PreviewQuery,
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
      handle: async ({ principal, requestId, params, query, body }) => {
        const { regions } = await deps.sources();
        const out = new Set(body.subjects ?? []);
        for (const identifier of body.identifiers ?? []) {
          const subjects = await findMemberSubjects(deps.db, params.id);
          const anchored = await anchoredBy(deps, identifier, regions);
          for (const s of subjects) if (anchored.has(s.subjectId)) out.add(s.subjectId);
        }
        const decider = { actor: actorOf(principal), requestId };
        return {
          status: 200,
          body: await splitMember(deps, decider, params.id, [...out], query.preview ?? false),
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/join",
      operationId: "joinSubjects",
      summary: "Confirm that subjects are one person; ?preview=true only shows what would happen",
      tag: "identity",
      auth: deciders,
      query: PreviewQuery,
      body: {
        kind: "json",
        schema: Type.Object(
          { subjects: Type.Array(Type.String({ format: "uuid" }), { minItems: 2, maxItems: 1_000 }) },
          { additionalProperties: false },
        ),
      },
      responses: { 200: { describe: "The members before and after.", schema: OutcomeSchema } },
      handle: async ({ principal, requestId, query, body }) => ({
        status: 200,
        body: await joinSubjects(
          deps,
          { actor: actorOf(principal), requestId },
          body.subjects,
          query.preview ?? false,
        ),
      }),
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
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        after: Type.Optional(Type.String({ pattern: "^[0-9a-f]+-[0-9]$" })),
      }),
      responses: {
        200: {
          describe: "Identifiers that link nobody, with the rule that fired.",
          schema: Type.Object({
            items: Type.Array(Type.Unknown()),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 50;
        const [hexed, level] = query.after?.split("-") ?? [];
        const found = await readReview(deps.db, {
          limit: limit + 1,
          ...(hexed === undefined ? {} : { after: { bi: Buffer.from(hexed, "hex"), level: Number(level) } }),
          ...(query.rule === undefined ? {} : { rule: query.rule }),
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
      auth: deciders,
      params: Type.Object({ id: Type.String({ pattern: "^[0-9a-f]{32}$" }) }),
      query: PreviewQuery,
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
      handle: async ({ principal, requestId, params, query, body }) => ({
        status: 200,
        body: await settleContested(
          deps,
          { actor: actorOf(principal), requestId },
          Buffer.from(params.id, "hex"),
          body.decision,
          query.preview ?? false,
        ),
      }),
    }),
  ];
}

function usedSources(profile: {
  attributes: object;
  identifiers: readonly { evidence: readonly { source: string }[] }[];
}): Set<string> {
  const used = new Set<string>();
  for (const i of profile.identifiers) for (const e of i.evidence) used.add(e.source);
  for (const field of Object.values(profile.attributes) as {
    candidates: { lineage: { source: string }[] }[];
  }[]) {
    for (const c of field.candidates) for (const l of c.lineage) used.add(l.source);
  }
  return used;
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
