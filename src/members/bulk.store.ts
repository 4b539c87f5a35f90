import { saidOf } from "../../consent/index.ts";
import { column, planOnce, type Sql, sql, type Tx, uuids } from "../db/index.ts";
import type { SubjectAggregate } from "./aggregates.ts";
import type { BulkMember } from "./bulk.ts";
import {
  type BulkSubject,
  type SubjectReading,
  unpackMembers,
  unpackSubjects,
  uuidAt,
} from "./packed-subjects.ts";

type Reader = Pick<Tx, "query">;

/** The query for live subjects by member and subject. `which`: the rest of it after `from subject s`. */
function subjectsWith(which: Sql, { said = false }: SubjectReading): Sql {
  return sql`select s.member_id, s.subject_id, s.core_id, s.key_id, s.anchor_class, s.anchor_bi,
      ${said ? saidOf(sql`s.subject_id`) : sql`''::bytea`} as said
    from subject s ${which}`;
}

/**
 * Subjects as one packed value, in the order of the query that gives them (PostgreSQL 15, 9.21): reading the rows of
 * thousands of members one by one costs several times as much.
 */
const packedSubjects = sql`string_agg(uuid_send(s.member_id) || uuid_send(s.subject_id) || uuid_send(s.core_id)
  || uuid_send(s.key_id) || int2send(s.anchor_class::int2) || int2send(octet_length(s.anchor_bi)::int2) || s.anchor_bi
  || int4send(octet_length(s.said)) || s.said, ''::bytea)`;

const BY_MEMBER = sql`order by s.member_id, s.subject_id`;

async function readPacked(db: Reader, which: Sql, reading: SubjectReading): Promise<Buffer | null> {
  const [row] = await db.query<{ packed: Buffer | null }>(
    sql`select ${packedSubjects} as packed from (${subjectsWith(which, reading)} ${BY_MEMBER}) s`,
  );
  return row?.packed ?? null;
}

async function readSubjects(db: Reader, which: Sql, reading: SubjectReading): Promise<BulkSubject[]> {
  return unpackSubjects(await readPacked(db, which, reading), reading);
}

/** The live subjects of the next members after an id, whole members only, by member and subject. */
export async function readNextMembers(
  db: Reader,
  after: string | null,
  limit: number,
  reading: SubjectReading = {},
): Promise<BulkSubject[]> {
  return readSubjects(
    db,
    sql`join (select distinct member_id from subject
          where member_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000') and state = 'live'
          order by member_id limit ${limit}) m using (member_id)
      where s.state = 'live'`,
    reading,
  );
}

/**
 * The next members after an id with what their consent follows from, whole members only: as many as have about `limit`
 * subjects; none when none is left. Going by subjects spares the store to tell members apart beforehand.
 */
export async function readMembersAfter(db: Reader, after: string, limit: number): Promise<BulkMember[]> {
  const [row] = await db.query<{ packed: Buffer | null; subjects: number }>(sql`
    select ${packedSubjects} as packed, count(*)::int as subjects
    from (${subjectsWith(sql`where s.member_id > ${after}::uuid and s.state = 'live'`, { said: true })}
      ${BY_MEMBER} limit ${limit + 1}) s`);
  const packed = row?.packed ?? null;
  const found = unpackMembers(packed, row?.subjects === limit + 1);
  if (packed === null || found.length > 0) return found;
  // One member alone has more subjects than were asked for.
  return unpackMembers(await readPacked(db, ofMembers([uuidAt(packed, 0)]), { said: true }), false);
}

/** The live subjects of these members, by member and subject. Members may be named by a query for their ids. */
export async function readSubjectsOfMembers(
  db: Reader,
  memberIds: readonly string[] | Sql,
  reading: SubjectReading = {},
): Promise<BulkSubject[]> {
  if (isList(memberIds) && memberIds.length === 0) return [];
  return readSubjects(db, ofMembers(memberIds), reading);
}

function ofMembers(memberIds: readonly string[] | Sql): Sql {
  const wanted = isList(memberIds) ? sql`any(${uuids(memberIds)})` : sql`any(array(${memberIds}))`;
  return sql`where s.member_id = ${wanted} and s.state = 'live'`;
}

