import type { Holding } from "../db/index.ts";
import { fulfilHoldings } from "./fulfil/holder.ts";

/** What this room keeps, table by table. */
export const privacyHoldings: readonly Holding[] = [...fulfilHoldings];
