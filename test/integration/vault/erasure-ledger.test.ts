import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import type { Tx } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { chainErasures, EMPTY_LEDGER, followsHead } from "../../../src/vault/erasure-ledger.ts";
import {
  createErasureMirror,
  type Erasure,
  type ErasureAnchor,
  fileAnchor,
  openVault,
  rootKeyFromText,
  urlAnchor,
  type Vault,
} from "../../../src/vault/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { ROOT_KEY } from "../../setup/server.ts";
import { problemOf } from "./vaults.ts";

const clock = fixedClock("2026-11-22T09:00:00Z");
const erasure = (over: Partial<Erasure> = {}): Erasure => ({
  subjectId: uuidIds.next(),
  keyIds: [],
  runId: "run-1",
  reason: "request",
  at: clock.now(),
  ...over,
});

describe("the chain of the erasure ledger", () => {
  const some = fc.array(
    fc.record({
      subjectId: fc.uuid(),
      keyIds: fc.array(fc.uuid(), { maxLength: 3 }),
      reason: fc.constantFrom("request", "retention"),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it("follows upon its head however it is cut into pieces", () => {
    fc.assert(
      fc.property(some, fc.nat(), (list, cut) => {
        const all = chainErasures(
          EMPTY_LEDGER,
          list.map((e) => erasure(e)),
        );
        const at = cut % (all.length + 1);
        expect(followsHead(EMPTY_LEDGER, all)).to.equal(true);
        expect(followsHead(all[at - 1] ?? EMPTY_LEDGER, all.slice(at))).to.equal(true);
        const again = chainErasures(all[at - 1] ?? EMPTY_LEDGER, all.slice(at));
        expect(again.at(-1)?.hash ?? all.at(-1)?.hash).to.deep.equal(all.at(-1)?.hash);
      }),
    );
  });

  it("shows every entry that was changed, dropped, doubled or moved", () => {
    fc.assert(
      fc.property(some, fc.nat(), fc.nat(), (list, a, how) => {
        const all = chainErasures(
          EMPTY_LEDGER,
          list.map((e) => erasure(e)),
        );
        const at = a % all.length;
        const one = all[at] as (typeof all)[number];
        const forged = [
          () => all.map((e, i) => (i === at ? { ...e, subjectId: uuidIds.next() } : e)),
          () => all.map((e, i) => (i === at ? { ...e, keyIds: [...e.keyIds, uuidIds.next()] } : e)),
          () => all.map((e, i) => (i === at ? { ...e, runId: "another" } : e)),
          () => all.map((e, i) => (i === at ? { ...e, at: new Date(e.at.getTime() + 1) } : e)),
          () => [...all.slice(0, at), one, ...all.slice(at)],
          () =>
            [...all.slice(0, at), ...all.slice(at + 1), erasure()].map((e, i) => ({
              ...e,
              seq: i + 1,
              hash: all[i]?.hash ?? EMPTY_LEDGER.hash,
            })),
        ][how % 6] as () => typeof all;
        expect(followsHead(EMPTY_LEDGER, forged())).to.equal(false);
      }),
    );
  });
});

const NO_LIST = { restore: async () => {}, read: async () => new Map<string, never[]>() };

describe(`the erasure ledger on ${testDatabases().engine}`, () => {
  let main: FreshDatabase;
  let vault: Vault;
  const open = (database: FreshDatabase) =>
    openVault({ keystore: database.keystoreDb, provider: rootKeyFromText(ROOT_KEY), clock, ids: uuidIds });
  before(async () => {
    main = await testDatabases().freshDatabase("ledger");
    vault = await open(main);
  });
  after(async () => {
    await vault.close();
    await main.drop();
  });

  it("destroys the keys it names with its entry, and says the same when told again", async () => {
    const [key, other] = await vault.createKeys("subject", 2);
    if (key === undefined || other === undefined) throw new Error("no keys");
    const gone = erasure({ keyIds: [key.id] });
    const head = await vault.erasures.appendErasure([gone]);
    expect(head.seq).to.equal(1);
    expect(await vault.keyStates([key.id, other.id])).to.deep.equal(
      new Map([
        [key.id, "destroyed"],
        [other.id, "live"],
      ]),
    );
    expect((await vault.loadKeys([key.id, other.id])).size).to.equal(1);
    expect(() =>
      vault.seal(key, { table: "t", column: "c", recordId: "r", category: "x" }, Buffer.from("x")),
    ).to.throw();
    expect(
      await vault.erasures.appendErasure([gone, { ...gone, subjectId: gone.subjectId.toUpperCase() }]),
    ).to.deep.equal(head);
    const next = await vault.erasures.appendErasure([
      erasure({ subjectId: gone.subjectId, keyIds: [other.id], runId: "run-2" }),
    ]);
    expect(next, "no second entry").to.deep.equal(head);
    expect((await vault.keyStates([other.id])).get(other.id)).to.equal("destroyed");
    expect(await vault.erasures.isErased([gone.subjectId, uuidIds.next()])).to.deep.equal(
      new Set([gone.subjectId]),
    );
    expect(await vault.erasures.head()).to.deep.equal(head);
  });

  it("cannot be changed, shortened or emptied in the database", async () => {
    for (const statement of [
      "update erasure_ledger set reason = 'x'",
      "delete from erasure_ledger",
      "truncate erasure_ledger",
    ]) {
      const error = await main.keystoreDb.tx((tx) => tx.exec(statement)).catch((e: Error) => e);
      expect(error, statement).to.be.instanceOf(Error);
    }
  });

  it("keeps one chain though many append at once", async () => {
    const before = await vault.erasures.head();
    await Promise.all(
      Array.from({ length: 8 }, () => vault.erasures.appendErasure([erasure(), erasure(), erasure()])),
    );
    const entries = await vault.erasures.entriesAfter(before.seq);
    expect(entries).to.have.length(24);
    expect(followsHead(before, entries)).to.equal(true);
    expect(await vault.erasures.entriesAfter(before.seq + 20, 2)).to.deep.equal(entries.slice(20, 22));
  });

  it("refuses what is no id", async () => {
    let thrown: unknown;
    await vault.erasures.appendErasure([erasure({ subjectId: "lin@example.com" })]).catch((e: unknown) => {
      thrown = e;
    });
    expect(thrown).to.be.instanceOf(TypeError);
    expect(String(thrown)).not.to.include("lin@");
  });

  describe("beside data and an anchor", () => {
    const folder = mkdtempSync(join(tmpdir(), "candor-anchor-"));
    const anchor = fileAnchor(join(folder, "head.json"));
    const present = new Set<string>();
    const marked: string[] = [];
    const markErased = async (_tx: Tx, ids: readonly string[]) => {
      const found = ids.filter((id) => present.has(id));
      marked.push(...found);
      return found;
    };
    const mirrorOf = (of: Vault, at: ErasureAnchor | null = anchor) =>
      createErasureMirror({ db: main.db, vault: of, anchor: at, markErased, listed: NO_LIST });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("is copied into the data, where erased subjects that came back with a backup are marked", async () => {
      const back = erasure();
      present.add(back.subjectId);
      await vault.erasures.appendErasure([erasure(), back]);
      const mirror = mirrorOf(vault);
      await mirror.guard();
      expect(await mirror.sync()).to.be.greaterThan(24);
      expect(marked).to.deep.equal([back.subjectId]);
      expect((await mirror.withRows()).map((e) => e.subjectId)).to.deep.equal([back.subjectId]);
      expect(await anchor.read()).to.deep.equal(await vault.erasures.head());
      expect(await mirror.sync()).to.equal(0);
      await main.db.tx((tx) => mirror.settle(tx, [back.subjectId]));
      expect(await mirror.withRows()).to.deep.equal([]);
    });

    it("marks them again when the copy itself was rolled back with the data", async () => {
      marked.length = 0;
      await main.db.tx((tx) => tx.exec("delete from erasure_ledger_copy where seq > 3"));
      expect(await mirrorOf(vault).sync()).to.be.greaterThan(20);
      expect(marked).to.deep.equal([...present]);
    });

    it("copies once though several processes do so at the same time", async () => {
      await vault.erasures.appendErasure(Array.from({ length: 50 }, () => erasure()));
      const copied = await Promise.all([1, 2, 3].map(() => mirrorOf(vault).sync()));
      expect(copied.reduce((a, b) => a + b)).to.equal(50);
    });

    it("refuses an old keystore until it has caught up, and then its keys are gone too", async () => {
      const old = await testDatabases().freshDatabase("ledger_old", { empty: true });
      const restored = await open(old);
      try {
        // A keystore as it was before the last entries: the beginning of the same chain.
        const all = await vault.erasures.entriesAfter(0);
        await restored.erasures.adopt(all.slice(0, 5));
        const doomed = all.at(-1)?.subjectId as string;
        const mirror = mirrorOf(restored);
        expect(await problemOf(mirror.guard())).to.equal("keystore-behind");
        expect(await problemOf(mirrorOf(restored, null).guard()), "without an anchor too").to.equal(
          "keystore-behind",
        );
        expect(await problemOf(mirror.sync())).to.equal("keystore-behind");
        expect(await mirror.catchUp()).to.equal(all.length - 5);
        await mirror.guard();
        expect(await restored.erasures.isErased([doomed])).to.deep.equal(new Set([doomed]));
        expect(await restored.erasures.head()).to.deep.equal(await vault.erasures.head());
      } finally {
        await restored.close();
        await old.drop();
      }
    });

    it("destroys the keys that an old keystore still had when it catches up", async () => {
      const old = await testDatabases().freshDatabase("ledger_keys", { empty: true });
      const restored = await open(old);
      try {
        const [key] = await restored.createKeys("subject", 1);
        if (key === undefined) throw new Error("no key");
        await vault.erasures.appendErasure([erasure({ keyIds: [key.id] })]);
        await mirrorOf(vault).sync();
        await mirrorOf(restored).catchUp();
        expect((await restored.keyStates([key.id])).get(key.id)).to.equal("destroyed");
      } finally {
        await restored.close();
        await old.drop();
      }
    });

    it("refuses a keystore of another history, though its ledger is longer", async () => {
      const other = await testDatabases().freshDatabase("ledger_other", { empty: true });
      const stranger = await open(other);
      try {
        const n = (await vault.erasures.head()).seq + 3;
        await stranger.erasures.appendErasure(Array.from({ length: n }, () => erasure()));
        const mirror = mirrorOf(stranger);
        expect(await problemOf(mirror.guard())).to.equal("keystore-behind");
        expect(await problemOf(mirror.sync())).to.equal("keystore-behind");
        expect(await problemOf(mirror.catchUp(await vault.erasures.entriesAfter(0)))).to.equal(
          "keystore-behind",
        );
        expect(await problemOf(mirror.guard())).to.equal("keystore-behind");
      } finally {
        await stranger.close();
        await other.drop();
      }
    });

    it("recognises by the anchor alone that data and keystore were rolled back together", async () => {
      const both = await testDatabases().freshDatabase("ledger_both");
      const restored = await open(both);
      const mirrorAt = (at: ErasureAnchor | null) =>
        createErasureMirror({ db: both.db, vault: restored, anchor: at, markErased, listed: NO_LIST });
      try {
        await restored.erasures.adopt(await vault.erasures.entriesAfter(0, 5));
        await mirrorAt(null).sync();
        await mirrorAt(null).guard();
        const before = await anchor.read();
        expect(await problemOf(mirrorAt(anchor).guard())).to.equal("keystore-behind");
        expect(await problemOf(mirrorAt(anchor).sync())).to.equal("keystore-behind");
        expect(await anchor.read(), "never written back").to.deep.equal(before);
        expect(await mirrorAt(anchor).catchUp(await vault.erasures.entriesAfter(5))).to.be.greaterThan(0);
        await mirrorAt(anchor).guard();
      } finally {
        await restored.close();
        await both.drop();
      }
    });

    it("refuses to start on an anchor that is spoilt or does not answer", async () => {
      const path = join(folder, "spoilt.json");
      writeFileSync(path, '{"v":1,"seq":-1}');
      expect(await problemOf(mirrorOf(vault, fileAnchor(path)).guard())).to.equal("anchor-unavailable");
      expect(await problemOf(mirrorOf(vault, fileAnchor(folder)).guard())).to.equal("anchor-unavailable");
      expect(await problemOf(mirrorOf(vault, urlAnchor("http://127.0.0.1:9/")).guard())).to.equal(
        "anchor-unavailable",
      );
    });

    it("keeps its head at a URL by GET and PUT", async () => {
      let stored: string | null = null;
      const server = createServer((request, response) => {
        if (request.method === "PUT") {
          let body = "";
          request.on("data", (chunk) => {
            body += chunk;
          });
          request.on("end", () => {
            stored = body;
            response.writeHead(200).end();
          });
        } else if (stored === null) response.writeHead(404).end("no such object");
        else response.end(stored);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        const remote = urlAnchor(`http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket/candor`);
        expect(await remote.read()).to.equal(null);
        const mirror = mirrorOf(vault, remote);
        await mirror.guard();
        await mirror.sync();
        expect(await remote.read()).to.deep.equal(await vault.erasures.head());
        await vault.erasures.appendErasure([erasure()]);
        await mirror.sync();
        expect(await remote.read()).to.deep.equal(await vault.erasures.head());
      } finally {
        server.close();
      }
    });
  });
});
