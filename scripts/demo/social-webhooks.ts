import { SECOND } from "../../src/kernel/clock.ts";
import { type Calendar, SECONDS_A_MINUTE } from "./calendar.ts";
import type { Market } from "./markets.ts";
import { chance, ISSUERS, type Person, pick } from "./people.ts";
import type { DemoSource, DemoStep, WebhookStep } from "./plan.ts";

const NAMES = {
  wechatService: "WeChat service account",
  wechatShop: "WeChat mini shop",
  weibo: "Weibo page",
  line: "LINE official account",
  meta: "Instagram account",
} as const;

type Account = keyof typeof NAMES;

/** Invented secrets in the form that the platforms give them; they guard nothing but the demo. */
const AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

export function socialSources(markets: Readonly<Record<"cn" | "tw" | "gb", Market>>): DemoSource[] {
  const source = (
    market: Market,
    account: Account,
    rest: Omit<DemoSource, keyof ReturnType<typeof place>>,
  ) => ({
    ...place(market, account),
    ...rest,
  });
  const place = (market: Market, account: Account) => ({
    name: NAMES[account],
    kind: "social" as const,
    locale: market.locale,
    region: market.region,
    timeZone: market.timeZone,
    currency: market.currency,
    purposes: ["service"] as const,
  });
  const { cn, tw, gb } = markets;
  return [
    source(cn, "wechatService", {
      platform: "wechat",
      secrets: { appId: ISSUERS.wechatService, token: "demo-token-service", encodingAesKey: AES_KEY },
    }),
    source(cn, "wechatShop", {
      platform: "wechat",
      secrets: { appId: ISSUERS.wechatShop, token: "demo-token-shop" },
    }),
    source(cn, "weibo", { platform: "weibo", secrets: { appSecret: "demo-weibo-secret" } }),
    source(tw, "line", {
      platform: "line",
      secrets: { channelSecret: "demo-line-secret" },
      identifiers: { line_user_id: { namespace: ISSUERS.lineProvider } },
    }),
    source(gb, "meta", {
      platform: "meta",
      secrets: { appSecret: "demo-meta-secret", verifyToken: "demo-verify" },
    }),
  ];
}

const WORDS = {
  cn: ["今天几点关门？", "新品什么时候到货？", "谢谢，很好喝", "可以开发票吗？"],
  tw: ["今天開到幾點？", "什麼時候有新品？", "謝謝，很好喝", "可以開統編嗎？"],
  gb: [
    "When do you close?",
    "Is the hamper back in stock?",
    "Lovely coffee, thank you",
    "Do you ship to Wales?",
  ],
} as const;

/** Crockford's alphabet, as LINE's event ids are written. */
const ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Mon Jul 16 18:09:20 +0800 2012" */
function weiboTime(at: Date): string {
  const local = new Date(at.getTime() + 8 * 3_600 * SECOND);
  const [, , day, , time] = /(\w+), (\d+) (\w+) \d+ ([\d:]+)/.exec(local.toUTCString()) ?? [];
  return `${WEEKDAYS[local.getUTCDay()]} ${MONTHS[local.getUTCMonth()]} ${day} ${time} +0800 ${local.getUTCFullYear()}`;
}

/** One person's dealings with an account: follows, writes, taps, and sometimes leaves. */
class Deliveries {
  readonly #calendar: Calendar;
  #count = 0;

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  next(): number {
    return ++this.#count;
  }

  /** Moments of one person in order: the follow, then a few more within the following weeks. */
  moments(person: Person): {
    readonly follow: Date;
    readonly message: Date | null;
    readonly leave: Date | null;
  } {
    const { faker } = person.market;
    const day = faker.number.int({ min: 1, max: 365 });
    const start = faker.number.int({ min: 30_000, max: 75_000 });
    return {
      follow: this.#calendar.utc(day, start),
      message: chance(faker, 0.6) ? this.#calendar.utc(day, start + 3 * SECONDS_A_MINUTE) : null,
      leave: chance(faker, 0.08) && day > 2 ? this.#calendar.utc(day - 1, start) : null,
    };
  }
}

function delivery(
  account: Account,
  platform: WebhookStep["platform"],
  payload: WebhookStep["payload"],
): WebhookStep {
  return { door: "webhook", source: NAMES[account], platform, payload, encoding: "utf-8" };
}

function wechat(
  account: "wechatService" | "wechatShop",
  person: Person,
  openId: string,
  deliveries: Deliveries,
) {
  const { faker } = person.market;
  const { follow, message, leave } = deliveries.moments(person);
  const base = (at: Date) => ({
    ToUserName: account === "wechatService" ? "gh_demo_service" : "gh_demo_shop",
    FromUserName: openId,
    CreateTime: String(Math.floor(at.getTime() / SECOND)),
  });
  const event = (at: Date, Event: string, rest: Readonly<Record<string, string>> = {}) =>
    delivery(account, "wechat", { ...base(at), MsgType: "event", Event, ...rest });
  const made = [event(follow, "subscribe", { EventKey: chance(faker, 0.3) ? "qrscene_store-1" : "" })];
  if (message !== null) {
    const Content = pick(faker, WORDS.cn);
    const MsgId = String(24_000_000_000_000_000n + BigInt(deliveries.next()));
    made.push(delivery(account, "wechat", { ...base(message), MsgType: "text", Content, MsgId }));
    made.push(event(new Date(message.getTime() + 40 * SECOND), "CLICK", { EventKey: "menu-points" }));
  }
  if (leave !== null) made.push(event(leave, "unsubscribe"));
  return made;
}

