import type { RegistrySnapshot } from "../../consent/index.ts";
import type { Tx } from "../../src/db/index.ts";
import { DAY, HOUR } from "../../src/kernel/clock.ts";
import { lockSubjects, readMemberIds, readMemberOrders } from "../../src/members/index.ts";
import { type AskDecision, decideAsk } from "../cadence/decide.ts";
import type { CadenceRules } from "../cadence/rules.schema.ts";
import type { PublishedSurvey } from "../port.ts";
import { type AskChange, type AskRow, expireAsks, lockDueAsks, saveAsks } from "./asks.store.ts";
import type { SendingChannel } from "./campaign.schema.ts";
import { readCampaigns } from "./campaigns.store.ts";
import { currentCadence, type Place, publishedOf, readOpenPlaces, type SendingDeps } from "./context.ts";
import { type Askable, readAskable } from "./facts.ts";
import { makeMessage } from "./make-message.ts";
import { insertMessages, type MessageRow } from "./messages.store.ts";
import { readServedAt } from "./served.ts";

/** Asks worked in one transaction. */
const BATCH = 100;
/** What one look at due asks was given from outside its transaction. */
export interface Prepared {
  readonly at: Date;
  readonly cadence: CadenceRules;
  readonly places: ReadonlyMap<string, Place>;
  readonly snapshot: RegistrySnapshot;
  readonly publicUrl: string;
  readonly surveys: ReadonlyMap<string, PublishedSurvey | null>;
}

/**
 * Sends what is due: decides each ask anew (consent, caps, hour, returned order), makes its invitation and writes the
 * message with the job that sends it, all in one transaction. A process that dies leaves an ask either untouched or with
 * its message queued. Answers how many asks were worked.
 */
export async function sendDue(deps: SendingDeps): Promise<number> {
  const { db, clock } = deps;
  let worked = 0;
  for (;;) {
    const snapshot = await deps.consent.snapshot();
    const { publicUrl } = snapshot.controller;
    // Nobody is asked without an address that links can lead to; what is due waits.
    if (publicUrl === null) return worked;
    await deps.coarse.refresh();
    const cadence = await currentCadence(db);
    const places = await readOpenPlaces(db, deps.vault);
    const known = await db.tx((tx) => lockDueAsks(tx, clock.now(), BATCH));
    if (known.length === 0) return worked;
    const surveys = await publishedOf(
      deps.doors,
      known.map((a) => a.surveyId),
    );
    const done = await db.retryingTx(async (tx) => {
      const at = clock.now();
      const asks = (await lockDueAsks(tx, at, BATCH)).filter((a) => surveys.has(a.surveyId));
      await work(tx, deps, { at, cadence, places, snapshot, publicUrl, surveys }, asks);
      return asks.length;
    });
    if (done === 0) return worked;
    worked += done;
  }
}

/** Ends asks whose invitation ran out. */
export function endExpired(deps: SendingDeps): Promise<number> {
  return deps.db.tx((tx) => expireAsks(tx, deps.clock.now()));
}

