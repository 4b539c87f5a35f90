export { CHECK_DIGITS, type CheckDigit, hasCheckDigit } from "./check-digit.ts";
export {
  checkShape,
  MAX_ITEM_BYTES,
  MAX_ITEM_DEPTH,
  MAX_ITEM_KEYS,
  type ShapeResult,
} from "./check-shape.ts";
export type { Mac, Normalise, NormaliseResult, ParseDeps } from "./deps.ts";
export { type Envelope, readEnvelope, rejected } from "./envelope.ts";
export {
  type Candidate,
  type CollectedIdentifiers,
  candidatesOfExternalIds,
  candidatesOfTraits,
  collectIdentifiers,
  identifierRule,
} from "./identifiers.ts";
export { documentKey, keyInNamespace, plainId, receiptKey } from "./order-key.ts";
export { type JsonFault, type JsonResult, MAX_BODY_DEPTH, parseJson, parseJsonBytes } from "./parse-json.ts";
export { firstOf, isBlank, isRecord, readFlag, readNumber, readText } from "./read-value.ts";
export {
  checkOccurred,
  isTimeZone,
  localToUtc,
  type OccurredResult,
  occurredAt,
  readDay,
  readTime,
  type TimeResult,
} from "./time.ts";
export { type ReadTraits, readTraits } from "./traits.ts";
