import type { Db, Tx } from "../src/db/index.ts";
import type { Clock } from "../src/kernel/clock.ts";
import { AppError } from "../src/kernel/problems.ts";
import type { ClueKind } from "./clues.store.ts";
import type { StatementInput } from "./consents.schema.ts";
import type { ConsentRecord } from "./ledger.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import type { By, Consent, PendingConfirmation } from "./service.ts";
import { type ConsentMember, provingSubject } from "./standing.ts";
import type { Statement } from "./statement.ts";

/** A statement as a door takes it, with how it came in. */
export interface StatementFromDoor extends Omit<StatementInput, "method"> {
  readonly method: Statement["method"];
  readonly sourceId?: string | null;
}

export interface Said {
  readonly member: ConsentMember;
  readonly records: readonly ConsentRecord[];
  readonly confirmation: PendingConfirmation | null;
}

/** Whom a door names: an id of the member, and the subject whose identifier proved it where one was given. */
export interface NamedPerson {
  readonly id: string;
  readonly proving: string | null;
}

/**
 * Finds the person that a door names. Outside any transaction: an identifier may be looked up under several readings,
 * for which other rooms read on their own.
 */
export async function identifyPerson(
  deps: { readonly consent: Consent; readonly db: Db },
  person: Pick<StatementInput, "memberId" | "identifier">,
): Promise<NamedPerson> {
  const { consent, db } = deps;
  const { memberId } = person;
  if (person.identifier === undefined) {
    if (memberId !== undefined) return { id: memberId, proving: null };
    throw new AppError("invalid-request", {
      errors: [{ path: "", code: "required", message: "Name the person by memberId or identifier." }],
    });
  }
  const { value, ...rest } = person.identifier;
  const found = await consent.members.find(db, { ...rest, value: String(value) });
  if (found.kind === "none")
    throw new AppError("not-found", { detail: "Nobody is known by that identifier." });
  if (found.kind === "contested") {
    throw new AppError("contested-identifier", {
      errors: found.memberIds.map((member) => ({ path: "/identifier", code: "member", message: member })),
    });
  }
  if (memberId !== undefined && memberId !== found.memberId) {
    const named = (await consent.members.subjectsOf(db, [memberId])).get(memberId);
    if (named?.memberId !== found.memberId)
      throw new AppError("conflict", { detail: "The identifier belongs to another member." });
  }
  return { id: found.subjectId, proving: found.subjectId };
}

/** One statement of one member among several that are recorded together. */
export interface NamedStatement {
  readonly person: NamedPerson;
  readonly input: StatementFromDoor;
  readonly dedupeKey?: string | null;
}

/**
 * Records one statement that came through a door: clues first, since the law under which it is made follows from
 * them, then the entries, then a confirmation where the channel needs one.
 */
export async function sayThroughDoor(
  tx: Tx,
  deps: { readonly consent: Consent; readonly clock: Clock },
  snapshot: RegistrySnapshot,
  by: By,
  person: NamedPerson,
  input: StatementFromDoor,
  options: { dedupeKey?: string | null; everywhere?: boolean } = {},
): Promise<Said> {
  const { dedupeKey = null, everywhere = false } = options;
  const [said] = await sayManyThroughDoor(tx, deps, snapshot, by, [{ person, input, dedupeKey }], everywhere);
  const { member, records } = said as Omit<Said, "confirmation">;
  const pending = records.find((r) => r.proof.doubleOptIn === "pending");
  return {
    member,
    records,
    confirmation: pending === undefined ? null : await deps.consent.openConfirmation(tx, pending),
  };
}

/**
 * The same for statements of different members at once, without confirmations: nobody waits for the answers of an
 * import line by line, and a message to them is asked for one by one. One that cannot stand rejects them all.
 */
export async function sayManyThroughDoor(
  tx: Tx,
  deps: { readonly consent: Consent; readonly clock: Clock },
  snapshot: RegistrySnapshot,
  by: By,
  statements: readonly NamedStatement[],
  everywhere = false,
): Promise<Omit<Said, "confirmation">[]> {
  const { consent } = deps;
  const members = await consent.members.subjectsOf(
    tx,
    statements.map((s) => s.person.id),
  );
  const month = `${deps.clock.now().toISOString().slice(0, 7)}-01`;
  const placed = statements.map(({ person, input, dedupeKey = null }) => {
    const member = members.get(person.id);
    if (member === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
    const proving = person.proving ?? provingSubject(member);
    return { member, input, options: { proving, dedupeKey, everywhere } };
  });
  await consent.noteClues(
    tx,
    placed.flatMap(({ input, options }) => {
      const stated: [ClueKind, string | undefined][] = [
        ["declared", input.country],
        ["birthYear", input.birthYear?.toString()],
      ];
      return stated.flatMap(([clue, value]) =>
        value === undefined
          ? []
          : [{ subjectId: options.proving, clue, value, firstOn: month, lastOn: month }],
      );
    }),
  );
  const records = await consent.sayMany(
    tx,
    snapshot,
    by,
    placed.map(({ member, input, options }) => ({ member, statements: [statementOf(input)], options })),
  );
  return placed.map(({ member }, i) => ({ member, records: records[i] ?? [] }));
}

function statementOf(input: StatementFromDoor): Statement {
  return {
    state: input.state,
    purpose: input.purpose,
    channel: input.channel ?? null,
    recipient: input.recipient ?? null,
    separateConsent: input.separateConsent ?? null,
    notice: input.notice ?? null,
    occurredAt: input.occurredAt === undefined ? null : new Date(input.occurredAt),
    offline: input.offline ?? false,
    method: input.method,
    sourceId: input.sourceId ?? null,
    storeId: input.storeId ?? null,
    ...(input.actor === undefined ? {} : { actor: { kind: input.actor.kind, ref: input.actor.ref ?? null } }),
    guardian:
      input.guardian === undefined
        ? null
        : { ...input.guardian, evidenceSha256: input.guardian.evidenceSha256 ?? null },
    evidenceSha256: input.evidence?.sha256 ?? null,
    confirmed: input.evidence?.addressConfirmed === true && input.evidence.sha256 !== undefined,
    conflictShown: input.conflictShown ?? false,
    validUntil: input.validUntil === undefined ? null : new Date(input.validUntil),
    refersTo: input.refersTo ?? null,
  };
}