/** The same with what their consent follows from and their statements in some categories, all of one moment. */
export async function readSubjectsWithSets(
  db: Reader,
  memberIds: readonly string[] | Sql,
  categories: readonly string[],
): Promise<{ readonly subjects: BulkSubject[]; readonly attributes: Map<string, SealedSet[]> }> {
  const reading = { said: true };
  const statement = sql`
    with s as materialized (${subjectsWith(ofMembers(memberIds), reading)} ${BY_MEMBER})
    select (select ${packedSubjects} from s) as packed,
      (select ${packedSets(categories)} from (select s.subject_id as id, row_number() over (order by s.member_id, s.subject_id) as n from s) u
        join attribute_set a on a.subject_id = u.id and a.category = any(${[...categories]}::text[])) as sets`;
  const [row] = await db.query<{ packed: Buffer | null; sets: Buffer | null }>(planOnce(statement));
  const subjects = unpackSubjects(row?.packed, reading);
  return {
    subjects,
    attributes: unpackSets(
      row?.sets,
      subjects.map((s) => s.subjectId),
      categories,
    ),
  };
}

/**
 * Whether these members are what they were when they were read with what their consent follows from: the same live
 * subjects, joined alike, of whom nothing more has been said.
 */
export function areUnchanged(members: readonly BulkMember[]): Sql {
  const subjects = members.flatMap((m) => m.subjects);
  return sql`(select count(*) = ${subjects.length} and bool_and(k.id is not null)
    from subject s left join unnest(${column.uuid(subjects, (s) => s.subjectId)}, ${column.uuid(subjects, (s) => s.memberId)},
        ${column.uuid(subjects, (s) => s.coreId)}, ${column.bytea(subjects, (s) => Buffer.from(s.said ?? "", "latin1"))})
      as k(id, member_id, core_id, said)
      on k.id = s.subject_id and k.member_id = s.member_id and k.core_id = s.core_id and k.said = ${saidOf(sql`s.subject_id`)}
    ${ofMembers(members.map((m) => m.memberId))})`;
}

function isList(ids: readonly string[] | Sql): ids is readonly string[] {
  return Array.isArray(ids);
}

