import { type Static, Type } from "typebox";

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
export const RecipientId = Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" });
export const PurposeId = Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" });
const Category = Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" });
const Role = Type.Enum(["processor", "third-party"] as const);
const Locale = Type.Enum(["en", "zh-CN", "zh-TW"] as const);
const Nullable = Type.Union([Type.String(), Type.Null()]);

const settings = {
  name: Name,
  role: Role,
  purposes: Type.Array(PurposeId, {
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description: "Registered purposes for which it may read.",
  }),
  categories: Type.Array(Category, {
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description: "Data categories it may be given; a purpose and a member's choice only ever narrow them.",
  }),
  fields: Type.Optional(
    Type.Union(
      [
        Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
          minItems: 1,
          maxItems: 500,
          uniqueItems: true,
        }),
        Type.Null(),
      ],
      {
        description:
          'Fields it may be given, "*" for all of its categories; null: all, but no identifiers, which only the name "identifiers" gives.',
      },
    ),
  ),
  joinPurposes: Type.Optional(
    Type.Array(PurposeId, {
      maxItems: 50,
      uniqueItems: true,
      description:
        "Those of its purposes that allow joining: for them it knows members by the same ids as other recipients that name them too.",
    }),
  ),
  country: Type.Optional(
    Type.Union([Type.String({ pattern: "^[A-Z]{2}$" }), Type.Null()], {
      description:
        "Where it processes (ISO 3166-1 alpha-2); without it no cross-border consent can be matched.",
    }),
  ),
  region: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
  locale: Type.Optional(Locale),
  contact: Type.String({
    format: "email",
    maxLength: 254,
    description: "Who is written to when a deadline passes. Sealed.",
  }),
  webhookUrl: Type.Optional(Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()])),
  ackHours: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_160,
      description: "Hours within which it must confirm that it dropped a member; 72 unless stated.",
    }),
  ),
};

export const NewRecipient = Type.Object({ id: RecipientId, ...settings }, { additionalProperties: false });
export type NewRecipient = Static<typeof NewRecipient>;

export const RecipientPatch = Type.Partial(
  Type.Object({ ...settings, state: Type.Literal("ended") }, { additionalProperties: false }),
  { minProperties: 1 },
);
export type RecipientPatch = Static<typeof RecipientPatch>;

export const ShownRecipient = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  purposes: Type.Array(Type.String()),
  categories: Type.Array(Type.String()),
  fields: Type.Union([Type.Array(Type.String()), Type.Null()]),
  joinPurposes: Type.Array(Type.String()),
  country: Nullable,
  region: Nullable,
  locale: Locale,
  contact: Type.String(),
  webhookUrl: Nullable,
  ackHours: Type.Integer(),
  state: Type.Enum(["active", "ended"] as const),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

export const ShownRecipients = Type.Object({ items: Type.Array(ShownRecipient) });

export const CreatedRecipient = Type.Object({
  ...ShownRecipient.properties,
  webhookSecret: Type.Union([Type.String(), Type.Null()], {
    description: "whsec_…: verifies webhooks (Standard Webhooks). Shown this once.",
  }),
});

export const NewRecipientKey = Type.Object(
  {
    name: Name,
    purposes: Type.Optional(Type.Array(PurposeId, { minItems: 1, maxItems: 50, uniqueItems: true })),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
  },
  { additionalProperties: false },
);

export const CreatedRecipientKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  purposes: Type.Array(Type.String()),
  expiresAt: Nullable,
  secret: Type.String({ description: "Shown this once. Send it as Authorization: Bearer …" }),
});
