import type { Holding } from "../src/db/index.ts";
import { answerHoldings } from "./answering/holder.ts";
import { sendingHoldings } from "./sending/holder.ts";

/** What this room keeps, table by table. */
export const surveyHoldings: readonly Holding[] = [...answerHoldings, ...sendingHoldings];
