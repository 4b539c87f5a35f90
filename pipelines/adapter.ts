import type { CanonicalEvent } from "../src/events/index.ts";
import type { Rejection } from "../src/kernel/verdicts.ts";
import type { CheckDigit } from "./steps/check-digit.ts";

export const SOURCE_KINDS = ["pos", "web", "social", "survey", "members"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const PLATFORMS = ["wechat", "weibo", "line", "meta"] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What a source declares about one kind of identifier. */
export interface IdentifierRule {
  /** Issuer of its values: "" (the whole installation) by default for member cards and userIds, else the source's id. */
  readonly namespace?: string;
  /** Whether the source vouches for e-mails and phones it sends. Default false. */
  readonly verified?: boolean;
  /** Values that many people share by design, such as the device id of a kiosk: never promoted to a profile. */
  readonly shared?: boolean;
  /** How its numbers prove themselves; a value that does not is none of its kind. */
  readonly checkDigit?: CheckDigit;
}

/** The part of a registered source that decides how its input is read. Pure data. */
export interface SourceSettings {
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  readonly platform: Platform | null;
  readonly purposes: readonly string[];
  /** BCP 47, such as zh-TW. */
  readonly locale: string | null;
  /** ISO 3166 region for phone numbers without country code, such as TW. */
  readonly region: string | null;
  /** IANA time zone of local times without offset. */
  readonly timeZone: string;
  /** ISO 4217 code for amounts that name none. */
  readonly currency: string | null;
  readonly identifiers: Readonly<Record<string, IdentifierRule>>;
  /** Values that name nobody here (a store's switchboard number), beside the built-in ones. */
  readonly blockedValues: readonly string[];
  /** Order and receipt numbers are shared with the sources that name the same; null: with all that name none. */
  readonly orderNamespace: string | null;
  /** Stored column and field mapping (pipelines/mapping), or null. */
  readonly mapping: unknown;
}

/** One raw item read as an event, or the reason it could not be. */
export type ParsedItem =
  | { readonly kind: "event"; readonly event: CanonicalEvent }
  | { readonly kind: "rejected"; readonly messageId: string | null; readonly rejection: Rejection };

/** When and how an item reached us. */
export interface Arrival {
  readonly receivedAt: Date;
  /** The sender's clock at sending, where it says so: corrects its skew. */
  readonly sentAt: Date | null;
}
