import {
  choiceValues,
  elementsOf,
  isJson,
  type Json,
  listOf,
  questionsOf,
  ratingValues,
} from "./definition.ts";

/** Longest texts, in characters, where a definition states no shorter. */
const TEXT = 1_000;
const COMMENT = 10_000;
/** Most rows of a dynamic matrix, most panels of a dynamic panel. */
const MOST_ENTRIES = 50;

/** A text that the store can hold: no NUL, no lone surrogates (Ajv's unicode flag sees to those). */
const SAFE = "^[^\\u0000]*$";

/** Kinds of files that are taken, by what they say they are; each is known again by its first bytes. */
export const FILE_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["image/jpeg", ["/9j/"]],
  ["image/png", ["iVBORw0KGgo"]],
  ["image/webp", ["UklGR"]],
  ["application/pdf", ["JVBERi0"]],
]);
/** Largest file and drawing, in bytes, and most files of one question: what a telephone sends in a moment. */
export const LARGEST_FILE = 1_000_000;
const LARGEST_SIGNATURE = 200_000;
const MOST_FILES = 3;

/** A data URL whose content begins as the kind of file that it names does. */
const DATA_URL = `^data:(?:${[...FILE_TYPES]
  .map(([type, starts]) => `${type};base64,(?:${starts.join("|").replaceAll("+", "\\+")})`)
  .join("|")})[A-Za-z0-9+/]*={0,2}$`;
const SIGNATURE = "^data:image/png;base64,iVBORw0KGgo[A-Za-z0-9+/]*={0,2}$";

/** The largest file of a question, in bytes: what the definition states, and never more than ours. */
export function maxFileBytes(element: Json): number {
  return limit(element.maxSize, LARGEST_FILE);
}

function base64Length(bytes: number): number {
  return 60 + Math.ceil(bytes / 3) * 4;
}

type Schema = Readonly<Record<string, unknown>>;

function limit(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isInteger(value) && value > 0
    ? Math.min(value, otherwise)
    : otherwise;
}

function words(maxLength: number): Schema {
  return { type: "string", maxLength, pattern: SAFE };
}

const INPUT_PATTERNS: Readonly<Record<string, string>> = {
  date: "^\\d{4}-\\d{2}-\\d{2}$",
  "datetime-local": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?$",
  datetime: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2})?$",
  month: "^\\d{4}-\\d{2}$",
  week: "^\\d{4}-W\\d{2}$",
  time: "^\\d{2}:\\d{2}(:\\d{2})?$",
  color: "^#[0-9a-fA-F]{6}$",
};

function textInput(element: Json): Schema {
  const type = typeof element.inputType === "string" ? element.inputType : "text";
  if (type === "number" || type === "range") {
    const bound = (name: "min" | "max", key: string) =>
      typeof element[name] === "number" ? { [key]: element[name] } : {};
    return { type: "number", ...bound("min", "minimum"), ...bound("max", "maximum") };
  }
  const maxLength = limit(element.maxLength, TEXT);
  const pattern = INPUT_PATTERNS[type];
  return pattern === undefined ? words(maxLength) : { type: "string", maxLength, pattern };
}

/** Choices with the extra ones a definition may switch on. */
export function offeredValues(element: Json, inherited?: unknown): readonly unknown[] {
  const own = choiceValues(element.choices);
  const base = own.length > 0 ? own : choiceValues(inherited);
  const range: number[] = [];
  if (typeof element.choicesMin === "number" && typeof element.choicesMax === "number") {
    const step = typeof element.choicesStep === "number" && element.choicesStep > 0 ? element.choicesStep : 1;
    for (let v = element.choicesMin; v <= element.choicesMax && range.length < 1_000; v += step)
      range.push(v);
  }
  return [
    ...base,
    ...range,
    ...(element.showOtherItem === true || element.hasOther === true ? ["other"] : []),
    ...(element.showNoneItem === true || element.hasNone === true ? ["none"] : []),
    ...(element.showRefuseItem === true ? ["refused"] : []),
    ...(element.showDontKnowItem === true ? ["dontknow"] : []),
  ];
}

function oneOf(values: readonly unknown[]): Schema {
  return values.length === 0 ? { not: {} } : { enum: [...new Set(values)] };
}

function someOf(values: readonly unknown[], element: Json): Schema {
  return {
    type: "array",
    uniqueItems: true,
    maxItems: limit(element.maxSelectedChoices, Math.max(values.length, 1)),
    items: oneOf(values),
  };
}

function closed(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", additionalProperties: false, properties };
}

/** A cell of a matrix: the column's own kind, else the matrix's, else a choice. */
function cellSchema(column: Json, matrix: Json): Schema {
  const stated = column.cellType ?? matrix.cellType;
  const type = typeof stated === "string" && stated !== "default" ? stated : "dropdown";
  const offered = offeredValues(column, matrix.choices);
  return valueSchema(type, { ...column, choices: offered.filter((v) => v !== "other" && v !== "none") });
}

function matrixColumns(element: Json): readonly Json[] {
  return listOf(element.columns).map((c) => (isJson(c) ? c : { name: c }));
}

