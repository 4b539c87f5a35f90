import type { Static } from "typebox";
import type { SourceHealthSchema } from "../../../../pipelines/doors/answers.schema.ts";

export type SourceHealth = Static<typeof SourceHealthSchema>;
export type Counts = SourceHealth["items"][number];

/** How a source does: nothing came ever, nothing lately, much of it could not be used, or all is well. */
export type Health = "never" | "silent" | "refused" | "well";

/** From this share of what arrived on, somebody should look why it could not be used. */
const TOO_MANY = 0.05;

/** What arrived in all, and what of it could not be used. */
export function arrivedOf(counts: Counts): { readonly all: number; readonly keptOut: number } {
  const keptOut = counts.quarantined + counts.refused;
  return { all: counts.accepted + counts.duplicate + keptOut, keptOut };
}

/** Judges a source by its last days. */
export function healthOf(counts: Counts | undefined): Health {
  if (counts === undefined) return "never";
  const { all, keptOut } = arrivedOf(counts);
  if (all === 0) return "silent";
  return keptOut / all > TOO_MANY ? "refused" : "well";
}
