import { expect } from "chai";
import fc from "fast-check";
import { receiveWebhook, signedHandshake } from "../../../../pipelines/sources/social/index.ts";
import { readWeiboTime } from "../../../../pipelines/sources/social/weibo.ts";
import {
  ARRIVAL,
  arriving,
  aSource,
  codeOf,
  DEPS,
  deliver,
  eventOf,
  NOW,
  reasonOf,
  SECONDS,
  SECRETS,
} from "./fixtures.ts";

const CREATED = "Sat Nov 21 18:00:00 +0800 2026";

function message(change: Record<string, unknown>) {
  return {
    type: "text",
    receiver_id: 4611686018427387999n,
    sender_id: 4611686018427387905n,
    created_at: CREATED,
    text: "你好",
    data: {},
    ...change,
  };
}

function event(subtype: string, data: Record<string, unknown> = {}) {
  return deliver("weibo", message({ type: "event", text: "事件消息", data: { subtype, ...data } }));
}

function receive(query: Record<string, string>, method = "POST", secret = SECRETS.weibo) {
  const request = { method, query, headers: {}, rawBody: Buffer.from("{}"), now: NOW };
  return receiveWebhook("weibo", secret, request, aSource("weibo"), ARRIVAL, DEPS);
}

describe("Weibo verification", () => {
  // Made with Python's hashlib.
  const query = {
    timestamp: `${SECONDS}123`,
    nonce: "481516",
    signature: "763985de2ee50a0c441098d4af568c6864d7178a",
  };

  it("accepts a signature made by another implementation, with the time in milliseconds", () => {
    expect(codeOf(receive(query))).to.equal("items");
    expect(receive({ ...query, echostr: "dnX" }, "GET")).to.include({ kind: "handshake", body: "dnX" });
    expect(codeOf(receive(query, "GET"))).to.equal("bad-signature");
    expect(codeOf(receive({ ...query, nonce: "481517" }))).to.equal("bad-signature");
  });

  it("computes the signature of the platform's own published example", () => {
    // open.weibo.com/wiki/Messages_api_start; the example is of 2014 and therefore stale.
    const published = {
      timestamp: "1397022061823",
      nonce: "57155157",
      signature: "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1",
    };
    expect(codeOf(receive(published, "POST", { appSecret: "xyz123xyz" }))).to.equal("stale");
    expect(codeOf(receive(published, "POST", { appSecret: "xyz123xyy" }))).to.equal("bad-signature");
  });

  it("signs its own handshakes as it checks them", () => {
    const signed = signedHandshake("weibo", SECRETS.weibo, "77", { now: NOW, nonce: "n" });
    if (signed === null) throw new Error("no handshake");
    const received = receiveWebhook(
      "weibo",
      SECRETS.weibo,
      arriving(signed),
      aSource("weibo"),
      ARRIVAL,
      DEPS,
    );
    expect(received).to.include({ kind: "handshake", body: "77" });
  });
});

