import { empty, rows, sql, type Tx } from "../../db/index.ts";
import type { Place } from "../../kernel/place.ts";

type Reader = Pick<Tx, "query">;

export interface ReaderRef {
  readonly kind: string;
  readonly id: string;
}

export interface IncidentRow {
  readonly incidentId: string;
  readonly aspects: readonly string[];
  readonly occurredFrom: Date;
  readonly occurredTo: Date;
  readonly discoveredAt: Date;
  readonly risk: "unlikely" | "risk" | "high" | null;
  readonly state: "open" | "closed";
  readonly readers: readonly ReaderRef[];
  readonly everybody: boolean;
  readonly countedAt: Date | null;
  readonly keyId: string;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
}

const columns = sql`incident_id as "incidentId", aspects, occurred_from as "occurredFrom", occurred_to as "occurredTo",
  discovered_at as "discoveredAt", risk, state, readers, everybody, counted_at as "countedAt", key_id as "keyId", sealed,
  created_at as "createdAt", closed_at as "closedAt"`;

/** Writes an incident, new or changed. */
export async function saveIncident(tx: Tx, r: IncidentRow): Promise<void> {
  await tx.query(sql`
    insert into breach_incident (incident_id, aspects, occurred_from, occurred_to, discovered_at, risk, state, readers,
      everybody, counted_at, key_id, sealed, created_at, closed_at)
    values (${r.incidentId}::uuid, ${[...r.aspects]}::text[], ${r.occurredFrom}, ${r.occurredTo}, ${r.discoveredAt},
      ${r.risk}, ${r.state}, ${JSON.stringify(r.readers)}::jsonb, ${r.everybody}, ${r.countedAt}, ${r.keyId}::uuid,
      ${r.sealed}, ${r.createdAt}, ${r.closedAt})
    on conflict (incident_id) do update set risk = excluded.risk, state = excluded.state,
      counted_at = excluded.counted_at, sealed = excluded.sealed, closed_at = excluded.closed_at`);
}

export async function findIncident(db: Reader, incidentId: string): Promise<IncidentRow | null> {
  const [row] = await db.query<IncidentRow>(
    sql`select ${columns} from breach_incident where incident_id = ${incidentId}::uuid`,
  );
  return row ?? null;
}

export async function lockIncident(tx: Tx, incidentId: string): Promise<IncidentRow | null> {
  const [row] = await tx.query<IncidentRow>(
    sql`select ${columns} from breach_incident where incident_id = ${incidentId}::uuid for update`,
  );
  return row ?? null;
}

/** A page of the register, the incident found last first. */
export function listIncidents(
  db: Reader,
  ask: {
    readonly state?: IncidentRow["state"] | undefined;
    readonly before: Place | null;
    readonly limit: number;
  },
): Promise<IncidentRow[]> {
  const { state, before } = ask;
  return db.query<IncidentRow>(sql`
    select ${columns} from breach_incident
    where true ${state === undefined ? empty : sql`and state = ${state}`}
      ${
        before === null
          ? empty
          : sql`and (discovered_at, incident_id) < (${before.at}::timestamptz, ${before.id}::uuid)`
      }
    order by discovered_at desc, incident_id desc limit ${ask.limit}`);
}

export interface AffectedMember {
  readonly memberId: string;
  readonly regime: string | null;
  readonly categories: readonly string[];
}

/** Adds members to an incident; of one that is there already the categories add up. */
export async function addAffected(
  tx: Tx,
  incidentId: string,
  members: readonly AffectedMember[],
): Promise<void> {
  if (members.length === 0) return;
  await tx.query(sql`
    insert into breach_member as b (incident_id, member_id, regime, categories)
    select ${incidentId}::uuid, "memberId", regime,
      (select coalesce(array_agg(c order by c), '{}') from jsonb_array_elements_text(categories) as t(c))
    from jsonb_to_recordset(${rows(members)}::jsonb) as m("memberId" uuid, regime text, categories jsonb)
    on conflict (incident_id, member_id) do update set categories =
      (select array_agg(distinct c order by c) from unnest(b.categories || excluded.categories) as t(c))`);
}

