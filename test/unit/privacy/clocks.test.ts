import { expect } from "chai";
import fc from "fast-check";
import { BUILT_IN_REGIMES, REGIME_IDS, type RegimeId, type RegimePack } from "../../../consent/index.ts";
import { DAY } from "../../../src/kernel/clock.ts";
import {
  addDays,
  addMonths,
  dayIn,
  daysBetween,
  endOfDay,
  weekdayOf,
} from "../../../src/privacy/clocks/calendar-day.ts";
import {
  type ClockFacts,
  clockOf,
  computeClock,
  decideExtension,
  decidePause,
} from "../../../src/privacy/clocks/compute.ts";
import { addWorkDays, workDaysOf } from "../../../src/privacy/clocks/work-days.ts";
import { ANY_REQUEST_KINDS } from "../../../src/privacy/requests/kinds.ts";

const pack = (id: RegimeId) => BUILT_IN_REGIMES.get(id) as RegimePack;
const facts = (received: string, more: Partial<ClockFacts> = {}): ClockFacts => ({
  kind: "access",
  receivedAt: new Date(received),
  country: null,
  extendedAt: null,
  pauses: [],
  ...more,
});
const due = (id: RegimeId, asked: ClockFacts, now = asked.receivedAt) =>
  computeClock(pack(id), asked, now).answer;

