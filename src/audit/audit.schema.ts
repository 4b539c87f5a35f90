import { type Static, Type } from "typebox";
import { sortBy } from "../kernel/list-order.ts";

/** One entry of the log as it is read: its place, its content, and the hash that covers the exact text. */
export const AuditItem = Type.Object({
  seq: Type.Integer({ minimum: 0, description: "Leaf index in the log, from 0, without gaps." }),
  entry: Type.String({
    description: "The entry as it is hashed: canonical JSON. Parse it, but hash it as it stands.",
  }),
  leafHash: Type.String({ description: "Hex of SHA-256(0x00 ‖ entry), RFC 6962 section 2.1." }),
  sequencedAt: Type.String({ format: "date-time" }),
});

export const AuditPage = Type.Object({
  items: Type.Array(AuditItem),
  next: Type.Union([Type.String(), Type.Null()], {
    description: "Pass it as `cursor` for the next page; null at the end.",
  }),
});
export type AuditPage = Static<typeof AuditPage>;

export const AuditQuery = Type.Object(
  {
    action: Type.Optional(
      Type.String({ maxLength: 100, description: "Only this action, such as key.created." }),
    ),
    sort: sortBy({ seq: "number" }, "-seq"),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "100 unless stated." })),
    cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$", description: "From the previous page." })),
  },
  { additionalProperties: false },
);
