/** Targets a mapping may fill, by what they are about. `traits.x`, `properties.x` and `context.x` are free. */
export const IDENTIFIER_TARGETS = {
  memberCard: "member_id",
  memberId: "member_id",
  userId: "user_id",
  email: "email",
  phone: "phone",
  anonymousId: "anonymous_id",
  deviceId: "device_id",
  wechatOpenid: "wechat_openid",
  wechatUnionid: "wechat_unionid",
  lineUserId: "line_user_id",
  weiboUid: "weibo_uid",
  metaUserId: "meta_user_id",
} as const satisfies Record<string, string>;

export const TRAIT_TARGETS = [
  "name",
  "firstName",
  "lastName",
  "birthday",
  "gender",
  "address",
  "city",
  "postcode",
  "country",
  "language",
  "tier",
  "homeStore",
  "joinedAt",
] as const;

export const HAPPENING_TARGETS = [
  "occurredAt",
  "updatedAt",
  "deleted",
  "eventName",
  "storeId",
  "tillId",
  "receiptNo",
  "orderId",
  "line",
  "productId",
  "productName",
  "category",
  "quantity",
  "unitPrice",
  "amount",
  "total",
  "currency",
  "cashierId",
  "kind",
  "originalReceiptNo",
  "originalOrderId",
  "originalStoreId",
  "originalTillId",
  "originalDate",
  "tender",
  "discount",
  "tax",
  "coupon",
  "questionKind",
  "score",
  "scaleMin",
  "scaleMax",
  "comment",
  "surveyId",
  "questionId",
  "answerId",
] as const;
export type Target =
  | (typeof HAPPENING_TARGETS)[number]
  | (typeof TRAIT_TARGETS)[number]
  | keyof typeof IDENTIFIER_TARGETS;

/** Whether a mapping may fill that field. */
export function isTarget(name: string): boolean {
  return (
    /^(traits|properties|context)\.[\p{L}\p{N}_][\p{L}\p{N}_ .:-]{0,99}$/u.test(name) ||
    Object.hasOwn(IDENTIFIER_TARGETS, name) ||
    (TRAIT_TARGETS as readonly string[]).includes(name) ||
    (HAPPENING_TARGETS as readonly string[]).includes(name)
  );
}
