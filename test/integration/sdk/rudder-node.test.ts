import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { expect } from "chai";
import { DAY } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { countsOf, eventsOf, findProfile, profileOf } from "../sources/reading.ts";
import { type Failure, openFlakyDoor } from "./flaky-door.ts";

/** Flushes and answers what the SDK made of it: null when it counts as delivered. */
async function flush(analytics: InstanceType<typeof RudderAnalytics>): Promise<Error | null> {
  try {
    await analytics.flush();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

describe("the RudderStack SDK for Node, with only its data plane set", () => {
  let server: TestServer;
  let shop: { id: string; writeKey: string };
  const open = (url: string, options: Record<string, unknown> = {}) =>
    new RudderAnalytics(shop.writeKey, { dataPlaneUrl: url, logLevel: "none", ...options });
  before(async () => {
    server = await startTestServer("rudder-node");
    shop = await server.source({ name: "App", kind: "web", region: "CN", currency: "CNY" });
  });
  after(() => server.close());

  it("delivers identify, track, page, screen, group and alias into one profile", async () => {
    const analytics = open(server.url, { flushAt: 50 });
    analytics.page({ anonymousId: "rud-anon-1", name: "Home" });
    analytics.identify({
      userId: "RUD-1",
      anonymousId: "rud-anon-1",
      traits: { firstName: "Lan", email: "lan.rudder@example.com" },
      context: {
        externalIds: [{ id: "o-rud-1", type: "wechatOpenid", collection: "users", encoding: "none" }],
      },
    });
    analytics.track({
      userId: "RUD-1",
      event: "Order Completed",
      properties: { order_id: "RUD-ORDER-1", revenue: 88.5, products: [{ product_id: "P-9", price: 88.5 }] },
    });
    analytics.screen({ userId: "RUD-1", name: "Basket" });
    analytics.group({ userId: "RUD-1", groupId: "club-8" });
    analytics.alias({ userId: "RUD-1", previousId: "rud-anon-0" });
    expect(await flush(analytics)).to.equal(null);

    const profile = await profileOf(server, { kind: "email", value: "lan.rudder@example.com" });
    expect(profile.attributes.firstName?.value).to.equal("Lan");
    expect(profile.facts.spend).to.deep.equal([{ amount: 8_850, currency: "CNY" }]);
    const types = (await eventsOf(server, profile.memberId)).map((e) => e.type).sort();
    expect(types).to.deep.equal(["alias", "group", "identify", "order.completed", "page", "screen"]);
    expect(await countsOf(server, shop.id)).to.include({ accepted: 6, quarantined: 0 });
  });

  it("is understood with and without gzip", async () => {
    for (const gzip of [true, false]) {
      const analytics = open(server.url, { gzip });
      const user = `RUD-GZIP-${gzip}`;
      analytics.track({ userId: user, event: "Product Viewed", properties: { product_id: "P-1" } });
      expect(await flush(analytics)).to.equal(null);
      expect((await profileOf(server, { kind: "user_id", value: user })).facts.eventCounts).to.deep.equal({
        track: 1,
      });
    }
  });

  it("keeps the time that a caller states for what happened last week", async () => {
    const analytics = open(server.url);
    const lastWeek = new Date(Date.now() - 7 * DAY);
    analytics.track({ userId: "RUD-PAST", event: "Product Viewed", timestamp: lastWeek });
    expect(await flush(analytics)).to.equal(null);
    const { memberId } = await profileOf(server, { kind: "user_id", value: "RUD-PAST" });
    const [event] = await eventsOf(server, memberId);
    expect(event?.occurredAt).to.equal(lastWeek.toISOString());
  });

  const failures: readonly (readonly [string, Failure])[] = [
    ["a 503 before anything was stored", { status: 503, after: "refused" }],
    ["a 503 that swallowed the answer to a stored batch", { status: 503, after: "stored" }],
    ["a 429", { status: 429, headers: { "retry-after": "1" }, after: "refused" }],
    ["a 429 after the batch was stored", { status: 429, after: "stored" }],
  ];
  for (const [index, [name, failure]] of failures.entries()) {
    it(`keeps one copy when it retries after ${name}`, async () => {
      const door = await openFlakyDoor(server.url, [failure]);
      try {
        const analytics = open(door.url);
        const user = `RUD-RETRY-${index}`;
        analytics.identify({ userId: user, traits: { city: "Suzhou" } });
        analytics.track({ userId: user, event: "Coupon Applied" });
        expect(await flush(analytics)).to.equal(null);
        const stored = (await profileOf(server, { kind: "user_id", value: user })).facts.eventCounts;
        expect(stored).to.deep.equal({ identify: 1, track: 1 });
        expect(door.answered[0]).to.equal(failure.status);
        expect(door.answered.at(-1)).to.equal(200);
      } finally {
        await door.close();
      }
    });
  }

  it("is told of a wrong write key, and nothing is stored", async () => {
    let told = 0;
    const analytics = new RudderAnalytics("wk_not-a-key-of-this-server", {
      dataPlaneUrl: server.url,
      logLevel: "none",
      errorHandler: () => {
        told++;
      },
    });
    analytics.track({ userId: "RUD-NOBODY", event: "Product Viewed" });
    await flush(analytics);
    expect(told).to.equal(1);
    expect(await findProfile(server, { kind: "user_id", value: "RUD-NOBODY" })).to.equal(null);
  });
});
