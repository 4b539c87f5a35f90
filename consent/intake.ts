import type { Tx } from "../src/db/index.ts";
import { saveClues } from "./clues.store.ts";
import { decide } from "./decide.ts";
import { cluesOfEvent } from "./event-clues.ts";
import { maySignal, type SpeakingEvent, signalsOfEvent } from "./event-signals.ts";
import { foldMember } from "./fold.ts";
import { isAnyoneFlagged } from "./ledger.store.ts";
import type { Purpose } from "./purpose.schema.ts";
import { type PlacedDraft, placeDraft, type RecordDeps, recordEntries } from "./record.ts";
import { decideRegime } from "./regimes/decide-regime.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import type { Consent } from "./service.ts";
import type { ConsentMember, Standing } from "./standing.ts";
import { isOwnBasis } from "./vocabulary.ts";

/** An event that asks to come in, with what its source declared. */
export interface IntakeItem {
  readonly sourceId: string;
  /** The purposes for which the source may collect. */
  readonly purposes: readonly string[];
  /** Country of the source's store or site. */
  readonly region: string | null;
  readonly eventId: string;
  readonly event: SpeakingEvent;
  /** Telephone numbers that the event names, in international form. */
  readonly phones: readonly string[];
}

export interface KnownIntakeItem extends IntakeItem {
  readonly subjectId: string;
  /** Nobody has named this person before. */
  readonly minted: boolean;
}

/** What becomes of an event at the gate. `count`: the person allows no more than counting. */
export type IntakeVerdict = "admit" | "refuse" | "count";

export interface ConsentIntake {
  /** Reads the registries; outside any transaction. */
  begin(): Promise<RegistrySnapshot>;
  /**
   * What becomes of an event whose person nobody knows, so that no key is made for somebody who is refused anyway;
   * null when that can only be told with the person's ledger at hand.
   */
  judgeStranger(registry: RegistrySnapshot, item: IntakeItem): IntakeVerdict | null;
  /**
   * Records what the events say about consent and about where people live, then says which may be stored, all in the
   * caller's transaction. `recorded`: subjects of whom something was written now. `clues`: what `committed` is told.
   */
  judge(tx: Tx, registry: RegistrySnapshot, items: readonly KnownIntakeItem[]): Promise<IntakeJudgement>;
  /** Called after the commit: what was noted need not be noted again. */
  committed(clues: Iterable<NotedClues>): void;
}

export interface IntakeJudgement {
  readonly verdicts: readonly IntakeVerdict[];
  readonly recorded: ReadonlySet<string>;
  readonly clues: readonly NotedClues[];
}

/** That an event said of a person what its clues are read from. */
export interface NotedClues {
  readonly subjectId: string;
  /** All of it as one text: equal texts have equal clues. */
  readonly said: string;
}

const REMEMBERED = 200_000;

