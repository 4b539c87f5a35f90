import { expect } from "chai";
import { measureLimit } from "../../scripts/bench/limit.ts";
import { type Db, openPglite, sql } from "../../src/db/index.ts";

describe("the benchmark's limit on the embedded engine", () => {
  let db: Db;
  before(async () => {
    db = await openPglite(null);
    // More than a quarter of the engine's buffers: from there on a scan may begin where another one just was.
    await db.query(
      sql`create table event (subject_id uuid, place int, filler text, primary key (subject_id, place))`,
    );
    await db.query(sql`alter table event alter column filler set storage plain`);
    await db.query(sql`create table subject_aggregate (subject_id uuid primary key, aggregate jsonb)`);
    await db.query(
      sql`insert into event select gen_random_uuid(), n, repeat('x', 3900) from generate_series(1, 12000) as n`,
    );
  });
  after(() => db.close());

  it("takes every row once, however large the table is", async () => {
    const limit = await measureLimit(db, null, 12_000, 1);
    expect(limit.rows).to.equal(12_000);
    expect(limit.rates).to.have.length(1);
  });
});
