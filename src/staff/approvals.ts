import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import type { Principal } from "../kernel/route.ts";
import type { Vault } from "../vault/index.ts";
import { APPROVAL_LASTS } from "./account.ts";
import {
  type ApprovalRow,
  decideApproval,
  findSameAsked,
  insertApproval,
  listApprovals,
  lockApproval,
  useApproval,
} from "./approval.store.ts";

/** An act that a person wants to do and that a second one has to agree to. */
export interface Act {
  readonly principal: Principal;
  readonly operation: string;
  /** The path, without its query. */
  readonly target: string;
  /** Everything that makes the request what it is. It is kept as a keyed digest alone. */
  readonly content: string;
  readonly requestId: string;
}

export type Approvals = ReturnType<typeof createApprovals>;

/**
 * Four eyes: an act by a logged-in person waits until another one has approved exactly this request. The asker then
 * sends the same request again, and it is done once. Keys of programs are not asked: who made them decided for them.
 */
export function createApprovals(deps: {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
}) {
  const { db, vault, clock, ids } = deps;
  return {
    /**
     * Passes for an act that was approved, and uses the approval up. Throws `approval-required`, with the approval's
     * id in the header x-approval, for one that was not yet: it is then on the list of acts to decide.
     */
    async pass(act: Act): Promise<void> {
      const { principal } = act;
      if (principal.kind !== "staff") return;
      const at = clock.now();
      const mac = vault.mac("staff-approval", act.operation, act.target, act.content);
      const asked = { operation: act.operation, mac, askedBy: principal.id, at };
      const known = await findSameAsked(db, asked);
      if (known?.decision === "approved") {
        const used = await db.tx(async (tx) => {
          if (!(await useApproval(tx, known.id, at))) return false;
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "approval.used",
            targets: [{ kind: "approval", id: known.id }],
            requestId: act.requestId,
          });
          return true;
        });
        if (used) return;
      }
      const id = known === null ? ids.next() : known.id;
      if (known === null) {
        await db.tx(async (tx) => {
          await insertApproval(tx, {
            ...asked,
            id,
            target: act.target,
            expiresAt: new Date(at.getTime() + APPROVAL_LASTS),
          });
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "approval.asked",
            targets: [{ kind: "approval", id }],
            requestId: act.requestId,
          });
        });
      }
      throw new AppError("approval-required", { headers: { "x-approval": id } });
    },

    /** A page of what was asked for, newest first; `waiting`: only what nobody has decided yet. */
    list(ask: {
      waiting?: boolean | undefined;
      cursor?: string | undefined;
      limit: number;
    }): Promise<ApprovalRow[]> {
      const { waiting, ...page } = ask;
      return listApprovals(db, { ...page, waitingAt: waiting === true ? clock.now() : undefined });
    },

    /** Decides as somebody else than the asker. Throws `forbidden` for the asker, `conflict` when it was decided. */
    async decide(
      by: { readonly principal: Principal; readonly requestId: string },
      id: string,
      decision: "approved" | "refused",
    ): Promise<void> {
      const { principal } = by;
      if (principal.kind !== "staff")
        throw new AppError("forbidden", { detail: "A person who has logged in decides." });
      await db.tx(async (tx) => {
        const row = await lockApproval(tx, id);
        if (row === null) throw new AppError("not-found");
        if (row.askedBy === principal.id)
          throw new AppError("forbidden", { detail: "Somebody else has to decide what you asked for." });
        if (row.decision !== null) throw new AppError("conflict", { detail: "This was decided before." });
        if (row.expiresAt <= clock.now()) throw new AppError("gone", { detail: "This has run out." });
        await decideApproval(tx, id, { by: principal.id, decision, at: clock.now() });
        await stageAudit(tx, deps, {
          actor: actorOf(principal),
          action: `approval.${decision}`,
          targets: [{ kind: "approval", id }],
          requestId: by.requestId,
        });
      });
    },
  };
}
