import { rows, sql, type Tx } from "../src/db/index.ts";

type Reader = Pick<Tx, "query">;

/** When a subject was first offered a way to refuse on a channel. */
export interface RefusalOffer {
  readonly subjectId: string;
  readonly channel: string;
  readonly offeredAt: Date;
}

/** Notes a contact; the first counts, and the first that offered a way to refuse. */
export async function noteContact(
  tx: Tx,
  subjectIds: readonly string[],
  contact: { readonly channel: string; readonly at: Date; readonly offered: boolean },
): Promise<void> {
  const { channel, at, offered } = contact;
  const batch = [...subjectIds]
    .sort()
    .map((subjectId) => ({ subjectId, channel, at, offeredAt: offered ? at : null }));
  await tx.query(sql`
    insert into first_contact as f (subject_id, channel, contacted_at, offered_at)
    select "subjectId", channel, at, "offeredAt"
    from jsonb_to_recordset(${rows(batch)}::jsonb) as c("subjectId" uuid, channel text, at timestamptz, "offeredAt" timestamptz)
    on conflict (subject_id, channel) do update
      set contacted_at = least(f.contacted_at, excluded.contacted_at), offered_at = least(f.offered_at, excluded.offered_at)`);
}

/** The offers made to some subjects. */
export async function readOffers(db: Reader, subjectIds: readonly string[]): Promise<RefusalOffer[]> {
  if (subjectIds.length === 0) return [];
  return db.query<RefusalOffer>(sql`
    select subject_id as "subjectId", channel, offered_at as "offeredAt" from first_contact
    where subject_id = any(${[...subjectIds]}::uuid[]) and offered_at is not null`);
}
