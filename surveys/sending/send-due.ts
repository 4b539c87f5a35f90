import { listUnsubscribeHeaders, type RegistrySnapshot, signLink } from "../../consent/index.ts";
import type { Tx } from "../../src/db/index.ts";
import { localeOfTag } from "../../src/i18n/index.ts";
import { DAY, HOUR } from "../../src/kernel/clock.ts";
import { findContact, lockSubjects, readMemberIds, readMemberOrders } from "../../src/members/index.ts";
import type { DataKey, Vault } from "../../src/vault/index.ts";
import { type AskDecision, decideAsk, reminderTimes } from "../cadence/decide.ts";
import type { CadenceRules } from "../cadence/rules.schema.ts";
import type { AnswerContext, PublishedSurvey } from "../port.ts";
import { type AskChange, type AskRow, expireAsks, lockDueAsks, saveAsks } from "./asks.store.ts";
import type { SendingChannel } from "./campaign.schema.ts";
import { type CampaignRow, readCampaigns } from "./campaigns.store.ts";
import { currentCadence, type Place, publishedOf, readOpenPlaces, type SendingDeps } from "./context.ts";
import { noLevels } from "./decide-round.ts";
import { ADDRESS_OF, type Askable, readAskable, SURVEY_PURPOSE, tenureBand } from "./facts.ts";
import { type InvitationLinks, localeFor, renderInvitation, renderShort } from "./invitation-mail.ts";
import { insertMessages, type MessageRow } from "./messages.store.ts";

/** Asks worked in one transaction. */
const BATCH = 100;
const LINKS_LAST = 400 * DAY;
/** The kind of message under which invitations stand in the outbox. */
export const MAIL_TEMPLATE = "survey-invitation";

const placeOfLink = (askId: string) => ({
  table: "survey_ask",
  column: "cell",
  recordId: askId,
  category: "survey",
});
export const placeOfHandOver = (messageId: string) => ({
  table: "survey_message",
  column: "cell",
  recordId: messageId,
  category: "contact",
});

