import { Type } from "typebox";

export const ReadySchema = Type.Object({
  status: Type.Literal("ready"),
  parts: Type.Record(Type.String(), Type.Boolean()),
});
