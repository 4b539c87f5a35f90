import { expect } from "chai";
import fc from "fast-check";
import { DEFAULT_DATE_FORMATS, dateFormat } from "../../../../pipelines/mapping/date-format.ts";
import { localToUtc } from "../../../../pipelines/steps/index.ts";

function read(pattern: string, value: unknown, zone = "UTC"): string | null {
  const format = dateFormat(pattern);
  if (format === null) throw new Error(`no pattern: ${pattern}`);
  return format.read(value, zone)?.toISOString() ?? null;
}

describe("date formats", () => {
  it("reads every pattern that tills and lists use", () => {
    const cases: [string, unknown, string][] = [
      ["yyyy-MM-dd HH:mm[:ss]", "2026-03-05 07:08", "2026-03-05T07:08:00.000Z"],
      ["yyyy-MM-dd HH:mm[:ss]", "2026-03-05 07:08:09", "2026-03-05T07:08:09.000Z"],
      ["dd/MM/yyyy", "05/03/2026", "2026-03-05T00:00:00.000Z"],
      ["M/d/yyyy", "3/5/2026", "2026-03-05T00:00:00.000Z"],
      ["M/d/yyyy h:mm a", "3/5/2026 12:05 AM", "2026-03-05T00:05:00.000Z"],
      ["yyyy/M/d a h:mm", "2026/3/5 下午 3:05", "2026-03-05T15:05:00.000Z"],
      ["yyyyMMdd", "20260305", "2026-03-05T00:00:00.000Z"],
      ["yyyyMMdd", 20260305, "2026-03-05T00:00:00.000Z"],
      ["yyyyMMddHHmmss", "20260305070809", "2026-03-05T07:08:09.000Z"],
      ["yyyy年MM月dd日", "2026年03月05日", "2026-03-05T00:00:00.000Z"],
      ["yyyy年M月d日[ H:mm]", "2026年3月5日 7:08", "2026-03-05T07:08:00.000Z"],
      ["yyy/MM/dd", "115/03/05", "2026-03-05T00:00:00.000Z"],
      ["[民國[ ]]yyy/MM/dd", "民國 99/03/05", "2010-03-05T00:00:00.000Z"],
      ["民國yyy年MM月dd日", "民國115年03月05日", "2026-03-05T00:00:00.000Z"],
      ["dd.MM.yy", "05.03.26", "2026-03-05T00:00:00.000Z"],
      ["dd.MM.yy", "05.03.97", "1997-03-05T00:00:00.000Z"],
      ["yyyy-MM-ddTHH:mm:ss.SSSX", "2026-03-05T07:08:09.5+08:00", "2026-03-04T23:08:09.500Z"],
      ["ISO", "2026-03-05T07:08:09Z", "2026-03-05T07:08:09.000Z"],
      ["ISO", "2026-03-05", "2026-03-05T00:00:00.000Z"],
      ["epoch-s", "1772694489", "2026-03-05T07:08:09.000Z"],
      ["epoch-ms", 1772694489000, "2026-03-05T07:08:09.000Z"],
    ];
    for (const [pattern, value, expected] of cases) expect(read(pattern, value), pattern).to.equal(expected);
  });

  it("refuses days and hours that do not exist, other patterns, and years outside 1900 to 2200", () => {
    const cases: [string, unknown][] = [
      ["yyyy-MM-dd", "2026-02-29"],
      ["yyyy-MM-dd", "2026-13-01"],
      ["yyyy-MM-dd", "2026-00-10"],
      ["yyyy-MM-dd HH:mm", "2026-01-01 24:00"],
      ["yyyy-MM-dd HH:mm", "2026-01-01 12:60"],
      ["M/d/yyyy h:mm a", "1/1/2026 13:00 PM"],
      ["yyyy-MM-dd", "2026-1-1"],
      ["yyyy-MM-dd", "2026-01-01x"],
      ["yyyy-MM-dd", "0000-01-01"],
      ["yyyy-MM-dd", "9999-12-31"],
      ["yyyy-MM-dd", "1899-12-31"],
      ["ISO", "9999-12-31T00:00:00Z"],
      ["ISO", "0000-00-00 00:00:00"],
      ["epoch-s", "12x"],
      ["epoch-s", "99999999999999"],
      ["yyyy-MM-dd", null],
      ["yyyy-MM-dd", { year: 2026 }],
    ];
    for (const [pattern, value] of cases) expect(read(pattern, value), `${pattern} ${value}`).to.equal(null);
  });

  it("reads no year of two digits and no day before month unless a pattern says so", () => {
    for (const value of ["05/03/26", "26-03-05", "05/03/2026", "3/5/2026"]) {
      expect(DEFAULT_DATE_FORMATS.map((p) => read(p, value))).to.deep.equal(
        DEFAULT_DATE_FORMATS.map(() => null),
      );
    }
  });

  it("knows what is no pattern", () => {
    for (const bad of [
      "",
      "yyyy",
      "yyyy-MM",
      "MM-dd",
      "yyyyy-MM-dd",
      "yyyy-MM-dd MM",
      "[yyyy-MM-dd",
      "yyyy-MM-dd]",
    ]) {
      expect(dateFormat(bad), bad).to.equal(null);
    }
  });

  it("reads a day of the calendar without any zone", () => {
    expect(dateFormat("dd/MM/yyyy")?.readDay("05/03/1985")).to.equal("1985-03-05");
    expect(dateFormat("yyy/MM/dd")?.readDay("74/03/05")).to.equal("1985-03-05");
    expect(dateFormat("ISO")?.readDay("1985-03-05T23:00:00+08:00")).to.equal("1985-03-05");
    expect(dateFormat("ISO")?.readDay("1985-02-30")).to.equal(null);
  });

  it("turns local time into UTC exactly, in winter and in summer", () => {
    expect(read("yyyy-MM-dd HH:mm", "2026-11-21 20:00", "Asia/Taipei")).to.equal("2026-11-21T12:00:00.000Z");
    expect(read("yyyy-MM-dd HH:mm", "2026-01-15 12:00", "Europe/London")).to.equal(
      "2026-01-15T12:00:00.000Z",
    );
    expect(read("yyyy-MM-dd HH:mm", "2026-07-15 12:00", "Europe/London")).to.equal(
      "2026-07-15T11:00:00.000Z",
    );
    expect(read("ISO", "2026-07-15 12:00:30", "America/New_York")).to.equal("2026-07-15T16:00:30.000Z");
  });

  it("takes the first of two equal local times, and moves a skipped one on by the gap", () => {
    expect(read("ISO", "2026-10-25 01:30", "Europe/London")).to.equal("2026-10-25T00:30:00.000Z");
    expect(read("ISO", "2026-03-29 01:30", "Europe/London")).to.equal("2026-03-29T01:30:00.000Z");
    // Clocks that change at midnight itself.
    expect(read("ISO", "2018-11-04 00:30", "America/Sao_Paulo")).to.equal("2018-11-04T03:30:00.000Z");
    expect(read("ISO", "2018-02-17 23:30", "America/Sao_Paulo")).to.equal("2018-02-18T01:30:00.000Z");
  });

  it("keeps no offset longer than it holds: always what the zone's own rules give", () => {
    const zones = [
      "Asia/Taipei",
      "Europe/London",
      "America/Sao_Paulo",
      "Africa/Cairo",
      "Australia/Lord_Howe",
    ];
    const moment = fc.integer({ min: Date.UTC(1995, 0, 1) / 1000, max: Date.UTC(2030, 0, 1) / 1000 });
    const near = fc
      .tuple(
        fc.constantFrom("2018-11-04", "2018-02-18", "2026-03-29", "2026-10-25", "2023-04-28"),
        fc.integer({ min: -90_000, max: 90_000 }),
      )
      .map(([day, seconds]) => Date.parse(`${day}T00:00:00Z`) / 1000 + seconds);
    fc.assert(
      fc.property(fc.oneof(moment, near), fc.constantFrom(...zones), (seconds, zone) => {
        const local = new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
        const expected = localToUtc(seconds * 1000, zone);
        expect(Date.parse(read("ISO", local, zone) ?? "")).to.equal(expected);
      }),
      { numRuns: 300 },
    );
  });
});