async function work(tx: Tx, deps: SendingDeps, prepared: Prepared, asks: readonly AskRow[]): Promise<void> {
  const { at } = prepared;
  const locked = await lockSubjects(tx, deps.vault, [...new Set(asks.map((a) => a.subjectId))].sort());
  const campaigns = new Map(
    (await readCampaigns(tx, [...new Set(asks.map((a) => a.campaignId))])).map((c) => [c.campaignId, c]),
  );
  const memberOf = new Map(
    (
      await readMemberIds(
        tx,
        asks.map((a) => a.subjectId),
      )
    ).map((m) => [m.subjectId, m.memberId]),
  );
  const changes: AskChange[] = [];
  const messages: MessageRow[] = [];
  // Of a member with two asks in one batch the second must see the first.
  const askedNow = new Map<string, number>();
  for (const channel of new Set(asks.map((a) => a.channel as SendingChannel))) {
    const own = asks.filter((a) => a.channel === channel);
    const askable = await readAskable(
      tx,
      { ...deps, readCoarse: deps.coarse.read },
      [...new Set(own.flatMap((a) => memberOf.get(a.subjectId) ?? []))],
      {
        channel,
        at,
        rules: prepared.snapshot.rules,
        cadence: prepared.cadence,
        places: prepared.places,
        open: true,
        without: new Set(own.map((a) => a.askId)),
      },
    );
    const returned = await returnedOrders(tx, own, askable, at);
    const servedAt = await readServedAt(tx, own, askable, { rules: prepared.snapshot.rules, channel, at });
    for (const ask of own) {
      const member = askable.get(memberOf.get(ask.subjectId) ?? "");
      const campaign = campaigns.get(ask.campaignId);
      if (member === undefined || campaign === undefined || !locked.has(ask.subjectId)) {
        changes.push(ended(ask, "cancelled", "consent", "erased"));
        continue;
      }
      const survey = prepared.surveys.get(ask.surveyId) ?? null;
      const decision = askedNow.has(member.memberId)
        ? ({ kind: "wait", reason: "global-cap", until: new Date(+at + HOUR) } as const)
        : decideAsk(prepared.cadence, member.asked, {
            surveyId: ask.surveyId,
            surveyClass: ask.class,
            running: survey !== null,
            wave: ask.wave === "" ? null : ask.wave,
            kind: ask.state === "asked" ? "reminder" : "invitation",
            again: campaign.settings.again,
            at,
            latest: ask.state === "asked" ? null : ask.latestAt,
            orderReturned: returned.has(ask.askId),
          });
      if (decision.kind !== "ask" || survey === null) {
        changes.push(await withoutMessage(tx, deps, ask, decision));
        continue;
      }
      askedNow.set(member.memberId, 1);
      const sent = await makeMessage(tx, deps, prepared, {
        ask,
        campaign,
        survey,
        member,
        servedAt: servedAt.get(member.memberId) ?? null,
        key: locked.get(ask.subjectId)?.key ?? null,
      });
      if (sent === null) changes.push(ended(ask, "skipped", "no-address", null));
      else {
        changes.push(sent.change);
        messages.push(sent.message);
      }
    }
  }
  await saveAsks(tx, changes, at);
  await insertMessages(tx, messages);
}

/** Asks about orders that have been taken back since. */
async function returnedOrders(
  tx: Tx,
  asks: readonly AskRow[],
  askable: ReadonlyMap<string, Askable>,
  at: Date,
): Promise<Set<string>> {
  const about = asks.filter((a) => a.orderKey !== null);
  if (about.length === 0) return new Set();
  const since = new Date(Math.min(+at, ...about.map((a) => +(a.occurredAt ?? at))) - DAY);
  const orders = await readMemberOrders(
    tx,
    [...askable.values()].map((m) => m.member),
    since,
  );
  const gone = new Set(
    [...orders.values()]
      .flat()
      .filter((o) => o.returned)
      .map((o) => o.order.orderKey),
  );
  return new Set(about.filter((a) => gone.has(a.orderKey as string)).map((a) => a.askId));
}

/** What of an ask stays as it is. */
export const unchanged = (ask: AskRow) => ({
  subjectId: ask.subjectId,
  askId: ask.askId,
  reminders: ask.reminders,
  invitationId: ask.invitationId,
  askedAt: ask.askedAt,
});

function ended(
  ask: AskRow,
  state: "skipped" | "cancelled",
  reason: string,
  detail: string | null,
): AskChange {
  return { ...unchanged(ask), state, reason, detail, againAt: null, dueAt: null, keyId: null, cell: null };
}

/** What becomes of an ask that is not sent now. A reminder left out ends the invitation only on a withdrawal. */
async function withoutMessage(
  tx: Tx,
  deps: SendingDeps,
  ask: AskRow,
  decision: AskDecision,
): Promise<AskChange> {
  if (decision.kind === "wait")
    return {
      ...unchanged(ask),
      state: ask.state,
      reason: decision.reason,
      detail: null,
      againAt: null,
      dueAt: decision.until,
      keyId: ask.keyId,
      cell: ask.cell,
    };
  const reason = decision.kind === "skip" ? decision.reason : "survey-not-running";
  const detail = decision.kind === "skip" ? decision.detail : null;
  if (ask.state !== "asked")
    return {
      ...ended(ask, "skipped", reason, detail),
      againAt: decision.kind === "skip" ? decision.again : null,
    };
  if (reason === "consent" && ask.invitationId !== null) {
    await deps.doors.cancelInvitation(tx, ask.invitationId);
    return ended(ask, "cancelled", reason, detail);
  }
  // No further reminder; the link still works.
  return {
    ...unchanged(ask),
    state: "asked",
    reason,
    detail,
    againAt: null,
    dueAt: null,
    keyId: ask.keyId,
    cell: ask.cell,
  };
}
