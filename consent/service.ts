import type { AuditActor } from "../src/audit/index.ts";
import type { Db, Tx } from "../src/db/index.ts";
import { type Clock, DAY } from "../src/kernel/clock.ts";
import type { Ids } from "../src/kernel/ids.ts";
import { AppError, type FieldProblem } from "../src/kernel/problems.ts";
import type { Vault } from "../src/vault/index.ts";
import { type OpenedLink, verifyChain } from "./chain.ts";
import { type SubjectClue, saveClues } from "./clues.store.ts";
import { decide } from "./decide.ts";
import type { ConsentRules, Decision, DecisionAsk } from "./decision.ts";
import { stageExpired } from "./expiry.ts";
import { findRecord, type LedgerPage, readLedger, readLedgerPage, readSalts } from "./ledger.store.ts";
import { type ConsentRecord, effectiveTime } from "./ledger.ts";
import { openRecords } from "./ledger-rows.ts";
import { newestCovering } from "./lookup.ts";
import { insertOptInToken, useOptInToken } from "./opt-in.store.ts";
import { placeDraft, recordEntries } from "./record.ts";
import { BUILT_IN_REGIMES, type RegimePacks } from "./regimes/regimes.ts";
import { createRegistry, type Registry } from "./registry.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import { createSigningKeys, type SigningKeys } from "./signing.ts";
import {
  type ConsentMember,
  createLedgerCache,
  type LedgerCache,
  readStandings,
  type Standing,
} from "./standing.ts";
import { completeStatement, type Statement } from "./statement.ts";
import { hashOptInToken, newOptInToken } from "./tokens.ts";
import type { RecipientRef } from "./vocabulary.ts";

type Reader = Pick<Tx, "query">;

/** What an identifier leads to: a member and the subject that holds it, nobody, or several. */
export type FoundPerson =
  | { readonly kind: "member"; readonly memberId: string; readonly subjectId: string }
  | { readonly kind: "none" }
  | { readonly kind: "contested"; readonly memberIds: readonly string[] };

export interface PersonIdentifier {
  readonly kind: string;
  readonly value: string;
  readonly issuer?: string;
  readonly region?: string;
}

/** What this room asks of the one that knows members. */
export interface ConsentMembers {
  /**
   * The members that these ids (of members or of any of their subjects) name now, or named at a past moment; an id of
   * nobody is left out.
   */
  subjectsOf(db: Reader, ids: readonly string[], at?: Date | null): Promise<Map<string, ConsentMember>>;
  find(db: Reader, identifier: PersonIdentifier): Promise<FoundPerson>;
}

export interface ConsentDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly members: ConsentMembers;
  /** The packs in force; those that come with Candor unless stated. */
  readonly regimes?: RegimePacks;
  readonly stageChanges: (tx: Tx, reason: string, subjectIds: readonly string[]) => Promise<void>;
  /** Told, in the changing transaction, that purposes or notices have changed. */
  readonly rulesChanged?: (tx: Tx) => Promise<void>;
}

/** Who records, for the audit log. */
export interface By {
  readonly actor: AuditActor;
  readonly requestId?: string;
}

export interface SayOptions {
  /** The subject whose identifier proved it; the member's strongest unless stated. */
  readonly proving?: string | null;
  /** Writes also what lets more be done to every subject: an officer lifting a restriction. */
  readonly everywhere?: boolean;
  readonly dedupeKey?: string | null;
}

/** What one member said, among several. */
export interface SaidBy {
  readonly member: ConsentMember;
  readonly statements: readonly Statement[];
  readonly options?: SayOptions;
}

