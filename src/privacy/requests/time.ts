import { addSpan, parseSpan } from "../../../consent/index.ts";
import { stageAudit } from "../../audit/index.ts";
import type { Tx } from "../../db/index.ts";
import { DAY } from "../../kernel/clock.ts";
import { dayWords } from "../clocks/words.ts";
import { BY_SYSTEM, type CarryOut } from "./carry-out.ts";
import { deleteOldCodes } from "./codes.store.ts";
import type { RequestDeps } from "./deps.ts";
import type { EndRequest } from "./ending.ts";
import { requestClock } from "./facts.ts";
import type { Identity } from "./identity.ts";
import { type Messenger, newLinkToken } from "./messages.ts";
import type { Officer } from "./officer.ts";
import type { Performer } from "./perform.ts";
import {
  deleteRequests,
  emptyRequest,
  noteAlert,
  type RequestRow,
  readDueSoon,
  readForgettable,
  readOutlived,
  readTimedOut,
  readUnsent,
} from "./requests.store.ts";
import { keyOf } from "./sealed-part.ts";

/** How long the words of a carried-out erasure stay: until its last message has surely been delivered. */
const FORGET_AFTER = 30 * DAY;
/** Where a law names no time: as long as claims commonly live. House rule. */
const KEPT_ELSE = "P3Y";
const CODES_KEPT = 2 * DAY;

/** What time alone makes happen. Each round may run in any number of processes at once. */
export interface TimeKeeper {
  /** Looks up who asked through the public form, after the answer left: its time tells nothing. */
  lookUp(): Promise<number>;
  /** Ends what nobody confirmed, starts what has cooled down. */
  pass(): Promise<number>;
  /** Warns before deadlines and escalates after them, by mail to the company's own address, each once. */
  alarm(): Promise<number>;
  /** Forgets the words of finished erasures, and whole requests when their records have outlived their law. */
  forget(): Promise<number>;
}

