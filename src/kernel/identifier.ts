/**
 * Kinds of identifier and how far each may be trusted (docs/identity.md).
 *
 * Class 1 names exactly one member; class 2 names one person at one issuer; class 3 is a verified,
 * recyclable contact point; class 4 attaches to at most one known profile; class 5 is a session trace.
 */
export type IdentifierClass = 1 | 2 | 3 | 4 | 5;

export interface Identifier {
  /** `member_id`, `user_id`, `email`, `phone`, `wechat_openid`, … or a kind of the sender's own. */
  readonly kind: string;
  /** Who issued it: empty for the whole installation, else a source, an app id, a provider id. */
  readonly issuer: string;
  /** As the sender wrote it; normalised by the vault before it is indexed. */
  readonly value: string;
  /** Whether the source vouches that the person controls it. */
  readonly verified: boolean;
}

const FIXED: ReadonlyMap<string, IdentifierClass> = new Map(
  Object.entries<IdentifierClass>({
    member_id: 1,
    user_id: 1,
    wechat_unionid: 2,
    wechat_openid: 4,
    weibo_uid: 4,
    meta_user_id: 4,
    anonymous_id: 5,
    device_id: 5,
  }),
);

/** The class of an identifier kind: verified e-mails and phones are class 3, account-linked LINE ids class 2. */
export function classOf(kind: string, verified: boolean): IdentifierClass {
  if (kind === "email" || kind === "phone") return verified ? 3 : 4;
  if (kind === "line_user_id") return verified ? 2 : 4;
  return FIXED.get(kind) ?? 4;
}

/**
 * The space in which two values are compared. A shop account's `userId` and the member card share one:
 * by default both are the retailer's number for the same person; a source whose numbers are its own
 * declares a namespace, which becomes the issuer.
 */
export function spaceOf(kind: string): string {
  return kind === "user_id" || kind === "member_id" ? "member" : kind;
}

/** Other spellings under which a kind may be asked for. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    member: "member_id",
    member_card: "member_id",
    memberCard: "member_id",
    memberId: "member_id",
    card: "member_id",
    userId: "user_id",
    userid: "user_id",
    anonymousId: "anonymous_id",
    mobile: "phone",
    mail: "email",
    openid: "wechat_openid",
    wechat_open_id: "wechat_openid",
    unionid: "wechat_unionid",
    wechat_union_id: "wechat_unionid",
    line: "line_user_id",
    lineUserId: "line_user_id",
    line_id: "line_user_id",
    weibo: "weibo_uid",
    weibo_id: "weibo_uid",
    meta: "meta_user_id",
    instagram_id: "meta_user_id",
    facebook_id: "meta_user_id",
    deviceId: "device_id",
  }),
);

/** The standard name of a kind. */
export function standardKind(kind: string): string {
  return ALIASES.get(kind) ?? kind;
}