function weibo(person: Person, sender: string, deliveries: Deliveries) {
  const { follow, message } = deliveries.moments(person);
  // Ids are numbers on the wire, beyond what a double holds.
  const base = (at: Date) => ({
    receiver_id: 5_000_000_001,
    sender_id: BigInt(sender),
    created_at: weiboTime(at),
  });
  const made = [
    delivery("weibo", "weibo", {
      ...base(follow),
      type: "event",
      text: "关注事件消息",
      data: { subtype: "follow" },
    }),
  ];
  if (message !== null) {
    made.push(
      delivery("weibo", "weibo", {
        ...base(message),
        type: "text",
        text: pick(person.market.faker, WORDS.cn),
        data: {},
      }),
    );
  }
  return made;
}

function line(person: Person, userId: string, deliveries: Deliveries) {
  const { faker } = person.market;
  const { follow, message, leave } = deliveries.moments(person);
  const event = (at: Date, type: string, rest: object) => ({
    type,
    mode: "active",
    timestamp: at.getTime(),
    source: { type: "user", userId },
    webhookEventId: `01H${Array.from({ length: 23 }, () => pick(faker, ULID.split(""))).join("")}`,
    deliveryContext: { isRedelivery: false },
    ...rest,
  });
  const events: object[] = [event(follow, "follow", { follow: { isUnblocked: false } })];
  if (message !== null) {
    const text = pick(faker, WORDS.tw);
    events.push(
      event(message, "message", { message: { type: "text", id: String(deliveries.next() + 4e17), text } }),
    );
    events.push(
      event(new Date(message.getTime() + 90 * SECOND), "postback", { postback: { data: "menu=points" } }),
    );
  }
  if (chance(faker, 0.15)) {
    const at = new Date(follow.getTime() + 60 * SECOND);
    events.push(
      event(at, "accountLink", { link: { result: "ok", nonce: `demo-nonce-${deliveries.next()}` } }),
    );
  }
  if (leave !== null) events.push(event(leave, "unfollow", {}));
  const step = delivery("line", "line", { destination: "Udemo00000000000000000000000000000", events });
  // LINE delivers again what was not answered in time.
  return chance(faker, 0.03) ? [step, step] : [step];
}

function meta(person: Person, sender: string, deliveries: Deliveries) {
  const { faker } = person.market;
  const { follow, message } = deliveries.moments(person);
  const account = ISSUERS.metaAccount.split(":")[1] as string;
  const comment = {
    id: `18${String(deliveries.next()).padStart(14, "0")}`,
    text: pick(faker, WORDS.gb),
    from: { id: sender, username: `demo.${person.index}` },
    media: { id: "17900000000000001", media_product_type: "FEED" },
  };
  const time = Math.floor(follow.getTime() / SECOND);
  const made = [
    delivery("meta", "meta", {
      object: "instagram",
      entry: [{ id: account, time, changes: [{ field: "comments", value: comment }] }],
    }),
  ];
  if (message !== null) {
    const messaging = [
      {
        sender: { id: sender },
        recipient: { id: account },
        timestamp: message.getTime(),
        message: { mid: `m_demo_${deliveries.next()}`, text: pick(faker, WORDS.gb) },
      },
    ];
    made.push(
      delivery("meta", "meta", {
        object: "instagram",
        entry: [{ id: account, time: message.getTime(), messaging }],
      }),
    );
  }
  return made;
}

/** What the platforms deliver about these people, and some deliveries that name nobody. */
export function socialWebhooks(people: readonly Person[], calendar: Calendar): DemoStep[] {
  const deliveries = new Deliveries(calendar);
  const made = people.flatMap((p): WebhookStep[] => [
    ...(p.openIdService === null ? [] : wechat("wechatService", p, p.openIdService, deliveries)),
    ...(p.openIdShop === null ? [] : wechat("wechatShop", p, p.openIdShop, deliveries)),
    ...(p.weiboId === null ? [] : weibo(p, p.weiboId, deliveries)),
    ...(p.lineId === null ? [] : line(p, p.lineId, deliveries)),
    ...(p.metaId === null ? [] : meta(p, p.metaId, deliveries)),
  ]);
  const nobody = {
    type: "message",
    mode: "active",
    timestamp: calendar.utc(3, 0).getTime(),
    source: { type: "group", groupId: "Cdemo" },
  };
  made.push(
    delivery("line", "line", {
      destination: "Udemo00000000000000000000000000000",
      events: [
        {
          ...nobody,
          webhookEventId: "01HDEMO0000000000000000000",
          message: { type: "text", id: "1", text: "?" },
        },
      ],
    }),
  );
  return made;
}

/** The last word: WeChat tells the UnionID of people whom it named by two OpenIDs before. */
export function lateUnionIds(people: readonly Person[], calendar: Calendar): DemoStep[] {
  return people.flatMap((p): WebhookStep[] => {
    const { openIdService, openIdShop, unionId } = p;
    if (unionId === null) return [];
    const tell = (account: "wechatService" | "wechatShop", openId: string | null, second: number) =>
      openId === null
        ? []
        : [
            delivery(account, "wechat", {
              ToUserName: account === "wechatService" ? "gh_demo_service" : "gh_demo_shop",
              FromUserName: openId,
              CreateTime: String(Math.floor(calendar.utc(1, 80_000 + second).getTime() / SECOND)),
              MsgType: "event",
              Event: "VIEW",
              EventKey: "https://shop.example.com/points",
              UnionId: unionId,
            }),
          ];
    return [...tell("wechatService", openIdService, 0), ...tell("wechatShop", openIdShop, 5)];
  });
}
