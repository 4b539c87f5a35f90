import { AppError } from "../src/kernel/problems.ts";
import type { DataKey, Vault } from "../src/vault/index.ts";
import type { LedgerRow } from "./ledger.store.ts";
import type { ConsentRecord } from "./ledger.ts";
import type { Locale } from "./vocabulary.ts";

/** What of an entry is sealed: who acted, what proves it, and from what the regime was inferred. */
interface SealedPart {
  readonly because: ConsentRecord["regimeBecause"];
  readonly actor: string | null;
  readonly token: string | null;
  readonly evidence: string | null;
  readonly guardian: ConsentRecord["proof"]["guardian"];
}

function placeOf(recordId: string) {
  return { table: "consent_record", column: "cell", recordId, category: "preference" };
}

export function sealRecord(vault: Vault, key: DataKey, record: ConsentRecord): Buffer {
  const part: SealedPart = {
    because: record.regimeBecause,
    actor: record.actor.ref,
    token: record.proof.doubleOptInTokenSha256,
    evidence: record.proof.evidenceSha256,
    guardian: record.proof.guardian,
  };
  return vault.seal(key, placeOf(record.id), Buffer.from(JSON.stringify(part), "utf8"));
}

/** Stands for a guardian whose particulars stay sealed: decisions only ask whether there was one. */
const SOME_GUARDIAN = { ref: "", relation: "guardian", method: "", evidenceSha256: null } as const;

/** An entry without its sealed part: all that folding and deciding need, and nothing personal. */
export function recordOfRow(row: LedgerRow): ConsentRecord {
  return {
    id: row.id,
    schemaVersion: 1,
    subjectId: row.subjectId,
    state: row.state,
    purposeId: row.purposeId,
    purposeVersion: row.purposeVersion,
    channel: row.channel,
    recipientId: row.recipientId,
    regime: row.regime,
    regimeBecause: null,
    separateConsent: row.separateConsent,
    refersTo: row.refersTo,
    notice:
      row.noticeId === null || row.noticeVersion === null || row.noticeSha256 === null
        ? null
        : {
            id: row.noticeId,
            version: row.noticeVersion,
            locale: row.noticeLocale as Locale,
            sha256: row.noticeSha256.toString("hex"),
          },
    conflictShown: row.conflictShown,
    validUntil: row.validUntil,
    recordedAt: row.recordedAt,
    occurredAt: row.occurredAt,
    clock: row.clock,
    method: row.method,
    sourceId: row.sourceId,
    storeId: row.storeId,
    actor: { kind: row.actorKind, ref: null },
    signal: row.signal,
    prompt: row.prompt,
    proof: {
      doubleOptInTokenSha256: null,
      doubleOptIn: row.doubleOptIn,
      evidenceSha256: null,
      guardian: row.byGuardian ? SOME_GUARDIAN : null,
      auditSequence: null,
    },
  };
}

/**
 * Entries with their sealed parts. One whose cell or key is gone (its subject was erased) comes without them.
 */
export async function openRecords(
  vault: Vault,
  ledger: readonly LedgerRow[],
): Promise<{ readonly record: ConsentRecord; readonly whole: boolean }[]> {
  const keys = await vault.loadKeys(ledger.flatMap((r) => r.keyId ?? []));
  return ledger.map((row) => {
    const record = recordOfRow(row);
    const key = row.keyId === null ? undefined : keys.get(row.keyId);
    if (row.cell === null || key === undefined) return { record, whole: false };
    const part = parsePart(vault.open(key, placeOf(row.id), row.cell));
    return {
      whole: true,
      record: {
        ...record,
        regimeBecause: part.because,
        actor: { ...record.actor, ref: part.actor },
        proof: {
          ...record.proof,
          doubleOptInTokenSha256: part.token,
          evidenceSha256: part.evidence,
          guardian: part.guardian,
        },
      },
    };
  });
}

function parsePart(bytes: Buffer): SealedPart {
  try {
    return JSON.parse(bytes.toString("utf8")) as SealedPart;
  } catch (cause) {
    throw new AppError("cell-unreadable", { cause });
  }
}
