import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { signedWebhook } from "../../../pipelines/sources/social/index.ts";
import type { Canaries } from "./canaries.ts";

export interface Spoken {
  readonly what: string;
  readonly status: number;
  readonly text: string;
}

/** A client that remembers every answer that was no permitted read of personal data. */
export interface Client {
  /** Answers that must hold nothing personal. */
  readonly heard: Spoken[];
  call(
    method: string,
    path: string,
    options?: {
      body?: unknown;
      raw?: string | Uint8Array;
      key?: string | null;
      headers?: Record<string, string>;
      /** The answer may hold personal data: it is what was asked for. */
      isRead?: boolean;
    },
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

export function clientOf(url: string, adminKey: string): Client {
  const heard: Spoken[] = [];
  return {
    heard,
    call: async (method, path, options = {}) => {
      const key = options.key === undefined ? adminKey : options.key;
      const raw = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...options.headers },
        ...(raw === undefined ? {} : { body: raw as string }),
      });
      const text = await answer.text();
      const headers = JSON.stringify([...answer.headers]);
      if (options.isRead !== true || answer.status >= 400)
        heard.push({
          what: `${method} ${path.split("?")[0]} ${answer.status}`,
          status: answer.status,
          text: headers + text,
        });
      const isJson = /json/.test(answer.headers.get("content-type") ?? "");
      return { status: answer.status, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
    },
  };
}

export interface Sources {
  readonly till: Source;
  readonly shop: Source;
  readonly list: Source;
  readonly survey: Source;
  readonly line: Source;
  readonly wechat: Source;
  readonly weibo: Source;
  readonly meta: Source;
}
interface Source {
  readonly id: string;
  readonly writeKey: string;
}

const SECRETS = {
  line: { channelSecret: "0123456789abcdef0123456789abcdef" },
  wechat: {
    appId: "wx0a1b2c3d4e5f6071",
    token: "tok3nForTests",
    encodingAesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
  },
  weibo: { appSecret: "weiboSecret0987" },
  meta: { appSecret: "metaAppSecret01", verifyToken: "verify-me" },
} as const;

export async function registerSources(client: Client): Promise<Sources> {
  const register = async (input: object) => {
    // The answer holds the write key, which is a secret but nobody's personal data.
    const { body } = await client.call("POST", "/v1/sources", { body: { purposes: ["service"], ...input } });
    return body as unknown as Source;
  };
  const social = (platform: keyof typeof SECRETS) =>
    register({ name: platform, kind: "social", platform, secrets: SECRETS[platform] });
  return {
    till: await register({
      name: "Till",
      kind: "pos",
      region: "TW",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    }),
    shop: await register({
      name: "Shop",
      kind: "web",
      region: "TW",
      currency: "TWD",
      identifiers: { email: { verified: true } },
    }),
    list: await register({ name: "Members", kind: "members", region: "TW" }),
    survey: await register({ name: "Survey", kind: "survey" }),
    line: await social("line"),
    wechat: await social("wechat"),
    weibo: await social("weibo"),
    meta: await social("meta"),
  };
}

