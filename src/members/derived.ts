import type { Tx } from "../db/index.ts";

/** What other rooms have worked out of a member, as it is shown where a purpose allows the category `derived`. */
export interface DerivedView {
  /** Absent while the member has no level. */
  readonly loyalty?: {
    readonly condition: string | null;
    readonly tiers: Readonly<Record<string, string>>;
    readonly score: number | null;
  };
  /** Names of the purpose's own segments that the member is in. */
  readonly segments: readonly string[];
}

/** Reads it for members that the purpose has been decided for; whoever has nothing is left out. */
export type ReadDerived = (
  tx: Tx,
  memberIds: readonly string[],
  purposeId: string,
) => Promise<ReadonlyMap<string, DerivedView>>;
