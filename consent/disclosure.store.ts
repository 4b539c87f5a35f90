import { column, empty, rows, type Sql, sql, type Tx } from "../src/db/index.ts";
import { compareText, sortFew } from "../src/kernel/sort-few.ts";

/** One line of the register: what one reader was given of one subject for one purpose. */
export interface Disclosure {
  readonly subjectId: string;
  readonly readerKind: string;
  readonly readerId: string;
  readonly purposeId: string;
  readonly categories: readonly string[];
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Who reads, and for what. */
export interface Reader {
  /** `recipient`, a role of staff, a kind of key. */
  readonly kind: string;
  readonly id: string;
  readonly purposeId: string;
}

/**
 * Notes what one reader is about to be given, in the transaction that commits before the answer leaves. Categories
 * add up; the first time stays and the last moves.
 */
export async function noteDisclosures(
  tx: Tx,
  reader: Reader,
  given: readonly Pick<Disclosure, "subjectId" | "categories">[],
  at: Date,
): Promise<void> {
  const write = disclosuresWrite(reader, given, at);
  if (write !== null) await tx.query(write);
}

/** What `noteDisclosures` writes, for a caller that writes more at once; null when nothing is given. */
export function disclosuresWrite(
  reader: Reader,
  given: readonly Pick<Disclosure, "subjectId" | "categories">[],
  at: Date,
): Sql | null {
  const batch = given.filter((d) => d.categories.length > 0);
  if (batch.length === 0) return null;
  return sql`
    insert into disclosure as d (subject_id, reader_kind, reader_id, purpose_id, categories, first_at, last_at)
    select subject_id, ${reader.kind}, ${reader.id}, ${reader.purposeId}, string_to_array(categories, ','),
      ${at}::timestamptz, ${at}::timestamptz
    from unnest(
      ${column.uuid(batch, (d) => d.subjectId)}, ${column.text(batch, (d) => inOrder(d.categories).join())})
      as n(subject_id, categories)
    order by 1
    on conflict (subject_id, reader_kind, reader_id, purpose_id) do update set
      categories = case when d.categories @> excluded.categories then d.categories else
        (select array_agg(distinct c order by c) from unnest(d.categories || excluded.categories) as t(c)) end,
      first_at = least(d.first_at, excluded.first_at), last_at = greatest(d.last_at, excluded.last_at)`;
}

/** Names in their order: nearly always they are, and sorting a copy was a tenth of what a bulk pull allocates. */
function inOrder(names: readonly string[]): readonly string[] {
  for (let i = 1; i < names.length; i++)
    if ((names[i - 1] as string) > (names[i] as string)) return sortFew([...names], compareText);
  return names;
}

/** What a line of the register stands at when they are listed: its last read, and what names it. */
export type DisclosurePlace = Pick<
  Disclosure,
  "lastAt" | "readerKind" | "readerId" | "purposeId" | "subjectId"
>;

/** What was given of these subjects, to whom, the last read first: a page, or everything unless one is asked for. */
export async function readDisclosures(
  db: Pick<Tx, "query">,
  subjectIds: readonly string[],
  page: { readonly after: DisclosurePlace | null; readonly limit: number } | null = null,
): Promise<Disclosure[]> {
  const after = page?.after ?? null;
  const rest =
    after === null
      ? empty
      : sql`and (last_at < ${after.lastAt}::timestamptz or (last_at = ${after.lastAt}::timestamptz
          and (reader_kind, reader_id, purpose_id, subject_id)
            > (${after.readerKind}, ${after.readerId}, ${after.purposeId}, ${after.subjectId}::uuid)))`;
  return db.query<Disclosure>(sql`
    select subject_id as "subjectId", reader_kind as "readerKind", reader_id as "readerId", purpose_id as "purposeId",
      categories, first_at as "firstAt", last_at as "lastAt"
    from disclosure where subject_id = any(${[...subjectIds]}::uuid[]) ${rest}
    order by last_at desc, reader_kind, reader_id, purpose_id, subject_id ${page === null ? empty : sql`limit ${page.limit}`}`);
}

/** Subjects of whom one of these readers was given something in a span of time, with the categories that it has. */
export async function readGivenTo(
  db: Pick<Tx, "query">,
  ask: {
    readonly readers: readonly { readonly kind: string; readonly id: string }[];
    readonly from: Date;
    readonly to: Date;
  },
): Promise<{ readonly subjectId: string; readonly categories: readonly string[] }[]> {
  return db.query(sql`
    select d.subject_id as "subjectId", array_agg(distinct c order by c) as categories
    from disclosure d
    join jsonb_to_recordset(${rows(ask.readers)}::jsonb) as r(kind text, id text)
      on r.kind = d.reader_kind and r.id = d.reader_id
    cross join lateral unnest(d.categories) as t(c)
    where d.last_at >= ${ask.from} and d.first_at <= ${ask.to}
    group by d.subject_id order by d.subject_id`);
}
