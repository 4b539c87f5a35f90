import type { Json } from "../../../../../surveys/definitions/definition.ts";

/** What of a question can be changed in the form; everything else is kept, and changed as JSON. */
export type Field =
  | { readonly is: "spoken"; readonly property: string; readonly label: FieldLabel }
  | { readonly is: "plain"; readonly property: string; readonly label: FieldLabel }
  | { readonly is: "flag"; readonly property: string; readonly label: FieldLabel }
  | { readonly is: "number"; readonly property: string; readonly label: FieldLabel; readonly usual?: number }
  | {
      readonly is: "pick";
      readonly property: string;
      readonly label: FieldLabel;
      /** The first is what SurveyJS takes when nothing is stated. */
      readonly among: readonly string[];
    }
  /** Values with a text each: choices, rows, columns. */
  | {
      readonly is: "choices";
      readonly property: string;
      readonly label: FieldLabel;
      readonly pictures?: boolean;
    }
  /** Fields with a name and a title each: items of a group of texts, columns of a table. */
  | { readonly is: "parts"; readonly property: string; readonly label: FieldLabel; readonly cells?: boolean }
  | { readonly is: "picture"; readonly property: string; readonly label: FieldLabel };

export type FieldLabel =
  | "choices"
  | "rows"
  | "columns"
  | "items"
  | "lowEnd"
  | "highEnd"
  | "from"
  | "to"
  | "step"
  | "yesText"
  | "noText"
  | "lines"
  | "longest"
  | "sort"
  | "placeholder"
  | "other"
  | "otherText"
  | "order"
  | "dress"
  | "html"
  | "picture"
  | "expression"
  | "cellType"
  | "several"
  | "addText"
  | "leastEntries"
  | "mostEntries";

interface Kind {
  /** What a new one starts with besides its name and title. */
  readonly fresh: Json;
  readonly fields: readonly Field[];
}

const TWO = ["item1", "item2"] as const;
const CHOICES: readonly Field[] = [
  { is: "choices", property: "choices", label: "choices" },
  { is: "flag", property: "showOtherItem", label: "other" },
  { is: "spoken", property: "otherText", label: "otherText" },
  { is: "pick", property: "choicesOrder", label: "order", among: ["none", "random", "asc", "desc"] },
];
const ENTRIES: readonly Field[] = [{ is: "spoken", property: "addRowText", label: "addText" }];

/** Every kind of question that the answering page renders, in the order of the menu. */
export const KINDS = {
  rating: {
    fresh: { rateMin: 1, rateMax: 5 },
    fields: [
      { is: "number", property: "rateMin", label: "from", usual: 1 },
      { is: "number", property: "rateMax", label: "to", usual: 5 },
      { is: "pick", property: "rateType", label: "dress", among: ["labels", "stars", "smileys"] },
      { is: "spoken", property: "minRateDescription", label: "lowEnd" },
      { is: "spoken", property: "maxRateDescription", label: "highEnd" },
    ],
  },
  radiogroup: { fresh: { choices: TWO }, fields: CHOICES },
  checkbox: { fresh: { choices: TWO }, fields: CHOICES },
  boolean: {
    fresh: {},
    fields: [
      { is: "spoken", property: "labelTrue", label: "yesText" },
      { is: "spoken", property: "labelFalse", label: "noText" },
    ],
  },
  comment: {
    fresh: { rows: 3, maxLength: 2_000 },
    fields: [
      { is: "number", property: "rows", label: "lines", usual: 4 },
      { is: "number", property: "maxLength", label: "longest" },
      { is: "spoken", property: "placeholder", label: "placeholder" },
    ],
  },
  text: {
    fresh: {},
    fields: [
      {
        is: "pick",
        property: "inputType",
        label: "sort",
        among: ["text", "number", "date", "time", "email", "tel", "url"],
      },
      { is: "number", property: "maxLength", label: "longest" },
      { is: "spoken", property: "placeholder", label: "placeholder" },
    ],
  },
  dropdown: { fresh: { choices: TWO }, fields: CHOICES },
  tagbox: { fresh: { choices: TWO }, fields: CHOICES },
  ranking: { fresh: { choices: TWO }, fields: [CHOICES[0] as Field] },
  slider: {
    fresh: { min: 0, max: 100, step: 1 },
    fields: [
      { is: "number", property: "min", label: "from", usual: 0 },
      { is: "number", property: "max", label: "to", usual: 100 },
      { is: "number", property: "step", label: "step", usual: 1 },
    ],
  },
  imagepicker: {
    fresh: { choices: [{ value: "item1" }, { value: "item2" }] },
    fields: [
      { is: "choices", property: "choices", label: "choices", pictures: true },
      { is: "flag", property: "multiSelect", label: "several" },
    ],
  },
  multipletext: {
    fresh: { items: [{ name: "part1" }, { name: "part2" }] },
    fields: [{ is: "parts", property: "items", label: "items" }],
  },
  matrix: {
    fresh: { columns: ["good", "fair", "poor"], rows: ["row1", "row2"] },
    fields: [
      { is: "choices", property: "rows", label: "rows" },
      { is: "choices", property: "columns", label: "columns" },
    ],
  },
  matrixdropdown: {
    fresh: { columns: [{ name: "column1", cellType: "text" }], rows: ["row1", "row2"] },
    fields: [
      { is: "choices", property: "rows", label: "rows" },
      { is: "parts", property: "columns", label: "columns", cells: true },
      { is: "choices", property: "choices", label: "choices" },
    ],
  },
  matrixdynamic: {
    fresh: { columns: [{ name: "column1", cellType: "text" }], rowCount: 1, maxRowCount: 10 },
    fields: [
      { is: "parts", property: "columns", label: "columns", cells: true },
      { is: "choices", property: "choices", label: "choices" },
      { is: "number", property: "minRowCount", label: "leastEntries", usual: 0 },
      { is: "number", property: "maxRowCount", label: "mostEntries" },
      ...ENTRIES,
    ],
  },
  paneldynamic: {
    fresh: { templateElements: [{ type: "text", name: "entry" }], panelCount: 1, maxPanelCount: 10 },
    fields: [
      { is: "number", property: "minPanelCount", label: "leastEntries", usual: 0 },
      { is: "number", property: "maxPanelCount", label: "mostEntries" },
      { is: "spoken", property: "addPanelText", label: "addText" },
    ],
  },
  html: { fresh: {}, fields: [{ is: "spoken", property: "html", label: "html" }] },
  image: {
    fresh: {},
    fields: [{ is: "picture", property: "imageLink", label: "picture" }],
  },
  expression: {
    fresh: {},
    fields: [{ is: "plain", property: "expression", label: "expression" }],
  },
  panel: { fresh: { elements: [] }, fields: [] },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

export function isKind(type: string): type is KindName {
  return Object.hasOwn(KINDS, type);
}

/** Kinds that show something and ask nothing. */
export function asks(type: string): boolean {
  return !["html", "image", "expression", "panel"].includes(type);
}
