import { listUnsubscribeHeaders, signLink } from "../../consent/index.ts";
import type { Tx } from "../../src/db/index.ts";
import { localeOfTag } from "../../src/i18n/index.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { findContact } from "../../src/members/index.ts";
import type { DataKey, Vault } from "../../src/vault/index.ts";
import { reminderTimes } from "../cadence/decide.ts";
import type { AnswerContext, PublishedSurvey } from "../port.ts";
import type { AskChange, AskRow } from "./asks.store.ts";
import type { SendingChannel } from "./campaign.schema.ts";
import type { CampaignRow } from "./campaigns.store.ts";
import type { SendingDeps } from "./context.ts";
import { ADDRESS_OF, type Askable, SURVEY_PURPOSE, tenureBand } from "./facts.ts";
import { type InvitationLinks, localeFor, renderInvitation, renderShort } from "./invitation-mail.ts";
import type { MessageRow } from "./messages.store.ts";
import type { Prepared } from "./send-due.ts";

const LINKS_LAST = 400 * DAY;
/** The kind of message under which invitations stand in the outbox. */
export const MAIL_TEMPLATE = "survey-invitation";

const placeOfLink = (askId: string) => ({
  table: "survey_ask",
  column: "cell",
  recordId: askId,
  category: "survey",
});
/** Where what a gateway is given stands, sealed. */
export const placeOfHandOver = (messageId: string) => ({
  table: "survey_message",
  column: "cell",
  recordId: messageId,
  category: "contact",
});

interface ToSend {
  readonly ask: AskRow;
  readonly campaign: CampaignRow;
  readonly survey: PublishedSurvey;
  readonly member: Askable;
  /** The store of the member's latest purchase, where that may be used. */
  readonly servedAt: string | null;
  readonly key: DataKey | null;
}

/**
 * Makes the message of an ask: an invitation with a link of its own, or a reminder with the very same; one that may not
 * have arrived is made again as what it was. Null when there is no address or nothing may be sealed for the person any more.
 */
export async function makeMessage(
  tx: Tx,
  deps: SendingDeps,
  prepared: Prepared,
  { key, ...toSend }: ToSend,
): Promise<{ readonly change: AskChange; readonly message: MessageRow } | null> {
  const { at, cadence, snapshot } = prepared;
  const { ask, campaign, survey, member } = toSend;
  const channel = campaign.channel;
  const found = await findContact(tx, deps.vault, member.subjectId, ADDRESS_OF[channel]);
  if (found === null || key === null) return null;
  const locale = localeFor(
    member.coarse?.language == null ? null : localeOfTag(member.coarse.language),
    member.standing.country,
    survey.locales,
  );
  const made = await linkOf(tx, deps, prepared, { ...toSend, key }, locale);
  const expiresAt = new Date(+(ask.askedAt ?? at) + campaign.settings.expiresDays * DAY);
  const links: InvitationLinks = {
    survey: `${prepared.publicUrl}${made.path}`,
    ...personalLinks(deps.vault, prepared.publicUrl, member.subjectId, channel, locale, at),
  };
  // Of what may never have arrived the same is sent again: nobody is reminded of what they did not get.
  const isAgain = ask.state === "asked" && ask.reason === "unknown";
  const kind = ask.state === "asked" && !(isAgain && ask.reminders === 0) ? "reminder" : "invitation";
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
  const reminders = kind === "reminder" && !isAgain ? ask.reminders + 1 : ask.reminders;
  const times =
    campaign.settings.reminders && !survey.anonymous ? reminderTimes(cadence, askedAt, expiresAt) : [];
  // For reminders, and for whoever sends anew what may not have arrived. That of an anonymous survey would name who got it.
  const kept = !survey.anonymous;
  return {
    change: {
      subjectId: ask.subjectId,
      askId: ask.askId,
      state: "asked",
      reason: null,
      detail: null,
      againAt: null,
      dueAt: times.slice(reminders).find((time) => time > at) ?? null,
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
  { ask, campaign, survey, member, servedAt, key }: ToSend & { readonly key: DataKey },
  locale: string,
): Promise<{ readonly path: string; readonly invitationId: string | null }> {
  const { at, places } = prepared;
  if (ask.cell !== null && ask.state === "asked")
    return {
      path: deps.vault.open(key, placeOfLink(ask.askId), ask.cell).toString("utf8"),
      invitationId: ask.invitationId,
    };
  const store = ask.storeId ?? servedAt ?? member.coarse?.homeStore ?? null;
  const region = store === null ? null : (places.get(store)?.region ?? null);
  const tenure = tenureBand(member.coarse?.joinedOn ?? null, member.coarse?.facts?.firstSeen ?? null, at);
  // An anonymous answer says where and nothing else: few people share a store, a level and a tenure.
  const who = survey.anonymous
    ? {}
    : {
        ...(ask.category === null ? {} : { category: ask.category }),
        ...(member.asked.level === null ? {} : { level: member.asked.level }),
        ...(tenure === null ? {} : { tenure }),
      };
  const context: AnswerContext = {
    ...(store === null ? {} : { store }),
    ...(region === null ? {} : { region }),
    ...who,
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
