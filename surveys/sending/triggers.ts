import type { Tx } from "../../src/db/index.ts";
import { HOUR } from "../../src/kernel/clock.ts";
import {
  type Deferral,
  followChanges,
  groupMembers,
  type MemberOrder,
  readMemberOrders,
  readSubjectsOfMembers,
} from "../../src/members/index.ts";
import { decideAsk } from "../cadence/decide.ts";
import type { PublishedSurvey } from "../port.ts";
import { insertAsks, type NewAsk } from "./asks.store.ts";
import type { Trigger } from "./campaign.schema.ts";
import { type CampaignRow, readRunning } from "./campaigns.store.ts";
import { publishedOf, type SendingDeps } from "./context.ts";
import { askOf, isSampled, prepareFacts, questionOf, sinceOf } from "./decide-round.ts";
import { type FactsAsk, readAskable } from "./facts.ts";

const FOLLOWER = "survey-triggers";

/** Whether a purchase is one that a trigger waits for. Purchases from before the campaign began are not. */
export function isTriggered(
  trigger: Trigger,
  known: MemberOrder,
  window: { readonly since: Date; readonly at: Date },
): boolean {
  const { order } = known;
  const orderedAt = new Date(order.orderedAt);
  if (orderedAt < window.since || +orderedAt + trigger.latestHours * HOUR <= +window.at) return false;
  if (trigger.unlessReturned ? known.returned : order.cancelled) return false;
  if (trigger.stores !== undefined && !(order.storeId !== null && trigger.stores.includes(order.storeId)))
    return false;
  if (trigger.channels !== undefined && !trigger.channels.includes(order.channel)) return false;
  return (
    trigger.categories === undefined ||
    Object.keys(order.categories).some((c) => trigger.categories?.includes(c))
  );
}

/** The category of an order by which it is reported: that of the largest amount. */
export function mainCategory(order: MemberOrder["order"]): string | null {
  const [main] = Object.entries(order.categories).sort(
    ([a, x], [b, y]) => y.netMinor - x.netMinor || (a < b ? -1 : 1),
  );
  return main === undefined || main[0] === "" ? null : main[0];
}

/**
 * Looks at members that changed since the last call and notes purchases that campaigns wait for: once each, due after
 * the hours that the trigger says. Consent is asked at once, and again when it is due. Answers how many members it
 * looked at.
 */
export async function followTriggers(deps: SendingDeps, defer?: Deferral): Promise<number> {
  const { db, clock } = deps;
  let campaigns: CampaignRow[] = [];
  let surveys = new Map<string, PublishedSurvey | null>();
  let prepared = new Map<string, Omit<FactsAsk, "at">>();
  return followChanges(
    db,
    FOLLOWER,
    async (tx, { members }) => {
      if (campaigns.length > 0) await noteTriggered(tx, deps, campaigns, surveys, prepared, members);
    },
    {
      ...(defer === undefined ? {} : { defer }),
      before: async () => {
        campaigns = await readRunning(db, "event");
        surveys = await publishedOf(
          deps.doors,
          campaigns.map((c) => c.surveyId),
        );
        prepared = new Map();
        for (const c of campaigns)
          if (!prepared.has(c.channel)) prepared.set(c.channel, await prepareFacts(deps, c));
      },
    },
  );

  async function noteTriggered(
    tx: Tx,
    own: SendingDeps,
    running: readonly CampaignRow[],
    versions: ReadonlyMap<string, PublishedSurvey | null>,
    factsOf: ReadonlyMap<string, Omit<FactsAsk, "at">>,
    memberIds: readonly string[],
  ): Promise<void> {
    const at = clock.now();
    const orders = await readMemberOrders(
      tx,
      groupMembers(await readSubjectsOfMembers(tx, memberIds)),
      sinceOf(running, at),
    );
    for (const campaign of running) {
      const { trigger } = campaign.settings;
      const facts = factsOf.get(campaign.channel);
      if (trigger === undefined || facts === undefined) continue;
      const since = campaign.nextRunAt ?? campaign.createdAt;
      const hits = [...orders].flatMap(([memberId, list]) =>
        list.filter((o) => isTriggered(trigger, o, { since, at })).map((o) => ({ memberId, order: o })),
      );
      if (hits.length === 0) continue;
      const askable = await readAskable(
        tx,
        { ...own, readCoarse: own.coarse.read },
        [...new Set(hits.map((h) => h.memberId))],
        { ...facts, at },
      );
      const rows: NewAsk[] = hits.flatMap(({ memberId, order }) => {
        const member = askable.get(memberId);
        if (member === undefined || !isSampled(campaign.settings, campaign.campaignId, memberId)) return [];
        const orderedAt = new Date(order.order.orderedAt);
        const dueAt = new Date(Math.max(+at, +orderedAt + trigger.afterHours * HOUR));
        const question = {
          ...questionOf(campaign, versions.get(campaign.surveyId) ?? null, null, dueAt),
          latest: new Date(+orderedAt + trigger.latestHours * HOUR),
        };
        // Without consent or an address at the trigger nothing is planned; caps are for the moment of sending.
        const first = decideAsk(facts.cadence, { ...member.asked, contacts: [] }, question);
        const decision =
          first.kind === "skip" ? first : ({ kind: "wait", reason: "quiet-hours", until: dueAt } as const);
        return [
          {
            ...askOf(own.ids, campaign, question, member, decision, {
              occasion: order.order.orderKey,
              orderKey: order.order.orderKey,
              storeId: order.order.storeId,
              category: mainCategory(order.order),
              occurredAt: orderedAt,
            }),
            reason: first.kind === "skip" ? first.reason : null,
          },
        ];
      });
      await insertAsks(tx, rows, at);
    }
  }
}
