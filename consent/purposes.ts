import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { canonicalJson } from "../src/kernel/canonical-json.ts";
import { AppError, type FieldProblem } from "../src/kernel/problems.ts";
import { validator } from "../src/kernel/validator.ts";
import { parseSpan } from "./durations.ts";
import { type Purpose, PurposeFileSchema } from "./purpose.schema.ts";
import type { LawfulBasis, RegimeId } from "./vocabulary.ts";

/** The purposes in force, by id. */
export type PurposeRegistry = ReadonlyMap<string, Purpose>;

const validateFile = validator<{ format: string; purposes: Purpose[] }>(PurposeFileSchema, {
  strict: true,
  allErrors: true,
});

/**
 * Reads a purposes file (YAML or JSON). Throws `invalid-request` with one entry per fault, naming the place and
 * never repeating what stands there.
 */
export function parsePurposesFile(text: string): Purpose[] {
  let document: unknown;
  try {
    // No aliases: a few of them can blow up to gigabytes.
    document = parseYaml(text, { maxAliasCount: 0, uniqueKeys: true });
  } catch (cause) {
    throw new AppError("invalid-request", { detail: "The purposes file is not readable YAML.", cause });
  }
  if (!validateFile(document)) {
    throw new AppError("invalid-request", {
      detail: "The purposes file does not have the expected form.",
      errors: validateFile.errors.slice(0, 50).map((e) => ({
        path: e.instancePath || "/",
        code: e.keyword,
        message: e.message ?? "does not fit the schema",
      })),
    });
  }
  const errors = checkPurposes(document.purposes);
  if (errors.length > 0) {
    throw new AppError("invalid-request", { detail: "The purposes contradict each other.", errors });
  }
  return document.purposes;
}

/** Rules that a schema cannot say. */
function checkPurposes(purposes: readonly Purpose[]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  purposes.forEach((p, i) => {
    const at = (field: string, code: string, message: string) =>
      problems.push({ path: `/purposes/${i}/${field}`, code, message });
    if (seen.has(p.id)) at("id", "duplicate", "two purposes have this id");
    seen.add(p.id);
    if (p.materialVersion > p.version)
      at("materialVersion", "too-new", "the last material change cannot be newer than the version");
    if (p.doubleOptIn.some((c) => !p.channels.includes(c)))
      at("doubleOptIn", "unknown-channel", "double opt-in names a channel that the purpose does not use");
    if (new Set(p.recipients.map((r) => r.id)).size !== p.recipients.length)
      at("recipients", "duplicate", "two recipients have the same id");
    if (p.marketing && p.channels.length === 0)
      at("channels", "missing", "marketing needs the channels it uses, each with its own choice");
    if (p.tcfPurposes.length > 0 && !p.marketing && !p.saleOrShare)
      at("tcfPurposes", "not-advertising", "TCF strings speak for advertising purposes only");
  });
  return problems;
}

/** The lawful basis of a purpose under a regime. */
export function basisUnder(purpose: Purpose, regime: RegimeId | null): LawfulBasis {
  return (regime !== null ? purpose.basisByRegime[regime] : undefined) ?? purpose.lawfulBasis;
}

/** Gathers purposes by id. */
export function indexPurposes(purposes: readonly Purpose[]): PurposeRegistry {
  return new Map(purposes.map((p) => [p.id, p]));
}

let builtIn: readonly Purpose[] | null = null;

/** The set that a retailer starts from, read once from `purposes.yaml` beside this file. */
export function builtInPurposes(): readonly Purpose[] {
  builtIn ??= parsePurposesFile(readFileSync(new URL("./purposes.yaml", import.meta.url), "utf8"));
  return builtIn;
}

/** One field that differs. `widens`: it lets more be done than people agreed to. */
export interface PurposeFieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly widens: boolean;
}

