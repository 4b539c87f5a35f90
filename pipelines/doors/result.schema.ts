import { Type } from "typebox";

export const ItemResultSchema = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  messageId: Type.Union([Type.String(), Type.Null()]),
  status: Type.Enum(["accepted", "duplicate", "quarantined", "refused"]),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});

export const ResultsSchema = Type.Object({ results: Type.Array(ItemResultSchema) });