/** The gate of collection and the reader of signals, as ingestion uses them. */
export function createIntake(deps: RecordDeps & { readonly consent: Consent }): ConsentIntake {
  const { consent } = deps;
  /** Whose clues this process has committed, by what was said: most events repeat what is known. */
  const noted = new Map<string, Set<string>>();
  let remembered = 0;
  const noteClues = async (tx: Tx, items: readonly KnownIntakeItem[]): Promise<readonly NotedClues[]> => {
    const news = new Map<string, { readonly item: KnownIntakeItem; readonly noted: NotedClues }>();
    for (const item of items) {
      const { subjectId } = item;
      const said = saidBy(item);
      if (noted.get(said)?.has(subjectId) !== true)
        news.set(`${subjectId}${said}`, { item, noted: { subjectId, said } });
    }
    const clues = [...news.values()].flatMap(({ item }) => {
      const month = `${item.event.occurredAt.toISOString().slice(0, 7)}-01`;
      return cluesOfEvent(item.event, item, item.phones).map(({ clue, value }) => ({
        subjectId: item.subjectId,
        clue,
        value,
        firstOn: month,
        lastOn: month,
      }));
    });
    await saveClues(tx, clues, deps.clock.now());
    return [...news.values()].map((n) => n.noted);
  };

  const standingsOf = async (tx: Tx, items: readonly KnownIntakeItem[]) => {
    const known = await consent.members.subjectsOf(tx, [
      ...new Set(items.filter((i) => !i.minted).map((i) => i.subjectId)),
    ]);
    const memberOf = new Map<string, ConsentMember>();
    for (const item of items) {
      memberOf.set(
        item.subjectId,
        known.get(item.subjectId) ?? {
          memberId: item.subjectId,
          subjects: [{ subjectId: item.subjectId, coreId: item.subjectId, anchorClass: 5 }],
        },
      );
    }
    const unique = new Map([...memberOf.values()].map((m) => [m.memberId, m]));
    return { memberOf, standings: await consent.standings(tx, [...unique.values()]) };
  };

  const recordSignals = async (
    tx: Tx,
    registry: RegistrySnapshot,
    items: readonly KnownIntakeItem[],
  ): Promise<ReadonlySet<string>> => {
    const speaking = items.filter((i) => maySignal(i.event));
    if (speaking.length === 0) return new Set();
    const { memberOf, standings } = await standingsOf(tx, speaking);
    const placed = speaking.flatMap((item): PlacedDraft[] => {
      const member = memberOf.get(item.subjectId) as ConsentMember;
      const standing = standings.get(member.memberId) as Standing;
      const origin = { sourceId: item.sourceId, eventId: item.eventId, regime: standing.regime };
      return signalsOfEvent(registry, item.event, origin, consent.deviceRef).flatMap(({ draft, dedupeKey }) =>
        placeDraft(
          member,
          { ...draft, regime: standing.regime, regimeBecause: standing.regimeDecision.because },
          { proving: item.subjectId, dedupeKey },
        ),
      );
    });
    // A faulty signal of a browser must not hold up the shop's events.
    const by = { actor: { kind: "system", id: "ingestion" } as const };
    const records = await recordEntries(tx, deps, by, placed, { skipFaulty: true });
    return new Set(records.map((r) => r.subjectId));
  };

  return {
    begin: () => consent.snapshot(),
    judgeStranger(registry, item) {
      if (needsNoLedger(registry, item) || maySignal(item.event)) return null;
      const place = decideRegime(strangerClues(item), registry.rules.regimes);
      const stranger: Standing = {
        ledger: foldMember([], [], deps.clock.now()),
        regime: place.regime,
        country: place.country,
        regimeDecision: place,
        status: { erased: false, suppressed: false, restricted: false, age: null },
      };
      return judgeOne(registry, stranger, item, null);
    },
    async judge(tx, registry, items) {
      if (items.length === 0) return { verdicts: [], recorded: new Set(), clues: [] };
      const clues = await noteClues(tx, items);
      const recorded = await recordSignals(tx, registry, items);
      const quiet = !(await isAnyoneFlagged(tx));
      const asked = items.filter((i) => !(quiet && needsNoLedger(registry, i)));
      if (asked.length === 0) return { verdicts: items.map((): IntakeVerdict => "admit"), recorded, clues };
      const { memberOf, standings } = await standingsOf(tx, asked);
      const verdicts = items.map((item): IntakeVerdict => {
        const member = memberOf.get(item.subjectId);
        if (member === undefined || (quiet && needsNoLedger(registry, item))) return "admit";
        return judgeOne(registry, standings.get(member.memberId) as Standing, item, item.subjectId);
      });
      return { verdicts, recorded, clues };
    },
    committed(clues) {
      if (remembered > REMEMBERED) {
        noted.clear();
        remembered = 0;
      }
      for (const { subjectId, said } of clues) {
        const of = noted.get(said) ?? new Set();
        noted.set(said, of.add(subjectId));
        // What nobody else says takes a set of its own.
        remembered += of.size === 1 ? 4 : 1;
      }
    },
  };
}

const NOTHING_SAID = `${said(undefined).repeat(6)}`;

/**
 * All that the clues of an event are read from, as one text: equal texts have equal clues. Most events of a source say
 * the same: the text of the one before is used again.
 */
let before: { month: number; region: string | null; locale: unknown; said: string } | undefined;

