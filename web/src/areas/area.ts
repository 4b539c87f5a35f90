import type { ComponentType, ReactNode } from "react";
import type { StaffRole } from "../../../src/kernel/route.ts";
import type { Locale } from "../i18n.ts";

/** One page of the console. */
export interface Page {
  /** Below `/console/`, in the router's form: `members/:id`. */
  readonly path: string;
  /** Loaded when it is first shown. */
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
  /** Who sees it; admin always does. */
  readonly roles: readonly StaffRole[];
  /** In the menu, under which heading; pages without are reached from others. */
  readonly menu?: {
    readonly section: Section;
    readonly label: Readonly<Record<Locale, string>>;
    readonly icon: ReactNode;
    readonly order: number;
  };
}

/** The headings of the menu, in order. */
export const SECTIONS = ["work", "members", "consent", "voice", "data", "proof", "system"] as const;
export type Section = (typeof SECTIONS)[number];
