import { v7 } from "uuid";

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

export type SourceId = Branded<string, "SourceId">;
export type SubjectId = Branded<string, "SubjectId">;
/** A member is named by the smallest id among its subjects, so merging and unmerging never mint an id. */
export type MemberId = Branded<string, "MemberId">;
export type EventId = Branded<string, "EventId">;
export type KeyId = Branded<string, "KeyId">;
export type QuarantineId = Branded<string, "QuarantineId">;

/** Mints time-ordered UUIDs (version 7, RFC 9562). */
export interface Ids {
  next(): string;
}

export const uuidIds: Ids = { next: () => v7() };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text has the form of a UUID, whatever its version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A UUID of version 8 (RFC 9562 §5.8) made of 16 bytes of our own, such as a truncated MAC. */
export function uuidFromBytes(bytes: Buffer): string {
  if (bytes.length < 16) throw new RangeError("uuidFromBytes needs 16 bytes");
  const b = Buffer.from(bytes.subarray(0, 16));
  b[6] = ((b[6] as number) & 0x0f) | 0x80;
  b[8] = ((b[8] as number) & 0x3f) | 0x80;
  const h = b.toString("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
