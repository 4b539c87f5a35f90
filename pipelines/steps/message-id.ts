import { type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import { isRecord, readText } from "./read-value.ts";

/** Longest id of a message; SDKs use about 60 characters. */
const MAX_MESSAGE_ID = 256;

/** The sender's own id of the message; null when it gave none, or nothing that could be one. Takes any item, however broken. */
export function readMessageId(item: unknown): string | null {
  if (!isRecord(item)) return null;
  const id = readText(item.messageId);
  return id === null || id.length > MAX_MESSAGE_ID || id.includes("\0") || !id.isWellFormed() ? null : id;
}

/** For a message id that is there but cannot be one. */
export function badMessageId(): Rejection {
  return rejection("invalid-field", `messageId must be a text of at most ${MAX_MESSAGE_ID} characters.`);
}
