import { type BetaGeometric, betaGeometricAlive, betaGeometricExpected } from "./beta-geometric.ts";
import type { PurchaseModelKind } from "./fit.ts";
import { expectedSpend, type GammaGamma } from "./gamma-gamma.ts";
import { type Pareto, paretoAlive, paretoExpected } from "./pareto.ts";
import type { PurchaseHistory } from "./summary.ts";

type Parameters = Readonly<Record<string, number>>;

/** The probability that a member still buys, under a model with these parameters. */
export function aliveUnder(model: PurchaseModelKind, parameters: Parameters, h: PurchaseHistory): number {
  if (model === "pareto-nbd") return paretoAlive(parameters as unknown as Pareto, h);
  return betaGeometricAlive(model === "mbg-nbd" ? "mbg" : "bg", parameters as unknown as BetaGeometric, h);
}

/** Purchases expected in the next `weeks` weeks. */
export function expectedUnder(
  model: PurchaseModelKind,
  parameters: Parameters,
  h: PurchaseHistory,
  weeks: number,
): number {
  if (model === "pareto-nbd") return paretoExpected(parameters as unknown as Pareto, h, weeks);
  const kind = model === "mbg-nbd" ? "mbg" : "bg";
  return betaGeometricExpected(kind, parameters as unknown as BetaGeometric, h, weeks);
}

const WEEKS_PER_MONTH = 365.25 / 7 / 12;

/**
 * Customer lifetime value over `months` months: the purchases expected in each month, times the mean spend expected,
 * discounted at the end of the month by `monthlyDiscount` (0.01 is 1 %). Major units of the spend's currency. The
 * form of Fader, Hardie & Lee (2005, "RFM and CLV"), month by month.
 */
export function lifetimeValue(
  model: PurchaseModelKind,
  parameters: Parameters,
  spend: GammaGamma,
  h: PurchaseHistory & { readonly z: number },
  options: { readonly months: number; readonly monthlyDiscount: number },
): number {
  const each = expectedSpend(spend, h.x, h.z);
  let value = 0;
  let before = 0;
  for (let month = 1; month <= options.months; month++) {
    const until = expectedUnder(model, parameters, h, month * WEEKS_PER_MONTH);
    value += ((until - before) * each) / (1 + options.monthlyDiscount) ** month;
    before = until;
  }
  return value;
}
