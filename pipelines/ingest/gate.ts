import type { ConsentIntake, IntakeItem, IntakeVerdict, KnownIntakeItem } from "../../consent/index.ts";
import type { Db, Tx } from "../../src/db/index.ts";
import { REASONS, type ReasonCode } from "../../src/kernel/verdicts.ts";
import {
  type Assignment,
  findKnownAnchors,
  findSuppressed,
  type PreparedEvent,
  type SubjectCache,
} from "../../src/members/index.ts";
import type { Vault } from "../../src/vault/index.ts";
import { addAnonymousCounts } from "./anonymous-count.store.ts";
import { compareContent } from "./content.ts";
import type { Entry, Outcome } from "./entry.ts";
import { findReceipts, noteRejections } from "./receipts.store.ts";

export interface GateDeps {
  readonly db: Db;
  readonly cache: SubjectCache;
  readonly intake: ConsentIntake;
}

type EventEntry = Extract<Entry, { kind: "event" }>;
/** An event with its place in the group. */
export interface PlacedEvent {
  readonly i: number;
  readonly entry: EventEntry;
}
export type Turned = Exclude<IntakeVerdict, "admit"> | "suppressed";
type Registry = Awaited<ReturnType<ConsentIntake["begin"]>>;

/** Events that stay, and those that the gate has turned away, by their place. */
export interface Gated {
  readonly staying: readonly PlacedEvent[];
  readonly turned: ReadonlyMap<number, { readonly entry: EventEntry; readonly verdict: Turned }>;
}

function itemOf({ entry }: PlacedEvent): IntakeItem {
  const { prepared } = entry;
  return {
    sourceId: prepared.sourceId,
    purposes: entry.purposes,
    region: entry.region,
    eventId: prepared.eventId,
    event: prepared.event,
    phones: phonesOf(prepared),
  };
}

const NO_PHONES: readonly string[] = [];

function phonesOf({ named }: PreparedEvent): readonly string[] {
  if (!named.some((n) => n.kind === "phone")) return NO_PHONES;
  return named.flatMap((n) => (n.kind === "phone" ? [n.value] : []));
}

/**
 * Turns away, before any key is made for them, people whom nobody knows and whose events no purpose of the source may
 * take. Sources that collect for the contract or the law pass without a look at anybody.
 */
export async function turnAwayStrangers(
  deps: GateDeps,
  registry: Registry,
  events: readonly PlacedEvent[],
): Promise<Gated> {
  const suspects = new Map<number, Turned>();
  for (const placed of events) {
    const verdict = deps.intake.judgeStranger(registry, itemOf(placed));
    if (verdict === "refuse" || verdict === "count") suspects.set(placed.i, verdict);
  }
  if (suspects.size === 0) return { staying: events, turned: new Map() };
  const known = await findKnownAnchors(
    deps,
    events.flatMap(({ i, entry }) => (suspects.has(i) ? [entry.prepared] : [])),
  );
  const turned = new Map<number, { entry: EventEntry; verdict: Turned }>();
  for (const { i, entry } of events) {
    const verdict = suspects.get(i);
    if (verdict !== undefined && !known.has(entry.prepared.named[0]?.biHex ?? ""))
      turned.set(i, { entry, verdict });
  }
  return { staying: events.filter(({ i }) => !turned.has(i)), turned };
}

/**
 * Turns away events that would bring back somebody who was erased: before keys are made for them, and again in the
 * storing transaction, where it holds against erasures that are under way.
 */
export async function turnAwaySuppressed(
  db: Pick<Tx, "query">,
  deps: { readonly vault: Vault },
  events: readonly PlacedEvent[],
  inTransaction: boolean,
): Promise<Gated> {
  const found = await findSuppressed(
    db,
    deps.vault,
    events.map(({ entry }) => entry.prepared),
    inTransaction,
  );
  const turned = new Map<number, { entry: EventEntry; verdict: Turned }>();
  events.forEach(({ i, entry }, n) => {
    if (found.has(n)) turned.set(i, { entry, verdict: "suppressed" });
  });
  return { staying: turned.size === 0 ? events : events.filter(({ i }) => !turned.has(i)), turned };
}

export interface Judged extends Gated {
  /** What the gate is told once this is committed. */
  readonly clues: Parameters<ConsentIntake["committed"]>[0];
  /**
   * Bare events for people whose first event was turned away after it had said something about consent: the person
   * exists from then on, and nothing else of the event is kept.
   */
  readonly carriers: readonly PreparedEvent[];
}

