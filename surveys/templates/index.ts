import { AFTER_PURCHASE, AFTER_RETURN, SERVICE_CALL, STORE_VISIT } from "./occasions.ts";
import { LAPSED_MEMBER, ONBOARDING, PRODUCT_IDEA, RELATIONAL_NPS } from "./relationship.ts";
import type { Template } from "./template.ts";

export type { Template } from "./template.ts";

/** Surveys to start from, in the order in which most shops come to need them. */
export const TEMPLATES: readonly Template[] = [
  RELATIONAL_NPS,
  AFTER_PURCHASE,
  AFTER_RETURN,
  STORE_VISIT,
  SERVICE_CALL,
  ONBOARDING,
  LAPSED_MEMBER,
  PRODUCT_IDEA,
];
