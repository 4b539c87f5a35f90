import { offeredValues } from "../definitions/answer-schema.ts";
import {
  choiceValues,
  isJson,
  type Json,
  listOf,
  type Question,
  questionsOf,
} from "../definitions/definition.ts";

/** The fields of a form: every name with its values, in the order in which they came. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** Longest form that is read, in fields; ours are far smaller. */
const MOST_FIELDS = 2_000;

/** Reads `application/x-www-form-urlencoded`. */
export function readFields(body: string): Fields {
  const fields = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(body)) {
    if (++count > MOST_FIELDS) break;
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}

/** How a choice is written into a form: as JSON, so that 1 and "1" stay apart. */
export function choiceToken(value: unknown): string {
  return JSON.stringify(value);
}

/** A choice as it came; what is no JSON stays text and is for the schema to refuse. */
function readChoice(token: string): unknown {
  try {
    return JSON.parse(token) as unknown;
  } catch {
    return token;
  }
}

const first = (fields: Fields, name: string): string | undefined => fields.get(name)?.[0];

/** Browsers send line ends as CR LF. */
function readText(fields: Fields, name: string): string | undefined {
  const text = first(fields, name)?.replaceAll("\r\n", "\n").trim();
  return text === undefined || text === "" ? undefined : text;
}

function readNumber(fields: Fields, name: string): unknown {
  const text = readText(fields, name)?.replace(",", ".");
  if (text === undefined) return undefined;
  const n = Number(text);
  return Number.isFinite(n) ? n : text;
}

function readTyped(fields: Fields, name: string, inputType: unknown): unknown {
  return inputType === "number" || inputType === "range" ? readNumber(fields, name) : readText(fields, name);
}

function readOne(fields: Fields, name: string): unknown {
  const token = first(fields, name);
  return token === undefined || token === "" ? undefined : readChoice(token);
}

function readMany(fields: Fields, name: string): unknown {
  const values = (fields.get(name) ?? []).filter((t) => t !== "").map(readChoice);
  return values.length === 0 ? undefined : values;
}

/** An ordering: every choice that was given a rank, by its rank; equal ranks keep the order of the page. */
function readOrder(fields: Fields, name: string, values: readonly unknown[]): unknown {
  const ranked = values.flatMap((value, i) => {
    const rank = Number(first(fields, `${name}.${i}`) ?? "");
    return Number.isInteger(rank) && rank > 0 ? [{ value, rank }] : [];
  });
  if (ranked.length === 0) return undefined;
  return ranked.sort((a, b) => a.rank - b.rank).map((r) => r.value);
}

/** What is uploaded anew replaces what was there; the box beside it takes it away. */
function readFiles(fields: Fields, path: string): unknown {
  if (fields.has(`${path}.x`)) return undefined;
  const given = (fields.get(`${path}.file`) ?? []).filter((t) => t !== "").map(readChoice);
  if (given.length > 0) return given.flat();
  const kept = first(fields, path);
  return kept === undefined || kept === "" ? undefined : readChoice(kept);
}

/** A drawing, or without script a picture of one. */
function readSignature(fields: Fields, path: string): unknown {
  if (fields.has(`${path}.x`)) return undefined;
  const [given] = (fields.get(`${path}.file`) ?? []).filter((t) => t !== "").flatMap(readChoice);
  if (isJson(given)) return given.content;
  return first(fields, path) || undefined;
}

