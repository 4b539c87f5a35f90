import { createCipheriv } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { PLATFORMS, type Platform } from "../../../../pipelines/adapter.ts";
import {
  BODY_LIMITS,
  judgeNonce,
  parseSocialItem,
  type ReceivedWebhook,
  receiveWebhook,
  replayedWebhook,
  type SignedRequest,
  signedWebhook,
} from "../../../../pipelines/sources/social/index.ts";
import { sortedSha1 } from "../../../../pipelines/sources/social/signature.ts";
import {
  AES_KEY,
  ARRIVAL,
  arriving,
  aSource,
  codeOf,
  DEPS,
  deliver,
  itemsOf,
  NOW,
  reasonOf,
  SECONDS,
  SECRETS,
  SECURE_WECHAT,
} from "./fixtures.ts";

const WECHAT_TEXT = `<xml><FromUserName>o1</FromUserName><CreateTime>${SECONDS}</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>9</MsgId></xml>`;

const PAYLOADS: Readonly<Record<Platform, string>> = {
  wechat: WECHAT_TEXT,
  weibo: `{"type":"text","receiver_id":1,"sender_id":4611686018427387905,"created_at":"Sat Nov 21 18:00:00 +0800 2026","text":"hi","data":{}}`,
  line: `{"destination":"U1","events":[{"type":"follow","timestamp":${NOW.getTime()},"mode":"active","webhookEventId":"01J0000000000000000000000A","deliveryContext":{"isRedelivery":false},"source":{"type":"user","userId":"Uabc"},"follow":{"isUnblocked":false}}]}`,
  meta: `{"object":"page","entry":[{"id":"10","time":${SECONDS},"messaging":[{"sender":{"id":"77"},"recipient":{"id":"10"},"timestamp":${NOW.getTime()},"message":{"mid":"m.1","text":"hi"}}]}]}`,
};

/** Every way a platform signs, the body covered or not. */
const DOORS = [
  { name: "WeChat plain", platform: "wechat", secrets: SECRETS.wechat },
  { name: "WeChat secure", platform: "wechat", secrets: SECURE_WECHAT },
  { name: "Weibo", platform: "weibo", secrets: SECRETS.weibo },
  { name: "LINE", platform: "line", secrets: SECRETS.line },
  { name: "Meta", platform: "meta", secrets: SECRETS.meta },
] as const;
type Door = (typeof DOORS)[number];

function sign(door: Door, payload: string | Buffer, nonce = "481516"): SignedRequest {
  return signedWebhook<Platform>(door.platform, door.secrets, payload, { now: NOW, nonce });
}

function receive(door: Door, signed: SignedRequest): ReceivedWebhook {
  return receiveWebhook<Platform>(
    door.platform,
    door.secrets,
    arriving(signed),
    aSource(door.platform),
    ARRIVAL,
    DEPS,
  );
}

/** Where the signature stands, and whether it covers the body. */
function signatureOf(
  door: Door,
  signed: SignedRequest,
): { put: (value: string) => SignedRequest; value: string } {
  const header = { line: "x-line-signature", meta: "x-hub-signature-256", wechat: null, weibo: null }[
    door.platform
  ];
  if (header !== null) {
    return {
      value: signed.headers[header] ?? "",
      put: (value) => ({ ...signed, headers: { ...signed.headers, [header]: value } }),
    };
  }
  const name = "msg_signature" in signed.query ? "msg_signature" : "signature";
  return {
    value: signed.query[name] ?? "",
    put: (value) => ({ ...signed, query: { ...signed.query, [name]: value } }),
  };
}

