import { expect } from "chai";
import { sql } from "../../src/db/index.ts";
import { type FreshDatabase, testDatabases } from "./engines.ts";

describe("databases for tests", () => {
  const { engine, freshDatabase } = testDatabases();
  const taken: FreshDatabase[] = [];
  const take = async (label: string, options?: { empty?: boolean }) => {
    const fresh = await freshDatabase(label, options);
    taken.push(fresh);
    return fresh;
  };
  afterEach(async () => {
    for (const fresh of taken.splice(0)) await fresh.drop();
  });

  it("hands out a migrated main store and an empty keystore", async () => {
    const { db, keystoreDb } = await take("pair");
    expect(db.engine).to.equal(engine);
    const [row] = await db.query<{ n: number }>(sql`select count(*)::int as n from schema_migration`);
    expect(row?.n).to.be.greaterThan(0);
    const tables = await keystoreDb.query(
      sql`select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'`,
    );
    expect(tables).to.deep.equal([]);
  });

  it("leaves the main store empty when a test of migrations asks for it", async () => {
    const { db } = await take("empty", { empty: true });
    const tables = await db.query(
      sql`select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'`,
    );
    expect(tables).to.deep.equal([]);
  });

  it("keeps two databases of the same label apart", async () => {
    const [a, b] = [await take("same"), await take("same")];
    await a.db.query(sql`create table only_here (n int)`);
    const [found] = await b.db.query<{ t: string | null }>(sql`select to_regclass('only_here')::text as t`);
    expect(found?.t).to.equal(null);
  });

  it("lets nothing of a dropped database reach the next one", async () => {
    const first = await take("first");
    await first.db.query(sql`create schema elsewhere`);
    await first.db.query(sql`create table elsewhere.left_over (n int)`);
    await first.db.query(sql`set statement_timeout = 77`);
    await first.drop();
    const second = await take("second");
    const [found] = await second.db.query<{ t: string | null }>(
      sql`select to_regclass('elsewhere.left_over')::text as t`,
    );
    expect(found?.t).to.equal(null);
    const [setting] = await second.db.query<{ v: string }>(
      sql`select current_setting('statement_timeout') as v`,
    );
    expect(setting?.v).to.equal("0");
  });

  it("refuses work through a closed handle, and lets it be dropped still", async () => {
    const fresh = await take("closed");
    await fresh.db.close();
    const outcome = await fresh.db.query(sql`select 1`).then(
      () => "answered",
      () => "refused",
    );
    expect(outcome).to.equal("refused");
    await fresh.drop();
    await fresh.drop();
  });
});
