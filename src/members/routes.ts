import { Type } from "typebox";
import {
  CONTACT_CHANNELS,
  type Consent,
  type ContactChannel,
  type RegistrySnapshot,
} from "../../consent/index.ts";
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
import type { ReadDerived } from "./derived.ts";
import { findMember, identifierIndexes } from "./find-members.ts";
import { readIdentityGraph } from "./identity-graph.ts";
import { findSubjectsOnNode } from "./links.store.ts";
import { maskProfile, REVEAL_REASONS, type RevealReason } from "./mask.ts";
import { EventsSchema, IdentitySchema, ProfileSchema, ReviewSchema } from "./profile.schema.ts";
import { categoryOfEvent, gateMember, noteRead, type ReadAsk, requirePurpose } from "./purpose-bound.ts";
import { categoryOfIdentifier, type Profile, readProfile, type SourceLabel } from "./read-profile.ts";
import { explainRule, type ResolutionRule } from "./rules.ts";
import { findMemberSubjects, readSubjects } from "./subjects.store.ts";

export interface MemberRouteDeps {
  readonly db: Db;
  readonly consent: Consent;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Names, kinds and phone regions of the registered sources. */
  readonly sources: () => Promise<{ labels: ReadonlyMap<string, SourceLabel>; regions: readonly string[] }>;
  /** Field → source ids or kinds, most trusted first. */
  readonly priorities: Readonly<Record<string, readonly string[]>>;
  /** Loyalty and segments, where those rooms are there. */
  readonly readDerived?: ReadDerived;
}

const readers = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;
const deciders = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const ChannelName = Type.Union(
  CONTACT_CHANNELS.map((c) => Type.Literal(c)),
  {
    description:
      "The channel on which the person is to be reached, where the purpose is decided channel by channel.",
  },
);
const Purpose = Type.Object({
  purpose: Type.Optional(Type.String({ maxLength: 64 })),
  channel: Type.Optional(ChannelName),
  reveal: Type.Optional(
    Type.Union(
      REVEAL_REASONS.map((reason) => Type.Literal(reason)),
      {
        description:
          "Why somebody who logged in wants to see personal fields; hidden without. It is noted in the audit log.",
      },
    ),
  ),
});
const PreviewQuery = Type.Object({ preview: Type.Optional(Type.Boolean()) });
const GroupingSchema = Type.Object({ memberId: Type.String(), subjects: Type.Array(Type.String()) });
const OutcomeSchema = Type.Object({
  preview: Type.Boolean(),
  before: Type.Array(GroupingSchema),
  after: Type.Array(GroupingSchema),
});

export function memberRoutes(deps: MemberRouteDeps): Route[] {
  const profileOf = async (
    request: Pick<RouteRequest, "principal" | "requestId">,
    snapshot: RegistrySnapshot,
    ask: ReadAsk,
    memberId: string,
    reveal: RevealReason | undefined,
  ) => {
    const masked = request.principal.kind === "staff" && reveal === undefined;
    const { labels } = await deps.sources();
    return deps.db.tx(async (tx) => {
      const gated = await gateMember(tx, deps, snapshot, ask, memberId);
      const { gate } = gated;
      const profile = await readProfile(
        tx,
        { vault: deps.vault, sources: labels, priorities: deps.priorities, ...gate },
        memberId,
      );
      if (profile === null) throw new AppError("not-found", { detail: "There is no member by that id." });
      const { member } = gated;
      const mayDerive = member.subjects.every((s) => gate.may("derived", s.subjectId));
      const derived = mayDerive
        ? (await deps.readDerived?.(tx, [member.memberId], ask.purpose))?.get(member.memberId)
        : undefined;
      await noteRead(tx, deps, request, {
        action: "profile.read",
        purpose: ask.purpose,
        gated,
        given: [...categoriesIn(profile), ...(derived === undefined ? [] : ["derived"])],
      });
      if (request.principal.kind === "staff" && reveal !== undefined)
        await stageAudit(tx, deps, {
          actor: actorOf(request.principal),
          action: `profile.revealed.${reveal}`,
          purpose: ask.purpose,
          targets: [{ kind: "member", id: gated.member.memberId }],
          requestId: request.requestId,
        });
      return {
        ...(masked ? maskProfile(profile) : profile),
        ...(derived === undefined ? {} : { derived }),
        masked,
        purpose: ask.purpose,
        basis: gate.basis,
        withheld: gate.withheld,
        sources: Object.fromEntries([...usedSources(profile)].map((id) => [id, labels.get(id) ?? null])),
      };
    });
  };
  /** Registries first: on the embedded engine they cannot be read while a transaction is open. */
  const askOf = async (
    principal: Principal,
    query: { purpose?: string | undefined; channel?: ContactChannel | undefined },
  ) => {
    const snapshot = await deps.consent.snapshot();
    const purpose = requirePurpose(principal, query.purpose, snapshot.rules.purposes);
    return { snapshot, ask: { purpose, channel: query.channel ?? null } };
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
        200: { describe: "The profile with the lineage of every field.", schema: ProfileSchema },
      },
      handle: async (request) => {
        const { snapshot, ask } = await askOf(request.principal, request.query);
        const { regions } = await deps.sources();
        const { kind, value, issuer, region } = request.body;
        const found = await findMember(
          deps.db,
          { vault: deps.vault, regions, at: deps.clock.now() },
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
        return {
          status: 200,
          body: await profileOf(request, snapshot, ask, found.memberId, request.query.reveal),
        };
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
        200: { describe: "The profile; an id that was merged finds its member.", schema: ProfileSchema },
      },
      handle: async (request) => {
        const { snapshot, ask } = await askOf(request.principal, request.query);
        return {
          status: 200,
          body: await profileOf(request, snapshot, ask, request.params.id, request.query.reveal),
        };
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
        channel: Type.Optional(ChannelName),
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
        const { snapshot, ask } = await askOf(request.principal, request.query);
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
    route({
      method: "GET",
      path: "/v1/members/:id/identity",
      operationId: "explainMember",
      summary: "Why these subjects are one member, and what did not join them",
      tag: "identity",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx"] },
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

/** The categories of which a profile shows something. */
function categoriesIn(profile: Profile): Set<string> {
  const found = new Set<string>(profile.identifiers.map((i) => categoryOfIdentifier(i.kind)));
  for (const field of Object.values(profile.attributes)) found.add(field.category);
  if (profile.subjects.length > 0) found.add("identity");
  if (profile.facts !== null) found.add("transaction");
  return found;
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