describe("Webhook signatures", () => {
  for (const door of DOORS) {
    it(`of ${door.name} are accepted as signed, with any content`, () => {
      fc.assert(
        fc.property(fc.string({ unit: "binary" }), (text) => {
          const payload =
            door.platform === "wechat" ? WECHAT_TEXT : JSON.stringify({ events: [], entry: [], text });
          expect(codeOf(receive(door, sign(door, payload)))).to.equal("items");
        }),
      );
    });

    it(`of ${door.name} are refused with one character changed, cut, added, emptied or in another case`, () => {
      const signed = sign(door, PAYLOADS[door.platform]);
      const { value, put } = signatureOf(door, signed);
      const wrong = [
        value.slice(0, -1),
        value.slice(1),
        `${value}0`,
        `${value} `,
        "",
        value.slice(0, 20),
        "=",
        "é",
      ];
      fc.assert(
        fc.property(fc.nat(value.length - 1), fc.constantFrom(..."0aZ+="), (at, c) => {
          fc.pre(value[at] !== c);
          const changed = value.slice(0, at) + c + value.slice(at + 1);
          expect(codeOf(receive(door, put(changed)))).to.equal("bad-signature");
        }),
      );
      const otherCase = value.toUpperCase() === value ? value.toLowerCase() : value.toUpperCase();
      for (const one of [...wrong, otherCase])
        expect(codeOf(receive(door, put(one)))).to.equal("bad-signature");
    });
  }

  it("that cover the body refuse any flipped bit of it", () => {
    for (const door of DOORS.filter((d) => d.name === "LINE" || d.name === "Meta")) {
      const signed = sign(door, PAYLOADS[door.platform]);
      fc.assert(
        fc.property(fc.nat(signed.body.length - 1), fc.nat(7), (at, bit) => {
          const body = Buffer.from(signed.body);
          body[at] = (body[at] ?? 0) ^ (1 << bit);
          expect(codeOf(receive(door, { ...signed, body }))).to.equal("bad-signature");
        }),
      );
    }
  });

  it("of WeChat's secure mode refuse any flipped bit of the ciphertext", () => {
    const door = DOORS[1];
    const signed = sign(door, WECHAT_TEXT);
    const text = signed.body.toString("latin1");
    const start = text.indexOf("<Encrypt><![CDATA[") + "<Encrypt><![CDATA[".length;
    const end = text.indexOf("]]></Encrypt>");
    fc.assert(
      fc.property(fc.integer({ min: start, max: end - 1 }), fc.nat(7), (at, bit) => {
        const body = Buffer.from(signed.body);
        body[at] = (body[at] ?? 0) ^ (1 << bit);
        expect(codeOf(receive(door, { ...signed, body }))).to.equal("bad-signature");
      }),
    );
  });

  it("of another secret, and of another method of signing, are refused", () => {
    const line = signedWebhook("line", { channelSecret: "another" }, PAYLOADS.line, { now: NOW, nonce: "n" });
    expect(codeOf(receive(DOORS[3], line))).to.equal("bad-signature");
    const meta = signatureOf(DOORS[4], sign(DOORS[4], PAYLOADS.meta));
    expect(codeOf(receive(DOORS[4], meta.put(meta.value.replace("sha256=", "sha1="))))).to.equal(
      "bad-signature",
    );
    expect(codeOf(receive(DOORS[4], meta.put(meta.value.replace("sha256=", ""))))).to.equal("bad-signature");
  });
});

/** Encrypts any bytes, padded or not, and signs the result as WeChat would. */
function sealedRequest(content: Buffer): SignedRequest {
  const key = Buffer.from(`${AES_KEY}=`, "base64");
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]).toString("base64");
  return {
    method: "POST",
    query: {
      timestamp: SECONDS,
      nonce: "n",
      encrypt_type: "aes",
      msg_signature: sortedSha1(SECURE_WECHAT.token, SECONDS, "n", encrypted),
    },
    headers: {},
    body: Buffer.from(`<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`),
  };
}

function content(options: { appId?: string; length?: number; pad?: (n: number) => Buffer } = {}): Buffer {
  const message = Buffer.from(WECHAT_TEXT);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(options.length ?? message.length);
  const bare = Buffer.concat([
    Buffer.alloc(16, 7),
    length,
    message,
    Buffer.from(options.appId ?? SECURE_WECHAT.appId),
  ]);
  const pad = 32 - (bare.length % 32);
  return Buffer.concat([bare, (options.pad ?? ((n) => Buffer.alloc(n, n)))(pad)]);
}

