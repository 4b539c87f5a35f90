import { hex, rows, sql, type Tx } from "../db/index.ts";

export interface SignedLink {
  readonly id: string;
  readonly kind: "cannot" | "must";
  readonly left: string;
  readonly right: string;
  readonly actor: string;
  readonly signature: Buffer;
  readonly at: Date;
}

/**
 * Writes signed decisions about pairs of subjects; a decision replaces its opposite on the same pair. Subjects confirmed
 * to be one person are confirmed so with each other, though only pairs with the first are kept, and with all who were
 * confirmed to be that person before: that replaces every decision that held two of them apart. So decisions never
 * contradict each other, and the newest has its effect.
 */
export async function saveLinks(tx: Tx, links: readonly SignedLink[]): Promise<void> {
  if (links.length === 0) return;
  const batch = links.map((l) => ({ ...l, signature: hex(l.signature) }));
  const recordset = sql`jsonb_to_recordset(${rows(batch)}::jsonb) as l(
    id uuid, kind text, "left" uuid, "right" uuid, actor text, signature bytea, at timestamptz)`;
  await tx.query(sql`
    delete from identity_link k using ${recordset}
    where k.left_subject = l."left" and k.right_subject = l."right" and k.kind <> l.kind`);
  const joined = [...new Set(links.flatMap((l) => (l.kind === "must" ? [l.left, l.right] : [])))];
  await tx.query(sql`
    with recursive one_person(subject_id) as (
      select unnest(${joined}::uuid[])
      union
      select case when k.left_subject = p.subject_id then k.right_subject else k.left_subject end
      from one_person p join identity_link k on k.kind = 'must' and p.subject_id in (k.left_subject, k.right_subject)
    )
    delete from identity_link where kind = 'cannot'
      and left_subject in (select subject_id from one_person) and right_subject in (select subject_id from one_person)`);
  await tx.query(sql`
    insert into identity_link (link_id, kind, left_subject, right_subject, actor, signature, created_at)
    select id, kind, "left", "right", actor, signature, at from ${recordset}
    on conflict (kind, left_subject, right_subject) do nothing`);
}

/** Closes an identifier for good: it links nobody from now on. Returns the subjects it is evidence for. */
export async function blockNode(tx: Tx, bi: Buffer): Promise<string[]> {
  await tx.query(sql`
    insert into identifier_node (bi, blocked) values (${bi}, true)
    on conflict (bi) do update set blocked = true`);
  const found = await tx.query<{ id: string }>(
    sql`select distinct subject_id as id from evidence where bi = ${bi}`,
  );
  await tx.query(sql`delete from contested where bi = ${bi}`);
  return found.map((f) => f.id);
}

/** Every subject that names an identifier. */
export async function findSubjectsOnNode(tx: Pick<Tx, "query">, bi: Buffer): Promise<string[]> {
  const found = await tx.query<{ id: string }>(sql`
    select distinct e.subject_id as id from evidence e join subject s using (subject_id)
    where e.bi = ${bi} and s.state = 'live' order by 1`);
  return found.map((f) => f.id);
}

/** Notes which issuers are in use for a kind, so that look-ups need not name one. */
export async function noteIssuers(
  tx: Tx,
  issuers: readonly { kind: string; issuer: string }[],
): Promise<void> {
  if (issuers.length === 0) return;
  await tx.query(sql`
    insert into identifier_issuer (kind, issuer)
    select kind, issuer from jsonb_to_recordset(${rows(issuers)}::jsonb) as i(kind text, issuer text)
    order by kind, issuer
    on conflict do nothing`);
}

export async function readIssuers(db: Pick<Tx, "query">, kind: string): Promise<string[]> {
  const found = await db.query<{ issuer: string }>(
    sql`select issuer from identifier_issuer where kind = ${kind} order by issuer`,
  );
  return found.map((f) => f.issuer);
}
