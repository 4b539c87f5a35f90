import type { Identifier } from "../kernel/identifier.ts";

/**
 * The kinds of fact Candor knows. `track` and `page` carry what a sender named itself; the dotted kinds have
 * a meaning of their own for the profile.
 */
export const EVENT_TYPES = [
  "identify",
  "track",
  "page",
  "screen",
  "group",
  "alias",
  "order.completed",
  "order.updated",
  "order.refunded",
  "order.cancelled",
  "member.upserted",
  "member.deleted",
  "social.followed",
  "social.unfollowed",
  "social.message",
  "social.message.unsent",
  "social.comment",
  "social.postback",
  "social.beacon",
  "social.location",
  "social.account-linked",
  "social.interaction",
  "survey.answered",
  "survey.invited",
  "survey.opened",
  "survey.declined",
  "survey.bounced",
  "survey.case-opened",
  "survey.case-closed",
  "consent.preference",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Where it happened, as a coarse word that reports may group by. */
export const CHANNELS = [
  "web",
  "app",
  "store",
  "wechat",
  "weibo",
  "line",
  "meta",
  "survey",
  "list",
  "other",
] as const;
export type Channel = (typeof CHANNELS)[number];

/** One line of a receipt or basket. Amounts are minor units of the order's currency; a return has negative quantity. */
export interface OrderLine {
  /** Position or id of the line on its document: equal lines of one document stay apart. */
  readonly line: string;
  readonly productId: string | null;
  readonly category: string | null;
  readonly quantity: number;
  readonly amountMinor: number;
}

/**
 * What an event says about an order. All fields are plain: they are accounting facts, not personal data.
 *
 * A `sale` or `return` may bring the whole document (`lines` with a total) or one line of it: facts of
 * one document add up. `replace` states the whole order anew (Order Updated); `cancel` voids it.
 */
export interface OrderFact {
  /** The document: an order id, or store + till + receipt. Unique within its namespace (the installation). */
  readonly orderKey: string;
  readonly effect: "sale" | "return" | "replace" | "cancel";
  readonly currency: string;
  /** Net effect on the document's value: positive for a sale, negative for a return, 0 for a cancel. */
  readonly totalMinor: number;
  readonly lines: readonly OrderLine[];
  readonly storeId: string | null;
  readonly tillId: string | null;
  readonly receiptNo: string | null;
  /** The document that a return takes back, where the sender says so. */
  readonly returnsOrderKey: string | null;
}

/** One canonical, immutable fact from a source, before it is sealed. */
export interface CanonicalEvent {
  /** The sender's id of this message, or one derived from its place (store, till, receipt, line). */
  readonly messageId: string;
  readonly type: EventType;
  /** The sender's own name of a `track`; null otherwise. */
  readonly name: string | null;
  readonly occurredAt: Date;
  readonly channel: Channel;
  readonly storeId: string | null;
  /** At least one; the highest class anchors the subject. */
  readonly identifiers: readonly Identifier[];
  /** What is said about the person; keys are standard names (`firstName`, `email`, …) or the sender's own. */
  readonly traits: Readonly<Record<string, unknown>>;
  /** Names of traits the sender explicitly empties (null alone never empties one). */
  readonly unset: readonly string[];
  /** What is said about the happening itself. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Circumstances: device, page, library, campaign, ip. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly order: OrderFact | null;
}
