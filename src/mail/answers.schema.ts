import { Type } from "typebox";

const Nullable = Type.Union([Type.String(), Type.Null()]);

export const MailStateSchema = Type.Enum([
  "waiting",
  "sending",
  "sent",
  "kept",
  "failed",
  "unknown",
] as const);

/** Messages without their texts. */
export const OutboxSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      template: Type.String(),
      state: MailStateSchema,
      attempts: Type.Integer(),
      lastError: Nullable,
      createdAt: Type.String(),
      endedAt: Nullable,
    }),
  ),
  next: Nullable,
});

/** A message that has not been sent. */
export const MailSchema = Type.Object({
  masked: Type.Boolean({ description: "Whether all but its subject stays hidden: see `reveal`." }),
  to: Type.String(),
  subject: Type.String(),
  text: Type.String(),
  html: Type.Optional(Type.String()),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
});
