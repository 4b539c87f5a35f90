import { addSpan, type By, type Consent, type RegimePacks, readGivenTo } from "../../../consent/index.ts";
import { countByActor, stageAudit } from "../../audit/index.ts";
import type { Db, Tx } from "../../db/index.ts";
import { type Clock, HOUR } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { AppError } from "../../kernel/problems.ts";
import type { Mailer } from "../../mail/index.ts";
import { readNextMembers } from "../../members/index.ts";
import type { DataKey, Vault } from "../../vault/index.ts";
import {
  addAffected,
  countAffected,
  deleteClosedIncidents,
  findIncident,
  type IncidentRow,
  lockIncident,
  openNotices,
  type ReaderRef,
  readNotices,
  saveIncident,
  settleNotice,
  takeUrgent,
} from "./breach.store.ts";
import { breachDeadline } from "./deadline.ts";

export interface BreachDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly consent: Consent;
  readonly mailer: Mailer;
  readonly regimes: RegimePacks;
}

/** What people wrote about an incident; stored sealed. */
export interface IncidentWords {
  readonly title: string;
  readonly description: string;
  readonly consequences: string | null;
  readonly measures: string | null;
}

export interface NewIncident {
  readonly words: IncidentWords;
  readonly aspects: readonly ("confidentiality" | "integrity" | "availability")[];
  readonly from: Date;
  readonly to: Date;
  readonly discoveredAt: Date;
  /** Keys or recipients whose access is in question, as the register of disclosures names them. */
  readonly readers: readonly ReaderRef[];
  /** Members that are known to be affected. */
  readonly memberIds: readonly string[];
  /** The whole store: a stolen backup with its keys. */
  readonly everybody: boolean;
  readonly categories: readonly string[];
}

const PAGE = 2_000;
/** How long the record of a closed incident stays: proof towards the authorities. House rule; see the holder. */
const KEPT_MONTHS = 60;
/** Half of the shortest common clock. */
const WARN_BEFORE = 36 * HOUR;

const placeOf = (incidentId: string, column: "sealed" | "note") => ({
  table: column === "sealed" ? "breach_incident" : "breach_notice",
  column,
  recordId: incidentId,
  category: "incident",
});

/** The register of breaches: whom they concern, by when whom to tell, what was told. */
export interface Breaches {
  create(by: By, input: NewIncident): Promise<IncidentRow>;
  find(incidentId: string): Promise<IncidentRow>;
  words(row: IncidentRow): Promise<IncidentWords>;
  note(row: IncidentRow, note: Buffer | null): Promise<string | null>;
  /** Counts who is affected once more, from the register of disclosures and the log of reads. */
  recount(by: By, incidentId: string): Promise<IncidentRow>;
  change(
    by: By,
    incidentId: string,
    change: {
      readonly risk?: "unlikely" | "risk" | "high";
      readonly words?: Partial<IncidentWords>;
      readonly close?: boolean;
    },
  ): Promise<IncidentRow>;
  settle(
    by: By,
    incidentId: string,
    notice: {
      readonly regime: string;
      readonly audience: "authority" | "persons";
      readonly state: "sent" | "not-needed";
      readonly at: Date;
      readonly note: string;
    },
  ): Promise<void>;
  /** What the readers in question did in the time of the incident, from the audit log. */
  reads(row: IncidentRow): ReturnType<typeof countByActor>;
  /** Writes to the company's own address before and after deadlines. Answers how many duties it told of. */
  alarm(): Promise<number>;
  /** Deletes incidents whose record has outlived its retention, with their keys; answers how many. */
  forget(): Promise<number>;
}

