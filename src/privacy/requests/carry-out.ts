import type { By } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { dayWords } from "../clocks/words.ts";
import type { DoneAtOnce, FulfilmentListener, RequestScope } from "../fulfil/port.ts";
import { readCourse } from "./course.ts";
import type { RequestDeps } from "./deps.ts";
import type { EndRequest } from "./ending.ts";
import type { Messenger } from "./messages.ts";
import type { Performer } from "./perform.ts";
import { lockRequest, noteAlert, type RequestRow, readApprovedAt } from "./requests.store.ts";

/** Candor itself, where no person acts. */
export const BY_SYSTEM: By = { actor: { kind: "system", id: "requests" } };

/** The scope of a request whose member is known; null for an appeal, which touches no data. */
export function scopeOf(row: RequestRow): RequestScope | null {
  if (row.kind === "appeal" || row.memberId === null) return null;
  return {
    requestId: row.requestId,
    memberId: row.memberId,
    subjectIds: row.subjects,
    regime: row.regime,
    locale: row.locale,
    kind: row.kind,
  };
}

export interface CarryOut extends FulfilmentListener {
  /**
   * Starts the work of an approved request in the caller's transaction. What can be done at once is done; a package
   * waits until the person said how it is to be encrypted.
   */
  start(tx: Tx, by: By, row: RequestRow): Promise<RequestRow>;
}