describe("clocks of requests", () => {
  it("count one month to the same-numbered day, or the last day of a shorter month", () => {
    expect(due("EU", facts("2026-12-31T10:00:00Z")).day).to.equal("2027-02-01"); // 31 January is a Sunday
    expect(due("EU", facts("2027-01-31T10:00:00Z")).day).to.equal("2027-03-01"); // 28 February is a Sunday
    expect(due("EU", facts("2028-01-31T10:00:00Z")).day).to.equal("2028-02-29"); // a leap year
    expect(due("EU", facts("2026-11-10T10:00:00Z")).day).to.equal("2026-12-10");
  });

  it("move the last day over a holiday of the country that answers, and say which", () => {
    const german = due("EU", facts("2026-04-01T10:00:00Z", { country: "DE" }));
    expect(german.day).to.equal("2026-05-04");
    expect(german.words.en).to.equal(
      "due 4 May 2026: GDPR Art. 12(3), received 1 April 2026; 1 month from then: 1 May 2026; 1 May 2026 is a holiday (Maifeiertag), so the next working day: 4 May 2026 (Regulation (EEC, Euratom) 1182/71 Art. 3(4))",
    );
    expect(due("EU", facts("2026-04-01T10:00:00Z")).day).to.equal("2026-05-01");
    expect(german.words["zh-CN"])
      .to.contain("2026年5月4日")
      .and.to.contain("GDPR（《通用数据保护条例》）第12条第3款")
      .and.to.contain("2026年5月1日为公众假日（Maifeiertag）");
    expect(german.words["zh-TW"]).to.contain("期限為2026年5月4日");
  });

  it("count the day of receipt where the law's people live, not in UTC", () => {
    // 17:00 UTC is the next day in Taipei.
    expect(due("TW", facts("2026-11-01T17:00:00Z")).day).to.equal("2026-11-17");
    expect(due("TW", facts("2026-11-01T15:00:00Z")).day).to.equal("2026-11-16");
    expect(due("TW", facts("2026-11-01T15:00:00Z")).at?.toISOString()).to.equal("2026-11-16T16:00:00.000Z");
  });

  it("know California's 10 business days and 45 calendar days, which no holiday moves", () => {
    const clock = computeClock(
      pack("US-CA"),
      facts("2026-11-20T20:00:00Z"),
      new Date("2026-11-20T20:00:00Z"),
    );
    // Thanksgiving is off, the day after it is not: 23, 24, 25, 27, 30 November, 1 to 5 … December.
    expect(clock.acknowledge?.day).to.equal("2026-12-07");
    expect(clock.answer.day).to.equal("2027-01-04");
    expect(due("US-CA", facts("2026-11-20T20:00:00Z", { kind: "opt-out" })).day).to.equal("2026-12-14");
  });

  it("know China's make-up working days", () => {
    const work = workDaysOf(pack("CN"), "CN");
    expect(work.whyOff("2026-10-10")).to.equal(null);
    expect(work.whyOff("2026-10-07")).to.deep.equal({ kind: "holiday", name: null });
    expect(work.whyOff("2026-10-11")).to.deep.equal({ kind: "weekend" });
    expect(due("CN", facts("2026-09-28T02:00:00Z", { kind: "erasure" })).day).to.equal("2026-10-23");
  });

  it("extend from the beginning, once, and only while the first period runs", () => {
    const asked = facts("2026-11-30T10:00:00Z");
    expect(decideExtension(pack("EU"), asked, new Date("2026-12-30T22:00:00Z"))).to.deep.equal({
      kind: "allowed",
      article: "GDPR Art. 12(3)",
    });
    expect(decideExtension(pack("EU"), asked, new Date("2026-12-30T23:00:00Z"))).to.deep.equal({
      kind: "refused",
      reason: "too-late",
    });
    const extended = { ...asked, extendedAt: new Date("2026-12-01T10:00:00Z") };
    expect(due("EU", extended).day).to.equal("2027-03-01"); // 28 February 2027 is a Sunday
    expect(decideExtension(pack("EU"), extended, new Date("2026-12-02T10:00:00Z"))).to.deep.equal({
      kind: "refused",
      reason: "already-extended",
    });
    expect(decideExtension(pack("CN"), asked, asked.receivedAt)).to.deep.equal({
      kind: "refused",
      reason: "no-extension",
    });
    expect(due("TW", { ...facts("2026-11-01T02:00:00Z"), extendedAt: new Date(0) }).day).to.equal(
      "2026-12-01",
    );
  });

  it("stand still only where the regime lets them", () => {
    expect(decidePause(pack("US-CA"), { pauses: [] })).to.deep.equal({
      kind: "refused",
      reason: "regime-forbids",
    });
    expect(decidePause(pack("UK"), { pauses: [] })).to.include({ kind: "allowed", needsReason: false });
    expect(decidePause(pack("EU"), { pauses: [] })).to.include({ kind: "allowed", needsReason: true });
    const paused = facts("2026-11-10T10:00:00Z", {
      pauses: [{ from: new Date("2026-11-12T09:00:00Z"), to: new Date("2026-11-19T09:00:00Z") }],
    });
    expect(due("UK", paused).day).to.equal("2026-12-17");
    const running = { ...paused, pauses: [{ from: new Date("2026-11-12T09:00:00Z"), to: null }] };
    expect(due("UK", running, new Date("2026-11-14T09:00:00Z")).day).to.equal("2026-12-14"); // 12 December is a Saturday
    expect(computeClock(pack("UK"), running, new Date("2026-11-14T09:00:00Z")).isPaused).to.equal(true);
    expect(due("UK", running, new Date("2026-11-14T09:00:00Z")).words.en).to.contain(
      "the clock stands still since 12 November 2026",
    );
  });

  it("say so where the law names no number", () => {
    const silent = structuredClone(pack("CN")) as { requests: { access: { limit: { value: unknown } } } };
    silent.requests.access.limit.value = null;
    const clock = computeClock(silent as unknown as RegimePack, facts("2026-11-10T10:00:00Z"), new Date());
    expect([clock.answer.day, clock.answer.at, clock.warnings.length]).to.deep.equal([null, null, 0]);
    expect(clock.answer.words.en).to.match(/^no date in the law: /);
  });

  const day = fc.integer({ min: 0, max: 365 * 40 }).map((n) => addDays("2020-01-01", n));
  const moment = fc.integer({ min: 0, max: 365 * 20 * 24 }).map((h) => new Date(Date.UTC(2020, 0, 1, h)));

  it("keep to the calendar whatever the dates", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 30 }), (from, months) => {
        const to = addMonths(from, months);
        const [y, m] = [Number(from.slice(0, 4)), Number(from.slice(5, 7)) - 1 + months];
        expect(to.slice(0, 7)).to.equal(`${y + Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, "0")}`);
        const kept = to.slice(8) === from.slice(8);
        // Another day only when the month is too short, and then its very last.
        expect(kept || addDays(to, 1).slice(8) === "01").to.equal(true);
        expect(kept || Number(to.slice(8)) < Number(from.slice(8))).to.equal(true);
      }),
      {
        examples: [
          ["2024-02-29", 12],
          ["2027-12-31", 2],
          ["2028-01-30", 1],
        ],
      },
    );
  });

  it("end every day of every zone at the first moment of the next", () => {
    fc.assert(
      fc.property(
        day,
        fc.constantFrom("Europe/Brussels", "America/Los_Angeles", "Asia/Taipei"),
        (d, zone) => {
          const end = endOfDay(zone, d);
          expect(dayIn(zone, end)).to.equal(addDays(d, 1));
          expect(dayIn(zone, new Date(end.getTime() - 1_000))).to.equal(d);
        },
      ),
    );
  });

  it("never give less than the law's days, and never more than holidays and pauses explain", () => {
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom(...REGIME_IDS),
        fc.constantFrom(...ANY_REQUEST_KINDS),
        fc.constantFrom(null, "DE", "FR", "IE"),
        fc.boolean(),
        (receivedAt, id, kind, country, extended) => {
          const clock = clockOf(pack(id), kind);
          const asked: ClockFacts = {
            kind,
            receivedAt,
            country,
            extendedAt: extended && clock.extension.value !== null ? receivedAt : null,
            pauses: [],
          };
          const { answer, warnings, timeZone } = computeClock(pack(id), asked, receivedAt);
          const received = dayIn(timeZone, receivedAt);
          const work = workDaysOf(pack(id), country);
          const limit = clock.limit.value as { amount: number; unit: string };
          const least =
            limit.unit === "business-days"
              ? addWorkDays(work, received, limit.amount)
              : limit.unit === "calendar-months"
                ? addMonths(received, limit.amount)
                : addDays(received, limit.amount);
          const answerDay = answer.day as string;
          expect(answerDay >= least).to.equal(true);
          if (asked.extendedAt === null) expect(daysBetween(least, answerDay)).to.be.lessThan(10);
          const moves = pack(id).requests.lastDayOff.value === "next-working-day" && limit.amount > 0;
          if (moves) expect(work.whyOff(answerDay)).to.equal(null);
          expect(answer.at?.getTime()).to.be.greaterThan(receivedAt.getTime());
          for (const at of warnings) expect(at < (answer.at as Date) && at > receivedAt).to.equal(true);
        },
      ),
    );
  });

  it("are not earlier for a later request, and pauses push them back by their days", () => {
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 0, max: 90 }),
        fc.constantFrom(...REGIME_IDS),
        (receivedAt, later, id) => {
          const one = due(id, facts(receivedAt.toISOString()));
          const other = due(id, facts(new Date(receivedAt.getTime() + later * DAY).toISOString()));
          expect((other.day as string) >= (one.day as string)).to.equal(true);
          if (id !== "UK") return;
          const from = new Date(receivedAt.getTime() + DAY);
          const to = new Date(from.getTime() + later * DAY);
          const paused = due("UK", facts(receivedAt.toISOString(), { pauses: [{ from, to }] }));
          const bare = addDays(
            addMonths(dayIn("Europe/London", receivedAt), 1),
            daysBetween(dayIn("Europe/London", from), dayIn("Europe/London", to)),
          );
          expect((paused.day as string) >= bare).to.equal(true);
          expect(daysBetween(bare, paused.day as string)).to.be.lessThan(6);
        },
      ),
    );
  });

  it("count weekdays as ISO 8601 does", () => {
    expect(["2026-11-23", "2026-11-22"].map(weekdayOf)).to.deep.equal([1, 7]);
  });
});