function definedOnly(values: Readonly<Record<string, unknown>>): Json | undefined {
  const kept = Object.entries(values).filter(([, v]) => v !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function readRow(fields: Fields, path: string, element: Json): Json | undefined {
  const row: Record<string, unknown> = {};
  listOf(element.columns).forEach((raw, c) => {
    const column = isJson(raw) ? raw : { name: raw };
    const stated = column.cellType ?? element.cellType;
    const type = typeof stated === "string" && stated !== "default" ? stated : "dropdown";
    row[String(column.name ?? "")] = readValue(fields, `${path}.c${c}`, type, column);
  });
  return definedOnly(row);
}

const MOST_ENTRIES = 50;

/** Entries of a dynamic list: those whose marker field came, the removed one left out, an added one at the end. */
function readEntries(
  fields: Fields,
  path: string,
  mark: "r" | "p",
  read: (entryPath: string) => Json | undefined,
): unknown {
  const count = Math.min(Number(first(fields, `${path}.n`) ?? 0) || 0, MOST_ENTRIES);
  const go = first(fields, "go") ?? "";
  const entries: Json[] = [];
  for (let i = 0; i < count; i++)
    if (go !== `remove:${path}.${i}`) entries.push(read(`${path}.${mark}${i}`) ?? {});
  if (go === `add:${path}` && entries.length < MOST_ENTRIES) entries.push({});
  return entries.length === 0 ? undefined : entries;
}

function readValue(fields: Fields, path: string, type: string, element: Json): unknown {
  switch (type) {
    case "comment":
      return readText(fields, path);
    case "rating":
    case "radiogroup":
    case "buttongroup":
    case "dropdown":
    case "boolean":
      return readOne(fields, path);
    case "checkbox":
    case "tagbox":
      return readMany(fields, path);
    case "imagepicker":
      return element.multiSelect === true ? readMany(fields, path) : readOne(fields, path);
    case "imagemap":
      return element.multiSelect === false ? readOne(fields, path) : readMany(fields, path);
    case "file":
      return readFiles(fields, path);
    case "signaturepad":
      return readSignature(fields, path);
    case "ranking":
      return readOrder(fields, path, offeredValues(element));
    case "slider": {
      if (element.sliderType !== "range") return readNumber(fields, `${path}.0`);
      const ends = [readNumber(fields, `${path}.0`), readNumber(fields, `${path}.1`)];
      return ends.some((e) => e === undefined) ? undefined : ends;
    }
    case "matrix": {
      const rows = choiceValues(element.rows);
      const cell = (i: number) =>
        element.cellType === "checkbox"
          ? readMany(fields, `${path}.r${i}`)
          : readOne(fields, `${path}.r${i}`);
      if (rows.length === 0) return cell(0);
      return definedOnly(Object.fromEntries(rows.map((row, i) => [String(row), cell(i)])));
    }
    case "matrixdropdown":
      return definedOnly(
        Object.fromEntries(
          choiceValues(element.rows).map((row, i) => [
            String(row),
            readRow(fields, `${path}.r${i}`, element),
          ]),
        ),
      );
    case "matrixdynamic":
      return readEntries(fields, path, "r", (entry) => readRow(fields, entry, element));
    case "multipletext":
      return definedOnly(
        Object.fromEntries(
          listOf(element.items).map((raw, i) => {
            const item = isJson(raw) ? raw : { name: raw };
            return [String(item.name ?? ""), readTyped(fields, `${path}.i${i}`, item.inputType)];
          }),
        ),
      );
    case "paneldynamic": {
      const inner = questionsOf({ elements: listOf(element.templateElements) });
      return readEntries(fields, path, "p", (entry) =>
        definedOnly(
          Object.fromEntries(
            inner.map((q) => [q.key, readValue(fields, `${entry}.q${q.index}`, q.type, q.element)]),
          ),
        ),
      );
    }
    default:
      return readTyped(fields, path, element.inputType);
  }
}

/**
 * The answers of a form laid over those before it: the questions that the form showed (its fields `shown`) are set or,
 * where they were left empty, cleared; all others stay. Values are as they came: the schema checks them.
 */
export function readForm(definition: Json, fields: Fields, before: Json): Json {
  const data: Record<string, unknown> = { ...before };
  const shown = new Set(fields.get("shown") ?? []);
  const set = (key: string, value: unknown): void => {
    if (value === undefined) delete data[key];
    else data[key] = value;
  };
  for (const q of questionsOf(definition)) {
    const path = `q${q.index}`;
    if (!shown.has(path)) continue;
    const value = readValue(fields, path, q.type, q.element);
    set(q.key, value);
    set(`${q.key}-Comment`, keepsComment(q, value) ? readText(fields, `${path}.o`) : undefined);
  }
  return data;
}

/** A text beside "other" goes with "other": who chose something else took it back. */
function keepsComment(question: Question, value: unknown): boolean {
  const { element } = question;
  if (element.showCommentArea === true || element.hasComment === true) return true;
  return value === "other" || (Array.isArray(value) && value.includes("other"));
}

/** Empty entries of dynamic lists are places to write, not answers. */
export function withoutEmptyEntries(data: Json): Json {
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => {
      if (!Array.isArray(value)) return [[key, value]];
      const kept = value.filter((v) => !isJson(v) || Object.keys(v).length > 0);
      return kept.length === 0 ? [] : [[key, kept]];
    }),
  );
}