export function createBreaches(deps: BreachDeps): Breaches {
  const { db, vault, clock, ids, consent } = deps;

  const keyOf = async (row: Pick<IncidentRow, "keyId">): Promise<DataKey> => {
    const key = (await vault.loadKeys([row.keyId])).get(row.keyId);
    if (key === undefined) throw new AppError("key-destroyed");
    return key;
  };
  const seal = (key: DataKey, incidentId: string, words: IncidentWords) =>
    vault.seal(key, placeOf(incidentId, "sealed"), Buffer.from(JSON.stringify(words), "utf8"));
  const words: Breaches["words"] = async (row) =>
    JSON.parse(
      vault.open(await keyOf(row), placeOf(row.incidentId, "sealed"), row.sealed).toString("utf8"),
    ) as IncidentWords;

  const audit = (tx: Tx, by: By, action: string, row: IncidentRow, counts?: Record<string, number>) =>
    stageAudit(tx, deps, {
      actor: by.actor,
      action,
      targets: [{ kind: "breach", id: row.incidentId }],
      ...(counts === undefined ? {} : { counts }),
      ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
    });

  /** Adds the members behind some subjects, each with its law, and opens the duties of every law that appears. */
  const addSubjects = async (
    tx: Tx,
    row: IncidentRow,
    given: readonly { readonly subjectId: string; readonly categories: readonly string[] }[],
  ): Promise<void> => {
    const members = await consent.members.subjectsOf(
      tx,
      given.map((g) => g.subjectId),
    );
    const unique = [...new Map([...members.values()].map((m) => [m.memberId, m])).values()];
    const standings = await consent.standings(tx, unique);
    const categories = new Map<string, Set<string>>();
    for (const { subjectId, categories: list } of given) {
      const member = members.get(subjectId);
      if (member === undefined) continue;
      const all = categories.get(member.memberId) ?? new Set();
      for (const c of list) all.add(c);
      categories.set(member.memberId, all);
    }
    await addAffected(
      tx,
      row.incidentId,
      unique.map((m) => ({
        memberId: m.memberId,
        regime: standings.get(m.memberId)?.regime ?? null,
        categories: [...(categories.get(m.memberId) ?? [])].sort(),
      })),
    );
  };

  const openDuties = async (tx: Tx, row: IncidentRow): Promise<void> => {
    const laws = (await countAffected(tx, row.incidentId)).flatMap((c) =>
      c.regime === null ? [] : [c.regime],
    );
    await openNotices(
      tx,
      laws.flatMap((regime) => {
        const pack = deps.regimes.get(regime);
        return pack === undefined
          ? []
          : (["authority", "persons"] as const).map((audience) => ({
              incidentId: row.incidentId,
              regime,
              audience,
              dueAt: breachDeadline(pack, audience, row.discoveredAt).at,
            }));
      }),
    );
  };

  const count = async (
    tx: Tx,
    row: IncidentRow,
    named: readonly { readonly subjectId: string; readonly categories: readonly string[] }[],
  ): Promise<IncidentRow> => {
    await addSubjects(tx, row, named);
    if (row.readers.length > 0) {
      const given = await readGivenTo(tx, {
        readers: row.readers,
        from: row.occurredFrom,
        to: row.occurredTo,
      });
      for (let i = 0; i < given.length; i += PAGE) await addSubjects(tx, row, given.slice(i, i + PAGE));
    }
    for (let after: string | null = null; row.everybody; ) {
      const page: Awaited<ReturnType<typeof readNextMembers>> = await readNextMembers(tx, after, PAGE);
      await addSubjects(
        tx,
        row,
        page.map((s) => ({ subjectId: s.subjectId, categories: [] })),
      );
      after = page.at(-1)?.memberId ?? null;
      if (after === null) break;
    }
    await openDuties(tx, row);
    const counted = { ...row, countedAt: clock.now() };
    await saveIncident(tx, counted);
    return counted;
  };

  const locked = async (tx: Tx, incidentId: string): Promise<IncidentRow> => {
    const row = await lockIncident(tx, incidentId);
    if (row === null) throw new AppError("not-found", { detail: "There is no incident by that id." });
    return row;
  };

  return {
    words,
    async note(row, note) {
      if (note === null) return null;
      return vault.open(await keyOf(row), placeOf(row.incidentId, "note"), note).toString("utf8");
    },

    async find(incidentId) {
      const row = await findIncident(db, incidentId);
      if (row === null) throw new AppError("not-found", { detail: "There is no incident by that id." });
      return row;
    },

    async create(by, input) {
      const now = clock.now();
      if (input.to < input.from || input.discoveredAt > now) {
        throw new AppError("invalid-request", {
          errors: [{ path: "/to", code: "order", message: "from, to and discovery must follow each other" }],
        });
      }
      const [key] = await vault.createKeys("evidence", 1);
      if (key === undefined) throw new AppError("keystore-unavailable");
      const incidentId = ids.next();
      const row: IncidentRow = {
        incidentId,
        aspects: input.aspects,
        occurredFrom: input.from,
        occurredTo: input.to,
        discoveredAt: input.discoveredAt,
        risk: null,
        state: "open",
        readers: input.readers,
        everybody: input.everybody,
        countedAt: null,
        keyId: key.id,
        sealed: seal(key, incidentId, input.words),
        createdAt: now,
        closedAt: null,
      };
      return db.retryingTx(async (tx) => {
        await saveIncident(tx, row);
        const counted = await count(
          tx,
          row,
          input.memberIds.map((subjectId) => ({ subjectId, categories: input.categories })),
        );
        const affected = await countAffected(tx, incidentId);
        await audit(tx, by, "breach.recorded", counted, {
          members: affected.reduce((n, a) => n + a.members, 0),
        });
        return counted;
      });
    },

    recount: (by, incidentId) =>
      db.retryingTx(async (tx) => {
        const counted = await count(tx, await locked(tx, incidentId), []);
        await audit(tx, by, "breach.recounted", counted);
        return counted;
      }),

    change: (by, incidentId, change) =>
      db.retryingTx(async (tx) => {
        const row = await locked(tx, incidentId);
        if (row.state === "closed") throw new AppError("conflict", { detail: "The incident is closed." });
        if (change.close === true) {
          const open = (await readNotices(tx, incidentId)).filter((n) => n.state === "due");
          if (open.length > 0 || row.risk === null) {
            throw new AppError("conflict", {
              detail: "An incident closes when its risk is assessed and every duty to tell is settled.",
            });
          }
        }
        const changed: IncidentRow = {
          ...row,
          risk: change.risk ?? row.risk,
          ...(change.words === undefined
            ? {}
            : { sealed: seal(await keyOf(row), incidentId, { ...(await words(row)), ...change.words }) }),
          ...(change.close === true ? { state: "closed" as const, closedAt: clock.now() } : {}),
        };
        await saveIncident(tx, changed);
        await audit(tx, by, change.close === true ? "breach.closed" : "breach.changed", changed);
        return changed;
      }),

    settle: (by, incidentId, notice) =>
      db.retryingTx(async (tx) => {
        const row = await locked(tx, incidentId);
        const note = vault.seal(
          await keyOf(row),
          placeOf(incidentId, "note"),
          Buffer.from(notice.note, "utf8"),
        );
        const done = await settleNotice(tx, { ...notice, incidentId, note, decidedAt: notice.at });
        if (!done)
          throw new AppError("not-found", { detail: "The incident has no duty to tell by that name." });
        await audit(tx, by, notice.state === "sent" ? "breach.notified" : "breach.notice-waived", row);
      }),

    reads: (row) =>
      countByActor(db, {
        actorIds: row.readers.map((r) => r.id),
        from: row.occurredFrom,
        to: row.occurredTo,
      }),

    async forget() {
      const before = addSpan(clock.now(), { months: -KEPT_MONTHS, days: 0 });
      const gone = await db.retryingTx(async (tx) => {
        const deleted = await deleteClosedIncidents(tx, before);
        if (deleted.length > 0)
          await stageAudit(tx, deps, {
            actor: { kind: "system", id: "breaches" },
            action: "breach.outlived",
            counts: { incidents: deleted.length },
          });
        return deleted;
      });
      await vault.destroyKeys(gone.map((g) => g.keyId));
      return gone.length;
    },

    async alarm() {
      const now = clock.now();
      const { controller } = await consent.snapshot();
      return db.retryingTx(async (tx) => {
        const urgent = await takeUrgent(tx, now, new Date(now.getTime() + WARN_BEFORE));
        for (const duty of urgent) {
          const row = await findIncident(tx, duty.incidentId);
          if (row === null) continue;
          const due = `${duty.dueAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
          await deps.mailer.send(tx, {
            template: duty.isLate ? "breach-late" : "breach-warning",
            key: await keyOf(row),
            mail: {
              to: controller.email,
              subject: `${duty.isLate ? "LATE" : "Due"} ${due}: breach notice to ${duty.audience} (${duty.regime})`,
              text: `Incident ${duty.incidentId}: the notice to ${duty.audience} under ${duty.regime} ${duty.isLate ? "was" : "is"} due at ${due}.\n\nGET /v1/breaches/${duty.incidentId}`,
            },
          });
          deps.log.warn("breach_deadline", { incident: duty.incidentId, late: duty.isLate });
        }
        return urgent.length;
      });
    },
  };
}
