import type { IdentifierRule, SourceSettings } from "../adapter.ts";
import { isRecord } from "../steps/index.ts";
import { lookUp, presence, type Row, textOf } from "./cell.ts";
import { type Missing, missingColumns } from "./columns.ts";
import { type CompiledWhen, compileWhen } from "./condition.ts";
import { type DateFormat, DEFAULT_DATE_FORMATS, dateFormat } from "./date-format.ts";
import { defaultEvent, defaultMapping } from "./default-mapping.ts";
import type { FieldRule, FileMapping, IdentifierMapping, RowEvent } from "./mapping.schema.ts";
import { IDENTIFIER_TARGETS, type Target } from "./targets.ts";
import { applyTransform, composePart, stripDecimalZero } from "./transform.ts";

type Reader = (row: Row) => unknown;

export interface CompiledField {
  readonly rule: FieldRule;
  /** The value after transformation; undefined where the row has none. */
  readonly read: Reader;
  readonly formats: readonly DateFormat[];
}

export interface CompiledIdentifier {
  readonly kind: string;
  readonly namespace: string | null;
  readonly field: string;
  readonly read: (row: Row) => string | undefined;
}

/** A mapping made ready for the columns of one file and one source. */
export interface CompiledMapping {
  readonly mapping: FileMapping;
  readonly event: RowEvent;
  /** The source, with what the mapping declares about identifiers. */
  readonly source: SourceSettings;
  readonly timeZone: string;
  readonly fields: ReadonlyMap<string, CompiledField>;
  readonly identifiers: readonly CompiledIdentifier[];
  readonly when: {
    readonly return: CompiledWhen | null;
    readonly void: CompiledWhen | null;
    readonly delete: CompiledWhen | null;
    readonly skip: readonly { readonly when: CompiledWhen; readonly reason: string }[];
  };
  /** Columns that the mapping names and the file has not; empty for JSON, whose objects differ. */
  readonly missing: readonly Missing[];
  /** Columns (or top-level keys) that no field or identifier takes. */
  unmapped(row: Row): Readonly<Record<string, unknown>>;
  readonly unmappedColumns: readonly string[];
}

const cache = new WeakMap<SourceSettings, Map<string, CompiledMapping>>();
const byMapping = new WeakMap<FileMapping, string>();
let mappings = 0;

/**
 * Makes a mapping ready, or the default one by well-known names when `mapping` is null. `columns` are those of
 * the file or row; `isTable` says that every row has all of them, so that an absent one is a fault of the mapping.
 * Kept per source, mapping and columns: replay asks row by row.
 */
