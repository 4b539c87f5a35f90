import { expect } from "chai";
import fc from "fast-check";
import { byteStrings, column, isRejectedByStore, sql, uuids } from "../../../src/db/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";

interface Sample {
  readonly id: string | null;
  readonly bytes: Buffer | null;
  readonly text: string | null;
  readonly at: Date | null;
  readonly day: string | null;
  readonly small: number | null;
  readonly whole: number | null;
  readonly large: number | null;
  readonly json: unknown;
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((t) => !t.includes("\0"));
const moment = fc.date({
  min: new Date("1000-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59Z"),
  noInvalidDate: true,
});
const sample: fc.Arbitrary<Sample> = fc.record({
  id: orNull(fc.uuid()),
  bytes: orNull(fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b))),
  text: orNull(text),
  at: orNull(moment),
  day: orNull(moment.map((d) => d.toISOString().slice(0, 10))),
  small: orNull(fc.integer({ min: -32_767, max: 32_767 })),
  whole: orNull(fc.integer({ min: -2_147_483_647, max: 2_147_483_647 })),
  large: orNull(fc.maxSafeInteger()),
  json: orNull(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 })),
});

describe("a batch as columns", () => {
  let database: FreshDatabase;
  before(async () => {
    database = await testDatabases().freshDatabase("columns", { empty: true });
  });
  after(() => database.drop());

  const echo = (batch: readonly Sample[]) =>
    database.db.query<Record<string, unknown>>(sql`
      select id, bytes, text, at, day::text as day, small::int as small, whole, large, json
      from unnest(
        ${column.uuid(batch, (r) => r.id)}, ${column.bytea(batch, (r) => r.bytes)}, ${column.text(batch, (r) => r.text)},
        ${column.time(batch, (r) => r.at)}, ${column.date(batch, (r) => r.day)}, ${column.smallint(batch, (r) => r.small)},
        ${column.int(batch, (r) => r.whole)}, ${column.bigint(batch, (r) => r.large)}, ${column.json(batch, (r) => r.json)})
        with ordinality as r(id, bytes, text, at, day, small, whole, large, json, n)
      order by n`);

  it("arrives in the store as it was, nulls and repeated values included", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(sample, fc.integer({ min: 1, max: 3 })), { maxLength: 12 }),
        async (runs) => {
          const batch = runs.flatMap(([row, times]) => Array.from({ length: times }, () => row));
          const found = await echo(batch);
          expect(found.length).to.equal(batch.length);
          found.forEach((row, i) => {
            const sent = batch[i] as Sample;
            expect({ ...row, at: (row.at as Date | null)?.getTime() ?? null, json: undefined }).to.deep.equal(
              {
                ...sent,
                at: sent.at?.getTime() ?? null,
                json: undefined,
              },
            );
            expect(row.json).to.deep.equal(sent.json === null ? null : JSON.parse(JSON.stringify(sent.json)));
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it("serves as a list of ids or of bytes", async () => {
    const id = "0198d0a5-0000-7000-8000-00000000abcd";
    const [found] = await database.db.query<{ ids: boolean; none: boolean; bytes: boolean }>(sql`
      select ${id}::uuid = any(${uuids([id.toUpperCase()])}) as ids, ${id}::uuid = any(${uuids([])}) as none,
        ${Buffer.from("ab")}::bytea = any(${byteStrings([Buffer.from("x"), Buffer.from("ab")])}) as bytes`);
    expect(found).to.deep.equal({ ids: true, none: false, bytes: true });
  });

  it("refuses what a type cannot hold the way the store itself would", async () => {
    const attempts: (() => unknown)[] = [
      () => uuids(["not-a-uuid"]),
      () => uuids(["0198d0a5-0000-7000-8000-00000000abcg"]),
      () => uuids(["0198d0a5x0000-7000-8000-00000000abcd"]),
      () => uuids(["0198d0a5-0000-7000-8000-00000000abc\u00e9"]),
      () => column.text(["a\ud800"], (t) => t),
      () => column.time([new Date(Number.NaN)], (t) => t),
      () => column.date(["2026-02-31"], (t) => t),
      () => column.date(["yesterday"], (t) => t),
      () => column.smallint([32_768], (n) => n),
      () => column.int([1.5], (n) => n),
      () => column.bigint([2 ** 60], (n) => n),
    ];
    for (const attempt of attempts) {
      let thrown: unknown;
      try {
        attempt();
      } catch (error) {
        thrown = error;
      }
      expect(isRejectedByStore(thrown), String(attempt)).to.equal(true);
    }
    const nul = await database.db
      .query(sql`select * from unnest(${column.text(["a\0b"], (t) => t)})`)
      .catch((error: unknown) => error);
    expect(isRejectedByStore(nul)).to.equal(true);
  });
});
