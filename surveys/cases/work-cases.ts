import { actorOf, stageAudit } from "../../src/audit/index.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { Principal } from "../../src/kernel/route.ts";
import type { SendingDeps } from "../sending/context.ts";
import { keyOfSubject, writeToStores } from "./answered.ts";
import {
  type CaseRow,
  insertNote,
  lockCase,
  lockLate,
  type NoteRow,
  readNotes,
  readNotesOf,
  saveCase,
} from "./cases.store.ts";
import { CONTACT_WITHIN, moveCase, type Outcome } from "./decide-case.ts";

export interface CaseChange {
  readonly move?: "contact" | "close" | "reopen" | undefined;
  readonly owner?: string | null | undefined;
  readonly outcome?: Outcome | undefined;
  readonly note?: string | undefined;
  /** Days after which the member may be asked again, counted from now. */
  readonly askAgainDays?: number | undefined;
}

const placeOfNote = (noteId: string) => ({
  table: "survey_case_note",
  column: "cell",
  recordId: noteId,
  category: "survey",
});

/**
 * Works a case: owner, contact, notes, closing with an outcome. Throws `not-found`, `conflict` for a move that its state
 * does not allow, `invalid-request` for a closing without outcome.
 */
export async function changeCase(
  deps: SendingDeps,
  by: { readonly principal: Principal; readonly requestId: string },
  caseId: string,
  change: CaseChange,
): Promise<CaseRow> {
  const { db, clock, ids } = deps;
  return db.retryingTx(async (tx) => {
    const row = await lockCase(tx, caseId);
    if (row === null) throw new AppError("not-found", { detail: "There is no case by that id." });
    const at = clock.now();
    const state = change.move === undefined ? row.state : moveCase(row.state, change.move);
    if (state === null) throw new AppError("conflict", { detail: "The case is not in a state for that." });
    if (change.move === "close" && change.outcome === undefined)
      throw new AppError("invalid-request", {
        errors: [{ path: "/outcome", code: "required", message: "A case is closed with an outcome." }],
      });
    const next: CaseRow = {
      ...row,
      state,
      owner: change.owner === undefined ? row.owner : change.owner,
      outcome:
        change.move === "close" ? (change.outcome ?? null) : change.move === "reopen" ? null : row.outcome,
      contactedAt: change.move === "contact" ? at : row.contactedAt,
      closedAt: change.move === "close" ? at : change.move === "reopen" ? null : row.closedAt,
      // Opened again, the clock starts again.
      dueAt: change.move === "reopen" ? new Date(+at + CONTACT_WITHIN) : row.dueAt,
      escalatedAt: change.move === "reopen" ? null : row.escalatedAt,
      askAgainAt:
        change.askAgainDays === undefined ? row.askAgainAt : new Date(+at + change.askAgainDays * DAY),
      updatedAt: at,
    };
    await saveCase(tx, next);
    if (change.note !== undefined) await writeNote(tx, deps, by.principal, row, change.note);
    if (change.move === "close" && row.subjectId !== null) {
      await deps.doors.noteEvents(tx, [
        {
          subjectId: row.subjectId,
          messageId: `case-closed:${row.caseId}:${at.getTime()}`,
          type: "survey.case-closed",
          occurredAt: at,
          surveyId: row.surveyId,
          storeId: row.storeId,
          properties: { survey_id: row.surveyId, case_id: row.caseId, outcome: next.outcome },
        },
      ]);
    }
    await stageAudit(
      tx,
      { clock, ids },
      {
        actor: actorOf(by.principal),
        action: "survey.case-changed",
        targets: [{ kind: "survey-case", id: row.caseId }],
        requestId: by.requestId,
      },
    );
    return next;
  });
}

async function writeNote(
  tx: Parameters<typeof insertNote>[0],
  deps: SendingDeps,
  principal: Principal,
  row: CaseRow,
  text: string,
): Promise<void> {
  const noteId = deps.ids.next();
  const key =
    row.subjectId === null
      ? (await deps.vault.createKeys("source", 1))[0]
      : await keyOfSubject(tx, deps, row.subjectId);
  if (key === null || key === undefined)
    throw new AppError("gone", { detail: "The member has been erased." });
  await insertNote(tx, {
    caseId: row.caseId,
    noteId,
    subjectId: row.subjectId,
    writtenBy: writerOf(principal),
    writtenAt: deps.clock.now(),
    keyId: key.id,
    cell: deps.vault.seal(key, placeOfNote(noteId), Buffer.from(text, "utf8")),
  });
}

/** Who wrote a note: a key by its name, a person by the account, whose name the console looks up. */
function writerOf(principal: Principal): string {
  if (principal.kind === "api-key") return principal.name;
  return principal.kind === "staff" ? `staff:${principal.id}` : principal.kind;
}

/** The notes of a case, opened; those of an erased member are gone. */
export async function openNotes(
  tx: Parameters<typeof readNotes>[0],
  deps: Pick<SendingDeps, "vault">,
  caseId: string,
): Promise<{ readonly id: string; readonly by: string; readonly at: Date; readonly text: string }[]> {
  const notes: NoteRow[] = await readNotes(tx, caseId);
  const keys = await deps.vault.loadKeys(notes.map((n) => n.keyId));
  return notes.flatMap((n) => {
    const key = keys.get(n.keyId);
    if (key === undefined) return [];
    return [
      {
        id: n.noteId,
        by: n.writtenBy,
        at: n.writtenAt,
        text: deps.vault.open(key, placeOfNote(n.noteId), n.cell).toString("utf8"),
      },
    ];
  });
}

/** What staff wrote about cases of these people, opened, for their access package; who wrote it is not the person's. */
export async function exportNotes(
  deps: Pick<SendingDeps, "db" | "vault">,
  subjectIds: readonly string[],
): Promise<Record<string, unknown>[]> {
  const notes = await readNotesOf(deps.db, subjectIds);
  const keys = await deps.vault.loadKeys(notes.map((n) => n.keyId));
  return notes.flatMap((n) => {
    const key = keys.get(n.keyId);
    if (key === undefined) return [];
    const note = deps.vault.open(key, placeOfNote(n.noteId), n.cell).toString("utf8");
    return [{ case_id: n.caseId, written_at: n.writtenAt, note }];
  });
}

/** Writes about cases whose deadline has passed, once each. Mark and message commit together. Answers how many. */
export async function escalateCases(deps: SendingDeps): Promise<number> {
  return deps.db.retryingTx(async (tx) => {
    const at = deps.clock.now();
    const late = await lockLate(tx, at, 100);
    const told = await writeToStores(tx, deps, late, "late");
    for (const row of late) {
      await saveCase(tx, { ...row, escalatedAt: at, updatedAt: at });
      deps.log.warn("survey_case_late", {
        case: row.caseId,
        store: row.storeId,
        written: told.has(row.caseId),
      });
    }
    return late.length;
  });
}
