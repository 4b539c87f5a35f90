import type { Static } from "typebox";
import type { ResultsSchema } from "../../../../surveys/metrics/answers.schema.ts";

/** The results of one counted question, as their door answers them. */
export type Results = Static<typeof ResultsSchema>;

/** How a closed question moves with the figure. */
export type Driver = Results["drivers"][number];

export type Group = Results["by"]["store"]["groups"][number];

/** A group that is large enough to have figures. */
export type ShownGroup = Exclude<Group, { readonly withheld: unknown }>;

export function isShown(group: Group): group is ShownGroup {
  return !("withheld" in group);
}
