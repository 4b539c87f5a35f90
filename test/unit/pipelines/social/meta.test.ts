import { expect } from "chai";
import {
  acknowledgement,
  receiveWebhook,
  signedHandshake,
} from "../../../../pipelines/sources/social/index.ts";
import {
  ARRIVAL,
  arriving,
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

const ACCOUNT = "17841400000000001";
const SENT = NOW.getTime() / 1000 - 5;

function entry(part: Record<string, unknown>, object = "instagram") {
  return { object, entry: [{ id: ACCOUNT, time: SENT, ...part }] };
}

const COMMENT = {
  id: "17865799348089039",
  text: "Lovely",
  from: { id: "5001", username: "invented.person" },
  media: { id: "17887498072083520", media_product_type: "FEED" },
  parent_id: "17865799348089000",
};

function messaging(change: Record<string, unknown>, list = "messaging") {
  const item = {
    sender: { id: "5001" },
    recipient: { id: ACCOUNT },
    timestamp: NOW.getTime() - 10,
    ...change,
  };
  return deliver("meta", entry({ [list]: [item] }));
}

describe("Meta verification", () => {
  const receive = (change: Partial<Parameters<typeof receiveWebhook>[2]>) =>
    receiveWebhook(
      "meta",
      SECRETS.meta,
      {
        method: "POST",
        query: {},
        headers: {},
        rawBody: Buffer.from('{"object":"instagram","entry":[]}'),
        now: NOW,
        ...change,
      },
      aSource("meta"),
      ARRIVAL,
      DEPS,
    );
  // Made with `openssl dgst -sha256 -hmac`.
  const signature = "sha256=982db09c543981855e7cb0a7a0c23b35929396e9d711fc7f235f32269dc79d64";

  it("accepts a signature made by another implementation and answers EVENT_RECEIVED", () => {
    const received = receive({ headers: { "x-hub-signature-256": signature } });
    expect(received).to.have.property("answer").that.includes({ status: 200, body: "EVENT_RECEIVED" });
    expect(
      acknowledgement("wechat").body + acknowledgement("weibo").body + acknowledgement("line").body,
    ).to.equal("");
  });

  it("echoes the challenge for our verify token only", () => {
    const query = { "hub.mode": "subscribe", "hub.verify_token": "verify-me", "hub.challenge": "1158201444" };
    expect(receive({ method: "GET", query })).to.include({ kind: "handshake", body: "1158201444" });
    for (const wrong of [
      { "hub.verify_token": "verify-m" },
      { "hub.verify_token": ["verify-me"] },
      { "hub.mode": "unsubscribe" },
      { "hub.challenge": "" },
    ]) {
      expect(codeOf(receive({ method: "GET", query: { ...query, ...wrong } }))).to.equal("bad-signature");
    }
    const signed = signedHandshake("meta", SECRETS.meta, "7", { now: NOW, nonce: "n" });
    expect(signed && receive(arriving(signed))).to.include({ kind: "handshake", body: "7" });
  });
});

describe("Meta comments", () => {
  const shapes: readonly [string, Record<string, unknown>][] = [
    ["in changes", { changes: [{ field: "comments", value: COMMENT }] }],
    ["in the entry itself", { field: "comments", value: COMMENT }],
    ["in a list in the entry itself", { field: "comments", value: [COMMENT] }],
  ];
  for (const [where, part] of shapes) {
    it(`${where} are read alike`, () => {
      const event = eventOf(deliver("meta", entry(part)));
      expect(event).to.include({ type: "social.comment", channel: "meta", messageId: COMMENT.id });
      expect(event.identifiers).to.deep.equal([
        { kind: "meta_user_id", issuer: `instagram:${ACCOUNT}`, value: "5001", verified: false },
      ]);
      expect(event.traits).to.deep.equal({ username: "invented.person" });
      expect(event.properties).to.deep.equal({
        comment_id: COMMENT.id,
        parent_id: COMMENT.parent_id,
        text: "Lovely",
        media_id: COMMENT.media.id,
        media_product_type: "FEED",
      });
      expect(event.occurredAt.getTime()).to.equal(SENT * 1000);
    });
  }

  it("by the account itself are no fact about a member", () => {
    const own = { ...COMMENT, from: { id: ACCOUNT, username: "shop" } };
    expect(reasonOf(deliver("meta", entry({ changes: [{ field: "comments", value: own }] })))).to.equal(
      "missing-identifier",
    );
  });

  it("on a page are read when made, edited and taken back", () => {
    const value = {
      item: "comment",
      verb: "add",
      comment_id: "44_55",
      post_id: "33_44",
      parent_id: "33_44",
      message: "Nice",
      from: { id: "6001", name: "Invented Person" },
      created_time: SENT - 60,
    };
    const feed = (change: Record<string, unknown>) =>
      eventOf(
        deliver("meta", entry({ changes: [{ field: "feed", value: { ...value, ...change } }] }, "page")),
      );
    const added = feed({});
    expect(added).to.include({ type: "social.comment", messageId: "44_55" });
    expect(added.traits).to.deep.equal({ nickname: "Invented Person" });
    expect(added.identifiers[0]).to.include({ issuer: `page:${ACCOUNT}`, value: "6001" });
    expect(added.occurredAt.getTime()).to.equal((SENT - 60) * 1000);
    const edited = feed({ verb: "edited", message: "Nicer" });
    expect(edited.properties).to.include({ action: "edited", comment_id: "44_55", text: "Nicer" });
    expect(edited.messageId).to.not.equal(added.messageId);
    const removed = feed({ verb: "remove", message: undefined });
    expect(removed).to.include({ type: "social.message.unsent" });
    expect(removed.properties).to.deep.equal({ message_id: "44_55", comment_id: "44_55" });
  });

  it("and other changes that name nobody are rejected, and those that name somebody are kept", () => {
    const mention = { changes: [{ field: "mentions", value: { media_id: "1", comment_id: "2" } }] };
    expect(reasonOf(deliver("meta", entry(mention)))).to.equal("missing-identifier");
    const like = {
      changes: [
        {
          field: "feed",
          value: { item: "reaction", verb: "add", reaction_type: "like", from: { id: "6001" } },
        },
      ],
    };
    expect(eventOf(deliver("meta", entry(like, "page"))).properties).to.deep.equal({
      interaction: "feed",
      action: "add",
      item: "reaction",
      details: { reaction_type: "like" },
    });
  });
});

describe("Meta messages", () => {
  it("are read with their text, under the id that Meta gave them", () => {
    const event = eventOf(messaging({ message: { mid: "m_1", text: "hello", reply_to: { mid: "m_0" } } }));
    expect(event).to.include({ type: "social.message", messageId: "m_1" });
    expect(event.properties).to.deep.equal({
      message_id: "m_1",
      message_type: "text",
      text: "hello",
      quoted_message_id: "m_0",
    });
    expect(event.occurredAt.getTime()).to.equal(NOW.getTime() - 10);
  });

  it("that another app answers are marked", () => {
    expect(eventOf(messaging({ message: { mid: "m_1", text: "hello" } }, "standby")).properties).to.include({
      mode: "standby",
    });
  });

  it("in changes are read as in messaging", () => {
    const value = {
      sender: { id: "5001" },
      recipient: { id: ACCOUNT },
      timestamp: String(SENT),
      message: { mid: "m_2", text: "a" },
    };
    const event = eventOf(deliver("meta", entry({ changes: [{ field: "messages", value }] })));
    expect(event).to.include({ type: "social.message", messageId: "m_2" });
    expect(event.occurredAt.getTime()).to.equal(SENT * 1000);
  });

  it("that were deleted name the message to drop", () => {
    const event = eventOf(messaging({ message: { mid: "m_1", is_deleted: true } }));
    expect(event).to.include({ type: "social.message.unsent", messageId: "m_1:deleted" });
    expect(event.properties).to.deep.equal({ message_id: "m_1" });
  });

  it("of the business itself concern the person who received them", () => {
    const event = eventOf(
      messaging({
        sender: { id: ACCOUNT },
        recipient: { id: "5001" },
        message: { mid: "m_9", text: "hi", is_echo: true },
      }),
    );
    expect(event.type).to.equal("social.interaction");
    expect(event.identifiers[0]).to.include({ value: "5001" });
    expect(event.properties).to.include({ interaction: "echo", text: "hi" });
  });

  const cases: readonly [string, Record<string, unknown>, string, Record<string, unknown>][] = [
    [
      "a postback",
      { postback: { mid: "m_3", title: "Order", payload: "ORDER" } },
      "social.postback",
      { data: "ORDER", title: "Order" },
    ],
    [
      "an edit",
      { message_edit: { mid: "m_1", text: "hello!", num_edit: 1 } },
      "social.message",
      { message_id: "m_1", message_type: "text", text: "hello!", action: "edit" },
    ],
    [
      "a linked account",
      { account_linking: { status: "linked", authorization_code: "code" } },
      "social.account-linked",
      { result: "ok", nonce: "code" },
    ],
    [
      "an unlinked account",
      { account_linking: { status: "unlinked" } },
      "social.interaction",
      { interaction: "account_linking", action: "unlinked" },
    ],
    [
      "a reaction",
      { reaction: { mid: "m_1", action: "react", reaction: "love" } },
      "social.interaction",
      { interaction: "reaction", details: { mid: "m_1", action: "react", reaction: "love" } },
    ],
    [
      "a read receipt",
      { read: { mid: "m_1" } },
      "social.interaction",
      { interaction: "read", details: { mid: "m_1" } },
    ],
    [
      "a referral",
      { referral: { ref: "qr7" } },
      "social.interaction",
      { interaction: "referral", details: { ref: "qr7" } },
    ],
    [
      "a picture",
      {
        message: { mid: "m_4", attachments: [{ type: "image", payload: { url: "https://cdn.example/i" } }] },
      },
      "social.message",
      {
        message_id: "m_4",
        message_type: "image",
        attachments: [{ type: "image", payload: { url: "https://cdn.example/i" } }],
      },
    ],
  ];
  for (const [what, change, type, properties] of cases) {
    it(`that are ${what} are read as ${type}`, () => {
      const event = eventOf(messaging(change));
      expect(event.type).to.equal(type);
      expect(event.properties).to.deep.equal(properties);
    });
  }

  it("keep an id when sent again in a later notification", () => {
    const item = {
      sender: { id: "5001" },
      recipient: { id: ACCOUNT },
      timestamp: NOW.getTime() - 10,
      read: { mid: "m_1" },
    };
    const at = (time: number) =>
      eventOf(deliver("meta", { object: "page", entry: [{ id: ACCOUNT, time, messaging: [item] }] }));
    expect(at(SENT).messageId).to.equal(at(SENT + 3).messageId);
  });

  it("of several accounts and lists in one delivery are all read, in order", () => {
    const comment = (id: string) => ({ field: "comments", value: { ...COMMENT, id } });
    const received = deliver("meta", {
      object: "instagram",
      entry: [
        { id: "1", time: SENT, changes: [comment("a"), comment("b")] },
        {
          id: "2",
          time: SENT,
          messaging: [
            {
              sender: { id: "5001" },
              recipient: { id: "2" },
              timestamp: NOW.getTime(),
              message: { mid: "c" },
            },
          ],
        },
      ],
    });
    const events = itemsOf(received).map(asEvent);
    expect(events.map((e) => [e.messageId, e.identifiers[0]?.issuer])).to.deep.equal([
      ["a", "instagram:1"],
      ["b", "instagram:1"],
      ["c", "instagram:2"],
    ]);
  });
});
