import type { By } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { startTicker, type Ticker } from "../../jobs/index.ts";
import { HOUR, MINUTE, SECOND } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";
import type { ErasurePreview, FulfilmentListener, PackageDelivery } from "../fulfil/port.ts";
import { BY_SYSTEM, type CarryOut, createCarryOut, scopeOf } from "./carry-out.ts";
import type { RequestDeps } from "./deps.ts";
import { createEnding } from "./ending.ts";
import { requestClock } from "./facts.ts";
import { type CodeOutcome, createIdentity, type Identity } from "./identity.ts";
import { createIntake, type Filing, type Intake } from "./intake.ts";
import { createMessenger, type Messenger } from "./messages.ts";
import { createOfficer, type Officer } from "./officer.ts";
import { createPerformer, type Performer } from "./perform.ts";
import {
  findRequest,
  findSimilar,
  listRequests,
  type RequestFilter,
  type RequestRow,
  readHistory,
} from "./requests.store.ts";
import { keyOf, openNote } from "./sealed-part.ts";
import { showDetail } from "./show.ts";
import { createTimeKeeper, type TimeKeeper } from "./time.ts";

/** An act of the officer, or of the person through a page, done to one request in a transaction of its own. */
type Doing = (tx: Tx, row: RequestRow) => Promise<RequestRow>;

/** How the asker of a new request was made sure of already. */
export interface KnownIdentity {
  readonly method: string;
  readonly note?: string;
}

/** Data-subject requests: filed, checked, clocked, decided, carried out and answered. */
export interface Requests {
  readonly performer: Performer;
  readonly officer: Officer;
  readonly identity: Identity;
  readonly messenger: Messenger;
  readonly time: TimeKeeper;
  readonly listener: FulfilmentListener;
  readonly intake: Intake;
  /** Files a request. With an identity that is known already it is verified, and examined, at once. */
  file(
    by: By,
    filing: Filing,
    options?: { readonly identity?: KnownIdentity; readonly sendCode?: boolean; readonly quiet?: boolean },
  ): Promise<RequestRow>;
  find(requestId: string): Promise<RequestRow>;
  list(filter: RequestFilter): Promise<RequestRow[]>;
  detail(row: RequestRow): Promise<ReturnType<typeof showDetail>>;
  /** What an erasure would do now; throws `conflict` while no member is known or for another kind. */
  preview(requestId: string): Promise<ErasurePreview>;
  /** Locks a request and does something to it. */
  act(requestId: string, doing: Doing): Promise<RequestRow>;
  /** Approves; of an erasure with the fingerprint of the preview that was looked at. */
  approve(
    by: By,
    requestId: string,
    approval: { readonly fingerprint?: string; readonly delivery?: PackageDelivery },
  ): Promise<RequestRow>;
  takeCode(by: By, requestId: string, code: string): Promise<CodeOutcome>;
  /** The asker of an answered request asks for another look. Whoever was proven then is proven now. */
  appeal(by: By, row: RequestRow, words: string | null): Promise<RequestRow>;
  startWorkers(): Ticker[];
}

