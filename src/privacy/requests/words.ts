import type { Locale } from "../../../consent/index.ts";
import type { AnyRequestKind } from "./kinds.ts";
import type { RequestState } from "./state.ts";
import { EN_REQUEST } from "./words-en.ts";
import { ZH_CN_REQUEST } from "./words-zh-cn.ts";
import { ZH_TW_REQUEST } from "./words-zh-tw.ts";

/** Messages that a person gets about a request. */
export const MESSAGES = [
  "code",
  "acknowledged",
  "extended",
  "denied",
  "confirm",
  "cooling",
  "delivery",
  "ready",
  "completed",
  "exceptions",
  "lapsed",
  "withdrawn",
  "expired",
  "duplicate",
] as const;
export type MessageName = (typeof MESSAGES)[number];

/** What the company itself is written to about. */
export const ALERTS = ["warning", "late", "acknowledge", "failed", "joined", "divided"] as const;
export type AlertName = (typeof ALERTS)[number];

/** Every text about requests that a person reads in a message, in one language. */
export interface RequestWords {
  readonly kinds: Readonly<Record<AnyRequestKind, string>>;
  readonly states: Readonly<Record<RequestState, string>>;
  readonly messages: Readonly<Record<MessageName, { readonly subject: string; readonly text: string }>>;
  /** What staff is written about deadlines. */
  readonly alerts: Readonly<Record<AlertName, { readonly subject: string; readonly text: string }>>;
  readonly statusLine: string;
  readonly appealLine: string;
  readonly authorityLine: string;
}

export const REQUEST_WORDS: Readonly<Record<Locale, RequestWords>> = {
  en: EN_REQUEST,
  "zh-CN": ZH_CN_REQUEST,
  "zh-TW": ZH_TW_REQUEST,
};
