import type { Estimate, Metric } from "./metric.ts";

/** One group of a grouping; a withheld one has a name and no figure. */
interface Group {
  readonly key: string;
  readonly withheld?: string;
  readonly estimate?: Estimate | null;
  readonly againstOthers?: {
    readonly difference: number;
    readonly p: number;
    readonly significant: boolean;
  } | null;
  readonly responseRate?: number | null;
}

/** How a closed question moves with the figure. */
export interface Driver {
  readonly question: string;
  readonly option: string | null;
  readonly n: number;
  readonly kind: "rank-correlation" | "difference";
  readonly effect: number;
  readonly low: number;
  readonly high: number;
  readonly significant: boolean;
}

/** The results of one counted question, as their door answers them. */
export interface Results {
  readonly survey: string;
  readonly question: string;
  readonly metric: Metric;
  readonly metrics: readonly { readonly question: string; readonly kind: Metric }[];
  /** What each question asks, by language. */
  readonly questions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly rules: { readonly smallestGroup: number };
  readonly total: Estimate | null;
  readonly withheld: string | null;
  readonly distribution: readonly number[] | null;
  readonly response: {
    readonly invited: number;
    readonly answered: number;
    readonly declined: number;
    readonly bounced: number;
    readonly rate: number | null;
    readonly interval: { readonly low: number; readonly high: number } | null;
  } | null;
  readonly by: Readonly<Record<string, { readonly groups: readonly Group[] }>>;
  readonly trends: Readonly<
    Record<
      string,
      { readonly points: readonly { readonly period: string; readonly estimate: Estimate | null }[] }
    >
  >;
  readonly withheldGroups: number;
  readonly drivers: readonly Driver[];
}
