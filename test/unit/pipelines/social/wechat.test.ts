import { expect } from "chai";
import {
  receiveWebhook,
  signedHandshake,
  signedWebhook,
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
  NOW,
  reasonOf,
  SECONDS,
  SECRETS,
  SECURE_WECHAT,
} from "./fixtures.ts";

const OPEN_ID = "oInvented-Open_Id-0001";

// Made outside this program, with Python's hashlib and `openssl enc -aes-256-cbc -nopad`.
const PLAIN_SIGNATURE = "cd04519333cdceed7d11df78917d8b5f63f35844";
const ENCRYPTED =
  "Q3stYC6hdFzMh9T8HCvyDBzTOeT6LZAVRV+KJkF5K1iYD4Pzv6kZyHEfqj/MDnSlpWa/sva+76gYlvlVpc/5na/qDwPhQcX1U+vSD8+FPMXNrpHfYD2bbSfwZBdup5QEAmPviaB0o8Y7E/NYk90h6/aukULDVHal1J/WYVtdK9l2g3HKkFtv9nmGPbzo3M69zAOfkvH0kknXE6mUCoIzfdvOPUrcTy1Qljvx0QkhVBce4+o+o2rqcdBlgyZD1gaChRreNxK9mGQaBsuzJb6kezB1gLVujlwt181rPvKEcflsSDWMDkSJ/f241H74pH0BHB7c79qQ3e4OSyKoY+fcxrRQJBXK2PqQiIm9UuZ6+WPCo592dMD0sx9U+GcoRrenUHU6yIV2PeSHaleLxmxdjfQU0kUO3k/99atOTX0/X+s=";
const ENCRYPTED_SIGNATURE = "fe2d78fe9771b00b71e081920477aecf29a948c5";
const ECHO = "Q3stYC6hdFzMh9T8HCvyDEYr1ke4y0DOYFOb2qZEgAJvHR41uuDfamrNTmJN+ud//55Eh76/gxrVvmylTcZwSQ==";
const ECHO_SIGNATURE = "158130242d820b56b5d74350d6c93273d159780d";

const URL_OF_VECTOR = { timestamp: SECONDS, nonce: "481516" };

function receive(request: Partial<Parameters<typeof receiveWebhook>[2]>, secrets = SECRETS.wechat) {
  const whole = { method: "POST", query: {}, headers: {}, rawBody: Buffer.alloc(0), now: NOW, ...request };
  return receiveWebhook("wechat", secrets, whole, aSource("wechat"), ARRIVAL, DEPS);
}

/** The XML of an event, with texts in CDATA as WeChat writes them. */
function xml(fields: Record<string, string>): string {
  const own = Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  return `<xml>
<ToUserName><![CDATA[gh_0f0f0f]]></ToUserName>
<FromUserName><![CDATA[${OPEN_ID}]]></FromUserName>
<CreateTime>${SECONDS}</CreateTime>
${own.join("\n")}
</xml>`;
}

const TEXT = xml({ MsgType: "text", Content: "hello", MsgId: "1" });

