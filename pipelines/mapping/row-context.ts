import type { CanonicalEvent, Channel } from "../../src/events/index.ts";
import { canonicalJson } from "../../src/kernel/canonical-json.ts";
import { uuidFromBytes } from "../../src/kernel/ids.ts";
import { type Concern, type ReasonCode, type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem } from "../adapter.ts";
import { checkOccurred, type ParseDeps } from "../steps/index.ts";
import { lookUp, type Row, textOf } from "./cell.ts";
import type { CompiledMapping } from "./compile.ts";
import type { RawRow } from "./raw-row.ts";
import type { Target } from "./targets.ts";

/** What reading needs from outside: the keyed hash and the normaliser. */
export type RowDeps = Pick<ParseDeps, "mac" | "normalise">;

/** One row on its way to an event. */
export interface RowContext {
  readonly raw: RawRow;
  readonly row: Row;
  readonly compiled: CompiledMapping;
  readonly arrival: Arrival;
  readonly deps: RowDeps;
  /** {@link contentOf} this row. */
  readonly content: string;
}

/** Ends the reading of one row with a reason. Caught in `parseRow`, which makes a rejected item of it. */
export class RowFault extends Error {
  readonly rejection: Rejection;

  constructor(code: ReasonCode, detail?: string, about?: Concern) {
    super(code);
    this.rejection = rejection(code, detail, about);
  }
}

/** A field and the column that it is read from, where it is read from one. */
export function concernOf(context: RowContext, target: string): Concern {
  const rule = context.compiled.fields.get(target)?.rule;
  const column = rule?.column ?? rule?.path ?? rule?.columns?.join(", ");
  return { field: target, ...(column === undefined ? {} : { column }) };
}

/** How a field is named in messages: the target and its column, never its value. */
export function fieldName(context: RowContext, target: string): string {
  const { column } = concernOf(context, target);
  return column === undefined ? target : `${target} (column "${column}")`;
}

/** What is wrong with a field, in words that follow its name. */
export function fieldFault(context: RowContext, code: ReasonCode, target: string, what: string): RowFault {
  return new RowFault(code, `${fieldName(context, target)} ${what}`, concernOf(context, target));
}

/** That a field has no value: its cell is empty, or nothing was mapped to it. */
export function emptyFault(context: RowContext, target: string): RowFault {
  const { fields } = context.compiled;
  if (fields.has(target)) return fieldFault(context, "missing-field", target, "is empty.");
  const known = [...fields.keys()].sort().join(", ");
  return new RowFault(
    "missing-field",
    `No column is mapped to ${target}. Mapped: ${known === "" ? "none" : known}.`,
    { field: target },
  );
}

/** The value of a field after transformation, or undefined; a cell that is the empty mark has none. */
export function fieldValue(context: RowContext, target: Target | `traits.${string}`): unknown {
  const value = context.compiled.fields.get(target)?.read(context.row);
  return value === context.compiled.mapping.emptyMark ? undefined : value;
}

/** The text of a scalar field, or undefined. */
export function textField(context: RowContext, target: Target): string | undefined {
  return textOf(fieldValue(context, target));
}

/** The moment of a field, or undefined where it has none. Ends with `invalid-time` when it cannot be read. */
export function momentField(context: RowContext, target: Target): Date | undefined {
  const value = fieldValue(context, target);
  if (value === undefined) return undefined;
  for (const format of context.compiled.fields.get(target)?.formats ?? []) {
    const at = format.read(value, context.compiled.timeZone);
    if (at !== null) return at;
  }
  throw fieldFault(
    context,
    "invalid-time",
    target,
    "does not have one of the date formats of the mapping, or names no time of the years 1900 to 2200.",
  );
}

/** When the row says that it happened. Ends with `missing-field`, `invalid-time` or `time-in-future`. */
export function occurredField(context: RowContext): Date {
  const at = momentField(context, "occurredAt");
  if (at === undefined) throw emptyFault(context, "occurredAt");
  return notInFuture(context, at);
}

/** The row's own time, else that of its file: a list without times is dated by when it was written, or the day it came. */
export function listedField(context: RowContext): { readonly at: Date; readonly isOwn: boolean } {
  const own = momentField(context, "updatedAt") ?? momentField(context, "occurredAt");
  if (own !== undefined) return { at: notInFuture(context, own), isOwn: true };
  return { at: notInFuture(context, new Date(context.raw.asOf)), isOwn: false };
}

function notInFuture(context: RowContext, at: Date): Date {
  const checked = checkOccurred(at, context.arrival.receivedAt);
  if (checked.kind === "rejected") throw new RowFault(checked.rejection.code, checked.rejection.detail);
  return at;
}

/** What makes a row what it is, whatever the mapping makes of it: all cells, or the columns that the mapping states. */
export function contentOf(compiled: CompiledMapping, raw: RawRow, row: Row): string {
  const stated = compiled.mapping.ids?.content;
  if (stated !== undefined) return canonicalJson(stated.map((c) => lookUp(row, c) ?? null));
  return canonicalJson(raw.kind === "cells" ? raw.cells : row);
}

/** The sender's own message id, where the mapping names its columns and all are filled. */
export function sentMessageId(context: RowContext): string | undefined {
  const stated = context.compiled.mapping.ids?.messageId;
  if (stated === undefined) return undefined;
  const parts = (typeof stated === "string" ? [stated] : stated).map((c) => textOf(lookUp(context.row, c)));
  return parts.some((p) => p === undefined) ? undefined : parts.join("/");
}

/**
 * A message id made of a row's content and of which of its equals it is. Sent again in whatever order, a row has the
 * same id; two equal rows of one file have two.
 */
export function contentMessageId(context: RowContext, day: string | null): string {
  const { compiled, raw, content } = context;
  const parts = [compiled.source.id, compiled.event, content, String(raw.occurrence), day ?? ""];
  return uuidFromBytes(context.deps.mac("file-row", ...parts));
}

/** Where rows of a source happen. */
export function channelOf(context: RowContext): Channel {
  const { kind, platform } = context.compiled.source;
  if (kind === "pos") return "store";
  if (kind === "members") return "list";
  if (kind === "social") return platform ?? "other";
  return kind;
}

/** The fields that are named `properties.x` or `context.x` by the mapping. */
export function namedFields(context: RowContext, prefix: "properties" | "context"): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [target, field] of context.compiled.fields) {
    if (!target.startsWith(`${prefix}.`)) continue;
    const value = field.read(context.row);
    if (value !== undefined) found[target.slice(prefix.length + 1)] = value;
  }
  return found;
}

/** Leaves out what has no value. */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined && v !== null));
}

export function eventItem(event: CanonicalEvent): ParsedItem {
  return { kind: "event", event };
}
