import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { TSchema } from "typebox";
import type { CanonicalEvent } from "../event.ts";
import { CONTEXT } from "./context.ts";
import type { Category } from "./marks.ts";
import { isKnownEventName } from "./names.ts";
import {
  COMMERCE_PROPERTIES,
  PAGE_PROPERTIES,
  PROPERTIES,
  SOCIAL_PROPERTIES,
  SURVEY_PROPERTIES,
} from "./properties.ts";
import { standardTrait, TRAITS } from "./traits.ts";

type Fields = Record<string, unknown>;

interface Leaf {
  readonly kind: "leaf";
  readonly category: Category;
  /** Whether this value may stand in the clear; null when none may. */
  readonly mayBePlain: ((value: unknown) => boolean) | null;
}

interface Group {
  readonly kind: "group";
  readonly category: Category;
  readonly find: (name: string) => FieldNode | undefined;
}

interface List {
  readonly kind: "list";
  readonly category: Category;
  readonly item: Group;
}

type FieldNode = Leaf | Group | List;

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: false });
ajv.addVocabulary(["x-category", "x-plain"]);

/** One for each distinct schema, compiled when the first value of its kind comes. */
const compiled = new Map<string, (value: unknown) => boolean>();

function validatorOf(schema: TSchema): (value: unknown) => boolean {
  const text = JSON.stringify({ ...schema, "x-category": undefined, "x-plain": undefined });
  const known = compiled.get(text);
  if (known !== undefined) return known;
  let validate: ValidateFunction | undefined;
  const check = (value: unknown): boolean => {
    validate ??= ajv.compile(JSON.parse(text) as object);
    return validate(value) === true;
  };
  compiled.set(text, check);
  return check;
}

/** A TypeBox schema as this file reads it: marks and structure. */
interface MarkedSchema {
  readonly "x-category"?: Category;
  readonly "x-plain"?: true;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
}

