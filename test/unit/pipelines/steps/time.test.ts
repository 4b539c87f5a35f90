import { expect } from "chai";
import fc from "fast-check";
import { isTimeZone, localToUtc, occurredAt, readDay, readTime } from "../../../../pipelines/steps/index.ts";
import { anArrival, RECEIVED_AT } from "./builders.ts";

function iso(value: unknown, timeZone?: string): string {
  const time = readTime(value, timeZone);
  return time.kind === "ok" ? time.at.toISOString() : "bad";
}

describe("reading a time", () => {
  it("reads RFC 3339 in its spellings", () => {
    expect(iso("2026-03-01T10:20:30Z")).to.equal("2026-03-01T10:20:30.000Z");
    expect(iso("2026-03-01t10:20:30.1234567z")).to.equal("2026-03-01T10:20:30.123Z");
    expect(iso("2026-03-01 10:20:30+08:00")).to.equal("2026-03-01T02:20:30.000Z");
    expect(iso("2026-03-01T10:20-0330")).to.equal("2026-03-01T13:50:00.000Z");
    expect(iso("2026-12-31T23:59:60Z")).to.equal("2027-01-01T00:00:00.000Z");
    expect(iso("20260301T102030Z")).to.equal("2026-03-01T10:20:30.000Z");
  });

  it("reads epoch seconds and milliseconds, as number and as text", () => {
    expect(iso(1767225600)).to.equal("2026-01-01T00:00:00.000Z");
    expect(iso(1767225600123)).to.equal("2026-01-01T00:00:00.123Z");
    expect(iso("1767225600")).to.equal("2026-01-01T00:00:00.000Z");
    expect(iso("1767225600123")).to.equal("2026-01-01T00:00:00.123Z");
    expect(iso(-86400)).to.equal("1969-12-31T00:00:00.000Z");
  });

  it("takes a time without offset as local to the source, exactly through daylight saving", () => {
    expect(iso("2026-07-01T12:00:00", "Asia/Taipei")).to.equal("2026-07-01T04:00:00.000Z");
    expect(iso("20260701120000", "Asia/Shanghai")).to.equal("2026-07-01T04:00:00.000Z");
    expect(iso("2026-07-01T12:00:00", "Europe/Berlin")).to.equal("2026-07-01T10:00:00.000Z");
    expect(iso("2026-01-01T12:00:00", "Europe/Berlin")).to.equal("2026-01-01T11:00:00.000Z");
    // China had summer time from 1986 to 1991.
    expect(iso("1988-07-01T12:00:00", "Asia/Shanghai")).to.equal("1988-07-01T03:00:00.000Z");
  });

  it("takes the first of two equal local times and moves a skipped one on by the gap", () => {
    expect(iso("2026-10-25T02:30:00", "Europe/Berlin")).to.equal("2026-10-25T00:30:00.000Z");
    expect(iso("2026-03-29T02:30:00", "Europe/Berlin")).to.equal("2026-03-29T01:30:00.000Z");
  });

  it("takes a date alone as its first moment in the source's zone", () => {
    expect(iso("2026-02-03", "Asia/Taipei")).to.equal("2026-02-02T16:00:00.000Z");
    expect(iso("2026-02-03")).to.equal("2026-02-03T00:00:00.000Z");
  });

  it("refuses days and hours that do not exist", () => {
    for (const text of [
      "2026-02-29",
      "2026-13-01",
      "2026-00-10",
      "2026-01-01T25:00Z",
      "2026-01-01T10:61Z",
      "2026-01-01T24:01Z",
    ]) {
      expect(iso(text), text).to.equal("bad");
    }
    expect(iso("2024-02-29")).to.equal("2024-02-29T00:00:00.000Z");
  });

  it("refuses years outside 1900 to 2200", () => {
    for (const value of [
      "0000-01-01T00:00:00Z",
      "1899-12-31T23:59:59Z",
      "2201-01-01",
      "9999-12-31",
      1e15,
      -1e13,
    ]) {
      expect(iso(value), String(value)).to.equal("bad");
    }
    expect(iso("1900-01-01T00:00:00Z")).to.equal("1900-01-01T00:00:00.000Z");
    expect(iso("2200-12-31T23:59:59Z")).to.equal("2200-12-31T23:59:59.000Z");
  });

  it("refuses what is no time", () => {
    for (const value of [
      "",
      "soon",
      "12345",
      "01/02/2026",
      Number.NaN,
      Number.POSITIVE_INFINITY,
      {},
      [],
      true,
      null,
    ]) {
      expect(iso(value)).to.equal("bad");
    }
    expect(iso("2026-01-01T10:00:00", "Mars/Olympus")).to.equal("bad");
  });

  it("knows time zones by name", () => {
    expect(isTimeZone("Asia/Taipei")).to.equal(true);
    expect(isTimeZone("Mars/Olympus")).to.equal(false);
  });

  it("turns every local time that a zone's clocks show back into a moment that shows it", () => {
    const zones = [
      "Asia/Taipei",
      "Europe/London",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
    ];
    const shown = (ms: number, timeZone: string) =>
      new Date(ms).toLocaleString("sv-SE", { timeZone, hourCycle: "h23" });
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2100, 0, 1) / 1000 }),
        fc.constantFrom(...zones),
        (second, zone) => {
          const text = shown(second * 1000, zone);
          const utc = localToUtc(Date.parse(`${text.replace(" ", "T")}Z`), zone) as number;
          expect(shown(utc, zone)).to.equal(text);
          expect(utc).to.be.at.most(second * 1000);
          expect(utc).to.be.at.least(second * 1000 - 7_200_000);
        },
      ),
    );
  });
});

