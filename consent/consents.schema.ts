import { type Static, Type } from "typebox";
import { ShownRecord } from "./answers.schema.ts";
import { CONSENT_STATES, RIGHT_STATES } from "./ledger.ts";
import { CONTACT_CHANNELS, LOCALES, SEPARATE_CONSENTS } from "./vocabulary.ts";

const closed = { additionalProperties: false } as const;
export const Id = Type.String({ format: "uuid" });
export const Channel = Type.Enum(CONTACT_CHANNELS);
export const LocaleName = Type.Enum(LOCALES);
export const PurposeName = Type.String({ pattern: "^(\\*|\\*marketing|[a-z][a-z0-9-]{0,62})$" });
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Time = Type.String({ format: "date-time" });
const Place = Type.String({
  pattern: "^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
  description:
    "Country (ISO 3166-1 alpha-2) that the person stated, with its subdivision where it matters: US-CA.",
});

/** States that may be recorded through the API. */
export const STATEABLE = [...CONSENT_STATES, ...RIGHT_STATES] as const;

export const PersonFields = {
  memberId: Type.Optional(Id),
  identifier: Type.Optional(
    Type.Object(
      {
        kind: Type.String({ minLength: 1, maxLength: 100 }),
        value: Type.Union([Type.String({ minLength: 1, maxLength: 1_000 }), Type.Number()]),
        issuer: Type.Optional(Type.String({ maxLength: 200 })),
        region: Type.Optional(Type.String({ pattern: "^[A-Z]{2}$" })),
      },
      closed,
    ),
  ),
};

/** Who decides for a minor, and how the shop has checked it. `ref` is the shop's own and names nobody; sealed. */
export const GuardianSchema = Type.Object(
  {
    ref: Type.String({ minLength: 1, maxLength: 100 }),
    relation: Type.Union([Type.Literal("parent"), Type.Literal("guardian")]),
    method: Type.String({ minLength: 1, maxLength: 100 }),
    evidenceSha256: Type.Optional(Sha256),
  },
  closed,
);

export const StatementSchema = Type.Object(
  {
    ...PersonFields,
    state: Type.Enum(STATEABLE),
    purpose: PurposeName,
    channel: Type.Optional(Channel),
    recipient: Type.Optional(Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" })),
    separateConsent: Type.Optional(Type.Enum(SEPARATE_CONSENTS)),
    notice: Type.Optional(
      Type.Object(
        {
          id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }),
          version: Type.Optional(Type.Integer({ minimum: 1 })),
          locale: LocaleName,
        },
        closed,
      ),
    ),
    occurredAt: Type.Optional(Time),
    offline: Type.Optional(
      Type.Boolean({
        description: "The time comes from a clock that nobody checked, such as a till without connection.",
      }),
    ),
    method: Type.Optional(
      Type.Enum(["api", "enrolment-form", "pos", "staff", "unsubscribe-link", "import"] as const, {
        description: "How it was collected; api unless stated.",
      }),
    ),
    storeId: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9_.-]{1,64}$" })),
    actor: Type.Optional(
      Type.Object(
        {
          kind: Type.Enum(["member", "guardian", "staff", "system"] as const),
          ref: Type.Optional(Type.String({ maxLength: 100, description: "An opaque reference; sealed." })),
        },
        closed,
      ),
    ),
    evidence: Type.Optional(
      Type.Object(
        {
          sha256: Type.Optional(Sha256),
          /** The address was confirmed elsewhere; the hash names the proof. */
          addressConfirmed: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    guardian: Type.Optional(GuardianSchema),
    conflictShown: Type.Optional(Type.Boolean()),
    validUntil: Type.Optional(Time),
    refersTo: Type.Optional(Id),
    country: Type.Optional(Place),
    birthYear: Type.Optional(Type.Integer({ minimum: 1900, maximum: 2200 })),
  },
  closed,
);
export type StatementInput = Static<typeof StatementSchema>;

export const DecisionsSchema = Type.Object(
  {
    at: Type.Optional(Time),
    decisions: Type.Array(
      Type.Object(
        {
          memberId: Id,
          purpose: Type.String({ maxLength: 64 }),
          channel: Type.Optional(Channel),
          category: Type.Optional(Type.String({ maxLength: 64 })),
          recipient: Type.Optional(Type.String({ maxLength: 64 })),
          device: Type.Optional(Type.String({ maxLength: 200 })),
          at: Type.Optional(Time),
        },
        closed,
      ),
      { minItems: 1, maxItems: 1_000 },
    ),
  },
  closed,
);

export const RecordedSchema = Type.Object({
  memberId: Id,
  records: Type.Array(ShownRecord),
  confirmation: Type.Union([
    Type.Object({ recordId: Id, token: Type.String(), path: Type.String(), expiresAt: Time }),
    Type.Null(),
  ]),
});

export const DecisionAnswerSchema = Type.Object({
  results: Type.Array(
    Type.Object({
      index: Type.Integer(),
      memberId: Id,
      found: Type.Boolean(),
      allowed: Type.Boolean(),
      rule: Type.String(),
      basis: Type.Union([Type.String(), Type.Null()]),
      recordId: Type.Union([Id, Type.Null()]),
      notice: Type.Union([Type.Object({ id: Type.String(), version: Type.Integer() }), Type.Null()]),
      regime: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      regimeVersion: Type.Optional(
        Type.Union([Type.Integer(), Type.Null()], {
          description: "Of the pack that was asked: that of today, also for a past moment.",
        }),
      ),
      duties: Type.Array(Type.Enum(["offer-refusal"] as const), {
        description:
          "What must go with an allowed use: `offer-refusal`, that the message offers a free way to refuse, because no marketing contact on this channel is known that did.",
      }),
    }),
  ),
});
