import { type Static, Type } from "typebox";

const closed = { additionalProperties: false } as const;

/** What a row of a file may tell of. */
export const ROW_EVENTS = ["sale", "member", "survey", "track", "identify"] as const;
export type RowEvent = (typeof ROW_EVENTS)[number];

export const TRANSFORMS = [
  "trim",
  "upper",
  "lower",
  "digits",
  "strip-decimal-zero",
  "strip-leading-zeros",
  "strip-spaces",
  "nfkc",
] as const;
export type Transform = (typeof TRANSFORMS)[number];

const Column = Type.String({
  minLength: 1,
  maxLength: 200,
  description: "The name of a column as the header writes it; for JSON a key, or a path with dots.",
});
const Columns = Type.Array(Column, { minItems: 1, maxItems: 20 });
const Text = Type.String({ maxLength: 200 });
const Patterns = Type.Union([
  Type.String({ minLength: 1, maxLength: 60 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 1, maxItems: 20 }),
]);

export const FieldRuleSchema = Type.Object(
  {
    column: Type.Optional(Column),
    columns: Type.Optional(Columns),
    path: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: "A path with dots into JSON." }),
    ),
    const: Type.Optional(
      Type.Union([Text, Type.Number(), Type.Boolean()], { description: "The same for every row." }),
    ),
    join: Type.Optional(
      Type.String({ maxLength: 10, description: "Stands between joined columns. Default one space." }),
    ),
    format: Type.Optional(Patterns),
    transform: Type.Optional(
      Type.Union([Type.Enum([...TRANSFORMS]), Type.Array(Type.Enum([...TRANSFORMS]), { maxItems: 8 })]),
    ),
    map: Type.Optional(
      Type.Record(Text, Text, {
        description: "Replaces a value by another; values not named stay.",
        maxProperties: 500,
      }),
    ),
    negate: Type.Optional(Type.Boolean({ description: "Turns the sign of a number round." })),
    required: Type.Optional(
      Type.Boolean({
        description:
          "True: a row without it is rejected. False: a table without its column is read all the same.",
      }),
    ),
    default: Type.Optional(Type.Union([Text, Type.Number(), Type.Boolean()])),
  },
  { ...closed, description: "Where a field comes from: exactly one of column, columns, path, const." },
);

export const ConditionSchema = Type.Object(
  {
    column: Column,
    equals: Type.Optional(
      Type.Union([Text, Type.Array(Text, { minItems: 1, maxItems: 100 })], {
        description: "The cell, or one of several, exactly.",
      }),
    ),
    matches: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: "A regular expression; groups may not be repeated, and there are no back references.",
      }),
    ),
    below: Type.Optional(Type.Number()),
    above: Type.Optional(Type.Number()),
    empty: Type.Optional(Type.Boolean({ description: "True: the cell is empty; false: it is not." })),
  },
  { ...closed, description: "Holds when every test it names holds." },
);
const When = Type.Union([ConditionSchema, Type.Array(ConditionSchema, { minItems: 1, maxItems: 20 })], {
  description: "One condition, or several of which one must hold.",
});

export const IdentifierMappingSchema = Type.Object(
  {
    kind: Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_.-]{0,63}$" }),
    column: Type.Optional(Column),
    columns: Type.Optional(Columns),
    namespace: Type.Optional(Type.String({ maxLength: 100, description: "Issuer of the values." })),
    verified: Type.Optional(Type.Boolean({ description: "Whether the source vouches for them." })),
    transform: Type.Optional(Type.Array(Type.Enum([...TRANSFORMS]), { maxItems: 8 })),
    required: Type.Optional(
      Type.Boolean({ description: "False: a table without its columns is read all the same." }),
    ),
  },
  {
    ...closed,
    description:
      "An identifier from one column, or composed of several: each part in lower case, without accents of width or doubled " +
      "spaces, all of them present.",
  },
);

/** How the rows of a source's files are read. Stored with the source as plain JSON. */
export const FileMappingSchema = Type.Object(
  {
    format: Type.Optional(Type.Enum(["csv", "tsv", "ndjson", "json"])),
    encoding: Type.Optional(
      Type.String({
        maxLength: 20,
        description: "What the file is when it has no byte order mark and is not UTF-8.",
      }),
    ),
    separator: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1,
        description: "One character; a space means any run of blanks.",
      }),
    ),
    quote: Type.Optional(
      Type.String({ maxLength: 1, description: "The quoting character; empty for none." }),
    ),
    header: Type.Optional(Type.Boolean({ description: "Whether the first line names the columns." })),
    columns: Type.Optional(
      Type.Array(Column, { minItems: 1, maxItems: 2_000, description: "Names by position." }),
    ),
    comment: Type.Optional(
      Type.String({ minLength: 1, maxLength: 10, description: "Lines that begin so are left out." }),
    ),
    dateFormats: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 1, maxItems: 20 }),
    ),
    timeZone: Type.Optional(Type.String({ maxLength: 64, description: "IANA zone of local times." })),
    decimal: Type.Optional(Type.Enum([".", ","])),
    thousands: Type.Optional(Type.Enum([",", ".", " ", "'", "’", "\u00a0", "\u202f"])),
    currencySymbols: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 6 }), {
        maxItems: 20,
        description: "Taken off amounts, before or after.",
      }),
    ),
    currency: Type.Optional(
      Type.String({ minLength: 3, maxLength: 3, description: "ISO 4217 code of amounts that name none." }),
    ),
    event: Type.Optional(Type.Enum([...ROW_EVENTS])),
    eventName: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: "The name of track events." }),
    ),
    fields: Type.Optional(
      Type.Record(Type.String({ maxLength: 200 }), Type.Union([Column, FieldRuleSchema]), {
        description: "Target field to column name or rule. Absent: by well-known column names.",
      }),
    ),
    identifiers: Type.Optional(Type.Array(IdentifierMappingSchema, { maxItems: 20 })),
    ids: Type.Optional(
      Type.Object(
        {
          messageId: Type.Optional(Type.Union([Column, Columns])),
          content: Type.Optional(
            Type.Array(Column, {
              minItems: 1,
              maxItems: 100,
              description: "The columns that make a line what it is; all of them unless stated.",
            }),
          ),
          receipts: Type.Optional(
            Type.Enum(["unique", "daily"], { description: "daily: receipt numbers start again every day." }),
          ),
        },
        closed,
      ),
    ),
    return: Type.Optional(Type.Object({ when: When }, closed)),
    void: Type.Optional(Type.Object({ when: When }, closed)),
    delete: Type.Optional(Type.Object({ when: When }, closed)),
    skip: Type.Optional(
      Type.Array(Type.Object({ when: When, reason: Type.String({ minLength: 1, maxLength: 200 }) }, closed), {
        maxItems: 20,
      }),
    ),
    emptyMark: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 20,
        description: "A cell that says: empty this field of the profile.",
      }),
    ),
  },
  { ...closed, description: "A declarative mapping of a file's columns to events." },
);

export type FieldRule = Static<typeof FieldRuleSchema>;
export type Condition = Static<typeof ConditionSchema>;
export type IdentifierMapping = Static<typeof IdentifierMappingSchema>;
export type FileMapping = Static<typeof FileMappingSchema>;
