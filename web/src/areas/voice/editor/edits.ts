import { choiceValue, isJson, type Json, listOf } from "../../../../../surveys/definitions/definition.ts";
import type { SurveyDocument } from "../../../../../surveys/definitions/survey.schema.ts";
import { asks, KINDS, type KindName } from "./kinds.ts";
import { flat, type Node, outlineOf } from "./outline.ts";
import { at, listAround, objectAt, type Place, put, splice } from "./places.ts";

/** A document after a step, and what is looked at then. */
export interface Edited {
  readonly document: SurveyDocument;
  readonly place: Place;
}

function withDefinition(document: SurveyDocument, definition: Json): SurveyDocument {
  return { ...document, definition: definition as SurveyDocument["definition"] };
}

/** Every name in use: of pages, panels and questions. */
function namesOf(definition: Json): ReadonlySet<string> {
  return new Set(flat(outlineOf(definition)).map((n) => n.name));
}

/** A name that is free: the stem with the smallest number behind it. */
function freeName(taken: ReadonlySet<string>, stem: string): string {
  for (let n = 1; ; n++) if (!taken.has(`${stem}${n}`)) return `${stem}${n}`;
}

/** Sets one property of whatever stands at a place; undefined takes it away. */
export function setProperty(
  document: SurveyDocument,
  place: Place,
  property: string,
  value: unknown,
): SurveyDocument {
  return withDefinition(document, put(document.definition as Json, [...place, property], value));
}

/** The definition with its elements on a page of their own, when they stood in it directly. */
function paged(definition: Json): Json {
  if (listOf(definition.pages).some(isJson)) return definition;
  const { elements, questions, pages: _none, ...rest } = definition;
  const page = { name: "page1", elements: [...listOf(elements), ...listOf(questions)] };
  return { ...rest, pages: [page] };
}

/** Puts an empty page behind another. */
export function addPage(document: SurveyDocument, behind: number): Edited {
  const definition = paged(document.definition);
  const name = freeName(namesOf(definition), "page");
  const position = Math.min(behind + 1, listOf(definition.pages).length);
  return {
    document: withDefinition(document, splice(definition, ["pages"], position, 0, { name, elements: [] })),
    place: ["pages", position],
  };
}

/** Where a new element goes: behind the one that is looked at, into the page or panel that is. */
function slotAfter(definition: Json, place: Place): { readonly list: Place; readonly position: number } {
  const node = flat(outlineOf(definition)).find((n) => samePlace(n.place, place));
  if (node === undefined) {
    const [first] = outlineOf(definition);
    return slotIn(definition, first?.place ?? []);
  }
  return node.kind === "page" || node.kind === "panel"
    ? slotIn(definition, node.place)
    : { ...listAround(node.place), position: listAround(node.place).position + 1 };
}

function slotIn(definition: Json, holder: Place): { readonly list: Place; readonly position: number } {
  const list = [...holder, "elements"];
  return { list, position: listOf(at(definition, list)).length };
}

/** Adds a question, a text or a group of questions behind what is looked at. */
export function addElement(document: SurveyDocument, behind: Place, kind: KindName): Edited {
  const definition: Json = document.definition;
  const { list, position } = slotAfter(definition, behind);
  const name = freeName(namesOf(definition), asks(kind) ? "question" : kind);
  const element = { type: kind, name, ...structuredClone(KINDS[kind].fresh) };
  return {
    document: withDefinition(document, splice(definition, list, position, 0, element)),
    place: [...list, position],
  };
}

/** Takes away a page, a panel or a question, and what was declared of the questions that go with it. */
export function removeNode(document: SurveyDocument, place: Place): Edited {
  const definition: Json = document.definition;
  const node = flat(outlineOf(definition)).find((n) => samePlace(n.place, place));
  if (node === undefined || place.length === 0) return { document, place };
  const { list, position } = listAround(place);
  const next = splice(definition, list, position, 1);
  const left = namesOf(next);
  const gone = new Set(flat([node]).flatMap((n) => (left.has(n.name) ? [] : [n.name])));
  const rest = listOf(at(next, list)).length;
  const beside =
    rest > 0
      ? [...list, Math.min(position, rest - 1)]
      : list.slice(0, -1).length > 0
        ? list.slice(0, -1)
        : [];
  return { document: withoutDeclared(withDefinition(document, next), gone), place: beside };
}

