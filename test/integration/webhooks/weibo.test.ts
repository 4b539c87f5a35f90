import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { eventsOf, findProfile, profileOf } from "../sources/reading.ts";
import { handshakeOf, NOW, post, rulesOf, SECRETS, sign } from "./deliver.ts";

/** Beyond 2^53: as a double it would be ...6560. */
const BIG = "7281044539211226559";
const NEIGHBOUR = "7281044539211226560";

describe("Weibo over HTTP", () => {
  let server: TestServer;
  let account: { id: string };
  before(async () => {
    server = await startTestServer("weibo", { clock: fixedClock(NOW) });
    account = await server.source({
      name: "Weibo",
      kind: "social",
      platform: "weibo",
      secrets: SECRETS.weibo,
    });
  });
  after(() => server.close());

  const message = (change: Record<string, unknown>) => ({
    type: "event",
    receiver_id: 1902538057n,
    sender_id: BigInt(BIG),
    created_at: "Sat Nov 21 17:59:20 +0800 2026",
    text: "关注事件消息",
    data: { subtype: "follow" },
    ...change,
  });

  it("answers the handshake, and only when it is signed", async () => {
    const answer = await post(server, account.id, handshakeOf("weibo", "echo-me"));
    expect([answer.status, answer.body]).to.deep.equal([200, "echo-me"]);
    const forged = handshakeOf("weibo", "echo-me", { secrets: { appSecret: "anotherSecret" } });
    expect((await post(server, account.id, forged)).status).to.equal(401);
  });

  it("keeps an id beyond 2^53 to its last digit, in the profile and in the lookup", async () => {
    const signed = sign("weibo", message({}));
    expect(signed.body.toString(), "sent as a JSON number").to.contain(`"sender_id":${BIG}`);
    const answer = await post(server, account.id, signed);
    expect([answer.status, answer.body]).to.deep.equal([200, ""]);
    const profile = await profileOf(server, { kind: "weibo_uid", value: BIG });
    expect(profile.identifiers.map((i) => [i.kind, i.value])).to.deep.equal([["weibo_uid", BIG]]);
    expect(await findProfile(server, { kind: "weibo_uid", value: NEIGHBOUR })).to.equal(null);
  });

  it("keeps two people apart whose ids a double cannot tell apart", async () => {
    await post(server, account.id, sign("weibo", message({ sender_id: BigInt(NEIGHBOUR) })));
    const [one, other] = [
      await profileOf(server, { kind: "weibo_uid", value: BIG }),
      await profileOf(server, { kind: "weibo_uid", value: NEIGHBOUR }),
    ];
    expect(one.memberId).not.to.equal(other.memberId);
  });

  it("refuses a lookup that writes such an id as a JSON number, which would name somebody else", async () => {
    const answer = await server.call<{ code: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      raw: `{"kind":"weibo_uid","value":${BIG}}`,
      headers: { "content-type": "application/json" },
    });
    expect([answer.status, answer.body.code]).to.deep.equal([400, "invalid-request"]);
    expect(JSON.stringify(answer.body)).not.to.contain(BIG.slice(0, 15));
  });

  it("stores messages, mentions and unfollows of one person in one history", async () => {
    const sender_id = 5_174_000_000_123_456_789n;
    const deliveries = [
      message({ sender_id }),
      message({ sender_id, type: "text", text: "有没有红色的?", data: {} }),
      message({ sender_id, type: "mention", text: "@shop 很好", data: { subtype: "mention", key: "4711" } }),
      message({ sender_id, data: { subtype: "unfollow" } }),
    ];
    for (const payload of deliveries) {
      expect((await post(server, account.id, sign("weibo", payload))).status).to.equal(200);
    }
    const { memberId } = await profileOf(server, { kind: "weibo_uid", value: String(sender_id) });
    const types = (await eventsOf(server, memberId)).map((e) => e.type).sort();
    expect(types).to.deep.equal(["social.comment", "social.followed", "social.message", "social.unfollowed"]);
    expect(await rulesOf(server, memberId, "weibo", "wechat")).to.deep.equal([
      "channel-closed",
      "regime-unknown",
    ]);
  });

  it("answers a retry with 200 and stores it once, and refuses its signature for another body", async () => {
    const sender_id = 5_174_000_000_999_999_999n;
    const signed = sign("weibo", message({ sender_id }));
    expect((await post(server, account.id, signed)).status).to.equal(200);
    expect((await post(server, account.id, signed)).status).to.equal(200);
    const profile = await profileOf(server, { kind: "weibo_uid", value: String(sender_id) });
    expect(profile.facts.eventCounts).to.deep.equal({ "social.followed": 1 });
    const other = { ...signed, body: sign("weibo", message({ sender_id: 42n })).body };
    const refused = await post(server, account.id, other);
    expect([refused.status, refused.body.code]).to.deep.equal([401, "replayed"]);
  });
});
