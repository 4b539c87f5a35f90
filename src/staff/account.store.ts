import { type Db, empty, sql, type Tx } from "../db/index.ts";
import { dayOf } from "../kernel/clock.ts";
import type { StaffRole } from "../kernel/route.ts";
import type { Account } from "./account.ts";

interface AccountRow {
  readonly account_id: string;
  readonly key_id: string;
  readonly login: Buffer;
  readonly name: Buffer;
  readonly role: StaffRole;
  readonly purposes: string[];
  readonly stores: string[];
  readonly password_hash: string | null;
  readonly totp: Buffer | null;
  readonly totp_confirmed_at: Date | null;
  readonly totp_last_step: number;
  readonly oidc_mac: Buffer | null;
  readonly failed_attempts: number;
  readonly locked_until: Date | null;
  readonly created_at: Date;
  readonly last_login: string | null;
  readonly ended_at: Date | null;
}

const columns = sql`account_id, key_id, login, name, role, purposes, stores, password_hash, totp, totp_confirmed_at,
  totp_last_step::float8 as totp_last_step, oidc_mac, failed_attempts, locked_until, created_at, last_login::text as last_login, ended_at`;

function fromRow(row: AccountRow): Account {
  return {
    id: row.account_id,
    keyId: row.key_id,
    login: row.login,
    name: row.name,
    role: row.role,
    purposes: row.purposes,
    stores: row.stores,
    passwordHash: row.password_hash,
    totp: row.totp,
    totpConfirmedAt: row.totp_confirmed_at,
    totpLastStep: row.totp_last_step,
    signOnMac: row.oidc_mac,
    failedAttempts: row.failed_attempts,
    lockedUntil: row.locked_until,
    createdAt: row.created_at,
    lastLogin: row.last_login === null ? null : new Date(`${row.last_login}T00:00:00Z`),
    endedAt: row.ended_at,
  };
}

/** Adds an account. Answers false when the address has one already. */
export async function insertAccount(
  tx: Tx,
  account: Pick<Account, "id" | "keyId" | "login" | "name" | "role" | "purposes" | "stores" | "createdAt"> & {
    readonly loginMac: Buffer;
  },
): Promise<boolean> {
  const made = await tx.query(sql`
    insert into staff_account (account_id, key_id, login_mac, login, name, role, purposes, stores, created_at)
    values (${account.id}, ${account.keyId}, ${account.loginMac}, ${account.login}, ${account.name}, ${account.role},
            ${account.purposes}::text[], ${account.stores}::text[], ${account.createdAt})
    on conflict (login_mac) do nothing returning account_id`);
  return made.length === 1;
}

export async function findAccount(db: Pick<Db, "query">, id: string): Promise<Account | undefined> {
  const [row] = await db.query<AccountRow>(
    sql`select ${columns} from staff_account where account_id = ${id}::uuid`,
  );
  return row && fromRow(row);
}

/** The account of an address, locked until the transaction ends. */
export async function lockAccountByLogin(tx: Tx, mac: Buffer): Promise<Account | undefined> {
  const [row] = await tx.query<AccountRow>(
    sql`select ${columns} from staff_account where login_mac = ${mac} for update`,
  );
  return row && fromRow(row);
}

export async function findAccountByLogin(db: Pick<Db, "query">, mac: Buffer): Promise<Account | undefined> {
  const [row] = await db.query<AccountRow>(
    sql`select ${columns} from staff_account where login_mac = ${mac}`,
  );
  return row && fromRow(row);
}

/** The account that is linked with an identity at the OpenID provider. */
export async function findAccountBySignOn(db: Pick<Db, "query">, mac: Buffer): Promise<Account | undefined> {
  const [row] = await db.query<AccountRow>(sql`select ${columns} from staff_account where oidc_mac = ${mac}`);
  return row && fromRow(row);
}

/** An account, locked until the transaction ends. */
export async function lockAccount(tx: Tx, id: string): Promise<Account | undefined> {
  const [row] = await tx.query<AccountRow>(
    sql`select ${columns} from staff_account where account_id = ${id}::uuid for update`,
  );
  return row && fromRow(row);
}

/** All accounts, oldest first: a company's staff, not its members. */
export async function listAccounts(db: Pick<Db, "query">): Promise<Account[]> {
  const rows = await db.query<AccountRow>(
    sql`select ${columns} from staff_account order by account_id limit 5000`,
  );
  return rows.map(fromRow);
}

export async function countAccounts(db: Pick<Db, "query">): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`select count(*)::int as n from staff_account`);
  return row?.n ?? 0;
}

/** Writes the parts that are given; answers whether there is such an account. */
export async function updateAccount(
  tx: Tx,
  id: string,
  change: Partial<{
    name: Buffer;
    role: StaffRole;
    purposes: readonly string[];
    stores: readonly string[];
    passwordHash: string;
    totp: Buffer | null;
    totpConfirmedAt: Date | null;
    totpLastStep: number;
    signOnMac: Buffer | null;
    failedAttempts: number;
    lockedUntil: Date | null;
    lastLogin: Date;
    endedAt: Date | null;
  }>,
): Promise<boolean> {
  const set = (name: keyof typeof change, part: ReturnType<typeof sql>) =>
    change[name] === undefined ? empty : part;
  const done = await tx.query(sql`
    update staff_account set account_id = account_id
      ${set("name", sql`, name = ${change.name}`)}
      ${set("role", sql`, role = ${change.role}`)}
      ${set("purposes", sql`, purposes = ${change.purposes}::text[]`)}
      ${set("stores", sql`, stores = ${change.stores}::text[]`)}
      ${set("passwordHash", sql`, password_hash = ${change.passwordHash}`)}
      ${set("totp", sql`, totp = ${change.totp}`)}
      ${set("totpConfirmedAt", sql`, totp_confirmed_at = ${change.totpConfirmedAt}`)}
      ${set("totpLastStep", sql`, totp_last_step = ${change.totpLastStep}`)}
      ${set("signOnMac", sql`, oidc_mac = ${change.signOnMac}`)}
      ${set("failedAttempts", sql`, failed_attempts = ${change.failedAttempts}`)}
      ${set("lockedUntil", sql`, locked_until = ${change.lockedUntil}`)}
      ${set(
        "lastLogin",
        sql`, last_login = ${dayOf(change.lastLogin ?? new Date(0))
          .toISOString()
          .slice(0, 10)}::date`,
      )}
      ${set("endedAt", sql`, ended_at = ${change.endedAt}`)}
    where account_id = ${id}::uuid returning account_id`);
  return done.length === 1;
}

/** Administrators that can still log in. */
export async function countOtherAdmins(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(sql`
    select count(*)::int as n from staff_account
    where role = 'admin' and ended_at is null and (password_hash is not null or oidc_mac is not null) and account_id <> ${id}::uuid`);
  return row?.n ?? 0;
}
