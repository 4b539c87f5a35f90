import { rows, sql, type Tx } from "../../db/index.ts";
import type { OpenDsrStatus } from "./protocol.ts";

type Reader = Pick<Tx, "query">;

export interface OpenDsrRow {
  readonly controllerId: string;
  readonly subjectRequestId: string;
  readonly requestId: string;
  readonly dialect: "opendsr" | "opengdpr";
  readonly bodyMac: Buffer;
  readonly receivedAt: Date;
  readonly expectedAt: Date;
  readonly callbackUrls: readonly string[];
  readonly told: OpenDsrStatus;
}

const columns = sql`controller_id as "controllerId", subject_request_id as "subjectRequestId", request_id as "requestId",
  dialect, body_mac as "bodyMac", received_at as "receivedAt", expected_at as "expectedAt",
  callback_urls as "callbackUrls", told`;

/** Notes a request under its controller's id; false when that id is taken. */
export async function insertOpenDsr(tx: Tx, r: OpenDsrRow): Promise<boolean> {
  const made = await tx.query(sql`
    insert into dsr_opendsr (controller_id, subject_request_id, request_id, dialect, body_mac, received_at, expected_at,
      callback_urls, told)
    values (${r.controllerId}, ${r.subjectRequestId}::uuid, ${r.requestId}::uuid, ${r.dialect}, ${r.bodyMac},
      ${r.receivedAt}, ${r.expectedAt}, ${[...r.callbackUrls]}::text[], ${r.told})
    on conflict do nothing returning 1`);
  return made.length > 0;
}

export async function findOpenDsr(
  db: Reader,
  controllerId: string,
  subjectRequestId: string,
): Promise<OpenDsrRow | null> {
  const [row] = await db.query<OpenDsrRow>(sql`
    select ${columns} from dsr_opendsr
    where controller_id = ${controllerId} and subject_request_id = ${subjectRequestId}::uuid`);
  return row ?? null;
}

export async function findOpenDsrOf(db: Reader, requestId: string): Promise<OpenDsrRow | null> {
  const [row] = await db.query<OpenDsrRow>(
    sql`select ${columns} from dsr_opendsr where request_id = ${requestId}::uuid`,
  );
  return row ?? null;
}

export async function noteTold(tx: Tx, requestId: string, status: OpenDsrStatus): Promise<void> {
  await tx.query(sql`update dsr_opendsr set told = ${status} where request_id = ${requestId}::uuid`);
}

export async function insertCallbacks(
  tx: Tx,
  callbacks: readonly { readonly id: string; readonly requestId: string; readonly url: string }[],
  status: OpenDsrStatus,
  at: Date,
): Promise<void> {
  if (callbacks.length === 0) return;
  await tx.query(sql`
    insert into dsr_callback (callback_id, request_id, url, status, next_at)
    select id, "requestId", url, ${status}, ${at}::timestamptz
    from jsonb_to_recordset(${rows(callbacks)}::jsonb) as t(id uuid, "requestId" uuid, url text)`);
}

export interface CallbackRow {
  readonly callbackId: string;
  readonly requestId: string;
  readonly url: string;
  readonly status: OpenDsrStatus;
  readonly attempts: number;
}

/** Takes callbacks that are due, for one sender at a time; of one URL and request the older goes first. */
export function leaseCallbacks(tx: Tx, now: Date, until: Date, limit: number): Promise<CallbackRow[]> {
  return tx.query<CallbackRow>(sql`
    update dsr_callback c set leased_until = ${until}
    where callback_id in (
      select d.callback_id from dsr_callback d
      where d.state = 'waiting' and d.next_at <= ${now} and (d.leased_until is null or d.leased_until <= ${now})
        and not exists (select 1 from dsr_callback e where e.request_id = d.request_id and e.url = d.url
          and e.state = 'waiting' and e.callback_id < d.callback_id)
      order by d.next_at limit ${limit} for update skip locked)
    returning callback_id as "callbackId", request_id as "requestId", url, status, attempts`);
}

export async function noteCallback(
  db: Reader,
  callbackId: string,
  outcome: {
    readonly state: "waiting" | "sent" | "dead";
    readonly status: number | null;
    readonly error: string | null;
    readonly nextAt: Date;
  },
): Promise<void> {
  await db.query(sql`
    update dsr_callback set state = ${outcome.state}, attempts = attempts + 1, leased_until = null,
      next_at = ${outcome.nextAt}, last_status = ${outcome.status}::int, last_error = ${outcome.error}
    where callback_id = ${callbackId}::uuid`);
}
