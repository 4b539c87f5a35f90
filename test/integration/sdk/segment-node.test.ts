import { Analytics, type Context } from "@segment/analytics-node";
import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { countsOf, eventsOf, findProfile, profileOf } from "../sources/reading.ts";
import { type Failure, openFlakyDoor } from "./flaky-door.ts";

describe("the Segment SDK for Node, with only its host set", () => {
  let server: TestServer;
  let shop: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("segment-node");
    shop = await server.source({ name: "Shop", kind: "web", region: "TW", currency: "TWD" });
  });
  after(() => server.close());

  it("delivers identify, track, page, screen, group and alias into one profile", async () => {
    const analytics = new Analytics({ writeKey: shop.writeKey, host: server.url });
    const errors: unknown[] = [];
    analytics.on("error", (error) => errors.push(error));
    analytics.page({ anonymousId: "seg-anon-1", name: "Home", properties: { path: "/" } });
    analytics.identify({
      userId: "SEG-1",
      anonymousId: "seg-anon-1",
      traits: { firstName: "Wei", email: "wei.segment@example.com", phone: "0912 000 111" },
    });
    analytics.track({
      userId: "SEG-1",
      event: "Order Completed",
      properties: {
        order_id: "SEG-ORDER-1",
        total: 320,
        products: [{ product_id: "P-1", price: 160, quantity: 2 }],
      },
    });
    analytics.track({ userId: "SEG-1", event: "Wrapping Chosen", properties: { paper: "red" } });
    analytics.screen({ userId: "SEG-1", name: "Basket" });
    analytics.group({ userId: "SEG-1", groupId: "club-7", traits: { name: "Book club" } });
    analytics.alias({ userId: "SEG-1", previousId: "seg-anon-0" });
    await analytics.closeAndFlush();
    expect(errors).to.deep.equal([]);

    const profile = await profileOf(server, { kind: "email", value: "wei.segment@example.com" });
    expect(profile.attributes.firstName?.value).to.equal("Wei");
    expect(profile.facts.orders).to.equal(1);
    expect(profile.facts.spend).to.deep.equal([{ amount: 32_000, currency: "TWD" }]);
    const anonymous = profile.identifiers.filter((i) => i.kind === "anonymous_id").map((i) => i.value);
    expect(anonymous.sort()).to.deep.equal(["seg-anon-0", "seg-anon-1"]);
    const types = (await eventsOf(server, profile.memberId)).map((e) => e.type).sort();
    expect(types).to.deep.equal(["alias", "group", "identify", "order.completed", "page", "screen", "track"]);
    expect(await countsOf(server, shop.id)).to.include({ accepted: 7, quarantined: 0, refused: 0 });
  });

  it("sends a large queue in several batches and all of it arrives", async () => {
    const till = await server.source({ name: "Busy shop", kind: "web" });
    const analytics = new Analytics({ writeKey: till.writeKey, host: server.url, flushAt: 15 });
    for (let i = 0; i < 100; i++) {
      analytics.track({
        userId: `SEG-MANY-${i % 7}`,
        event: "Product Viewed",
        properties: { product_id: `P${i}` },
      });
    }
    await analytics.closeAndFlush();
    expect(await countsOf(server, till.id)).to.deep.equal({
      accepted: 100,
      duplicate: 0,
      quarantined: 0,
      refused: 0,
    });
  });

  const failures: readonly (readonly [string, Failure])[] = [
    ["a 503 before anything was stored", { status: 503, after: "refused" }],
    ["a 503 that swallowed the answer to a stored batch", { status: 503, after: "stored" }],
    ["a 429 that names a second to wait", { status: 429, headers: { "retry-after": "1" }, after: "refused" }],
    ["a 500 of a proxy after the batch was stored", { status: 500, after: "stored" }],
  ];
  for (const [index, [name, failure]] of failures.entries()) {
    it(`keeps one copy when it retries after ${name}`, async () => {
      const door = await openFlakyDoor(server.url, [failure]);
      try {
        const analytics = new Analytics({ writeKey: shop.writeKey, host: door.url, flushAt: 2 });
        const user = `SEG-RETRY-${index}`;
        analytics.identify({ userId: user, traits: { city: "Tainan" } });
        analytics.track({ userId: user, event: "Coupon Applied", properties: { coupon: "SPRING" } });
        await analytics.closeAndFlush();
        expect(door.answered).to.deep.equal([failure.status, 200]);
        const profile = await profileOf(server, { kind: "user_id", value: user });
        expect(profile.facts.eventCounts).to.deep.equal({ identify: 1, track: 1 });
      } finally {
        await door.close();
      }
    });
  }

  it("gives up at once on a wrong write key, and nothing is stored", async () => {
    const door = await openFlakyDoor(server.url, []);
    try {
      const analytics = new Analytics({ writeKey: "wk_not-a-key-of-this-server", host: door.url });
      const errors: unknown[] = [];
      analytics.on("error", (error) => errors.push(error));
      const told = new Promise<Context | undefined>((resolve) => {
        analytics.track({ userId: "SEG-NOBODY", event: "Product Viewed" }, (_error, context) =>
          resolve(context),
        );
      });
      await analytics.closeAndFlush();
      await told;
      expect(errors).to.have.length(1);
      expect(door.answered).to.deep.equal([401]);
      expect(await findProfile(server, { kind: "user_id", value: "SEG-NOBODY" })).to.equal(null);
    } finally {
      await door.close();
    }
  });

  it("is never redirected, whatever path it is told to use", async () => {
    for (const path of ["/v1/batch/", "/v1//batch", "/V1/batch", "/v1/import", "/"]) {
      const answer = await fetch(`${server.url}${path}`, {
        method: "POST",
        redirect: "manual",
        headers: { authorization: `Bearer ${shop.writeKey}` },
        body: '{"batch":[]}',
      });
      // At "/" stands the console, which takes no POST.
      expect(answer.status, path).to.be.oneOf(path === "/" ? [405] : [200, 404]);
      await answer.text();
    }
  });
});
