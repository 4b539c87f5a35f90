import type { DenialReason, Locale, RegimeId } from "../../../consent/index.ts";
import { type Db, empty, keyset, sql, type Tx } from "../../db/index.ts";
import type { ListOrder, OrderPlace } from "../../kernel/list-order.ts";
import type { AnyRequestKind, Door, Filer } from "./kinds.ts";
import type { REQUEST_ORDERS } from "./request.schema.ts";
import type { RequestState } from "./state.ts";
import type { IdentityTier, Match } from "./tier.ts";

type Reader = Pick<Tx, "query">;

export type RegimeFrom = "declared" | "member" | "controller" | "fallback";

export interface StoredPause {
  readonly from: string;
  readonly to: string | null;
}

export interface RequestRow {
  readonly requestId: string;
  readonly kind: AnyRequestKind;
  readonly filer: Filer;
  readonly door: Door;
  readonly regime: RegimeId;
  readonly regimeFrom: RegimeFrom;
  readonly country: string | null;
  readonly locale: Locale;
  readonly state: RequestState;
  readonly tier: IdentityTier;
  readonly match: Match;
  readonly memberId: string | null;
  readonly subjects: readonly string[];
  readonly identity: string | null;
  readonly needsDeclaration: boolean;
  readonly declaredAt: Date | null;
  readonly authorityAt: Date | null;
  readonly receivedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly verifiedAt: Date | null;
  readonly extendedAt: Date | null;
  readonly confirmUntil: Date | null;
  readonly confirmedAt: Date | null;
  readonly coolingUntil: Date | null;
  readonly startedAt: Date | null;
  readonly closedAt: Date | null;
  readonly pauses: readonly StoredPause[];
  readonly ackDueAt: Date | null;
  readonly dueAt: Date | null;
  readonly dueOn: string | null;
  readonly heldAt: Date | null;
  readonly reason: DenialReason | null;
  readonly ground: string | null;
  readonly duplicateOf: string | null;
  readonly appealOf: string | null;
  readonly fingerprint: string | null;
  readonly delivery: "openpgp" | "passphrase" | null;
  readonly runId: string | null;
  /** The step of its work that was given up; null while all goes well. */
  readonly failedStep: string | null;
  readonly certificateId: string | null;
  readonly contactMac: Buffer | null;
  readonly tokenHash: Buffer | null;
  readonly keyId: string;
  readonly sealed: Buffer | null;
  readonly revision: number;
}

const columns = sql`r.request_id as "requestId", r.kind, r.filer, r.door, r.regime, r.regime_from as "regimeFrom",
  r.country, r.locale, r.state, r.tier, r.match, r.member_id as "memberId", r.subjects, r.identity,
  r.needs_declaration as "needsDeclaration", r.declared_at as "declaredAt", r.authority_at as "authorityAt",
  r.received_at as "receivedAt", r.acknowledged_at as "acknowledgedAt", r.verified_at as "verifiedAt",
  r.extended_at as "extendedAt", r.confirm_until as "confirmUntil", r.confirmed_at as "confirmedAt",
  r.cooling_until as "coolingUntil", r.started_at as "startedAt", r.closed_at as "closedAt", r.pauses,
  r.ack_due_at as "ackDueAt", r.due_at as "dueAt", r.due_on as "dueOn", r.held_at as "heldAt", r.reason, r.ground, r.duplicate_of as "duplicateOf", r.appeal_of as "appealOf",
  r.fingerprint, r.delivery, r.run_id as "runId",
  r.failed_step as "failedStep", r.certificate_id as "certificateId", r.contact_mac as "contactMac",
  r.token_hash as "tokenHash", r.key_id as "keyId", r.sealed, r.revision`;