/** Web events: known, invented and broken ones, single and batched, with everything that SDKs put around them. */
export async function driveWeb(client: Client, { shop }: Sources, c: Canaries): Promise<void> {
  const context = {
    ip: c.ip,
    userAgent: c.word("agent"),
    page: {
      url: `https://shop.example/?email=${c.email}`,
      referrer: `https://${c.word("referrer")}.example/`,
    },
    campaign: { name: c.word("campaign") },
    device: { id: c.word("device") },
    traits: { nickname: c.word("nickname") },
    externalIds: [
      { id: c.word("external"), type: "loyaltyApp", collection: "users", encoding: "none" },
      { id: c.word("openid"), type: "wechatOpenid", collection: "users" },
    ],
    custom: { nested: [c.word("nested")] },
  };
  const user = c.word("user");
  const order = {
    order_id: "W-1001",
    total: 420,
    coupon: c.word("coupon"),
    affiliation: c.word("affiliation"),
    note: `please ring twice, ${c.word("note")}`,
    store_id: c.phone,
    products: [
      { product_id: c.phone, category: `gift of ${c.email}`, price: 1 },
      { sku: c.email, category: `for ${c.phone}`, price: 1 },
      { product_id: "P-1", name: c.word("product"), price: 210, quantity: 2, engraving: c.word("engraving") },
    ],
    shipping_address: { street: c.word("street"), city: c.word("town") },
  };
  const batch = [
    {
      type: "page",
      anonymousId: c.word("anonymous"),
      messageId: c.word("message"),
      name: c.word("page"),
      context,
    },
    {
      type: "identify",
      anonymousId: c.word("anonymous"),
      userId: user,
      traits: {
        email: c.email,
        phone: c.phone,
        firstName: c.word("given"),
        lastName: c.chineseName,
        birthday: "1987-03-29",
        address: { street: c.word("avenue") },
        favouriteColour: c.word("colour"),
        memberCard: c.word("card"),
      },
      context,
    },
    { type: "track", userId: user, event: "Order Completed", properties: order, context },
    {
      type: "track",
      userId: user,
      event: `Called ${c.word("callee")}`,
      properties: { [c.word("key")]: c.word("value") },
    },
    { type: "track", userId: user, event: "Products Searched", properties: { query: c.word("query") } },
    {
      type: "track",
      userId: user,
      event: "Product Reviewed",
      properties: { product_id: "P-1", review_body: c.word("review"), rating: "5" },
    },
    { type: "group", userId: user, groupId: c.word("group"), traits: { name: c.word("company") } },
    { type: "alias", userId: user, previousId: c.word("previous") },
    { type: "screen", userId: user, name: c.word("screen"), properties: { title: c.word("title") } },
    { type: "page", userId: user, properties: { category: `for ${c.phone}`, store_id: c.phone } },
    { type: "page", userId: user, properties: { category: c.email, store_id: c.email } },
    { type: "identify", userId: c.email, traits: { email: c.secondEmail } },
    // What cannot be stored as it is.
    { type: "track", userId: c.word("broken"), messageId: c.word("brokenmessage"), properties: order },
    { type: c.word("type"), userId: user },
    {
      type: "track",
      userId: user,
      event: "Order Completed",
      properties: { ...order, total: c.word("amount") },
    },
    { type: "track", userId: user, event: "Noted", timestamp: c.word("time") },
    { type: "identify", userId: user, traits: c.word("traits") },
    { type: "identify", traits: { email: c.word("noemail"), phone: c.word("nophone") } },
    {
      type: "identify",
      userId: user,
      traits: { memberCard: c.word("othercard"), x: { y: `${c.word("nul")}\u0000` } },
    },
    c.word("notanobject"),
  ];
  await client.call("POST", "/v1/batch", {
    key: shop.writeKey,
    body: { batch, context: { channel: c.word("channel") } },
  });
  // The same message id with other content.
  await client.call("POST", "/v1/page", {
    key: shop.writeKey,
    body: { anonymousId: c.word("anonymous"), messageId: c.word("message"), name: c.word("otherpage") },
  });
  await client.call("POST", "/v1/batch", {
    key: shop.writeKey,
    raw: `{"batch":[{"userId":"${c.word("unparsable")}"`,
  });
  await client.call("POST", "/v1/batch", { key: c.word("wrongkey"), body: { batch } });
  await client.call("POST", "/v1/t", {
    key: null,
    body: { writeKey: c.word("bodykey"), ...(batch[2] as object) },
  });
  const query = new URLSearchParams({
    writeKey: shop.writeKey,
    userId: user,
    event: c.word("pixel"),
    "properties.x": c.word("pixelproperty"),
  });
  await client.call("GET", `/pixel/v1/track?${query}`, { key: null });
  await client.call("POST", `/beacon/v1/batch?writeKey=${shop.writeKey}`, {
    key: null,
    raw: gzipSync(JSON.stringify({ batch: [{ type: "page", anonymousId: c.word("beacon") }] })),
  });
}

