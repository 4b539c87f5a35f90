import type { Platform, SourceKind } from "../../pipelines/adapter.ts";
import type { FileMapping } from "../../pipelines/mapping/mapping.schema.ts";

/** A source as `POST /v1/sources` takes it. */
export interface DemoSource {
  readonly name: string;
  readonly kind: SourceKind;
  readonly platform?: Platform;
  readonly locale: string;
  readonly region: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly purposes: readonly ["service"];
  readonly mapping?: FileMapping;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly identifiers?: Readonly<
    Record<string, { readonly namespace?: string; readonly verified?: boolean; readonly shared?: boolean }>
  >;
  readonly blockedValues?: readonly string[];
}

/** A file as a back office uploads it. */
export interface FileStep {
  readonly door: "file";
  /** Name of the source. */
  readonly source: string;
  readonly fileName: string;
  readonly body: Buffer;
  readonly encoding: "utf-8" | "gb18030" | "big5" | "utf-16le";
  readonly gzip: boolean;
}

/** A request as an SDK makes it. `sentAt` and the write key are filled in at sending. */
export interface BatchStep {
  readonly door: "batch";
  readonly source: string;
  /** Whose habits it follows: Segment sends plain JSON, RudderStack gzip labelled as a form, others plain JSON. */
  readonly shape: "segment" | "rudderstack" | "json";
  readonly items: readonly unknown[];
  readonly encoding: "utf-8";
  readonly gzip: boolean;
}

/** One delivery of a social platform, signed at sending. */
export interface WebhookStep {
  readonly door: "webhook";
  readonly source: string;
  readonly platform: Platform;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly encoding: "utf-8";
}

export type DemoStep = FileStep | BatchStep | WebhookStep;

export interface TrueIdentifier {
  readonly kind: string;
  /** Empty for the whole installation. */
  readonly issuer: string;
  readonly value: string;
}

/** One invented person and everything that names them, for scoring. */
export interface TruePerson {
  readonly person: string;
  readonly market: MarketCode;
  readonly identifiers: readonly TrueIdentifier[];
}

export interface DemoPlan {
  readonly sources: readonly DemoSource[];
  /** In order: a later one may rest on what an earlier one told. */
  readonly steps: readonly DemoStep[];
  readonly people: readonly TruePerson[];
  /** Values that are nobody's own and must join nobody. */
  readonly traps: {
    readonly familyPhones: readonly string[];
    readonly shopPhones: readonly string[];
    readonly kioskIds: readonly string[];
  };
}

export const MARKET_CODES = ["cn", "tw", "gb"] as const;
export type MarketCode = (typeof MARKET_CODES)[number];
