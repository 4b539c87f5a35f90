import { expect } from "chai";
import { candor, serve } from "../integration/cli/candor.ts";
import { dyingAt } from "../integration/cli/die-at.ts";
import { inStores, subjects } from "../integration/cli/in-stores.ts";
import { type Installation, newInstallation } from "../integration/cli/installation.ts";
import { testDatabases } from "../setup/engines.ts";

/** What every moment of a restore is described by: see test/integration/cli/die-hook.ts. */
const ANY = { pglite: "data", postgres: "" } as const;

describe(`a restore of both stores that is killed before everything it does on ${testDatabases().engine}`, () => {
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
    const seen = new Set<string>();
    for (let n = 1; ; n++) {
      const killed = await candor(dyingAt(env, ANY[testDatabases().engine], n), args);
      if (killed.code !== null) {
        expect(killed.code, killed.err).to.equal(0);
        break;
      }
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
    await inStores(env, async ({ db, vault }) => {
      const found = await subjects(db);
      expect(found).to.have.length(1);
      expect((await vault.loadKeys(found.map((s) => s.key))).size).to.equal(1);
    });
  });
});
