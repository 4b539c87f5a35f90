import { expect } from "chai";
import { type Db, openPglite, sql, upkeep } from "../../../src/db/index.ts";
import { testDatabases } from "../../setup/engines.ts";

const quiet = () => false;
const busy = () => true;

describe("the embedded engine's upkeep", () => {
  let db: Db;
  let opened: Db | undefined;
  before(async function () {
    // A server does this by itself.
    if (testDatabases().engine !== "pglite") return this.skip();
    opened = await openPglite(null);
    db = opened;
    await db.query(sql`create table churned (id int primary key, place int unique)`);
    await db.query(sql`insert into churned select n, n from generate_series(1, 2000) as n`);
  });
  after(() => db?.close());

  /** As a feed moves: every row gets another place, which no update within a page can do without a new index entry. */
  const move = () => db.query(sql`update churned set place = place + 2000`);
  const bytes = async (): Promise<number> => {
    const [size] = await db.query<{ n: number }>(
      sql`select pg_table_size('churned') + pg_indexes_size('churned') as n`,
    );
    return size?.n ?? 0;
  };
  const logBytes = async (): Promise<number> => {
    const [log] = await db.query<{ n: number }>(sql`
      select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as n from pg_control_checkpoint()`);
    return log?.n ?? 0;
  };

  it("lets a table whose rows change again and again keep its size", async () => {
    await move();
    await move();
    const after = await upkeep(db, quiet);
    expect(after.vacuumed).to.deep.equal(["public.churned"]);
    const size = await bytes();
    for (let i = 0; i < 20; i++) {
      await move();
      await upkeep(db, quiet);
    }
    expect(await bytes()).to.be.lessThan(size * 1.5);
    expect((await upkeep(db, quiet)).vacuumed).to.deep.equal([]);
  });

  it("puts it off while somebody waits, until dead rows are many times the living", async () => {
    await move();
    expect((await upkeep(db, busy)).vacuumed).to.deep.equal([]);
    for (let i = 0; i < 3; i++) await move();
    expect((await upkeep(db, busy)).vacuumed).to.deep.equal(["public.churned"]);
  });

  it("ends the growth of the log by a checkpoint, later while somebody waits", async () => {
    // Each segment of the log has 16 MiB; what ends one early moves the log on as far.
    for (let i = 0; i < 9; i++) {
      await move();
      await db.query(sql`select pg_switch_wal()`);
    }
    expect((await upkeep(db, busy)).hasCheckpointed).to.equal(false);
    expect((await upkeep(db, quiet)).hasCheckpointed).to.equal(true);
    expect(await logBytes()).to.be.lessThan(16 * 1024 * 1024);
    expect((await upkeep(db, quiet)).hasCheckpointed).to.equal(false);
  });
});