describe("WeChat ciphertexts that are signed but not right", () => {
  const door = DOORS[1];
  const refused = (bytes: Buffer) => receive(door, sealedRequest(bytes));

  it("are opened when they are right, as a check of this test", () => {
    expect(codeOf(refused(content()))).to.equal("items");
  });

  it("get one and the same answer for every fault, equal to that for a bad signature", () => {
    const faults = [
      content({ appId: "wx00000000000000ff" }),
      content({ appId: "" }),
      content({ appId: `${SECURE_WECHAT.appId}x` }),
      content({ length: 0xffff_ffff }),
      content({ length: 10_000 }),
      content({ length: 0 }),
      content({ pad: (n) => Buffer.alloc(n, 0) }),
      content({ pad: (n) => Buffer.alloc(n, 33) }),
      content({ pad: (n) => Buffer.alloc(n, 255) }),
      content({ pad: (n) => Buffer.concat([Buffer.alloc(1, n + 1), Buffer.alloc(n - 1, n)]) }),
      // Right padding of a wrong length: more than a block, and to the cipher's block instead of WeChat's.
      content({ pad: (n) => Buffer.alloc(n + 32, n + 32) }),
      content({ pad: (n) => (n > 16 ? Buffer.alloc(n - 16, n - 16) : Buffer.alloc(n + 16, n + 16)) }),
      content().subarray(0, 32),
      content().subarray(0, content().length - 16),
      Buffer.alloc(32, 32),
    ];
    const answer = receive(door, { ...sealedRequest(content()), query: {} });
    const forged = signatureOf(door, sealedRequest(content())).put("0".repeat(40));
    for (const bytes of faults) expect(refused(bytes)).to.deep.equal(receive(door, forged));
    expect(codeOf(answer)).to.equal("bad-signature");
  });

  it("never throw, whatever bytes were signed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), (blocks) => {
        const bytes = Buffer.concat([...blocks].map((b) => Buffer.alloc(16, b)));
        expect(codeOf(refused(bytes))).to.equal("bad-signature");
      }),
    );
  });
});

describe("A signed URL that is used again", () => {
  for (const door of [DOORS[0], DOORS[1], DOORS[2]]) {
    it(`is a duplicate for ${door.name} with the same content and a replay with another`, () => {
      const nonceOf = (received: ReceivedWebhook) => {
        if (received.kind !== "items" || received.nonce === null) throw new Error("no nonce");
        return received.nonce;
      };
      const signed = sign(door, PAYLOADS[door.platform]);
      const first = nonceOf(receive(door, signed));
      expect(judgeNonce(null, first)).to.equal("new");
      expect(judgeNonce(first.bodyHash, nonceOf(receive(door, signed)))).to.equal("duplicate");
      expect(first.expiresAt.getTime()).to.be.greaterThan(NOW.getTime() + 5 * 60_000);
      if (door.name === "WeChat secure") return;
      const other = { ...signed, body: Buffer.from(signed.body.toString("utf8").replace("hi", "ho")) };
      const second = nonceOf(receive(door, other));
      expect(second.key).to.equal(first.key);
      expect(judgeNonce(first.bodyHash, second)).to.equal("replayed");
    });
  }

  it("keeps its key when digits move between timestamp and nonce under the same signature", () => {
    const door = DOORS[2];
    const now = new Date(NOW.getTime() + 923);
    const signed = signedWebhook("weibo", SECRETS.weibo, PAYLOADS.weibo, { now, nonce: "481516" });
    const { timestamp = "", nonce = "" } = signed.query;
    // Weibo's milliseconds cut to seconds, the rest put before the nonce: the signed text stays the same.
    const moved = { ...signed.query, timestamp: timestamp.slice(0, 10), nonce: timestamp.slice(10) + nonce };
    const [a, b] = [receive(door, signed), receive(door, { ...signed, query: moved })];
    if (a.kind !== "items" || b.kind !== "items") throw new Error("refused");
    expect(b.nonce?.key).to.equal(a.nonce?.key);
  });

  it("has keys that differ between sources, and tell nothing of the signature", () => {
    const signed = sign(DOORS[0], WECHAT_TEXT);
    const at = (id: string) =>
      receiveWebhook("wechat", SECRETS.wechat, arriving(signed), aSource("wechat", { id }), ARRIVAL, DEPS);
    const [a, b] = [at("source-a"), at("source-b")];
    if (a.kind !== "items" || b.kind !== "items") throw new Error("refused");
    expect(a.nonce?.key).to.not.equal(b.nonce?.key);
    expect(a.nonce?.key).to.not.contain(signed.query.signature);
  });

  it("is answered with a refusal of its own", () => {
    expect(replayedWebhook()).to.include({ kind: "refused", code: "replayed", status: 401 });
  });
});

