import { createHash } from "node:crypto";
import type { Tx } from "../../src/db/index.ts";
import { DAY, HOUR } from "../../src/kernel/clock.ts";
import { readNextMembers } from "../../src/members/index.ts";
import { type AskDecision, type AskQuestion, decideAsk } from "../cadence/decide.ts";
import type { PublishedSurvey } from "../port.ts";
import { insertAsks, type NewAsk } from "./asks.store.ts";
import type { Audience, CampaignSettings } from "./campaign.schema.ts";
import { type CampaignRow, lockDueCampaign, pageOfList, saveProgress } from "./campaigns.store.ts";
import { currentCadence, publishedOf, readOpenPlaces, type SendingDeps } from "./context.ts";
import { type Askable, type FactsAsk, needsOpening, readAskable } from "./facts.ts";

/** Members looked at in one transaction: what a round holds in memory, however large it is. */
export const PAGE = 1_000;
/** A round whose first message could not go out in a week is over. */
const ROUND_LASTS = 7 * DAY;

/** Whether the draw of a round takes a member. The same for every look at it. */
export function isSampled(
  settings: Pick<CampaignSettings, "sample">,
  seed: string,
  memberId: string,
): boolean {
  if (settings.sample === undefined || settings.sample >= 1) return true;
  const drawn = createHash("sha256").update(`${seed}|${memberId}`, "utf8").digest().readUInt32BE(0);
  return drawn / 2 ** 32 < settings.sample;
}

/** A page of an audience, in the order of member ids. */
export async function pageOfAudience(
  tx: Tx,
  deps: SendingDeps,
  rules: FactsAsk["rules"],
  audience: Audience,
  after: string | null,
): Promise<{ readonly memberIds: readonly string[]; readonly next: string | null }> {
  switch (audience.kind) {
    case "segment":
      return deps.segments.page(tx, rules, { segmentId: audience.segmentId, after, limit: PAGE });
    case "list":
      return pageOfList(audience.memberIds, after, PAGE);
    case "everybody": {
      const found = await readNextMembers(tx, after, PAGE);
      const ids = [...new Set(found.map((s) => s.memberId))];
      return { memberIds: ids, next: ids.length < PAGE ? null : (ids.at(-1) ?? null) };
    }
  }
}

/** The question that a campaign puts to a member in a round. */
export function questionOf(
  campaign: Pick<CampaignRow, "surveyId" | "settings" | "kind">,
  survey: Pick<PublishedSurvey, "surveyClass"> | null,
  wave: string | null,
  at: Date,
): AskQuestion {
  return {
    surveyId: campaign.surveyId,
    surveyClass: survey?.surveyClass ?? "research",
    running: survey !== null,
    wave,
    kind: "invitation",
    again: campaign.settings.again,
    at,
    latest: null,
    orderReturned: false,
  };
}

/** A decision as a row of the campaign. */
export function askOf(
  ids: SendingDeps["ids"],
  campaign: CampaignRow,
  question: AskQuestion,
  askable: Pick<Askable, "subjectId">,
  decision: AskDecision,
  occasion: Partial<Pick<NewAsk, "occasion" | "orderKey" | "storeId" | "category" | "occurredAt">> = {},
): NewAsk {
  const asked = decision.kind !== "skip";
  return {
    subjectId: askable.subjectId,
    askId: ids.next(),
    campaignId: campaign.campaignId,
    surveyId: campaign.surveyId,
    class: question.surveyClass,
    wave: question.wave ?? "",
    occasion: occasion.occasion ?? "",
    channel: campaign.channel,
    orderKey: occasion.orderKey ?? null,
    storeId: occasion.storeId ?? null,
    category: occasion.category ?? null,
    occurredAt: occasion.occurredAt ?? null,
    state: asked ? "waiting" : "skipped",
    reason: decision.kind === "ask" ? null : decision.reason,
    detail: decision.kind === "skip" ? decision.detail : null,
    againAt: decision.kind === "skip" ? decision.again : null,
    dueAt: decision.kind === "ask" ? question.at : decision.kind === "wait" ? decision.until : null,
    latestAt: question.latest,
  };
}

