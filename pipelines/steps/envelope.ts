import { type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import type { ParsedItem } from "../adapter.ts";
import { checkShape } from "./check-shape.ts";
import { isBlank, isRecord, readText } from "./read-value.ts";

/** Longest id of a message; SDKs use about 60 characters. */
const MAX_MESSAGE_ID = 256;

/** An item within its limits, with the sender's own id of it (null when it gave none); or why it is not taken. */
export type Envelope =
  | {
      readonly kind: "ok";
      readonly value: Readonly<Record<string, unknown>>;
      readonly messageId: string | null;
    }
  | { readonly kind: "rejected"; readonly item: ParsedItem };

/** Holds an item to its limits and reads its message id, before a parser looks at what it says. */
export function readEnvelope(raw: unknown): Envelope {
  const shape = checkShape(raw);
  if (shape.kind === "rejected")
    return { kind: "rejected", item: rejected(messageIdOf(raw), shape.rejection) };
  const messageId = messageIdOf(shape.value);
  if (messageId === null && !isBlank(shape.value.messageId)) {
    const why = `messageId must be a text of at most ${MAX_MESSAGE_ID} characters.`;
    return { kind: "rejected", item: rejected(null, rejection("invalid-field", why)) };
  }
  return { kind: "ok", value: shape.value, messageId };
}

/** An item that is not taken, under the id by which its sender knows it. */
export function rejected(messageId: string | null, reason: Rejection): ParsedItem {
  return { kind: "rejected", messageId, rejection: reason };
}

/** Of any item, however broken; null also for what cannot be an id. */
function messageIdOf(item: unknown): string | null {
  if (!isRecord(item)) return null;
  const id = readText(item.messageId);
  return id === null || id.length > MAX_MESSAGE_ID || id.includes("\0") || !id.isWellFormed() ? null : id;
}
