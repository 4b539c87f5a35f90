import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type Db, type Row, type Sql, sql } from "../../../src/db/index.ts";
import { MINUTE } from "../../../src/kernel/clock.ts";
import { type DataKey, openRootKeyFile, type Vault } from "../../../src/vault/index.ts";
import { testDatabases } from "../../setup/engines.ts";
import { aKeystore, type KeystoreUnderTest, place, problemOf } from "./vaults.ts";

class Killed extends Error {}

/** A connection that dies before its n-th statement, as a process that is killed does. */
function dyingAfter(db: Db, statements: number): Db {
  let left = statements;
  const spend = (): void => {
    if (left-- <= 0) throw new Killed("killed");
  };
  return {
    ...db,
    query: async <R = Row>(statement: Sql) => {
      spend();
      return db.query<R>(statement);
    },
    tx: (work) =>
      db.tx(async (tx) => {
        const result = await work({
          query: async <R = Row>(statement: Sql) => {
            spend();
            return tx.query<R>(statement);
          },
          exec: (script) => tx.exec(script),
        });
        spend();
        return result;
      }),
    retryingTx(work) {
      return this.tx(work);
    },
  };
}

interface Kept {
  readonly id: string;
  readonly cell: Buffer;
}

describe(`rotating keys on ${testDatabases().engine}`, () => {
  let keystore: KeystoreUnderTest;
  let vault: Vault;
  before(async () => {
    keystore = await aKeystore("rotation");
    vault = await keystore.openAnother();
  });
  after(() => keystore.drop());

  const sealed = (key: DataKey): Kept => ({
    id: key.id,
    cell: vault.seal(key, place, Buffer.from(`of ${key.id}`)),
  });
  const keep = async (count: number): Promise<Kept[]> =>
    (await vault.createKeys("subject", count)).map(sealed);
  const expectOpen = async (by: Vault, kept: readonly Kept[]): Promise<void> => {
    const keys = await by.loadKeys(kept.map((k) => k.id));
    for (const { id, cell } of kept)
      expect(by.open(keys.get(id) as DataKey, place, cell).toString()).to.equal(`of ${id}`);
  };
  const keks = () =>
    keystore.db.query<{ version: number; state: string; wrapped: Buffer | null }>(
      sql`select version, state, wrapped from kek order by version`,
    );
  const finish = async (by: Vault, batch = 500): Promise<void> => {
    for (let i = 0; i < 200; i++) {
      const { worked, isRunning } = await by.rotations.step({ batch });
      if (!isRunning) return;
      if (worked === 0) keystore.clock.advance(2 * MINUTE);
    }
    throw new Error("the rotation never ended");
  };

  it("rewraps every live key, keeps what was sealed, and destroys the old wrapping key", async () => {
    const kept = await keep(1_200);
    const [gone] = await vault.createKeys("subject", 1);
    await vault.destroyKeys([gone?.id as string]);
    const started = await vault.rotations.start("wrapping");
    expect(started).to.deep.include({
      kind: "wrapping",
      state: "running",
      done: 0,
      total: 1_200,
      toVersion: "2",
    });
    expect((await vault.rotations.start("wrapping")).id, "the one that runs").to.equal(started.id);
    await vault.rotations.step({ batch: 500 });
    const [half] = await vault.rotations.list();
    expect(half).to.deep.include({ done: 500, total: 1_200, phase: "rewrap" });
    await expectOpen(await keystore.openAnother(), kept);
    await finish(vault);
    const [done] = await vault.rotations.list();
    expect(done).to.deep.include({ state: "done", phase: "done", done: 1_200, total: 1_200 });
    expect((await keks()).map((k) => [k.version, k.state, k.wrapped === null])).to.deep.equal([
      [1, "destroyed", true],
      [2, "live", false],
    ]);
    await expectOpen(await keystore.openAnother(), kept);
    expect((await vault.keyStates([gone?.id as string])).get(gone?.id as string)).to.equal("destroyed");
    expect(await vault.rotations.step()).to.deep.equal({ worked: 0, isRunning: false });
  });

  it("lets a process that still holds the old wrapping key go on with the new one", async () => {
    const other = await keystore.openAnother();
    const [before] = await other.createKeys("subject", 1);
    await vault.rotations.start("wrapping");
    const [after] = await other.createKeys("subject", 1);
    const rows = await keystore.db.query<{ id: string; state: string }>(sql`
      select key_id as id, k.state from data_key join kek k using (kek_id)
      where key_id = any(${[before?.id as string, after?.id as string]}::uuid[])`);
    expect(new Map(rows.map((r) => [r.id, r.state]))).to.deep.equal(
      new Map([
        [before?.id, "retired"],
        [after?.id, "live"],
      ]),
    );
    await finish(vault);
    expect(
      (await (await keystore.openAnother()).loadKeys([before?.id as string, after?.id as string])).size,
    ).to.equal(2);
  });

  it("does not destroy a wrapping key that a key came under at the last moment", async () => {
    await vault.rotations.start("wrapping");
    while ((await vault.rotations.list(1))[0]?.phase !== "settle") await vault.rotations.step();
    const [late] = await vault.createKeys("subject", 1);
    // As an insert that began before the old key was retired and ended after the pass.
    const kept = await keep(1);
    const [row] = await keystore.db.query<{ old: string }>(
      sql`select kek_id as old from kek where state = 'retired'`,
    );
    const [own] = await keystore.db.query<{ kek: string }>(
      sql`select kek_id as kek from data_key where key_id = ${late?.id as string}::uuid`,
    );
    await keystore.db.query(
      sql`update data_key set kek_id = ${row?.old as string}::uuid where key_id = ${late?.id as string}::uuid`,
    );
    keystore.clock.advance(2 * MINUTE);
    await vault.rotations.step();
    expect(
      (await keks()).some((k) => k.state === "retired"),
      "still there",
    ).to.equal(true);
    await keystore.db.query(
      sql`update data_key set kek_id = ${own?.kek as string}::uuid where key_id = ${late?.id as string}::uuid`,
    );
    await finish(vault);
    await expectOpen(vault, kept);
  });

  it("resumes wherever it is killed, beside writes, erasures and a second rotator", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.constantFrom("write", "erase", "second"), { maxLength: 5 }),
        fc.integer({ min: 3, max: 40 }),
        async (lives, deeds, batch) => {
          const kept = await keep(60);
          const erased: string[] = [];
          await vault.rotations.start("wrapping");
          for (const [i, life] of lives.entries()) {
            const doomed = await keystore.openAnother();
            const dying = dyingAfter(keystore.db, life);
            // A vault opens with some statements of its own: it dies while it rotates, not before.
            const mortal = await keystore.openAnother({
              keystore: { ...dying, ...opening(keystore.db, dying) },
            });
            try {
              for (;;) if (!(await mortal.rotations.step({ batch })).isRunning) break;
            } catch (error) {
              expect(String((error as { cause?: unknown }).cause ?? error)).to.include("killed");
            }
            if (deeds[i] === "write") kept.push(...(await keep(5)));
            if (deeds[i] === "erase") {
              const victim = kept.pop() as Kept;
              erased.push(victim.id);
              await doomed.destroyKeys([victim.id]);
            }
            if (deeds[i] === "second")
              await Promise.all([doomed.rotations.step({ batch }), vault.rotations.step({ batch })]);
            // The lease of the killed one runs out.
            keystore.clock.advance(MINUTE / 2 + 1);
          }
          await finish(vault);
          const fresh = await keystore.openAnother();
          await expectOpen(fresh, kept);
          expect((await fresh.loadKeys(erased)).size).to.equal(0);
          expect((await keks()).filter((k) => k.state !== "destroyed")).to.have.length(1);
        },
      ),
      { numRuns: 12 },
    );
  });

  it("waits while the root key provider is away, and goes on when it is back", async () => {
    const kept = await keep(10);
    await vault.rotations.start("wrapping");
    // The key-encryption keys in memory run out.
    keystore.clock.advance(6 * MINUTE);
    keystore.provider.behave("away");
    expect(await problemOf(vault.rotations.step())).to.equal("keystore-unavailable");
    keystore.provider.behave("well");
    await finish(vault);
    await expectOpen(vault, kept);
  });

  it("makes a new root key in the file, rewraps everything under it, and forgets the old one at the end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "candor-root-"));
    const path = join(folder, "own", "root.key");
    const own = await aKeystore("rotation_root");
    try {
      const { provider } = openRootKeyFile(path);
      const [first, other] = [
        await own.openAnother({ provider }),
        await own.openAnother({ provider: openRootKeyFile(path).provider }),
      ];
      const [key] = await first.createKeys("subject", 1);
      const before = readFileSync(path, "utf8");
      const version = (await first.rotations.versions()).rootVersion;
      await first.rotations.start("root");
      await first.rotations.step();
      expect(readFileSync(path, "utf8"))
        .to.match(/^\S{44}\n\S{44}\n$/)
        .and.include(before);
      // Another process unwraps meanwhile, whichever version it meets.
      own.clock.advance(6 * MINUTE);
      expect((await other.loadKeys([key?.id as string])).size).to.equal(1);
      for (let i = 0; (await first.rotations.step()).isRunning; i++) if (i > 10) throw new Error("no end");
      const after = readFileSync(path, "utf8");
      expect(after)
        .to.match(/^\S{44}\n$/)
        .and.not.equal(before);
      const status = await first.rotations.versions();
      expect(status.rootVersion).not.to.equal(version);
      expect(new Set(status.versions.map((v) => v.rootVersion))).to.deep.equal(new Set([status.rootVersion]));
      own.clock.advance(6 * MINUTE);
      expect((await other.loadKeys([key?.id as string])).size, "a process that ran all the while").to.equal(
        1,
      );
      const fresh = await own.openAnother({ provider: openRootKeyFile(path).provider });
      expect((await fresh.loadKeys([key?.id as string])).size).to.equal(1);
    } finally {
      await own.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Opens on the real connection; from the first rotation's statement on everything goes through the dying one. */
function opening(real: Db, dying: Db): Pick<Db, "query" | "tx" | "retryingTx"> {
  let isMortal = false;
  const look = (statement: Sql): void => {
    if (/key_rotation/.test(statement.text)) isMortal = true;
  };
  return {
    query: <R = Row>(statement: Sql) => {
      look(statement);
      return isMortal ? dying.query<R>(statement) : real.query<R>(statement);
    },
    tx: (work) => (isMortal ? dying.tx(work) : real.tx(work)),
    retryingTx: (work) => (isMortal ? dying.tx(work) : real.tx(work)),
  };
}
