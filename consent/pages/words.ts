import type { CollectionMethod, ConsentState, EntryState } from "../ledger.ts";
import type { ContactChannel, Locale } from "../vocabulary.ts";

/** Every text of the public pages, in one language. The type makes all catalogues have the same keys. */
export interface PageWords {
  readonly title: string;
  readonly lead: string;
  readonly language: string;
  readonly on: string;
  readonly off: string;
  readonly waiting: string;
  readonly always: string;
  readonly alwaysWhy: string;
  readonly contactHeading: string;
  readonly useHeading: string;
  readonly neededHeading: string;
  readonly turnOn: string;
  readonly turnOff: string;
  readonly readWords: string;
  readonly readNotice: string;
  readonly agreeTo: string;
  readonly validUntil: string;
  readonly stale: string;
  readonly expired: string;
  readonly withdrawAllHeading: string;
  readonly withdrawAllText: string;
  readonly withdrawAll: string;
  readonly historyHeading: string;
  readonly historyEmpty: string;
  readonly historySummary: string;
  readonly receipt: string;
  readonly receiptKantara: string;
  readonly receiptIso: string;
  readonly receiptNote: string;
  readonly gpc: string;
  readonly gpcEffect: string;
  readonly gpcNoEffect: string;
  readonly gpcConflict: string;
  /** In place of `gpcEffect` when something is shared all the same, because the person said so. */
  readonly gpcExcept: string;
  readonly loyaltyHeading: string;
  readonly loyaltyText: string;
  readonly loyaltyFollow: string;
  readonly loyaltyAllow: string;
  readonly loyaltyEffect: string;
  readonly guardian: string;
  readonly byGuardian: string;
  readonly restricted: string;
  readonly unknownLaw: string;
  readonly chooseCountry: string;
  readonly saveCountry: string;
  readonly channelClosed: string;
  readonly saidOn: string;
  readonly saidOff: string;
  readonly saidWaiting: string;
  readonly saidAll: string;
  readonly saidCountry: string;
  readonly everything: string;
  readonly allMarketing: string;
  readonly everyChannel: string;
  readonly expiredTitle: string;
  readonly expiredText: string;
  readonly confirmTitle: string;
  readonly confirmText: string;
  readonly confirmButton: string;
  readonly confirmedTitle: string;
  readonly confirmedText: string;
  readonly endedTitle: string;
  readonly endedText: string;
  readonly stopTitle: string;
  readonly stopText: string;
  readonly stopButton: string;
  readonly stoppedTitle: string;
  readonly stoppedText: string;
  readonly changeOthers: string;
  readonly receiptTitle: string;
  readonly receiptRows: Readonly<
    Record<"what" | "state" | "channel" | "when" | "words" | "version" | "law" | "method" | "number", string>
  >;
  readonly methods: Readonly<Record<CollectionMethod, string>>;
  readonly print: string;
  readonly noticeVersion: string;
  readonly fingerprint: string;
  readonly rights: string;
  readonly contactUs: string;
  readonly states: Readonly<Record<EntryState | "pending", string>>;
  readonly elsewhere: string;
  /** Places that we name otherwise than the language's own list of countries does. */
  readonly countries: Readonly<Record<"TW" | "CN" | "GB" | "US-CA", string>>;
}

/** The state of a consent as a word for people. */
export type SpokenState = ConsentState | "pending";
export type ChannelWords = Readonly<Record<ContactChannel, string>>;
export type PageCatalogue = Readonly<Record<Locale, PageWords>>;
