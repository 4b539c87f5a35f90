import { type AuditActor, stageAuditMany } from "../src/audit/index.ts";
import type { Tx } from "../src/db/index.ts";
import type { Clock } from "../src/kernel/clock.ts";
import type { Ids } from "../src/kernel/ids.ts";
import { AppError, type FieldProblem } from "../src/kernel/problems.ts";
import type { DataKey, Vault } from "../src/vault/index.ts";
import { CHAIN_START, commitTo, linkAfter, newSalt } from "./chain.ts";
import { type EntryDraft, entryFrom } from "./entry.ts";
import { appendEntries, findRecordedMacs, lockHeads, type NewEntry, saveHeads } from "./ledger.store.ts";
import { type ConsentRecord, checkEntry, type EntryFault } from "./ledger.ts";
import { sealRecord } from "./ledger-rows.ts";
import { type ConsentMember, provingSubject } from "./standing.ts";
import { ENTRY_FAULT_SENTENCES } from "./texts.ts";

export interface RecordDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Notes in the same transaction that what may be done with these subjects has changed. */
  readonly stageChanges: (tx: Tx, reason: string, subjectIds: readonly string[]) => Promise<void>;
}

/** One entry for one subject. `dedupeKey`: an entry of the same key and subject is written once. */
export interface PlacedDraft {
  readonly subjectId: string;
  readonly draft: EntryDraft;
  readonly dedupeKey?: string | null;
}

/** States that end or forbid something for the person as a whole, on whichever subject it was said. */
const FOR_EVERY_SUBJECT = new Set<string>(["refused", "withdrawn", "objected", "restricted"]);

/**
 * Places a draft: what ends or forbids goes to every subject that the member has now, anything else to the subject
 * that proves it (the strongest one unless `proving` says which). `everywhere`: to all of them, as an officer may
 * lift a restriction for the whole person.
 */
export function placeDraft(
  member: ConsentMember,
  draft: EntryDraft,
  options: { proving?: string | null; everywhere?: boolean; dedupeKey?: string | null } = {},
): PlacedDraft[] {
  const dedupeKey = options.dedupeKey ?? null;
  if (options.everywhere === true || FOR_EVERY_SUBJECT.has(draft.state))
    return member.subjects.map(({ subjectId }) => ({ subjectId, draft, dedupeKey }));
  return [{ subjectId: options.proving ?? provingSubject(member), draft, dedupeKey }];
}

/**
 * Appends entries to the ledger in the caller's transaction, each subject's chained to its last, and stages the change
 * and the audit entry with them. Answers the records written; entries whose `dedupeKey` was written before are left out.
 * Throws `invalid-request` when an entry cannot stand (`checkEntry`), unless `skipFaulty`.
 */
export async function recordEntries(
  tx: Tx,
  deps: RecordDeps,
  by: { readonly actor: AuditActor; readonly requestId?: string },
  placed: readonly PlacedDraft[],
  options: { skipFaulty?: boolean } = {},
): Promise<ConsentRecord[]> {
  if (placed.length === 0) return [];
  const heads = new Map(
    (
      await lockHeads(
        tx,
        placed.map((p) => p.subjectId),
      )
    ).map((h) => [h.subjectId, h]),
  );
  const fresh = await withoutRecorded(tx, deps.vault, placed);
  const recordedAt = deps.clock.now();
  const made: { record: ConsentRecord; mac: Buffer | null }[] = [];
  const faults = new Set<EntryFault>();
  for (const { subjectId, draft, mac } of fresh) {
    const record = entryFrom(draft, { id: deps.ids.next(), subjectId, recordedAt });
    const found = checkEntry(record, { erased: heads.get(subjectId)?.erased === true });
    if (found.length === 0) made.push({ record, mac });
    else if (options.skipFaulty !== true) for (const fault of found) faults.add(fault);
  }
  if (faults.size > 0) throw new AppError("invalid-request", { errors: [...faults].map(problemOfFault) });
  if (made.length === 0) return [];

  const touched = [...new Set(made.map((m) => m.record.subjectId))];
  const keys = await evidenceKeys(
    deps.vault,
    touched.map((id) => ({ id, keyId: heads.get(id)?.keyId ?? null })),
  );
  const tips = new Map(
    [...heads.values()].map((h) => [
      h.subjectId,
      { length: h.length, hash: h.tip.toString("hex"), flagged: h.flagged },
    ]),
  );
  const entries: NewEntry[] = made.map(({ record, mac }) => {
    const id = record.subjectId;
    const tip = tips.get(id) ?? { length: 0, hash: CHAIN_START, flagged: false };
    const key = keys.get(id) as DataKey;
    const salt = newSalt();
    const before = tip.length === 0 ? null : { subjectId: id, sequence: tip.length, hash: tip.hash };
    // Only the place and the hash of the last link are needed to follow it.
    const link = linkAfter(
      before === null ? null : { ...before, previous: "", commitment: "" },
      id,
      commitTo(record, salt),
    );
    tips.set(id, {
      length: link.sequence,
      hash: link.hash,
      flagged: tip.flagged || record.state === "restricted",
    });
    return { record, link, salt, dedupeMac: mac, keyId: key.id, cell: sealRecord(deps.vault, key, record) };
  });
  await appendEntries(tx, entries);
  await saveHeads(
    tx,
    touched.map((id) => {
      const tip = tips.get(id) as { length: number; hash: string; flagged: boolean };
      return {
        subjectId: id,
        keyId: (keys.get(id) as DataKey).id,
        length: tip.length,
        tip: Buffer.from(tip.hash, "hex"),
        flagged: tip.flagged,
      };
    }),
  );
  await deps.stageChanges(tx, "consent", touched);
  await stageAuditMany(
    tx,
    deps,
    auditInputs(
      made.map((m) => m.record),
      by,
    ),
  );
  return made.map((m) => m.record);
}