describe("Weibo messages", () => {
  it("keep ids beyond 2^53 to the last digit, as numbers and as texts", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (id) => {
        const asNumber = eventOf(deliver("weibo", message({ sender_id: id })));
        const asText = eventOf(deliver("weibo", message({ sender_id: String(id) })));
        for (const one of [asNumber, asText]) {
          expect(one.identifiers).to.deep.equal([
            { kind: "weibo_uid", issuer: "", value: String(id), verified: false },
          ]);
        }
      }),
    );
  });

  it("are read with their text and time", () => {
    const received = eventOf(deliver("weibo", message({})));
    expect(received).to.include({ type: "social.message", channel: "weibo" });
    expect(received.properties).to.deep.equal({ message_type: "text", text: "你好" });
    expect(received.occurredAt.toISOString()).to.equal("2026-11-21T10:00:00.000Z");
  });

  it("of place, voice and picture are read by kind", () => {
    const place = message({ type: "position", data: { longitude: "116.308586", latitude: "39.982525" } });
    expect(eventOf(deliver("weibo", place)).properties).to.include({
      message_type: "location",
      latitude: 39.982525,
      longitude: 116.308586,
    });
    const voice = message({ type: "voice", data: { vfid: 821804459, tovfid: 4611686018427387999n } });
    expect(eventOf(deliver("weibo", voice)).properties).to.include({ media_id: "4611686018427387999" });
  });

  const cases: readonly [string, Record<string, unknown>, string, Record<string, unknown>][] = [
    ["follow", {}, "social.followed", { action: "follow" }],
    ["unfollow", {}, "social.unfollowed", { action: "unfollow" }],
    ["subscribe", {}, "social.followed", { action: "subscribe", text: "事件消息" }],
    ["unsubscribe", {}, "social.unfollowed", { action: "unsubscribe", text: "事件消息" }],
    [
      "scan_follow",
      { key: "qr_7", ticket: "T" },
      "social.followed",
      { action: "scan_follow", scene: "qr_7", ticket: "T" },
    ],
    [
      "scan",
      { key: "qr_7", ticket: "T" },
      "social.interaction",
      { interaction: "scan", scene: "qr_7", ticket: "T" },
    ],
    ["click", { key: "K" }, "social.postback", { action: "click", data: "K" }],
    [
      "view",
      { key: "https://shop.example/" },
      "social.interaction",
      { interaction: "view", url: "https://shop.example/" },
    ],
    [
      "later",
      { key: "K" },
      "social.interaction",
      { interaction: "later", text: "事件消息", details: { key: "K" } },
    ],
    ["mention", { key: "3593" }, "social.comment", { action: "mention", text: "事件消息", post_id: "3593" }],
  ];
  for (const [subtype, data, type, properties] of cases) {
    it(`of the event ${subtype} are read as ${type}`, () => {
      const received = eventOf(event(subtype, data));
      expect(received.type).to.equal(type);
      expect(received.properties).to.deep.equal(properties);
    });
  }

  it("keep their id when sent again, and have another with other words in the same second", () => {
    const id = (text: string) => eventOf(deliver("weibo", message({ text }))).messageId;
    expect(id("a")).to.equal(id("a"));
    expect(id("a")).to.not.equal(id("b"));
    expect(id("a")).to.not.contain("4611686018427387905");
  });

  it("without sender, type or time are rejected with the reason", () => {
    const without = (name: string) => message({ [name]: undefined });
    expect(reasonOf(deliver("weibo", without("sender_id")))).to.equal("missing-identifier");
    expect(reasonOf(deliver("weibo", without("type")))).to.equal("missing-field");
    expect(reasonOf(deliver("weibo", without("created_at")))).to.equal("missing-field");
    expect(reasonOf(deliver("weibo", message({ created_at: "yesterday" })))).to.equal("invalid-time");
    expect(reasonOf(deliver("weibo", message({ sender_id: { a: 1 } })))).to.equal("invalid-identifier");
  });
});

describe("Weibo times", () => {
  const at = (text: unknown) => {
    const time = readWeiboTime(text);
    return time?.kind === "ok" ? time.at.toISOString() : (time?.kind ?? "none");
  };

  it("are read with their offset", () => {
    expect(at("Mon Jul 16 18:09:20 +0800 2012")).to.equal("2012-07-16T10:09:20.000Z");
    expect(at("Thu Jan 1 00:30:00 -0530 2026")).to.equal("2026-01-01T06:00:00.000Z");
    expect(at("Thu Feb 29 00:00:00 +0000 2024")).to.equal("2024-02-29T00:00:00.000Z");
  });

  it("that are no real moments are told from none at all", () => {
    for (const bad of [
      "Thu Feb 30 00:00:00 +0000 2024",
      "Thu Xyz 01 00:00:00 +0000 2024",
      "Thu anF 01 00:00:00 +0000 2024",
      "Thu Feb 01 25:00:00 +0000 2024",
      "Thu Feb 01 00:00:00 +0000 1234",
      1_700_000_000,
      {},
    ]) {
      expect(at(bad)).to.equal("bad");
    }
    expect(at(undefined)).to.equal("none");
    expect(at("")).to.equal("none");
  });
});
