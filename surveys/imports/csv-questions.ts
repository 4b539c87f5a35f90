import { AppError } from "../../src/kernel/problems.ts";
import type { SurveyDocument } from "../definitions/survey.schema.ts";
import type { Imported, ImportNote } from "./report.ts";

type Metric = NonNullable<SurveyDocument["metrics"]>[number];

/** Rows of a CSV text (RFC 4180): quotes double, cells may hold line breaks. Comma, semicolon or tab by the first line. */
function readRows(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, "");
  const head = source.slice(0, Math.max(source.search(/\r?\n/), 0) || source.length);
  const count = (c: string) => head.split(c).length;
  const separator = [",", ";", "\t"].sort((a, b) => count(b) - count(a))[0] as string;
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < source.length; i++) {
    const c = source[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (source[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator) {
      row.push(cell);
      cell = "";
    } else if (c === "\n") {
      row.push(cell.replace(/\r$/, ""));
      rows.push(row);
      row = [];
      cell = "";
    } else cell += c;
  }
  if (quoted) throw new AppError("unparsable-body", { detail: "A quoted cell is never closed." });
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows.filter((r) => r.some((c) => c.trim() !== ""));
}

const COLUMNS: Readonly<Record<string, string>> = {
  name: "name",
  code: "name",
  id: "name",
  type: "type",
  question: "title",
  title: "title",
  text: "title",
  choices: "choices",
  options: "choices",
  required: "required",
  page: "page",
  "show if": "condition",
  condition: "condition",
};

/** Types of a question list: metrics by their name, and the plain kinds. */
const SCALES: Readonly<Record<string, readonly [number, number, Metric["kind"]]>> = {
  nps: [0, 10, "nps"],
  csat: [1, 5, "csat"],
  ces: [1, 7, "ces"],
};
const TYPES: Readonly<Record<string, string>> = {
  text: "text",
  comment: "comment",
  open: "comment",
  single: "radiogroup",
  radio: "radiogroup",
  multiple: "checkbox",
  checkbox: "checkbox",
  dropdown: "dropdown",
  yesno: "boolean",
  boolean: "boolean",
  number: "text",
  date: "text",
  rating: "rating",
  ranking: "ranking",
};

/**
 * Reads a list of questions: one row each, with the columns `name`, `type`, `question` (and `question zh-TW`, …),
 * `choices` (split by |, `value=text`), `required`, `page`, `show if`. The types nps, csat and ces declare their metric;
 * `comment!` declares a comment.
 */
export function importCsvQuestions(text: string): Imported {
  const [head, ...rows] = readRows(text);
  if (head === undefined || rows.length === 0)
    throw new AppError("unparsable-body", { detail: "The file holds no questions." });
  const notes: ImportNote[] = [];
  const columns = head.map((raw) => {
    const label = raw.trim().toLowerCase();
    const known = COLUMNS[label];
    if (known !== undefined) return { kind: known, locale: null };
    const match = /^(question|title|text|choices|options)[ _:(]+(zh[-_](?:cn|tw)|en)\)?$/.exec(label);
    if (match !== null)
      return { kind: COLUMNS[match[1] as string] as string, locale: (match[2] as string).replace("_", "-") };
    notes.push({ place: `column ${raw.trim()}`, code: "column-not-understood", detail: "It was left out." });
    return null;
  });
  const pages = new Map<string, Record<string, unknown>[]>();
  const metrics: Metric[] = [];
  rows.forEach((cells, n) => {
    const place = `row ${n + 2}`;
    const at = (kind: string, locale: string | null = null) =>
      (cells[columns.findIndex((c) => c?.kind === kind && c.locale === locale)] ?? "").trim();
    const inAll = (kind: string): Record<string, string> => {
      const texts: Record<string, string> = { default: at(kind) };
      for (const c of columns)
        if (c?.kind === kind && c.locale !== null && at(kind, c.locale) !== "")
          texts[c.locale] = at(kind, c.locale);
      return texts;
    };
    const stated = at("type").toLowerCase();
    const type = stated.replace(/!$/, "");
    const name = at("name") || `q${n + 1}`;
    const scale = SCALES[type];
    const kind = scale === undefined ? TYPES[type || "text"] : "rating";
    if (kind === undefined || at("title") === "") {
      notes.push({
        place,
        code: kind === undefined ? "type-not-understood" : "row-left-out",
        detail: kind === undefined ? "No such type; the row was left out." : "It has no question.",
      });
      return;
    }
    const element: Record<string, unknown> = { type: kind, name, title: inAll("title") };
    if (scale !== undefined) {
      [element.rateMin, element.rateMax] = scale;
      metrics.push({ question: name, kind: scale[2] });
    }
    if (type === "number" || type === "date") element.inputType = type;
    if (stated.endsWith("!") && kind === "comment") metrics.push({ question: name, kind: "comment" });
    if (["radiogroup", "checkbox", "dropdown", "ranking"].includes(kind))
      element.choices = choicesOf(inAll("choices"));
    if (/^(?:yes|y|true|1|x|是)$/i.test(at("required"))) element.isRequired = true;
    if (at("condition") !== "") element.visibleIf = at("condition");
    const page = at("page") || "1";
    pages.set(page, [...(pages.get(page) ?? []), element]);
  });
  const definition = {
    pages: [...pages].map(([page, elements]) => ({ name: `page${page}`, elements })),
  };
  return {
    document: { definition, metrics },
    title: "",
    questions: [...pages.values()].reduce((sum, list) => sum + list.length, 0),
    notes,
  };
}

function choicesOf(texts: Readonly<Record<string, string>>): unknown[] {
  const split = (text: string) =>
    text
      .split("|")
      .map((c) => c.trim())
      .filter((c) => c !== "");
  const lists = Object.entries(texts).map(([locale, text]) => [locale, split(text)] as const);
  return split(texts.default ?? "").map((choice, i) => {
    const match = /^([\w-]{1,32})=(.+)$/.exec(choice);
    const value = match?.[1] ?? choice;
    const text = Object.fromEntries(
      lists.flatMap(([locale, list]) => {
        const own = list[i];
        return own === undefined ? [] : [[locale, own.replace(/^[\w-]{1,32}=/, "")]];
      }),
    );
    return { value, text };
  });
}
