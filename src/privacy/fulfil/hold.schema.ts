import { Type } from "typebox";
import { Uuid } from "./route-parts.ts";

/** A legal hold as the API shows it. */
export const HoldSchema = Type.Object({
  holdId: Uuid,
  ground: Type.String(),
  reference: Type.String(),
  since: Type.String(),
  until: Type.Union([Type.String(), Type.Null()]),
  liftedAt: Type.Union([Type.String(), Type.Null()]),
});

/** The same in a list, with the member whom it protects. */
export const ListedHold = Type.Object({
  ...HoldSchema.properties,
  memberId: Type.Union([Uuid, Type.Null()], { description: "Whose data may not be erased." }),
});
