import { readFileSync } from "node:fs";
import { expect } from "chai";
import { candor, serve } from "../integration/cli/candor.ts";
import { countingTo, dyingAt } from "../integration/cli/die-at.ts";
import { inStores, subjects } from "../integration/cli/in-stores.ts";
import { type Installation, newInstallation } from "../integration/cli/installation.ts";
import { testDatabases } from "../setup/engines.ts";

/** What every moment of a restore is described by: see test/integration/cli/die-hook.ts. */
const ANY = { pglite: "data", postgres: "" } as const;

/** A restore does thousands of things; it is killed before so many of them, spread evenly from the first to the last. */
const KILLS = Number(process.env.LONG_KILLS ?? 20);

describe(`a restore of both stores that is killed all along what it does on ${testDatabases().engine}`, () => {
  let installation: Installation;
  before(async () => {
    installation = await newInstallation("restore");
  });
  after(() => installation?.remove());

  it("leaves stores that nothing opens, or whole ones, and ends when it is done again", async () => {
    const { env, at } = installation;
    const server = await serve(env);
    const key = JSON.parse((await candor(env, ["keys", "add", "loader", "--role", "admin", "--json"])).out);
    await candor(env, ["source", "add", "Shop", "--kind", "web"]);
    const [source] = JSON.parse((await candor(env, ["source", "list", "--json"])).out) as { id: string }[];
    const joins = async (member: string) => {
      const item = { type: "identify", messageId: member, userId: member, traits: { firstName: "Canary" } };
      const answer = await fetch(`${server.url}/v1/batch?source=${source?.id}`, {
        method: "POST",
        headers: { authorization: `Bearer ${key.secret}`, "content-type": "application/json" },
        body: JSON.stringify({ batch: [item] }),
      });
      expect(answer.status).to.equal(200);
    };
    await joins("M-1");
    expect((await candor(env, ["backup", at("old")])).code).to.equal(0);
    await joins("M-2");
    expect(await server.end("SIGTERM")).to.equal(0);

    const args = ["restore", at("old"), "--keys", at("old-keys"), "--replace"];
    const moment = ANY[testDatabases().engine];
    const whole = await candor(countingTo(at("moments"), env, moment), args);
    expect(whole.code, whole.err).to.equal(0);
    const moments = Number(readFileSync(at("moments"), "utf8"));
    expect(moments).to.be.greaterThan(0);

    const seen = new Set<string>();
    const kills = Math.min(KILLS, moments);
    for (let i = 0; i < kills; i++) {
      const n = 1 + Math.round((i * (moments - 1)) / Math.max(1, kills - 1));
      const killed = await candor(dyingAt(env, moment, n), args);
      // What was half done may leave less to do: then it has come to its end.
      if (killed.code !== null) expect(killed.code, `at ${n}: ${killed.err}`).to.equal(0);
      const opened = await candor(env, ["migrate"]);
      if (opened.code !== 0) {
        expect(opened.err, `after ${n}`).to.include("restore-unfinished");
        seen.add("refused");
      } else {
        const people = await inStores(env, async ({ db }) => (await subjects(db)).length);
        expect(people, `after ${n}`).to.be.oneOf([1, 2]);
        seen.add(`whole ${people}`);
      }
    }
    expect(seen).to.include("refused");
    const last = await candor(env, args);
    expect(last.code, last.err).to.equal(0);
    await inStores(env, async ({ db, vault }) => {
      const found = await subjects(db);
      expect(found).to.have.length(1);
      expect((await vault.loadKeys(found.map((s) => s.key))).size).to.equal(1);
    });
  });
});