/** Files of tills, members and answers, with good rows, broken rows, missing columns and no header at all. */
export async function driveFiles(
  client: Client,
  { till, list, survey }: Sources,
  c: Canaries,
): Promise<void> {
  const send = (source: Source, raw: string, query = "") =>
    client.call("POST", `/v1/sources/${source.id}/files${query}`, { key: source.writeKey, raw });
  const sales = [
    "store_id,till_id,receipt_no,line,time,sku,product_name,quantity,amount,member_card,phone,remark",
    `S1,T1,R1,1,2026-10-01 12:30,SKU-1,${c.word("item")},1,300,${c.word("card")},${c.phone},${c.word("remark")}`,
    `${c.phone},T1,R7,1,2026-10-01 12:30,${c.phone},x,1,300,${c.word("card")},,`,
    `${c.email},T1,R8,1,2026-10-01 12:30,${c.email},x,1,300,${c.word("card")},,`,
    `S1,T1,R2,1,2026-10-01 12:31,SKU-1,x,1,${c.word("badamount")},${c.word("card")},,`,
    `S1,T1,R3,1,${c.word("badtime")},SKU-1,x,1,5,${c.word("card")},,`,
    `S1,T1,R4,1,2026-10-01,"${c.word("unclosed")},1,5,${c.word("card")},,`,
    `S1,T1,R5,${c.word("toofewcells")}`,
    `${c.word("bigcell")},T1,R6,1,2026-10-01 12:30,SKU-1,${"x".repeat(70_000)},1,5,${c.word("card")},,`,
  ].join("\n");
  await send(till, sales, "?preview=true");
  await send(till, sales);
  await send(till, sales);
  // A file without header: its first person is taken for the names of columns.
  const bare = [
    `${c.word("headercard")},${c.email},${c.chineseName}`,
    `${c.word("barecard")},${"y".repeat(70_000)},z`,
    "q,",
  ];
  await send(list, bare.join("\n"));
  const members = [
    {
      memberCard: c.word("card"),
      name: c.chineseName,
      email: c.email,
      phone: c.phone,
      hobby: c.word("hobby"),
    },
    { memberCard: c.word("deleted"), deleted: true },
    { memberCard: c.word("undecided"), deleted: c.word("perhaps") },
  ];
  await send(list, members.map((m) => JSON.stringify(m)).join("\n"));
  await send(list, `{"memberCard":"${c.word("cutoff")}`);
  await client.call("PATCH", `/v1/sources/${list.id}`, {
    body: { mapping: { fields: { memberCard: "Card number", name: "Name" } } },
  });
  await send(list, `member_card,Name\n${c.word("nocolumn")},${c.word("noname")}\n`);
  const answers = [
    "kind,score,comment,member_card,answered_at",
    `NPS,9,${c.word("comment")},${c.word("card")},2026-10-05T00:00:00Z`,
    `NPS,${c.word("badscore")},${c.word("badcomment")},${c.word("card")},2026-10-05T00:00:00Z`,
  ];
  await send(survey, answers.join("\n"));
  await client.call("POST", "/v1/batch", {
    key: survey.writeKey,
    body: {
      batch: [
        {
          kind: "CSAT",
          score: 2,
          comment: c.word("praise"),
          answeredAt: "2026-10-06T00:00:00Z",
          who: { email: c.email },
        },
        {
          kind: "CES",
          score: 99,
          comment: c.word("blame"),
          answeredAt: "2026-10-06T00:00:00Z",
          who: { memberId: c.word("card") },
        },
      ],
    },
  });
}

/** Deliveries of all four platforms, repeated, forged and broken ones too. */
export async function driveSocial(client: Client, sources: Sources, c: Canaries): Promise<void> {
  const now = new Date();
  const seconds = String(Math.floor(now.getTime() / 1_000));
  const deliver = async (
    source: Source,
    signed: {
      query: Readonly<Record<string, string>>;
      headers: Readonly<Record<string, string>>;
      body: Buffer;
    },
    body: Buffer = signed.body,
  ) =>
    client.call("POST", `/v1/webhooks/${source.id}?${new URLSearchParams(signed.query)}`, {
      key: null,
      headers: { ...signed.headers },
      raw: new Uint8Array(body),
    });
  const lineEvent = (type: string, rest: object) => ({
    type,
    timestamp: now.getTime() - 1_000,
    webhookEventId: randomUUID(),
    deliveryContext: { isRedelivery: false },
    source: { type: "user", userId: c.word("Uline") },
    ...rest,
  });
  const events = [
    lineEvent("follow", {}),
    lineEvent("message", { message: { id: "1", type: "text", text: c.word("linetext") } }),
    lineEvent("message", {
      message: { id: "2", type: "location", title: c.word("place"), address: c.word("lineaddress") },
    }),
    lineEvent("unsend", { unsend: { messageId: "1" } }),
    lineEvent("accountLink", { link: { result: "ok", nonce: c.word("nonce") } }),
    lineEvent(c.word("newkind"), { [c.word("newkey")]: c.word("newvalue") }),
    { type: "message", source: { userId: c.word("Ubroken") }, message: { text: c.word("brokenline") } },
  ];
  const line = signedWebhook("line", SECRETS.line, { destination: "U0", events }, { now, nonce: "" });
  await deliver(sources.line, line);
  await deliver(sources.line, line);
  await deliver(sources.line, line, Buffer.concat([line.body, Buffer.from(c.word("forged"))]));
  const wechat = (fields: object, nonce: string) =>
    signedWebhook(
      "wechat",
      SECRETS.wechat,
      { ToUserName: "gh", FromUserName: c.word("owechat"), CreateTime: seconds, ...fields },
      { now, nonce },
    );
  await deliver(
    sources.wechat,
    wechat(
      { MsgType: "event", Event: "subscribe", EventKey: c.word("scene"), UnionId: c.word("union") },
      "n1",
    ),
  );
  await deliver(sources.wechat, wechat({ MsgType: "text", MsgId: "9", Content: c.word("wechattext") }, "n2"));
  await deliver(
    sources.wechat,
    wechat({ MsgType: "text", Content: c.word("notime"), CreateTime: c.word("never") }, "n3"),
  );
  const weibo = signedWebhook(
    "weibo",
    SECRETS.weibo,
    {
      type: "text",
      sender_id: BigInt(c.weiboUid),
      created_at: "Sat Oct 10 18:09:20 +0800 2026",
      text: c.word("weibotext"),
      data: {},
    },
    { now, nonce: "n4" },
  );
  await deliver(sources.weibo, weibo);
  const meta = {
    object: "instagram",
    entry: [
      {
        id: "17841400000000001",
        time: Number(seconds),
        changes: [
          {
            field: "comments",
            value: {
              id: "c1",
              text: c.word("metatext"),
              from: { id: c.word("meta"), username: c.word("handle") },
            },
          },
        ],
      },
    ],
  };
  await deliver(sources.meta, signedWebhook("meta", SECRETS.meta, meta, { now, nonce: "" }));
}

