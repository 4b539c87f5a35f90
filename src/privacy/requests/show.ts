import { maskValue } from "../../kernel/mask.ts";
import type { Deadline, RequestClock } from "../clocks/compute.ts";
import type { RunProgress } from "../fulfil/port.ts";
import { factsOf } from "./facts.ts";
import type { HistoryRow, RequestRow } from "./requests.store.ts";
import type { RequestPart } from "./sealed-part.ts";
import { possibleActs } from "./state.ts";

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A request as lists show it: no word of it is personal but the member's id. */
export function showRequest(row: RequestRow, now: Date) {
  const facts = factsOf(row);
  return {
    id: row.requestId,
    kind: row.kind,
    door: row.door,
    filer: row.filer,
    regime: row.regime,
    regimeFrom: row.regimeFrom,
    country: row.country,
    locale: row.locale,
    state: row.state,
    memberId: row.memberId,
    match: row.match,
    identity: {
      tier: row.tier,
      method: row.identity,
      declaration: !row.needsDeclaration ? "not-needed" : row.declaredAt === null ? "missing" : "made",
      authority: row.filer === "self" ? "not-needed" : row.authorityAt === null ? "missing" : "accepted",
    },
    receivedAt: row.receivedAt.toISOString(),
    acknowledgedAt: iso(row.acknowledgedAt),
    verifiedAt: iso(row.verifiedAt),
    closedAt: iso(row.closedAt),
    dueOn: row.dueOn,
    dueAt: iso(row.dueAt),
    isLate: row.dueAt !== null && (row.closedAt ?? now) >= row.dueAt,
    isHeld: facts.isHeld,
    isExtended: row.extendedAt !== null,
    isPaused: facts.isPaused,
    reason: row.reason,
    ground: row.ground,
    confirmUntil: iso(row.confirmUntil),
    confirmedAt: iso(row.confirmedAt),
    coolingUntil: iso(row.coolingUntil),
    duplicateOf: row.duplicateOf,
    appealOf: row.appealOf,
    runId: row.runId,
    failedStep: row.failedStep,
    certificateId: row.certificateId,
  };
}

export function showDeadline(deadline: Deadline) {
  const { day, at, article, mark, words } = deadline;
  return { day, at: iso(at), article, mark, words };
}

/** A request with everything about it, for the officer who decides. */
export function showDetail(
  row: RequestRow,
  more: {
    readonly part: RequestPart;
    readonly clock: RequestClock;
    readonly similar: readonly Pick<RequestRow, "requestId" | "state" | "receivedAt">[];
    readonly grounds: readonly {
      readonly id: string;
      readonly reason: string;
      readonly article: string;
      readonly kinds: readonly string[];
      readonly words: object;
    }[];
    readonly history: readonly (HistoryRow & { readonly words: string | null })[];
    readonly progress: RunProgress | null;
    readonly now: Date;
  },
) {
  const { part, clock } = more;
  return {
    ...showRequest(row, more.now),
    contact: part.contact,
    words: part.words,
    representative: part.representative,
    corrections: part.corrections,
    purposes: part.purposes,
    delivery: row.delivery,
    clock: {
      timeZone: clock.timeZone,
      acknowledge: clock.acknowledge === null ? null : showDeadline(clock.acknowledge),
      answer: showDeadline(clock.answer),
      extensionNotice: clock.extensionNotice === null ? null : showDeadline(clock.extensionNotice),
      warnings: clock.warnings.map((w) => w.toISOString()),
    },
    possibleActs: possibleActs(factsOf(row), more.now),
    possibleDuplicates: more.similar.map((s) => ({
      id: s.requestId,
      state: s.state,
      receivedAt: s.receivedAt.toISOString(),
    })),
    grounds: more.grounds
      .filter((g) => g.kinds.includes(row.kind))
      .map(({ id, reason, article, words }) => ({ id, reason, article, words })),
    history: more.history.map((h) => ({
      seq: h.seq,
      at: h.at.toISOString(),
      act: h.act,
      from: h.fromState,
      to: h.toState,
      by: { kind: h.actorKind, id: h.actorId },
      code: h.code,
      note: h.words,
    })),
    progress: more.progress,
  };
}

/** The same with everything hidden that says who somebody is, or was said by them in their own words. */
export function maskRequest(detail: ReturnType<typeof showDetail>): ReturnType<typeof showDetail> {
  const { contact, words, representative, corrections } = detail;
  return {
    ...detail,
    contact: contact === null ? null : { ...contact, value: maskValue(contact.value) },
    words: words === null ? null : maskValue(words),
    representative:
      representative === null
        ? null
        : { name: maskValue(representative.name), proof: maskValue(representative.proof) },
    corrections: corrections.map((c) => ({ ...c, value: maskValue(c.value) })),
  };
}