describe("WeChat verification", () => {
  it("echoes the challenge of a handshake signed with the token", () => {
    const received = receive({
      method: "GET",
      query: { ...URL_OF_VECTOR, signature: PLAIN_SIGNATURE, echostr: "5927781489442352469" },
    });
    expect(received).to.include({ kind: "handshake", status: 200, body: "5927781489442352469" });
    expect(received)
      .to.have.property("contentType")
      .that.matches(/^text\/plain/);
  });

  it("accepts the plain handshake of a secure account and opens an encrypted one", () => {
    const plain = {
      method: "GET",
      query: { ...URL_OF_VECTOR, signature: PLAIN_SIGNATURE, echostr: "592" },
    };
    expect(receive(plain, SECURE_WECHAT)).to.include({ kind: "handshake", body: "592" });
    const encrypted = {
      method: "GET",
      query: { ...URL_OF_VECTOR, msg_signature: ECHO_SIGNATURE, echostr: ECHO },
    };
    expect(receive(encrypted, SECURE_WECHAT)).to.include({ kind: "handshake", body: "5927781489442352469" });
  });

  it("refuses a handshake with a wrong signature or no challenge", () => {
    const query = { ...URL_OF_VECTOR, signature: PLAIN_SIGNATURE };
    expect(codeOf(receive({ method: "GET", query }))).to.equal("bad-signature");
    const forged = { ...query, echostr: "1", signature: PLAIN_SIGNATURE.replace("c", "d") };
    expect(codeOf(receive({ method: "GET", query: forged }))).to.equal("bad-signature");
  });

  it("reads a message encrypted and signed by another implementation", () => {
    const received = receive(
      {
        query: { ...URL_OF_VECTOR, encrypt_type: "aes", msg_signature: ENCRYPTED_SIGNATURE },
        rawBody: Buffer.from(
          `<xml><ToUserName>gh_0f</ToUserName><Encrypt><![CDATA[${ENCRYPTED}]]></Encrypt></xml>`,
        ),
      },
      SECURE_WECHAT,
    );
    const event = eventOf(received);
    expect(event.properties).to.include({ text: "門市幾點開? <b> & " });
    expect(event.messageId).to.equal("24681357924681357924");
  });

  it("reads the ciphertext and not a decoy that a follower typed, in compatible mode", () => {
    const decoy = "<Content><![CDATA[<Encrypt>AAAA</Encrypt>]]></Content>";
    const received = receive(
      {
        query: { ...URL_OF_VECTOR, encrypt_type: "aes", msg_signature: ENCRYPTED_SIGNATURE },
        rawBody: Buffer.from(`<xml>${decoy}<Encrypt>${ENCRYPTED}</Encrypt></xml>`),
      },
      SECURE_WECHAT,
    );
    expect(eventOf(received).messageId).to.equal("24681357924681357924");
  });

  it("refuses a plain message where the source has an EncodingAESKey", () => {
    const signed = signedWebhook("wechat", SECRETS.wechat, TEXT, { now: NOW, nonce: "n" });
    const refused = receive(arriving(signed), SECURE_WECHAT);
    expect(refused).to.include({ kind: "refused", code: "plain-mode-refused", status: 401 });
  });

  it("says that a key is missing when an encrypted message meets a source without one", () => {
    const signed = signedWebhook("wechat", SECURE_WECHAT, TEXT, { now: NOW, nonce: "n" });
    expect(receive(arriving(signed))).to.include({ kind: "refused", code: "unparsable-body", status: 400 });
  });

  it("refuses a timestamp outside five minutes either way, and only under a right signature", () => {
    for (const minutes of [-6, 6]) {
      const now = new Date(NOW.getTime() + minutes * 60_000);
      const signed = signedWebhook("wechat", SECRETS.wechat, TEXT, { now, nonce: "n" });
      expect(codeOf(receive(arriving(signed)))).to.equal("stale");
      const forged = arriving({ ...signed, query: { ...signed.query, signature: "0".repeat(40) } });
      expect(codeOf(receive(forged))).to.equal("bad-signature");
    }
    const edge = signedWebhook("wechat", SECRETS.wechat, TEXT, {
      now: new Date(NOW.getTime() - 300_000),
      nonce: "n",
    });
    expect(codeOf(receive(arriving(edge)))).to.equal("items");
  });

  it("refuses repeated, missing and list-valued query parameters", () => {
    const { query, ...rest } = arriving(
      signedWebhook("wechat", SECRETS.wechat, TEXT, { now: NOW, nonce: "n" }),
    );
    for (const name of ["signature", "timestamp", "nonce"]) {
      expect(codeOf(receive({ ...rest, query: { ...query, [name]: undefined } }))).to.equal("bad-signature");
      expect(codeOf(receive({ ...rest, query: { ...query, [name]: [query[name]] } }))).to.equal(
        "bad-signature",
      );
    }
  });

  it("signs its own handshakes as it checks them", () => {
    const signed = signedHandshake("wechat", SECRETS.wechat, "77", { now: NOW, nonce: "n" });
    expect(signed && receive(arriving(signed))).to.include({ kind: "handshake", body: "77" });
  });
});