function withoutDeclared(document: SurveyDocument, gone: ReadonlySet<string>): SurveyDocument {
  const { metrics, contact, personal, ...rest } = document;
  const { detail, ...asked } = contact ?? { question: "" };
  return {
    ...rest,
    ...(metrics === undefined ? {} : { metrics: metrics.filter((m) => !gone.has(m.question)) }),
    ...(contact === undefined || gone.has(contact.question)
      ? {}
      : { contact: detail === undefined || gone.has(detail) ? asked : { ...asked, detail } }),
    ...(personal === undefined
      ? {}
      : { personal: Object.fromEntries(Object.entries(personal).filter(([name]) => !gone.has(name))) }),
  };
}

/** Puts a copy behind a page, a panel or a question. Copies have names of their own; what was declared stays with the first. */
export function duplicateNode(document: SurveyDocument, place: Place): Edited {
  const definition: Json = document.definition;
  if (place.length === 0 || !isJson(at(definition, place))) return { document, place };
  const { list, position } = listAround(place);
  const taken = new Set(namesOf(definition));
  const renamed = new Map<string, string>();
  const rename = (element: Json): Json => {
    const old = String(element.name ?? "question");
    const name = freeName(taken, `${old.replace(/\d+$/, "")}`);
    taken.add(name);
    renamed.set(old, name);
    const copy: Record<string, unknown> = { ...element, name };
    for (const key of ["elements", "questions", "templateElements"])
      if (Array.isArray(copy[key])) copy[key] = listOf(copy[key]).map((e) => (isJson(e) ? rename(e) : e));
    return copy;
  };
  let copy: unknown = rename(structuredClone(objectAt(definition, place)));
  for (const [old, name] of renamed) copy = withReferences(copy, old, name);
  return {
    document: withDefinition(document, splice(definition, list, position + 1, 0, copy)),
    place: [...list, position + 1],
  };
}

/**
 * Moves a page, a panel or a question one step up or down. At the end of a page an element goes on to the next page, at
 * the end of a panel out of it; where there is nothing further nothing moves.
 */
export function moveNode(document: SurveyDocument, place: Place, step: -1 | 1): Edited {
  const definition: Json = document.definition;
  const item = at(definition, place);
  if (place.length === 0 || item === undefined) return { document, place };
  const { list, position } = listAround(place);
  const count = listOf(at(definition, list)).length;
  const lands = (without: Json, target: Place, where: number): Edited => ({
    document: withDefinition(document, splice(without, target, where, 0, item)),
    place: [...target, where],
  });
  const without = splice(definition, list, position, 1);
  if (position + step >= 0 && position + step < count) return lands(without, list, position + step);
  const holder = list.slice(0, -1);
  if (list.at(-1) === "pages" || list.at(-1) === "templateElements") return { document, place };
  if (holder[0] === "pages" && holder.length === 2) {
    const page = Number(holder[1]) + step;
    if (page < 0 || page >= listOf(definition.pages).length) return { document, place };
    const target = ["pages", page, "elements"];
    return lands(without, target, step === 1 ? 0 : listOf(at(without, target)).length);
  }
  if (holder.length === 0) return { document, place };
  const around = listAround(holder);
  return lands(without, around.list, around.position + (step === 1 ? 1 : 0));
}

/** Moves an element to the end of another page or panel. */
export function moveInto(document: SurveyDocument, place: Place, holder: Place): Edited {
  const definition: Json = document.definition;
  const item = at(definition, place);
  const isInside = place.every((step, i) => holder[i] === step);
  if (place.length === 0 || item === undefined || isInside) return { document, place };
  const list = [...holder, "elements"];
  const added = splice(definition, list, listOf(at(definition, list)).length, 0, item);
  const from = listAround(place);
  const next = splice(added, from.list, from.position, 1);
  const moved = flat(outlineOf(next)).find((n) => n.element === item);
  return { document: withDefinition(document, next), place: moved?.place ?? holder };
}

/** Whether a string holds conditions or may pipe answers: every string does, so every string is looked at. */
function withReferences(value: unknown, old: string, name: string): unknown {
  if (typeof value === "string") {
    if (!value.includes(`{${old}`)) return value;
    const escaped = old.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return value.replace(new RegExp(`\\{${escaped}(?=[}.[]|-Comment\\})`, "g"), () => `{${name}`);
  }
  if (Array.isArray(value)) return value.map((inner) => withReferences(inner, old, name));
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withReferences(inner, old, name)]),
  );
}

/**
 * Gives a question, panel or page another name, everywhere: in conditions and piped texts, and in what is declared of it.
 * A name that another has already, or an empty one, changes nothing.
 */