/** Which member each of these subjects belongs to now; a subject that is gone is absent. */
export async function readMemberIds(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; memberId: string }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", member_id as "memberId" from subject
    where subject_id = any(${uuids(subjectIds)}) and state = 'live'`);
}

/** One statement of a source about a subject, sealed. What a reader seldom asks for is unpacked when it is asked. */
export class SealedSet {
  readonly subjectId: string;
  readonly category: string;
  readonly #packed: Buffer;
  readonly #from: number;
  readonly #cellAt: number;

  constructor(subjectId: string, category: string, packed: Buffer, from: number) {
    this.subjectId = subjectId;
    this.category = category;
    this.#packed = packed;
    this.#from = from;
    this.#cellAt = from + SET_HEAD + packed.readUInt16BE(from + SET_HEAD - 2);
  }

  get sourceId(): string {
    return uuidAt(this.#packed, this.#from);
  }

  get lastEvent(): string {
    return uuidAt(this.#packed, this.#from + 16);
  }

  get firstAt(): Date {
    return timeAt(this.#packed, this.#from + 32);
  }

  get lastAt(): Date {
    return timeAt(this.#packed, this.#from + 40);
  }

  /** Hexadecimal. */
  get setMac(): string {
    return this.#packed.toString("hex", this.#from + SET_HEAD, this.#cellAt);
  }

  get cell(): Buffer {
    const at = this.#cellAt + 4;
    return this.#packed.subarray(at, at + this.#packed.readUInt32BE(this.#cellAt));
  }

  /** Where the next one begins. */
  get end(): number {
    return this.#cellAt + 4 + this.#packed.readUInt32BE(this.#cellAt);
  }
}

/** Source, last event, first and last time, and the length of the MAC. */
const SET_HEAD = 16 + 16 + 8 + 8 + 2;
const TWO_32 = 2 ** 32;
const EPOCH_2000 = Date.UTC(2000, 0, 1);

/** A time as PostgreSQL sends it in binary: microseconds since 2000, to the millisecond below. */
function timeAt(bytes: Buffer, at: number): Date {
  return new Date(
    EPOCH_2000 + Math.floor((bytes.readInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4)) / 1_000),
  );
}

/**
 * Statements of some subjects in some categories, by subject. They come as one packed value: of two rows for each of
 * thousands of members, reading the rows cost more than opening what they hold.
 */
export async function readBulkAttributes(
  db: Reader,
  subjectIds: readonly string[],
  categories: readonly string[],
): Promise<Map<string, SealedSet[]>> {
  if (subjectIds.length === 0 || categories.length === 0) return new Map();
  const [row] = await db.query<{ sets: Buffer | null }>(sql`
    select ${packedSets(categories)} as sets
    from unnest(${uuids(subjectIds)}) with ordinality as u(id, n)
    join attribute_set a on a.subject_id = u.id and a.category = any(${[...categories]}::text[])`);
  return unpackSets(row?.sets, subjectIds, categories);
}

/** Statements as one packed value, each with the place of its subject (`u.n`) and of its category in their lists. */
function packedSets(categories: readonly string[]): Sql {
  return sql`string_agg(int4send(u.n::int) || int2send(array_position(${[...categories]}::text[], a.category)::int2)
    || uuid_send(a.source_id) || uuid_send(a.last_event) || timestamptz_send(a.first_at) || timestamptz_send(a.last_at)
    || int2send(octet_length(a.set_mac)::int2) || a.set_mac || int4send(octet_length(a.cell)) || a.cell, ''::bytea)`;
}

function unpackSets(
  packed: Buffer | null | undefined,
  subjectIds: readonly string[],
  categories: readonly string[],
): Map<string, SealedSet[]> {
  const found = new Map<string, SealedSet[]>();
  if (packed === null || packed === undefined) return found;
  for (let from = 0; from < packed.length; ) {
    const subjectId = subjectIds[packed.readInt32BE(from) - 1] as string;
    const category = categories[packed.readInt16BE(from + 4) - 1] as string;
    const set = new SealedSet(subjectId, category, packed, from + 6);
    const known = found.get(subjectId);
    // A list of just these: one that is pushed to has room for sixteen more, and thousands of them are held for a page.
    found.set(subjectId, known === undefined ? [set] : [...known, set]);
    from = set.end;
  }
  return found;
}

export interface BulkEvidence {
  readonly subjectId: string;
  readonly bi: Buffer;
  readonly kind: string;
  readonly issuer: string;
  readonly class: number;
  readonly cell: Buffer;
}

/** One row for each identifier of each subject, its strongest evidence. */
export async function readBulkEvidence(db: Reader, subjectIds: readonly string[]): Promise<BulkEvidence[]> {
  if (subjectIds.length === 0) return [];
  return db.query<BulkEvidence>(sql`
    select distinct on (subject_id, bi, kind) subject_id as "subjectId", bi, kind, issuer, class::int as class, cell
    from evidence where subject_id = any(${uuids(subjectIds)})
    order by subject_id, bi, kind, class`);
}

/** Which of these subjects are known by an identifier of a kind, with the best class of its evidence; nothing is opened. */
export async function readKnownBy(
  db: Reader,
  subjectIds: readonly string[],
  kind: string,
): Promise<{ subjectId: string; class: number }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", min(class)::int as class from evidence
    where subject_id = any(${[...subjectIds]}::uuid[]) and kind = ${kind} group by subject_id`);
}

export async function readBulkAggregates(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; aggregate: SubjectAggregate }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", aggregate from subject_aggregate
    where subject_id = any(${uuids(subjectIds)})`);
}

export interface ChangedSubject {
  readonly subjectId: string;
  readonly position: number;
}

/** The subjects that changed last after a position and not after another, in the order of their positions. */
export async function readChangedSubjects(
  db: Reader,
  ask: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<ChangedSubject[]> {
  return db.query<ChangedSubject>(sql`
    select subject_id as "subjectId", position from subject_change
    where position > ${ask.after} and position <= ${ask.upTo} order by position limit ${ask.limit}`);
}

/** The last position given. Everything up to it is committed and seen by whoever sees this. */
export async function readFeedHead(db: Reader): Promise<number> {
  const [row] = await db.query<{ position: number }>(sql`select position from feed_position`);
  return row?.position ?? 0;
}

/**
 * Takes the next positions for changes that are no subject's, in the writing transaction: whoever takes some after it
 * waits until it has committed, so that positions become visible in their order. Answers the last of them.
 */
export async function takePositions(tx: Tx, count: number): Promise<number> {
  const [row] = await tx.query<{ position: number }>(
    sql`update feed_position set position = position + ${count} returning position`,
  );
  return row?.position ?? 0;
}
