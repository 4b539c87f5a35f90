import { AppError } from "../src/kernel/problems.ts";
import type { DisclosurePlace } from "./disclosure.store.ts";

/** A reader's id stands last: only it may hold the sign between the parts. */
const PLACE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)~([0-9a-f-]{36})~([^~]+)~([^~]+)~(.+)$/;

/** Writes where a page of the register of disclosures ended. */
export function writeDisclosurePlace(place: DisclosurePlace): string {
  const parts = [
    place.lastAt.toISOString(),
    place.subjectId,
    place.readerKind,
    place.purposeId,
    place.readerId,
  ];
  return Buffer.from(parts.join("~"), "utf8").toString("base64url");
}

/** Reads it again. Throws `invalid-request` for what is no cursor of the register. */
export function readDisclosurePlace(cursor: string): DisclosurePlace {
  const [, lastAt, subjectId, readerKind, purposeId, readerId] =
    PLACE.exec(Buffer.from(cursor, "base64url").toString("utf8")) ?? [];
  if (!lastAt || !subjectId || !readerKind || !purposeId || !readerId)
    throw new AppError("invalid-request", {
      errors: [{ path: "/cursor", code: "cursor", message: "is not a cursor of this list" }],
    });
  return { lastAt: new Date(lastAt), subjectId, readerKind, purposeId, readerId };
}
