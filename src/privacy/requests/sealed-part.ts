import { AppError } from "../../kernel/problems.ts";
import type { DataKey, Vault } from "../../vault/index.ts";
import type { Correction, PackageDelivery } from "../fulfil/port.ts";

/** A way to reach the person who asks. */
export interface Contact {
  readonly kind: "email" | "phone";
  readonly value: string;
}

/** Somebody who asks for another: who it is and what proves it. */
export interface Representative {
  readonly name: string;
  /** What was shown: a power of attorney, a birth certificate, its number or file. */
  readonly proof: string;
}

/** Everything personal about a request; it is stored sealed under the request's own key. */
export interface RequestPart {
  /** Where messages go; proven before anything is told. */
  readonly contact: Contact | null;
  /** Where the last code went, when that is another address than the given one. */
  readonly codeTo: Contact | null;
  /** What the person wrote. */
  readonly words: string | null;
  readonly representative: Representative | null;
  readonly corrections: readonly Correction[];
  /** Purposes to object to or to opt out of; empty: all that can be refused. */
  readonly purposes: readonly string[];
  readonly delivery: PackageDelivery | null;
  /** The secret in the person's link, to put it into messages. */
  readonly token: string | null;
  /** The secret end of the download link, until it has been sent. */
  readonly packageToken: string | null;
  readonly packageUntil: string | null;
}

export const EMPTY_PART: RequestPart = {
  contact: null,
  codeTo: null,
  words: null,
  representative: null,
  corrections: [],
  purposes: [],
  delivery: null,
  token: null,
  packageToken: null,
  packageUntil: null,
};

const placeOf = (requestId: string) => ({
  table: "dsr_request",
  column: "sealed",
  recordId: requestId,
  category: "request",
});

const notePlace = (requestId: string) => ({ ...placeOf(requestId), table: "dsr_history", column: "note" });

/** Makes the key of a new request. It is of its own, so that the record outlives the keys of an erased person. */
export async function newRequestKey(vault: Vault): Promise<DataKey> {
  const [key] = await vault.createKeys("evidence", 1);
  if (key === undefined) throw new AppError("keystore-unavailable");
  return key;
}

/** The key of a request; null once it was destroyed. */
export async function keyOf(vault: Vault, keyId: string): Promise<DataKey | null> {
  return (await vault.loadKeys([keyId])).get(keyId) ?? null;
}

export function sealPart(vault: Vault, key: DataKey, requestId: string, part: RequestPart): Buffer {
  return vault.seal(key, placeOf(requestId), Buffer.from(JSON.stringify(part), "utf8"));
}

/** Opens the personal part of a request; an empty one when it has been forgotten. */
export function openPart(
  vault: Vault,
  key: DataKey | null,
  row: { readonly requestId: string; readonly sealed: Buffer | null },
): RequestPart {
  if (key === null || row.sealed === null) return EMPTY_PART;
  return JSON.parse(vault.open(key, placeOf(row.requestId), row.sealed).toString("utf8")) as RequestPart;
}

export function sealNote(vault: Vault, key: DataKey, requestId: string, note: string): Buffer {
  return vault.seal(key, notePlace(requestId), Buffer.from(note, "utf8"));
}

export function openNote(
  vault: Vault,
  key: DataKey | null,
  requestId: string,
  note: Buffer | null,
): string | null {
  return key === null || note === null ? null : vault.open(key, notePlace(requestId), note).toString("utf8");
}
