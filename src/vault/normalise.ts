import { assertNever } from "../kernel/assert-never.ts";
import { standardKind } from "../kernel/identifier.ts";
import { foldForBlocking, isPlaceholderValue } from "./blocked.ts";
import { normaliseEmail } from "./normalise-email.ts";
import { normalisePhone } from "./normalise-phone.ts";

/**
 * Which rules wrote a normalised value. Any change to what these functions answer counts it up: a store whose values
 * were indexed under older rules is then indexed anew before it is served. Suppressions cannot be: the values of erased
 * people are not kept, so a change must leave alone what is already spelled, or ask them in the old spelling, too.
 */
export const NORMALISER_VERSION = 1;

const LONGEST_EMAIL = 320;
const LONGEST = 256;
/** White space around a value is forgiven, but not without end. */
const LONGEST_RAW = 4_096;

/** Why a value cannot be an identifier of its kind. The value itself is never repeated. */
export type IdentifierFault =
  | "not-text"
  | "bad-text"
  | "unsafe-number"
  | "too-long"
  | "bad-email"
  | "bad-phone"
  | "phone-needs-region";

export type NormalisedIdentifier =
  | { readonly kind: "ok"; readonly value: string; readonly version: number }
  /** A placeholder: the sender means nobody. */
  | { readonly kind: "blocked" }
  | { readonly kind: "bad"; readonly reason: IdentifierFault };

/** Values that name nobody at one sender: a shop's own switchboard, a test card. In any spelling of their kind. */
export type BlockedValues = readonly string[] | ReadonlySet<string>;

export interface NormaliseOptions {
  /** Where telephone numbers without a country code are from (ISO 3166-1, `TW`). */
  readonly region?: string;
  readonly blocked?: BlockedValues;
}

type Read =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "blocked" }
  | { readonly kind: "bad"; readonly reason: IdentifierFault };

type Spelling =
  | { readonly kind: "ok"; readonly value: string }
  | { readonly kind: "bad"; readonly reason: IdentifierFault };

/** Rules of spelling and their version, as one value. */
export interface Normaliser {
  readonly version: number;
  normalise(kind: string, value: unknown, options?: NormaliseOptions): NormalisedIdentifier;
}

const UNSTORABLE = /[\0\p{Surrogate}]/u;
const CONTROL = /\p{Cc}/u;
const INVISIBLE = /\p{Cf}/gu;
const WHOLE_WITH_ZEROS = /^(\d+)\.0+$/;

function readText(value: unknown): Read {
  switch (typeof value) {
    case "string":
      if (value.length > LONGEST_RAW) return { kind: "bad", reason: "too-long" };
      return UNSTORABLE.test(value) ? { kind: "bad", reason: "bad-text" } : { kind: "text", text: value };
    case "number":
      if (Number.isNaN(value)) return { kind: "blocked" };
      // Beyond 2^53 the last digits are already lost: two members would become one.
      if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
        return { kind: "bad", reason: "unsafe-number" };
      return { kind: "text", text: String(value) };
    case "bigint":
      return { kind: "text", text: String(value) };
    case "undefined":
    case "boolean":
      return { kind: "blocked" };
    default:
      return value === null ? { kind: "blocked" } : { kind: "bad", reason: "not-text" };
  }
}

function normaliseNumber(text: string): Spelling {
  const value = text.normalize("NFKC").replace(INVISIBLE, "").replace(/\s+/g, " ").trim();
  if (CONTROL.test(value)) return { kind: "bad", reason: "bad-text" };
  // Spreadsheets and data frames write whole numbers as 17850.0.
  return { kind: "ok", value: WHOLE_WITH_ZEROS.exec(value)?.[1] ?? value };
}

function spell(kind: string, text: string, region: string | undefined): Spelling {
  switch (kind) {
    case "email":
      return normaliseEmail(text);
    case "phone":
      return normalisePhone(text, region);
    case "member_id":
    case "user_id":
      return normaliseNumber(text);
    default:
      return { kind: "ok", value: text.trim().normalize("NFC") };
  }
}

/** Blocked lists come with every item of a source; each is prepared once for each kind and region. */
const prepared = new WeakMap<BlockedValues, Map<string, ReadonlySet<string>>>();

function preparedList(list: BlockedValues, kind: string, region: string | undefined): ReadonlySet<string> {
  const size = "size" in list ? list.size : list.length;
  const slot = `${kind}/${region ?? ""}/${size}`;
  let slots = prepared.get(list);
  if (slots === undefined) {
    slots = new Map();
    prepared.set(list, slots);
  }
  let found = slots.get(slot);
  if (found === undefined) {
    const spellings = new Set<string>();
    for (const entry of list) {
      spellings.add(foldForBlocking(entry));
      const spelled = spell(kind, entry, region);
      if (spelled.kind === "ok") spellings.add(foldForBlocking(spelled.value));
    }
    // Kinds may be the sender's own words; what is kept for them must not grow without end.
    if (slots.size >= 256) slots.clear();
    slots.set(slot, spellings);
    found = spellings;
  }
  return found;
}

