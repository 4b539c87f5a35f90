import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { REGIME_IDS } from "../../../consent/index.ts";
import { rightsLines, showRights } from "../../../scripts/demo/rights.ts";
import { talkTo } from "../../../scripts/demo/talk.ts";
import { STATES } from "../../../src/privacy/requests/state.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { send } from "../erasure/acts.ts";
import { aRecipient, pull } from "../recipients/shop.ts";
import { CONTROLLER } from "./people.ts";

/** Whoever is proven is examined in the same moment. */
const PASSED_THROUGH = "verified";

describe("the demo's requests", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("demo-rights", { workers: true });
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
  });
  after(() => server.close());

  it("rest in every state under every law, and are not filed twice", async () => {
    const list = await server.source({ name: "Members", kind: "members", region: "IE" });
    const cards = Array.from({ length: 16 }, (_, i) => `D-${i}`);
    await send(
      server,
      list,
      cards.map((memberId) => ({ memberId, firstName: "Demo", updatedAt: "2026-10-01T00:00:00Z" })),
    );
    const shop = await aRecipient(server, { id: "desk", purposes: ["service"], categories: ["identity"] });
    await pull(server, shop.key, "service");
    const people = cards.map((card) => ({ card, country: "TW", locale: "zh-TW", hasPhone: false }) as const);
    const talk = talkTo(server.url, ADMIN_KEY);
    const now = new Date();
    const first = await showRights(talk, people, now);
    const total = (shown: typeof first) => shown.requests.reduce((sum, { n }) => sum + n, 0);
    const missing = (shown: typeof first) =>
      REGIME_IDS.flatMap((regime) =>
        STATES.filter((state) => state !== PASSED_THROUGH)
          .filter((state) => !shown.requests.some((r) => r.regime === regime && r.state === state))
          .map((state) => `${regime} ${state}`),
      );
    // What runs out, waits or ends does so by itself, soon after it was filed.
    let shown = first;
    for (let tries = 0; missing(shown).length > 0 && tries < 400; tries++) {
      await pause(100);
      await server.candor.privacy.requests.time.pass();
      shown = await showRights(talk, people, now);
    }
    expect(missing(shown)).to.deep.equal([]);
    expect(total(shown), "filed once").to.equal(total(first));
    expect(shown.late).to.be.greaterThan(0);
    expect(rightsLines(shown).join("\n")).to.contain("US-CA").and.to.contain("breach register");
  });
});
