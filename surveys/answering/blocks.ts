import type {
  Base,
  ItemValue,
  PanelModel,
  Question,
  QuestionBooleanModel,
  QuestionCommentModel,
  QuestionHtmlModel,
  QuestionImageMapModel,
  QuestionImageModel,
  QuestionImagePickerModel,
  QuestionMatrixDropdownModelBase,
  QuestionMatrixModel,
  QuestionMultipleTextModel,
  QuestionPanelDynamicModel,
  QuestionRatingModel,
  QuestionSelectBase,
  QuestionSliderModel,
  QuestionTextModel,
} from "survey-core";
import { FILE_TYPES, maxFileBytes } from "../definitions/answer-schema.ts";
import {
  choiceValues,
  type Question as DefinedQuestion,
  isJson,
  listOf,
  questionsOf,
} from "../definitions/definition.ts";
import { plainText } from "./plain-text.ts";
import type { AnswerFault, Block, Choice, Input, QuestionBlock } from "./view.ts";

/** What the showing of a page knows besides the model. */
export interface ViewContext {
  /** Questions of the definition by name. */
  readonly places: ReadonlyMap<string, DefinedQuestion>;
  /** The page as JSON, to see which names its conditions mention. */
  readonly pageText: string;
  readonly faults: readonly AnswerFault[];
  readonly visited: boolean;
  /** Before the names of fields, inside a dynamic panel. */
  readonly prefix?: string;
}

type Localisable = { readonly textOrHtml: string } | undefined;
const text = (value: Localisable): string => value?.textOrHtml ?? "";

/** The model's elements as blocks; what is not shown is left out. */
export function blocksOf(elements: readonly Base[], context: ViewContext): Block[] {
  return elements.flatMap((element): Block[] => {
    const type = element.getType();
    if (!(element as Question).isVisible) return [];
    if (type === "panel") {
      const panel = element as unknown as PanelModel;
      const blocks = blocksOf(panel.elements as unknown as Base[], context);
      return blocks.length === 0
        ? []
        : [
            {
              kind: "panel",
              title: panel.title === "" ? "" : text(panel.locTitle),
              description: text(panel.locDescription),
              blocks,
            },
          ];
    }
    if (type === "html") {
      const shown = plainText((element as QuestionHtmlModel).processedHtml ?? "");
      return shown === "" ? [] : [{ kind: "text", paragraphs: shown.split("\n") }];
    }
    if (type === "image") {
      const image = element as QuestionImageModel;
      return image.imageLink.startsWith("data:image/")
        ? [{ kind: "image", source: image.imageLink, text: image.altText || text(image.locTitle) }]
        : [];
    }
    if (type === "expression") return [];
    return [questionBlock(element as Question, context)];
  });
}

function questionBlock(question: Question, context: ViewContext): QuestionBlock {
  const { name } = question;
  const place = context.places.get(name);
  const path = `${context.prefix ?? ""}q${place?.index ?? 0}`;
  const faults = context.faults.filter((f) => f.question === name).map((f) => f.text);
  const anyOther = question.hasOther === true;
  const anyComment = question.hasComment === true;
  return {
    kind: "question",
    path,
    name,
    title: text(question.locTitle) || name,
    description: text(question.locDescription),
    required: question.isRequired,
    readOnly: question.isReadOnly,
    errors: faults,
    decides: context.pageText.includes(`{${name}`),
    comment:
      anyOther || anyComment
        ? {
            label: anyComment ? question.commentText : text((question as QuestionSelectBase).locOtherText),
            value: question.comment ?? "",
            onlyOther: !anyComment,
          }
        : null,
    input: inputOf(question, path, context),
  };
}

/** What a question holds now: the answer, else (on a page not answered yet) its default. */
function heldBy(question: Question, context: ViewContext): unknown {
  if (!question.isEmpty()) return question.value;
  return context.visited ? undefined : question.defaultValue;
}

function choicesOf(items: readonly ItemValue[], held: unknown): Choice[] {
  const chosen = new Set(Array.isArray(held) ? held : [held]);
  return items.map((item) => ({
    value: item.value,
    text: text(item.locText),
    chosen: chosen.has(item.value),
  }));
}

