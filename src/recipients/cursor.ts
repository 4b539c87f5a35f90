import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AppError } from "../kernel/problems.ts";
import type { Vault } from "../vault/index.ts";

/** Where a bulk pull goes on. It names a member, so it leaves only sealed. */
export interface PullCursor {
  readonly recipientId: string;
  readonly purposeId: string;
  readonly epoch: string;
  /** The last member that was read. */
  readonly after: string;
  /** The feed's position when the pull began. */
  readonly position: number;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** 32 bytes that only this installation can make. */
function cursorKey(vault: Vault): Buffer {
  return Buffer.concat([vault.mac("recipient-cursor", "1"), vault.mac("recipient-cursor", "2")]);
}

/** Seals a cursor: opaque, unforgeable, and useless to any other recipient. */
export function sealCursor(vault: Vault, cursor: PullCursor): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", cursorKey(vault), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(cursor), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64url");
}

/** Opens a cursor; throws `invalid-request` for one that this installation did not make. */
export function openCursor(vault: Vault, text: string): PullCursor {
  const bytes = Buffer.from(text, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", cursorKey(vault), bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
    return JSON.parse(opened.toString("utf8")) as PullCursor;
  } catch {
    throw badCursor();
  }
}

/** A feed position as recipients keep it: the epoch and the number, which say nothing about anybody. */
export function writePosition(epoch: string, position: number): string {
  return `${epoch}.${position}`;
}

const POSITION = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(\d{1,15})$/;

export function readPosition(text: string): { readonly epoch: string; readonly position: number } {
  const match = POSITION.exec(text);
  if (match === null) throw badCursor();
  return { epoch: match[1] as string, position: Number(match[2]) };
}

function badCursor(): AppError {
  return new AppError("invalid-request", {
    errors: [{ path: "/after", code: "cursor", message: "is not a cursor that Candor gave out" }],
  });
}
