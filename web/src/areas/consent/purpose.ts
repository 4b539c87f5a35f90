import type { Static } from "typebox";
import type { PurposeSchema } from "../../../../consent/purpose.schema.ts";

export type Purpose = Static<typeof PurposeSchema>;

/** The purposes as their door answers them: the file that can be applied again. */
export interface PurposeFile {
  readonly format: string;
  readonly purposes: readonly Purpose[];
}

/** What applying purposes would change, or has changed. */
export interface PurposeChanges {
  readonly applied: boolean;
  readonly changes: readonly {
    readonly kind: "added" | "removed" | "changed";
    readonly id: string;
    readonly fields?: readonly {
      readonly field: string;
      readonly before: unknown;
      readonly after: unknown;
      readonly widens: boolean;
    }[];
    readonly material?: boolean;
    readonly expectedVersion?: number;
    readonly problems?: readonly string[];
  }[];
  /** Notices that would not fit the purposes afterwards. */
  readonly stale: readonly {
    readonly purposeId: string;
    readonly notice: { readonly id: string; readonly version: number } | null;
    readonly reason: "no-notice" | "purpose-changed" | "lacks-something";
    readonly errors: number;
  }[];
}

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