describe("reading a day", () => {
  it("knows no zone and no moment, only the calendar", () => {
    expect(readDay("1985-02-28")).to.equal("1985-02-28");
    expect(readDay("1985/02/28")).to.equal("1985-02-28");
    expect(readDay("19850228")).to.equal("1985-02-28");
    expect(readDay("1985-02-30")).to.equal(null);
    expect(readDay(19850228)).to.equal(null);
  });
});

describe("when an item happened", () => {
  const at = (original: unknown, sentAt: Date | null, own?: unknown) => {
    const result = occurredAt({ original, sentAt: own, field: "timestamp" }, anArrival({ sentAt }), "UTC");
    return result.kind === "ok" ? result.at.toISOString() : result.rejection.code;
  };

  it("corrects a sender's clock by when it says it sent", () => {
    // A clock three hours slow: happened ten minutes before it was sent.
    expect(at("2026-06-01T08:50:00Z", new Date("2026-06-01T09:00:00Z"))).to.equal("2026-06-01T11:50:00.000Z");
  });

  it("prefers the item's own sentAt and ignores one that cannot be read", () => {
    const batch = new Date("2026-06-01T09:00:00Z");
    expect(at("2026-06-01T08:50:00Z", batch, "2026-06-01T08:55:00Z")).to.equal("2026-06-01T11:55:00.000Z");
    expect(at("2026-06-01T08:50:00Z", null, "yesterday")).to.equal("2026-06-01T08:50:00.000Z");
  });

  it("is the time of receipt when the item has none", () => {
    expect(at(null, null)).to.equal(RECEIVED_AT.toISOString());
  });

  it("refuses more than a day of future, also after correction, and unreadable times", () => {
    expect(at("2026-06-02T12:00:00Z", null)).to.equal("2026-06-02T12:00:00.000Z");
    expect(at("2026-06-02T12:00:01Z", null)).to.equal("time-in-future");
    expect(at("2026-06-05T00:00:00Z", new Date("2026-06-01T00:00:00Z"))).to.equal("time-in-future");
    expect(at("0000-00-00", null)).to.equal("invalid-time");
    expect(at("9999-12-31T00:00:00Z", null)).to.equal("invalid-time");
    expect(at({}, null)).to.equal("invalid-time");
  });

  it("keeps the distance between happening and sending, whatever the sender's clock", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (skew, age) => {
        const sentAt = new Date(RECEIVED_AT.getTime() + skew);
        const original = new Date(sentAt.getTime() - age).toISOString();
        expect(at(original, sentAt)).to.equal(new Date(RECEIVED_AT.getTime() - age).toISOString());
      }),
    );
  });
});
