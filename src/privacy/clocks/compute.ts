import { LOCALES, type Locale, type RegimePack, type RequestLimit } from "../../../consent/index.ts";
import type { AnyRequestKind } from "../requests/kinds.ts";
import { addDays, addMonths, type CalendarDay, dayIn, daysBetween, endOfDay } from "./calendar-day.ts";
import { type ClockStep, explainDay } from "./words.ts";
import { addWorkDays, nextWorkDay, type WorkDays, workDaysOf } from "./work-days.ts";

/** A time during which the clock stood still; `to` null while it still does. */
export interface ClockPause {
  readonly from: Date;
  readonly to: Date | null;
}

/** All that a clock is computed from: facts that are recorded, never a computed date. */
export interface ClockFacts {
  readonly kind: AnyRequestKind;
  readonly receivedAt: Date;
  /** Country whose holidays count (ISO 3166-1 alpha-2); null: weekends only. */
  readonly country: string | null;
  /** When the answer's deadline was extended; null while it was not. */
  readonly extendedAt: Date | null;
  readonly pauses: readonly ClockPause[];
}

/** A computed date. */
export interface Deadline {
  /** The last day in time; null where the law names no number. */
  readonly day: CalendarDay | null;
  /** The first moment that is too late: the end of that day in the regime's time zone. */
  readonly at: Date | null;
  readonly article: string;
  /** Whether the figure is rule text, a secondary source or memory (see the regime pack). */
  readonly mark: string;
  readonly steps: readonly ClockStep[];
  /** The whole reckoning in words. */
  readonly words: Readonly<Record<Locale, string>>;
}

export interface RequestClock {
  readonly regime: RegimePack["id"];
  readonly timeZone: string;
  readonly acknowledge: Deadline | null;
  readonly answer: Deadline;
  /** Until when an extension may be told, with its reasons; null where the regime knows none. */
  readonly extensionNotice: Deadline | null;
  readonly isPaused: boolean;
  /** When staff is warned of the answer's deadline, soonest last; the moments lie at the start of the day. */
  readonly warnings: readonly Date[];
}

/** The clock of a kind of request inside a pack. */
export function clockOf(pack: RegimePack, kind: AnyRequestKind): RegimePack["requests"]["access"] {
  const { requests } = pack;
  switch (kind) {
    case "access":
      return requests.access;
    case "portability":
      return requests.portability;
    case "rectification":
      return requests.rectify;
    case "restriction":
      return requests.restrict;
    case "objection":
      return requests.object;
    case "erasure":
      return requests.erase;
    case "opt-out":
      return requests.optOut;
    case "appeal":
      return requests.appeal;
  }
}

function after(work: WorkDays, from: CalendarDay, { amount, unit }: RequestLimit): CalendarDay {
  switch (unit) {
    case "calendar-days":
      return addDays(from, amount);
    case "calendar-months":
      return addMonths(from, amount);
    case "business-days":
      return addWorkDays(work, from, amount);
  }
}

/** Both spans together, from one beginning: a month and two more are three months from receipt (Art. 12(3)). */
function together(work: WorkDays, from: CalendarDay, limit: RequestLimit, more: RequestLimit): CalendarDay {
  if (limit.unit === more.unit) return after(work, from, { ...limit, amount: limit.amount + more.amount });
  return after(work, after(work, from, limit), more);
}

interface Sourced<T> {
  readonly value: T;
  readonly source: string;
  readonly mark: string;
}

/**
 * Reckons one deadline. The day of receipt is not counted (Regulation 1182/71 Art. 3(1)); a period in days or months
 * whose last day is not worked ends on the next that is, where the pack says so (Art. 3(4)); pauses push the end back
 * by the days that they lasted.
 */
