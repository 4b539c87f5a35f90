import { type Sql, sql, type Tx } from "../../src/db/index.ts";
import type { IdentifierRule, Platform, SourceKind } from "../adapter.ts";

type Reader = Pick<Tx, "query">;

export interface SourceRow {
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  readonly platform: Platform | null;
  readonly purposes: string[];
  readonly locale: string | null;
  readonly region: string | null;
  readonly timeZone: string;
  readonly currency: string | null;
  readonly identifiers: Record<string, IdentifierRule>;
  readonly blockedValues: string[];
  readonly orderNamespace: string | null;
  readonly mapping: unknown;
  readonly keyId: string | null;
  readonly secrets: Buffer | null;
  readonly state: "active" | "ended";
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = sql`s.source_id as id, s.name, s.kind, s.platform, s.purposes, s.locale, s.region, s.time_zone as "timeZone",
  s.currency, s.identifiers, s.blocked_values as "blockedValues",
  s.order_namespace as "orderNamespace", s.mapping, s.key_id as "keyId", s.secrets, s.state,
  s.created_at as "createdAt", s.updated_at as "updatedAt"`;

export async function insertSource(tx: Tx, s: SourceRow): Promise<void> {
  await tx.query(sql`
    insert into source (source_id, name, kind, platform, purposes, locale, region, time_zone, currency, identifiers,
      blocked_values, order_namespace, mapping, key_id, secrets, state, created_at, updated_at)
    values (${s.id}::uuid, ${s.name}, ${s.kind}, ${s.platform}, ${s.purposes}::text[], ${s.locale}, ${s.region}, ${s.timeZone},
      ${s.currency}, ${JSON.stringify(s.identifiers)}::jsonb, ${JSON.stringify(s.blockedValues)}::jsonb,
      ${s.orderNamespace}, ${jsonOrNull(s.mapping)}, ${s.keyId}::uuid, ${s.secrets}, ${s.state}, ${s.createdAt}, ${s.updatedAt})`);
}

/** Adds a source unless one of that id is there. */
export async function insertSourceOnce(tx: Tx, s: SourceRow): Promise<void> {
  await tx.query(sql`
    insert into source (source_id, name, kind, platform, purposes, locale, region, time_zone, currency, identifiers,
      blocked_values, order_namespace, mapping, key_id, secrets, state, created_at, updated_at)
    values (${s.id}::uuid, ${s.name}, ${s.kind}, ${s.platform}, ${s.purposes}::text[], ${s.locale}, ${s.region}, ${s.timeZone},
      ${s.currency}, ${JSON.stringify(s.identifiers)}::jsonb, ${JSON.stringify(s.blockedValues)}::jsonb,
      ${s.orderNamespace}, ${jsonOrNull(s.mapping)}, ${s.keyId}::uuid, ${s.secrets}, ${s.state}, ${s.createdAt}, ${s.updatedAt})
    on conflict (source_id) do nothing`);
}

export async function updateSource(tx: Tx, s: SourceRow): Promise<void> {
  await tx.query(sql`
    update source set name = ${s.name}, purposes = ${s.purposes}::text[], locale = ${s.locale}, region = ${s.region},
      time_zone = ${s.timeZone}, currency = ${s.currency}, identifiers = ${JSON.stringify(s.identifiers)}::jsonb,
      blocked_values = ${JSON.stringify(s.blockedValues)}::jsonb, order_namespace = ${s.orderNamespace},
      mapping = ${jsonOrNull(s.mapping)}, key_id = ${s.keyId}::uuid, secrets = ${s.secrets}, state = ${s.state}, updated_at = ${s.updatedAt}
    where source_id = ${s.id}::uuid`);
}

function jsonOrNull(value: unknown): Sql {
  return value === null || value === undefined ? sql`null` : sql`${JSON.stringify(value)}::jsonb`;
}

export async function findSource(db: Reader, id: string): Promise<SourceRow | undefined> {
  const [found] = await db.query<SourceRow>(
    sql`select ${columns} from source s where s.source_id = ${id}::uuid`,
  );
  return found;
}

/** The source as it is now; nobody else changes it before the transaction ends. */
export async function lockSource(tx: Tx, id: string): Promise<SourceRow | undefined> {
  const [found] = await tx.query<SourceRow>(
    sql`select ${columns} from source s where s.source_id = ${id}::uuid for update`,
  );
  return found;
}

export async function readSources(db: Reader, page: { limit: number; after?: string }): Promise<SourceRow[]> {
  return db.query<SourceRow>(sql`
    select ${columns} from source s where s.source_id > ${page.after ?? "00000000-0000-0000-0000-000000000000"}::uuid
    order by s.source_id limit ${page.limit}`);
}

export async function insertSourceKey(
  tx: Tx,
  key: { sourceId: string; hash: Buffer; at: Date; expiresAt: Date | null },
): Promise<void> {
  await tx.query(sql`
    insert into source_key (source_id, key_hash, created_at, expires_at)
    values (${key.sourceId}::uuid, ${key.hash}, ${key.at}, ${key.expiresAt})`);
}

/** Lets every key of a source but the newest run out at `at`, unless it ends sooner. */
export async function expireOlderKeys(tx: Tx, sourceId: string, newest: Buffer, at: Date): Promise<void> {
  await tx.query(sql`
    update source_key set expires_at = least(expires_at, ${at}::timestamptz)
    where source_id = ${sourceId}::uuid and key_hash <> ${newest}`);
}

export async function findSourceByKey(db: Reader, hash: Buffer, at: Date): Promise<SourceRow | undefined> {
  const [found] = await db.query<SourceRow>(sql`
    select ${columns} from source s join source_key k using (source_id)
    where k.key_hash = ${hash} and (k.expires_at is null or k.expires_at > ${at}) and s.state = 'active'`);
  return found;
}

export interface SourceCount {
  readonly sourceId: string;
  readonly verdict: string;
  readonly code: string;
  readonly count: number;
}

export async function readCounts(db: Reader): Promise<SourceCount[]> {
  return db.query<SourceCount>(sql`
    select source_id as "sourceId", verdict, code, sum(count)::bigint as count
    from source_count group by source_id, verdict, code order by source_id, verdict, code`);
}

/** What arrived from a source since a day, and when anything last did. */
export interface RecentCounts {
  readonly sourceId: string;
  /** `YYYY-MM-DD`, in UTC. */
  readonly lastDay: string;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly refused: number;
}

/** Of every source from which anything ever arrived: the last day, and the verdicts since the day of `since`. */
export async function readRecentCounts(db: Reader, since: Date): Promise<RecentCounts[]> {
  const recent = (verdict: string) => sql`
    coalesce(sum(count) filter (where verdict = ${verdict} and day >= ${since}::date), 0)::bigint`;
  return db.query<RecentCounts>(sql`
    select source_id as "sourceId", max(day)::text as "lastDay", ${recent("accepted")} as accepted,
      ${recent("duplicate")} as duplicate, ${recent("quarantined")} as quarantined, ${recent("refused")} as refused
    from source_count group by source_id order by source_id`);
}

export interface Totals {
  readonly subjects: number;
  readonly members: number;
  /** Members known by more than a session trace. */
  readonly knownMembers: number;
  /** Subjects that are part of a member anchored by another. */
  readonly merges: number;
  readonly contested: number;
}

export async function readTotals(db: Reader): Promise<Totals> {
  const [row] = await db.query<Totals>(sql`
    select count(*) as subjects, count(distinct member_id) as members,
      count(distinct member_id) filter (where anchor_class < 5) as "knownMembers",
      count(*) - count(distinct member_id) as merges,
      (select count(*) from contested where review) as contested
    from subject where state = 'live'`);
  return row as Totals;
}