describe("Hostile bodies under a right signature", () => {
  const bad = (platform: Platform, body: string | Buffer) => codeOf(deliver<Platform>(platform, body));

  it("that are no XML of WeChat's form are refused as unparsable", () => {
    const bodies = [
      "",
      "hello",
      "{}",
      "<xml>",
      "<xml><A>1</A>",
      "<xml><A>1</B></xml>",
      "<xml></xml><xml></xml>",
      "<html><a>1</a></html>",
      "<xml><A><![CDATA[1</A></xml>",
      "<xml><__proto__><polluted>1</polluted></__proto__></xml>",
      "<xml><constructor>1</constructor></xml>",
      `${"<a>".repeat(5_000)}${"</a>".repeat(5_000)}`,
      `<xml>${"<a>".repeat(50)}${"</a>".repeat(50)}</xml>`,
      Buffer.from([0x3c, 0x78, 0x6d, 0x6c, 0x3e, 0xff, 0xfe, 0x3c, 0x2f, 0x78, 0x6d, 0x6c, 0x3e]),
    ];
    for (const body of bodies)
      expect(bad("wechat", body), String(body).slice(0, 40)).to.equal("unparsable-body");
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it("that declare entities are refused before anything is expanded or fetched", () => {
    const bomb = `<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">${[..."bcdefghij"]
      .map((name, i) => `<!ENTITY ${name} "${`&${"abcdefghi"[i]};`.repeat(10)}">`)
      .join("")}]><xml><Content>&j;</Content></xml>`;
    const external = `<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><Content>&f;</Content></xml>`;
    const inside = `<xml><!DOCTYPE x [<!ENTITY a "b">]><Content>&a;</Content></xml>`;
    for (const body of [
      bomb,
      external,
      inside,
      "<xml><!-- a --><A>1</A></xml>",
      "<xml><?php ?><A>1</A></xml>",
    ]) {
      expect(bad("wechat", body)).to.equal("unparsable-body");
    }
    const typed = `<xml><FromUserName>o1</FromUserName><CreateTime>${SECONDS}</CreateTime><MsgType>text</MsgType><Content><![CDATA[<!DOCTYPE html><!-- hi --> &j;]]></Content></xml>`;
    expect(reasonOf(deliver("wechat", typed))).to.equal("accepted");
  });

  it("that are larger than the platform sends are refused unread", () => {
    for (const platform of PLATFORMS) {
      const received = deliver<Platform>(platform, Buffer.alloc(BODY_LIMITS[platform] + 1, 0x20));
      expect(received).to.include({ kind: "refused", code: "body-too-large", status: 400 });
    }
  });

  it("that are no JSON of the platform's form are refused as unparsable", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    for (const platform of ["weibo", "line", "meta"] as const) {
      for (const body of [
        "",
        "null",
        "[1]",
        '"x"',
        "{",
        deep,
        `{"events":{"a":1},"entry":3}`,
        Buffer.from([0xff]),
      ]) {
        if (platform === "weibo" && body === `{"events":{"a":1},"entry":3}`) continue;
        expect(bad(platform, body), `${platform} ${String(body).slice(0, 30)}`).to.equal("unparsable-body");
      }
    }
  });

  it("cost the neighbours nothing: each bad item has its own reason", () => {
    const good = JSON.parse(PAYLOADS.line).events[0];
    const nul = {
      ...good,
      webhookEventId: "b",
      type: "message",
      message: { id: "1", type: "text", text: "a\0b" },
    };
    const wide = {
      ...good,
      webhookEventId: "c",
      big: Object.fromEntries([...Array(5_000).keys()].map((i) => [i, 1])),
    };
    let nested: unknown = 1;
    for (let i = 0; i < 40; i++) nested = { nested };
    const events = [
      good,
      3,
      null,
      {},
      nul,
      wide,
      { ...good, nested },
      { ...good, text: "x".repeat(300_000) },
      good,
    ];
    const items = itemsOf(deliver("line", { destination: "U1", events }));
    const reasons = items.map((item) => (item.kind === "event" ? "ok" : item.rejection.code));
    expect(reasons).to.deep.equal([
      "ok",
      "not-an-object",
      "not-an-object",
      "missing-field",
      "bad-text",
      "too-many-keys",
      "too-deep",
      "too-large",
      "ok",
    ]);
    for (const item of items)
      if (item.kind === "rejected") expect(item.rejection.detail).to.not.contain("xxx");
  });

  it("with lone surrogates are rejected as bad text", () => {
    const event = { ...JSON.parse(PAYLOADS.line).events[0], note: "LONE" };
    const body = JSON.stringify({ destination: "U1", events: [event] }).replace("LONE", "\\ud83d");
    expect(reasonOf(deliver("line", body))).to.equal("bad-text");
  });

  it("with __proto__ and constructor as names change nothing but themselves", () => {
    const event = JSON.stringify(JSON.parse(PAYLOADS.line).events[0]);
    const body = `{"destination":"U1","events":[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${event.slice(1)}]}`;
    expect(reasonOf(deliver("line", body))).to.equal("accepted");
    for (const type of ["constructor", "__proto__", "toString"]) {
      const odd = body.replace('"type":"follow"', `"type":"${type}"`);
      expect(itemsOf(deliver("line", odd))[0]).to.have.nested.property("event.type", "social.interaction");
    }
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it("of arbitrary bytes, signed or not, never throw", () => {
    fc.assert(
      fc.property(fc.constantFrom(...DOORS), fc.uint8Array({ maxLength: 200 }), (door, bytes) => {
        const body = Buffer.from(bytes);
        expect(["items", "unparsable-body"]).to.include(codeOf(receive(door, sign(door, body))));
        const unsigned = { method: "POST" as const, query: {}, headers: {}, body };
        expect(codeOf(receive(door, unsigned))).to.equal("bad-signature");
      }),
    );
  });

  it("of arbitrary JSON never throw, and every raw item can be read again alone to the same result", () => {
    const document = fc.oneof(
      fc.object({
        maxDepth: 4,
        key: fc.constantFrom("events", "entry", "type", "id", "source", "changes", "message"),
      }),
      fc.record({ events: fc.array(fc.jsonValue()), entry: fc.array(fc.jsonValue()) }),
      fc.record({
        entry: fc.array(
          fc.record({
            id: fc.jsonValue(),
            changes: fc.oneof(
              fc.jsonValue(),
              fc.array(fc.record({ field: fc.jsonValue(), value: fc.jsonValue() })),
            ),
            messaging: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom("weibo", "line", "meta"), document, (platform, value) => {
        const received = deliver<Platform>(platform, JSON.stringify(value));
        if (received.kind !== "items") return;
        expect(received.raw).to.have.length(received.items.length);
        received.raw.forEach((raw, i) => {
          const again = parseSocialItem(JSON.parse(JSON.stringify(raw)), aSource(platform), ARRIVAL, DEPS);
          expect(again).to.deep.equal(received.items[i]);
        });
      }),
    );
  });

  it("given to replay as anything at all never throw", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLATFORMS), fc.jsonValue(), (platform, value) => {
        expect(parseSocialItem(value, aSource(platform), ARRIVAL, DEPS)).to.have.property("kind");
      }),
    );
  });
});

describe("Methods", () => {
  it("other than POST, and GET where there is a handshake, are refused", () => {
    for (const door of DOORS) {
      const signed = sign(door, PAYLOADS[door.platform]);
      const request = arriving(signed, { method: "PUT" });
      const received = receiveWebhook<Platform>(
        door.platform,
        door.secrets,
        request,
        aSource(door.platform),
        ARRIVAL,
        DEPS,
      );
      expect(received).to.include({ kind: "refused", code: "method-not-allowed", status: 405 });
    }
    const get = arriving(sign(DOORS[3], PAYLOADS.line), { method: "GET" });
    expect(codeOf(receiveWebhook("line", SECRETS.line, get, aSource("line"), ARRIVAL, DEPS))).to.equal(
      "method-not-allowed",
    );
  });
});
