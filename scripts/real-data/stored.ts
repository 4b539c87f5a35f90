import { type Db, sql } from "../../src/db/index.ts";
import type { SubjectAggregate } from "../../src/members/aggregates.ts";
import { type Profile, readProfile } from "../../src/members/index.ts";
import type { Installation } from "./installation.ts";

/** A subject as it is stored, for comparing with what the raw file says. */
export interface StoredSubject {
  readonly subjectId: string;
  readonly memberId: string;
  readonly aggregate: SubjectAggregate | null;
}

/** All subjects by the blind index of the identifier that anchors them, in hex. */
export async function readSubjectsByAnchor(db: Db): Promise<Map<string, StoredSubject>> {
  const found = await db.query<StoredSubject & { anchor: string }>(sql`
    select encode(s.anchor_bi, 'hex') as anchor, s.subject_id as "subjectId", s.member_id as "memberId", a.aggregate
    from subject s left join subject_aggregate a using (subject_id) where s.state = 'live'`);
  return new Map(found.map(({ anchor, ...subject }) => [anchor, subject]));
}

/** The blind index, in hex, of a value that is already in its normalised spelling. */
export function anchorOf({ vault }: Installation, space: string, issuer: string, value: string): string {
  return vault.blindIndex(space, issuer, value).toString("hex");
}

/**
 * A profile with all its categories, for comparing text that no door gives out under `service` because nobody has
 * classified it. Null when nobody is known by that identifier, whose value is in its normalised spelling.
 */
export async function readWholeProfile(
  { db, vault }: Installation,
  identifier: { readonly kind: string; readonly issuer: string; readonly value: string },
): Promise<Profile | null> {
  const isNumber = identifier.kind === "member_id" || identifier.kind === "user_id";
  const space = isNumber ? "member" : identifier.kind;
  const bi = vault.blindIndex(space, identifier.issuer, identifier.value);
  const [found] = await db.query<{ id: string }>(sql`
    select subject_id as id from evidence where bi = ${bi} order by class, subject_id limit 1`);
  if (found === undefined) return null;
  const everything = { vault, sources: new Map(), priorities: {}, may: () => true };
  return db.tx((tx) => readProfile(tx, everything, found.id));
}

/** How many members there are. */
export async function countMembers(db: Db): Promise<number> {
  const [found] = await db.query<{ n: number }>(sql`
    select count(distinct member_id) as n from subject where state = 'live'`);
  return found?.n ?? 0;
}

/** How many rejected items are kept for correction. */
export async function countQuarantined(db: Db): Promise<number> {
  const [found] = await db.query<{ n: number }>(sql`
    select count(*) as n from quarantine where state = 'open'`);
  return found?.n ?? 0;
}

/** The type under which an event is stored; null when it is not. */
export async function readEventType(db: Db, eventId: string): Promise<string | null> {
  const [found] = await db.query<{ type: string }>(
    sql`select type from event where event_id = ${eventId}::uuid`,
  );
  return found?.type ?? null;
}

/**
 * One text for all that is stored about people and their purchases: equal texts mean that nothing changed. Receipts'
 * counters and audit entries, which note every delivery, are no part of it.
 */
export async function fingerprint(db: Db): Promise<string> {
  const [found] = await db.query<{ text: string }>(sql`
    select concat_ws(' ',
      (select count(*) || ':' || md5(coalesce(string_agg(event_id::text, ',' order by event_id), '')) from event),
      (select count(*) || ':' || md5(coalesce(string_agg(subject_id || '/' || member_id, ',' order by subject_id), '')) from subject),
      (select count(*) || ':' || md5(coalesce(string_agg(md5(aggregate::text), ',' order by subject_id), '')) from subject_aggregate),
      (select count(*) || ':' || md5(coalesce(string_agg(md5(folded::text), ',' order by subject_id, order_key), '')) from order_state),
      (select count(*) || ':' || md5(coalesce(string_agg(md5(set_mac), ',' order by subject_id, source_id, category, set_mac), '')) from attribute_set),
      (select count(*) || ':' || md5(coalesce(string_agg(md5(bi), ',' order by subject_id, bi, kind, class, source_id), '')) from evidence),
      (select count(*) || ':' || md5(coalesce(string_agg(quarantine_id::text, ',' order by quarantine_id), '')) from quarantine)
    ) as text`);
  return found?.text ?? "";
}