/** Choices that can be stored; "select all" is a button of other renderers. */
function selectable(question: QuestionSelectBase): ItemValue[] {
  return question.visibleChoices.filter(
    (c) => c.value !== "all" || question.choices.some((o) => o.value === "all"),
  );
}

function boundOf(value: unknown): string {
  return typeof value === "number" || (typeof value === "string" && /^[\w:.-]{1,30}$/.test(value))
    ? String(value)
    : "";
}

function textInput(question: QuestionTextModel, held: unknown): Input {
  const stated = question.inputType;
  return {
    kind: "text",
    inputType: stated === "datetime" ? "datetime-local" : stated === "range" ? "number" : stated,
    value: held === undefined || held === null ? "" : String(held),
    maxLength: typeof question.maxLength === "number" && question.maxLength > 0 ? question.maxLength : null,
    placeholder: question.placeholder ?? "",
    autocomplete: typeof question.autocomplete === "string" ? question.autocomplete : "",
    min: boundOf(question.min),
    max: boundOf(question.max),
    step: boundOf(question.step),
  };
}

function inputOf(question: Question, path: string, context: ViewContext): Input {
  const held = heldBy(question, context);
  switch (question.getType()) {
    case "comment": {
      const q = question as QuestionCommentModel;
      return {
        kind: "comment",
        value: typeof held === "string" ? held : "",
        rows: q.rows,
        maxLength: q.maxLength > 0 ? q.maxLength : null,
        placeholder: q.placeholder ?? "",
      };
    }
    case "rating": {
      const q = question as QuestionRatingModel;
      const dress = q.rateType === "stars" || q.rateType === "smileys" ? q.rateType : "number";
      return {
        kind: "rating",
        choices: choicesOf(q.visibleRateValues, held),
        minText: q.minRateDescription ?? "",
        maxText: q.maxRateDescription ?? "",
        dress,
      };
    }
    case "slider": {
      const q = question as QuestionSliderModel;
      const values: readonly unknown[] = Array.isArray(held) ? held : [held];
      const count = q.sliderType === "range" ? 2 : 1;
      return {
        kind: "slider",
        min: q.min,
        max: q.max,
        step: q.step,
        values: Array.from({ length: count }, (_, i) =>
          typeof values[i] === "number" ? (values[i] as number) : null,
        ),
      };
    }
    case "buttongroup":
    case "radiogroup":
      return { kind: "one", choices: choicesOf(selectable(question as QuestionSelectBase), held) };
    case "dropdown":
      return {
        kind: "list",
        choices: choicesOf(selectable(question as QuestionSelectBase), held),
        placeholder: "",
      };
    case "checkbox":
    case "tagbox":
      return { kind: "many", choices: choicesOf(selectable(question as QuestionSelectBase), held) };
    case "imagepicker": {
      const q = question as QuestionImagePickerModel;
      const choices = choicesOf(selectable(q), held).map((choice, i): Choice => {
        const link = (q.visibleChoices[i] as ItemValue & { imageLink?: string }).imageLink;
        return link?.startsWith("data:image/") ? { ...choice, image: link } : choice;
      });
      return { kind: q.multiSelect ? "many" : "one", choices };
    }
    case "imagemap": {
      const q = question as QuestionImageMapModel;
      const picture = q.imageLink;
      return {
        kind: q.multiSelect ? "many" : "one",
        choices: choicesOf(q.areas, held).map((c) => ({ ...c, text: c.text || String(c.value) })),
        ...(picture?.startsWith("data:image/") ? { picture } : {}),
      };
    }
    case "file": {
      const element = context.places.get(question.name)?.element ?? {};
      const given = listOf(held);
      return {
        kind: "file",
        value: given.length === 0 ? "" : JSON.stringify(given),
        names: given.flatMap((f) => (isJson(f) ? [String(f.name)] : [])),
        accept: [...FILE_TYPES.keys()].join(","),
        maxBytes: maxFileBytes(element),
        many: element.allowMultiple === true,
      };
    }
    case "signaturepad":
      return { kind: "signature", value: typeof held === "string" ? held : "" };
    case "ranking": {
      const order = Array.isArray(held) ? held : [];
      return {
        kind: "order",
        choices: selectable(question as QuestionSelectBase).map((c) => ({
          value: c.value,
          text: text(c.locText),
          rank: order.includes(c.value) ? order.indexOf(c.value) + 1 : null,
        })),
      };
    }
    case "boolean": {
      const q = question as QuestionBooleanModel;
      const yes = q.getValueTrue();
      const no = q.getValueFalse();
      return {
        kind: "one",
        choices: [
          { value: yes, text: text(q.locLabelTrue), chosen: held === yes },
          { value: no, text: text(q.locLabelFalse), chosen: held === no },
        ],
      };
    }
    case "multipletext": {
      const q = question as QuestionMultipleTextModel;
      return {
        kind: "fields",
        fields: q.items.map((item, i) => ({
          path: `${path}.i${i}`,
          label: text(item.locTitle) || item.name,
          required: item.isRequired,
          input: textInput(item.editor as QuestionTextModel, item.value),
        })),
      };
    }
    case "matrix":
      return matrixInput(question as QuestionMatrixModel, path, held);
    case "matrixdropdown":
    case "matrixdynamic":
      return gridInput(question as QuestionMatrixDropdownModelBase, path, context);
    case "paneldynamic":
      return panelsInput(question as QuestionPanelDynamicModel, path, context);
    default:
      return textInput(question as QuestionTextModel, held);
  }
}

