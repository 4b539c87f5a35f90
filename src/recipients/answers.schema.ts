import { type TSchema, Type } from "typebox";
import { FactsSchema } from "../members/index.ts";

const Text = Type.String();
const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const line = {
  member: Type.String({ description: "The recipient's own id of the member." }),
  channels: Type.Optional(Type.Array(Text)),
  fields: Type.Record(Text, Type.Unknown({ description: "A JSON value." })),
  facts: Type.Optional(FactsSchema),
  derived: Type.Optional(
    Type.Object(
      {
        loyalty: Type.Optional(
          Type.Object({
            condition: OrNull(Text),
            tiers: Type.Record(Text, Text, { description: "Tier structure to tier." }),
            score: OrNull(Type.Number()),
          }),
        ),
        segments: Type.Array(Text),
      },
      { description: "What was worked out of the member: its loyalty level and this purpose's segments." },
    ),
  ),
  identifiers: Type.Optional(Type.Array(Type.Object({ kind: Text, issuer: Text, value: Text }))),
  basis: Type.Record(
    Text,
    Type.Object({
      rule: Text,
      basis: OrNull(Text),
      record: OrNull(Uuid),
      notice: OrNull(Type.Object({ id: Text, version: Type.Integer() })),
    }),
  ),
  withheld: Type.Record(Text, Text, { description: "Data category to the rule that withholds it." }),
};

/** A line of `GET /v1/profiles`, one JSON object each. */
export const PullLine = Type.Union([
  Type.Object({ type: Type.Literal("begin"), position: Text }),
  Type.Object({ type: Type.Literal("profile"), ...line }),
  Type.Object({ type: Type.Literal("cursor"), cursor: Text }),
  Type.Object({ type: Type.Literal("end"), members: Type.Integer(), position: Text }),
]);

export const OneProfile = Type.Object({ purpose: Text, ...line });

export const ChangesSchema = Type.Object({
  changes: Type.Array(
    Type.Union([
      Type.Object({ kind: Type.Literal("upsert"), position: Text, ...line }),
      Type.Object({
        kind: Type.Literal("tombstone"),
        position: Text,
        member: Text,
        reason: Text,
        mergedInto: OrNull(Text),
        notice: Uuid,
        dueAt: Time,
      }),
    ]),
  ),
  next: Text,
  more: Type.Boolean(),
});

export const NoticesPage = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Uuid,
      purpose: Text,
      member: Text,
      reason: Text,
      mergedInto: OrNull(Text),
      noticedAt: Time,
      dueAt: Time,
      acknowledgedAt: OrNull(Time),
      escalatedAt: OrNull(Time),
      state: Type.Enum(["acknowledged", "late", "open"] as const),
    }),
  ),
  next: OrNull(Text),
});

/** What may have become of a webhook. */
export const MESSAGE_STATES = ["waiting", "sent", "nothing", "dead"] as const;

export const DeliveriesPage = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Uuid,
      purpose: Text,
      state: Type.Enum(MESSAGE_STATES),
      attempts: Type.Integer(),
      nextAt: OrNull(Time),
      lastStatus: OrNull(Type.Integer()),
      lastError: OrNull(Text),
      createdAt: Time,
      endedAt: OrNull(Time),
    }),
  ),
  next: OrNull(Text),
});

/** Recipients that let the deadline of a notice pass. */
export const LateSchema = Type.Object({
  items: Type.Array(
    Type.Object({ recipient: Text, notices: Type.Integer(), escalated: Type.Integer(), oldestDueAt: Time }),
  ),
});
