import { type Db, empty, sql, type Tx } from "../db/index.ts";

export interface ApprovalRow {
  readonly id: string;
  readonly operation: string;
  readonly target: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: string | null;
  readonly decision: "approved" | "refused" | null;
  readonly usedAt: Date | null;
}

interface Row {
  readonly approval_id: string;
  readonly operation: string;
  readonly target: string;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly expires_at: Date;
  readonly decided_by: string | null;
  readonly decision: "approved" | "refused" | null;
  readonly used_at: Date | null;
}

const columns = sql`approval_id, operation, target, asked_by, asked_at, expires_at, decided_by, decision, used_at`;

const fromRow = (row: Row): ApprovalRow => ({
  id: row.approval_id,
  operation: row.operation,
  target: row.target,
  askedBy: row.asked_by,
  askedAt: row.asked_at,
  expiresAt: row.expires_at,
  decidedBy: row.decided_by,
  decision: row.decision,
  usedAt: row.used_at,
});

export interface Asked {
  readonly id: string;
  readonly operation: string;
  readonly target: string;
  readonly mac: Buffer;
  readonly askedBy: string;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** An undecided or approved, unused request of the same person for the same act; null when there is none. */
export async function findSameAsked(
  db: Pick<Db, "query">,
  asked: Pick<Asked, "operation" | "mac" | "askedBy" | "at">,
): Promise<ApprovalRow | null> {
  const [row] = await db.query<Row>(sql`
    select ${columns} from staff_approval
    where operation = ${asked.operation} and request_mac = ${asked.mac} and asked_by = ${asked.askedBy}::uuid
      and used_at is null and expires_at > ${asked.at} and decision is distinct from 'refused'
    order by approval_id desc limit 1`);
  return row === undefined ? null : fromRow(row);
}

export async function insertApproval(tx: Tx, asked: Asked): Promise<void> {
  await tx.query(sql`
    insert into staff_approval (approval_id, operation, target, request_mac, asked_by, asked_at, expires_at)
    values (${asked.id}, ${asked.operation}, ${asked.target}, ${asked.mac}, ${asked.askedBy}, ${asked.at},
            ${asked.expiresAt})`);
}

/** Uses an approval up; false when it was used, has run out, or somebody else was faster. */
export async function useApproval(tx: Tx, id: string, at: Date): Promise<boolean> {
  const used = await tx.query(sql`
    update staff_approval set used_at = ${at}
    where approval_id = ${id}::uuid and decision = 'approved' and used_at is null and expires_at > ${at}
    returning approval_id`);
  return used.length === 1;
}

/** A page of what was asked for, or of what waits alone: the newest first, after `cursor` (an id; ids ascend with time). */
export async function listApprovals(
  db: Pick<Db, "query">,
  ask: {
    readonly waitingAt?: Date | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<ApprovalRow[]> {
  const { waitingAt, cursor } = ask;
  const rows = await db.query<Row>(sql`
    select ${columns} from staff_approval
    where true ${waitingAt === undefined ? empty : sql`and decision is null and expires_at > ${waitingAt}`}
      ${cursor === undefined ? empty : sql`and approval_id < ${cursor}::uuid`}
    order by approval_id desc limit ${ask.limit}`);
  return rows.map(fromRow);
}

export async function lockApproval(tx: Tx, id: string): Promise<ApprovalRow | null> {
  const [row] = await tx.query<Row>(
    sql`select ${columns} from staff_approval where approval_id = ${id}::uuid for update`,
  );
  return row === undefined ? null : fromRow(row);
}

export async function decideApproval(
  tx: Tx,
  id: string,
  decided: { readonly by: string; readonly decision: "approved" | "refused"; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update staff_approval set decided_by = ${decided.by}, decision = ${decided.decision}, decided_at = ${decided.at}
    where approval_id = ${id}::uuid`);
}
