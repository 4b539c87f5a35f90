import { type Static, Type } from "typebox";
import { CONTACT_CHANNELS, LAWFUL_BASES, REGIME_ID_PATTERN } from "./vocabulary.ts";

const Text = Type.String({ minLength: 1, maxLength: 1000 });
const LocaleTextSchema = Type.Object(
  { en: Text, "zh-CN": Text, "zh-TW": Text },
  { additionalProperties: false },
);
const Name = Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" });
const Span = Type.String({ pattern: "^P(?!$)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?$" });
const Basis = Type.Enum(LAWFUL_BASES);

/** Who may receive data for a purpose. */
export const PurposeRecipientSchema = Type.Object(
  {
    id: Name,
    role: Type.Union([Type.Literal("processor"), Type.Literal("third-party")]),
    /** ISO 3166-1 alpha-2; null when it is not yet known. */
    country: Type.Union([Type.String({ pattern: "^[A-Z]{2}$" }), Type.Null()]),
    name: LocaleTextSchema,
  },
  { additionalProperties: false },
);

export const PurposeSchema = Type.Object(
  {
    id: Name,
    version: Type.Integer({ minimum: 1 }),
    /** The last version whose change was material: a consent to an older one is stale. */
    materialVersion: Type.Integer({ minimum: 1 }),
    name: LocaleTextSchema,
    description: LocaleTextSchema,
    lawfulBasis: Basis,
    /** Where a regime asks for another basis than the usual one. */
    basisByRegime: Type.Record(Type.String({ pattern: REGIME_ID_PATTERN }), Basis, {
      additionalProperties: false,
    }),
    /** Data categories that may be used; nothing else is. */
    categories: Type.Array(Name, { minItems: 1, uniqueItems: true }),
    /** Ways in which the person is contacted; each is decided on its own. Empty: nobody is contacted. */
    channels: Type.Array(Type.Enum(CONTACT_CHANNELS), { uniqueItems: true }),
    recipients: Type.Array(PurposeRecipientSchema),
    /** How long data is kept for this purpose after the purpose ends for a person. */
    retention: Span,
    /** How long a consent lasts before it must be asked again; null: until withdrawn. */
    consentExpiresAfter: Type.Union([Span, Type.Null()]),
    /** Channels whose consent counts only once it is confirmed from that very address. */
    doubleOptIn: Type.Array(Type.Enum(CONTACT_CHANNELS), {
      uniqueItems: true,
    }),
    marketing: Type.Boolean(),
    profiling: Type.Boolean(),
    sensitive: Type.Boolean(),
    crossBorder: Type.Boolean(),
    /** Whether it is a sale or sharing in the sense of Cal. Civ. Code §1798.140(ad) and (ah). */
    saleOrShare: Type.Boolean(),
    /** IAB TCF purposes that correspond to it; only advertising purposes have any. */
    tcfPurposes: Type.Array(Type.Integer({ minimum: 1, maximum: 24 }), { uniqueItems: true }),
    /** The loyalty programme that cannot run without it, for the prompt of 11 CCR §7025(c)(4). */
    programme: Type.Union([Name, Type.Null()]),
    /** Whether an item whose person does not allow it may still be counted without identity. */
    whenDenied: Type.Union([Type.Literal("refuse"), Type.Literal("aggregate")]),
  },
  { additionalProperties: false },
);

export const PurposeFileSchema = Type.Object(
  { format: Type.Literal("candor-purposes/1"), purposes: Type.Array(PurposeSchema, { minItems: 1 }) },
  { additionalProperties: false },
);

export type Purpose = Static<typeof PurposeSchema>;
export type PurposeRecipient = Static<typeof PurposeRecipientSchema>;
