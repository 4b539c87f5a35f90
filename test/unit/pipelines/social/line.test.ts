import { expect } from "chai";
import {
  acknowledgement,
  receiveWebhook,
  signedHandshake,
} from "../../../../pipelines/sources/social/index.ts";
import {
  ARRIVAL,
  aSource,
  asEvent,
  codeOf,
  DEPS,
  deliver,
  eventOf,
  itemsOf,
  NOW,
  reasonOf,
  SECRETS,
} from "./fixtures.ts";

const USER = "U0123456789abcdef0123456789abcdef";

function lineEvent(type: string, change: Record<string, unknown> = {}) {
  return {
    type,
    timestamp: NOW.getTime() - 1500,
    mode: "active",
    webhookEventId: "01J0000000000000000000000A",
    deliveryContext: { isRedelivery: false },
    source: { type: "user", userId: USER },
    replyToken: "reply-me-once",
    ...change,
  };
}

function send(...events: Record<string, unknown>[]) {
  return deliver("line", { destination: "U00000000000000000000000000000001", events });
}

describe("LINE verification", () => {
  const body = Buffer.from('{"destination":"U00000000000000000000000000000001","events":[]}');
  const receive = (headers: Record<string, string>, rawBody = body) =>
    receiveWebhook(
      "line",
      SECRETS.line,
      { method: "POST", query: {}, headers, rawBody, now: NOW },
      aSource("line"),
      ARRIVAL,
      DEPS,
    );
  // Made with Python's hmac.
  const signature = "YQU0voYIh8lUA1XaYoIEZg9trJlhjyu9qVt6HqVvWf4=";

  it("accepts a delivery without events signed by another implementation, and answers with an empty 200", () => {
    const received = receive({ "x-line-signature": signature });
    expect(received).to.deep.include({ kind: "items", items: [], raw: [], nonce: null });
    expect(received).to.have.property("answer").that.deep.equals(acknowledgement("line"));
  });

  it("refuses the same signature over other spacing, and its URL-safe or unpadded spelling", () => {
    const spaced = Buffer.from(body.toString().replace(":", ": "));
    expect(codeOf(receive({ "x-line-signature": signature }, spaced))).to.equal("bad-signature");
    expect(codeOf(receive({ "x-line-signature": signature.replace("=", "") }))).to.equal("bad-signature");
    expect(codeOf(receive({}))).to.equal("bad-signature");
  });

  it("has no handshake", () => {
    expect(signedHandshake("line", SECRETS.line, "1", { now: NOW, nonce: "n" })).to.equal(null);
  });
});

