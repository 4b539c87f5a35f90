import { classOf, type Identifier, standardKind } from "../../src/kernel/identifier.ts";
import { compareText, sortFew } from "../../src/kernel/sort-few.ts";
import { type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import type { IdentifierRule, SourceSettings } from "../adapter.ts";
import { hasCheckDigit } from "./check-digit.ts";
import type { Normalise } from "./deps.ts";
import { isRecord } from "./read-value.ts";

/** One identifier as an item names it. */
export interface Candidate {
  /** Any spelling of the kind. */
  readonly kind: string;
  readonly value: unknown;
  /** Who issued it, where the item says so; a namespace that the source declares wins over it. */
  readonly issuer?: string | null;
  /** Whether the door itself has proven it (an account link that the platform confirmed), beside what the source declares. */
  readonly verified?: boolean;
  /** In place of the rule that the source declares for the kind. */
  readonly rule?: IdentifierRule;
  /** Where it stood, for messages. */
  readonly field: string;
}

export type CollectedIdentifiers =
  | {
      readonly kind: "ok";
      /** In an order that depends on nothing but the identifiers. */
      readonly identifiers: readonly Identifier[];
      /** Values of kinds that the source declares as shared (a kiosk's device): kept as circumstance, never as identity. */
      readonly shared: Readonly<Record<string, string>>;
    }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

const KIND = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const ISSUER = /^[\w.:-]{1,128}$/;
const MAX_VALUE = 1_024;
const MALFORMED = "does not have the form of its kind";

/** Kinds whose values mean the same person wherever in the installation they turn up. */
const INSTALLATION_WIDE: ReadonlySet<string> = new Set([
  "member_id",
  "user_id",
  "email",
  "phone",
  // One controller normally has one WeChat Open Platform account, and Weibo has one space of user ids.
  "wechat_unionid",
  "weibo_uid",
]);

const rulesOf = new WeakMap<SourceSettings, ReadonlyMap<string, IdentifierRule>>();

/** What the source declares about a kind, under any spelling of the kind. */
export function identifierRule(source: SourceSettings, kind: string): IdentifierRule | undefined {
  let rules = rulesOf.get(source);
  if (rules === undefined) {
    rules = new Map(Object.entries(source.identifiers).map(([name, rule]) => [standardKind(name), rule]));
    rulesOf.set(source, rules);
  }
  return rules.get(kind);
}

type NormaliseOptions = Parameters<Normalise>[2];
const normalisings = new WeakMap<SourceSettings, NormaliseOptions>();

/** How the source's values are normalised; the same for all its items. */
function optionsOf(source: SourceSettings): NormaliseOptions {
  let known = normalisings.get(source);
  if (known === undefined) {
    const { region, blockedValues: blocked } = source;
    known = region === null ? { blocked } : { region, blocked };
    normalisings.set(source, known);
  }
  return known;
}

function issuerOf(
  source: SourceSettings,
  kind: string,
  rule: IdentifierRule | undefined,
  own: string | null,
): string {
  if (rule?.namespace !== undefined) return rule.namespace;
  if (INSTALLATION_WIDE.has(kind)) return "";
  return own ?? source.id;
}

/** Text of an identifier; undefined where the sender left it out, null where it is nothing that could be one. */
function textOfIdentifier(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") {
    const text = value.trim();
    return text === "" ? undefined : text.length > MAX_VALUE ? null : text;
  }
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === "bigint" ? value.toString() : null;
}

interface Kept {
  readonly identifier: Identifier;
  readonly normalised: string;
}

function compareKept(a: Kept, b: Kept): number {
  return (
    classOf(a.identifier.kind, a.identifier.verified) - classOf(b.identifier.kind, b.identifier.verified) ||
    compareText(a.identifier.kind, b.identifier.kind) ||
    compareText(a.identifier.issuer, b.identifier.issuer) ||
    compareText(a.normalised, b.normalised)
  );
}

/** Two members named at once: different values of one class-1 kind from one issuer. */
function findConflict(kept: readonly Kept[]): string | null {
  for (let i = 1; i < kept.length; i++) {
    const { identifier, normalised } = kept[i] as Kept;
    if (classOf(identifier.kind, identifier.verified) !== 1) continue;
    for (let j = 0; j < i; j++) {
      const other = kept[j] as Kept;
      if (
        other.identifier.kind === identifier.kind &&
        other.identifier.issuer === identifier.issuer &&
        other.normalised !== normalised &&
        classOf(other.identifier.kind, other.identifier.verified) === 1
      )
        return identifier.kind;
    }
  }
  return null;
}

