import { Type } from "typebox";
import { actorOf, stageAudit } from "../src/audit/index.ts";
import type { Db } from "../src/db/index.ts";
import { type Clock, DAY, MINUTE } from "../src/kernel/clock.ts";
import type { Ids } from "../src/kernel/ids.ts";
import { cutPage, PageQuery, readPlace } from "../src/kernel/place.ts";
import { AppError } from "../src/kernel/problems.ts";
import { mayNamePurpose, ownPurposes, type Route, route } from "../src/kernel/route.ts";
import type { Vault } from "../src/vault/index.ts";
import {
  ConfirmationLinkSchema,
  DisclosuresSchema,
  MemberConsentsSchema,
  PreferenceLinkSchema,
} from "./answers.schema.ts";
import {
  Channel,
  DecisionAnswerSchema,
  DecisionsSchema,
  GuardianSchema,
  Id,
  LocaleName,
  RecordedSchema,
  StatementSchema,
} from "./consents.schema.ts";
import { listDecisions } from "./decisions-of-member.ts";
import { readDisclosures } from "./disclosure.store.ts";
import { readDisclosurePlace, writeDisclosurePlace } from "./disclosure-place.ts";
import { listKeyStates } from "./key-states.ts";
import { identifyPerson, sayThroughDoor } from "./say-through-door.ts";
import type { Consent } from "./service.ts";
import { showDecision, showRecord } from "./show.ts";
import { type ConsentMember, provingSubject } from "./standing.ts";
import { signLink } from "./tokens.ts";
import { verdictsOn } from "./verdicts-on.ts";

export interface ConsentRouteDeps {
  readonly consent: Consent;
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
}

const recorders = { kind: "api-key", roles: ["admin", "compliance", "cx", "store", "ingest"] } as const;
const askers = { kind: "api-key", roles: ["admin", "compliance", "cx", "auditor"] } as const;
const officers = { kind: "api-key", roles: ["admin", "compliance", "auditor"] } as const;
const ById = Type.Object({ id: Id });

/** How long a link for the shop's own site is good, and one that goes out in a message. */
const SITE_LINK = 15 * MINUTE;
const LONGEST_LINK = 90 * DAY;

/** How much of a list is answered unless stated. */
const PAGE = 100;

