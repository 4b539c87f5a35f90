import type { Static } from "typebox";
import type { PurposeChangesSchema } from "../../../../consent/answers.schema.ts";
import type { PurposeFileSchema, PurposeSchema } from "../../../../consent/purpose.schema.ts";

export type Purpose = Static<typeof PurposeSchema>;

/** The purposes as their door answers them: the file that can be applied again. */
export type PurposeFile = Static<typeof PurposeFileSchema>;

/** What applying purposes would change, or has changed. */
export type PurposeChanges = Static<typeof PurposeChangesSchema>;

const BLANK = { en: "", "zh-CN": "", "zh-TW": "" };

/** A purpose of which nothing is said yet: the strictest of everything. */
export const BLANK_PURPOSE: Purpose = {
  id: "",
  version: 1,
  materialVersion: 1,
  name: BLANK,
  description: BLANK,
  lawfulBasis: "consent",
  basisByRegime: {},
  categories: [],
  channels: [],
  recipients: [],
  retention: "P12M",
  consentExpiresAfter: "P24M",
  doubleOptIn: [],
  marketing: false,
  profiling: false,
  sensitive: false,
  crossBorder: false,
  saleOrShare: false,
  tcfPurposes: [],
  programme: null,
  whenDenied: "refuse",
};

/** Yes-or-no facts about a purpose, in the order of the form. */
export const FLAGS = ["marketing", "profiling", "sensitive", "crossBorder", "saleOrShare"] as const;
