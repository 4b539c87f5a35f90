import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock, HOUR, MINUTE, SECOND } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { countsOf, eventsOf, findProfile, profileOf } from "../sources/reading.ts";
import { handshakeOf, NOW, post, rulesOf, SECRETS, sign } from "./deliver.ts";

const AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const SECURE = { ...SECRETS.wechat, encodingAesKey: AES_KEY };
const SECONDS = String(NOW.getTime() / 1000);

function subscribe(openId: string, change: Record<string, string> = {}) {
  return {
    ToUserName: "gh_account",
    FromUserName: openId,
    CreateTime: SECONDS,
    MsgType: "event",
    Event: "subscribe",
    EventKey: "qrscene_store-1",
    ...change,
  };
}

function text(openId: string, content: string, msgId: string) {
  return {
    ToUserName: "gh_account",
    FromUserName: openId,
    CreateTime: SECONDS,
    MsgType: "text",
    Content: content,
    MsgId: msgId,
  };
}

describe("WeChat over HTTP", () => {
  let server: TestServer;
  let plain: { id: string };
  let secure: { id: string };
  const clock = fixedClock(NOW);
  before(async () => {
    server = await startTestServer("wechat", { clock });
    const source = (name: string, secrets: object) =>
      server.source({ name, kind: "social", platform: "wechat", secrets });
    plain = await source("Plain account", SECRETS.wechat);
    secure = await source("Secure account", SECURE);
  });
  after(() => server.close());

  const openid = (value: string) => ({ kind: "wechat_openid", value, issuer: SECRETS.wechat.appId });

  it("answers the handshake with what it was asked to echo, as text that no browser runs", async () => {
    const echo = "<script>5837</script>";
    for (const { id } of [plain, secure]) {
      const answer = await post(server, id, handshakeOf("wechat", echo));
      expect(answer.status).to.equal(200);
      expect(answer.body).to.equal(echo);
      expect(answer.headers.get("content-type")).to.match(/^text\/plain/);
      expect(answer.headers.get("x-content-type-options")).to.equal("nosniff");
    }
    const forged = handshakeOf("wechat", echo, { secrets: { ...SECRETS.wechat, token: "another" } });
    const refused = await post(server, plain.id, forged);
    expect([refused.status, refused.body.code]).to.deep.equal([401, "bad-signature"]);
    expect(JSON.stringify(refused.body)).not.to.contain("script");
  });

  it("turns a follow, a message, a tap and an unfollow, which closes this channel alone, into one profile that lookups find by OpenID", async () => {
    const open = "oPlain-Follower_000000000001";
    const deliveries = [
      subscribe(open, { UnionId: "union-1" }),
      text(open, "请问几点关门?", "2301234567890123456"),
      subscribe(open, { Event: "CLICK", EventKey: "MENU_HOURS" }),
      subscribe(open, { Event: "unsubscribe", EventKey: "" }),
    ];
    for (const payload of deliveries) {
      const answer = await post(server, plain.id, sign("wechat", payload));
      expect([answer.status, answer.body]).to.deep.equal([200, ""]);
    }
    const profile = await profileOf(server, openid(open));
    expect(profile.facts.eventCounts).to.deep.equal({
      "social.followed": 1,
      "social.message": 1,
      "social.postback": 1,
      "social.unfollowed": 1,
    });
    expect(profile.memberId).to.equal(
      (await profileOf(server, { kind: "wechat_unionid", value: "union-1" })).memberId,
    );
    expect(await rulesOf(server, profile.memberId, "wechat", "line")).to.deep.equal([
      "channel-closed",
      "regime-unknown",
    ]);
    const message = (await eventsOf(server, profile.memberId)).find((e) => e.type === "social.message");
    expect(message?.sealed.social?.properties).to.deep.include({ text: "请问几点关门?" });
    expect(JSON.stringify(message?.plain)).not.to.contain("几点");
  });

  it("opens encrypted messages, and refuses plain ones where an AES key is set", async () => {
    const open = "oSecure-Follower_00000000001";
    const sealed = sign("wechat", subscribe(open), { secrets: SECURE });
    expect(sealed.body.toString()).not.to.contain(open);
    expect((await post(server, secure.id, sealed)).status).to.equal(200);
    expect(await findProfile(server, openid(open))).not.to.equal(null);

    const stranger = "oSecure-Stranger_00000000002";
    const refused = await post(server, secure.id, sign("wechat", subscribe(stranger)));
    expect([refused.status, refused.body.code]).to.deep.equal([401, "plain-mode-refused"]);
    expect(await findProfile(server, openid(stranger))).to.equal(null);
  });

  it("refuses an encrypted message that was touched, or was meant for another account", async () => {
    const open = "oTouched-Follower_0000000001";
    const signed = sign("wechat", subscribe(open), { secrets: SECURE });
    const touched = {
      ...signed,
      // Encrypted afresh each time, so any letter may stand there: it becomes another one.
      body: Buffer.from(
        signed.body
          .toString()
          .replace(/(Encrypt>.{30})(.)/, (_, before, letter) => `${before}${letter === "A" ? "B" : "A"}`),
      ),
    };
    const elsewhere = sign("wechat", subscribe(open), { secrets: { ...SECURE, appId: "wxother0000000000" } });
    for (const request of [touched, elsewhere]) {
      const answer = await post(server, secure.id, request);
      expect([answer.status, answer.body.code]).to.deep.equal([401, "bad-signature"]);
    }
    expect(await findProfile(server, openid(open))).to.equal(null);
  });

  it("answers 200 to the platform's own retry and stores it once", async () => {
    const open = "oRetried-Follower_0000000001";
    const before = await countsOf(server, plain.id);
    const signed = sign("wechat", subscribe(open));
    for (let i = 0; i < 4; i++) expect((await post(server, plain.id, signed)).status).to.equal(200);
    const fresh = await post(server, plain.id, sign("wechat", subscribe(open)));
    expect(fresh.status, "the same message under a new signature").to.equal(200);
    const counts = await countsOf(server, plain.id);
    expect(counts.accepted - before.accepted).to.equal(1);
    expect(counts.duplicate - before.duplicate).to.equal(4);
    expect((await profileOf(server, openid(open))).facts.eventCounts).to.deep.equal({ "social.followed": 1 });
  });

  it("refuses a signature that comes again with another body", async () => {
    const signed = sign("wechat", subscribe("oSigned-Follower_00000000001"));
    expect((await post(server, plain.id, signed)).status).to.equal(200);
    const other = sign("wechat", subscribe("oForged-Follower_00000000002"));
    const forged = { ...signed, body: other.body };
    const answer = await post(server, plain.id, forged);
    expect([answer.status, answer.body.code]).to.deep.equal([401, "replayed"]);
    expect(await findProfile(server, openid("oForged-Follower_00000000002"))).to.equal(null);
  });

  it("refuses timestamps more than five minutes away, either way", async () => {
    for (const off of [-6 * MINUTE, 6 * MINUTE]) {
      const now = new Date(NOW.getTime() + off);
      const answer = await post(server, plain.id, sign("wechat", subscribe("oStale-Follower"), { now }));
      expect([answer.status, answer.body.code]).to.deep.equal([401, "stale"]);
    }
  });

  it("remembers a signature for as long as it could be used again, and then no longer", async () => {
    // As far ahead as a platform's clock may be: this one is taken for ten minutes from now.
    const ahead = new Date(NOW.getTime() + 5 * MINUTE);
    const signed = sign("wechat", subscribe("oAhead-Follower_00000000001"), { now: ahead });
    const forged = { ...signed, body: sign("wechat", subscribe("oAhead-Follower_00000000002")).body };
    const forget = async () => {
      const run = await server.call("POST", "/v1/retention/run");
      expect(run.status, JSON.stringify(run.body)).to.equal(200);
    };
    const remembered = async () => {
      const [row] = await server.database.db.query<{ n: number }>(
        sql`select count(*)::int as n from webhook_nonce`,
      );
      return row?.n;
    };
    try {
      expect((await post(server, plain.id, signed)).status).to.equal(200);
      clock.set(new Date(ahead.getTime() + 5 * MINUTE));
      await forget();
      const again = await post(server, plain.id, forged);
      expect([again.status, again.body.code]).to.deep.equal([401, "replayed"]);
      clock.advance(SECOND);
      const late = await post(server, plain.id, forged);
      expect([late.status, late.body.code]).to.deep.equal([401, "stale"]);
      clock.advance(HOUR);
      await forget();
      expect(await remembered()).to.equal(0);
    } finally {
      clock.set(NOW);
    }
  });

  it("takes a lucky digit moved from the timestamp to the nonce for what it is", async () => {
    const signed = sign("wechat", subscribe("oShifted-Follower_0000000001"), { nonce: "7999" });
    expect((await post(server, plain.id, signed)).status).to.equal(200);
    const { timestamp = "", nonce = "" } = signed.query;
    const shifted = { ...signed.query, timestamp: `${timestamp}${nonce[0]}`, nonce: nonce.slice(1) };
    const answer = await post(server, plain.id, { ...signed, query: shifted });
    expect(answer.status).to.equal(401);
  });

  it("quarantines a signed message it cannot read as an event, and answers 200", async () => {
    const before = await countsOf(server, plain.id);
    const answer = await post(server, plain.id, sign("wechat", subscribe("", { CreateTime: "soon" })));
    expect(answer.status).to.equal(200);
    expect((await countsOf(server, plain.id)).quarantined - before.quarantined).to.equal(1);
    const listed = await server.call<{ items: { code: string; door: string }[] }>(
      "GET",
      `/v1/quarantine?source=${plain.id}`,
    );
    expect(listed.body.items.map((i) => [i.code, i.door])).to.deep.equal([["missing-identifier", "social"]]);
  });

  it("refuses entities and documents that are not WeChat's", async () => {
    const bombs = [
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
      '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml></xml>',
      "<html></html>",
      "not xml",
      "",
    ];
    for (const body of bombs) {
      const answer = await post(server, plain.id, sign("wechat", body));
      expect([answer.status, answer.body.code], body).to.deep.equal([400, "unparsable-body"]);
    }
  });
});
