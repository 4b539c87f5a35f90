import { type TProperties, type TSchema, Type } from "typebox";

/**
 * What a piece of personal data is about. A recipient is granted categories, and each category of a record is
 * sealed in a cell of its own. `unclassified` holds what nobody has mapped yet: it is released to nobody.
 */
export const CATEGORIES = [
  "identity",
  "contact",
  "demographic",
  "location",
  "online",
  "transaction",
  "social",
  "survey",
  "preference",
  "unclassified",
] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * Marks of a field schema: `x-category` says what it is about; `x-plain` lets a value that matches the schema
 * stay readable for set-based work. Everything without `x-plain` is sealed.
 */
type Marks = {
  readonly "x-category": Category;
  readonly "x-plain"?: true;
};

function plainMarks(category: Category): Marks {
  return { "x-category": category, "x-plain": true };
}

/** Largest text that may be a document number, a product or a store id. */
const DOCUMENT_PATTERN = "^[\\w\\-./#:]{1,64}$";
/**
 * As telephones are written: behind one trunk zero (two begin a padded article number), a Chinese mobile, with the codes 86
 * and 886, or grouped 3-3-4.
 */
const TELEPHONE = [
  "0[\\-./]?[1-9](?:[\\-./]?\\d){7,9}",
  "(?:(?:00)?86[\\-./]?)?1[3-9](?:[\\-./]?\\d){9}",
  "(?:00)?886(?:[\\-./]?\\d){8,9}",
  "\\d{3}[\\-./]\\d{3}[\\-./]\\d{4}",
  // Digits of other scripts and widths.
  "(?:[\\-./]?(?![0-9])\\p{Nd}){7,}",
].join("|");
const CODE_PATTERN = `^(?!(?:${TELEPHONE})$)[\\p{L}\\p{N}_\\-./#:]{1,64}$`;
/** A coarse class such as a product category: words, but never seven digits, however grouped: somebody's number. */
const COARSE_PATTERN =
  "^(?!.*\\p{Nd}(?:[ \\-./()+]*\\p{Nd}){6})[\\p{L}\\p{N}][\\p{L}\\p{N} _\\-./&>+,'()]{0,63}$";
const TIME_PATTERN =
  "^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?)?$";

const documentExpression = new RegExp(DOCUMENT_PATTERN, "u");
const telephoneExpression = new RegExp(`^(?:${TELEPHONE})$`, "u");
const codeExpression = new RegExp(CODE_PATTERN, "u");
const coarseExpression = new RegExp(COARSE_PATTERN, "u");

/** Whether the text may stand in the clear as a document number (order, receipt, till). */
export function isDocumentNumber(text: string): boolean {
  return documentExpression.test(text);
}

/** Whether the text may stand in the clear as the id of a product or a store (letters of any script, no spaces). */
export function isPlainCode(text: string): boolean {
  return codeExpression.test(text);
}

/** Whether the text is written as a telephone number is: as an id it may then not stand in the clear. */
export function isTelephoneLike(text: string): boolean {
  return telephoneExpression.test(text);
}

/** Whether the text may stand in the clear as a coarse class, such as a product category. */
export function isCoarse(text: string): boolean {
  return coarseExpression.test(text);
}

const safeInteger = () => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** A field that is always sealed, whatever its value. */
export function sealed(category: Category): TSchema {
  return Type.Unknown({ "x-category": category });
}

/** A document number: order, receipt, till, answer. */
export function documentNumber(category: Category): TSchema {
  return Type.Union([Type.String({ pattern: DOCUMENT_PATTERN }), safeInteger()], plainMarks(category));
}

/** The id of a product or a store. As a number it must not be a Chinese mobile's. */
export function code(category: Category): TSchema {
  const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
  return Type.Union(
    [
      Type.String({ pattern: CODE_PATTERN }),
      whole(0, 12_999_999_999),
      whole(20_000_000_000, Number.MAX_SAFE_INTEGER),
    ],
    plainMarks(category),
  );
}

/** An amount or quantity: a JSON number or a decimal as text. */
export function amount(category: Category): TSchema {
  return Type.Union(
    [Type.Number(), Type.String({ pattern: "^[+-]?\\d{1,15}(\\.\\d{1,8})?$" })],
    plainMarks(category),
  );
}

/** A moment or a day, as text or as epoch. */
export function time(category: Category): TSchema {
  return Type.Union([Type.String({ pattern: TIME_PATTERN }), safeInteger()], plainMarks(category));
}

/** One of a closed list of words. */
export function oneOf(category: Category, words: readonly string[]): TSchema {
  return Type.Enum([...words], plainMarks(category));
}

/** Text of a closed form, such as a language tag. */
export function shaped(category: Category, pattern: string): TSchema {
  return Type.String({ pattern, ...plainMarks(category) });
}

/** A registered coarse class. */
export function coarse(category: Category): TSchema {
  return Type.String({ pattern: COARSE_PATTERN, ...plainMarks(category) });
}

export function flag(category: Category): TSchema {
  return Type.Boolean(plainMarks(category));
}

/** An object whose fields carry marks of their own; its category holds when the value is no object at all. */
export function group(category: Category, fields: TProperties): TSchema {
  return Type.Object(fields, { "x-category": category });
}

/** A list of such objects. */
export function listOf(category: Category, fields: TProperties): TSchema {
  return Type.Array(group(category, fields), { "x-category": category });
}