export function createRequests(deps: RequestDeps): Requests {
  const { db, clock, log } = deps;
  const performer = createPerformer(deps);
  const messenger = createMessenger(deps, performer);
  const intake = createIntake(deps, performer);
  const identity = createIdentity(deps, performer, messenger);
  const end = createEnding(deps, performer, messenger);
  const carryOut: CarryOut = createCarryOut(deps, performer, messenger, end);
  const officer = createOfficer(deps, performer, messenger, carryOut, end);
  const time = createTimeKeeper(deps, { performer, messenger, identity, officer, carryOut, end });

  const find = async (requestId: string): Promise<RequestRow> => {
    const row = await findRequest(db, requestId);
    if (row === null) throw new AppError("not-found", { detail: "There is no request by that id." });
    return row;
  };
  const act: Requests["act"] = (requestId, doing) =>
    db.retryingTx(async (tx) => doing(tx, await performer.lock(tx, requestId)));

  const preview: Requests["preview"] = async (requestId) => {
    const row = await find(requestId);
    const scope = scopeOf(row);
    if (scope === null || scope.kind !== "erasure") {
      throw new AppError("conflict", { detail: "Only an erasure whose member is known has a preview." });
    }
    return deps.fulfilment().previewErasure(scope);
  };

  /** Nothing is weighed after the proof: what we do not hold is answered so; what may be done at once is done. */
  const afterProof = async (tx: Tx, by: By, verified: RequestRow): Promise<RequestRow> => {
    if (verified.match === "none") return officer.deny(tx, BY_SYSTEM, verified, { ground: "nothing-held" });
    await messenger.send(tx, verified, "acknowledged");
    return officer.advance(tx, by, verified);
  };

  return {
    performer,
    officer,
    identity,
    messenger,
    time,
    listener: carryOut,
    intake,
    find,
    act,
    preview,
    list: (filter) => listRequests(db, filter),

    async file(by, filing, options = {}) {
      const prepared = await intake.prepare(filing);
      return db.retryingTx(async (tx) => {
        const row = await intake.file(tx, by, prepared);
        if (options.quiet === true) return row;
        if (options.identity !== undefined && row.memberId !== null) {
          const { method, note } = options.identity;
          const verified = await identity.verifyByStaff(tx, by, row, {
            memberId: row.memberId,
            method,
            ...(note === undefined ? {} : { note }),
          });
          return afterProof(tx, by, verified);
        }
        if (options.sendCode === true) return identity.sendCode(tx, by, row);
        if (filing.contact?.kind !== "email") return row;
        const acknowledged = await performer.perform(tx, by, row, {
          act: { kind: "acknowledge" },
          change: { acknowledgedAt: clock.now() },
        });
        await messenger.send(tx, acknowledged, "acknowledged");
        return acknowledged;
      });
    },

    async detail(row) {
      const pack = performer.pack(row);
      const now = clock.now();
      const key = await keyOf(deps.vault, row.keyId);
      const history = await readHistory(db, row.requestId);
      return showDetail(row, {
        part: await performer.part(row),
        clock: requestClock(pack, row, (await performer.controller()).country, now),
        similar: row.subjects.length === 0 ? [] : await findSimilar(db, row),
        grounds: pack.requests.refusals,
        history: history.map((h) => ({ ...h, words: openNote(deps.vault, key, row.requestId, h.note) })),
        progress: row.runId === null ? null : await deps.fulfilment().progress(row.runId),
        now,
      });
    },

    async approve(by, requestId, { fingerprint, delivery }) {
      const before = await find(requestId);
      // Looked at outside the transaction: it reads the whole register of what is held.
      const isErasure = before.kind === "erasure" && before.memberId !== null;
      const looked = isErasure ? await preview(requestId) : null;
      return act(requestId, async (tx, row) => {
        const ready =
          delivery === undefined
            ? row
            : await performer.perform(tx, by, row, {
                act: { kind: "choose-delivery" },
                change: { delivery: delivery.kind },
                part: { delivery },
                code: delivery.kind,
              });
        return officer.approve(
          tx,
          by,
          ready,
          looked === null
            ? undefined
            : {
                approved: fingerprint ?? null,
                current: looked.fingerprint,
                subjects: looked.subjectIds,
              },
        );
      });
    },

    takeCode: (by, requestId, code) =>
      db.retryingTx(async (tx) => {
        const outcome = await identity.takeCode(tx, by, await performer.lock(tx, requestId), code);
        return outcome.kind === "verified"
          ? { ...outcome, row: await afterProof(tx, by, outcome.row) }
          : outcome;
      }),

    async appeal(by, row, words) {
      const part = await performer.part(row);
      const prepared = await intake.prepare({
        kind: "appeal",
        door: row.door,
        filer: row.filer,
        representative: part.representative,
        locale: row.locale,
        contact: part.contact,
        appealOf: row.requestId,
        words,
      });
      return db.retryingTx(async (tx) => {
        const filed = await intake.file(tx, by, prepared);
        if (row.verifiedAt === null) return filed;
        const verified = await performer.perform(tx, by, filed, {
          act: { kind: "verify" },
          change: {
            identity: row.identity,
            verifiedAt: clock.now(),
            acknowledgedAt: clock.now(),
            authorityAt: row.authorityAt,
          },
          code: "link",
        });
        await messenger.send(tx, verified, "acknowledged");
        return officer.advance(tx, by, verified);
      });
    },

    startWorkers() {
      const ticker = (name: string, everyMs: number, work: () => Promise<unknown>) =>
        startTicker({ name, everyMs, log, work: async () => void (await work()) });
      return [
        ticker("request-identity", SECOND, time.lookUp),
        ticker("request-time", 5 * SECOND, time.pass),
        ticker("request-deadlines", 10 * MINUTE, time.alarm),
        ticker("request-retention", HOUR, time.forget),
      ];
    },
  };
}
