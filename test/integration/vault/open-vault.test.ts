import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { MINUTE, SECOND } from "../../../src/kernel/clock.ts";
import { type DataKey, rootKeyFromText, type Vault } from "../../../src/vault/index.ts";
import { testDatabases } from "../../setup/engines.ts";
import { aRootKey, scriptedProvider } from "./scripted-provider.ts";
import { aKeystore, type KeystoreUnderTest, place, problemOf } from "./vaults.ts";

describe(`opening the vault on ${testDatabases().engine}`, () => {
  let store: KeystoreUnderTest;
  beforeEach(async () => {
    store = await aKeystore("open_vault");
  });
  afterEach(() => store.drop());

  const sealOne = async (vault: Vault): Promise<{ id: string; cell: Buffer }> => {
    const [key] = (await vault.createKeys("subject", 1)) as [DataKey];
    return { id: key.id, cell: vault.seal(key, place, Buffer.from("v")) };
  };
  const openOne = async (vault: Vault, sealed: { id: string; cell: Buffer }): Promise<string> =>
    vault.open((await vault.loadKeys([sealed.id])).get(sealed.id) as DataKey, place, sealed.cell).toString();

  it("lets processes that start at once on an empty keystore agree on every key", async () => {
    const vaults = await Promise.all([1, 2, 3, 4].map(() => store.openAnother()));
    const macs = vaults.map((v) =>
      [v.blindIndex("email", "", "v"), v.mac("message", "v"), v.mac("suppression", "v")]
        .map((m) => m.toString("hex"))
        .join(),
    );
    expect(new Set(macs).size).to.equal(1);
    const sealed = await Promise.all(vaults.map(sealOne));
    for (const vault of vaults) for (const s of sealed) expect(await openOne(vault, s)).to.equal("v");
    const [n] = await store.db.query<{ keks: number; index_keys: number }>(
      sql`select (select count(*)::int from kek) as keks, (select count(*)::int from index_key) as index_keys`,
    );
    expect(n).to.deep.equal({ keks: 1, index_keys: 3 });
  });

  it("finds the same keys after a restart", async () => {
    const before = await store.openAnother();
    const sealed = await sealOne(before);
    const index = before.blindIndex("phone", "", "+886912345678");
    await before.close();
    const after = await store.openAnother();
    expect(await openOne(after, sealed)).to.equal("v");
    expect(after.blindIndex("phone", "", "+886912345678").equals(index)).to.equal(true);
  });

  it("refuses another root key clearly, and changes nothing", async () => {
    const sealed = await sealOne(await store.openAnother());
    const wrong = store.openAnother({ provider: rootKeyFromText(aRootKey()) });
    expect(await problemOf(wrong)).to.equal("invalid-settings");
    expect(await openOne(await store.openAnother(), sealed)).to.equal("v");
  });

  it("refuses a keystore that a newer Candor wrote", async () => {
    await store.openAnother();
    await store.db.query(sql`insert into keystore_migration (number, name) values (999, 'from-the-future')`);
    expect(await problemOf(store.openAnother())).to.equal("schema-too-new");
  });

  it("forgets everything when it is closed", async () => {
    const vault = await store.openAnother();
    const [key] = (await vault.createKeys("subject", 1)) as [DataKey];
    const cell = vault.seal(key, place, Buffer.from("v"));
    await vault.close();
    for (const work of [
      () => vault.seal(key, place, Buffer.from("v")),
      () => vault.open(key, place, cell),
      () => vault.blindIndex("email", "", "v"),
      () => vault.mac("m", "v"),
      () => vault.createKeys("subject", 1),
      () => vault.loadKeys([key.id]),
    ])
      expect(await problemOf(work)).to.equal("keystore-unavailable");
  });

  describe("with the root key provider away", () => {
    for (const mood of ["away", "silent"] as const) {
      it(`does not open when it is ${mood}`, async () => {
        await store.openAnother();
        store.provider.behave(mood);
        const opening = store.openAnother({ deadlines: { provider: 20 } });
        expect(await problemOf(opening)).to.equal("keystore-unavailable");
      });

      it(`makes and loads no key once the key-encryption key has expired and it is ${mood}`, async () => {
        const vault = await store.openAnother({ deadlines: { provider: 20 } });
        const sealed = await sealOne(vault);
        store.provider.behave(mood);
        store.clock.advance(6 * MINUTE);
        expect(await problemOf(vault.createKeys("subject", 1))).to.equal("keystore-unavailable");
        expect(await problemOf(vault.loadKeys([sealed.id]))).to.equal("keystore-unavailable");
        store.provider.behave("well");
        expect(await openOne(vault, sealed)).to.equal("v");
      });
    }

    it("goes on for as long as the key-encryption key is held", async () => {
      const vault = await store.openAnother();
      const sealed = await sealOne(vault);
      store.provider.behave("away");
      store.clock.advance(2 * MINUTE);
      expect(await openOne(vault, sealed)).to.equal("v");
      expect(await openOne(vault, await sealOne(vault))).to.equal("v");
    });

    it("is asked once for many callers that find the key-encryption key expired", async () => {
      const vault = await store.openAnother();
      store.clock.advance(6 * MINUTE);
      const before = store.provider.calls.unwrap;
      await Promise.all(Array.from({ length: 10 }, () => vault.createKeys("subject", 1)));
      expect(store.provider.calls.unwrap - before).to.equal(1);
    });
  });

  it("fails closed when the keystore is away", async () => {
    const vault = await store.openAnother({ keystore: store.db });
    const [key] = (await vault.createKeys("subject", 1)) as [DataKey];
    await store.db.close();
    expect(await problemOf(vault.createKeys("subject", 1))).to.equal("keystore-unavailable");
    expect(await problemOf(vault.destroyKeys([key.id]))).to.equal("keystore-unavailable");
    expect(await problemOf(vault.keyStates([key.id]))).to.equal("keystore-unavailable");
    store.clock.advance(31 * SECOND);
    expect(await problemOf(vault.loadKeys([key.id]))).to.equal("keystore-unavailable");
    expect(await problemOf(store.openAnother({ keystore: store.db }))).to.equal("keystore-unavailable");
  });

  describe("rotating the root key", () => {
    it("rewraps every key by its recorded version while others go on writing, and needs no old root key after", async () => {
      const [before, now] = [aRootKey(), aRootKey()];
      const both = scriptedProvider(rootKeyFromText(now, [before]));
      const writer = await store.openAnother({ provider: rootKeyFromText(before) });
      const early = await sealOne(writer);
      const [one, other] = await Promise.all([
        store.openAnother({ provider: both }),
        store.openAnother({ provider: both }),
      ]);
      // Two rotators at once, and a writer that still knows the old root key alone.
      const [changed, changedToo, during] = await Promise.all([
        one.rewrapRoot(),
        other.rewrapRoot(),
        sealOne(writer),
      ]);
      expect(changed + changedToo).to.equal(4);
      expect(await one.rewrapRoot()).to.equal(0);
      const after = await store.openAnother({ provider: rootKeyFromText(now) });
      expect(await openOne(after, early)).to.equal("v");
      expect(await openOne(after, during)).to.equal("v");
      expect(after.blindIndex("email", "", "v").equals(writer.blindIndex("email", "", "v"))).to.equal(true);
      const old = store.openAnother({ provider: rootKeyFromText(before) });
      expect(await problemOf(old)).to.equal("invalid-settings");
    });
  });
});