function matrixInput(q: QuestionMatrixModel, path: string, held: unknown): Input {
  const many = q.cellType === "checkbox";
  const order = choiceValues(q.rows.map((r) => r.value));
  const rows = q.visibleRows.map((row) => {
    const values = typeof held === "object" && held !== null ? (held as Record<string, unknown>) : {};
    const own = order.length === 0 ? held : values[String(row.name)];
    const at = Math.max(order.indexOf(row.name), 0);
    return {
      label: order.length === 0 ? "" : text(row.locText),
      cells: [
        {
          path: `${path}.r${at}`,
          input: {
            kind: many ? ("many" as const) : ("one" as const),
            choices: choicesOf(q.visibleColumns, own),
          },
        },
      ],
    };
  });
  return { kind: "grid", columns: [], rows, ...FIXED };
}

const FIXED = { canAdd: false, canRemove: false, addText: "", removeText: "" } as const;

function gridInput(q: QuestionMatrixDropdownModelBase, path: string, context: ViewContext): Input {
  const columns = q.visibleColumns;
  const place = (name: string) => q.columns.findIndex((c) => c.name === name);
  const dynamic = q.getType() === "matrixdynamic" ? (q as unknown as DynamicMatrix) : null;
  const named = choiceValues(listOf(q.rows).map((r) => (r as ItemValue).value));
  return {
    kind: "grid",
    columns: columns.map((c) => text(c.locTitle)),
    rows: q.visibleRows.map((row, i) => {
      const at = dynamic === null ? Math.max(named.indexOf(row.rowName), 0) : i;
      return {
        label: dynamic === null ? row.text : "",
        cells: row.cells
          .filter((cell) => columns.includes(cell.column))
          .map((cell) => {
            const cellPath = `${path}.r${at}.c${place(cell.column.name)}`;
            return { path: cellPath, input: inputOf(cell.question, cellPath, context) };
          }),
      };
    }),
    canAdd: dynamic?.canAddRow === true,
    canRemove: dynamic?.canRemoveRows === true,
    addText: dynamic === null ? "" : text(dynamic.locAddRowText),
    removeText: dynamic === null ? "" : text(dynamic.locRemoveRowText),
  };
}

interface DynamicMatrix {
  readonly canAddRow: boolean;
  readonly canRemoveRows: boolean;
  readonly locAddRowText: Localisable;
  readonly locRemoveRowText: Localisable;
}

function panelsInput(q: QuestionPanelDynamicModel, path: string, context: ViewContext): Input {
  const element = context.places.get(q.name)?.element;
  const inner = questionsOf({ elements: listOf(element?.templateElements) });
  const places = new Map(inner.map((i) => [i.name, i]));
  return {
    kind: "panels",
    panels: q.panels.map((panel, n) => ({
      title: text(panel.locTitle),
      blocks: blocksOf(panel.elements as unknown as Base[], { ...context, places, prefix: `${path}.p${n}.` }),
    })),
    canAdd: q.canAddPanel,
    canRemove: q.canRemovePanel,
    addText: text(q.locAddPanelText),
    removeText: text(q.locRemovePanelText),
  };
}