export function createTimeKeeper(
  deps: RequestDeps,
  parts: {
    readonly performer: Performer;
    readonly messenger: Messenger;
    readonly identity: Identity;
    readonly officer: Officer;
    readonly carryOut: CarryOut;
    readonly end: EndRequest;
  },
): TimeKeeper {
  const { db, clock, log } = deps;
  const { performer, messenger, identity, officer, carryOut, end } = parts;

  /** Each request on its own: one that fails keeps no other waiting. */
  const each = async (
    ids: readonly { readonly requestId: string }[],
    work: (tx: Tx, row: RequestRow) => Promise<void>,
  ): Promise<number> => {
    let done = 0;
    for (const { requestId } of ids) {
      try {
        await db.retryingTx(async (tx) => work(tx, await performer.lock(tx, requestId)));
        done++;
      } catch (error) {
        log.warn("request_round_failed", {
          request: requestId,
          error: error instanceof Error ? error.name : "unknown",
        });
      }
    }
    return done;
  };

  /** Opting out needs no proof of identity; only the address itself learns what came of it. */
  const optOut = async (tx: Tx, row: RequestRow): Promise<void> => {
    const now = clock.now();
    const { contact } = await performer.part(row);
    if (contact === null) return;
    const found = await identity.match(tx, row, contact);
    const link = newLinkToken();
    const verified = await performer.perform(tx, BY_SYSTEM, row, {
      act: { kind: "verify" },
      change: {
        match: found.match,
        memberId: found.match === "one" ? found.memberId : null,
        subjects: found.match === "one" ? found.subjects : [],
        identity: "not-required",
        verifiedAt: now,
        acknowledgedAt: now,
        tokenHash: link.hash,
      },
      part: { token: link.token },
      code: "not-required",
    });
    await messenger.send(tx, verified, "acknowledged");
    const assessing = await officer.advance(tx, BY_SYSTEM, verified);
    if (found.match === "none") await officer.deny(tx, BY_SYSTEM, assessing, { ground: "nothing-held" });
  };

  return {
    async lookUp() {
      return each(await readUnsent(db), async (tx, row) => {
        if (row.state !== "received") return;
        if (row.tier === "none") await optOut(tx, row);
        else await identity.sendCode(tx, BY_SYSTEM, row);
      });
    },

    async pass() {
      const now = clock.now();
      return each(await readTimedOut(db, now), async (tx, row) => {
        if (row.state === "approved") {
          await carryOut.start(tx, BY_SYSTEM, row);
        } else if (row.state === "awaiting_confirmation" && row.confirmedAt !== null) {
          const cooled = await performer.perform(tx, BY_SYSTEM, row, { act: { kind: "cool-down" } });
          await carryOut.start(tx, BY_SYSTEM, cooled);
        } else if (row.closedAt === null) {
          const performance = { act: { kind: "expire" } } as const;
          await end(tx, BY_SYSTEM, row, { performance, message: "expired" });
        }
      });
    },

    async alarm() {
      const now = clock.now();
      const controller = await performer.controller();
      const longest = Math.max(
        ...[...deps.regimes.values()].flatMap((p) => [...p.requests.warnBeforeDays.value]),
      );
      let sent = 0;
      const due = await readDueSoon(db, new Date(now.getTime() + (longest + 1) * DAY));
      await each(due, async (tx, row) => {
        if (row.closedAt !== null) return;
        const dates = requestClock(performer.pack(row), row, controller.country, now);
        const { answer, acknowledge } = dates;
        const alerts: { name: string; words: "warning" | "late" | "acknowledge"; text: string }[] = [];
        const ackAt = acknowledge?.at ?? null;
        if (ackAt !== null && row.acknowledgedAt === null && ackAt.getTime() - now.getTime() < 2 * DAY)
          alerts.push({ name: "acknowledge", words: "acknowledge", text: acknowledge?.words.en ?? "" });
        if (answer.at !== null && answer.at <= now)
          alerts.push({ name: `late-${answer.day}`, words: "late", text: answer.words.en });
        else {
          // Of several warnings that are due at once only the last is worth reading.
          const last = dates.warnings.filter((w) => w <= now).at(-1);
          if (last !== undefined)
            alerts.push({
              name: `warning-${answer.day}-${last.toISOString().slice(0, 10)}`,
              words: "warning",
              text: answer.words.en,
            });
        }
        if ((await keyOf(deps.vault, row.keyId)) === null) return;
        for (const alert of alerts) {
          if (!(await noteAlert(tx, row.requestId, alert.name, now))) continue;
          await messenger.alert(tx, row, alert.words, {
            date: answer.day === null ? "—" : dayWords("en", answer.day),
            words: alert.text,
          });
          log.warn("request_deadline", { request: row.requestId, alert: alert.words, due: answer.day });
          sent++;
        }
      });
      return sent;
    },

    async forget() {
      const now = clock.now();
      await deleteOldCodes(db, new Date(now.getTime() - CODES_KEPT));
      const done = await readForgettable(db, new Date(now.getTime() - FORGET_AFTER));
      for (const { requestId } of done) await db.tx((tx) => emptyRequest(tx, requestId));
      let gone = 0;
      for (const pack of deps.regimes.values()) {
        const span = parseSpan(pack.requests.keepRecordsFor.value ?? KEPT_ELSE) ?? { months: 36, days: 0 };
        const before = addSpan(now, { months: -span.months, days: -span.days });
        const old = await readOutlived(db, pack.id, before);
        if (old.length === 0) continue;
        await db.tx(async (tx) => {
          await deleteRequests(
            tx,
            old.map((r) => r.requestId),
          );
          await stageAudit(tx, deps, {
            actor: BY_SYSTEM.actor,
            action: "request.outlived",
            counts: { requests: old.length },
          });
        });
        done.push(...old);
        gone += old.length;
      }
      if (done.length > 0) await deps.vault.destroyKeys([...new Set(done.map((r) => r.keyId))]);
      return done.length + gone;
    },
  };
}