/** The doors of the ledger: recording, asking, showing. */
export function consentRoutes(deps: ConsentRouteDeps): Route[] {
  const { consent, db } = deps;
  const memberOf = async (id: string, at: Date | null = null): Promise<ConsentMember> => {
    const member = (await consent.members.subjectsOf(db, [id], at)).get(id);
    if (member === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
    return member;
  };

  return [
    route({
      method: "POST",
      path: "/v1/consents",
      operationId: "recordConsent",
      summary: "Record what a person agreed to, refused, withdrew or objected to",
      tag: "consent",
      auth: recorders,
      body: { kind: "json", schema: StatementSchema },
      responses: {
        201: {
          describe: "The entries written, and the confirmation to ask for, if any.",
          schema: RecordedSchema,
        },
      },
      handle: async ({ principal, requestId, body }) => {
        const snapshot = await consent.snapshot();
        const person = await identifyPerson(deps, body);
        const by = { actor: actorOf(principal), requestId };
        const input = { ...body, method: body.method ?? "api" } as const;
        const said = await db.retryingTx((tx) =>
          sayThroughDoor(tx, deps, snapshot, by, person, input, {
            everywhere: body.actor?.kind === "staff" && body.state === "restriction-lifted",
          }),
        );
        return {
          status: 201,
          body: {
            memberId: said.member.memberId,
            records: said.records.map(showRecord),
            confirmation:
              said.confirmation === null
                ? null
                : {
                    recordId: said.confirmation.recordId,
                    token: said.confirmation.token,
                    path: `/c/${said.confirmation.token}`,
                    expiresAt: said.confirmation.expiresAt.toISOString(),
                  },
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/consents/:id/confirmation",
      operationId: "requestConfirmation",
      summary: "Make a link that confirms a pending consent, to be sent to the address itself",
      tag: "consent",
      auth: recorders,
      params: ById,
      responses: { 201: { describe: "The link; only its hash is kept.", schema: ConfirmationLinkSchema } },
      handle: async ({ principal, requestId, params }) => {
        const record = await consent.findRecord(db, params.id);
        if (record?.proof.doubleOptIn !== "pending")
          throw new AppError("not-found", { detail: "No consent waits for a confirmation under that id." });
        const made = await db.tx(async (tx) => {
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "consent.confirmation-requested",
            targets: [{ kind: "consent-record", id: record.id }],
            requestId,
          });
          return consent.openConfirmation(tx, record);
        });
        return {
          status: 201,
          body: { ...made, path: `/c/${made.token}`, expiresAt: made.expiresAt.toISOString() },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/members/:id/consents",
      operationId: "listConsents",
      summary: "What a member's consents amount to now, and what was said, page by page",
      tag: "consent",
      auth: askers,
      params: ById,
      query: Type.Object({
        locale: Type.Optional(LocaleName),
        at: Type.Optional(Type.String({ format: "date-time" })),
        verify: Type.Optional(Type.Boolean({ description: "Checks the chain of every subject." })),
        ...PageQuery,
      }),
      responses: {
        200: { describe: "Decisions by purpose and channel, states, history.", schema: MemberConsentsSchema },
      },
      handle: async ({ principal, requestId, params, query }) => {
        const at = query.at === undefined ? null : new Date(query.at);
        const rules = await consent.rules(at);
        const member = await memberOf(params.id, at);
        const ids = member.subjects.map((s) => s.subjectId);
        const locale = query.locale ?? "en";
        const limit = query.limit ?? PAGE;
        const found = await db.tx(async (tx) => {
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "consents.read",
            targets: [{ kind: "member", id: member.memberId }],
            requestId,
          });
          const past = at === null ? null : { at, rules };
          const standing = (await consent.standings(tx, [member], past)).get(member.memberId);
          const history = await consent.historyPage(tx, ids, {
            purposes: ownPurposes(principal),
            until: at,
            before: readPlace(query.cursor),
            limit: limit + 1,
          });
          return { standing, ...cutPage(history, limit, (r) => ({ at: r.recordedAt, id: r.id })) };
        });
        if (found.standing === undefined) throw new AppError("not-found");
        const { standing } = found;
        const chains: Record<string, unknown> = {};
        if (query.verify === true) for (const id of ids) chains[id] = await consent.verify(db, id);
        const mine = (purposeId: string) => purposeId.startsWith("*") || mayNamePurpose(principal, purposeId);
        return {
          status: 200,
          body: {
            memberId: member.memberId,
            regime: standing.regimeDecision,
            age: standing.status.age,
            decisions: listDecisions(rules, standing)
              .filter((d) => mine(d.purpose))
              .map(({ purpose, channel, decision }) => ({
                purpose,
                channel,
                ...showDecision(decision, rules, locale),
              })),
            states: listKeyStates(standing.ledger, (id) => rules.purposes.get(id)?.marketing ?? false).filter(
              (s) => mine(s.purposeId),
            ),
            history: found.page.map(showRecord),
            next: found.next,
            ...(query.verify === true ? { chains } : {}),
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/decisions",
      operationId: "decide",
      summary: "Ask up to 1,000 times whether data may be used, now or as of a past date",
      tag: "consent",
      auth: askers,
      query: Type.Object({
        explain: Type.Optional(Type.Boolean({ description: "Each answer also as sentences." })),
        locale: Type.Optional(LocaleName),
      }),
      body: { kind: "json", schema: DecisionsSchema },
      responses: { 200: { describe: "One answer a question, in order.", schema: DecisionAnswerSchema } },
      handle: async ({ principal, query, body }) => {
        const foreign = body.decisions.find((d) => !mayNamePurpose(principal, d.purpose));
        if (foreign !== undefined) throw new AppError("purpose-not-allowed");
        const results = await verdictsOn(deps, body, {
          locale: query.explain === true ? (query.locale ?? "en") : null,
        });
        return { status: 200, body: { results } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/:id/preference-link",
      operationId: "makePreferenceLink",
      summary: "Make a link to the member's preference centre",
      tag: "consent",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx", "store"] },
      params: ById,
      body: {
        kind: "json",
        optional: true,
        schema: Type.Object(
          {
            ttlSeconds: Type.Optional(
              Type.Integer({
                minimum: 60,
                maximum: LONGEST_LINK / 1_000,
                description:
                  "15 minutes unless stated, for the shop's own site; a message's link may be longer.",
              }),
            ),
            locale: Type.Optional(LocaleName),
            channel: Type.Optional(Channel),
            subjectId: Type.Optional(Id),
            guardian: Type.Optional(GuardianSchema),
            unsubscribe: Type.Optional(
              Type.Object(
                {
                  purpose: Type.String({ pattern: "^(\\*marketing|[a-z][a-z0-9-]{0,62})$" }),
                  channel: Channel,
                },
                { additionalProperties: false },
              ),
            ),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: {
          describe: "The link. With `unsubscribe`, also the address for the List-Unsubscribe header.",
          schema: PreferenceLinkSchema,
        },
      },
      handle: async ({ principal, requestId, params, body }) => {
        const member = await memberOf(params.id);
        const { controller } = await consent.snapshot();
        const now = deps.clock.now();
        const subjectId = body?.subjectId ?? provingSubject(member);
        if (!member.subjects.some((s) => s.subjectId === subjectId))
          throw new AppError("not-found", { detail: "The member has no such subject." });
        const expiresAt = new Date(now.getTime() + (body?.ttlSeconds ?? SITE_LINK / 1_000) * 1_000);
        const token = signLink(deps.vault, {
          kind: "preferences",
          subjectId,
          expiresAt,
          locale: body?.locale ?? null,
          channel: body?.channel ?? null,
          purposeId: null,
          guardian:
            body?.guardian === undefined
              ? null
              : { ...body.guardian, evidenceSha256: body.guardian.evidenceSha256 ?? null },
        });
        const ends = new Date(now.getTime() + 400 * DAY);
        const stop =
          body?.unsubscribe === undefined
            ? null
            : signLink(deps.vault, {
                kind: "unsubscribe",
                subjectId,
                expiresAt: ends,
                locale: body.locale ?? null,
                channel: body.unsubscribe.channel,
                purposeId: body.unsubscribe.purpose,
              });
        await db.tx((tx) =>
          stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "preference-link.made",
            targets: [{ kind: "member", id: member.memberId }],
            requestId,
          }),
        );
        const base = controller.publicUrl ?? "";
        return {
          status: 201,
          body: {
            url: `${base}/p/${token}`,
            path: `/p/${token}`,
            expiresAt: expiresAt.toISOString(),
            unsubscribe: stop === null ? null : { url: `${base}/u/${stop}`, expiresAt: ends.toISOString() },
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/members/:id/disclosures",
      operationId: "listDisclosures",
      summary: "To whom a member's data was given, for what, first and last",
      tag: "consent",
      auth: officers,
      params: ById,
      query: Type.Object({
        cursor: Type.Optional(Type.String({ maxLength: 400, description: "The `next` of the page before." })),
        limit: PageQuery.limit,
      }),
      responses: { 200: { describe: "The register's lines.", schema: DisclosuresSchema } },
      handle: async ({ principal, requestId, params, query }) => {
        const member = await memberOf(params.id);
        const limit = query.limit ?? PAGE;
        const after = query.cursor === undefined ? null : readDisclosurePlace(query.cursor);
        const lines = await db.tx(async (tx) => {
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "disclosures.read",
            targets: [{ kind: "member", id: member.memberId }],
            requestId,
          });
          return readDisclosures(
            tx,
            member.subjects.map((s) => s.subjectId),
            { after, limit: limit + 1 },
          );
        });
        const page = lines.slice(0, limit);
        const last = page.at(-1);
        return {
          status: 200,
          body: {
            memberId: member.memberId,
            disclosures: page.map((l) => ({
              subjectId: l.subjectId,
              reader: { kind: l.readerKind, id: l.readerId },
              purpose: l.purposeId,
              categories: l.categories,
              firstAt: l.firstAt.toISOString(),
              lastAt: l.lastAt.toISOString(),
            })),
            next: lines.length > limit && last !== undefined ? writeDisclosurePlace(last) : null,
          },
        };
      },
    }),
  ];
}
