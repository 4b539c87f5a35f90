import { createHash } from "node:crypto";
import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Principal } from "../kernel/route.ts";

/** Who did it: a key, a source, or Candor itself. Never a name or an address. */
export interface AuditActor {
  readonly kind: "api-key" | "staff" | "source" | "anonymous" | "system";
  readonly id: string;
  readonly role?: string;
}

/** What it was done to: a kind in the clear (`member`, `source`, `api-key`) and an id that is only committed to. */
export interface AuditTarget {
  readonly kind: string;
  readonly id: string;
}

/** One act, before it is written down. It holds ids, codes and counts; never personal data. */
export interface AuditInput {
  readonly actor: AuditActor;
  /** Dotted lower-case words, the thing first: `source.created`, `profile.read`. Part of the interface. */
  readonly action: string;
  /** The purpose for which personal data was read. */
  readonly purpose?: string;
  readonly targets?: readonly AuditTarget[];
  readonly counts?: Readonly<Record<string, number>>;
  /** `done` unless stated. */
  readonly outcome?: AuditOutcome;
  readonly requestId?: string;
}

/** An entry as it stands in the log: targets are only committed to. */
export interface AuditEntry extends Omit<AuditInput, "targets"> {
  readonly v: 1;
  readonly id: string;
  readonly at: string;
  readonly targets?: readonly { readonly kind: string; readonly commitment: string }[];
}

export type AuditOutcome = "done" | "refused" | "failed";

/** Length of the salt of one commitment, in bytes. */
export const SALT_BYTES = 16;

const ACTION = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$/;

/** The actor of a request. */
export function actorOf(principal: Principal): AuditActor {
  switch (principal.kind) {
    case "api-key":
      return { kind: "api-key", id: principal.id, role: principal.role };
    case "staff":
      return { kind: "staff", id: principal.id, role: principal.role };
    case "source":
      return { kind: "source", id: principal.sourceId };
    case "anonymous":
      return { kind: "anonymous", id: "" };
  }
}

/**
 * Commits to a value without telling it: base64url of SHA-256(salt ‖ value). The salt makes short values
 * such as ids unguessable, and erasing it makes the commitment meaningless for good.
 */
export function commitment(salt: Buffer, value: string): string {
  return createHash("sha256").update(salt).update(value, "utf8").digest("base64url");
}

/** Under what the salts of somebody's entries are found: SHA-256 of kind and id, cut to 16 bytes. */
export function targetHash(target: AuditTarget): Buffer {
  return createHash("sha256").update(`${target.kind}\0${target.id}`, "utf8").digest().subarray(0, 16);
}

/**
 * The entry in its final form: canonical JSON whose bytes are what the log's hashes cover.
 * `salts` holds one salt per target, in order. Throws TypeError for an action that is not dotted lower-case words
 * or a salt of another length.
 */
export function renderEntry(
  input: AuditInput,
  made: { readonly id: string; readonly at: Date; readonly salts: readonly Buffer[] },
): string {
  if (!ACTION.test(input.action))
    throw new TypeError("an audit action is dotted lower-case words, such as source.created");
  const targets = (input.targets ?? []).map((target, i) => {
    const salt = made.salts[i];
    if (salt?.length !== SALT_BYTES) throw new TypeError(`an audit salt has ${SALT_BYTES} bytes`);
    return { kind: target.kind, commitment: commitment(salt, target.id) };
  });
  return canonicalJson({
    v: 1,
    id: made.id,
    at: made.at,
    actor: { kind: input.actor.kind, id: input.actor.id, role: input.actor.role },
    action: input.action,
    purpose: input.purpose,
    targets: targets.length === 0 ? undefined : targets,
    counts: input.counts,
    outcome: input.outcome ?? "done",
    requestId: input.requestId,
  });
}

/** The leaf hash of RFC 6962 §2.1: SHA-256 over 0x00 and the entry's UTF-8 bytes. */
export function leafHash(entry: string): Buffer {
  return createHash("sha256")
    .update(Buffer.from([0]))
    .update(entry, "utf8")
    .digest();
}
