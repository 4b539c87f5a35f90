import type { By, Controller, RegimePack } from "../../../consent/index.ts";
import { stageAudit } from "../../audit/index.ts";
import type { Tx } from "../../db/index.ts";
import { AppError } from "../../kernel/problems.ts";
import type { RequestDeps } from "./deps.ts";
import { FALLBACK_REGIME, factsOf, requestClock } from "./facts.ts";
import { insertHistory, lockRequest, type RequestRow, updateRequest } from "./requests.store.ts";
import { keyOf, openPart, type RequestPart, sealNote, sealPart } from "./sealed-part.ts";
import { type Act, type ActRefusal, CLOSED, decideAct } from "./state.ts";

/** What each refusal of an act means, for people. */
export const REFUSAL_SENTENCES: Readonly<Record<ActRefusal, string>> = {
  closed: "The request has ended.",
  "wrong-state": "The request is not in a state in which this can be done.",
  "wrong-kind": "This cannot be done to a request of this kind.",
  "identity-not-proven": "It has not been proven who asks.",
  "nobody-found": "No member has been found whose data this is.",
  "proof-of-authority-missing": "The proof of the agent or guardian has not been accepted.",
  "declaration-missing": "The law wants a declaration of the person, and there is none.",
  "preview-missing": "An erasure is approved with the fingerprint of its preview.",
  "preview-changed": "The data have changed since the preview: look at it again.",
  "already-confirmed": "The second confirmation has been given already.",
  "not-confirmed": "The second confirmation is missing.",
  "cooling-off": "The time for thinking again has not passed.",
  "on-hold": "The request is on hold.",
  "not-on-hold": "The request is not on hold.",
  "not-paused": "The clock is running.",
  "not-failed": "No step of its work has failed.",
};

export function refuseAct(reason: ActRefusal): AppError {
  return new AppError("conflict", {
    detail: REFUSAL_SENTENCES[reason],
    errors: [{ path: "", code: reason, message: REFUSAL_SENTENCES[reason] }],
  });
}

/** One act with all that it changes. */
export interface Performance {
  readonly act: Act;
  readonly change?: Partial<RequestRow>;
  /** Changes to the sealed part. */
  readonly part?: Partial<RequestPart>;
  /** A code for the history: a reason, a ground, a step. */
  readonly code?: string;
  /** A reason in words; it is sealed. */
  readonly note?: string;
}

export interface Performer {
  /** Locks a request; throws `not-found`. */
  lock(tx: Tx, requestId: string): Promise<RequestRow>;
  /**
   * Does one act to a locked request: decides, writes the row, its dates, the history and the audit entry. Throws
   * `conflict` with the reason as an error code when the act may not be done.
   */
  perform(tx: Tx, by: By, row: RequestRow, performance: Performance): Promise<RequestRow>;
  part(row: Pick<RequestRow, "requestId" | "keyId" | "sealed">): Promise<RequestPart>;
  pack(row: Pick<RequestRow, "regime">): RegimePack;
  controller(): Promise<Controller>;
}

export function createPerformer(deps: RequestDeps): Performer {
  const { vault, clock } = deps;
  const pack: Performer["pack"] = (row) => {
    // An operator may have taken away a pack of their own: then the law that stands in where none is known.
    const found = deps.regimes.get(row.regime) ?? deps.regimes.get(FALLBACK_REGIME);
    if (found === undefined) throw new TypeError("there is no regime pack to stand in");
    return found;
  };
  const controller = async () => (await deps.consent.snapshot()).controller;
  return {
    pack,
    controller,
    async part(row) {
      return openPart(vault, await keyOf(vault, row.keyId), row);
    },
    async lock(tx, requestId) {
      const row = await lockRequest(tx, requestId);
      if (row === null) throw new AppError("not-found", { detail: "There is no request by that id." });
      return row;
    },
    async perform(tx, by, row, { act, change = {}, part, code, note }) {
      const now = clock.now();
      const decision = decideAct(factsOf(row), act, now);
      if (decision.kind === "refused") throw refuseAct(decision.reason);
      const changed: RequestRow = {
        ...row,
        ...change,
        state: decision.to,
        closedAt: CLOSED.has(decision.to) ? (row.closedAt ?? now) : null,
      };
      const dates = requestClock(pack(changed), changed, (await controller()).country, now);
      const key = part === undefined && note === undefined ? null : await keyOf(vault, row.keyId);
      const after: RequestRow = {
        ...changed,
        ackDueAt: dates.acknowledge?.at ?? null,
        dueAt: dates.answer.at,
        dueOn: dates.answer.day,
        ...(part === undefined || key === null
          ? {}
          : {
              sealed: sealPart(vault, key, row.requestId, { ...openPart(vault, key, row), ...part }),
            }),
      };
      await updateRequest(tx, after);
      await insertHistory(tx, {
        requestId: row.requestId,
        at: now,
        act: act.kind,
        fromState: row.state,
        toState: after.state,
        actorKind: by.actor.kind,
        actorId: by.actor.id,
        code: code ?? null,
        note: note === undefined || key === null ? null : sealNote(vault, key, row.requestId, note),
      });
      await stageAudit(tx, deps, {
        actor: by.actor,
        action: `request.${act.kind}`,
        targets: [
          { kind: "request", id: row.requestId },
          ...(after.memberId === null ? [] : [{ kind: "member", id: after.memberId }]),
        ],
        ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
      });
      await deps.onChange(tx, row, after);
      return after;
    },
  };
}