/** Targets that one audit entry names. */
const TARGETS = 100;

/** One audit entry for what was said once, however many subjects it was written to; for very many, several. */
function auditInputs(
  records: readonly ConsentRecord[],
  by: { readonly actor: AuditActor; readonly requestId?: string },
) {
  const said = new Map<string, ConsentRecord[]>();
  for (const r of records) {
    const key = [r.state, r.purposeId, r.channel, r.recipientId, r.separateConsent].join(" ");
    const list = said.get(key);
    if (list === undefined) said.set(key, [r]);
    else list.push(r);
  }
  return [...said.values()].flatMap(inHundreds).map((same) => {
    const first = same[0] as ConsentRecord;
    return {
      actor: by.actor,
      action: `consent.${first.state}`,
      ...(first.purposeId.startsWith("*") ? {} : { purpose: first.purposeId }),
      targets: same.map((r) => ({ kind: "subject", id: r.subjectId })),
      counts: { entries: same.length },
      ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
    };
  });
}

function inHundreds<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / TARGETS) }, (_, i) =>
    list.slice(i * TARGETS, (i + 1) * TARGETS),
  );
}

export function problemOfFault(fault: EntryFault): FieldProblem {
  return { path: "", code: fault, message: ENTRY_FAULT_SENTENCES[fault] };
}

async function withoutRecorded(
  tx: Tx,
  vault: Pick<Vault, "mac">,
  placed: readonly PlacedDraft[],
): Promise<(PlacedDraft & { mac: Buffer | null })[]> {
  const marked = placed.map((p) => ({
    ...p,
    mac: p.dedupeKey == null ? null : vault.mac("consent-entry", p.subjectId, p.dedupeKey),
  }));
  const known = await findRecordedMacs(
    tx,
    marked.flatMap((p) => (p.mac === null ? [] : [{ subjectId: p.subjectId, mac: p.mac }])),
  );
  return marked.filter(({ subjectId, mac }) => {
    if (mac === null) return true;
    const id = `${subjectId}|${mac.toString("hex")}`;
    if (known.has(id)) return false;
    known.add(id);
    return true;
  });
}

/** Each subject's evidence key; one that has none yet gets one, committed to the keystore before this resolves. */
async function evidenceKeys(
  vault: Vault,
  subjects: readonly { id: string; keyId: string | null }[],
): Promise<Map<string, DataKey>> {
  const loaded = await vault.loadKeys(subjects.flatMap((s) => s.keyId ?? []));
  const keys = new Map<string, DataKey>();
  for (const { id, keyId } of subjects) {
    const key = keyId === null ? undefined : loaded.get(keyId);
    if (key !== undefined) keys.set(id, key);
  }
  const without = subjects.filter((s) => !keys.has(s.id));
  const minted = await vault.createKeys("evidence", without.length);
  without.forEach((s, i) => {
    keys.set(s.id, minted[i] as DataKey);
  });
  return keys;
}