export function countAffected(
  db: Reader,
  incidentId: string,
): Promise<{ readonly regime: string | null; readonly members: number; readonly categories: string[] }[]> {
  return db.query(sql`
    select regime, count(distinct member_id)::int as members,
      coalesce(array_agg(distinct c order by c) filter (where c is not null), '{}') as categories
    from breach_member left join lateral unnest(categories) as t(c) on true
    where incident_id = ${incidentId}::uuid group by regime order by regime nulls last`);
}

/** Members of an incident after an id, for notices that are sent one by one. */
export function pageAffected(
  db: Reader,
  incidentId: string,
  after: string | null,
  limit: number,
): Promise<AffectedMember[]> {
  return db.query<AffectedMember>(sql`
    select member_id as "memberId", regime, categories from breach_member
    where incident_id = ${incidentId}::uuid and (${after}::uuid is null or member_id > ${after}::uuid)
    order by member_id limit ${limit}`);
}

export interface NoticeRow {
  readonly incidentId: string;
  readonly regime: string;
  readonly audience: "authority" | "persons";
  readonly dueAt: Date | null;
  readonly state: "due" | "sent" | "not-needed";
  readonly decidedAt: Date | null;
  readonly note: Buffer | null;
}

const noticeColumns = sql`incident_id as "incidentId", regime, audience, due_at as "dueAt", state,
  decided_at as "decidedAt", note`;

/** Opens the duties to tell that an incident has under some laws; one that is there stays. */
export async function openNotices(
  tx: Tx,
  notices: readonly Pick<NoticeRow, "incidentId" | "regime" | "audience" | "dueAt">[],
): Promise<void> {
  if (notices.length === 0) return;
  await tx.query(sql`
    insert into breach_notice (incident_id, regime, audience, due_at, state)
    select "incidentId", regime, audience, "dueAt", 'due'
    from jsonb_to_recordset(${rows(notices)}::jsonb)
      as n("incidentId" uuid, regime text, audience text, "dueAt" timestamptz)
    on conflict do nothing`);
}

export function readNotices(db: Reader, incidentId: string): Promise<NoticeRow[]> {
  return db.query<NoticeRow>(sql`
    select ${noticeColumns} from breach_notice where incident_id = ${incidentId}::uuid
    order by due_at nulls last, regime, audience`);
}

/** Settles a duty to tell; false when the incident has none by that name. */
export async function settleNotice(
  tx: Tx,
  notice: Pick<NoticeRow, "incidentId" | "regime" | "audience" | "state" | "note"> & {
    readonly decidedAt: Date;
  },
): Promise<boolean> {
  const done = await tx.query(sql`
    update breach_notice set state = ${notice.state}, decided_at = ${notice.decidedAt}, note = ${notice.note}
    where incident_id = ${notice.incidentId}::uuid and regime = ${notice.regime} and audience = ${notice.audience}
    returning 1`);
  return done.length > 0;
}

/** Deletes incidents that closed before a moment, with their members and duties; answers the keys that sealed them. */
export async function deleteClosedIncidents(tx: Tx, before: Date): Promise<{ keyId: string }[]> {
  return tx.query(sql`
    delete from breach_incident where state = 'closed' and closed_at < ${before} returning key_id as "keyId"`);
}

/** Takes the duties whose warning or whose lateness has not been told yet, and marks them told. */
export function takeUrgent(
  tx: Tx,
  now: Date,
  warnAt: Date,
): Promise<(Pick<NoticeRow, "incidentId" | "regime" | "audience"> & { dueAt: Date; isLate: boolean })[]> {
  return tx.query(sql`
    update breach_notice set
      warned_at = coalesce(warned_at, ${now}),
      late_at = case when due_at <= ${now} then coalesce(late_at, ${now}) end
    where state = 'due' and due_at is not null
      and ((due_at <= ${warnAt} and warned_at is null) or (due_at <= ${now} and late_at is null))
    returning incident_id as "incidentId", regime, audience, due_at as "dueAt", due_at <= ${now} as "isLate"`);
}
