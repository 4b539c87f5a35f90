import { type Static, type TSchema, Type } from "typebox";
import { LAWFUL_BASES, REGIME_IDS } from "../vocabulary.ts";

/** How sure a value is: rule text read, a secondary source, or memory, which a lawyer should confirm first. */
const Mark = Type.Union([Type.Literal("read"), Type.Literal("secondary"), Type.Literal("from-memory")]);

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
    unit: Type.Union([
      Type.Literal("calendar-days"),
      Type.Literal("business-days"),
      Type.Literal("calendar-months"),
    ]),
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

const DefaultChoice = Type.Union([Type.Literal("opt-in"), Type.Literal("opt-out"), Type.Literal("always")]);

export const RegimePackSchema = Type.Object(
  {
    id: Type.Enum(REGIME_IDS),
    version: Type.Integer({ minimum: 1 }),
    reviewedOn: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
    name: Type.Object(
      { en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() },
      { additionalProperties: false },
    ),
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
        gpc: Sourced(Type.Union([Type.Literal("sale-or-share"), Type.Literal("none")])),
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
    requests: Type.Object(
      {
        acknowledge: Sourced(MaybeLimit),
        access: RequestClock,
        portability: RequestClock,
        rectify: RequestClock,
        erase: RequestClock,
        restrict: RequestClock,
        optOut: RequestClock,
        /** Whether the clock may stand still while identity is being verified. */
        pauseWhileVerifying: Sourced(
          Type.Union([Type.Literal("never"), Type.Literal("allowed"), Type.Literal("override-with-reason")]),
        ),
        keepRecordsFor: Sourced(Type.Union([Span, Type.Null()])),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

export type RegimePack = Static<typeof RegimePackSchema>;
export type RequestLimit = Static<typeof Limit>;