/** What staff do: look up, read, explain, split, join, settle, replay, correct, give up; and what they mistype. */
export async function driveStaff(client: Client, sources: Sources, c: Canaries): Promise<void> {
  const lookUp = (kind: string, value: string, query = "?purpose=service") =>
    client.call("POST", `/v1/profiles/lookup${query}`, { body: { kind, value }, isRead: true });
  const found = await lookUp("email", c.email);
  if (found.status !== 200)
    throw new Error(`the journeys made no profile: ${found.status} ${found.body.code}`);
  const memberId = String(found.body.memberId);
  for (const [kind, value] of [
    ["phone", c.phone],
    ["member_id", c.word("card")],
    ["user_id", c.word("user")],
    ["weibo_uid", c.weiboUid],
    ["line_user_id", c.word("Uline")],
    ["wechat_openid", c.word("owechat")],
    ["email", c.word("nobody")],
    [c.word("kind"), c.word("unknown")],
    ["phone", c.word("nophone")],
  ] as const) {
    await lookUp(kind, value);
  }
  await lookUp("email", c.email, "");
  await lookUp("email", c.email, `?purpose=${c.word("purpose")}`);
  await client.call("POST", "/v1/profiles/lookup?purpose=service", {
    raw: `{"kind":"email","value":"${c.word("cut")}`,
  });
  await client.call("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind: "email", value: c.email, [c.word("field")]: 1 },
  });
  await client.call("GET", `/v1/members/${memberId}?purpose=service`, { isRead: true });
  await client.call("GET", `/v1/members/${memberId}/events?purpose=service`, { isRead: true });
  await client.call("GET", `/v1/members/${c.word("path")}?purpose=service`);
  await client.call("GET", `/v1/members/${memberId}/identity`);
  await client.call("GET", "/v1/review");
  await client.call("GET", "/v1/summary");
  await client.call("GET", "/v1/audit");
  await client.call("GET", `/v1/sources/${sources.shop.id}/events/${c.word("unknownmessage")}`);
  const split = { identifiers: [{ kind: "user_id", value: c.word("user") }] };
  await client.call("POST", `/v1/members/${memberId}/split?preview=true`, { body: split });
  await client.call("POST", `/v1/members/${memberId}/split`, { body: split });
  const subjects = (found.body.subjects as { id: string }[]).map((s) => s.id);
  if (subjects.length > 1) await client.call("POST", "/v1/members/join", { body: { subjects } });

  const listed = await client.call("GET", "/v1/quarantine?limit=500");
  const items = listed.body.items as { id: string; code: string }[];
  for (const { id } of items.slice(0, 3)) await client.call("GET", `/v1/quarantine/${id}`, { isRead: true });
  const payload = {
    type: "track",
    userId: c.word("edited"),
    event: c.word("editedevent"),
    properties: { n: c.word("editednote") },
  };
  await client.call("POST", "/v1/quarantine/replay", { body: { id: items[0]?.id, payload } });
  await client.call("POST", "/v1/quarantine/replay", {
    body: { id: items[1]?.id, payload: c.word("editedbadly") },
  });
  for (const source of Object.values(sources))
    await client.call("POST", "/v1/quarantine/replay", { body: { source: source.id } });
  await client.call("POST", "/v1/quarantine/discard", { body: { ids: items.slice(2, 4).map((i) => i.id) } });
}
