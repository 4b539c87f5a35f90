import { expect } from "chai";
import { type Db, sql } from "../../../src/db/index.ts";
import { HOLDINGS, MACHINERY } from "../../../src/holdings.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { linkOf } from "../../../src/privacy/fulfil/plan.ts";
import { openVault, rootKeyFromText } from "../../../src/vault/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { ROOT_KEY } from "../../setup/server.ts";

/** Columns whose name says that they lead to a person. */
const PERSONAL = /(^|_)(subject|member)(_id|s)?$|^bi$|^anchor_bi$|^left_subject$|^right_subject$|^parties$/;

async function columnsOf(db: Db): Promise<Map<string, string[]>> {
  const rows = await db.query<{ t: string; c: string }>(sql`
    select c.table_name as t, c.column_name as c from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, c.ordinal_position`);
  const tables = new Map<string, string[]>();
  for (const { t, c } of rows) tables.set(t, [...(tables.get(t) ?? []), c]);
  return tables;
}

describe("the register of what is held", () => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await testDatabases().freshDatabase("holdings");
  });
  after(() => fresh.drop());

  it("knows every table and every column of the store, each with a retention rule and a place in the export", async () => {
    const tables = await columnsOf(fresh.db);
    expect(tables.size).to.be.greaterThan(10);
    for (const name of MACHINERY) tables.delete(name);
    const known = new Map<string, string[]>(HOLDINGS.map((h) => [h.table, Object.keys(h.columns)]));
    expect([...known.keys()].sort()).to.deep.equal([...tables.keys()].sort());
    for (const [table, columns] of tables)
      expect(known.get(table)?.sort(), table).to.deep.equal([...columns].sort());
    for (const h of HOLDINGS) {
      expect(h.retention, `${h.table} retention`).to.match(/\.$/);
      expect(h.inExport, `${h.table} export`).to.not.equal("");
      expect(h.holds, `${h.table} holds`).to.match(/\.$/);
    }
  });

  it("says of every table with a subject, a member or an identifier how its rows lead to a person", async () => {
    for (const [table, columns] of await columnsOf(fresh.db)) {
      if (!columns.some((c) => PERSONAL.test(c))) continue;
      const known = HOLDINGS.find((h) => h.table === table);
      expect(known?.person.kind, `${table} leads to people`).to.not.equal("nobody");
    }
  });

  it("finds the rows of a person by an index, however many people there are", async () => {
    const indexes = await fresh.db.query<{ t: string; c: string; gin: boolean }>(sql`
      select x.indrelid::regclass::text as t, a.attname as c, m.amname = 'gin' as gin
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam
      join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
      where x.indpred is null or pg_get_expr(x.indpred, x.indrelid) = format('(%I IS NOT NULL)', a.attname)`);
    const scanned = HOLDINGS.map((h) => linkOf(h))
      .filter((link) => link !== null)
      .flatMap(({ table, columns, isList }) =>
        columns
          .filter((c) => !indexes.some((i) => i.t === table && i.c === c && i.gin === isList))
          .map((c) => `${table}.${c}`),
      );
    // Changes wait there for a second: it is nearly empty, whatever the population.
    expect(scanned).to.deep.equal(["change_stage.subjects"]);
  });

  it("keeps keys in a store that names nobody", async () => {
    const vault = await openVault({
      keystore: fresh.keystoreDb,
      provider: rootKeyFromText(ROOT_KEY),
      clock: systemClock,
      ids: uuidIds,
    });
    const tables = await columnsOf(fresh.keystoreDb);
    await vault.close();
    const erased = tables.get("erasure_ledger");
    expect(erased, "ids of subjects that are gone").to.include("subject_id");
    tables.delete("erasure_ledger");
    expect([...tables.keys()].sort()).to.deep.equal([
      "data_key",
      "erasure_listed",
      "index_key",
      "kek",
      "key_rotation",
      "keystore_migration",
    ]);
    expect([...tables.values()].flat().filter((c) => PERSONAL.test(c))).to.deep.equal([]);
  });
});
