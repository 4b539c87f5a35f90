import { expect } from "chai";
import { refreshStatistics, sql } from "../../../src/db/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";

describe("the planner's statistics", () => {
  let database: FreshDatabase;
  before(async () => {
    database = await testDatabases().freshDatabase("statistics", { empty: true });
    await database.db.query(sql`create table "Odd name" (id int primary key, shared int)`);
  });
  after(() => database.drop());

  const fill = (from: number, to: number) =>
    database.db.query(
      sql`insert into "Odd name" select n, n / 3 from generate_series(${from}::int, ${to}::int) as n`,
    );
  const distinct = async () => {
    const [found] = await database.db.query<{ n: number }>(
      sql`select n_distinct::float8 as n from pg_stats where tablename = 'Odd name' and attname = 'shared'`,
    );
    return found?.n ?? null;
  };

  it("are gathered once a table has outgrown what they were gathered from, and not before", async () => {
    await fill(1, 100);
    expect(await refreshStatistics(database.db)).to.deep.equal([]);
    expect(await distinct()).to.equal(null);

    await fill(101, 9_000);
    expect(await refreshStatistics(database.db)).to.deep.equal(['"Odd name"']);
    expect(await distinct()).to.be.closeTo(-1 / 3, 0.01);
    expect(await refreshStatistics(database.db)).to.deep.equal([]);

    await fill(9_001, 15_000);
    expect(await refreshStatistics(database.db)).to.deep.equal([]);
    await fill(15_001, 40_000);
    expect(await refreshStatistics(database.db)).to.deep.equal(['"Odd name"']);
  });
});