interface Prepared {
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
  return expireAsks(deps.db as Pick<Tx, "query"> as Tx, deps.clock.now());
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
      { ...deps, readCoarse: deps.coarse.read, readLevels: deps.readLevels ?? noLevels },
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
      const sent = await message(tx, deps, prepared, {
        ask,
        campaign,
        survey,
        member,
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

const base = (ask: AskRow) => ({
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
  return { ...base(ask), state, reason, detail, againAt: null, dueAt: null, keyId: null, cell: null };
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
      ...base(ask),
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
    ...base(ask),
    state: "asked",
    reason,
    detail,
    againAt: null,
    dueAt: null,
    keyId: ask.keyId,
    cell: ask.cell,
  };
}

interface ToSend {
  readonly ask: AskRow;
  readonly campaign: CampaignRow;
  readonly survey: PublishedSurvey;
  readonly member: Askable;
  readonly key: DataKey | null;
}

async function message(
  tx: Tx,
  deps: SendingDeps,
  prepared: Prepared,
  { ask, campaign, survey, member, key }: ToSend,
): Promise<{ readonly change: AskChange; readonly message: MessageRow } | null> {
  const { at, cadence, snapshot } = prepared;
  const channel = campaign.channel;
  const found = await findContact(tx, deps.vault, member.subjectId, ADDRESS_OF[channel]);
  if (found === null || key === null) return null;
  const locale = localeFor(
    member.coarse?.language == null ? null : localeOfTag(member.coarse.language),
    member.standing.country,
    survey.locales,
  );
  const made = await linkOf(tx, deps, prepared, { ask, campaign, survey, member, key }, locale);
  const expiresAt = new Date(+(ask.askedAt ?? at) + campaign.settings.expiresDays * DAY);
  const links: InvitationLinks = {
    survey: `${prepared.publicUrl}${made.path}`,
    ...personalLinks(deps.vault, prepared.publicUrl, member.subjectId, channel, locale, at),
  };
  const kind = ask.state === "asked" ? "reminder" : "invitation";
  const company = snapshot.controller.name[locale];
  let messageId: string;
  let handOver: Buffer | null = null;
  if (channel === "email") {
    const mail = renderInvitation({
      survey,
      locale,
      company,
      links,
      kind,
      expiresAt,
      subject: campaign.settings.mail?.subject,
      intro: campaign.settings.mail?.intro,
    });
    messageId = await deps.mailer.send(tx, {
      template: MAIL_TEMPLATE,
      key: found.key,
      subjectId: member.subjectId,
      mail: { to: found.address, ...mail, headers: unsubscribeHeaders(links.unsubscribe) },
      once: true,
    });
  } else {
    messageId = deps.ids.next();
    const content = {
      to: found.address,
      locale,
      text: renderShort(locale, company, links.survey),
      link: links.survey,
    };
    handOver = deps.vault.seal(
      found.key,
      placeOfHandOver(messageId),
      Buffer.from(JSON.stringify(content), "utf8"),
    );
  }
  const askedAt = ask.askedAt ?? at;
  const reminders = kind === "reminder" ? ask.reminders + 1 : 0;
  const times =
    campaign.settings.reminders && !survey.anonymous ? reminderTimes(cadence, askedAt, expiresAt) : [];
  const dueAt = times[reminders] ?? null;
  const kept = dueAt !== null;
  return {
    change: {
      ...base(ask),
      state: "asked",
      reason: null,
      detail: null,
      againAt: null,
      dueAt,
      reminders,
      invitationId: made.invitationId,
      askedAt,
      keyId: kept ? key.id : null,
      cell: kept ? deps.vault.seal(key, placeOfLink(ask.askId), Buffer.from(made.path, "utf8")) : null,
    },
    message: {
      subjectId: ask.subjectId,
      messageId,
      askId: ask.askId,
      surveyId: ask.surveyId,
      class: ask.class,
      wave: ask.wave === "" ? null : ask.wave,
      kind,
      channel,
      state: channel === "email" && !deps.mailer.sends ? "kept" : "queued",
      error: null,
      keyId: handOver === null ? null : found.key.id,
      cell: handOver,
      at,
      changedAt: at,
    },
  };
}

/** The link of an ask: made at the first message, and the very same at reminders, so that they lead to what was begun. */
async function linkOf(
  tx: Tx,
  deps: SendingDeps,
  prepared: Prepared,
  { ask, campaign, survey, member, key }: ToSend & { readonly key: DataKey },
  locale: string,
): Promise<{ readonly path: string; readonly invitationId: string | null }> {
  const { at, places } = prepared;
  if (ask.cell !== null && ask.state === "asked")
    return {
      path: deps.vault.open(key, placeOfLink(ask.askId), ask.cell).toString("utf8"),
      invitationId: ask.invitationId,
    };
  const store = ask.storeId ?? member.coarse?.homeStore ?? null;
  const region = store === null ? null : (places.get(store)?.region ?? null);
  const tenure = tenureBand(member.coarse?.joinedOn ?? null, member.coarse?.facts?.firstSeen ?? null, at);
  const context: AnswerContext = {
    ...(store === null ? {} : { store }),
    ...(region === null ? {} : { region }),
    ...(ask.category === null ? {} : { category: ask.category }),
    ...(member.asked.level === null ? {} : { level: member.asked.level }),
    ...(tenure === null ? {} : { tenure }),
  };
  const expiresAt = new Date(+at + campaign.settings.expiresDays * DAY);
  const wave = ask.wave === "" ? null : ask.wave;
  const common = {
    surveyId: survey.surveyId,
    version: survey.version,
    channel: campaign.channel,
    wave,
    context,
    expiresAt,
  };
  if (survey.anonymous) {
    const [path] = await deps.doors.createTickets(tx, common, 1);
    return { path: path as string, invitationId: null };
  }
  const [made] = await deps.doors.createInvitations(tx, [
    { ...common, subjectId: member.subjectId, memberId: member.memberId, locale, orderKey: ask.orderKey },
  ]);
  if (made === undefined) throw new Error("no invitation was made");
  return { path: made.path, invitationId: made.invitationId };
}

/** The preference centre and the one-click end of surveys, for the very address that the message goes to. */
export function personalLinks(
  vault: Pick<Vault, "mac">,
  publicUrl: string,
  subjectId: string,
  channel: SendingChannel,
  locale: "en" | "zh-CN" | "zh-TW",
  at: Date,
): Pick<InvitationLinks, "preferences" | "unsubscribe"> {
  const common = { subjectId, expiresAt: new Date(+at + LINKS_LAST), locale, channel };
  return {
    preferences: `${publicUrl}/p/${signLink(vault, { ...common, kind: "preferences", purposeId: null })}`,
    unsubscribe: `${publicUrl}/u/${signLink(vault, { ...common, kind: "unsubscribe", purposeId: SURVEY_PURPOSE })}`,
  };
}

/** One click needs https; without it the link in the message is the way. */
function unsubscribeHeaders(link: string | null): Readonly<Record<string, string>> {
  return link?.startsWith("https://") ? listUnsubscribeHeaders(link) : {};
}