/** Decides a page of members; pure but for the reading. */
export async function decidePage(
  tx: Tx,
  deps: SendingDeps,
  campaign: CampaignRow,
  question: AskQuestion,
  memberIds: readonly string[],
  facts: FactsAsk,
): Promise<{ readonly askable: Askable; readonly decision: AskDecision }[]> {
  const factsDeps = { ...deps, readCoarse: deps.coarse.read };
  const found = await readAskable(tx, factsDeps, memberIds, facts);
  return [...found.values()].map((askable) => ({
    askable,
    decision: isSampled(campaign.settings, `${campaign.campaignId}|${question.wave ?? ""}`, askable.memberId)
      ? decideAsk(facts.cadence, askable.asked, question)
      : { kind: "skip", reason: "not-sampled", again: null, detail: null },
  }));
}

/** What a look at many members needs from outside the transaction. */
export async function prepareFacts(
  deps: SendingDeps,
  campaign: Pick<CampaignRow, "channel">,
): Promise<Omit<FactsAsk, "at">> {
  await deps.coarse.refresh();
  const cadence = await currentCadence(deps.db);
  return {
    channel: campaign.channel,
    rules: await deps.consent.rules(),
    cadence,
    places: await readOpenPlaces(deps.db, deps.vault),
    open: needsOpening(cadence),
  };
}

/**
 * Works the rounds that are due, a page of members in each transaction: the place reached and what was decided commit
 * together, so that a killed process forgets nobody and looks at nobody twice. Any number of processes may call it.
 * Answers how many members were looked at.
 */
export async function decideRounds(deps: SendingDeps): Promise<number> {
  const { db, clock } = deps;
  let looked = 0;
  for (;;) {
    // Read before the transaction: the embedded engine has one connection.
    const running = await db.tx((tx) => lockDueCampaign(tx, clock.now()));
    if (running === null) return looked;
    const survey = (await publishedOf(deps.doors, [running.surveyId])).get(running.surveyId) ?? null;
    const facts = await prepareFacts(deps, running);
    const done = await db.retryingTx(async (tx) => {
      const at = clock.now();
      const locked = await lockDueCampaign(tx, at);
      if (locked?.campaignId !== running.campaignId) return 0;
      const campaign = locked.deciding ? locked : beginRound(locked, at);
      const page = await pageOfAudience(tx, deps, facts.rules, campaign.settings.audience, campaign.cursor);
      const question = {
        ...questionOf(campaign, survey, campaign.wave, at),
        latest: new Date(+at + ROUND_LASTS),
      };
      const decided = await decidePage(tx, deps, campaign, question, page.memberIds, { ...facts, at });
      await insertAsks(
        tx,
        decided.map(({ askable, decision }) => askOf(deps.ids, campaign, question, askable, decision)),
        at,
      );
      await saveProgress(tx, { ...campaign, cursor: page.next, deciding: page.next !== null }, at);
      return page.memberIds.length;
    });
    looked += done;
  }
}

/** Opens a round: names it, and says when the next one begins. */
function beginRound(campaign: CampaignRow, at: Date): CampaignRow {
  const { everyDays } = campaign.settings;
  const recurring = campaign.kind === "recurring" && everyDays !== undefined;
  return {
    ...campaign,
    wave: recurring ? at.toISOString().slice(0, 10) : null,
    cursor: null,
    deciding: true,
    nextRunAt: recurring ? new Date(+(campaign.nextRunAt ?? at) + everyDays * DAY) : null,
  };
}

/** How far back a purchase may lie when it becomes known and still be asked about. */
export function sinceOf(campaigns: readonly CampaignRow[], at: Date): Date {
  const hours = campaigns.map((c) => c.settings.trigger?.latestHours ?? 0);
  return new Date(+at - Math.max(0, ...hours) * HOUR);
}
