import { Type } from "typebox";

const Text = Type.String();
const MaybeText = Type.Union([Text, Type.Null()]);

/** How many members, as far as that may be told. */
export const CountSchema = Type.Object({
  count: Type.Union([Type.Integer(), Type.Null()], {
    description: "Null when the group, or everybody outside it, has fewer than five members.",
  }),
  suppressed: Type.Boolean(),
  roundedTo: Type.Integer(),
});

export const SegmentSchema = Type.Object({
  id: Text,
  name: Text,
  purpose: Text,
  rule: Type.Unknown({ description: "A rule tree; its JSON Schema is GET /v1/segments/schema." }),
  state: Type.Enum(["active", "ended"] as const),
  createdAt: Text,
  updatedAt: Text,
  evaluatedAt: MaybeText,
  members: CountSchema,
});

export const SegmentsSchema = Type.Object({ items: Type.Array(SegmentSchema), next: MaybeText });

/** Whom a rule would fit, and of how many members it may ask. */
export const SegmentPreviewSchema = Type.Object({ members: CountSchema, among: CountSchema });

export const SegmentMembersSchema = Type.Object({
  items: Type.Array(Type.Object({ memberId: Text, since: Text })),
  next: MaybeText,
});