function rowSchema(element: Json): Schema {
  const properties: Record<string, Schema> = {};
  for (const column of matrixColumns(element)) {
    const name = String(column.name ?? "");
    properties[name] = cellSchema(column, element);
    if (takesComment(column)) properties[`${name}-Comment`] = words(TEXT);
  }
  return closed(properties);
}

/** Whether a text may stand beside the answer: for "other", or because a comment is asked for. */
export function takesComment(element: Json): boolean {
  return (
    element.showOtherItem === true ||
    element.hasOther === true ||
    element.showCommentArea === true ||
    element.hasComment === true
  );
}

/** What an answer of one question may be. Types that take no answer give null. */
function valueSchema(type: string, element: Json): Schema {
  switch (type) {
    case "comment":
      return words(limit(element.maxLength, COMMENT));
    case "rating":
      return oneOf(ratingValues(element));
    case "slider": {
      const bounds = {
        minimum: typeof element.min === "number" ? element.min : 0,
        maximum: typeof element.max === "number" ? element.max : 100,
      };
      const one = { type: "number", ...bounds };
      return element.sliderType === "range" ? { type: "array", minItems: 2, maxItems: 2, items: one } : one;
    }
    case "radiogroup":
    case "buttongroup":
    case "dropdown":
      return oneOf(offeredValues(element));
    case "checkbox":
    case "tagbox":
      return someOf(offeredValues(element), element);
    case "ranking":
      return someOf(choiceValues(element.choices), element);
    case "imagepicker":
      return element.multiSelect === true
        ? someOf(choiceValues(element.choices), element)
        : oneOf(choiceValues(element.choices));
    case "imagemap": {
      const areas = choiceValues(element.areas);
      return element.multiSelect === false
        ? oneOf(areas)
        : someOf(areas, { maxSelectedChoices: element.maxSelectedAreas });
    }
    case "file":
      return {
        type: "array",
        minItems: 1,
        maxItems: element.allowMultiple === true ? MOST_FILES : 1,
        items: {
          ...closed({
            name: { type: "string", minLength: 1, maxLength: 200, pattern: SAFE },
            type: { type: "string", enum: [...FILE_TYPES.keys()] },
            content: { type: "string", maxLength: base64Length(maxFileBytes(element)), pattern: DATA_URL },
          }),
          required: ["name", "type", "content"],
        },
      };
    case "signaturepad":
      return { type: "string", maxLength: base64Length(LARGEST_SIGNATURE), pattern: SIGNATURE };
    case "boolean":
      return oneOf([element.valueTrue ?? true, element.valueFalse ?? false]);
    case "matrix": {
      const columns = oneOf(choiceValues(element.columns));
      const cell =
        element.cellType === "checkbox"
          ? { type: "array", uniqueItems: true, maxItems: listOf(element.columns).length, items: columns }
          : columns;
      const rows = choiceValues(element.rows);
      // A matrix without rows is a single choice.
      return rows.length === 0 ? cell : closed(Object.fromEntries(rows.map((r) => [String(r), cell])));
    }
    case "matrixdropdown":
      return closed(
        Object.fromEntries(choiceValues(element.rows).map((r) => [String(r), rowSchema(element)])),
      );
    case "matrixdynamic":
      return {
        type: "array",
        maxItems: limit(element.maxRowCount, MOST_ENTRIES),
        items: rowSchema(element),
      };
    case "multipletext":
      return closed(
        Object.fromEntries(
          listOf(element.items)
            .map((i) => (isJson(i) ? i : { name: i }))
            .map((item) => [String(item.name ?? ""), textInput(item)]),
        ),
      );
    case "paneldynamic":
      return {
        type: "array",
        maxItems: limit(element.maxPanelCount, MOST_ENTRIES),
        items: closed(propertiesOf({ elements: listOf(element.templateElements) })),
      };
    default:
      return textInput(element);
  }
}

function propertiesOf(definition: Json): Record<string, Schema> {
  const properties: Record<string, Schema> = {};
  for (const { type, key, element } of questionsOf(definition)) {
    if (type === "html" || type === "image" || type === "expression") continue;
    properties[key] = valueSchema(type, element);
    if (takesComment(element)) properties[`${key}-Comment`] = words(TEXT);
  }
  return properties;
}

/**
 * The JSON Schema (2020-12) of a definition's answers, strict: only keys that are asked for and only values that are
 * offered. survey-core's own `validate()` accepts an NPS of 99, unknown choices and unknown keys, so this comes first;
 * whether a question had to be answered or could be seen at all is the model's to say.
 */
export function answerSchema(definition: Json): Schema {
  return closed(propertiesOf(definition));
}

/** Names inside a matrix or a dynamic panel that people type into, for the linter. */
export function innerElements(element: Json): readonly Json[] {
  if (element.type === "paneldynamic") return elementsOf({ elements: listOf(element.templateElements) });
  if (element.type === "matrixdropdown" || element.type === "matrixdynamic") return matrixColumns(element);
  return [];
}
