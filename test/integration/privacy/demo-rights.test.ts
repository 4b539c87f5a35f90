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
    server = await startTestServer("demo-rights");
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
    const { fulfil, privacy } = server.candor;
    const ask = talkTo(server.url, ADMIN_KEY);
    // Whoever asks how far a request is finds all work done.
    const talk: typeof ask = async (method, path, ...rest) => {
      if (method === "GET" && /^\/v1\/dsr\/[^/?]+$/.test(path)) await fulfil.work();
      return ask(method, path, ...rest);
    };
    const now = new Date();
    const first = await showRights(talk, people, now);
    await fulfil.work();
    await privacy.requests.time.pass();
    const shown = await showRights(talk, people, now);
    const missing = REGIME_IDS.flatMap((regime) =>
      STATES.filter((state) => state !== PASSED_THROUGH)
        .filter((state) => !shown.requests.some((r) => r.regime === regime && r.state === state))
        .map((state) => `${regime} ${state}`),
    );
    const total = ({ requests }: typeof first) => requests.reduce((sum, { n }) => sum + n, 0);
    expect(missing).to.deep.equal([]);
    expect(total(shown), "filed once").to.equal(total(first));
    expect(shown.late).to.be.greaterThan(0);
    expect(rightsLines(shown).join("\n")).to.contain("US-CA").and.to.contain("breach register");
  });
});