describe("LINE events", () => {
  const cases: readonly [string, Record<string, unknown>, string, Record<string, unknown>][] = [
    ["follow", { follow: { isUnblocked: true } }, "social.followed", { is_unblocked: true }],
    ["unfollow", {}, "social.unfollowed", {}],
    [
      "message",
      {
        message: {
          type: "text",
          id: "468789577898262530",
          text: "想訂位",
          quoteToken: "q",
          markAsReadToken: "m",
        },
      },
      "social.message",
      { message_id: "468789577898262530", message_type: "text", text: "想訂位" },
    ],
    [
      "unsend",
      { unsend: { messageId: "468789577898262530" } },
      "social.message.unsent",
      { message_id: "468789577898262530" },
    ],
    [
      "postback",
      { postback: { data: "store=7", params: { datetime: "2026-12-25T01:00" } } },
      "social.postback",
      { data: "store=7", params: { datetime: "2026-12-25T01:00" } },
    ],
    [
      "beacon",
      { beacon: { hwid: "d41d8cd98f", type: "enter", dm: "0a" } },
      "social.beacon",
      { beacon_id: "d41d8cd98f", beacon_type: "enter", device_message: "0a" },
    ],
    [
      "accountLink",
      { link: { result: "ok", nonce: "N0nce==" } },
      "social.account-linked",
      { result: "ok", nonce: "N0nce==" },
    ],
    [
      "videoPlayComplete",
      { videoPlayComplete: { trackingId: "t-1" } },
      "social.interaction",
      { interaction: "videoPlayComplete", tracking_id: "t-1" },
    ],
    [
      "membership",
      { membership: { type: "joined", membershipId: 3189 } },
      "social.interaction",
      { interaction: "membership", action: "joined", membership_id: "3189" },
    ],
    [
      "delivery",
      { delivery: { data: "tag" } },
      "social.interaction",
      { interaction: "delivery", details: { delivery: { data: "tag" } } },
    ],
    [
      "module",
      { module: { type: "detached", botId: "U1", reason: "bot_deleted" } },
      "social.interaction",
      {
        interaction: "module",
        details: { module: { type: "detached", botId: "U1", reason: "bot_deleted" } },
      },
    ],
    [
      "activated",
      { chatControl: { expireAt: 1 } },
      "social.interaction",
      { interaction: "activated", details: { chatControl: { expireAt: 1 } } },
    ],
    ...["deactivated", "botSuspended", "botResumed", "join", "leave", "somethingNew"].map(
      (kind): [string, Record<string, unknown>, string, Record<string, unknown>] => [
        kind,
        {},
        "social.interaction",
        { interaction: kind },
      ],
    ),
  ];
  for (const [kind, fields, type, properties] of cases) {
    it(`of kind ${kind} are read as ${type}`, () => {
      const event = eventOf(send(lineEvent(kind, fields)));
      expect(event).to.include({ type, channel: "line", messageId: "01J0000000000000000000000A" });
      expect(event.properties).to.deep.equal(properties);
      expect(event.occurredAt.getTime()).to.equal(NOW.getTime() - 1500);
      expect(JSON.stringify(event)).to.not.contain("reply-me-once");
    });
  }

  it("name the person within the source, or within the provider that the source declares", () => {
    const follow = { destination: "U1", events: [lineEvent("follow")] };
    expect(eventOf(deliver("line", follow)).identifiers).to.deep.equal([
      { kind: "line_user_id", issuer: aSource("line").id, value: USER, verified: false },
    ]);
    const source = aSource("line", { identifiers: { line_user_id: { namespace: "provider-1" } } });
    expect(eventOf(deliver("line", follow, { source })).identifiers[0]).to.include({ issuer: "provider-1" });
  });

  it("of a confirmed account link verify the LINE user, and of a failed one do not", () => {
    const linked = eventOf(send(lineEvent("accountLink", { link: { result: "ok", nonce: "n" } })));
    expect(linked.identifiers[0]).to.include({ kind: "line_user_id", verified: true });
    const failed = eventOf(send(lineEvent("accountLink", { link: { result: "failed", nonce: "n" } })));
    expect(failed.type).to.equal("social.interaction");
    expect(failed.identifiers[0]).to.include({ verified: false });
    expect(failed.properties).to.deep.equal({ interaction: "accountLink", result: "failed", nonce: "n" });
  });

  it("are the same when redelivered, but for the circumstances", () => {
    const first = eventOf(send(lineEvent("follow")));
    const again = eventOf(
      send(lineEvent("follow", { deliveryContext: { isRedelivery: true }, replyToken: "other" })),
    );
    expect(again.context).to.deep.equal({ isRedelivery: true });
    expect({ ...again, context: {} }).to.deep.equal(first);
    const unnamed = { webhookEventId: undefined };
    const a = eventOf(send(lineEvent("follow", unnamed)));
    const b = eventOf(
      send(lineEvent("follow", { ...unnamed, deliveryContext: { isRedelivery: true }, replyToken: "x" })),
    );
    expect(a.messageId).to.equal(b.messageId);
  });

  it("keep that another channel had control, and the group they came from", () => {
    const source = { type: "group", groupId: "C1", userId: USER };
    const event = eventOf(
      send(
        lineEvent("message", {
          mode: "standby",
          source,
          message: { type: "sticker", id: "1", packageId: "2", stickerId: "3" },
        }),
      ),
    );
    expect(event.properties).to.deep.equal({
      message_id: "1",
      message_type: "sticker",
      package_id: "2",
      sticker_id: "3",
      mode: "standby",
      group_id: "C1",
    });
  });

  it("of a group that name nobody are rejected", () => {
    expect(reasonOf(send(lineEvent("join", { source: { type: "group", groupId: "C1" } })))).to.equal(
      "missing-identifier",
    );
    expect(reasonOf(send(lineEvent("botSuspended", { source: undefined })))).to.equal("missing-identifier");
  });

  it("of several people become one item each, with ids of their own that replay keeps", () => {
    const source = { type: "group", groupId: "C1" };
    const members = ["Ua", "Ub"].map((userId) => ({ type: "user", userId }));
    const received = send(
      lineEvent("memberJoined", { source, joined: { members } }),
      lineEvent("memberLeft", { source, left: { members: members.slice(0, 1) }, webhookEventId: "Z" }),
    );
    const events = itemsOf(received).map(asEvent);
    expect(events.map((e) => [e.messageId, e.identifiers[0]?.value, e.properties])).to.deep.equal([
      ["01J0000000000000000000000A:Ua", "Ua", { interaction: "memberJoined", group_id: "C1" }],
      ["01J0000000000000000000000A:Ub", "Ub", { interaction: "memberJoined", group_id: "C1" }],
      ["Z:Ua", "Ua", { interaction: "memberLeft", group_id: "C1" }],
    ]);
  });

  it("of place are read with coordinates", () => {
    const message = {
      type: "location",
      id: "1",
      title: "店",
      address: "路1號",
      latitude: 25.0339,
      longitude: 121.5645,
    };
    expect(eventOf(send(lineEvent("message", { message }))).properties).to.include({
      message_type: "location",
      latitude: 25.0339,
      longitude: 121.5645,
      address: "路1號",
    });
  });

  it("without a time or from far ahead are rejected with the reason", () => {
    expect(reasonOf(send(lineEvent("follow", { timestamp: undefined })))).to.equal("missing-field");
    expect(reasonOf(send(lineEvent("follow", { timestamp: "soon" })))).to.equal("invalid-time");
    expect(reasonOf(send(lineEvent("follow", { timestamp: NOW.getTime() + 90_000_000 })))).to.equal(
      "time-in-future",
    );
  });
});