export async function insertRequest(tx: Tx, r: RequestRow): Promise<void> {
  await tx.query(sql`
    insert into dsr_request (request_id, kind, filer, door, regime, regime_from, country, locale, state, tier, match,
      member_id, subjects, identity, needs_declaration, declared_at, received_at, pauses, ack_due_at, due_at, due_on,
      appeal_of, delivery, contact_mac, token_hash, key_id, sealed)
    values (${r.requestId}::uuid, ${r.kind}, ${r.filer}, ${r.door}, ${r.regime}, ${r.regimeFrom}, ${r.country}, ${r.locale},
      ${r.state}, ${r.tier}, ${r.match}, ${r.memberId}::uuid, ${[...r.subjects]}::uuid[], ${r.identity}, ${r.needsDeclaration},
      ${r.declaredAt}, ${r.receivedAt}, ${JSON.stringify(r.pauses)}::jsonb, ${r.ackDueAt}, ${r.dueAt}, ${r.dueOn},
      ${r.appealOf}::uuid, ${r.delivery}, ${r.contactMac}, ${r.tokenHash}, ${r.keyId}::uuid, ${r.sealed})`);
}

/** Reads a request and locks it until the transaction ends; null for an unknown id. */
export async function lockRequest(tx: Tx, requestId: string): Promise<RequestRow | null> {
  const [row] = await tx.query<RequestRow>(
    sql`select ${columns} from dsr_request r where request_id = ${requestId}::uuid for update`,
  );
  return row ?? null;
}

export async function findRequest(db: Reader, requestId: string): Promise<RequestRow | null> {
  const [row] = await db.query<RequestRow>(
    sql`select ${columns} from dsr_request r where request_id = ${requestId}::uuid`,
  );
  return row ?? null;
}

export async function findByToken(db: Reader, tokenHash: Buffer): Promise<RequestRow | null> {
  const [row] = await db.query<RequestRow>(
    sql`select ${columns} from dsr_request r where token_hash = ${tokenHash}`,
  );
  return row ?? null;
}

