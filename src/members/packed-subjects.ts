import type { BulkMember } from "./bulk.ts";

/** A live subject as reads over many members need it. */
export interface BulkSubject {
  readonly memberId: string;
  readonly subjectId: string;
  readonly coreId: string;
  readonly anchorClass: number;
  readonly anchorBi: Buffer;
  readonly keyId: string;
  /** What the consent room worked out its standing from, where it was read along. */
  readonly said?: string;
}

/** What is read beside the subjects themselves. */
export interface SubjectReading {
  /** Reads with each subject, in the same statement, what its consent follows from: `standings` then asks no more. */
  readonly said?: boolean;
}

/*
 * Subjects come packed, one after the other (`bulk.store.ts` writes them): member, subject, core and key (16 bytes each),
 * class and the length of the blind index (2 each), blind index, length of what is said (4), and that.
 */
const SUBJECT_HEAD = 16 * 4 + 2 + 2;

export function uuidAt(bytes: Buffer, at: number): string {
  const h = bytes.toString("hex", at, at + 16);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** Where the subject that begins at a place ends. */
function endOf(packed: Buffer, from: number): number {
  const saidAt = from + SUBJECT_HEAD + packed.readUInt16BE(from + SUBJECT_HEAD - 2);
  return saidAt + 4 + packed.readInt32BE(saidAt);
}

function areSame(packed: Buffer, a: number, b: number): boolean {
  return (
    packed.readInt32BE(a + 12) === packed.readInt32BE(b + 12) &&
    packed.compare(packed, b, b + 16, a, a + 16) === 0
  );
}

function subjectAt(packed: Buffer, from: number, end: number, { said = false }: SubjectReading): BulkSubject {
  const indexAt = from + SUBJECT_HEAD;
  const saidAt = indexAt + packed.readUInt16BE(indexAt - 2);
  // Most members are one subject, under whose id they go.
  const memberId = uuidAt(packed, from);
  const subjectId = areSame(packed, from, from + 16) ? memberId : uuidAt(packed, from + 16);
  const subject = {
    memberId,
    subjectId,
    coreId: areSame(packed, from + 16, from + 32) ? subjectId : uuidAt(packed, from + 32),
    anchorClass: packed.readInt16BE(indexAt - 4),
    anchorBi: packed.subarray(indexAt, saidAt),
    keyId: uuidAt(packed, from + 48),
  };
  return said ? { ...subject, said: packed.toString("latin1", saidAt + 4, end) } : subject;
}

export function unpackSubjects(packed: Buffer | null | undefined, reading: SubjectReading): BulkSubject[] {
  const found: BulkSubject[] = [];
  if (packed === null || packed === undefined) return found;
  for (let from = 0; from < packed.length; ) {
    const end = endOf(packed, from);
    found.push(subjectAt(packed, from, end, reading));
    from = end;
  }
  return found;
}

/** A member beside all that was read of it. */
interface KnownMember {
  readonly packed: Buffer;
  readonly member: BulkMember;
}

/**
 * Members by the bytes of their ids: whoever reads a member again finds the very same object for as long as nothing
 * of it has changed, nothing said of its consent either, and may keep beside it what follows from it. Bounded; the
 * oldest go first.
 */
const KNOWN = new Map<string, KnownMember>();
const MOST_KNOWN = 50_000;

/**
 * The members of packed subjects that were read with what their consent follows from. The last one is left out when
 * there may be more of it (`isCut`).
 */
export function unpackMembers(packed: Buffer | null | undefined, isCut: boolean): BulkMember[] {
  const found: BulkMember[] = [];
  if (packed === null || packed === undefined) return found;
  for (let from = 0; from < packed.length; ) {
    let end = endOf(packed, from);
    while (end < packed.length && areSame(packed, from, end)) end = endOf(packed, end);
    if (end < packed.length || !isCut) found.push(knownAs(packed, from, end));
    from = end;
  }
  return found;
}

function knownAs(packed: Buffer, from: number, end: number): BulkMember {
  const id = packed.toString("latin1", from, from + 16);
  const known = KNOWN.get(id);
  if (known !== undefined && known.packed.compare(packed, from, end) === 0) return known.member;
  // A copy of its own: a piece of the page would keep all of it.
  const copy = Buffer.from(packed.subarray(from, end));
  const subjects = unpackSubjects(copy, { said: true });
  const member = { memberId: (subjects[0] as BulkSubject).memberId, subjects };
  if (known === undefined && KNOWN.size >= MOST_KNOWN) {
    let drop = MOST_KNOWN / 2;
    for (const oldest of KNOWN.keys()) {
      if (drop-- <= 0) break;
      KNOWN.delete(oldest);
    }
  }
  KNOWN.set(id, { packed: copy, member });
  return member;
}
