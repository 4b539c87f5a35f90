import { expect } from "chai";
import fc from "fast-check";
import { sql } from "../../../src/db/index.ts";
import { SECOND } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import type { DataKey, Vault } from "../../../src/vault/index.ts";
import { testDatabases } from "../../setup/engines.ts";
import { aKeystore, type KeystoreUnderTest, place, problemOf } from "./vaults.ts";

describe(`the keystore on ${testDatabases().engine}`, () => {
  let store: KeystoreUnderTest;
  let vault: Vault;
  beforeEach(async () => {
    store = await aKeystore("vault");
    vault = await store.openAnother();
  });
  afterEach(() => store.drop());

  const one = async (): Promise<DataKey> => (await vault.createKeys("subject", 1))[0] as DataKey;
  const count = async (where = sql`true`): Promise<number> =>
    (await store.db.query<{ n: number }>(sql`select count(*)::int as n from data_key where ${where}`))[0]
      ?.n ?? -1;

  it("opens in another process what was sealed in this one", async () => {
    const keys = await vault.createKeys("subject", 20);
    const other = await store.openAnother();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), fc.uint8Array({ maxLength: 300 }), async (key, bytes) => {
        const cell = vault.seal(key, place, Buffer.from(bytes));
        const loaded = (await other.loadKeys([key.id])).get(key.id) as DataKey;
        expect(loaded.use).to.equal("subject");
        expect(other.open(loaded, place, cell)).to.deep.equal(Buffer.from(bytes));
      }),
    );
  });

  it("makes a thousand keys at once, each committed, distinct and of its own use", async () => {
    const keys = await vault.createKeys("quarantine", 1_000);
    expect(new Set(keys.map((k) => k.id)).size).to.equal(1_000);
    expect(await count(sql`use = 'quarantine' and state = 'live'`)).to.equal(1_000);
    const loaded = await (await store.openAnother()).loadKeys(keys.map((k) => k.id));
    expect(loaded.size).to.equal(1_000);
    expect(await vault.createKeys("subject", 0)).to.deep.equal([]);
  });

  it("stores no key unwrapped, and records the root key's version on every wrapped one", async () => {
    const key = await one();
    const [row] = await store.db.query<{ wrapped: Buffer; kek_id: string }>(
      sql`select wrapped, kek_id from data_key where key_id = ${key.id}::uuid`,
    );
    expect(row?.wrapped.length).to.equal(60);
    const version = await store.provider.currentVersion();
    const wrapped = await store.db.query<{ provider: string; provider_version: string }>(
      sql`select provider, provider_version from kek union all select provider, provider_version from index_key`,
    );
    expect(wrapped.length).to.equal(4);
    for (const w of wrapped) expect(w).to.deep.equal({ provider: "file", provider_version: version });
  });

  it("leaves unknown ids, and what is not an id, out of the answer", async () => {
    const key = await one();
    const loaded = await vault.loadKeys([key.id, uuidIds.next(), "", "'; drop table data_key; --", "\0"]);
    expect([...loaded.keys()]).to.deep.equal([key.id]);
    expect((await vault.loadKeys([key.id.toUpperCase()])).get(key.id.toUpperCase())?.id).to.equal(key.id);
    expect((await vault.loadKeys([])).size).to.equal(0);
  });

  describe("a destroyed key", () => {
    it("is absent from loading, opens nothing in a hand that still holds it, and stays destroyed", async () => {
      const [gone, kept] = (await vault.createKeys("subject", 2)) as [DataKey, DataKey];
      const cells = [gone, kept].map((key) => vault.seal(key, place, Buffer.from("v"))) as [Buffer, Buffer];
      await vault.destroyKeys([gone.id]);
      await vault.destroyKeys([gone.id, uuidIds.next(), "not an id"]);
      expect([...(await vault.loadKeys([gone.id, kept.id])).keys()]).to.deep.equal([kept.id]);
      expect(await problemOf(() => vault.open(gone, place, cells[0]))).to.equal("key-destroyed");
      expect(await problemOf(() => vault.seal(gone, place, Buffer.from("v")))).to.equal("key-destroyed");
      expect(vault.open(kept, place, cells[1]).toString()).to.equal("v");
      expect([...(await vault.keyStates([gone.id, kept.id])).values()]).to.deep.equal(["destroyed", "live"]);
    });

    it("loses its wrapped bytes and keeps the time of its end", async () => {
      const key = await one();
      store.clock.advance(5 * SECOND);
      await vault.destroyKeys([key.id]);
      store.clock.advance(5 * SECOND);
      await vault.destroyKeys([key.id]);
      const [row] = await store.db.query(
        sql`select state, wrapped, destroyed_at from data_key where key_id = ${key.id}::uuid`,
      );
      expect(row).to.deep.equal({
        state: "destroyed",
        wrapped: null,
        destroyed_at: new Date("2026-11-21T09:00:05Z"),
      });
    });

    it("cannot be revived in the database", async () => {
      const key = await one();
      await vault.destroyKeys([key.id]);
      const revived = store.db
        .query(
          sql`update data_key set state = 'live', wrapped = ${Buffer.alloc(60)}::bytea, destroyed_at = null
              where key_id = ${key.id}::uuid`,
        )
        .then(
          () => "revived",
          () => "refused",
        );
      expect(await revived).to.equal("refused");
    });

    it("ends in every other process within 60 seconds, even in use without pause", async () => {
      const key = await one();
      const other = await store.openAnother();
      const cell = vault.seal(key, place, Buffer.from("v"));
      const held = (await other.loadKeys([key.id])).get(key.id) as DataKey;
      await vault.destroyKeys([key.id]);
      expect(other.open(held, place, cell).toString()).to.equal("v");
      for (let s = 0; s < 60; s += 10) {
        store.clock.advance(10 * SECOND);
        await other.loadKeys([key.id]);
      }
      expect(await problemOf(() => other.open(held, place, cell))).to.equal("key-destroyed");
    });

    it("does not come back through a load that was under way when it was destroyed", async () => {
      const keys = await vault.createKeys("subject", 50);
      const ids = keys.map((k) => k.id);
      const other = await store.openAnother();
      const [loaded] = await Promise.all([other.loadKeys(ids), other.destroyKeys(ids)]);
      expect((await other.loadKeys(ids)).size).to.equal(0);
      for (const key of loaded.values())
        expect(await problemOf(() => other.seal(key, place, Buffer.from("v")))).to.equal("key-destroyed");
    });
  });

  it("destroys overlapping sets from several processes at once without a deadlock", async () => {
    const ids = (await vault.createKeys("subject", 200)).map((k) => k.id);
    const other = await store.openAnother();
    await Promise.all([
      vault.destroyKeys(ids),
      other.destroyKeys([...ids].reverse()),
      other.destroyKeys(ids.slice(50, 150)),
    ]);
    expect(await count(sql`state = 'destroyed' and wrapped is null`)).to.equal(200);
  });

  it("gives out keys that are good for 30 seconds at least and 60 at most", async () => {
    const key = await one();
    store.clock.advance(29 * SECOND);
    await vault.loadKeys([key.id]);
    store.clock.advance(30 * SECOND);
    vault.seal(key, place, Buffer.from("v"));
    store.clock.advance(1 * SECOND);
    expect(await problemOf(() => vault.seal(key, place, Buffer.from("v")))).to.equal("keystore-unavailable");
    const again = (await vault.loadKeys([key.id])).get(key.id) as DataKey;
    store.clock.advance(40 * SECOND);
    await vault.loadKeys([key.id]);
    store.clock.advance(40 * SECOND);
    vault.seal(again, place, Buffer.from("v"));
  });

  it("holds no more keys than it was told, and refuses more at once than it can hold", async () => {
    const small = await store.openAnother({ cachedKeys: 10 });
    const first = await small.createKeys("subject", 10);
    const second = await small.createKeys("subject", 6);
    const usable = [];
    for (const key of [...first, ...second])
      if ((await problemOf(() => small.seal(key, place, Buffer.from("v")))) === "none") usable.push(key.id);
    expect(usable).to.deep.equal([...first.slice(6), ...second].map((k) => k.id));
    const loaded = await small.loadKeys(first.map((k) => k.id));
    for (const key of loaded.values()) small.seal(key, place, Buffer.from("v"));
    const tooMany = small.createKeys("subject", 11).catch((e: unknown) => e);
    expect(await tooMany).to.be.instanceOf(RangeError);
  });

  it("lists live keys of a use page by page, so that those without data can be swept", async () => {
    const old = await vault.createKeys("subject", 25);
    await vault.createKeys("evidence", 5);
    store.clock.advance(60 * SECOND);
    await vault.createKeys("subject", 5);
    await vault.destroyKeys([(old[3] as DataKey).id]);
    const createdBefore = store.clock.now();
    const found = [];
    for (let page = await vault.listKeys({ use: "subject", createdBefore, limit: 10 }); page.length > 0; ) {
      found.push(...page);
      const after = page.at(-1)?.id;
      if (after === undefined) break;
      page = await vault.listKeys({ use: "subject", createdBefore, after, limit: 10 });
    }
    const expected = old.filter((_, i) => i !== 3).map((k) => k.id);
    expect(found.map((k) => k.id)).to.deep.equal([...expected].sort());
    expect(found[0]?.createdAt).to.deep.equal(new Date("2026-11-21T09:00:00Z"));
  });

  it("fails closed on a data key that was altered or moved, and never reports it as destroyed", async () => {
    const [a, b] = (await vault.createKeys("subject", 2)) as [DataKey, DataKey];
    await store.db.query(sql`
      update data_key set wrapped = (select wrapped from data_key where key_id = ${b.id}::uuid)
      where key_id = ${a.id}::uuid`);
    const other = await store.openAnother();
    expect(await problemOf(other.loadKeys([a.id]))).to.equal("keystore-unavailable");
    expect((await other.loadKeys([b.id])).size).to.equal(1);
    await store.db.query(sql`update data_key set use = 'evidence' where key_id = ${b.id}::uuid`);
    expect(await problemOf((await store.openAnother()).loadKeys([b.id]))).to.equal("keystore-unavailable");
  });
});