export type PurposeChange =
  | { readonly kind: "added"; readonly id: string; readonly purpose: Purpose }
  | { readonly kind: "removed"; readonly id: string; readonly purpose: Purpose }
  | {
      readonly kind: "changed";
      readonly id: string;
      readonly fields: readonly PurposeFieldChange[];
      /** Consents given before become stale: people agreed to less than this. */
      readonly material: boolean;
      /** What the version and materialVersion must be; `problems` says when the file states otherwise. */
      readonly expectedVersion: number;
      readonly problems: readonly string[];
    };

/**
 * What a reviewed file would change. Lists are compared as sets; a change that widens what is done (a new
 * category, channel, recipient, a longer retention, another basis, a flag switched on) is material.
 */
export function diffPurposes(before: readonly Purpose[], after: readonly Purpose[]): PurposeChange[] {
  const old = indexPurposes(before);
  const next = indexPurposes(after);
  const changes: PurposeChange[] = [];
  for (const id of [...new Set([...old.keys(), ...next.keys()])].sort()) {
    const was = old.get(id);
    const is = next.get(id);
    if (was === undefined && is !== undefined) changes.push({ kind: "added", id, purpose: is });
    else if (was !== undefined && is === undefined) changes.push({ kind: "removed", id, purpose: was });
    else if (was !== undefined && is !== undefined) {
      const change = diffOne(was, is);
      if (change !== null) changes.push(change);
    }
  }
  return changes;
}

const LISTS = ["categories", "channels", "doubleOptIn", "tcfPurposes", "recipients"] as const;

function diffOne(was: Purpose, is: Purpose): PurposeChange | null {
  const fields: PurposeFieldChange[] = [];
  for (const field of Object.keys(is) as (keyof Purpose)[]) {
    if (field === "version" || field === "materialVersion") continue;
    const isList = LISTS.includes(field as (typeof LISTS)[number]);
    const spell = (p: Purpose) =>
      isList ? (p[field] as unknown[]).map(canonicalJson).sort().join() : canonicalJson(p[field]);
    if (spell(was) !== spell(is)) {
      fields.push({ field, before: was[field], after: is[field], widens: widens(field, was, is) });
    }
  }
  if (fields.length === 0 && was.version === is.version && was.materialVersion === is.materialVersion)
    return null;
  const material = fields.some((f) => f.widens);
  const expectedVersion = fields.length > 0 ? was.version + 1 : was.version;
  const problems: string[] = [];
  if (is.version < expectedVersion) problems.push(`version must be at least ${expectedVersion}`);
  if (material && is.materialVersion <= was.version)
    problems.push(`materialVersion must be the new version: consents to less than this are stale`);
  if (is.materialVersion < was.materialVersion)
    problems.push("materialVersion must not go back: stale consents would count again");
  return { kind: "changed", id: is.id, fields, material, expectedVersion, problems };
}

function widens(field: keyof Purpose, was: Purpose, is: Purpose): boolean {
  switch (field) {
    case "categories":
    case "channels":
    case "tcfPurposes":
      return (is[field] as unknown[]).some((v) => !(was[field] as unknown[]).includes(v));
    case "recipients":
      return is.recipients.some((r) => {
        const same = was.recipients.find((o) => o.id === r.id);
        return same === undefined || same.role !== r.role || same.country !== r.country;
      });
    case "doubleOptIn":
      return false;
    case "retention":
      return approximateDays(is.retention) > approximateDays(was.retention);
    case "consentExpiresAfter":
      // A shorter life ends consents by itself; a longer one was not what people agreed to.
      return (
        was.consentExpiresAfter !== null &&
        (is.consentExpiresAfter === null ||
          approximateDays(is.consentExpiresAfter) > approximateDays(was.consentExpiresAfter))
      );
    case "marketing":
    case "profiling":
    case "sensitive":
    case "crossBorder":
    case "saleOrShare":
      return is[field] && !was[field];
    case "lawfulBasis":
    case "basisByRegime":
    case "description":
    case "programme":
      return true;
    default:
      return false;
  }
}

/** For comparing spans only: a month is taken as the mean length of one. */
function approximateDays(text: string): number {
  const span = parseSpan(text);
  return span === null ? 0 : span.months * 30.4375 + span.days;
}
