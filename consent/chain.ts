import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "../src/kernel/canonical-json.ts";
import type { ConsentRecord } from "./ledger.ts";

/** Says which form of record a hash was made over; a new form gets a new label. */
const COMMITMENT_LABEL = "candor/consent-commitment/1";
const LINK_LABEL = "candor/consent-link/1";

/** One link of a subject's chain. It holds no personal data: the record is hidden behind its salted commitment. */
export interface ChainLink {
  readonly subjectId: string;
  /** 1 for a subject's first entry, then without gaps. */
  readonly sequence: number;
  /** The previous link's hash, hex; 64 zeros before the first. */
  readonly previous: string;
  /** Salted SHA-256 of the record, hex. */
  readonly commitment: string;
  /** SHA-256 over all of the above, hex. */
  readonly hash: string;
}

export const CHAIN_START = "0".repeat(64);

/** 32 fresh bytes for one commitment. Destroying them makes the commitment unguessable for good. */
export function newSalt(): Buffer {
  return randomBytes(32);
}

/**
 * Binds to a record without showing it: SHA-256 over a label, the salt and the record's canonical JSON. Without
 * the salt nobody can try values against it, which is what lets an erased record keep its place in the chain.
 */
export function commitTo(record: ConsentRecord, salt: Buffer): string {
  if (salt.length < 16) throw new RangeError("a commitment needs at least 16 bytes of salt");
  return createHash("sha256")
    .update(COMMITMENT_LABEL)
    .update(Buffer.of(0, salt.length))
    .update(salt)
    .update(canonicalJson(record))
    .digest("hex");
}

/** Appends to a chain: the link after `tip`, or the first of a subject when there is none. */
export function linkAfter(tip: ChainLink | null, subjectId: string, commitment: string): ChainLink {
  if (tip !== null && tip.subjectId !== subjectId) throw new RangeError("a chain belongs to one subject");
  const sequence = (tip?.sequence ?? 0) + 1;
  const previous = tip?.hash ?? CHAIN_START;
  return {
    subjectId,
    sequence,
    previous,
    commitment,
    hash: hashLink(subjectId, sequence, previous, commitment),
  };
}

function hashLink(subjectId: string, sequence: number, previous: string, commitment: string): string {
  return createHash("sha256")
    .update(LINK_LABEL)
    .update(canonicalJson({ commitment, previous, sequence, subjectId }))
    .digest("hex");
}

/** What is still known of a link's record: null once it has been erased. */
export interface OpenedLink {
  readonly link: ChainLink;
  readonly opened: { readonly record: ConsentRecord; readonly salt: Buffer } | null;
}

export type ChainVerdict =
  | { readonly kind: "intact"; readonly length: number; readonly erased: number; readonly tip: string }
  | {
      readonly kind: "broken";
      readonly sequence: number;
      readonly fault: "gap" | "other-subject" | "wrong-previous" | "wrong-hash" | "wrong-commitment";
    };

/**
 * Checks one subject's chain from its first link. Order of `links` does not matter; a missing link, a changed
 * record, a changed link or a foreign one is named by its place.
 */
export function verifyChain(links: readonly OpenedLink[]): ChainVerdict {
  const ordered = [...links].sort((a, b) => a.link.sequence - b.link.sequence);
  let previous: ChainLink | null = null;
  let erased = 0;
  for (const [index, { link, opened }] of ordered.entries()) {
    const broken = (fault: Extract<ChainVerdict, { kind: "broken" }>["fault"]): ChainVerdict => ({
      kind: "broken",
      sequence: index + 1,
      fault,
    });
    if (link.sequence !== index + 1) return broken("gap");
    if (previous !== null && link.subjectId !== previous.subjectId) return broken("other-subject");
    if (link.previous !== (previous?.hash ?? CHAIN_START)) return broken("wrong-previous");
    if (!isSameHash(link.hash, hashLink(link.subjectId, link.sequence, link.previous, link.commitment)))
      return broken("wrong-hash");
    if (opened === null) erased += 1;
    else {
      if (opened.record.subjectId !== link.subjectId) return broken("other-subject");
      if (!isSameHash(link.commitment, commitTo(opened.record, opened.salt)))
        return broken("wrong-commitment");
    }
    previous = link;
  }
  return { kind: "intact", length: ordered.length, erased, tip: previous?.hash ?? CHAIN_START };
}

function isSameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
