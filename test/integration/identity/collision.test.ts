import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { send, whoIs } from "../erasure/acts.ts";

const MEI = "mei@mail.example";
const BO = "bo@mail.example";

/** No two values are known to have one index of 128 bits: here the second is indexed as the first. */
describe("two e-mail addresses with one blind index", () => {
  let server: TestServer;
  let list: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("collision", {
      around: (vault) => {
        const same = (value: string) => (value === BO ? MEI : value);
        return Object.assign(Object.create(vault) as typeof vault, {
          blindIndex: (space: string, issuer: string, value: string) =>
            vault.blindIndex(space, issuer, same(value)),
          blindIndexAt: (version: number, space: string, issuer: string, value: string) =>
            vault.blindIndexAt(version, space, issuer, same(value)),
        });
      },
    });
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
  });
  after(() => server.close());

  it("disclose nobody: who is asked for by the one is not answered with the other", async () => {
    const [sent] = await send(server, list, [
      { memberId: "M-1", email: MEI, firstName: "Mei", updatedAt: "2026-10-01T00:00:00Z" },
    ]);
    expect(sent?.status).to.equal("accepted");
    expect(await whoIs(server, "email", MEI), "the test would see her").to.be.a("string");
    for (const purpose of ["service", "legal-obligation"]) {
      const answer = await server.call("POST", `/v1/profiles/lookup?purpose=${purpose}`, {
        body: { kind: "email", value: BO },
      });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(404);
      expect(JSON.stringify(answer.body)).to.not.contain("M-1");
    }
  });

  it("lead each to its own member where both are known by something stronger", async () => {
    await send(server, list, [
      { memberId: "M-2", email: BO, firstName: "Bo", updatedAt: "2026-10-01T00:00:00Z" },
    ]);
    const one = await whoIs(server, "member_id", "M-1");
    const two = await whoIs(server, "member_id", "M-2");
    expect(one).to.be.a("string").and.not.equal(two);
    expect(await whoIs(server, "email", MEI)).to.equal(one);
    expect(await whoIs(server, "email", BO)).to.equal(two);
  });
});