export function createCarryOut(
  deps: RequestDeps,
  performer: Performer,
  messenger: Messenger,
  end: EndRequest,
): CarryOut {
  const today = (row: RequestRow) => dayWords(row.locale, deps.clock.now().toISOString().slice(0, 10));

  const doneAt = (tx: Tx, by: By, row: RequestRow, done: DoneAtOnce): Promise<RequestRow> =>
    end(tx, by, row, {
      performance: { act: { kind: "finish" } },
      message: "completed",
      params: { date: today(row) },
      done,
    });

  const begin = (tx: Tx, by: By, row: RequestRow, change: Partial<RequestRow> = {}) =>
    performer.perform(tx, by, row, {
      act: { kind: "start" },
      change: { ...change, startedAt: deps.clock.now() },
    });

  const startPackage = async (tx: Tx, by: By, row: RequestRow, scope: RequestScope): Promise<RequestRow> => {
    const part = await performer.part(row);
    const kind = row.kind === "portability" ? "portability" : "access";
    if (part.delivery === null) {
      if (await noteAlert(tx, row.requestId, "delivery", deps.clock.now()))
        await messenger.send(tx, row, "delivery", {}, part);
      return row;
    }
    const made = await deps.fulfilment().startPackage(tx, scope, kind, part.delivery, by);
    return performer.perform(tx, by, row, {
      act: { kind: "start" },
      change: { runId: made.runId, startedAt: deps.clock.now() },
      // The run has sealed what it needs; here the passphrase is forgotten.
      part: { delivery: null, packageToken: made.token, packageUntil: made.expiresAt },
    });
  };

  /** A granted appeal opens the refused request again; it keeps its own clock. */
  const grantAppeal = async (tx: Tx, by: By, row: RequestRow): Promise<RequestRow> => {
    const started = await begin(tx, by, row);
    if (row.appealOf !== null) {
      const appealed = await performer.lock(tx, row.appealOf);
      await performer.perform(tx, by, appealed, {
        act: { kind: "reopen" },
        change: {
          reason: null,
          ground: null,
          confirmedAt: null,
          coolingUntil: null,
          fingerprint: null,
          certificateId: null,
        },
        code: row.requestId,
      });
    }
    return doneAt(tx, by, started, { subjects: row.subjects, counts: { reopened: 1 }, news: null });
  };

  /**
   * An erasure reaches what was looked at and nobody else: the officer looks at the preview once more. Of a member that
   * was divided nobody knows any more which part asked.
   */
  const lookAgain = async (tx: Tx, row: RequestRow, moved: "divided" | "joined"): Promise<RequestRow> => {
    const isDivided = moved === "divided";
    const after = await performer.perform(tx, BY_SYSTEM, row, {
      act: { kind: isDivided ? "identify-again" : "look-again" },
      change: {
        fingerprint: null,
        ...(isDivided
          ? { memberId: null, subjects: [], match: "contested", identity: null, verifiedAt: null }
          : {}),
      },
      code: `member-${moved}`,
    });
    await messenger.alert(tx, after, moved, {});
    return after;
  };

  return {
    async start(tx, by, row) {
      if (row.state !== "approved" || row.heldAt !== null) return row;
      const scope = scopeOf(row);
      if (scope === null) return row.kind === "appeal" ? grantAppeal(tx, by, row) : row;
      const fulfilment = deps.fulfilment();
      switch (scope.kind) {
        case "erasure": {
          const lookedAt = await readApprovedAt(tx, row.requestId);
          const moved = lookedAt === null ? null : await fulfilment.movedSince(tx, scope, lookedAt);
          if (moved !== null) return lookAgain(tx, row, moved);
          const runId = await fulfilment.startErasure(tx, scope, by);
          return begin(tx, by, row, { runId });
        }
        case "access":
        case "portability":
          return startPackage(tx, by, row, scope);
        case "rectification": {
          const { corrections } = await performer.part(row);
          const done = await fulfilment.rectify(tx, scope, corrections, by);
          return doneAt(tx, by, await begin(tx, by, row), done);
        }
        case "restriction": {
          const done = await fulfilment.restrict(tx, scope, true, by);
          return doneAt(tx, by, await begin(tx, by, row), done);
        }
        case "objection":
        case "opt-out": {
          const { purposes } = await performer.part(row);
          const done = await fulfilment.objectOrOptOut(tx, scope, purposes, by);
          return doneAt(tx, by, await begin(tx, by, row), done);
        }
      }
    },

    courseOf: (tx, requestId) => readCourse(tx, deps, performer, requestId),

    async stepped(tx, { requestId, step, state }) {
      const found = await lockRequest(tx, requestId);
      // A run that nobody filed a request for, such as one of retention, has nobody to tell.
      if (found === null) return;
      // What moves has not failed: a later attempt succeeded by itself.
      const row =
        found.failedStep === null
          ? found
          : await performer.perform(tx, BY_SYSTEM, found, {
              act: { kind: "retry" },
              change: { failedStep: null },
              code: found.failedStep,
            });
      if (state !== "awaiting-recipients" || row.state !== "executing") return;
      await performer.perform(tx, BY_SYSTEM, row, { act: { kind: "await-recipients" }, code: step });
    },

    async failed(tx, { requestId, step, failure }) {
      const row = await lockRequest(tx, requestId);
      if (row === null || (row.state !== "executing" && row.state !== "awaiting_recipients")) return;
      const after = await performer.perform(tx, BY_SYSTEM, row, {
        act: { kind: "fail" },
        change: { failedStep: step },
        code: `${step}: ${failure}`,
      });
      await messenger.alert(tx, after, "failed", { step, failure });
    },

    async finished(tx, { requestId, outcome, certificateId }) {
      const row = await lockRequest(tx, requestId);
      if (row === null) return;
      if (row.state !== "executing" && row.state !== "awaiting_recipients") return;
      const clean = outcome === "completed";
      const part = await performer.part(row);
      const hasLapsed = part.packageToken !== null && !clean;
      const after = await performer.perform(tx, BY_SYSTEM, row, {
        act: { kind: clean ? "finish" : "finish-with-exceptions" },
        change: { certificateId, failedStep: null },
        ...(hasLapsed ? { part: { packageToken: null, packageUntil: null } } : {}),
        code: outcome,
      });
      if (hasLapsed) {
        await messenger.send(tx, after, "lapsed", {}, part);
        return;
      }
      if (part.packageToken === null) {
        await messenger.send(tx, after, clean ? "completed" : "exceptions", { date: today(row) }, part);
        return;
      }
      const { publicUrl } = await performer.controller();
      await messenger.send(
        tx,
        after,
        "ready",
        {
          link: publicUrl === null ? "" : `${publicUrl}/privacy/packages/${part.packageToken}`,
          date: part.packageUntil === null ? "" : dayWords(row.locale, part.packageUntil.slice(0, 10)),
        },
        part,
      );
    },
  };
}