function reckon(
  pack: RegimePack,
  work: WorkDays,
  facts: Pick<ClockFacts, "receivedAt" | "pauses">,
  limit: Sourced<RequestLimit | null>,
  extension: Sourced<RequestLimit | null> | null,
  now: Date,
): Deadline {
  const received = dayIn(work.timeZone, facts.receivedAt);
  const steps: ClockStep[] = [{ kind: "from", day: received }];
  let day: CalendarDay | null = null;
  if (limit.value !== null) {
    day = after(work, received, limit.value);
    steps.push({ kind: "limit", limit: limit.value, day });
    if (extension?.value != null) {
      day = together(work, received, limit.value, extension.value);
      steps.push({ kind: "extended", limit: extension.value, day, article: extension.source });
    }
    const article = pack.requests.pauseWhileVerifying.source;
    for (const pause of facts.pauses) {
      const from = dayIn(work.timeZone, pause.from);
      const days = daysBetween(from, dayIn(work.timeZone, pause.to ?? now));
      if (pause.to === null) steps.push({ kind: "running-pause", since: from, article });
      if (days <= 0) continue;
      day = addDays(day, days);
      steps.push({ kind: "paused", days, day, article });
    }
    const { lastDayOff } = pack.requests;
    // "At once" does not wait for Monday, and business days never end on a day off unless a pause moved them.
    if (lastDayOff.value === "next-working-day" && limit.value.amount > 0) {
      const why = work.whyOff(day);
      if (why !== null) {
        const moved = nextWorkDay(work, day);
        steps.push({ kind: "moved", from: day, why, day: moved, article: lastDayOff.source });
        day = moved;
      }
    }
  }
  const computed = { day, article: limit.source, steps };
  return {
    ...computed,
    mark: limit.mark,
    at: day === null ? null : endOfDay(work.timeZone, day),
    words: Object.fromEntries(LOCALES.map((l) => [l, explainDay(l, computed, pack)])) as Record<
      Locale,
      string
    >,
  };
}

/**
 * Computes every date of a request under its regime's pack, with the reckoning in words. Pure: the same facts give the
 * same dates; `now` matters only while a pause is running.
 */
export function computeClock(pack: RegimePack, facts: ClockFacts, now: Date): RequestClock {
  const work = workDaysOf(pack, facts.country);
  const clock = clockOf(pack, facts.kind);
  const base = { receivedAt: facts.receivedAt, pauses: [] };
  const answer = reckon(
    pack,
    work,
    facts,
    clock.limit,
    facts.extendedAt === null ? null : clock.extension,
    now,
  );
  return {
    regime: pack.id,
    timeZone: work.timeZone,
    acknowledge:
      pack.requests.acknowledge.value === null
        ? null
        : reckon(pack, work, base, pack.requests.acknowledge, null, now),
    answer,
    extensionNotice:
      clock.extension.value === null
        ? null
        : reckon(
            pack,
            work,
            { ...base, pauses: facts.pauses },
            clock.extensionNoticeWithin.value === null ? clock.limit : clock.extensionNoticeWithin,
            null,
            now,
          ),
    isPaused: facts.pauses.some((p) => p.to === null),
    warnings: warningsOf(pack, work, answer, facts.receivedAt),
  };
}

/** Warnings that would lie before receipt are left out: a deadline of days is not warned of weeks before. */
function warningsOf(pack: RegimePack, work: WorkDays, answer: Deadline, receivedAt: Date): Date[] {
  const { day } = answer;
  if (day === null) return [];
  return [...pack.requests.warnBeforeDays.value]
    .sort((a, b) => b - a)
    .map((before) => endOfDay(work.timeZone, addDays(day, -before - 1)))
    .filter((at) => at > receivedAt);
}

/** Why a deadline may not be extended now, or the article that allows it. */
export type ExtensionDecision =
  | { readonly kind: "allowed"; readonly article: string }
  | { readonly kind: "refused"; readonly reason: "no-extension" | "already-extended" | "too-late" };

/** Whether the answer's deadline may be extended at `now`: where the law has it, once, and told in time. */
export function decideExtension(pack: RegimePack, facts: ClockFacts, now: Date): ExtensionDecision {
  const clock = computeClock(pack, facts, now);
  const { extension } = clockOf(pack, facts.kind);
  if (extension.value === null || clock.extensionNotice === null)
    return { kind: "refused", reason: "no-extension" };
  if (facts.extendedAt !== null) return { kind: "refused", reason: "already-extended" };
  const until = clock.extensionNotice.at;
  if (until !== null && now >= until) return { kind: "refused", reason: "too-late" };
  return { kind: "allowed", article: extension.source };
}

export type PauseDecision =
  | { readonly kind: "allowed"; readonly article: string; readonly needsReason: boolean }
  | { readonly kind: "refused"; readonly reason: "regime-forbids" | "already-paused" };

/** Whether the clock may stand still while identity is awaited: by statute, only with a reason, or never. */
export function decidePause(pack: RegimePack, facts: Pick<ClockFacts, "pauses">): PauseDecision {
  const { value, source } = pack.requests.pauseWhileVerifying;
  if (value === "never") return { kind: "refused", reason: "regime-forbids" };
  if (facts.pauses.some((p) => p.to === null)) return { kind: "refused", reason: "already-paused" };
  return { kind: "allowed", article: source, needsReason: value === "override-with-reason" };
}
