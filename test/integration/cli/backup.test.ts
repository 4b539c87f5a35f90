import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { testDatabases } from "../../setup/engines.ts";
import { candor, serve } from "./candor.ts";
import { dyingAt } from "./die-at.ts";
import { inStores, subjects } from "./in-stores.ts";
import { type Installation, newInstallation } from "./installation.ts";

const SALES = [
  "receipt,date,member,amount",
  "r-1,2026-11-01T10:00:00Z,M-1001,120.00",
  "r-2,2026-11-02T10:00:00Z,M-1002,80.00",
].join("\n");

/** The moment at which a restore is killed: what was there is half gone. test/long/restore.test.ts goes through all. */
const HALF_GONE = { pglite: "rename restoring/base", postgres: "spawn pg_restore" } as const;

describe(`backup and restore with the real command on ${testDatabases().engine}`, function () {
  this.timeout(300_000);
  let installation: Installation;
  let env: Record<string, string>;
  const at = (name: string) => installation.at(name);

  before(async () => {
    installation = await newInstallation("backup");
    ({ env } = installation);
  });
  after(() => installation?.remove());

  const done = async (...args: string[]) => {
    const finished = await candor(env, args);
    expect(finished.code, `${args.join(" ")}: ${finished.err}`).to.equal(0);
    return finished;
  };
  let victim: { id: string; key: string };

  it("backs up beside a running server, data and keystore apart, and takes no directory twice", async () => {
    const server = await serve(env);
    await done("source", "add", "Till", "--kind", "pos", "--currency", "EUR");
    writeFileSync(at("sales.csv"), SALES);
    const key = await done("keys", "add", "loader", "--role", "admin", "--json");
    const secret = (JSON.parse(key.out) as { secret: string }).secret;
    const [source] = JSON.parse((await done("source", "list", "--json")).out) as { id: string }[];
    for (const member of ["M-1001", "M-1002"]) {
      const answer = await fetch(`${server.url}/v1/batch?source=${source?.id}`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify({
          batch: [
            { type: "identify", messageId: `i-${member}`, userId: member, traits: { firstName: "Canary" } },
          ],
        }),
      });
      expect(answer.status, await answer.text()).to.equal(200);
    }
    const taken = await done("backup", at("old"));
    expect(taken.err).to.include("Keep the two apart").and.include("Delete the keystore's by");
    for (const part of ["old", "old-keys"])
      expect(existsSync(join(at(part), "manifest.json")), part).to.equal(true);
    const again = await candor(env, ["backup", at("old")]);
    expect(again.code).to.equal(4);
    expect(again.err).to.include("exists already");
    expect(await server.end("SIGTERM")).to.equal(0);
  });

  it("leaves an erased member unreadable when yesterday's data comes back beside today's keystore", async () => {
    await inStores(env, async ({ db, vault, erasures }) => {
      const found = await subjects(db);
      expect(found.length).to.be.greaterThan(1);
      victim = found[0] as { id: string; key: string };
      await vault.erasures.appendErasure([
        { subjectId: victim.id, keyIds: [victim.key], runId: "run-1", reason: "request", at: new Date() },
      ]);
      await erasures.sync();
    });
    await done("backup", at("new"));
    const refused = await candor(env, ["restore", at("old")]);
    expect(refused.code, "never over what is there").to.equal(4);

    const halfGone = dyingAt(env, HALF_GONE[testDatabases().engine]);
    const killed = await candor(halfGone, ["restore", at("old"), "--replace"]);
    expect(killed.code, killed.err).to.equal(null);
    const server = await candor(env, ["serve"]);
    expect(server.code, `nothing starts on what is left: ${server.err}`).to.equal(3);
    expect(server.err).to.include("restore-unfinished").and.include("`candor restore` again");
    const restored = await done("restore", at("old"), "--replace");
    const aside = /^What was there is in (.*)\.$/m.exec(restored.err)?.[1];
    if (aside !== undefined) {
      expect(readdirSync(aside), "whole, although it was killed").to.include.members([
        "PG_VERSION",
        "base",
        "global",
        "pg_wal",
      ]);
    }
    expect(restored.out).to.include("Replayed 1 erasure");
    await inStores(env, async ({ db, vault, erasures, replayed }) => {
      expect(replayed, "once").to.equal(0);
      const found = await subjects(db);
      expect(found.find((s) => s.id === victim.id)?.state).to.equal("erasing");
      expect((await vault.loadKeys(found.map((s) => s.key))).size).to.equal(found.length - 1);
      expect((await vault.keyStates([victim.key])).get(victim.key)).to.equal("destroyed");
      expect((await erasures.withRows()).map((e) => e.subjectId)).to.deep.equal([victim.id]);
    });
  });

  it("refuses yesterday's keystore until it has caught up, and then the member stays unreadable", async () => {
    const restored = await candor(env, ["restore", "--keys", at("old-keys"), "--replace"]);
    expect(restored.code).to.equal(3);
    expect(restored.err).to.include("keystore-behind").and.include("candor keys catch-up");
    const server = await candor(env, ["serve"]);
    expect(server.code, "no server starts on it").to.equal(3);
    expect(server.err).to.include("keystore-behind");
    const caught = await done("keys", "catch-up");
    expect(caught.out).to.include("took over 1 entry");
    await inStores(env, async ({ vault }) => {
      expect((await vault.keyStates([victim.key])).get(victim.key)).to.equal("destroyed");
    });
  });

  it("recognises by the anchor that both were rolled back, and catches up from the ledger of the newer backup", async () => {
    const both = await candor(env, ["restore", at("old"), "--keys", at("old-keys"), "--replace"]);
    expect(both.code, both.out).to.equal(3);
    expect(both.err).to.include("the anchor");
    const caught = await done("keys", "catch-up", "--ledger", join(at("new-keys"), "erasures.ndjson"));
    expect(caught.out).to.include("took over 1 entry").and.include("Replayed 1 erasure");
    const status = JSON.parse((await done("keys", "status", "--json")).out) as { erased: number };
    expect(status.erased).to.equal(1);
  });

  it("goes unnoticed without an anchor, as the guide says", async () => {
    const { CANDOR_ANCHOR: _, ...unanchored } = env;
    const both = await candor(unanchored, ["restore", at("old"), "--keys", at("old-keys"), "--replace"]);
    expect(both.code, both.err).to.equal(0);
    expect(both.out).to.include("No erasure had to be replayed");
  });

  it("refuses a backup that was changed, cut short, or is of the other part, before it touches anything", async () => {
    const manifest = JSON.parse(readFileSync(join(at("new"), "manifest.json"), "utf8")) as {
      files: { name: string; bytes: number }[];
    };
    const largest = [...manifest.files].sort((a, b) => b.bytes - a.bytes)[0]?.name as string;
    const path = join(at("new"), largest);
    const bytes = readFileSync(path);
    const changed = Buffer.from(bytes);
    changed[changed.length >> 1] = (changed[changed.length >> 1] as number) ^ 1;
    for (const spoilt of [changed, bytes.subarray(0, -1)]) {
      writeFileSync(path, spoilt);
      const refused = await candor(env, ["restore", at("new"), "--replace"]);
      expect(refused.code).to.equal(4);
      expect(refused.err).to.include("spoilt");
    }
    writeFileSync(path, bytes);
    expect((await candor(env, ["restore", at("new-keys"), "--replace"])).err).to.include("of the keystore");
    expect((await candor(env, ["restore", at("."), "--replace"])).err).to.include("holds no backup");
  });
});
