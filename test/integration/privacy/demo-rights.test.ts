import { expect } from "chai";
import { REGIME_IDS } from "../../../consent/index.ts";
import { rightsLines, showRights } from "../../../scripts/demo/rights.ts";
import { talkTo } from "../../../scripts/demo/talk.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER, joinMember } from "./people.ts";

describe("the demo's requests", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("demo-rights");
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
  });
  after(() => server.close());

  it("rest in every state under every law, and are not filed twice", async () => {
    const people = [];
    for (let i = 0; i < 10; i++) {
      await joinMember(server, { number: `D-${i}`, email: `demo-${i}@members.example` });
      people.push({ card: `D-${i}`, country: "TW", locale: "zh-TW", hasPhone: false } as const);
    }
    const talk = talkTo(server.url, ADMIN_KEY);
    const now = new Date("2026-11-21T12:00:00Z");
    await showRights(talk, people, now);
    await server.candor.privacy.requests.time.pass();
    const shown = await showRights(talk, people, now);
    expect([...new Set(shown.requests.map((r) => r.regime))].sort()).to.deep.equal([...REGIME_IDS].sort());
    for (const regime of REGIME_IDS) {
      const states = shown.requests.filter((r) => r.regime === regime).map((r) => r.state);
      expect(states, regime).to.include.members([
        "received",
        "acknowledged",
        "identity_pending",
        "assessing",
        "awaiting_confirmation",
        "approved",
        "completed",
        "duplicate",
        "denied",
        "withdrawn",
        "expired",
      ]);
    }
    expect(shown.requests.some((r) => r.state === "executing")).to.equal(true);
    expect(shown.late).to.be.greaterThan(0);
    expect(rightsLines(shown).join("\n")).to.contain("US-CA").and.to.contain("breach register");
  });
});
