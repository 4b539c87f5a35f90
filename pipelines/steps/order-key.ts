import { isDocumentNumber, isPlainCode, isTelephoneLike } from "../../src/events/index.ts";
import type { SourceSettings } from "../adapter.ts";
import type { Mac } from "./deps.ts";
import { readText } from "./read-value.ts";

/** A document's key among those of its source: no number that may stand in the clear holds the sign between the two. */
export function keyInNamespace(source: Pick<SourceSettings, "orderNamespace">, key: string): string {
  return source.orderNamespace === null ? key : `${source.orderNamespace}~${key}`;
}

/**
 * The key of a document that numbers itself. Keys stand in the clear, so a number that does not look like one
 * (spaces, letters of other scripts, too long) is replaced by its keyed hash: same number, same key.
 */
export function documentKey(number: string, mac: Mac): string {
  return isDocumentNumber(number) ? number : `h:${mac("order-key", number).subarray(0, 16).toString("hex")}`;
}

/**
 * The id of a product or store as it may stand in the clear: itself, or a keyed hash where it is written as a telephone
 * number is. Null for any other text that is no id.
 */
export function plainId(text: string, what: "product-id" | "store-id", mac: Mac): string | null {
  if (isPlainCode(text)) return text;
  return isTelephoneLike(text) ? `h:${mac(what, text).subarray(0, 16).toString("hex")}` : null;
}

/**
 * The key of a till's document: store/till/receipt, where a missing store or till is "-". Null without a receipt.
 * A part that itself holds a slash would make two documents look alike, so the whole is hashed then.
 */
export function receiptKey(
  parts: { readonly storeId: unknown; readonly tillId: unknown; readonly receiptNo: unknown },
  mac: Mac,
): string | null {
  const receipt = readText(parts.receiptNo);
  if (receipt === null) return null;
  const all = [readText(parts.storeId) ?? "-", readText(parts.tillId) ?? "-", receipt];
  const key = all.join("/");
  const isPlain = !all.some((part) => part.includes("/")) && !isTelephoneLike(all[0] as string);
  if (isPlain && isDocumentNumber(key)) return key;
  return `h:${mac("receipt-key", ...all)
    .subarray(0, 16)
    .toString("hex")}`;
}
