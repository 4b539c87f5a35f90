import { hex, rows, type Sql, sql, type Tx, uuids } from "../../src/db/index.ts";
import type { PastAnswer, PastContact } from "../cadence/decide.ts";
import type { SurveyClass } from "../port.ts";

type Reader = Pick<Tx, "query">;

export const ASK_STATES = [
  "waiting",
  "asked",
  "skipped",
  "answered",
  "declined",
  "cancelled",
  "expired",
  "failed",
] as const;
export type AskState = (typeof ASK_STATES)[number];

/** One member of a campaign. */
export interface AskRow {
  readonly subjectId: string;
  readonly askId: string;
  readonly campaignId: string;
  readonly surveyId: string;
  readonly class: SurveyClass;
  readonly wave: string;
  readonly occasion: string;
  readonly channel: string;
  readonly orderKey: string | null;
  readonly storeId: string | null;
  readonly category: string | null;
  readonly occurredAt: Date | null;
  readonly state: AskState;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly againAt: Date | null;
  readonly dueAt: Date | null;
  readonly latestAt: Date | null;
  readonly reminders: number;
  readonly invitationId: string | null;
  readonly keyId: string | null;
  readonly cell: Buffer | null;
  readonly askedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = sql`subject_id as "subjectId", ask_id as "askId", campaign_id as "campaignId", survey_id as "surveyId", class,
  wave, occasion, channel, order_key as "orderKey", store_id as "storeId", category, occurred_at as "occurredAt", state,
  reason, detail, again_at as "againAt", due_at as "dueAt", latest_at as "latestAt", reminders,
  invitation_id as "invitationId", key_id as "keyId", cell, asked_at as "askedAt", created_at as "createdAt",
  updated_at as "updatedAt"`;

export type NewAsk = Pick<
  AskRow,
  | "subjectId"
  | "askId"
  | "campaignId"
  | "surveyId"
  | "class"
  | "wave"
  | "occasion"
  | "channel"
  | "orderKey"
  | "storeId"
  | "category"
  | "occurredAt"
  | "state"
  | "reason"
  | "detail"
  | "againAt"
  | "dueAt"
  | "latestAt"
>;

/** Notes members of a campaign; one that is noted for the same occasion stays as it is. Answers how many are new. */
export async function insertAsks(tx: Tx, asks: readonly NewAsk[], at: Date): Promise<number> {
  if (asks.length === 0) return 0;
  const inserted = await tx.query(sql`
    insert into survey_ask (subject_id, ask_id, campaign_id, survey_id, class, wave, occasion, channel, order_key, store_id,
      category, occurred_at, state, reason, detail, again_at, due_at, latest_at, created_at, updated_at)
    select "subjectId", "askId", "campaignId", "surveyId", class, wave, occasion, channel, "orderKey", "storeId", category,
      "occurredAt", state, reason, detail, "againAt", "dueAt", "latestAt", ${at}::timestamptz, ${at}::timestamptz
    from jsonb_to_recordset(${rows(asks)}::jsonb) as a("subjectId" uuid, "askId" uuid, "campaignId" uuid, "surveyId" text,
      class text, wave text, occasion text, channel text, "orderKey" text, "storeId" text, category text,
      "occurredAt" timestamptz, state text, reason text, detail text, "againAt" timestamptz, "dueAt" timestamptz,
      "latestAt" timestamptz)
    on conflict (campaign_id, wave, subject_id, occasion) do nothing returning 1`);
  return inserted.length;
}

/** Takes asks whose time has come, in the order of their subjects; those of paused or ended campaigns stay. */
export async function lockDueAsks(tx: Tx, now: Date, limit: number): Promise<AskRow[]> {
  return tx.query<AskRow>(sql`
    select ${columns} from survey_ask
    where (subject_id, ask_id) in (
      select a.subject_id, a.ask_id from survey_ask a join survey_campaign c using (campaign_id)
      where a.due_at <= ${now} and c.state = 'running' order by a.due_at, a.ask_id limit ${limit}
      for update of a skip locked)
    order by subject_id, ask_id`);
}

export type AskChange = Pick<
  AskRow,
  | "subjectId"
  | "askId"
  | "state"
  | "reason"
  | "detail"
  | "againAt"
  | "dueAt"
  | "reminders"
  | "invitationId"
  | "keyId"
  | "askedAt"
> & { readonly cell: Buffer | null };

/** Writes what became of asks. */
export async function saveAsks(tx: Tx, changes: readonly AskChange[], at: Date): Promise<void> {
  if (changes.length === 0) return;
  const batch = changes.map((c) => ({ ...c, cell: c.cell === null ? null : hex(c.cell) }));
  await tx.query(sql`
    update survey_ask a set state = c.state, reason = c.reason, detail = c.detail, again_at = c."againAt", due_at = c."dueAt",
      reminders = c.reminders, invitation_id = c."invitationId", key_id = c."keyId", cell = c.cell, asked_at = c."askedAt",
      updated_at = ${at}
    from jsonb_to_recordset(${rows(batch)}::jsonb) as c("subjectId" uuid, "askId" uuid, state text, reason text, detail text,
      "againAt" timestamptz, "dueAt" timestamptz, reminders int, "invitationId" uuid, "keyId" uuid, cell bytea,
      "askedAt" timestamptz)
    where a.subject_id = c."subjectId" and a.ask_id = c."askId"`);
}

/** The write that ends the asks of invitations: no reminder follows, and the sealed link goes. */
export function endsAsks(
  invitationIds: readonly string[],
  state: "answered" | "declined",
  at: Date,
): Sql | null {
  if (invitationIds.length === 0) return null;
  return sql`
    update survey_ask set state = ${state}, due_at = null, key_id = null, cell = null, updated_at = ${at}
    where invitation_id = any(${uuids(invitationIds)})`;
}

/** Lets asks of invitations that ran out end. */
export async function expireAsks(tx: Tx, now: Date): Promise<number> {
  const ended = await tx.query(sql`
    update survey_ask a set state = 'expired', due_at = null, key_id = null, cell = null, updated_at = ${now}
    from survey_invitation i
    where a.state = 'asked' and i.invitation_id = a.invitation_id and i.expires_at <= ${now} and i.ended_at is null returning 1`);
  return ended.length;
}

/** Deletes asks that nothing has become of since a moment; answers how many. */
export async function deleteOldAsks(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await tx.query(sql`
    delete from survey_ask where (subject_id, ask_id) in (
      select subject_id, ask_id from survey_ask where updated_at < ${before} and due_at is null limit ${limit})
    returning 1`);
  return gone.length;
}

export async function listAsks(
  db: Reader,
  ask: {
    readonly campaignId: string;
    readonly state?: string;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<AskRow[]> {
  return db.query<AskRow>(sql`
    select ${columns} from survey_ask
    where campaign_id = ${ask.campaignId}::uuid ${ask.state === undefined ? sql`` : sql`and state = ${ask.state}`}
      ${ask.after === null ? sql`` : sql`and ask_id > ${ask.after}::uuid`}
    order by ask_id limit ${ask.limit}`);
}

/** All that some subjects were asked, newest first. */
export async function readAsksOf(
  db: Reader,
  subjectIds: readonly string[],
  limit: number,
): Promise<AskRow[]> {
  return db.query<AskRow>(sql`
    select ${columns} from survey_ask where subject_id = any(${[...subjectIds]}::uuid[])
    order by created_at desc, ask_id limit ${limit}`);
}

// --- what a decision needs to know --------------------------------------------------------------------------

/**
 * Messages to some subjects since a moment, and asks that are planned. A plan is counted at the time it is due. Plans
 * are looked up one subject at a time (`offset 0` keeps it so): while a round is decided their table grows faster than
 * its statistics, and the planner would read the whole of it for every page.
 */
export async function readContacts(
  db: Reader,
  subjectIds: readonly string[],
  since: Date,
): Promise<
  (PastContact & { readonly subjectId: string; readonly askId: string | null; readonly planned: boolean })[]
> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", ask_id as "askId", at, survey_id as "surveyId", class as "surveyClass", wave, kind,
      false as planned
    from survey_message
    where subject_id = any(${[...subjectIds]}::uuid[]) and at > ${since} and state not in ('failed', 'bounced')
    union all
    select s.id, a.* from unnest(${[...subjectIds]}::uuid[]) s(id) cross join lateral (
      select ask_id, due_at, survey_id, class, nullif(wave, ''), 'invitation', true from survey_ask
      where subject_id = s.id and state = 'waiting' and due_at is not null offset 0) a`);
}

/** What some subjects answered or declined: by invitation, or by an answer that names them. */
export async function readAnswered(
  db: Reader,
  subjectIds: readonly string[],
): Promise<(PastAnswer & { readonly subjectId: string })[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", ended_at as at, survey_id as "surveyId", wave, ended_as as kind
    from survey_invitation
    where subject_id = any(${[...subjectIds]}::uuid[]) and ended_as in ('answered', 'declined')
    union all
    select subject_id, answered_at, survey_id, wave, 'answered' from survey_response
    where subject_id = any(${[...subjectIds]}::uuid[]) and state = 'complete' and invitation_id is null`);
}

/** Of some subjects those with an open case, since when. */
export async function readComplaints(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; since: Date }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", min(opened_at) as since from survey_case
    where subject_id = any(${[...subjectIds]}::uuid[]) and state <> 'closed' group by subject_id`);
}

/** From when on staff said that a member may be asked again. */
export async function readAskAgain(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; at: Date }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", max(ask_again_at) as at from survey_case
    where subject_id = any(${[...subjectIds]}::uuid[]) and ask_again_at is not null group by subject_id`);
}

/** Of some subjects those whose address on a channel has bounced for good and was not written to since. */
export async function readBounced(
  db: Reader,
  subjectIds: readonly string[],
  channel: string,
): Promise<string[]> {
  if (subjectIds.length === 0) return [];
  const found = await db.query<{ id: string; state: string }>(sql`
    select distinct on (subject_id) subject_id as id, state from survey_message
    where subject_id = any(${[...subjectIds]}::uuid[]) and channel = ${channel} and state in ('sent', 'bounced')
    order by subject_id, at desc`);
  return found.filter((r) => r.state === "bounced").map((r) => r.id);
}
