import { type By, citeIn } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { AppError } from "../../kernel/problems.ts";
import { decideExtension, decidePause } from "../clocks/compute.ts";
import { dayWords } from "../clocks/words.ts";
import type { PackageDelivery } from "../fulfil/port.ts";
import { type CarryOut, scopeOf } from "./carry-out.ts";
import { addSpanOfDays } from "./days.ts";
import type { RequestDeps } from "./deps.ts";
import type { EndRequest } from "./ending.ts";
import { clockFactsOf } from "./facts.ts";
import type { Messenger } from "./messages.ts";
import { type Performer, refuseAct } from "./perform.ts";
import { findSimilar, type RequestRow } from "./requests.store.ts";

/** The preview of an erasure that was approved, and the one of this very moment. */
export interface ApprovedPreview {
  readonly approved: string | null;
  readonly current: string;
  /** Whom the erasure reaches. */
  readonly subjects: readonly string[];
}

/** The acts of the people who answer for a request, each in a transaction of its own caller. */
export interface Officer {
  /** After verification: examines, and where the law says "at once" and nothing is to be weighed, carries out. */
  advance(tx: Tx, by: By, row: RequestRow): Promise<RequestRow>;
  approve(tx: Tx, by: By, row: RequestRow, preview: ApprovedPreview | undefined): Promise<RequestRow>;
  deny(
    tx: Tx,
    by: By,
    row: RequestRow,
    refusal: { readonly ground: string; readonly words?: string },
  ): Promise<RequestRow>;
  extend(tx: Tx, by: By, row: RequestRow, reason: string): Promise<RequestRow>;
  pause(tx: Tx, by: By, row: RequestRow, reason: string | null): Promise<RequestRow>;
  resume(tx: Tx, by: By, row: RequestRow): Promise<RequestRow>;
  hold(tx: Tx, by: By, row: RequestRow, on: boolean, reason: string): Promise<RequestRow>;
  /**
   * `atOnce`: the person, standing there or on the telephone, waives the time to think again, also after a confirmation
   * on the page; the note says so.
   */
  confirm(
    tx: Tx,
    by: By,
    row: RequestRow,
    note: string | null,
    options?: { readonly atOnce?: boolean },
  ): Promise<RequestRow>;
  withdraw(tx: Tx, by: By, row: RequestRow, note: string | null): Promise<RequestRow>;
  markDuplicate(tx: Tx, by: By, row: RequestRow, of: string): Promise<RequestRow>;
  acceptAuthority(tx: Tx, by: By, row: RequestRow, note: string): Promise<RequestRow>;
  declare(tx: Tx, by: By, row: RequestRow): Promise<RequestRow>;
  chooseDelivery(tx: Tx, by: By, row: RequestRow, delivery: PackageDelivery): Promise<RequestRow>;
  /** Tries a step that was given up again, at once. */
  retry(tx: Tx, by: By, row: RequestRow): Promise<RequestRow>;
}

/** What the law does not weigh: a refusal of sale, sharing or marketing is carried out as it comes. */
const AT_ONCE = new Set(["opt-out"]);

