import { CONTACT_CHANNELS } from "../../consent/index.ts";
import { CHANNELS, EVENT_TYPES } from "../events/index.ts";

/** Coarse attributes that a rule may name: columns that are registered to stand in the clear. */
export const ATTRIBUTES = ["ageBand", "country", "region", "language", "homeStore"] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];

/** Counts and sums that a rule may compare, net of returns and cancellations. */
export const MEASURES = [
  "orders",
  "returns",
  "spend",
  "daysSinceFirstOrder",
  "daysSinceLastOrder",
  "daysSinceLastSeen",
  "daysSinceJoined",
] as const;
export type MeasureName = (typeof MEASURES)[number];

/** Numbers of a member's loyalty; probabilities and parts of the score lie between 0 and 1, the score between 0 and 100. */
export const SCORES = ["score", "behaviour", "attitude", "pAlive"] as const;
export type ScoreName = (typeof SCORES)[number];

/** Bounds are inclusive. */
export interface Bounds {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export type Condition =
  | { readonly attribute: AttributeName; readonly is: readonly string[] }
  | { readonly attribute: AttributeName; readonly known: boolean }
  /** For `spend`, minor units of `currency`. */
  | ({ readonly measure: MeasureName; readonly currency?: string } & Bounds)
  | { readonly bought: { readonly store?: string; readonly category?: string } }
  | ({
      readonly event: string;
      readonly name?: string;
      readonly channel?: string;
      readonly store?: string;
      /** Only events of so many days before now count. */
      readonly withinDays?: number;
    } & Bounds)
  | { readonly consent: string; readonly channel?: string; readonly allowed: boolean }
  | ({ readonly score: ScoreName } & Bounds)
  | {
      readonly loyalty: "condition" | "tier";
      /** Of which tier structure; the default one unless stated. */
      readonly structure?: string;
      readonly is: readonly string[];
    };

/** A segment's rule: conditions joined by `all`, `any` and `not`. */
export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | Condition;

const word = { type: "string", minLength: 1, maxLength: 100 };
const words = { type: "array", items: word, minItems: 1, maxItems: 100, uniqueItems: true };
const number = { type: "number", minimum: -1e15, maximum: 1e15 };
const days = { type: "integer", minimum: 1, maximum: 3_660 };

function shape(properties: Record<string, object>, required: readonly string[], more: object = {}) {
  return { type: "object", properties, required, additionalProperties: false, ...more };
}

const bounded = { anyOf: [{ required: ["atLeast"] }, { required: ["atMost"] }] };
const rules = { type: "array", items: { $ref: "#" }, minItems: 1, maxItems: 50 };

/** Each form of a rule by the key that tells it from the others. */
const FORMS: Readonly<Record<string, object>> = {
  all: shape({ all: rules }, ["all"]),
  any: shape({ any: rules }, ["any"]),
  not: shape({ not: { $ref: "#" } }, ["not"]),
  attribute: shape(
    { attribute: { enum: ATTRIBUTES }, is: words, known: { type: "boolean" } },
    ["attribute"],
    { oneOf: [{ required: ["is"] }, { required: ["known"] }] },
  ),
  measure: shape(
    {
      measure: { enum: MEASURES },
      currency: { type: "string", pattern: "^[A-Z]{3}$" },
      atLeast: number,
      atMost: number,
    },
    ["measure"],
    bounded,
  ),
  bought: shape({ bought: shape({ store: word, category: word }, [], { minProperties: 1 }) }, ["bought"]),
  event: shape(
    {
      event: { enum: EVENT_TYPES },
      name: word,
      channel: { enum: CHANNELS },
      store: word,
      withinDays: days,
      atLeast: number,
      atMost: number,
    },
    ["event"],
    bounded,
  ),
  consent: shape({ consent: word, channel: { enum: CONTACT_CHANNELS }, allowed: { type: "boolean" } }, [
    "consent",
    "allowed",
  ]),
  score: shape({ score: { enum: SCORES }, atLeast: number, atMost: number }, ["score"], bounded),
  loyalty: shape({ loyalty: { enum: ["condition", "tier"] }, structure: word, is: words }, ["loyalty", "is"]),
};

/** The keys that tell the forms of a rule apart. */
export const FORM_KEYS: readonly string[] = Object.keys(FORMS);

/** The rule tree as JSON Schema 2020-12, recursive at its root. */
export const RULE_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Segment rule",
  type: "object",
  oneOf: Object.values(FORMS),
} as const;

/** The form a rule has, by its telling key; null when it has none or several of them. */
export function formOf(rule: object): object | null {
  const keys = FORM_KEYS.filter((key) => Object.hasOwn(rule, key));
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? (FORMS[only] ?? null) : null;
}
