import type { Holding } from "../db/index.ts";
import { breachHoldings } from "./breach/holder.ts";
import { fulfilHoldings } from "./fulfil/holder.ts";
import { requestHoldings } from "./requests/holder.ts";

/** What this room keeps, table by table. */
export const privacyHoldings: readonly Holding[] = [...requestHoldings, ...breachHoldings, ...fulfilHoldings];
