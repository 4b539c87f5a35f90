import { Type } from "typebox";
import { CONTACT_CHANNELS } from "../../consent/index.ts";
import { actorOf, stageAudit } from "../audit/index.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import { groupMembers, readMemberIds, readSubjectsOfMembers } from "../members/index.ts";
import type { SettleDeps } from "./changes.ts";
import { readHeld } from "./feeds.store.ts";
import { type FeedDeps, feedOf } from "./feeds.ts";
import { aliasOf, decideMembers } from "./page.ts";
import { PurposeId, RecipientId } from "./recipient.schema.ts";
import { type Feed, isListed, type MemberView } from "./view.ts";

const Uuid = Type.String({ format: "uuid" });
const Texts = Type.Array(Type.String());
const ViewSchema = Type.Object({
  recipient: Type.String(),
  purpose: Type.String(),
  member: Type.Object({
    id: Uuid,
    alias: Type.String({ description: "The id by which this recipient, and no other, knows the member." }),
  }),
  held: Type.Boolean({
    description: "Whether the recipient has been given the member and not told to drop it.",
  }),
  visible: Type.Boolean(),
  channels: Type.Union([Texts, Type.Null()]),
  given: Type.Record(
    Type.String(),
    Type.Object({
      rule: Type.String(),
      basis: Type.Union([Type.String(), Type.Null()]),
      record: Type.Union([Uuid, Type.Null()]),
      notice: Type.Union([Type.Object({ id: Type.String(), version: Type.Integer() }), Type.Null()]),
    }),
    { description: "Categories that it may be given now, and why." },
  ),
  withheld: Type.Record(Type.String(), Type.String(), {
    description: "Categories of its registration that it may not, each with the rule.",
  }),
  fields: Type.Union([Texts, Type.Null()]),
  identifiers: Type.Boolean(),
});

/**
 * The door by which an officer sees what a recipient would be given of a member now, and under which id. It opens no
 * value and registers no disclosure: it answers the question "what do they have of me, and why".
 */
export function viewRoutes(deps: FeedDeps & { readonly pageDeps: () => Promise<SettleDeps> }): Route[] {
  const { db, consent, registry } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/recipients/:id/members/:member",
      operationId: "explainRecipientView",
      summary: "What a recipient would be given of a member now, why, and by which id it knows the member",
      tag: "recipients",
      auth: { kind: "api-key", roles: ["admin", "compliance", "auditor"] },
      params: Type.Object({ id: RecipientId, member: Uuid }),
      query: Type.Object(
        { purpose: PurposeId, channel: Type.Optional(Type.Enum(CONTACT_CHANNELS)) },
        { additionalProperties: false },
      ),
      responses: { 200: { describe: "Categories, rules and ids; no values.", schema: ViewSchema } },
      handle: async ({ principal, requestId, params, query }) => {
        const recipient = await registry.get(params.id);
        const snapshot = await consent.snapshot();
        const feed = feedOf(snapshot, recipient, query.purpose, query.channel ?? null);
        const key = { recipientId: recipient.id, purposeId: query.purpose };
        const { vault } = await deps.pageDeps();
        const found = await db.retryingTx(async (tx) => {
          const [named] = await readMemberIds(tx, [params.member]);
          const memberId = named?.memberId ?? params.member;
          const members = groupMembers(await readSubjectsOfMembers(tx, [memberId]));
          const [decided] = await decideMembers(tx, deps, snapshot.rules, feed, members);
          if (decided === undefined) return null;
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "recipient-view.read",
            purpose: query.purpose,
            targets: [
              { kind: "recipient", id: recipient.id },
              { kind: "member", id: memberId },
            ],
            requestId,
          });
          return { memberId, view: decided.view, held: (await readHeld(tx, key, [memberId])).length > 0 };
        });
        if (found === null) throw new AppError("not-found", { detail: "There is no member by that id." });
        const { memberId, view, held } = found;
        return {
          status: 200,
          body: {
            recipient: recipient.id,
            purpose: query.purpose,
            member: { id: memberId, alias: aliasOf(vault, feed, memberId) },
            held,
            ...showView(feed, view),
          },
        };
      },
    }),
  ];
}

function showView(feed: Feed, view: MemberView) {
  return {
    visible: view.visible,
    channels: view.channels === null ? null : [...view.channels],
    given: { ...view.basis },
    withheld: { ...view.withheld },
    fields: feed.recipient.fields === null ? null : [...feed.recipient.fields],
    identifiers: isListed(feed.recipient, "identifiers"),
  };
}
