/** The installation of the order tests: every kind of source, with overlapping identifiers and unequal trust. */
export const NOW = "2026-11-21T08:00:00.000Z";
export const APP_ID = "wx0123456789abcdef";
export const LINE_SECRETS = { channelSecret: "0123456789abcdef0123456789abcdef" };
export const WECHAT_SECRETS = { appId: APP_ID, token: "a-token-of-the-account" };

const NAMESPACES = {
  line_user_id: { namespace: "line-provider" },
  wechat_openid: { namespace: APP_ID },
} as const;

export const SOURCES = {
  till: { kind: "pos", region: "TW", currency: "TWD", timeZone: "Asia/Taipei", identifiers: NAMESPACES },
  shop: {
    kind: "web",
    region: "TW",
    currency: "TWD",
    identifiers: { ...NAMESPACES, email: { verified: true } },
  },
  app: { kind: "web", region: "TW", currency: "USD", identifiers: NAMESPACES },
  list: {
    kind: "members",
    region: "TW",
    identifiers: { ...NAMESPACES, phone: { verified: true }, line_user_id: { namespace: "line-provider" } },
  },
  survey: { kind: "survey", region: "TW", identifiers: NAMESPACES },
  line: { kind: "social", platform: "line", secrets: LINE_SECRETS, identifiers: NAMESPACES },
  wechat: { kind: "social", platform: "wechat", secrets: WECHAT_SECRETS, identifiers: NAMESPACES },
} as const;
export type SourceName = keyof typeof SOURCES;

/** How an item comes in: as JSON of a write key, as a line of a till's file, or in a platform's signed delivery. */
export interface Item {
  readonly source: SourceName;
  readonly door: "json" | "file" | "webhook";
  readonly raw: Readonly<Record<string, unknown>>;
}

/** An identifier as a person or a program would write it. */
export interface Named {
  readonly kind:
    | "member_id"
    | "user_id"
    | "wechat_unionid"
    | "line_user_id"
    | "email"
    | "phone"
    | "wechat_openid"
    | "anonymous_id";
  readonly value: string;
}

export interface Saying {
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly id: string;
}

function find(named: readonly Named[], kind: Named["kind"]): string | undefined {
  return named.find((n) => n.kind === kind)?.value;
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined));
}

/** The identifiers that stand among traits. */
function traitsOf(named: readonly Named[]): Record<string, unknown> {
  return defined({
    memberCard: find(named, "member_id"),
    email: find(named, "email"),
    phone: find(named, "phone"),
    wechatOpenid: find(named, "wechat_openid"),
    wechatUnionid: find(named, "wechat_unionid"),
    lineUserId: find(named, "line_user_id"),
  });
}

/** An item of the tracking API. */
export function webItem(
  source: "shop" | "app",
  type: "identify" | "track" | "page",
  named: readonly Named[],
  { traits, at, id }: Saying,
  more: Record<string, unknown> = {},
): Item {
  const about = { ...traitsOf(named), ...traits };
  const own = Object.keys(about).length === 0 ? {} : { traits: about };
  return {
    source,
    door: "json",
    raw: defined({
      type,
      messageId: id,
      userId: find(named, "user_id"),
      anonymousId: find(named, "anonymous_id"),
      timestamp: at,
      ...(type === "identify" ? own : { context: own }),
      ...(type === "track" ? { event: "Product Viewed" } : {}),
      ...more,
    }),
  };
}

/** An order event of a shop or a till. */
export function orderItem(
  source: "shop" | "app" | "till",
  event: string,
  named: readonly Named[],
  properties: Record<string, unknown>,
  saying: Saying,
): Item {
  if (source !== "till") return webItem(source, "track", named, saying, { event, properties });
  return {
    source,
    door: "json",
    raw: defined({
      type: "track",
      event,
      messageId: saying.id,
      timestamp: saying.at,
      userId: find(named, "user_id"),
      anonymousId: find(named, "anonymous_id"),
      context: {
        traits: defined({
          wechatOpenid: find(named, "wechat_openid"),
          wechatUnionid: find(named, "wechat_unionid"),
          lineUserId: find(named, "line_user_id"),
        }),
      },
      properties: defined({
        ...properties,
        member_card: find(named, "member_id"),
        email: find(named, "email"),
        phone: find(named, "phone"),
      }),
    }),
  };
}

export const FILE_COLUMNS = [
  ...["store_id", "till_id", "receipt_no", "line", "time", "sku", "category", "quantity", "amount"],
  ...["original_receipt_no", "member_card", "email", "phone"],
] as const;

/** A line of a till's file. Its id comes from receipt and line. */
export function fileItem(
  named: readonly Named[],
  line: {
    receipt: string;
    line: string;
    time: string;
    quantity: number;
    amount: number;
    category: string;
    original?: string;
  },
): Item {
  return {
    source: "till",
    door: "file",
    raw: {
      store_id: "S1",
      till_id: "T1",
      receipt_no: line.receipt,
      line: line.line,
      time: line.time,
      sku: `SKU-${line.category}`,
      category: line.category,
      quantity: String(line.quantity),
      amount: String(line.amount),
      original_receipt_no: line.original ?? "",
      member_card: find(named, "member_id") ?? "",
      email: find(named, "email") ?? "",
      phone: find(named, "phone") ?? "",
    },
  };
}

/** A row of a member list. */
export function listItem(named: readonly Named[], { traits, at, id }: Saying, deleted = false): Item {
  const { memberCard, ...rest } = traitsOf(named);
  return {
    source: "list",
    door: "json",
    raw: defined({
      messageId: id,
      memberId: memberCard,
      userId: find(named, "user_id"),
      anonymousId: find(named, "anonymous_id"),
      ...rest,
      ...traits,
      updatedAt: at,
      deleted: deleted ? true : undefined,
    }),
  };
}

/** An answer to a survey. */
export function surveyItem(named: readonly Named[], score: number, { traits, at, id }: Saying): Item {
  return {
    source: "survey",
    door: "json",
    raw: {
      messageId: id,
      surveyId: "after-visit",
      questionId: "recommend",
      kind: "NPS",
      score,
      answeredAt: at,
      who: defined({
        userId: find(named, "user_id"),
        anonymousId: find(named, "anonymous_id"),
        traits: { ...traitsOf(named), ...traits },
      }),
    },
  };
}

/** A happening on LINE; linking makes the user id one of class 2. */
export function lineItem(
  user: string,
  what: "follow" | "unfollow" | "message" | "accountLink",
  saying: Saying,
) {
  const item: Item = {
    source: "line",
    door: "webhook",
    raw: {
      type: what,
      webhookEventId: saying.id,
      timestamp: Date.parse(saying.at),
      mode: "active",
      source: { type: "user", userId: user },
      ...(what === "message" ? { message: { id: `line-${saying.id}`, type: "text", text: "hello" } } : {}),
      ...(what === "accountLink" ? { link: { result: "ok", nonce: `nonce-${saying.id}` } } : {}),
    },
  };
  return item;
}

/** A message to a WeChat account, with the UnionID where the account is bound to a platform. */
export function wechatItem(openid: string, unionid: string | undefined, saying: Saying): Item {
  return {
    source: "wechat",
    door: "webhook",
    raw: defined({
      ToUserName: "gh_account",
      FromUserName: openid,
      CreateTime: String(Math.floor(Date.parse(saying.at) / 1_000)),
      MsgType: "text",
      Content: "hello",
      MsgId: saying.id.replace(/\D/g, "").padStart(17, "9"),
      UnionId: unionid,
    }),
  };
}
