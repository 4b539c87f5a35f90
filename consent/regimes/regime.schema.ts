import { type Static, type TSchema, Type } from "typebox";
import { NOTICE_SECTIONS } from "../notices.ts";
import { LAWFUL_BASES, REGIME_ID_PATTERN } from "../vocabulary.ts";

/**
 * How sure a value is: rule text read, a secondary source, or memory, which a lawyer should confirm first; a house rule
 * is no law at all and anybody may change it.
 */
const Mark = Type.Enum(["read", "secondary", "from-memory", "house-rule"] as const);

/** A value never stands without where it comes from. */
const Sourced = <T extends TSchema>(value: T) =>
  Type.Object(
    { value, source: Type.String({ minLength: 3 }), mark: Mark, note: Type.Optional(Type.String()) },
    { additionalProperties: false },
  );

const Span = Type.String({ pattern: "^P(?!$)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?$" });

/** A time limit: so many calendar days, business days or calendar months. */
const Limit = Type.Object(
  {
    amount: Type.Integer({ minimum: 0 }),
    unit: Type.Enum(["calendar-days", "business-days", "calendar-months"] as const),
  },
  { additionalProperties: false },
);
const MaybeLimit = Type.Union([Limit, Type.Null()]);

/** The clock of one kind of request. `limit` null: the law says "promptly" and names no number. */
const RequestClock = Type.Object(
  {
    limit: Sourced(MaybeLimit),
    extension: Sourced(MaybeLimit),
    /** Within what time after receipt an extension must be told, with its reasons. */
    extensionNoticeWithin: Sourced(MaybeLimit),
  },
  { additionalProperties: false },
);

/** A time limit of a breach: the same, or so many hours from when it was known. */
const BreachLimit = Type.Object(
  {
    amount: Type.Integer({ minimum: 0 }),
    unit: Type.Enum(["hours", "calendar-days", "business-days"] as const),
  },
  { additionalProperties: false },
);

const Day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });

/** Which days are working days, beyond what the library of holidays knows. */
const WorkCalendar = Type.Object(
  {
    /** IANA name: in which zone a day begins and ends. */
    timeZone: Type.String({ minLength: 3 }),
    /** ISO 8601 weekdays, Monday 1. */
    weekend: Type.Array(Type.Integer({ minimum: 1, maximum: 7 })),
    /** Subdivision whose holidays count, as the library names it; null: those of the whole country. */
    region: Type.Union([Type.String(), Type.Null()]),
    /** Days off that the library does not know. */
    daysOff: Type.Array(Day),
    /** Days that are worked although they are a weekend or a holiday. */
    workDays: Type.Array(Day),
    /** Names of holidays of the library that count as working days. */
    notDaysOff: Type.Array(Type.String()),
  },
  { additionalProperties: false },
);

/** Reasons for refusing, as the Data Rights Protocol names them. */
export const DENIAL_REASONS = [
  "suspected_fraud",
  "insuf_verification",
  "no_match",
  "claim_not_covered",
  "outside_jurisdiction",
  "too_many_requests",
  "other",
] as const;

