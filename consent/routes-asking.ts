import { Type } from "typebox";
import { actorOf, stageAudit } from "../src/audit/index.ts";
import type { Db } from "../src/db/index.ts";
import { MINUTE } from "../src/kernel/clock.ts";
import { AppError } from "../src/kernel/problems.ts";
import { mayNamePurpose, type Principal, type Route, route } from "../src/kernel/route.ts";
import { ShownRecord } from "./answers.schema.ts";
import { Channel, Id } from "./consents.schema.ts";
import { noteContact } from "./first-contact.store.ts";
import { adviseAsking } from "./reask.ts";
import { placeDraft, recordEntries } from "./record.ts";
import type { Consent, ConsentDeps } from "./service.ts";
import { showRecord } from "./show.ts";
import { adviseLoyaltyPrompt, loyaltyPromptEntries } from "./signals/loyalty-prompt.ts";
import type { ConsentMember, Standing } from "./standing.ts";

export interface AskingDeps {
  readonly consent: Consent;
  readonly db: Db;
  readonly record: Omit<ConsentDeps, "members" | "db">;
}

const senders = { kind: "api-key", roles: ["admin", "compliance", "cx", "store"] } as const;
const ById = Type.Object({ id: Id });
const PurposeId = Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" });
const Time = Type.String({ format: "date-time" });
const CLOCK_AHEAD = 5 * MINUTE;

/** The doors for those who ask and write: whether a person may be asked, what they were asked, who was contacted. */
export function askingRoutes(deps: AskingDeps): Route[] {
  const { consent, db, record } = deps;
  const named = async (principal: Principal, id: string, purposeId: string) => {
    const snapshot = await consent.snapshot();
    const purpose = snapshot.rules.purposes.get(purposeId);
    if (purpose === undefined || !mayNamePurpose(principal, purposeId))
      throw new AppError("purpose-not-allowed");
    const member = (await consent.members.subjectsOf(db, [id])).get(id);
    if (member === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
    return { snapshot, purpose, member };
  };
  const standingOf = async (member: ConsentMember): Promise<Standing> =>
    (await consent.standings(db, [member])).get(member.memberId) as Standing;

  return [
    route({
      method: "GET",
      path: "/v1/members/:id/asking",
      operationId: "adviseAsking",
      summary: "Whether a member may be asked for a consent now, and whether a signal makes a programme ask",
      tag: "consent",
      auth: senders,
      params: ById,
      query: Type.Object({ purpose: PurposeId, channel: Type.Optional(Channel) }),
      responses: {
        200: {
          describe: "The advice, with its reason.",
          schema: Type.Object({
            mayAsk: Type.Boolean(),
            reason: Type.String(),
            notBefore: Type.Union([Time, Type.Null()]),
            loyaltyPrompt: Type.Object({ ask: Type.Boolean(), reason: Type.String() }),
          }),
        },
      },
      handle: async ({ principal, params, query }) => {
        const { snapshot, purpose, member } = await named(principal, params.id, query.purpose);
        const standing = await standingOf(member);
        const advice = adviseAsking(snapshot.rules, standing, purpose.id, query.channel ?? null);
        const prompt = adviseLoyaltyPrompt(snapshot.rules, standing, purpose.id);
        return {
          status: 200,
          body: {
            ...advice,
            notBefore: advice.notBefore?.toISOString() ?? null,
            loyaltyPrompt: { ask: prompt.ask, reason: prompt.reason },
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/:id/loyalty-prompts",
      operationId: "recordLoyaltyPrompt",
      summary:
        "Record that a known member was asked about an opt-out signal that ends a programme, and the answer",
      tag: "consent",
      auth: senders,
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          { purpose: PurposeId, outcome: Type.Enum(["asked", "affirmed", "not-affirmed"] as const) },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: { describe: "The entries written.", schema: Type.Object({ records: Type.Array(ShownRecord) }) },
      },
      handle: async ({ principal, requestId, params, body }) => {
        const { snapshot, purpose, member } = await named(principal, params.id, body.purpose);
        const { programme } = purpose;
        if (programme === null || !purpose.saleOrShare) {
          throw new AppError("invalid-request", {
            errors: [
              { path: "/purpose", code: "no-programme", message: "No programme rests on this purpose." },
            ],
          });
        }
        const advice = adviseLoyaltyPrompt(snapshot.rules, await standingOf(member), purpose.id);
        const records = await db.retryingTx((tx) =>
          recordEntries(
            tx,
            record,
            { actor: actorOf(principal), requestId },
            loyaltyPromptEntries(programme, purpose.id, body.outcome, advice.signalRecordId).flatMap(
              (draft) => placeDraft(member, draft),
            ),
          ),
        );
        return { status: 201, body: { records: records.map(showRecord) } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/:id/contacts",
      operationId: "noteContact",
      summary:
        "Note that a member was contacted for marketing, and whether the message offered a free refusal",
      tag: "consent",
      auth: senders,
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          { purpose: PurposeId, channel: Channel, refusalOffered: Type.Boolean(), at: Type.Optional(Time) },
          { additionalProperties: false },
        ),
      },
      responses: { 204: { describe: "Noted." } },
      handle: async ({ principal, requestId, params, body }) => {
        const { purpose, member } = await named(principal, params.id, body.purpose);
        const now = record.clock.now();
        const at = body.at === undefined ? now : new Date(body.at);
        const wrong = (path: string, code: string, message: string) =>
          new AppError("invalid-request", { errors: [{ path, code, message }] });
        if (!purpose.marketing)
          throw wrong("/purpose", "not-marketing", "Only marketing has a first contact to note.");
        if (!purpose.channels.includes(body.channel))
          throw wrong("/channel", "channel-outside-purpose", "The purpose does not use this channel.");
        if (at.getTime() > now.getTime() + CLOCK_AHEAD)
          throw wrong("/at", "time-in-future", "The stated time lies in the future.");
        await db.retryingTx(async (tx) => {
          await noteContact(
            tx,
            member.subjects.map((s) => s.subjectId),
            { channel: body.channel, at, offered: body.refusalOffered },
          );
          await stageAudit(tx, record, {
            actor: actorOf(principal),
            action: "contact.noted",
            purpose: purpose.id,
            targets: [{ kind: "member", id: member.memberId }],
            requestId,
          });
        });
        return { status: 204 };
      },
    }),
  ];
}
