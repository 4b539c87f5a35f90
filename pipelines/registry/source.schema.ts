import { type Static, Type } from "typebox";
import { PLATFORMS, SOURCE_KINDS } from "../adapter.ts";
import { CHECK_DIGITS } from "../steps/index.ts";

const closed = { additionalProperties: false } as const;

export const IdentifierRuleSchema = Type.Object(
  {
    namespace: Type.Optional(
      Type.String({ maxLength: 100, description: "Issuer of the values; empty for the whole installation." }),
    ),
    verified: Type.Optional(
      Type.Boolean({ description: "Whether this source vouches for the values it sends. Default false." }),
    ),
    shared: Type.Optional(
      Type.Boolean({
        description: "Values that many people share by design (a kiosk): never used to know a person.",
      }),
    ),
    checkDigit: Type.Optional(
      Type.Enum(CHECK_DIGITS, {
        description: "How its numbers are checked: Luhn, EAN-13 or ISO 7064 MOD 97-10. Default: not at all.",
      }),
    ),
  },
  closed,
);

const fields = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  kind: Type.Enum(SOURCE_KINDS),
  platform: Type.Optional(Type.Enum(PLATFORMS)),
  purposes: Type.Array(Type.String({ pattern: "^[a-z][a-z0-9-]{0,63}$" }), { minItems: 1, maxItems: 20 }),
  locale: Type.Optional(Type.String({ maxLength: 35, description: "BCP 47, such as zh-TW." })),
  region: Type.Optional(
    Type.String({
      pattern: "^[A-Z]{2}$",
      description: "ISO 3166 region of phone numbers without country code.",
    }),
  ),
  timeZone: Type.Optional(
    Type.String({ maxLength: 64, description: "IANA zone of local times. Default UTC." }),
  ),
  currency: Type.Optional(
    Type.String({
      minLength: 3,
      maxLength: 3,
      description: "ISO 4217 code of amounts that name none; RMB and NTD are taken for CNY and TWD.",
    }),
  ),
  identifiers: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), IdentifierRuleSchema)),
  blockedValues: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      maxItems: 1_000,
      description: "Values that name nobody here, such as the shop's own telephone number.",
    }),
  ),
  orderNamespace: Type.Optional(
    Type.Union([Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }), Type.Null()], {
      description:
        "Order and receipt numbers are those of the sources that name the same; without it, of all that name none.",
    }),
  ),
  mapping: Type.Optional(
    Type.Union([Type.Null(), Type.Record(Type.String(), Type.Unknown())], {
      description: "Column and field mapping; see docs/mapping.md.",
    }),
  ),
  secrets: Type.Optional(
    Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 1_000 }), {
      description: "Webhook secrets; stored sealed, never shown again.",
    }),
  ),
};

export const NewSourceSchema = Type.Object(fields, closed);
export type NewSource = Static<typeof NewSourceSchema>;

const { kind: _kind, platform: _platform, ...changeable } = fields;
export const SourceChangeSchema = Type.Partial(
  Type.Object({ ...changeable, state: Type.Union([Type.Literal("active"), Type.Literal("ended")]) }),
  closed,
);
export type SourceChange = Static<typeof SourceChangeSchema>;

export const WarningsSchema = Type.Array(
  Type.Object({ path: Type.String(), code: Type.String(), message: Type.String() }),
  { description: "What of the mapping cannot work, whatever file comes." },
);

export const SourceSchema = Type.Object({
  id: Type.String({ format: "uuid" }),
  name: Type.String(),
  kind: Type.Enum(SOURCE_KINDS),
  platform: Type.Union([Type.Enum(PLATFORMS), Type.Null()]),
  purposes: Type.Array(Type.String()),
  locale: Type.Union([Type.String(), Type.Null()]),
  region: Type.Union([Type.String(), Type.Null()]),
  timeZone: Type.String(),
  currency: Type.Union([Type.String(), Type.Null()]),
  identifiers: Type.Record(Type.String(), IdentifierRuleSchema),
  blockedValues: Type.Array(Type.String()),
  orderNamespace: Type.Union([Type.String(), Type.Null()]),
  mapping: Type.Union([
    Type.Record(Type.String(), Type.Unknown({ description: "As it was stated; see docs/mapping.md." })),
    Type.Null(),
  ]),
  hasSecrets: Type.Boolean(),
  warnings: WarningsSchema,
  state: Type.Enum(["active", "ended"] as const),
  createdAt: Type.String({ format: "date-time" }),
  updatedAt: Type.String({ format: "date-time" }),
});

export const SourcesSchema = Type.Object({
  sources: Type.Array(SourceSchema),
  next: Type.Union([Type.String(), Type.Null()]),
});

export const CreatedSourceSchema = Type.Object({
  id: Type.String({ format: "uuid" }),
  writeKey: Type.String({ description: "Shown once." }),
  warnings: Type.Optional(WarningsSchema),
});

export const WriteKeySchema = Type.Object({ writeKey: Type.String({ description: "Shown once." }) });
