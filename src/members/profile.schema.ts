import { Type } from "typebox";

const Text = Type.String();
const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const AnyValue = Type.Unknown({ description: "A JSON value, as it was stated." });
const Counts = Type.Record(Text, Type.Integer());

const basisFields = {
  rule: Text,
  basis: OrNull(Text),
  recordId: OrNull(Uuid),
  notice: OrNull(Type.Object({ id: Text, version: Type.Integer() })),
  regime: OrNull(Text),
};

/** Why a category was given: the rule, the record and the words that made it so. */
export const BasisSchema = Type.Record(Text, Type.Object(basisFields), {
  description: "Data category to why it is given.",
});

export const WithheldSchema = Type.Record(
  Text,
  Type.Object({
    rule: Text,
    because: Type.String({ description: "The rule as a sentence." }),
    subjects: Type.Optional(Type.Array(Uuid, { description: "Whose it is, when that of others was given." })),
  }),
  { description: "Data category to why it is withheld." },
);

const Lineage = Type.Object({
  source: Text,
  subject: Text,
  eventId: Text,
  firstObserved: Time,
  lastObserved: Time,
  verified: Type.Boolean(),
  basis: OrNull(
    Type.Object(basisFields, {
      description:
        "Why the purpose of this read covers it for the subject it hangs on: the rule, the legal basis, and the consent record and notice where a consent is the reason.",
    }),
  ),
  ended: Type.Boolean(),
});

const Field = Type.Object({
  value: AnyValue,
  category: Text,
  because: Type.String({ description: "Why this value was preferred." }),
  source: Text,
  eventId: Text,
  observedAt: Time,
  verified: Type.Boolean(),
  candidates: Type.Array(
    Type.Object({
      value: AnyValue,
      valueHash: Text,
      verified: Type.Boolean(),
      firstObserved: Time,
      lastObserved: Time,
      ended: Type.Boolean(),
      lineage: Type.Array(Lineage),
    }),
  ),
});

/** What was bought and when somebody was seen: counts, sums and codes. */
export const FactsSchema = Type.Object({
  orders: Type.Integer(),
  returns: Type.Integer(),
  spend: Type.Array(Type.Object({ amount: Type.Integer({ description: "Minor units." }), currency: Text })),
  firstSeen: OrNull(Text),
  lastSeen: OrNull(Text),
  firstOrderDay: OrNull(Text),
  lastOrderDay: OrNull(Text),
  favouriteStore: OrNull(Text),
  favouriteCategory: OrNull(Text),
  stores: Counts,
  categories: Type.Record(Text, Type.Number(), {
    description: "Units bought; goods by weight in parts of one.",
  }),
  channels: Counts,
  eventCounts: Counts,
});

/** A member as `GET /v1/members/{id}` answers it. */
export const ProfileSchema = Type.Object({
  memberId: Uuid,
  subjects: Type.Array(
    Type.Object({ id: Uuid, anchorKind: Text, anchorIssuer: Text, anchorClass: Type.Integer() }),
  ),
  identifiers: Type.Array(
    Type.Object({
      kind: Text,
      issuer: Text,
      value: Text,
      class: Type.Integer(),
      verified: Type.Boolean(),
      contested: OrNull(Type.Object({ rule: Text, because: Text })),
      evidence: Type.Array(
        Type.Object({
          subject: Uuid,
          source: Text,
          eventId: Text,
          firstObserved: Time,
          lastObservedMonth: Text,
        }),
      ),
    }),
  ),
  attributes: Type.Record(Text, Field),
  facts: OrNull(FactsSchema),
  purpose: Text,
  masked: Type.Boolean({ description: "Whether values that say who somebody is are hidden: see `reveal`." }),
  basis: BasisSchema,
  withheld: WithheldSchema,
  sources: Type.Record(Text, OrNull(Type.Object({ name: Text, kind: Text }))),
});

/** A page of a member's events. */
export const EventsSchema = Type.Object({
  events: Type.Array(
    Type.Object({
      subjectId: Uuid,
      occurredAt: Time,
      eventId: Uuid,
      sourceId: Uuid,
      type: Text,
      name: OrNull(Text),
      channel: Text,
      storeId: OrNull(Text),
      receivedAt: Time,
      plain: OrNull(Type.Record(Text, AnyValue)),
      sealed: Type.Record(Text, AnyValue, { description: "Data category to what was opened of it." }),
    }),
  ),
  next: OrNull(Text),
  basis: BasisSchema,
  withheld: WithheldSchema,
});

const Evidence = { kind: Text, issuer: Text, class: Type.Integer(), identifier: Text };

/** The evidence around a member, without values. */
export const IdentitySchema = Type.Object({
  memberId: Uuid,
  members: Type.Array(Type.Object({ memberId: Uuid, subjects: Type.Array(Uuid) })),
  joins: Type.Array(Type.Object({ ...Evidence, subjects: Type.Array(Uuid) })),
  contested: Type.Array(
    Type.Object({ ...Evidence, rule: Text, because: Text, parties: Type.Array(Uuid), count: Type.Integer() }),
  ),
  nextChangeAt: OrNull(Time),
});

export const ReviewSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Text,
      kind: Text,
      issuer: Text,
      class: Type.Integer(),
      rule: Text,
      because: Text,
      parties: Type.Array(Type.Object({ subjectId: Uuid, memberId: OrNull(Uuid) })),
      partyCount: Type.Integer(),
      since: Time,
    }),
  ),
  next: OrNull(Text),
});

const Side = Type.Object({
  memberId: Uuid,
  subjects: Type.Array(Uuid),
  identifiers: Type.Optional(
    Type.Array(
      Type.Object({
        kind: Text,
        issuer: Text,
        value: Type.String({ description: "Masked: its first character and nothing of its length." }),
        class: Type.Integer(),
        shared: Type.Boolean({ description: "Whether another side names the same value." }),
        contested: OrNull(Text),
      }),
      {
        description:
          "In a preview that names a purpose: what the side is known by, as far as it may be told. The first fifty members are described.",
      },
    ),
  ),
  orders: Type.Optional(
    Type.Union([Type.Integer(), Type.Null()], {
      description:
        "In a preview that names a purpose: how many orders; null when the purpose does not cover them.",
    }),
  ),
});

/** What a decision about who is who does, or would do. */
export const OutcomeSchema = Type.Object({
  preview: Type.Boolean(),
  before: Type.Array(Side),
  after: Type.Array(Side),
});
