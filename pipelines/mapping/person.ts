import { standardTrait } from "../../src/events/index.ts";
import type { Identifier } from "../../src/kernel/identifier.ts";
import { type Candidate, collectIdentifiers } from "../steps/index.ts";
import { concernOf, fieldName, type RowContext, RowFault } from "./row-context.ts";
import { TRAIT_TARGETS } from "./targets.ts";

/** Who a row is about and what it says of them. */
export interface Person {
  readonly identifiers: readonly Identifier[];
  readonly traits: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
  /** What named nobody or could not be read as what it should be: kept among the properties, sealed. */
  readonly leftOver: Readonly<Record<string, unknown>>;
  /** Ids that many people share by design, kept as circumstance. */
  readonly shared: Readonly<Record<string, string>>;
}

/**
 * Reads the person of a row. Contact points become traits only where `contactsAreTraits` says so: on a member list
 * they are what the person told, at a till they may be anybody's. Ends with the reason when nobody is named.
 */
export function readPerson(context: RowContext, contactsAreTraits: boolean): Person {
  const { compiled, row, deps } = context;
  const mark = compiled.mapping.emptyMark;
  const candidates: Candidate[] = [];
  for (const { kind, namespace, field, read } of compiled.identifiers) {
    const value = read(row);
    if (value !== undefined && value !== mark) candidates.push({ kind, value, issuer: namespace, field });
  }
  const collected = collectIdentifiers(candidates, compiled.source, deps.normalise);
  if (collected.kind === "rejected") {
    const { code, detail, field } = collected.rejection;
    if (code === "missing-identifier") throw new RowFault(code, missingDetail(context));
    throw new RowFault(code, detail, field === undefined ? {} : concernOf(context, field));
  }
  const leftOver: Record<string, unknown> = {};
  for (const { kind, value, field } of candidates) {
    const isKept = collected.identifiers.some((i) => i.kind === kind) || kind in collected.shared;
    if (!isKept) leftOver[`unusable.${field.replace("identifiers.", "")}`] = value;
  }

  const traits: Record<string, unknown> = {};
  const unset: string[] = [];
  const names: [target: string, trait: string][] = [...compiled.fields.keys()].flatMap(
    (target): [string, string][] => {
      if (target.startsWith("traits.")) return [[target, standardTrait(target.slice("traits.".length))]];
      if ((TRAIT_TARGETS as readonly string[]).includes(target)) return [[target, target]];
      return contactsAreTraits && (target === "email" || target === "phone") ? [[target, target]] : [];
    },
  );
  for (const [target, trait] of names) {
    const field = compiled.fields.get(target);
    const value = field?.read(row);
    if (field === undefined || value === undefined) continue;
    if (mark !== undefined && value === mark) unset.push(trait);
    else if (trait === "birthday") {
      const day = field.formats.map((f) => f.readDay(value)).find((d) => d !== null);
      if (day === undefined) leftOver["unread.birthday"] = value;
      else traits[trait] = day;
    } else if (trait === "joinedAt") {
      const at = field.formats.map((f) => f.read(value, compiled.timeZone)).find((d) => d !== null);
      if (at === undefined) leftOver["unread.joinedAt"] = value;
      else traits[trait] = at?.toISOString();
    } else traits[trait] = value;
  }
  return {
    identifiers: collected.identifiers,
    traits,
    unset: [...new Set(unset)].sort(),
    leftOver,
    shared: collected.shared,
  };
}

function missingDetail(context: RowContext): string {
  const named = context.compiled.identifiers.map((i) =>
    i.field.startsWith("identifiers.") ? i.field.slice("identifiers.".length) : fieldName(context, i.field),
  );
  return named.length === 0
    ? "The mapping names no column that identifies a person."
    : `The row names nobody: ${named.slice(0, 5).join(", ")} ${named.length === 1 ? "is" : "are"} empty.`;
}
