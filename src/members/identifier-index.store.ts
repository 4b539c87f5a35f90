import { column, hex, rows, sql, type Tx } from "../db/index.ts";

type Reader = Pick<Tx, "query">;

/** How identifiers are indexed: see the migration. */
export interface IdentifierEpoch {
  readonly version: number;
  readonly complete: number;
  /** The version of the rules by which new identifiers are spelled. */
  readonly rules: number;
  /** The rules by which every identifier is found; behind `rules` while they are being indexed anew. */
  readonly respelled: number;
}

export async function readEpoch(db: Reader): Promise<IdentifierEpoch> {
  const [row] = await db.query<IdentifierEpoch>(
    sql`select version, complete, rules, respelled from identifier_epoch`,
  );
  if (row === undefined) throw new TypeError("the data has no identifier epoch");
  return row;
}

/** From now on new identifiers are written under a newer version, spelled by these rules; never goes back. */
export async function beginEpoch(tx: Tx, version: number, rules: number): Promise<void> {
  await tx.query(sql`
    update identifier_epoch set version = ${version}, rules = greatest(rules, ${rules}) where version < ${version}`);
}

/** Every identifier that was known when the epoch began is found under its version, and so by its rules. */
export async function noteRespelled(tx: Tx, version: number): Promise<void> {
  await tx.query(sql`update identifier_epoch set respelled = rules where version = ${version}`);
}

/** Takes newer rules for a store that holds no identifier yet. */
export async function beginRules(tx: Tx, rules: number): Promise<void> {
  await tx.query(sql`
    update identifier_epoch set rules = ${rules}, respelled = ${rules}
    where rules < ${rules} and not exists (select 1 from identifier_node)`);
}

/**
 * Every identifier is found under this version, unless staff closed one that nobody names any more: its value is nowhere,
 * so it is found by the older key alone. Answers whether all are.
 */
export async function completeEpoch(tx: Tx, version: number): Promise<boolean> {
  const done = await tx.query(sql`
    update identifier_epoch set complete = ${version}
    where version = ${version} and complete < ${version}
      and not exists (select 1 from identifier_node where blocked and indexed < ${version}) returning 1`);
  if (done.length > 0) await tx.query(sql`delete from identifier_alias where version < ${version}`);
  return done.length > 0;
}

/** What these hashes lead to: aliases by their node, nodes by themselves. Keys are lower-case hex. */
export async function readLeads(
  db: Reader,
  macs: readonly Buffer[],
): Promise<{ readonly aliases: ReadonlyMap<string, Buffer>; readonly nodes: ReadonlySet<string> }> {
  const found = await db.query<{ mac: Buffer; bi: Buffer; alias: boolean }>(sql`
    with asked as (select m as mac from unnest(${column.bytea([...macs], (m) => m)}) as t(m))
    select a.mac, a.bi, true as alias from identifier_alias a join asked using (mac)
    union all
    select n.bi, n.bi, false from identifier_node n join asked on asked.mac = n.bi`);
  return {
    aliases: new Map(found.filter((f) => f.alias).map((f) => [f.mac.toString("hex"), f.bi])),
    nodes: new Set(found.filter((f) => !f.alias).map((f) => f.bi.toString("hex"))),
  };
}

/** A node that is to be indexed anew, with one sealed spelling of its value; null where nobody names it any more. */
export interface OldNode {
  readonly bi: Buffer;
  readonly held: {
    readonly subjectId: string;
    readonly keyId: string;
    readonly kind: string;
    readonly issuer: string;
    readonly cell: Buffer;
  } | null;
}

/** Nodes after a place that are not known to be found under a version, in the order of their index. */
export async function readOldNodes(
  db: Reader,
  version: number,
  after: Buffer | null,
  limit: number,
): Promise<OldNode[]> {
  const found = await db.query<{ bi: Buffer; subjectId: string | null } & NonNullable<OldNode["held"]>>(sql`
    select n.bi, e.subject_id as "subjectId", e.key_id as "keyId", e.kind, e.issuer, e.cell
    from identifier_node n left join lateral (
      select e.subject_id, s.key_id, e.kind, e.issuer, e.cell
      from evidence e join subject s using (subject_id)
      where e.bi = n.bi and s.state = 'live'
      order by e.subject_id limit 1) e on true
    where n.indexed < ${version} and (${after}::bytea is null or n.bi > ${after}::bytea)
    order by n.bi limit ${limit}`);
  return found.map(({ bi, subjectId, keyId, kind, issuer, cell }) => ({
    bi,
    held: subjectId === null ? null : { subjectId, keyId, kind, issuer, cell },
  }));
}

export async function countOldNodes(db: Reader, version: number): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from identifier_node where indexed < ${version}`,
  );
  return row?.n ?? 0;
}

/** Notes that nodes are found under a version, with an alias for those that are called otherwise. */
export async function saveIndexed(
  tx: Tx,
  version: number,
  found: readonly { readonly bi: Buffer; readonly mac: Buffer }[],
): Promise<void> {
  if (found.length === 0) return;
  const batch = rows(found.map((f) => ({ bi: hex(f.bi), mac: hex(f.mac) })));
  // An erasure may have taken a node since it was read.
  await tx.query(sql`
    insert into identifier_alias (mac, bi, version)
    select b.mac, n.bi, ${version}
    from jsonb_to_recordset(${batch}::jsonb) as b(bi bytea, mac bytea)
    join identifier_node n on n.bi = b.bi
    where b.mac <> b.bi
    order by b.mac
    on conflict (mac) do nothing`);
  await tx.query(sql`
    update identifier_node n set indexed = ${version}
    from jsonb_to_recordset(${batch}::jsonb) as b(bi bytea)
    where n.bi = b.bi`);
}
