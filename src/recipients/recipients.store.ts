import { type Db, sql, type Tx } from "../db/index.ts";

type Reader = Pick<Tx, "query">;

export interface RecipientRow {
  readonly id: string;
  readonly name: string;
  readonly role: "processor" | "third-party";
  readonly purposes: readonly string[];
  readonly categories: readonly string[];
  readonly fields: readonly string[] | null;
  readonly joinPurposes: readonly string[];
  readonly country: string | null;
  readonly region: string | null;
  readonly locale: "en" | "zh-CN" | "zh-TW";
  readonly webhookUrl: string | null;
  readonly ackHours: number;
  readonly keyId: string;
  readonly sealed: Buffer;
  readonly state: "active" | "ended";
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = sql`recipient_id as id, name, role, purposes, categories, fields, join_purposes as "joinPurposes", country,
  region, locale, webhook_url as "webhookUrl", ack_hours as "ackHours", key_id as "keyId", sealed, state, revision,
  created_at as "createdAt", updated_at as "updatedAt"`;

/** Inserts a recipient; false when its id is taken. */
export async function insertRecipient(tx: Tx, r: RecipientRow): Promise<boolean> {
  const done = await tx.query(sql`
    insert into recipient (recipient_id, name, role, purposes, categories, fields, join_purposes, country, region, locale,
      webhook_url, ack_hours, key_id, sealed, state, revision, created_at, updated_at)
    values (${r.id}, ${r.name}, ${r.role}, ${[...r.purposes]}::text[], ${[...r.categories]}::text[],
      ${r.fields === null ? null : [...r.fields]}::text[], ${[...r.joinPurposes]}::text[], ${r.country}, ${r.region}, ${r.locale},
      ${r.webhookUrl}, ${r.ackHours}, ${r.keyId}::uuid, ${r.sealed}, ${r.state}, ${r.revision}, ${r.createdAt}, ${r.updatedAt})
    on conflict (recipient_id) do nothing returning 1`);
  return done.length === 1;
}

/** Writes a recipient that this transaction has locked. */
export async function updateRecipient(tx: Tx, r: RecipientRow): Promise<void> {
  await tx.query(sql`
    update recipient set name = ${r.name}, role = ${r.role}, purposes = ${[...r.purposes]}::text[],
      categories = ${[...r.categories]}::text[], fields = ${r.fields === null ? null : [...r.fields]}::text[],
      join_purposes = ${[...r.joinPurposes]}::text[], country = ${r.country}, region = ${r.region}, locale = ${r.locale},
      webhook_url = ${r.webhookUrl}, ack_hours = ${r.ackHours}, sealed = ${r.sealed}, state = ${r.state},
      revision = ${r.revision}, updated_at = ${r.updatedAt}
    where recipient_id = ${r.id}`);
}

export async function findRecipient(db: Reader, id: string): Promise<RecipientRow | null> {
  const [row] = await db.query<RecipientRow>(
    sql`select ${columns} from recipient where recipient_id = ${id}`,
  );
  return row ?? null;
}

export async function lockRecipient(tx: Tx, id: string): Promise<RecipientRow | null> {
  const [row] = await tx.query<RecipientRow>(
    sql`select ${columns} from recipient where recipient_id = ${id} for update`,
  );
  return row ?? null;
}

/** All recipients in the order of their ids: an installation has tens, not thousands. */
export async function listRecipients(db: Pick<Db, "query">): Promise<RecipientRow[]> {
  return db.query<RecipientRow>(sql`select ${columns} from recipient order by recipient_id`);
}

/** Ends every key of a recipient. */
export async function endRecipientKeys(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query(sql`update api_key set ended_at = ${at} where recipient_id = ${id} and ended_at is null`);
}