/** How many requests were filed with a contact point since a moment. */
export async function countFiled(db: Reader, contactMac: Buffer, since: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from dsr_request where contact_mac = ${contactMac} and received_at > ${since}`,
  );
  return row?.n ?? 0;
}

/** Writes everything of a locked request that may change. */
export async function updateRequest(tx: Tx, r: RequestRow): Promise<void> {
  await tx.query(sql`
    update dsr_request set regime = ${r.regime}, regime_from = ${r.regimeFrom}, country = ${r.country}, state = ${r.state},
      tier = ${r.tier}, match = ${r.match}, member_id = ${r.memberId}::uuid, subjects = ${[...r.subjects]}::uuid[],
      identity = ${r.identity}, needs_declaration = ${r.needsDeclaration}, declared_at = ${r.declaredAt},
      authority_at = ${r.authorityAt}, acknowledged_at = ${r.acknowledgedAt}, verified_at = ${r.verifiedAt},
      extended_at = ${r.extendedAt}, confirm_until = ${r.confirmUntil}, confirmed_at = ${r.confirmedAt},
      cooling_until = ${r.coolingUntil}, started_at = ${r.startedAt}, closed_at = ${r.closedAt},
      pauses = ${JSON.stringify(r.pauses)}::jsonb, ack_due_at = ${r.ackDueAt}, due_at = ${r.dueAt}, due_on = ${r.dueOn},
      held_at = ${r.heldAt}, reason = ${r.reason}, ground = ${r.ground},
      duplicate_of = ${r.duplicateOf}::uuid, fingerprint = ${r.fingerprint}, delivery = ${r.delivery}, run_id = ${r.runId}::uuid,
      failed_step = ${r.failedStep}, certificate_id = ${r.certificateId}::uuid, contact_mac = ${r.contactMac}, token_hash = ${r.tokenHash},
      sealed = ${r.sealed}, revision = revision + 1
    where request_id = ${r.requestId}::uuid`);
}

/** Notes the certificate of a request that has ended. */
export async function noteCertificate(tx: Tx, requestId: string, certificateId: string): Promise<void> {
  await tx.query(
    sql`update dsr_request set certificate_id = ${certificateId}::uuid where request_id = ${requestId}::uuid`,
  );
}

export interface RequestFilter {
  readonly states?: readonly string[];
  readonly kind?: string;
  readonly regime?: string;
  readonly door?: string;
  readonly memberId?: string;
  readonly open?: boolean;
  /** Only those whose answer is due before this moment. */
  readonly dueBefore?: Date;
  /** The soonest deadline first unless stated. */
  readonly order?: ListOrder<typeof REQUEST_ORDERS>;
  readonly limit: number;
}

/** One without a deadline counts as due after all others. */
const ORDERED_BY = {
  due: sql`coalesce(r.due_at, 'infinity'::timestamptz)`,
  received: sql`r.received_at`,
};

/** Where a request stands in the list under an order. */
export function requestPlace(row: RequestRow, by: keyof typeof REQUEST_ORDERS): OrderPlace {
  const at = by === "due" ? row.dueAt : row.receivedAt;
  return { value: at?.toISOString() ?? "infinity", id: row.requestId };
}

export function listRequests(db: Pick<Db, "query">, f: RequestFilter): Promise<RequestRow[]> {
  const { by, isDown, after } = f.order ?? { by: "due" as const, isDown: false, after: null };
  const place = keyset({
    column: { of: ORDERED_BY[by], type: sql`timestamptz` },
    id: sql`r.request_id`,
    isDown,
    after,
  });
  return db.query<RequestRow>(sql`
    select ${columns} from dsr_request r where true
    ${f.states === undefined ? empty : sql`and r.state = any(${[...f.states]}::text[])`}
    ${f.kind === undefined ? empty : sql`and r.kind = ${f.kind}`}
    ${f.regime === undefined ? empty : sql`and r.regime = ${f.regime}`}
    ${f.door === undefined ? empty : sql`and r.door = ${f.door}`}
    ${f.memberId === undefined ? empty : sql`and r.member_id = ${f.memberId}::uuid`}
    ${f.open === undefined ? empty : f.open ? sql`and r.closed_at is null` : sql`and r.closed_at is not null`}
    ${f.dueBefore === undefined ? empty : sql`and r.due_at < ${f.dueBefore}`}
    ${place.after} ${place.order} limit ${f.limit}`);
}

/** Other requests of the same kind about any of these subjects, newest first: what may be the same wish again. */
export function findSimilar(
  db: Reader,
  ask: { readonly requestId: string; readonly kind: string; readonly subjects: readonly string[] },
): Promise<Pick<RequestRow, "requestId" | "state" | "receivedAt">[]> {
  return db.query(sql`
    select request_id as "requestId", state, received_at as "receivedAt" from dsr_request
    where kind = ${ask.kind} and request_id <> ${ask.requestId}::uuid and subjects && ${[...ask.subjects]}::uuid[]
      and verified_at is not null and state not in ('duplicate', 'withdrawn', 'expired')
    order by received_at desc limit 20`);
}

export interface HistoryRow {
  readonly requestId: string;
  readonly seq: number;
  readonly at: Date;
  readonly act: string;
  readonly fromState: RequestState | null;
  readonly toState: RequestState;
  readonly actorKind: string;
  readonly actorId: string;
  readonly code: string | null;
  readonly note: Buffer | null;
}

/** Adds a line to the history of a locked request and answers its number. */
export async function insertHistory(tx: Tx, line: Omit<HistoryRow, "seq">): Promise<number> {
  const [row] = await tx.query<{ seq: number }>(sql`
    insert into dsr_history (request_id, seq, at, act, from_state, to_state, actor_kind, actor_id, code, note)
    select ${line.requestId}::uuid, coalesce(max(seq), 0) + 1, ${line.at}::timestamptz, ${line.act}, ${line.fromState},
      ${line.toState}, ${line.actorKind}, ${line.actorId}, ${line.code}, ${line.note}::bytea
    from dsr_history where request_id = ${line.requestId}::uuid
    returning seq`);
  return row?.seq ?? 0;
}

export function readHistory(db: Reader, requestId: string): Promise<HistoryRow[]> {
  return db.query<HistoryRow>(sql`
    select request_id as "requestId", seq, at, act, from_state as "fromState", to_state as "toState",
      actor_kind as "actorKind", actor_id as "actorId", code, note
    from dsr_history where request_id = ${requestId}::uuid order by seq`);
}

/** When a request was last approved; null: never. */
export async function readApprovedAt(db: Reader, requestId: string): Promise<Date | null> {
  const [row] = await db.query<{ at: Date }>(sql`
    select at from dsr_history where request_id = ${requestId}::uuid and act = 'approve' order by seq desc limit 1`);
  return row?.at ?? null;
}

/** Requests on which time alone makes something happen at `now`: run out, cooled down. */
export function readTimedOut(db: Reader, now: Date): Promise<Pick<RequestRow, "requestId" | "state">[]> {
  return db.query(sql`
    select request_id as "requestId", state from dsr_request where closed_at is null and (
      (state = 'awaiting_confirmation' and confirmed_at is null and confirm_until <= ${now})
      or (state = 'awaiting_confirmation' and cooling_until <= ${now})
      or (state = 'approved' and held_at is null and (kind not in ('access', 'portability') or delivery is not null))
      or (state in ('received', 'acknowledged', 'identity_pending') and member_id is null and match <> 'contested'
        and match <> 'unverified' and due_at <= ${now}))
    order by request_id limit 200`);
}

/** Requests of the public form whose contact point has not been looked up yet. */
export function readUnsent(db: Reader): Promise<{ readonly requestId: string }[]> {
  return db.query(sql`
    select request_id as "requestId" from dsr_request r
    where closed_at is null and door = 'form' and state = 'received'
    order by request_id limit 100`);
}

/** Open requests that may need a warning: those with a date within `within` of now, or past it. */
export function readDueSoon(db: Reader, before: Date): Promise<RequestRow[]> {
  return db.query<RequestRow>(sql`
    select ${columns} from dsr_request r where closed_at is null
      and (due_at < ${before} or (acknowledged_at is null and ack_due_at < ${before}))
    order by due_at limit 500`);
}

/** Notes that an alert goes out; false when it did before. */
export async function noteAlert(tx: Tx, requestId: string, alert: string, at: Date): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into dsr_alert (request_id, alert, sent_at) values (${requestId}::uuid, ${alert}, ${at})
    on conflict do nothing returning 1`);
  return rows.length > 0;
}