export function createOfficer(
  deps: RequestDeps,
  performer: Performer,
  messenger: Messenger,
  carryOut: CarryOut,
  end: EndRequest,
): Officer {
  const { clock } = deps;
  const { perform } = performer;
  const noted = (note: string | null) => (note === null ? {} : { note });
  const inWords = (row: RequestRow, at: Date) => dayWords(row.locale, at.toISOString().slice(0, 10));

  const clockFacts = async (row: RequestRow) => {
    const pack = performer.pack(row);
    const { country } = await performer.controller();
    const inside = pack.territory.some((t) => t.country === country);
    return { pack, facts: clockFactsOf(row, inside ? country : null) };
  };

  const approve: Officer["approve"] = async (tx, by, row, preview) => {
    const now = clock.now();
    const pack = performer.pack(row);
    const approved = await perform(tx, by, row, {
      act: { kind: "approve", ...(preview === undefined ? {} : { preview }) },
      change:
        row.kind === "erasure"
          ? {
              fingerprint: preview?.approved ?? null,
              ...(preview === undefined ? {} : { subjects: preview.subjects }),
              confirmUntil: addSpanOfDays(now, pack.requests.confirmWithin.value),
            }
          : {},
    });
    if (approved.state === "awaiting_confirmation" && row.door === "opendsr") {
      // Its controller asked the person already and speaks for them; nobody else is there to ask.
      const confirmed = await perform(tx, by, approved, {
        act: { kind: "confirm" },
        change: { confirmedAt: now, coolingUntil: now },
        code: "controller",
      });
      return carryOut.start(tx, by, await perform(tx, by, confirmed, { act: { kind: "cool-down" } }));
    }
    // Confirmed already, before what would be erased had to be looked at again: time does the rest.
    if (approved.state === "awaiting_confirmation" && approved.confirmedAt === null) {
      const until = approved.confirmUntil ?? now;
      await messenger.send(tx, approved, "confirm", { date: inWords(row, until) });
      return approved;
    }
    return carryOut.start(tx, by, approved);
  };

  return {
    approve,

    async advance(tx, by, row) {
      if (row.state !== "verified") return row;
      const assessing = await perform(tx, by, row, { act: { kind: "assess" } });
      const ready = assessing.memberId !== null && AT_ONCE.has(row.kind) && row.heldAt === null;
      return ready && (row.filer === "self" || row.authorityAt !== null)
        ? approve(tx, by, assessing, undefined)
        : assessing;
    },

    async deny(tx, by, row, { ground, words }) {
      const pack = performer.pack(row);
      const known = pack.requests.refusals.find((g) => g.id === ground);
      if (known === undefined || !known.kinds.includes(row.kind)) {
        throw new AppError("invalid-request", {
          errors: [
            {
              path: "/ground",
              code: "unknown-ground",
              message: "is not a ground on which this law refuses a request of this kind",
            },
          ],
        });
      }
      return end(tx, by, row, {
        performance: {
          act: { kind: "deny" },
          change: { reason: known.reason, ground: known.id },
          code: known.id,
          ...noted(words ?? null),
        },
        message: "denied",
        params: {
          ground: known.words[row.locale],
          article: citeIn(row.locale, known.article, pack),
          reason: words ?? "",
        },
      });
    },

    async extend(tx, by, row, reason) {
      const { pack, facts } = await clockFacts(row);
      const decision = decideExtension(pack, facts, clock.now());
      if (decision.kind === "refused") {
        const message = {
          "no-extension": "This law knows no extension for this kind of request.",
          "already-extended": "The deadline has been extended already.",
          "too-late": "The time in which an extension may be told has passed.",
        }[decision.reason];
        throw new AppError("conflict", {
          detail: message,
          errors: [{ path: "", code: decision.reason, message }],
        });
      }
      const extended = await perform(tx, by, row, {
        act: { kind: "extend" },
        change: { extendedAt: clock.now() },
        note: reason,
      });
      await messenger.send(tx, extended, "extended", {
        reason,
        article: citeIn(row.locale, decision.article, pack),
      });
      return extended;
    },

    async pause(tx, by, row, reason) {
      const { pack, facts } = await clockFacts(row);
      const decision = decidePause(pack, facts);
      if (decision.kind === "refused") {
        const message = {
          "regime-forbids": "Under this law the clock never stands still.",
          "already-paused": "The clock stands still already.",
        }[decision.reason];
        throw new AppError("conflict", {
          detail: message,
          errors: [{ path: "", code: decision.reason, message }],
        });
      }
      if (decision.needsReason && reason === null) {
        throw new AppError("invalid-request", {
          errors: [
            { path: "/reason", code: "required", message: "Here the clock is paused only with a reason." },
          ],
        });
      }
      return perform(tx, by, row, {
        act: { kind: "pause" },
        change: { pauses: [...row.pauses, { from: clock.now().toISOString(), to: null }] },
        ...noted(reason),
      });
    },

    async resume(tx, by, row) {
      const now = clock.now().toISOString();
      const running = row.pauses.map((p) => ({ ...p, to: p.to ?? now }));
      if (!row.pauses.some((p) => p.to === null)) throw refuseAct("not-paused");
      // Decided as it stood, written as it stands: the act itself is what ends the pause.
      return perform(tx, by, { ...row }, { act: { kind: "resume" }, change: { pauses: running } });
    },

    async hold(tx, by, row, on, reason) {
      const after = await perform(tx, by, row, {
        act: { kind: on ? "hold" : "release-hold" },
        change: { heldAt: on ? (row.heldAt ?? clock.now()) : null },
        note: reason,
      });
      return on ? after : carryOut.start(tx, by, after);
    },

    async confirm(tx, by, row, note, options = {}) {
      const now = clock.now();
      if (options.atOnce === true && row.confirmedAt !== null) {
        // Confirmed on the page already: what is waived is the rest of the time to think.
        const cooled = await perform(
          tx,
          by,
          { ...row, coolingUntil: now },
          { act: { kind: "cool-down" }, code: "at-once", ...noted(note) },
        );
        return carryOut.start(tx, by, cooled);
      }
      const coolingUntil =
        options.atOnce === true
          ? now
          : addSpanOfDays(now, performer.pack(row).requests.erasureCoolingOff.value);
      const confirmed = await perform(tx, by, row, {
        act: { kind: "confirm" },
        change: { confirmedAt: now, coolingUntil },
        ...(options.atOnce === true ? { code: "at-once" } : {}),
        ...noted(note),
      });
      if (options.atOnce === true) {
        const cooled = await perform(tx, by, confirmed, { act: { kind: "cool-down" } });
        return carryOut.start(tx, by, cooled);
      }
      await messenger.send(tx, confirmed, "cooling", { date: inWords(row, coolingUntil) });
      return confirmed;
    },

    withdraw: (tx, by, row, note) =>
      end(tx, by, row, {
        performance: { act: { kind: "withdraw" }, ...noted(note) },
        message: "withdrawn",
      }),

    async markDuplicate(tx, by, row, of) {
      const similar = await findSimilar(tx, row);
      if (!similar.some((s) => s.requestId === of)) {
        throw new AppError("invalid-request", {
          errors: [
            {
              path: "/of",
              code: "not-a-duplicate",
              message: "is no other verified request of the same kind about the same person",
            },
          ],
        });
      }
      return end(tx, by, row, {
        performance: { act: { kind: "mark-duplicate" }, change: { duplicateOf: of }, code: of },
        message: "duplicate",
      });
    },

    async acceptAuthority(tx, by, row, note) {
      const accepted = await perform(tx, by, row, {
        act: { kind: "accept-authority" },
        change: { authorityAt: clock.now() },
        note,
      });
      const waits = accepted.state === "assessing" && AT_ONCE.has(row.kind) && scopeOf(accepted) !== null;
      return waits ? approve(tx, by, accepted, undefined) : accepted;
    },

    declare: (tx, by, row) =>
      perform(tx, by, row, { act: { kind: "declare" }, change: { declaredAt: clock.now() } }),

    async retry(tx, by, row) {
      const after = await perform(tx, by, row, {
        act: { kind: "retry" },
        change: { failedStep: null },
        code: row.failedStep ?? "",
      });
      if (row.runId !== null) await deps.fulfilment().retry(tx, row.runId);
      return after;
    },

    async chooseDelivery(tx, by, row, delivery) {
      const chosen = await perform(tx, by, row, {
        act: { kind: "choose-delivery" },
        change: { delivery: delivery.kind },
        part: { delivery },
        code: delivery.kind,
      });
      return carryOut.start(tx, by, chosen);
    },
  };
}
