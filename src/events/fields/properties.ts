import type { TProperties } from "typebox";
import { CHANNELS } from "../event.ts";
import {
  amount,
  coarse,
  code,
  documentNumber,
  flag,
  group,
  listOf,
  oneOf,
  sealed,
  shaped,
  time,
} from "./marks.ts";

/** How a bill was settled: kinds only; the reference of a payment is sealed. */
const TENDER_KINDS = [
  "cash",
  "card",
  "credit",
  "debit",
  "credit_card",
  "debit_card",
  "bank_transfer",
  "wechat_pay",
  "alipay",
  "line_pay",
  "apple_pay",
  "google_pay",
  "paypal",
  "voucher",
  "gift_card",
  "points",
  "other",
];

/** Question kinds of a survey answer, as they are stored. */
export const QUESTION_KINDS = ["nps", "csat", "ces", "comparative", "comment"] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** One product of a basket, receipt or list (E-commerce specification v2) or one line of a till's document. */
const productFields = {
  product_id: code("transaction"),
  sku: code("transaction"),
  category: coarse("transaction"),
  name: sealed("transaction"),
  brand: sealed("transaction"),
  variant: sealed("transaction"),
  coupon: sealed("transaction"),
  price: amount("transaction"),
  amount: amount("transaction"),
  line_total: amount("transaction"),
  discount: amount("transaction"),
  tax: amount("transaction"),
  quantity: amount("transaction"),
  position: amount("transaction"),
  line: documentNumber("transaction"),
  line_no: documentNumber("transaction"),
  url: sealed("online"),
  image_url: sealed("online"),
} satisfies TProperties;

const tenderFields = {
  type: oneOf("transaction", TENDER_KINDS),
  amount: amount("transaction"),
  currency: shaped("transaction", "^[A-Za-z]{3}$"),
  reference: sealed("transaction"),
} satisfies TProperties;

/** Properties that mean the same in whatever happening they stand. */
const anywhere = {
  // the document
  order_id: documentNumber("transaction"),
  checkout_id: documentNumber("transaction"),
  receipt_no: documentNumber("transaction"),
  till_id: documentNumber("transaction"),
  returns_order_id: documentNumber("transaction"),
  original_order_id: documentNumber("transaction"),
  original_receipt_no: documentNumber("transaction"),
  original_till_id: documentNumber("transaction"),
  original_store_id: code("transaction"),
  store_id: code("transaction"),
  product_id: code("transaction"),
  sku: code("transaction"),
  cart_id: documentNumber("transaction"),
  wishlist_id: documentNumber("transaction"),
  list_id: documentNumber("transaction"),
  promotion_id: documentNumber("transaction"),
  coupon_id: documentNumber("transaction"),
  coupon: sealed("transaction"),
  affiliation: sealed("transaction"),
  cashier_id: sealed("transaction"),
  // amounts
  currency: shaped("transaction", "^[A-Za-z]{3}$"),
  price: amount("transaction"),
  quantity: amount("transaction"),
  subtotal: amount("transaction"),
  total: amount("transaction"),
  revenue: amount("transaction"),
  shipping: amount("transaction"),
  discount: amount("transaction"),
  tax: amount("transaction"),
  payment_method: oneOf("transaction", TENDER_KINDS),
  shipping_method: sealed("transaction"),
  products: listOf("transaction", productFields),
  lines: listOf("transaction", productFields),
  tender: listOf("transaction", tenderFields),
  channel: oneOf("transaction", CHANNELS),
  // who, where a sender puts it beside the happening
  member_card: sealed("identity"),
  user_id: sealed("identity"),
  email: sealed("contact"),
  phone: sealed("contact"),
  recipient: sealed("contact"),
  // opinions
  review_id: documentNumber("survey"),
  review_body: sealed("survey"),
  rating: amount("survey"),
  survey_id: documentNumber("survey"),
  question_id: documentNumber("survey"),
  answer_id: documentNumber("survey"),
  question_kind: oneOf("survey", QUESTION_KINDS),
  score: amount("survey"),
  scale_min: amount("survey"),
  scale_max: amount("survey"),
  relational: flag("survey"),
  answered_at: time("survey"),
  // agreement
  category_preferences: sealed("preference"),
} satisfies TProperties;

/** Any happening. A property that is not here is sealed as `unclassified`. */
export const PROPERTIES = group("unclassified", anywhere);

/** Happenings of a shop or till, by their standard names: only there is a `name` a product's name. */
export const COMMERCE_PROPERTIES = group("unclassified", {
  ...anywhere,
  ...productFields,
  value: amount("transaction"),
  step: amount("transaction"),
  query: sealed("online"),
  filters: sealed("online"),
  sorts: sealed("online"),
  creative: sealed("online"),
  share_via: sealed("social"),
  share_message: sealed("social"),
  reason: sealed("transaction"),
});

/** Pages and screens that were looked at. */
export const PAGE_PROPERTIES = group("unclassified", {
  ...anywhere,
  name: sealed("online"),
  category: coarse("online"),
  path: sealed("online"),
  url: sealed("online"),
  title: sealed("online"),
  referrer: sealed("online"),
  search: sealed("online"),
  keywords: sealed("online"),
});

/** Answers to surveys. */
export const SURVEY_PROPERTIES = group("unclassified", { ...anywhere, comment: sealed("survey") });

const SOCIAL = [
  ...["text", "title", "description", "url", "data", "params", "details", "interaction", "action", "item"],
  ...["referral", "attachments", "scene", "ticket", "format", "media_id", "media_url", "media_product_type"],
  ...["menu_id", "message_id", "message_type", "quoted_message_id", "comment_id", "parent_id", "post_id"],
  ...["package_id", "sticker_id", "file_name", "keywords", "result", "nonce", "mode", "group_id", "room_id"],
  ...["beacon_id", "beacon_type", "device_message", "membership_id", "tracking_id"],
];

/** What happens on social accounts. */
export const SOCIAL_PROPERTIES = group("unclassified", {
  ...anywhere,
  ...Object.fromEntries(SOCIAL.map((name) => [name, sealed("social")])),
  is_unblocked: flag("social"),
  latitude: sealed("location"),
  longitude: sealed("location"),
  precision: sealed("location"),
  address: sealed("location"),
});