/** Requests that closed before a moment and still hold sealed words. */
export function readForgettable(
  db: Reader,
  before: Date,
): Promise<Pick<RequestRow, "requestId" | "keyId">[]> {
  return db.query(sql`
    select request_id as "requestId", key_id as "keyId" from dsr_request
    where closed_at < ${before} and kind = 'erasure' and state in ('completed', 'completed_with_exceptions')
      and sealed is not null limit 200`);
}

/** Empties what a request held sealed; its dates, decision and history stay. */
export async function emptyRequest(tx: Tx, requestId: string): Promise<void> {
  await tx.query(sql`
    update dsr_request set sealed = null, contact_mac = null, token_hash = null, revision = revision + 1
    where request_id = ${requestId}::uuid`);
  await tx.query(sql`update dsr_history set note = null where request_id = ${requestId}::uuid`);
  await tx.query(sql`delete from dsr_code where request_id = ${requestId}::uuid`);
}

/** Closed requests of one regime from before a moment, of which nothing refers to another. */
export function readOutlived(
  db: Reader,
  regime: string,
  before: Date,
): Promise<Pick<RequestRow, "requestId" | "keyId">[]> {
  return db.query(sql`
    select request_id as "requestId", key_id as "keyId" from dsr_request r
    where regime = ${regime} and closed_at < ${before}
      and not exists (select 1 from dsr_request o where o.duplicate_of = r.request_id or o.appeal_of = r.request_id)
    order by request_id limit 500`);
}

export async function deleteRequests(tx: Tx, requestIds: readonly string[]): Promise<void> {
  await tx.query(sql`delete from dsr_request where request_id = any(${[...requestIds]}::uuid[])`);
}
