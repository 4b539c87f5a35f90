import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import { aRecipient, type ChangesAnswer, memberOf, members, pull } from "./shop.ts";

describe("a withdrawal, with the workers of a server running", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("latency", { workers: true });
  });
  after(() => server.close());

  it("is a tombstone in the feed after a moment, without anybody's help", async () => {
    const list = await server.source({ name: "List", kind: "members", region: "TW" });
    await members(server, list, [{ memberId: "M-1", firstName: "Mei", tier: "gold" }]);
    const id = await memberOf(server, "M-1");
    await say(server, aGrant(id, "personalisation"));
    const bi = await aRecipient(server, {
      id: "bi",
      purposes: ["personalisation"],
      categories: ["transaction"],
    });
    const { position } = await pull(server, bi.key, "personalisation");
    await say(server, { memberId: id, state: "withdrawn", purpose: "personalisation" });
    const began = performance.now();
    for (;;) {
      const answer = await server.call<ChangesAnswer>(
        "GET",
        `/v1/changes?purpose=personalisation&after=${position}`,
        { key: bi.key },
      );
      if (answer.body.changes.some((c) => c.kind === "tombstone" && c.reason === "withdrawn")) break;
      // One second is promised; a busy machine that runs the tests gets more.
      if (performance.now() - began > 60_000) expect.fail("no tombstone came");
    }
    if (process.env.CANDOR_SHOW_TIMES !== undefined)
      console.log(`      ${Math.round(performance.now() - began)} ms`);
  });
});