describe("WeChat messages", () => {
  it("names the person by OpenID under the app id and by UnionID for the whole installation", () => {
    const event = eventOf(
      deliver("wechat", xml({ MsgType: "event", Event: "subscribe", UnionId: "oUnion_1" })),
    );
    expect(event.identifiers).to.deep.equal([
      { kind: "wechat_unionid", issuer: "", value: "oUnion_1", verified: false },
      { kind: "wechat_openid", issuer: "wx0a1b2c3d4e5f6071", value: OPEN_ID, verified: false },
    ]);
    const source = aSource("wechat", { identifiers: { wechat_unionid: { namespace: "platform-b" } } });
    const other = eventOf(
      deliver("wechat", xml({ MsgType: "event", Event: "subscribe", UnionId: "oUnion_1" }), { source }),
    );
    expect(other.identifiers[0]).to.include({ kind: "wechat_unionid", issuer: "platform-b" });
  });

  it("keeps a 64-bit message id, the time in UTC and the text to the last character", () => {
    const content = "  <b>&amp; ]] 你好 \u{1F600}\n ";
    const event = eventOf(
      deliver("wechat", xml({ MsgType: "text", Content: content, MsgId: "18446744073709551615" })),
    );
    expect(event).to.include({
      messageId: "18446744073709551615",
      type: "social.message",
      channel: "wechat",
      name: null,
    });
    expect(event.properties).to.deep.equal({
      message_id: "18446744073709551615",
      message_type: "text",
      text: content,
    });
    expect(event.occurredAt.toISOString()).to.equal("2026-11-21T10:00:00.000Z");
  });

  it("reads text outside CDATA with the five predefined references and no others", () => {
    const body = `<xml><FromUserName>${OPEN_ID}</FromUserName><CreateTime>${SECONDS}</CreateTime><MsgType>text</MsgType><Content>&lt;b&gt; &amp;amp; &#20320;&#x597d; &custom;</Content></xml>`;
    expect(eventOf(deliver("wechat", body)).properties).to.include({ text: "<b> &amp; 你好 &custom;" });
  });

  const cases: readonly [string, Record<string, string>, string, Record<string, unknown>][] = [
    ["a follow", { Event: "subscribe", EventKey: "" }, "social.followed", {}],
    [
      "a follow by QR code",
      { Event: "subscribe", EventKey: "qrscene_shop-7", Ticket: "TICKET" },
      "social.followed",
      { scene: "shop-7", ticket: "TICKET" },
    ],
    ["an unfollow", { Event: "unsubscribe" }, "social.unfollowed", {}],
    [
      "a scan",
      { Event: "SCAN", EventKey: "shop-7", Ticket: "T" },
      "social.interaction",
      { interaction: "scan", scene: "shop-7", ticket: "T" },
    ],
    [
      "a position",
      { Event: "LOCATION", Latitude: "23.137466", Longitude: "113.352425", Precision: "119.385040" },
      "social.location",
      { latitude: 23.137466, longitude: 113.352425, precision: 119.38504 },
    ],
    [
      "a menu click",
      { Event: "CLICK", EventKey: "MENU_1" },
      "social.postback",
      { action: "click", data: "MENU_1" },
    ],
    [
      "a menu link",
      { Event: "VIEW", EventKey: "https://shop.example/?a=1&b=2", MenuId: "12" },
      "social.interaction",
      { interaction: "view", url: "https://shop.example/?a=1&b=2", menu_id: "12" },
    ],
    [
      "any other event with what it says",
      { Event: "TEMPLATESENDJOBFINISH", MsgID: "200163836", Status: "success" },
      "social.interaction",
      { interaction: "TEMPLATESENDJOBFINISH", details: { MsgID: "200163836", Status: "success" } },
    ],
  ];
  for (const [what, fields, type, properties] of cases) {
    it(`reads ${what} as ${type}`, () => {
      const event = eventOf(deliver("wechat", xml({ MsgType: "event", ...fields })));
      expect(event.type).to.equal(type);
      expect(event.properties).to.deep.equal(properties);
    });
  }

  it("reads pictures, voices and places as messages of their kind", () => {
    const picture = xml({ MsgType: "image", PicUrl: "https://cdn.example/p", MediaId: "m1", MsgId: "2" });
    expect(eventOf(deliver("wechat", picture)).properties).to.include({
      message_type: "image",
      media_id: "m1",
      media_url: "https://cdn.example/p",
    });
    const voice = xml({ MsgType: "voice", MediaId: "m2", Format: "amr", Recognition: "你好", MsgId: "3" });
    expect(eventOf(deliver("wechat", voice)).properties).to.include({ message_type: "voice", text: "你好" });
    const place = xml({
      MsgType: "location",
      Location_X: "25.03",
      Location_Y: "121.5",
      Label: "x",
      MsgId: "4",
    });
    expect(eventOf(deliver("wechat", place))).to.have.property("type", "social.message");
    expect(eventOf(deliver("wechat", place)).properties).to.include({ latitude: 25.03, longitude: 121.5 });
  });

  it("gives a retried event the same message id, and another key of the same second another", () => {
    const click = (key: string) =>
      deliver("wechat", xml({ MsgType: "event", Event: "CLICK", EventKey: key }));
    const [first, again, other] = [click("a"), click("a"), click("b")].map((r) => eventOf(r).messageId);
    expect(again).to.equal(first);
    expect(other).to.not.equal(first);
    expect(first).to.not.contain(OPEN_ID);
  });

  it("rejects messages without sender, type or time, each with its reason", () => {
    const message = (fields: string) => deliver("wechat", `<xml>${fields}</xml>`);
    const from = `<FromUserName>${OPEN_ID}</FromUserName>`;
    const time = `<CreateTime>${SECONDS}</CreateTime>`;
    const type = "<MsgType>text</MsgType>";
    expect(reasonOf(message(time + type))).to.equal("missing-identifier");
    expect(reasonOf(message(from + time))).to.equal("missing-field");
    expect(reasonOf(message(from + type))).to.equal("missing-field");
    expect(reasonOf(message(`${from}${type}<CreateTime>soon</CreateTime>`))).to.equal("invalid-time");
    expect(reasonOf(message(`${from}${type}<CreateTime>1995255200</CreateTime>`))).to.equal("time-in-future");
    expect(reasonOf(message(`<FromUserName>anonymous</FromUserName>${time}${type}`))).to.equal(
      "blocked-identifier",
    );
  });

  it("names the same person when a quarantined message is read again without secrets", async () => {
    const { parseSocialItem } = await import("../../../../pipelines/sources/social/index.ts");
    const received = deliver("wechat", TEXT);
    if (received.kind !== "items") throw new Error("refused");
    const again = parseSocialItem(
      JSON.parse(JSON.stringify(received.raw[0])),
      aSource("wechat"),
      ARRIVAL,
      DEPS,
    );
    expect(again).to.deep.equal(received.items[0]);
    expect(asEvent(again).identifiers[0]?.issuer).to.equal("wx0a1b2c3d4e5f6071");
  });
});
