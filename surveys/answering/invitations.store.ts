import { byteStrings, column, hex, rows, type Sql, sql, type Tx, uuids } from "../../src/db/index.ts";
import type { Invitation, InvitationEnd } from "../port.ts";

type Reader = Pick<Tx, "query">;

const columns = sql`invitation_id as "invitationId", survey_id as "surveyId", version, subject_id as "subjectId",
  member_id as "memberId", channel, locale, wave, context, order_key as "orderKey", created_at as "createdAt",
  expires_at as "expiresAt", opened_at as "openedAt", ended_at as "endedAt", ended_as as "endedAs"`;

export async function insertInvitations(
  tx: Tx,
  invitations: readonly (Omit<Invitation, "openedAt" | "endedAt" | "endedAs"> & {
    readonly tokenHash: Buffer;
  })[],
): Promise<void> {
  if (invitations.length === 0) return;
  const batch = invitations.map((i) => ({ ...i, tokenHash: hex(i.tokenHash) }));
  await tx.query(sql`
    insert into survey_invitation (invitation_id, survey_id, version, subject_id, member_id, channel, locale, wave, context,
      order_key, token_hash, created_at, expires_at)
    select "invitationId", "surveyId", version, "subjectId", "memberId", channel, locale, wave, context, "orderKey",
      "tokenHash", "createdAt", "expiresAt"
    from jsonb_to_recordset(${rows(batch)}::jsonb) as i("invitationId" uuid, "surveyId" text, version int, "subjectId" uuid,
      "memberId" uuid, channel text, locale text, wave text, context jsonb, "orderKey" text, "tokenHash" bytea,
      "createdAt" timestamptz, "expiresAt" timestamptz)`);
}

/** The invitations of tokens by their hashes, in hexadecimal. */
export async function findInvitations(
  db: Reader,
  tokenHashes: readonly Buffer[],
): Promise<Map<string, Invitation>> {
  const found = await db.query<Invitation & { hash: Buffer }>(
    sql`select ${columns}, token_hash as hash from survey_invitation where token_hash = any(${byteStrings(tokenHashes)})`,
  );
  return new Map(found.map(({ hash, ...invitation }) => [hash.toString("hex"), invitation]));
}

/** Invitations by their ids, which nobody else changes until the transaction ends: one of two answers comes first. */
export async function lockInvitations(
  tx: Tx,
  invitationIds: readonly string[],
): Promise<Map<string, Invitation>> {
  if (invitationIds.length === 0) return new Map();
  const found = await tx.query<Invitation>(sql`
    select ${columns} from survey_invitation where invitation_id = any(${uuids(invitationIds)})
    order by invitation_id for update`);
  return new Map(found.map((i) => [i.invitationId, i]));
}

/** The write that ends invitations as answered. The transaction has locked them. */
export function saysAnswered(
  answered: readonly { readonly invitationId: string; readonly answeredAt: Date }[],
): Sql | null {
  if (answered.length === 0) return null;
  return sql`
    update survey_invitation i set ended_as = 'answered', ended_at = a.at, opened_at = coalesce(i.opened_at, a.at)
    from unnest(${column.uuid(answered, (a) => a.invitationId)}, ${column.time(answered, (a) => a.answeredAt)}) as a(id, at)
    where i.invitation_id = a.id`;
}

/** Ends an invitation; false when it had ended. */
export async function endInvitation(
  tx: Tx,
  invitationId: string,
  as: InvitationEnd,
  at: Date,
): Promise<boolean> {
  const ended = await tx.query(sql`
    update survey_invitation set ended_as = ${as}, ended_at = ${at}, opened_at = coalesce(opened_at,
      case when ${as} = 'cancelled' then null else ${at}::timestamptz end)
    where invitation_id = ${invitationId}::uuid and ended_at is null returning 1`);
  return ended.length > 0;
}

/** Notes the first opening; true when this was it. */
export async function noteOpened(tx: Tx, invitationId: string, at: Date): Promise<boolean> {
  const opened = await tx.query(sql`
    update survey_invitation set opened_at = ${at}
    where invitation_id = ${invitationId}::uuid and opened_at is null and ended_at is null returning 1`);
  return opened.length > 0;
}

/** Deletes invitations made before a moment, a batch at a time; answers how many. */
export async function deleteOldInvitations(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await tx.query(sql`
    delete from survey_invitation where invitation_id in (
      select invitation_id from survey_invitation where created_at < ${before} order by invitation_id limit ${limit})
    returning 1`);
  return gone.length;
}