function isBlockedFor(
  kind: string,
  value: string,
  list: BlockedValues | undefined,
  region: string | undefined,
): boolean {
  const folded = foldForBlocking(value);
  if (isPlaceholderValue(kind, folded)) return true;
  if (list === undefined || ("size" in list ? list.size : list.length) === 0) return false;
  return preparedList(list, kind, region).has(folded);
}

/**
 * Whether a value names nobody: empty, zeros, -1, a placeholder word in any case or width, or one of `extra`.
 */
export function isBlocked(kind: string, normalised: string, extra?: BlockedValues, region?: string): boolean {
  return isBlockedFor(standardKind(kind), normalised, extra, region);
}

/** Answers for one blocked list, by region, kind and text. */
interface Remembered {
  /** The list's length when they were given: a list that has grown since blocks more. */
  readonly length: number;
  answers: number;
  readonly regions: Map<string, Map<string, Map<string, NormalisedIdentifier>>>;
}

const remembered = new WeakMap<BlockedValues, Remembered>();

function inside<V>(maps: Map<string, Map<string, V>>, name: string): Map<string, V> {
  let map = maps.get(name);
  if (map === undefined) {
    map = new Map();
    maps.set(name, map);
  }
  return map;
}

const NO_LIST: BlockedValues = Object.freeze([]);
/** An item names the same value several times while it is read; nothing is kept for much longer than that. */
const MOST_REMEMBERED = 2_000;

/**
 * One spelling for one identifier, so that two ways of writing it have one blind index:
 * - `email`: trimmed, NFKC, lower case, IDNA domain; see `normaliseEmail`.
 * - `phone`: E.164 by the region; see `normalisePhone`.
 * - `member_id`, `user_id`: trimmed, NFKC, inner white space folded, case kept; `17850.0` is `17850`.
 * - every other kind: trimmed, NFC.
 *
 * Numbers and bigints count as their decimal text. Normalising twice changes nothing (given the same region).
 * Throws nothing and repeats nothing of the value, whatever it is.
 */
export function normaliseIdentifier(
  kind: string,
  value: unknown,
  options: NormaliseOptions = {},
): NormalisedIdentifier {
  if (typeof value !== "string" || value.length > LONGEST) return normaliseAnew(kind, value, options);
  const list = options.blocked ?? NO_LIST;
  const length = "size" in list ? list.size : list.length;
  let known = remembered.get(list);
  if (known === undefined || known.length !== length || known.answers >= MOST_REMEMBERED) {
    known = { length, answers: 0, regions: new Map() };
    remembered.set(list, known);
  }
  const answers = inside(inside(known.regions, options.region ?? ""), kind);
  let result = answers.get(value);
  if (result === undefined) {
    result = normaliseAnew(kind, value, options);
    answers.set(value, result);
    known.answers++;
  }
  return result;
}

function normaliseAnew(kind: string, value: unknown, options: NormaliseOptions): NormalisedIdentifier {
  const read = readText(value);
  if (read.kind !== "text") return read;
  const standard = standardKind(kind);
  const longest = standard === "email" ? LONGEST_EMAIL : LONGEST;
  const trimmed = read.text.trim();
  if (trimmed.length > longest) return { kind: "bad", reason: "too-long" };
  if (isBlockedFor(standard, trimmed, options.blocked, options.region)) return { kind: "blocked" };
  const spelled = spell(standard, read.text, options.region);
  switch (spelled.kind) {
    case "bad":
      return spelled;
    case "ok":
      if (spelled.value.length > longest) return { kind: "bad", reason: "too-long" };
      if (spelled.value !== trimmed && isBlockedFor(standard, spelled.value, options.blocked, options.region))
        return { kind: "blocked" };
      return { kind: "ok", value: spelled.value, version: NORMALISER_VERSION };
    default:
      return assertNever(spelled);
  }
}

/** The rules of this Candor. */
export const NORMALISER: Normaliser = { version: NORMALISER_VERSION, normalise: normaliseIdentifier };

/** A value that older rules spelled, as these spell it; one that they do not take stays as it is. */
export function respell({ normalise }: Normaliser, kind: string, value: string): string {
  const result = normalise(kind, value);
  return result.kind === "ok" ? result.value : value;
}
