/** What became of one item that a source sent in. Only `accepted` and `duplicate` mean that the fact is stored. */
export type Verdict = "accepted" | "duplicate" | "quarantined" | "refused";

/**
 * Why an item was not simply accepted: a stable code for programs and a sentence for people.
 * Codes are part of the interface (docs/verdicts.md).
 */
export const REASONS = {
  // shape
  "not-an-object": "The item is not a JSON object.",
  "invalid-json": "The line is not valid JSON.",
  "too-deep": "The item is nested too deeply.",
  "too-large": "The item is larger than one event may be.",
  "too-many-keys": "The item has too many keys.",
  "bad-text": "A text holds NUL bytes, lone surrogates or bytes that are not valid in its encoding.",
  "unknown-type": "The item's type is not one that this door knows.",
  "missing-event-name": "A track event needs the name of what happened.",
  "invalid-field": "A field does not have the form its schema asks for.",
  "missing-field": "A required field is missing.",
  "invalid-time": "A time could not be read or lies outside the years 1900 to 2200.",
  "time-in-future": "The event claims to happen more than a day from now.",
  "invalid-amount": "An amount could not be read exactly in its currency.",
  "missing-currency": "An amount has no currency, and the source declares none.",
  "invalid-score": "The score does not fit the declared scale.",
  // files
  "column-missing": "A column that the mapping names is not in the file.",
  "wrong-column-count": "The row has another number of cells than the header.",
  "unclosed-quote": "A quoted cell is never closed.",
  "cell-too-large": "A cell is larger than a field may be.",
  "skipped-by-mapping": "The mapping says that such rows are left out.",
  // identity
  "missing-identifier": "The item names nobody: it needs at least one identifier.",
  "blocked-identifier": "Every identifier of the item is a placeholder or blocked value that names nobody.",
  "invalid-identifier": "An identifier does not have the form of its kind.",
  "conflicting-identifiers": "The item names two different members at once.",
  // duplication
  "already-accepted": "This message was accepted before, with the same content.",
  "message-id-conflict": "This message id was accepted before with other content.",
  // gate
  "purpose-not-permitted": "The source may not collect this for the purposes it declares.",
  "counted-without-identity": "The person allows no more than counting: it was counted without them.",
  suppressed: "This person has been erased and has not joined again.",
  // storing
  "storage-rejected": "The store rejected this item on its own; the rest of the group was stored.",
} as const satisfies Record<string, string>;

export type ReasonCode = keyof typeof REASONS;

/** What a rejection is about: a field of the mapping, the column that it is read from, or both. */
export interface Concern {
  readonly field?: string;
  readonly column?: string;
}

/** A refusal to turn one raw item into an event. `detail` says where; it never repeats the value. */
export interface Rejection extends Concern {
  readonly code: ReasonCode;
  readonly detail: string;
}

export function rejection(code: ReasonCode, detail?: string, about?: Concern): Rejection {
  return { code, detail: detail ?? REASONS[code], ...about };
}

/** The answer for one item, in the order in which items were sent. */
export interface ItemResult {
  readonly index: number;
  readonly messageId: string | null;
  readonly status: Verdict;
  readonly code?: ReasonCode;
  readonly detail?: string;
}
