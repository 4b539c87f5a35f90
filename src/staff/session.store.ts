import { type Db, sql, type Tx } from "../db/index.ts";
import type { StaffRole } from "../kernel/route.ts";

/** A session with what its account may, in one look-up. */
export interface OpenSession {
  readonly sessionId: string;
  readonly accountId: string;
  readonly role: StaffRole;
  readonly purposes: readonly string[];
  readonly stores: readonly string[];
  readonly seenAt: Date;
  readonly expiresAt: Date;
}

export interface ShownSession {
  readonly sessionId: string;
  readonly device: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly expiresAt: Date;
}

export async function insertSession(
  tx: Tx,
  session: {
    readonly sessionId: string;
    readonly tokenHash: Buffer;
    readonly accountId: string;
    readonly device: string;
    readonly at: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx.query(sql`
    insert into staff_session (session_id, token_hash, account_id, device, created_at, seen_at, expires_at)
    values (${session.sessionId}, ${session.tokenHash}, ${session.accountId}, ${session.device}, ${session.at},
            ${session.at}, ${session.expiresAt})`);
}

/** The session of a token that is neither ended nor run out at `at`, of an account that may log in. */
export async function findSession(
  db: Pick<Db, "query">,
  tokenHash: Buffer,
  at: Date,
  restingSince: Date,
): Promise<OpenSession | undefined> {
  const [row] = await db.query<{
    session_id: string;
    account_id: string;
    role: StaffRole;
    purposes: string[];
    stores: string[];
    seen_at: Date;
    expires_at: Date;
  }>(sql`
    select s.session_id, s.account_id, a.role, a.purposes, a.stores, s.seen_at, s.expires_at
    from staff_session s join staff_account a using (account_id)
    where s.token_hash = ${tokenHash} and s.ended_at is null and s.expires_at > ${at} and s.seen_at > ${restingSince}
      and a.ended_at is null`);
  return (
    row && {
      sessionId: row.session_id,
      accountId: row.account_id,
      role: row.role,
      purposes: row.purposes,
      stores: row.stores,
      seenAt: row.seen_at,
      expiresAt: row.expires_at,
    }
  );
}

export async function noteSeen(db: Pick<Db, "query">, sessionId: string, at: Date): Promise<void> {
  await db.query(
    sql`update staff_session set seen_at = ${at} where session_id = ${sessionId}::uuid and seen_at < ${at}`,
  );
}

export async function listSessions(
  db: Pick<Db, "query">,
  accountId: string,
  at: Date,
  restingSince: Date,
): Promise<ShownSession[]> {
  const rows = await db.query<{
    session_id: string;
    device: string;
    created_at: Date;
    seen_at: Date;
    expires_at: Date;
  }>(sql`
    select session_id, device, created_at, seen_at, expires_at from staff_session
    where account_id = ${accountId}::uuid and ended_at is null and expires_at > ${at} and seen_at > ${restingSince}
    order by seen_at desc limit 200`);
  return rows.map((row) => ({
    sessionId: row.session_id,
    device: row.device,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
  }));
}

/** Ends one session of an account; answers whether it ended now. */
export async function endSession(tx: Tx, accountId: string, sessionId: string, at: Date): Promise<boolean> {
  const ended = await tx.query(sql`
    update staff_session set ended_at = ${at}
    where account_id = ${accountId}::uuid and session_id = ${sessionId}::uuid and ended_at is null returning session_id`);
  return ended.length === 1;
}

/** Ends every session of an account but one; answers how many ended. */
export async function endSessions(tx: Tx, accountId: string, keep: string | null, at: Date): Promise<number> {
  const ended = await tx.query(sql`
    update staff_session set ended_at = ${at}
    where account_id = ${accountId}::uuid and ended_at is null and session_id is distinct from ${keep}::uuid
    returning session_id`);
  return ended.length;
}

/** Deletes sessions and links that ended or ran out before `before`. */
export async function deleteOldSessions(db: Pick<Db, "query">, before: Date): Promise<void> {
  await db.query(sql`delete from staff_session where least(expires_at, ended_at) < ${before}`);
  await db.query(sql`delete from staff_invite where expires_at < ${before}`);
}

export async function insertInvite(
  tx: Tx,
  invite: {
    readonly tokenHash: Buffer;
    readonly accountId: string | null;
    readonly at: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx.query(sql`
    update staff_invite set used_at = ${invite.at}
    where used_at is null and account_id is not distinct from ${invite.accountId}::uuid`);
  await tx.query(sql`
    insert into staff_invite (token_hash, account_id, created_at, expires_at)
    values (${invite.tokenHash}, ${invite.accountId}, ${invite.at}, ${invite.expiresAt})`);
}

/** An unused link, whose account is null for the first administrator's. Undefined: unknown, used or run out. */
export async function findInvite(
  db: Pick<Db, "query">,
  tokenHash: Buffer,
  at: Date,
): Promise<{ readonly accountId: string | null } | undefined> {
  const [row] = await db.query<{ account_id: string | null }>(sql`
    select account_id from staff_invite
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${at}`);
  return row && { accountId: row.account_id };
}

/** Uses a link up; false when somebody else was faster. */
export async function useInvite(tx: Tx, tokenHash: Buffer, at: Date): Promise<boolean> {
  const used = await tx.query(sql`
    update staff_invite set used_at = ${at}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${at} returning token_hash`);
  return used.length === 1;
}