function camel(snake: string): string {
  return snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function groupOf(schema: TSchema, standard: ((name: string) => string) | null): Group {
  const marked = schema as MarkedSchema;
  const fields = new Map<string, FieldNode>();
  for (const [name, field] of Object.entries(marked.properties ?? {})) {
    const node = nodeOf(field);
    fields.set(name, node);
    if (standard === null) fields.set(camel(name), node);
  }
  const find =
    standard === null
      ? (name: string) => fields.get(name)
      : (name: string) => fields.get(name) ?? fields.get(standard(name));
  return Object.freeze({ kind: "group", category: marked["x-category"] ?? "unclassified", find });
}

function nodeOf(schema: TSchema): FieldNode {
  const marked = schema as MarkedSchema;
  const category = marked["x-category"] ?? "unclassified";
  if (schema === TRAITS) return TRAIT_FIELDS;
  if (marked.properties !== undefined) return groupOf(schema, null);
  if (marked.items !== undefined) {
    return Object.freeze({ kind: "list", category, item: groupOf(marked.items, null) });
  }
  return Object.freeze({
    kind: "leaf",
    category,
    mayBePlain: marked["x-plain"] === true ? validatorOf(schema) : null,
  });
}

const TRAIT_FIELDS: Group = groupOf(TRAITS, standardTrait);
const ANY_FIELDS: Group = groupOf(PROPERTIES, null);
const COMMERCE_FIELDS: Group = groupOf(COMMERCE_PROPERTIES, null);
const PAGE_FIELDS: Group = groupOf(PAGE_PROPERTIES, null);
const SURVEY_FIELDS: Group = groupOf(SURVEY_PROPERTIES, null);
const SOCIAL_FIELDS: Group = groupOf(SOCIAL_PROPERTIES, null);
const CONTEXT_FIELDS: Group = groupOf(CONTEXT, null);

/** What property names mean depends on what happened: a `name` is a product's, a page's, or nobody knows whose. */
function propertyFieldsOf(event: Pick<CanonicalEvent, "type" | "name">): Group {
  switch (event.type) {
    case "order.completed":
    case "order.updated":
    case "order.refunded":
    case "order.cancelled":
      return COMMERCE_FIELDS;
    case "page":
    case "screen":
      return PAGE_FIELDS;
    case "survey.answered":
      return SURVEY_FIELDS;
    case "track":
      return event.name !== null && isKnownEventName(event.name) ? COMMERCE_FIELDS : ANY_FIELDS;
    default:
      return event.type.startsWith("social.") ? SOCIAL_FIELDS : ANY_FIELDS;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fields by category: a list, since there are a few at most and every object of an event has its own. */
type Parts = { readonly category: Category; readonly fields: Fields }[];

function put(parts: Parts, category: Category, name: string, value: unknown): void {
  for (const part of parts) {
    if (part.category !== category) continue;
    part.fields[name] = value;
    return;
  }
  parts.push({ category, fields: { [name]: value } });
}

/** Splits one object; what stays plain is returned, the rest goes to `sealed` by category. */
function splitGroup(group: Group, value: Readonly<Fields>, sealed: Parts): Fields {
  const plain: Fields = {};
  for (const name of Object.keys(value)) {
    const field = value[name];
    if (field === undefined || name === "__proto__") continue;
    const node = group.find(name);
    if (node === undefined) put(sealed, "unclassified", name, field);
    else if (node.kind === "leaf") {
      if (node.mayBePlain?.(field) === true) plain[name] = field;
      else put(sealed, node.category, name, field);
    } else if (node.kind === "group" && isFields(field)) {
      const inner: Parts = [];
      const rest = splitGroup(node, field, inner);
      if (inner.length === 0 || Object.keys(rest).length > 0) plain[name] = rest;
      for (const { category, fields } of inner) put(sealed, category, name, fields);
    } else if (node.kind === "list" && Array.isArray(field) && field.every(isFields)) {
      plain[name] = splitList(node, field, name, sealed);
    } else put(sealed, node.category, name, field);
  }
  return plain;
}

/** Every part keeps the list's length, so that `assemble` can lay them over one another by position. */
function splitList(list: List, items: readonly Fields[], name: string, sealed: Parts): Fields[] {
  const byCategory = new Map<Category, Fields[]>();
  const plain = items.map((item, index) => {
    const inner: Parts = [];
    const rest = splitGroup(list.item, item, inner);
    for (const { category, fields } of inner) {
      let lists = byCategory.get(category);
      if (lists === undefined) {
        lists = items.map(() => ({}));
        byCategory.set(category, lists);
      }
      lists[index] = fields;
    }
    return rest;
  });
  for (const [category, lists] of byCategory) put(sealed, category, name, lists);
  return plain;
}

function putSection(
  plain: Record<string, unknown>,
  sealed: Parts,
  name: string,
  group: Group,
  value: Readonly<Fields>,
): void {
  const inner: Parts = [];
  const rest = splitGroup(group, value, inner);
  for (const _ in rest) {
    plain[name] = rest;
    break;
  }
  for (const { category, fields } of inner) put(sealed, category, name, fields);
}

/** An event's content in two: what may stand in the clear, and the rest by data category. */
export interface Partition {
  /** Keys `traits`, `properties`, `context`: those that have plain fields. */
  readonly plain: Record<string, unknown>;
  /** By category, the same keys, and `name` where a track's own name must be sealed. */
  readonly sealed: Map<Category, Record<string, unknown>>;
}

/**
 * Splits what an event says about a person, a happening and its circumstances. Sealed by default: only a value
 * that a registered schema marks `x-plain`, and that matches it, stays readable. A known event name is left out
 * of both parts, because it stands in the event's own column; any other name is sealed.
 * `assemble` is the exact inverse.
 */
export function partition(
  event: Pick<CanonicalEvent, "type" | "name" | "traits" | "properties" | "context">,
): Partition {
  const plain: Record<string, unknown> = {};
  const sealed: Parts = [];
  putSection(plain, sealed, "traits", TRAIT_FIELDS, event.traits);
  putSection(plain, sealed, "properties", propertyFieldsOf(event), event.properties);
  putSection(plain, sealed, "context", CONTEXT_FIELDS, event.context);
  if (event.name !== null && !isKnownEventName(event.name)) put(sealed, "unclassified", "name", event.name);
  return { plain, sealed: new Map(sealed.map(({ category, fields }) => [category, fields])) };
}

function overlay(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) {
    return above.map((item, index) => (index < below.length ? overlay(below[index], item) : item));
  }
  if (isFields(below) && isFields(above)) {
    const merged: Fields = { ...below };
    for (const [name, value] of Object.entries(above)) {
      merged[name] = name in below ? overlay(below[name], value) : value;
    }
    return merged;
  }
  return above;
}

/** What `assemble` gives back: the parts of an event that its reader may see. */
export interface Assembled {
  /** The track's own name when it was sealed and its category was opened; else null. */
  readonly name: string | null;
  readonly traits: Record<string, unknown>;
  readonly properties: Record<string, unknown>;
  readonly context: Record<string, unknown>;
}

/** Lays the plain part and the opened categories over one another again; closed categories simply stay away. */
export function assemble(
  plain: Readonly<Record<string, unknown>> | null,
  opened: ReadonlyMap<string, unknown>,
): Assembled {
  let whole: unknown = plain ?? {};
  for (const part of opened.values()) whole = overlay(whole, part);
  const { name, traits, properties, context } = whole as Fields;
  return {
    name: typeof name === "string" ? name : null,
    traits: isFields(traits) ? traits : {},
    properties: isFields(properties) ? properties : {},
    context: isFields(context) ? context : {},
  };
}

/** The data category of a trait, by any of its names; `unclassified` when it is not registered. */
export function categoryOfTrait(name: string): Category {
  return TRAIT_FIELDS.find(name)?.category ?? "unclassified";
}

/** Whether this value of this trait may stand in the clear. */
export function isPlainTrait(name: string, value: unknown): boolean {
  const node = TRAIT_FIELDS.find(name);
  return node?.kind === "leaf" && node.mayBePlain?.(value) === true;
}
