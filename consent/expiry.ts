import type { Db, Tx } from "../src/db/index.ts";
import { type Clock, DAY } from "../src/kernel/clock.ts";
import { addSpan, type CalendarSpan, parseSpan } from "./durations.ts";
import { findEnded, findGrantedBetween, lockExpiryMark, moveExpiryMark } from "./expiry.store.ts";
import type { Registry } from "./registry.ts";

export interface ExpiryDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly registry: Pick<Registry, "snapshot">;
  readonly stageChanges: (tx: Tx, reason: string, subjectIds: readonly string[]) => Promise<void>;
}

/** Months differ by at most three days, so a span can be taken back from a date within so much. */
const SLACK = 3 * DAY;
/** Subjects that one staging names. */
const AT_ONCE = 1_000;

/**
 * Stages a change for everybody whose consent has run out since the last look, so that the feeds tell of it at once.
 * What ran out, the mark and the staging commit together; any process may call it at any time. The first look only
 * sets the mark: feeds are whole when they are pulled. Answers how many subjects it found.
 */
export async function stageExpired(deps: ExpiryDeps): Promise<number> {
  const { rules } = await deps.registry.snapshot();
  const now = deps.clock.now();
  return deps.db.retryingTx(async (tx) => {
    const from = await lockExpiryMark(tx, now);
    if (from === null || from >= now) return 0;
    const ended = new Set(await findEnded(tx, from, now));
    for (const purpose of rules.purposes.values()) {
      const span = purpose.consentExpiresAfter === null ? null : parseSpan(purpose.consentExpiresAfter);
      if (span === null) continue;
      const { after, upTo } = grantedWindow(span, from, now);
      for (const { subjectId, at } of await findGrantedBetween(tx, purpose.id, after, upTo))
        if (endsBetween(at, span, from, now)) ended.add(subjectId);
    }
    const subjects = [...ended].sort();
    for (let i = 0; i < subjects.length; i += AT_ONCE)
      await deps.stageChanges(tx, "expired", subjects.slice(i, i + AT_ONCE));
    await moveExpiryMark(tx, now);
    return subjects.length;
  });
}

/** When a grant must have begun to be able to end, by its purpose's period, between two moments: never too narrow. */
export function grantedWindow(
  span: CalendarSpan,
  from: Date,
  to: Date,
): { readonly after: Date; readonly upTo: Date } {
  const back = { months: -span.months, days: -span.days };
  return {
    after: new Date(addSpan(from, back).getTime() - SLACK),
    upTo: new Date(addSpan(to, back).getTime() + SLACK),
  };
}

/** Whether a grant that began at a moment ends, by its purpose's period, after `from` and not after `to`. */
export function endsBetween(began: Date, span: CalendarSpan, from: Date, to: Date): boolean {
  const end = addSpan(began, span);
  return end > from && end <= to;
}
