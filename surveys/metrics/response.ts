import { Z95 } from "./distributions.ts";
import { type Estimate, shareOf } from "./estimate.ts";

/** How many were asked and how many said something. Partial and declined ones are not answers. */
export interface ResponseCounts {
  readonly invited: number;
  readonly answered: number;
  readonly partial: number;
  readonly declined: number;
  readonly bounced: number;
}

/** Answered of those the invitation reached (bounces are not reached), 0 to 1; null when nobody was reached. */
export function responseRate(
  counts: Pick<ResponseCounts, "invited" | "answered" | "bounced">,
): number | null {
  const reached = counts.invited - counts.bounced;
  return reached <= 0 ? null : Math.min(1, counts.answered / reached);
}

/** The 95 % interval of a response rate (Agresti–Coull), shares from 0 to 1; null when nobody was reached. */
export function responseInterval(
  counts: Pick<ResponseCounts, "invited" | "answered" | "bounced">,
): { readonly low: number; readonly high: number } | null {
  const reached = counts.invited - counts.bounced;
  const share = shareOf(Math.min(counts.answered, reached), Math.max(0, reached));
  return share === null ? null : { low: share.low / 100, high: share.high / 100 };
}

/** A group's part among those asked and among those who answered: how far the answers speak for all. */
export interface MixRow {
  readonly key: string;
  readonly invitedShare: number;
  readonly answeredShare: number;
  /** Answered less invited, in shares. */
  readonly gap: number;
  /** Whether the gap is more than chance: a two-proportion z test of the group's rate against that of the others. */
  readonly skewed: boolean;
}

/** The non-response mix of a grouping. */
export function responseMix(
  groups: readonly { readonly key: string; readonly invited: number; readonly answered: number }[],
): MixRow[] {
  const invited = groups.reduce((s, g) => s + g.invited, 0);
  const answered = groups.reduce((s, g) => s + g.answered, 0);
  if (invited === 0 || answered === 0) return [];
  return groups.map((g) => {
    const [others, othersAnswered] = [invited - g.invited, answered - g.answered];
    const pooled = answered / invited;
    const variance = pooled * (1 - pooled) * (1 / Math.max(1, g.invited) + 1 / Math.max(1, others));
    const z =
      g.invited === 0 || others === 0 || variance <= 0
        ? 0
        : (g.answered / g.invited - othersAnswered / others) / Math.sqrt(variance);
    return {
      key: g.key,
      invitedShare: g.invited / invited,
      answeredShare: g.answered / answered,
      gap: g.answered / answered - g.invited / invited,
      skewed: Math.abs(z) > Z95,
    };
  });
}

/** A figure as if every group had answered in proportion to how many of it were asked. */
export interface Weighted {
  readonly value: number;
  readonly se: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Post-stratification: Σ Wₕ·valueₕ with Wₕ the group's share among those asked, SE = √ΣWₕ²·SEₕ². It mends the mix
 * between groups, not the silence inside one. Null unless every group that was asked has an answer.
 */
export function weightToInvited(
  groups: readonly { readonly invited: number; readonly estimate: Estimate | null }[],
): Weighted | null {
  const asked = groups.filter((g) => g.invited > 0);
  const total = asked.reduce((s, g) => s + g.invited, 0);
  if (total === 0 || asked.some((g) => g.estimate === null)) return null;
  let [value, centre, variance] = [0, 0, 0];
  for (const { invited, estimate } of asked) {
    if (estimate === null) continue;
    const share = invited / total;
    value += share * estimate.value;
    centre += share * estimate.centre;
    variance += (share * estimate.adjustedSe) ** 2;
  }
  const se = Math.sqrt(variance);
  return { value, se, low: centre - Z95 * se, high: centre + Z95 * se };
}