function saidBy({ event, region, phones }: KnownIntakeItem): string {
  const { occurredAt, traits, context } = event;
  const month = occurredAt.getUTCFullYear() * 12 + occurredAt.getUTCMonth();
  const { locale } = context;
  const isBare = phones.length === 0 && isEmpty(traits) && typeof locale !== "object";
  if (isBare && before?.month === month && before.region === region && before.locale === locale)
    return before.said;
  let text = `${month}|${region ?? ""}`;
  for (const phone of phones) text += `|${phone}`;
  text += said(locale);
  if (isBare) {
    text += NOTHING_SAID;
    before = { month, region, locale, said: text };
    return text;
  }
  text += said(traits.country) + said(traits.region) + said(traits.address);
  return text + said(traits.locale) + said(traits.language) + said(traits.birthday);
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const _ in record) return false;
  return true;
}

function said(value: unknown): string {
  // No text of an event holds NUL, so it keeps the parts apart.
  if (value === undefined) return "\u0000";
  return typeof value === "string" ? `\u0000"${value}` : `\u0000${JSON.stringify(value)}`;
}

/** Answers of {@link needsNoLedger} by the list of a source's purposes, as long as the registries stand. */
const ledgerless = new WeakMap<RegistrySnapshot, WeakMap<readonly string[], boolean>>();

/** Whether one of the source's purposes stands on a basis of its own under every law: then no consent is asked. */
function needsNoLedger(registry: RegistrySnapshot, { purposes }: Pick<IntakeItem, "purposes">): boolean {
  let answers = ledgerless.get(registry);
  if (answers === undefined) {
    answers = new WeakMap();
    ledgerless.set(registry, answers);
  }
  let answer = answers.get(purposes);
  if (answer === undefined) {
    answer = purposes.some((id) => standsAlone(registry, id));
    answers.set(purposes, answer);
  }
  return answer;
}

function standsAlone(registry: RegistrySnapshot, purposeId: string): boolean {
  const purpose = registry.rules.purposes.get(purposeId);
  return (
    purpose !== undefined &&
    isOwnBasis(purpose.lawfulBasis) &&
    Object.values(purpose.basisByRegime).every((basis) => isOwnBasis(basis))
  );
}

/** An event may come in when at least one of its source's purposes is allowed for its person now. */
function judgeOne(
  registry: RegistrySnapshot,
  standing: Standing,
  item: IntakeItem,
  subjectId: string | null,
): IntakeVerdict {
  // The record of a choice is itself what proves it: it is kept whatever was chosen.
  if (item.event.type === "consent.preference") return standing.status.erased ? "refuse" : "admit";
  let countable = false;
  // Restricted data is stored and used for nothing (GDPR Art. 18(2)): the read gate, not this one, holds it back.
  const stored = withoutRestriction(standing);
  for (const id of item.purposes) {
    const purpose = registry.rules.purposes.get(id);
    if (purpose === undefined) continue;
    if (isAllowed(registry, stored, purpose, subjectId)) return "admit";
    countable ||= purpose.whenDenied === "aggregate";
  }
  return countable ? "count" : "refuse";
}

function withoutRestriction(standing: Standing): Standing {
  return {
    ...standing,
    ledger: { ...standing.ledger, restrictions: new Map() },
    status: { ...standing.status, restricted: false },
  };
}

function isAllowed(
  registry: RegistrySnapshot,
  standing: Standing,
  purpose: Purpose,
  subjectId: string | null,
): boolean {
  const channels = purpose.channels.length === 0 ? [null] : purpose.channels;
  return channels.some(
    (channel) =>
      decide(registry.rules, standing, { purposeId: purpose.id, channel, subjectId }).kind === "allowed",
  );
}

function strangerClues(item: IntakeItem) {
  const found = new Map(cluesOfEvent(item.event, item, item.phones).map((c) => [c.clue, c.value]));
  const country = found.get("country") ?? null;
  return {
    country: country?.slice(0, 2) ?? null,
    region: country !== null && country.length > 3 ? country : null,
    storeCountry: found.get("storeCountry") ?? null,
    phoneRegion: found.get("phoneRegion") ?? null,
    language: found.get("language") ?? null,
  };
}
