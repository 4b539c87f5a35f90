import { sql, type Tx } from "../../db/index.ts";

type Reader = Pick<Tx, "query">;

export interface CertificateRow {
  readonly certificateId: string;
  readonly runId: string | null;
  readonly requestId: string | null;
  readonly kind: string;
  readonly issuedAt: Date;
  readonly body: unknown;
  readonly jws: string;
  readonly auditEntry: string;
}

const columns = sql`certificate_id as "certificateId", run_id as "runId", request_id as "requestId", kind,
  issued_at as "issuedAt", body, jws, audit_entry as "auditEntry"`;

export async function insertPrivacyCertificate(tx: Tx, row: CertificateRow): Promise<void> {
  await tx.query(sql`
    insert into privacy_certificate (certificate_id, run_id, request_id, kind, issued_at, body, jws, audit_entry)
    values (${row.certificateId}::uuid, ${row.runId}::uuid, ${row.requestId}::uuid, ${row.kind}, ${row.issuedAt},
      ${JSON.stringify(row.body)}::jsonb, ${row.jws}, ${row.auditEntry}::uuid)`);
}

export async function findCertificate(db: Reader, certificateId: string): Promise<CertificateRow | null> {
  const [row] = await db.query<CertificateRow>(
    sql`select ${columns} from privacy_certificate where certificate_id = ${certificateId}::uuid`,
  );
  return row ?? null;
}

/** Certificates, newest first; of one request when it is named. */
export async function listCertificates(
  db: Reader,
  ask: {
    readonly requestId?: string;
    readonly kind?: string;
    readonly before?: string;
    readonly limit: number;
  },
): Promise<Pick<CertificateRow, "certificateId" | "requestId" | "kind" | "issuedAt">[]> {
  return db.query(sql`
    select certificate_id as "certificateId", request_id as "requestId", kind, issued_at as "issuedAt"
    from privacy_certificate
    where (${ask.requestId ?? null}::uuid is null or request_id = ${ask.requestId ?? null}::uuid)
      and (${ask.kind ?? null}::text is null or kind = ${ask.kind ?? null})
      and (${ask.before ?? null}::uuid is null or certificate_id < ${ask.before ?? null}::uuid)
    order by certificate_id desc limit ${ask.limit}`);
}
