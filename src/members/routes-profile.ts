import { Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import { isMasked, RevealQuery, type RevealReason } from "../kernel/mask.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../kernel/route.ts";
import { mayShowDerived } from "./derived.ts";
import { findMember } from "./find-members.ts";
import { maskProfile } from "./mask.ts";
import { ProfileSchema } from "./profile.schema.ts";
import { gateMember, noteRead } from "./purpose-bound.ts";
import { askOf, type OpenAsk, PurposeQuery } from "./purpose-query.ts";
import { categoryOfIdentifier } from "./read-identifiers.ts";
import { type Profile, readProfile } from "./read-profile.ts";
import { ById, type MemberRouteDeps, READERS } from "./route-deps.ts";

const ProfileQuery = Type.Object({
  ...PurposeQuery.properties,
  ...RevealQuery,
});

/** One member's profile, by identifier and by id. */
export function profileRoutes(deps: MemberRouteDeps): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/profiles/lookup",
      operationId: "lookUpProfile",
      summary: "Read the profile that an identifier belongs to",
      tag: "profiles",
      auth: READERS,
      query: ProfileQuery,
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
        const asked = await askOf(deps, request.principal, request.query);
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
          // The refusal tells who holds the value.
          await deps.db.tx((tx) =>
            stageAudit(tx, deps, {
              actor: actorOf(request.principal),
              action: "profile.read",
              purpose: asked.ask.purpose,
              targets: found.memberIds.map((id) => ({ kind: "member", id })),
              outcome: "refused",
              requestId: request.requestId,
            }),
          );
          throw new AppError("contested-identifier", {
            errors: found.memberIds.map((id) => ({ path: "/value", code: "member", message: id })),
          });
        }
        return {
          status: 200,
          body: await readProfileOf(deps, request, asked, found.memberId, request.query.reveal),
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/members/:id",
      operationId: "getMember",
      summary: "Read a member's profile with lineage",
      tag: "profiles",
      auth: READERS,
      params: ById,
      query: ProfileQuery,
      responses: {
        200: { describe: "The profile; an id that was merged finds its member.", schema: ProfileSchema },
      },
      handle: async (request) => {
        const asked = await askOf(deps, request.principal, request.query);
        return {
          status: 200,
          body: await readProfileOf(deps, request, asked, request.params.id, request.query.reveal),
        };
      },
    }),
  ];
}

/** A member's profile for one purpose, registered as disclosed and audited; masked for staff who gave no reason. */
async function readProfileOf(
  deps: MemberRouteDeps,
  request: Pick<RouteRequest, "principal" | "requestId">,
  { snapshot, ask }: OpenAsk,
  memberId: string,
  reveal: RevealReason | undefined,
) {
  const masked = isMasked(request.principal, reveal);
  const { labels, priorities } = await deps.sources();
  return deps.db.tx(async (tx) => {
    const gated = await gateMember(tx, deps, snapshot, ask, memberId);
    const { gate } = gated;
    const profile = await readProfile(
      tx,
      { vault: deps.vault, sources: labels, priorities, ...gate },
      memberId,
    );
    if (profile === null) throw new AppError("not-found", { detail: "There is no member by that id." });
    const { member } = gated;
    const derived = mayShowDerived(ask.purpose, member.subjects, (id) => gate.may("derived", id))
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