/** A confirmation that somebody must be asked for, by a message to the very address. */
export interface PendingConfirmation {
  readonly recordId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export const CONFIRM_WITHIN = 7 * DAY;

/** A moment that a question is about, with the rules that were in force then. */
export interface PastMoment {
  readonly at: Date;
  readonly rules: ConsentRules;
}

export interface Consent {
  readonly members: ConsentMembers;
  readonly registry: Registry;
  readonly signing: SigningKeys;
  /** The registries' rules, at most a second old; with `at`, as they stood then. */
  rules(at?: Date | null): Promise<ConsentRules>;
  snapshot(): Promise<RegistrySnapshot>;
  /** What counts for members, by member id: now, or as of a past moment. */
  standings(
    db: Reader,
    members: readonly ConsentMember[],
    past?: PastMoment | null,
  ): Promise<Map<string, Standing>>;
  /** Completes and records what somebody said. Throws `invalid-request` naming what it lacks. */
  say(
    tx: Tx,
    snapshot: RegistrySnapshot,
    by: By,
    member: ConsentMember,
    statements: readonly Statement[],
    options?: SayOptions,
  ): Promise<ConsentRecord[]>;
  /** The same for several members at once; the records of each, in their order. One that cannot stand rejects all. */
  sayMany(
    tx: Tx,
    snapshot: RegistrySnapshot,
    by: By,
    said: readonly SaidBy[],
  ): Promise<readonly (readonly ConsentRecord[])[]>;
  /** Notes where a subject lives or when it was born, in coarse values. */
  noteClues(tx: Tx, clues: readonly Omit<SubjectClue, "recordedAt">[]): Promise<void>;
  /** Makes a token that confirms a pending consent; only its hash is kept. */
  openConfirmation(tx: Tx, record: Pick<ConsentRecord, "id" | "subjectId">): Promise<PendingConfirmation>;
  /** Confirms a pending consent; null for a token that was used, has expired or never was. */
  confirm(tx: Tx, snapshot: RegistrySnapshot, by: By, token: string): Promise<ConsentRecord | null>;
  /** Stages a change for everybody whose consent has run out since the last look; answers how many subjects. */
  stageExpired(): Promise<number>;
  /** Every entry of some subjects with its sealed parts, oldest first. */
  history(db: Reader, subjectIds: readonly string[]): Promise<ConsentRecord[]>;
  /** A page of their entries, newest first. */
  historyPage(db: Reader, subjectIds: readonly string[], ask: LedgerPage): Promise<ConsentRecord[]>;
  findRecord(db: Reader, recordId: string): Promise<ConsentRecord | null>;
  /** Checks a subject's chain against what is stored. */
  verify(db: Reader, subjectId: string): Promise<ReturnType<typeof verifyChain>>;
  /** A recipient as decisions know it, from the purposes that name it; one that none names is a third party. */
  recipientRef(rules: ConsentRules, purposeId: string, recipientId: string | null): RecipientRef | null;
  decide(rules: ConsentRules, standing: Standing, ask: DecisionAsk): Decision;
  /** A device as the ledger knows it: an opaque name that only this installation can make. */
  deviceRef(device: string): string;
}

/** Wires the consent room: registries, ledger, decisions. */
export function createConsent(deps: ConsentDeps): Consent {
  const { vault, clock } = deps;
  const packs = deps.regimes ?? BUILT_IN_REGIMES;
  const registry = createRegistry(deps, packs);
  const signing = createSigningKeys(deps);
  const cache: LedgerCache = createLedgerCache();

  const standings: Consent["standings"] = (reader, members, past = null) =>
    readStandings(
      reader,
      { packs: past === null ? packs : past.rules.regimes, cache, now: clock.now() },
      members,
      past?.at ?? null,
    );

  const sayMany: Consent["sayMany"] = async (tx, snapshot, by, said) => {
    const known = await standings(
      tx,
      said.map((s) => s.member),
    );
    const problems: FieldProblem[] = [];
    const one = said.length === 1 && said[0]?.statements.length === 1;
    const now = clock.now();
    const placed = said.flatMap(({ member, statements, options = {} }) => {
      const standing = known.get(member.memberId) as Standing;
      return statements.flatMap((statement, i) => {
        const completed = completeStatement(snapshot, standing, statement, now);
        if (completed.kind === "ok")
          return completed.drafts.flatMap((draft) => placeDraft(member, draft, options));
        const prefix = one ? "" : `/${i}`;
        problems.push(...completed.problems.map((p) => ({ ...p, path: `${prefix}${p.path}` })));
        return [];
      });
    });
    if (problems.length > 0) throw new AppError("invalid-request", { errors: problems });
    const records = await recordEntries(tx, deps, by, placed);
    const memberOf = new Map(
      said.flatMap(({ member }, i) => member.subjects.map((s): [string, number] => [s.subjectId, i])),
    );
    const mine = said.map((): ConsentRecord[] => []);
    for (const record of records) mine[memberOf.get(record.subjectId) as number]?.push(record);
    return mine;
  };
  const say: Consent["say"] = async (tx, snapshot, by, member, statements, options = {}) => [
    ...((await sayMany(tx, snapshot, by, [{ member, statements, options }]))[0] ?? []),
  ];

  /** Whether a no followed the yes that waits: then its link must not bring the yes back. */
  const wasRefusedSince = async (tx: Tx, rules: ConsentRules, pending: ConsentRecord): Promise<boolean> => {
    const member = (await deps.members.subjectsOf(tx, [pending.subjectId])).get(pending.subjectId);
    if (member === undefined) return true;
    const { ledger } = (await standings(tx, [member])).get(member.memberId) as Standing;
    const scope = {
      purposeId: pending.purposeId,
      marketing: rules.purposes.get(pending.purposeId)?.marketing ?? false,
      channel: pending.channel,
      recipientId: pending.recipientId,
      separateConsent: pending.separateConsent,
    };
    const given = effectiveTime(pending);
    return [ledger.denials, ledger.objections].some(
      (table) => (newestCovering(table, scope)?.at ?? -1) >= given,
    );
  };

  return {
    members: deps.members,
    registry,
    signing,
    snapshot: registry.snapshot,
    rules: async (at = null) => {
      const now = await registry.snapshot();
      return at === null ? now.rules : now.rulesAt(at);
    },
    standings,
    say,
    sayMany,
    noteClues: (tx, clues) => saveClues(tx, clues, clock.now()),
    async openConfirmation(tx, record) {
      const { token, hash } = newOptInToken();
      const at = clock.now();
      const expiresAt = new Date(at.getTime() + CONFIRM_WITHIN);
      await insertOptInToken(tx, { hash, subjectId: record.subjectId, recordId: record.id, at, expiresAt });
      return { recordId: record.id, token, expiresAt };
    },
    async confirm(tx, snapshot, by, token) {
      const hash = hashOptInToken(token);
      const used = await useOptInToken(tx, hash, clock.now());
      if (used === null) return null;
      const row = await findRecord(tx, used.recordId);
      if (row === null) return null;
      const [opened] = await openRecords(vault, [row]);
      const pending = opened?.record;
      if (pending === undefined || (await wasRefusedSince(tx, snapshot.rules, pending))) return null;
      const {
        id: _id,
        schemaVersion: _schema,
        subjectId,
        recordedAt: _at,
        occurredAt: _occurred,
        clock: _clock,
        ...said
      } = pending;
      const [record] = await recordEntries(tx, deps, by, [
        {
          subjectId,
          draft: {
            ...said,
            state: "given",
            method: "double-opt-in",
            refersTo: pending.id,
            actor: { kind: "member", ref: null },
            proof: {
              ...pending.proof,
              doubleOptIn: "confirmed",
              doubleOptInTokenSha256: hash.toString("hex"),
            },
          },
        },
      ]);
      return record ?? null;
    },
    stageExpired: () => stageExpired({ ...deps, registry }),
    async history(reader, subjectIds) {
      const opened = await openRecords(vault, await readLedger(reader, subjectIds));
      return opened
        .map((o) => o.record)
        .sort((a, b) => +a.recordedAt - +b.recordedAt || (a.id < b.id ? -1 : 1));
    },
    async historyPage(reader, subjectIds, ask) {
      const opened = await openRecords(vault, await readLedgerPage(reader, subjectIds, ask));
      return opened.map((o) => o.record);
    },
    async findRecord(reader, recordId) {
      const row = await findRecord(reader, recordId);
      return row === null ? null : ((await openRecords(vault, [row]))[0]?.record ?? null);
    },
    async verify(reader, subjectId) {
      const ledger = await readLedger(reader, [subjectId]);
      const salts = new Map((await readSalts(reader, [subjectId])).map((s) => [s.sequence, s.salt]));
      const opened = await openRecords(vault, ledger);
      const links: OpenedLink[] = ledger.map((row, i) => {
        const salt = salts.get(row.sequence);
        const record = opened[i];
        return {
          link: {
            subjectId: row.subjectId,
            sequence: row.sequence,
            previous: row.previous.toString("hex"),
            commitment: row.commitment.toString("hex"),
            hash: row.hash.toString("hex"),
          },
          opened:
            record === undefined || salt === undefined || !record.whole
              ? null
              : { record: record.record, salt },
        };
      });
      return verifyChain(links);
    },
    recipientRef(rules, purposeId, recipientId) {
      if (recipientId === null) return null;
      const named = rules.purposes.get(purposeId)?.recipients.find((r) => r.id === recipientId);
      return named === undefined
        ? { id: recipientId, role: "third-party", country: null }
        : { id: named.id, role: named.role, country: named.country };
    },
    decide: (rules, standing, ask) => decide(rules, standing, ask),
    deviceRef: (device) => vault.mac("consent-device", device).toString("hex"),
  };
}