/** Records signals and judges, in the storing transaction, so that a withdrawal that has committed always counts. */
export async function judgeEvents(
  tx: Tx,
  deps: GateDeps,
  registry: Registry,
  events: readonly PlacedEvent[],
  assigned: ReadonlyMap<string, Assignment>,
): Promise<Judged> {
  const items = events.map((placed): KnownIntakeItem => {
    const { subjectId, minted } = assigned.get(placed.entry.prepared.named[0]?.biHex ?? "") as Assignment;
    return { ...itemOf(placed), subjectId, minted };
  });
  const { verdicts, clues } = await deps.intake.judge(tx, registry, items);
  const turned = new Map<number, { entry: EventEntry; verdict: Turned }>();
  const admittedSubjects = new Set<string>();
  events.forEach(({ i, entry }, n) => {
    const verdict = verdicts[n] as IntakeVerdict;
    if (verdict === "admit") admittedSubjects.add((items[n] as KnownIntakeItem).subjectId);
    else turned.set(i, { entry, verdict });
  });
  const carriers = new Map<string, PreparedEvent>();
  events.forEach(({ i, entry }, n) => {
    const item = items[n] as KnownIntakeItem;
    if (turned.has(i) && item.minted && !admittedSubjects.has(item.subjectId))
      carriers.set(item.subjectId, bare(entry.prepared));
  });
  return {
    clues,
    staying: turned.size === 0 ? events : events.filter(({ i }) => !turned.has(i)),
    turned,
    carriers: [...carriers.values()],
  };
}

function bare(prepared: PreparedEvent): PreparedEvent {
  return {
    ...prepared,
    plain: null,
    sealed: [],
    traits: [],
    event: {
      ...prepared.event,
      type: "consent.preference",
      name: null,
      storeId: null,
      traits: {},
      properties: {},
      context: {},
      order: null,
    },
  };
}

/** Writes down what was turned away: a receipt of the refusal and, where that is allowed, a count without a person. */
export async function noteTurned(
  tx: Tx,
  turned: Gated["turned"],
  outcomes: (Outcome | undefined)[],
): Promise<void> {
  if (turned.size === 0) return;
  const entries = [...turned].map(([i, t]) => ({ i, ...t }));
  const before = new Map(
    (
      await findReceipts(
        tx,
        entries.map(({ entry: { prepared: p } }) => ({ src: p.sourceId, id: p.eventId })),
      )
    ).map((r) => [`${r.sourceId}|${r.eventId}`, r]),
  );
  const fresh = entries.filter(({ i, entry: { prepared: p }, verdict }) => {
    const receipt = before.get(`${p.sourceId}|${p.eventId}`);
    if (receipt?.verdict === "accepted" && compareContent(receipt.contentMac, p.contentMac) === "same") {
      // It came in when it was allowed; sending it again changes nothing.
      outcomes[i] = outcomeOf("duplicate", "already-accepted", p.eventId);
      return false;
    }
    outcomes[i] = outcomeOf("refused", codeOf(verdict), p.eventId);
    return receipt === undefined;
  });
  await noteRejections(
    tx,
    entries.map(({ entry: { prepared: p }, verdict }) => ({
      sourceId: p.sourceId,
      eventId: p.eventId,
      verdict: "refused",
      code: codeOf(verdict),
      contentMac: p.contentMac,
      subjectId: null,
      occurredAt: null,
      quarantineId: null,
      receivedAt: p.receivedAt,
    })),
  );
  await addAnonymousCounts(
    tx,
    fresh
      .filter(({ verdict }) => verdict === "count")
      .map(({ entry: { prepared: p } }) => ({
        src: p.sourceId,
        day: p.event.occurredAt.toISOString().slice(0, 10),
        type: p.event.type,
        channel: p.event.channel,
        store: p.event.storeId ?? "",
        n: 1,
      })),
  );
}

function codeOf(verdict: Turned): ReasonCode {
  if (verdict === "suppressed") return "suppressed";
  return verdict === "count" ? "counted-without-identity" : "purpose-not-permitted";
}

function outcomeOf(status: "refused" | "duplicate", code: ReasonCode, eventId: string): Outcome {
  return { status, code, detail: REASONS[code], eventId };
}
