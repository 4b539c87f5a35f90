import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { NOW, post, SECRETS, sign } from "../webhooks/deliver.ts";
import { aGrant, aMember, decisions, say } from "./people.ts";

/** TC strings made for these tests: consent to purposes 2, 3, 4 and 7, and to 2 and 3 only. */
const TCF_YES = "CQlH_MAQlH_MAAKABBENAwEgAHIAAEAAAAYgAAAAAAAA";
const TCF_SOME = "CQlH_MAQlH_MAAKABBENAwEgAGAAAEAAAAYgAAAAAAAA";

describe("what platforms and devices say about consent", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-signals", { clock: fixedClock(NOW) });
  });
  after(() => server.close());

  it("closes LINE when the person leaves the account and opens it when they come back; no follow is a consent", async () => {
    const channel = await server.source({
      name: "LINE",
      kind: "social",
      platform: "line",
      region: "TW",
      secrets: SECRETS.line,
    });
    const userId = `U${"5".repeat(32)}`;
    let n = 0;
    const tell = async (type: string, ago: number) => {
      const event = {
        type,
        timestamp: NOW.getTime() - ago,
        mode: "active",
        webhookEventId: `01K${String(++n).padStart(23, "0")}`,
        deliveryContext: { isRedelivery: false },
        source: { type: "user", userId },
        ...(type === "follow" ? { replyToken: "r", follow: { isUnblocked: false } } : {}),
      };
      const answer = await post(server, channel.id, sign("line", { destination: "U0", events: [event] }));
      expect(answer.status).to.equal(200);
      await server.candor.queue.drain();
    };
    await tell("follow", 50_000);
    const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "line_user_id", value: userId },
    });
    const { memberId } = found.body;
    const rule = async (channel = "line") =>
      (await decisions(server, [{ memberId, purpose: "marketing", channel }]))[0]?.rule;
    await say(server, aGrant(memberId, "marketing", { channel: "sms" }));
    expect(await rule()).to.equal("no-consent");
    await say(server, aGrant(memberId, "marketing", { channel: "line" }));
    expect(await rule()).to.equal("consent-given");
    await tell("unfollow", 40_000);
    expect(await rule()).to.equal("channel-closed");
    expect(await rule("sms"), "a channel of its own").to.equal("consent-given");
    await tell("follow", 30_000);
    expect(await rule()).to.equal("consent-given");
  });

  it("hears a TC string for advertising on the device that sent it, and for nothing else", async () => {
    const { memberId, card } = await aMember(server, { region: "DE", listWith: { country: "DE" } });
    const shop = await server.source({ name: "Shop", kind: "web" });
    const visit = (messageId: string, tcfString: string, timestamp: string) =>
      server.call("POST", "/v1/batch", {
        key: shop.writeKey,
        body: {
          batch: [
            {
              type: "page",
              messageId,
              userId: card,
              anonymousId: "dev-1",
              timestamp,
              context: { tcfString },
            },
          ],
        },
      });
    const rule = async (category: string, device: string) =>
      (await decisions(server, [{ memberId, purpose: "partner-sharing", category, device }]))[0]?.rule;
    expect(await rule("online", "dev-1")).to.equal("no-consent");
    await visit("t1", TCF_YES, "2026-11-21T09:00:00Z");
    expect(await rule("online", "dev-1")).to.equal("tcf-consented");
    expect(await rule("online", "dev-2"), "another device").to.equal("no-consent");
    expect(await rule("identity", "dev-1"), "another category").to.equal("no-consent");
    await visit("t2", TCF_SOME, "2026-11-21T09:30:00Z");
    expect(await rule("online", "dev-1")).to.equal("tcf-refused");
    await visit("t3", "not a string", "2026-11-21T09:40:00Z");
    expect(await rule("online", "dev-1")).to.equal("tcf-refused");
  });
});