/** A legal ground on which a request may be refused, with the words that the person is told. */
const Refusal = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z][a-z-]{1,40}$" }),
    reason: Type.Enum(DENIAL_REASONS),
    kinds: Type.Array(Type.String(), { minItems: 1 }),
    article: Type.String({ minLength: 3 }),
    mark: Mark,
    words: Type.Object(
      { en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

/** A law by the id of its pack. */
export const RegimeName = Type.String({
  pattern: REGIME_ID_PATTERN,
  description: "A law by its pack: EU, UK, US-CA, CN, TW, or one that the operator added.",
});

/** As a sentence names a law: “under the rules of …”. */
export const RegimeNames = Type.Object(
  { en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() },
  { additionalProperties: false },
);

const DefaultChoice = Type.Enum(["opt-in", "opt-out", "always"] as const);

/** What a purpose may be that a law asks more words for. */
export const NOTICE_FACTS = [
  "hasRecipients",
  "crossBorder",
  "profiling",
  "sensitive",
  "saleOrShare",
  "consent",
  "legitimateInterest",
  "marketing",
] as const;
export type NoticeFact = (typeof NOTICE_FACTS)[number];

/** Something that a notice must say. */
const NoticeItem = Type.Object(
  {
    /** The rule that wants it, such as `GDPR Art. 13(1)(e)`. */
    item: Type.String({ minLength: 3 }),
    section: Type.Enum(NOTICE_SECTIONS),
    /** Wanted where one of the notice's purposes is one of these; absent: always. */
    when: Type.Optional(Type.Array(Type.Enum(NOTICE_FACTS), { minItems: 1 })),
    mark: Mark,
  },
  { additionalProperties: false },
);

export const RegimePackSchema = Type.Object(
  {
    id: RegimeName,
    version: Type.Integer({ minimum: 1 }),
    reviewedOn: Day,
    name: RegimeNames,
    /** Laws that the pack states, by their short names. */
    laws: Type.Array(Type.String(), { minItems: 1 }),
    /** Where it applies: whole countries, or named regions of one (ISO 3166-1 alpha-2, ISO 3166-2 subdivision part). */
    territory: Type.Array(
      Type.Object(
        {
          country: Type.String({ pattern: "^[A-Z]{2}$" }),
          regions: Type.Optional(Type.Array(Type.String({ pattern: "^[A-Z0-9]{1,3}$" }), { minItems: 1 })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    authority: Sourced(
      Type.Object({ name: Type.String(), url: Type.String() }, { additionalProperties: false }),
    ),
    /** What holds while a person has said nothing, per lawful basis. */
    defaults: Type.Object(
      Object.fromEntries(LAWFUL_BASES.map((basis) => [basis, Sourced(DefaultChoice)])) as Record<
        (typeof LAWFUL_BASES)[number],
        ReturnType<typeof Sourced<typeof DefaultChoice>>
      >,
      { additionalProperties: false },
    ),
    ages: Type.Object(
      {
        /** From this age a person consents alone; below it a guardian must. */
        consent: Sourced(Type.Integer({ minimum: 0, maximum: 21 })),
        /** The same where a country of the territory sets its own age. */
        consentByCountry: Type.Record(Type.String({ pattern: "^[A-Z]{2}$" }), Sourced(Type.Integer())),
        /** Below this age sale and sharing need an opt-in even where opt-out is the rule; null: no such rule. */
        saleOrShareOptInBelow: Sourced(Type.Union([Type.Integer(), Type.Null()])),
        majority: Sourced(Type.Integer()),
      },
      { additionalProperties: false },
    ),
    separateConsent: Type.Object(
      {
        sharing: Sourced(Type.Boolean()),
        sensitive: Sourced(Type.Boolean()),
        "cross-border": Sourced(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    signals: Type.Object(
      {
        /** What a Global Privacy Control signal must stop. */
        gpc: Sourced(Type.Enum(["sale-or-share", "none"] as const)),
        showThatProcessed: Sourced(Type.Boolean()),
        loyaltyPrompt: Sourced(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    reask: Type.Object(
      {
        /** How long a refusal must be left in peace before asking again; null: no number in the law. */
        afterRefusal: Sourced(Type.Union([Span, Type.Null()])),
        /** How often a consent should be refreshed; null: no number in the law. */
        refresh: Sourced(Type.Union([Span, Type.Null()])),
        atMajority: Sourced(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    firstContact: Type.Object(
      {
        /** The first marketing contact must offer a way to refuse, free of charge. */
        offerRefusal: Sourced(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    withdrawal: Type.Object(
      {
        asEasyAsGiving: Sourced(Type.Boolean()),
        /** By when a withdrawal or opt-out must take effect; Candor itself stops at once everywhere. */
        effectiveWithin: Sourced(MaybeLimit),
        identityCheckAllowed: Sourced(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    /** What a notice must say, in the order of the law. */
    noticeItems: Type.Array(NoticeItem),
    requests: Type.Object(
      {
        acknowledge: Sourced(MaybeLimit),
        access: RequestClock,
        portability: RequestClock,
        rectify: RequestClock,
        erase: RequestClock,
        restrict: RequestClock,
        optOut: RequestClock,
        object: RequestClock,
        appeal: RequestClock,
        /** Whether the clock may stand still while identity is being verified. */
        pauseWhileVerifying: Sourced(Type.Enum(["never", "allowed", "override-with-reason"] as const)),
        keepRecordsFor: Sourced(Type.Union([Span, Type.Null()])),
        calendar: Sourced(WorkCalendar),
        /** What becomes of a period in calendar days or months whose last day is no working day. */
        lastDayOff: Sourced(Type.Enum(["next-working-day", "same-day"] as const)),
        /** Kinds of requests that need a declaration of the person beside the check of identity. */
        declaration: Sourced(Type.Array(Type.String())),
        refusals: Type.Array(Refusal, { minItems: 1 }),
        /** How long an erasure waits after its second confirmation. */
        erasureCoolingOff: Sourced(Limit),
        /** How long an erasure waits for its second confirmation. */
        confirmWithin: Sourced(Limit),
        warnBeforeDays: Sourced(Type.Array(Type.Integer({ minimum: 0 }))),
      },
      { additionalProperties: false },
    ),
    /** Its citations in other languages, for a pack of the operator's own; those that come with Candor are known. */
    citations: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            en: Type.Optional(Type.String()),
            "zh-CN": Type.Optional(Type.String()),
            "zh-TW": Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    /** Duties after a breach: `null` where the law says "promptly" and names no number. */
    breach: Type.Object(
      {
        authority: Sourced(Type.Union([BreachLimit, Type.Null()])),
        persons: Sourced(Type.Union([BreachLimit, Type.Null()])),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

export type RegimePack = Static<typeof RegimePackSchema>;
export type NoticeItem = Static<typeof NoticeItem>;
export type RequestLimit = Static<typeof Limit>;
export type BreachLimit = Static<typeof BreachLimit>;
export type WorkCalendar = Static<typeof WorkCalendar>;
export type RefusalGround = Static<typeof Refusal>;
export type DenialReason = (typeof DENIAL_REASONS)[number];