export function compileMapping(
  mapping: FileMapping | null,
  source: SourceSettings,
  columns: readonly string[],
  isTable: boolean,
): CompiledMapping {
  let kept = cache.get(source);
  if (kept === undefined) {
    kept = new Map();
    cache.set(source, kept);
  }
  const byName = mapping?.fields === undefined;
  const key = `${nameOf(mapping)} ${isTable} ${JSON.stringify(isTable || byName ? columns : [])}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size > 100) kept.clear();
  const made = compile(mapping, source, columns, isTable);
  kept.set(key, made);
  return made;
}

function nameOf(mapping: FileMapping | null): string {
  if (mapping === null) return "default";
  let name = byMapping.get(mapping);
  if (name === undefined) {
    mappings += 1;
    name = String(mappings);
    byMapping.set(mapping, name);
  }
  return name;
}

function compile(
  stated: FileMapping | null,
  source: SourceSettings,
  columns: readonly string[],
  isTable: boolean,
): CompiledMapping {
  const event = stated?.event ?? defaultEvent(source.kind, columns);
  // A mapping that only says how a file is laid out leaves its columns to their well-known names.
  const mapping = stated?.fields === undefined ? { ...defaultMapping(columns, event), ...stated } : stated;
  const fields = new Map<string, CompiledField>();
  const used = new Set<string>();
  const use = (names: readonly string[]) => {
    for (const name of names) used.add(name);
  };
  for (const [target, given] of Object.entries(mapping.fields ?? {})) {
    const rule = ruleOf(given);
    use(originsOf(rule));
    const stated = typeof rule.format === "string" ? [rule.format] : (rule.format ?? mapping.dateFormats);
    fields.set(target, {
      rule,
      read: readerOf(rule),
      formats: (stated ?? DEFAULT_DATE_FORMATS).flatMap((f) => dateFormat(f) ?? []),
    });
  }
  const identifiers = [...targetIdentifiers(fields), ...(mapping.identifiers ?? []).map(compileIdentifier)];
  // The parts of a composed identifier say something by themselves too, so they count as unmapped until a field takes them.
  for (const { column } of mapping.identifiers ?? []) use(column === undefined ? [] : [column]);
  const messageId = mapping.ids?.messageId;
  use(messageId === undefined ? [] : typeof messageId === "string" ? [messageId] : messageId);
  return {
    mapping,
    event,
    source: withIdentifierRules(source, mapping),
    timeZone: mapping.timeZone ?? source.timeZone,
    fields,
    identifiers,
    when: {
      return: mapping.return === undefined ? null : compileWhen(mapping.return.when, mapping),
      void: mapping.void === undefined ? null : compileWhen(mapping.void.when, mapping),
      delete: mapping.delete === undefined ? null : compileWhen(mapping.delete.when, mapping),
      skip: (mapping.skip ?? []).map((s) => ({ when: compileWhen(s.when, mapping), reason: s.reason })),
    },
    missing: isTable ? missingColumns(mapping, columns) : [],
    unmappedColumns: columns.filter((c) => !used.has(c)),
    unmapped: unmappedReader(used, isTable ? columns : null),
  };
}

export function ruleOf(given: string | FieldRule): FieldRule {
  return typeof given === "string" ? { column: given } : given;
}

/** The columns, keys or paths that a rule reads. */
export function originsOf(rule: FieldRule): readonly string[] {
  if (rule.column !== undefined) return [rule.column];
  if (rule.path !== undefined) return [rule.path];
  return rule.columns ?? [];
}

function readerOf(rule: FieldRule): Reader {
  const transforms =
    rule.transform === undefined ? [] : Array.isArray(rule.transform) ? rule.transform : [rule.transform];
  const map = rule.map === undefined ? null : new Map(Object.entries(rule.map));
  const origin: Reader =
    rule.columns !== undefined
      ? joined(rule.columns, rule.join ?? " ")
      : rule.const !== undefined
        ? () => rule.const
        : (row) => lookUp(row, (rule.column ?? rule.path) as string);
  return (row) => {
    let value = origin(row);
    if (value !== undefined && (transforms.length > 0 || map !== null)) {
      const text = textOf(value);
      if (text !== undefined) {
        const changed = transforms.reduce((t, transform) => applyTransform(transform, t), text);
        value = presence(map?.get(changed) ?? changed);
      }
    }
    return value === undefined ? rule.default : value;
  };
}

function joined(columns: readonly string[], separator: string): Reader {
  return (row) => {
    const parts = columns.flatMap((c) => textOf(lookUp(row, c)) ?? []);
    return parts.length === 0 ? undefined : parts.join(separator);
  };
}

function targetIdentifiers(fields: ReadonlyMap<string, CompiledField>): CompiledIdentifier[] {
  return Object.entries(IDENTIFIER_TARGETS).flatMap(([target, kind]): CompiledIdentifier[] => {
    const field = fields.get(target as Target);
    if (field === undefined) return [];
    return [{ kind, namespace: null, field: target, read: (row) => identifierText(textOf(field.read(row))) }];
  });
}

function identifierText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : stripDecimalZero(text);
}

function compileIdentifier(rule: IdentifierMapping): CompiledIdentifier {
  const transforms = rule.transform ?? [];
  const change = (text: string) => transforms.reduce((t, transform) => applyTransform(transform, t), text);
  const { columns, column } = rule;
  const read =
    columns === undefined
      ? (row: Row) => {
          const text = textOf(lookUp(row, column as string));
          return text === undefined ? undefined : identifierText(change(text));
        }
      : (row: Row) => {
          const parts = columns.map((c) => textOf(lookUp(row, c)));
          // A composed key with a gap would join people by what they lack.
          if (parts.some((p) => p === undefined)) return undefined;
          return parts.map((p) => composePart(change(p as string))).join("|");
        };
  return { kind: rule.kind, namespace: rule.namespace ?? null, field: `identifiers.${rule.kind}`, read };
}

function withIdentifierRules(source: SourceSettings, mapping: FileMapping): SourceSettings {
  const rules: Record<string, IdentifierRule> = { ...source.identifiers };
  for (const { kind, namespace, verified } of mapping.identifiers ?? []) {
    rules[kind] = {
      ...rules[kind],
      ...(namespace === undefined ? {} : { namespace }),
      ...(verified === undefined ? {} : { verified }),
    };
  }
  return { ...source, identifiers: rules };
}

function unmappedReader(used: ReadonlySet<string>, columns: readonly string[] | null) {
  if (columns !== null) {
    const left = columns.filter((c) => !used.has(c)).map((c): [string, string] => [c, `unmapped.${c}`]);
    return (row: Row): Readonly<Record<string, unknown>> => {
      const found: Record<string, unknown> = {};
      for (const [column, name] of left) {
        const value = presence(row[column]);
        if (value !== undefined) found[name] = value;
      }
      return found;
    };
  }
  return (row: Row): Readonly<Record<string, unknown>> => {
    const found: Record<string, unknown> = {};
    for (const key of Object.keys(row)) {
      const rest = used.has(key) ? undefined : without(row[key], key, used);
      if (rest !== undefined) found[`unmapped.${key}`] = rest;
    }
    return found;
  };
}

/** What is left of a value once the paths in `used` are taken out of it; depth is bounded by the item's limits. */
function without(value: unknown, path: string, used: ReadonlySet<string>): unknown {
  if (!isRecord(value) || ![...used].some((u) => u.startsWith(`${path}.`))) return presence(value);
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const at = `${path}.${key}`;
    const rest = used.has(at) ? undefined : without(inner, at, used);
    return rest === undefined ? [] : [[key, rest]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