/**
 * The identifiers of one item under what its source declares: issuer, verification, sharing. Values keep the
 * sender's spelling, trimmed; equal ones (after normalisation) are kept once. Blocked values and values that have
 * not the form of their kind, its check digit included, are left out; when nothing is left the item is rejected with the reason.
 */
export function collectIdentifiers(
  candidates: readonly Candidate[],
  source: SourceSettings,
  normalise: Normalise,
): CollectedIdentifiers {
  const options = optionsOf(source);
  const kept: Kept[] = [];
  const shared: Record<string, string> = {};
  let blocked = 0;
  let invalid: { readonly field: string; readonly why: string } | null = null;
  for (const candidate of candidates) {
    const value = textOfIdentifier(candidate.value);
    if (value === undefined) continue;
    // Names such as "constructor" would find JavaScript's own properties in tables of kinds.
    if (value === null || !KIND.test(candidate.kind) || candidate.kind in Object.prototype) {
      invalid ??= { field: candidate.field, why: MALFORMED };
      continue;
    }
    const kind = standardKind(candidate.kind);
    const result = normalise(kind, value, options);
    if (result.kind === "blocked") {
      blocked++;
      continue;
    }
    if (result.kind === "bad") {
      invalid ??= { field: candidate.field, why: MALFORMED };
      continue;
    }
    const rule = candidate.rule ?? identifierRule(source, kind);
    if (rule?.checkDigit !== undefined && !hasCheckDigit(rule.checkDigit, result.value)) {
      invalid ??= { field: candidate.field, why: "has a check digit that does not fit" };
      continue;
    }
    if (rule?.shared === true) {
      shared[kind] = value;
      continue;
    }
    const issuer = issuerOf(source, kind, rule, candidate.issuer ?? null);
    const normalised = result.value;
    const at = kept.findIndex(
      (k) => k.normalised === normalised && k.identifier.kind === kind && k.identifier.issuer === issuer,
    );
    const known = kept[at]?.identifier;
    // Of several spellings of one value the smallest is kept, so that their order in the item does not matter.
    kept[at === -1 ? kept.length : at] = {
      identifier: {
        kind,
        issuer,
        value: known !== undefined && known.value < value ? known.value : value,
        verified: rule?.verified === true || candidate.verified === true || known?.verified === true,
      },
      normalised,
    };
  }
  if (kept.length === 0) {
    if (invalid !== null) {
      return {
        kind: "rejected",
        rejection: rejection("invalid-identifier", `${invalid.field} ${invalid.why}.`, {
          field: invalid.field,
        }),
      };
    }
    return {
      kind: "rejected",
      rejection: rejection(blocked > 0 ? "blocked-identifier" : "missing-identifier"),
    };
  }
  const conflict = findConflict(kept);
  if (conflict !== null) {
    return {
      kind: "rejected",
      rejection: rejection("conflicting-identifiers", `The item names two different values of ${conflict}.`),
    };
  }
  sortFew(kept, compareKept);
  return { kind: "ok", identifiers: kept.map((k) => k.identifier), shared };
}

/** Fields of a set of traits that name a person, by standard trait name. */
const TRAIT_KINDS: readonly (readonly [trait: string, kind: string])[] = [
  ["email", "email"],
  ["phone", "phone"],
  ["memberCard", "member_id"],
  ["wechatOpenid", "wechat_openid"],
  ["wechatUnionid", "wechat_unionid"],
  ["lineUserId", "line_user_id"],
  ["weiboUid", "weibo_uid"],
  ["metaUserId", "meta_user_id"],
];

/** Candidates among traits whose names are already standard. */
export function candidatesOfTraits(traits: Readonly<Record<string, unknown>>, field: string): Candidate[] {
  const found: Candidate[] = [];
  for (const [trait, kind] of TRAIT_KINDS) {
    const value = traits[trait];
    if (value !== undefined && value !== null) found.push({ kind, value, field: `${field}.${trait}` });
  }
  return found;
}

/** Candidates of `context.externalIds`: a list of {id, type, collection?, encoding?, issuer?}. */
export function candidatesOfExternalIds(externalIds: unknown): Candidate[] {
  if (!Array.isArray(externalIds)) return [];
  return externalIds.flatMap((entry: unknown, index): Candidate[] => {
    if (!isRecord(entry) || typeof entry.type !== "string") return [];
    // Accounts are external ids of a collection of their own: they name a company, not a person.
    if (entry.collection !== undefined && entry.collection !== null && entry.collection !== "users")
      return [];
    const issuer = typeof entry.issuer === "string" && ISSUER.test(entry.issuer) ? entry.issuer : null;
    return [{ kind: entry.type, value: entry.id, issuer, field: `context.externalIds[${index}].id` }];
  });
}