export function renameNode(document: SurveyDocument, place: Place, name: string): SurveyDocument {
  const old = objectAt(document.definition, place).name;
  if (name === "" || name === old || namesOf(document.definition).has(name)) return document;
  const renamed = put(document.definition as Json, [...place, "name"], name);
  if (typeof old !== "string" || old === "" || namesOf(renamed).has(old))
    return withDefinition(document, renamed);
  const definition = withReferences(renamed, old, name) as Json;
  const { metrics, contact, personal } = document;
  const now = (known: string) => (known === old ? name : known);
  return {
    ...withDefinition(document, definition),
    ...(metrics === undefined ? {} : { metrics: metrics.map((m) => ({ ...m, question: now(m.question) })) }),
    ...(contact === undefined
      ? {}
      : {
          contact: {
            ...contact,
            question: now(contact.question),
            ...(contact.detail === undefined ? {} : { detail: now(contact.detail) }),
          },
        }),
    ...(personal === undefined
      ? {}
      : {
          personal: Object.fromEntries(Object.entries(personal).map(([known, why]) => [now(known), why])),
        }),
  };
}

/** Makes a question another kind; what the new kind needs is added, and everything else is kept. */
export function changeKind(document: SurveyDocument, place: Place, kind: KindName): SurveyDocument {
  const element = objectAt(document.definition, place);
  const needed = Object.entries(KINDS[kind].fresh).filter(([name]) => !Object.hasOwn(element, name));
  const next = { ...element, ...structuredClone(Object.fromEntries(needed)), type: kind };
  return withDefinition(document, put(document.definition as Json, place, next));
}

export type MetricKind = NonNullable<SurveyDocument["metrics"]>[number]["kind"];
const SCALES: Readonly<Partial<Record<MetricKind, readonly [number, number]>>> = {
  nps: [0, 10],
  csat: [1, 5],
  ces: [1, 7],
};

/** Declares how a question is counted, and gives it the scale that this takes; null: it is not counted. */
export function declareMetric(
  document: SurveyDocument,
  place: Place,
  kind: MetricKind | null,
): SurveyDocument {
  const question = String(objectAt(document.definition, place).name ?? "");
  const { metrics = [], ...rest } = document;
  const others = metrics.filter((m) => m.question !== question);
  const own = metrics.find((m) => m.question === question);
  if (kind === null) return { ...rest, metrics: others };
  const { scale: _scale, ...kept } = own ?? { question };
  const position = own === undefined ? metrics.length : metrics.indexOf(own);
  const next = { ...rest, metrics: others.toSpliced(position, 0, { ...kept, question, kind }) };
  const scale = SCALES[kind];
  if (scale === undefined) return next;
  const [rateMin, rateMax] = scale;
  const element = objectAt(document.definition, place);
  const { rateValues: _values, rateStep: _step, rateCount: _count, ...base } = element;
  return withDefinition(next, put(document.definition as Json, place, { ...base, rateMin, rateMax }));
}

/** Declares the yes-or-no question by which people ask to be contacted; null: nobody is asked. */
export function declareContact(document: SurveyDocument, question: string | null): SurveyDocument {
  const { contact, ...rest } = document;
  return question === null ? rest : { ...rest, contact: { ...contact, question } };
}

/** Says why a question about the person is asked; nothing: it is not said. */
export function declarePersonal(document: SurveyDocument, question: string, why: string): SurveyDocument {
  const { personal = {}, ...rest } = document;
  const { [question]: _old, ...others } = personal;
  const next = why === "" ? others : { ...others, [question]: why };
  return Object.keys(next).length === 0 ? rest : { ...rest, personal: next };
}

/** A choice as an object, however it was written (`value`, `value|text` or an object); other properties are kept. */
export function choiceObject(choice: unknown): Json {
  if (isJson(choice)) return choice;
  const value = choiceValue(choice);
  return typeof choice === "string" && choice.includes("|")
    ? { value, text: choice.slice(choice.indexOf("|") + 1) }
    : { value };
}

export function samePlace(a: Place, b: Place): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}

/** Pages and panels that an element may be moved into. */
export function holdersFor(nodes: readonly Node[], place: Place): readonly Node[] {
  return flat(nodes).filter(
    (n) =>
      (n.kind === "page" || n.kind === "panel") &&
      !place.every((step, i) => n.place[i] === step) &&
      !samePlace(n.place, place.slice(0, -2)),
  );
}
