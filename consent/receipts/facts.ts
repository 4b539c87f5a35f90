import type { ConsentRecord } from "../ledger.ts";
import type { NoticeText } from "../notices.ts";
import type { Purpose } from "../purpose.schema.ts";

/** A company as a receipt names it. */
export interface ReceiptParty {
  /** IRI or other stable id. */
  readonly id: string;
  readonly name: string;
  readonly contact: string;
  readonly address: { readonly streetAddress?: string; readonly addressCountry: string };
  readonly email: string;
  readonly phone: string;
  readonly url: string | null;
}

/** Everything that a receipt states beside the record itself. */
export interface ReceiptFacts {
  readonly record: ConsentRecord;
  /** The purpose as it stood in the version that the record names. */
  readonly purpose: Purpose;
  /** The words that the person saw; null for a record without a notice. */
  readonly notice: NoticeText | null;
  readonly controller: ReceiptParty;
  /** Where the notice can be read. */
  readonly policyUrl: string;
  /** Where consent is withdrawn. */
  readonly withdrawalUrl: string;
  /** Where the other rights are exercised. */
  readonly rightsUrl: string;
  readonly authority: { readonly name: string; readonly url: string };
  /** ISO 3166-1 alpha-2 countries of storage and processing. */
  readonly storageCountries: readonly string[];
  readonly processingCountries: readonly string[];
  /** Earlier entries of the same consent, oldest first: its life so far. */
  readonly history: readonly ConsentRecord[];
  readonly receiptId: string;
  readonly issuedAt: Date;
}

/** When the act took place, as far as it is known. */
export function timeOfAct(record: ConsentRecord): Date {
  return record.occurredAt !== null && record.occurredAt < record.recordedAt
    ? record.occurredAt
    : record.recordedAt;
}

/** An opaque name for the person: the subject, never a name or an address. */
export function principalRef(record: ConsentRecord): string {
  return `urn:candor:subject:${record.subjectId}`;
}
