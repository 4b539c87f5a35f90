/** The registry of standard fields, sealed by default, and the split of an event along it. */
export { CONTEXT } from "./fields/context.ts";
export {
  CATEGORIES,
  type Category,
  isCoarse,
  isDocumentNumber,
  isPlainCode,
  isTelephoneLike,
} from "./fields/marks.ts";
export { isKnownEventName, standardEventName } from "./fields/names.ts";
export {
  type Assembled,
  assemble,
  categoryOfTrait,
  isPlainTrait,
  type Partition,
  partition,
} from "./fields/partition.ts";
export {
  COMMERCE_PROPERTIES,
  PAGE_PROPERTIES,
  PROPERTIES,
  QUESTION_KINDS,
  type QuestionKind,
  SOCIAL_PROPERTIES,
  SURVEY_PROPERTIES,
} from "./fields/properties.ts";
export { standardTrait, TRAITS } from "./fields/traits.ts";
