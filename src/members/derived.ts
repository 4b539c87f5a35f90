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

/** The purpose under which levels are made, from those of a member's accounts that allow it. */
export const PROFILING = "profiling";

/**
 * Whether what was worked out of a member may be shown for a purpose. It was made from the accounts that allow
 * profiling, so under that purpose one of them will do; any other purpose every account must allow, since nothing here
 * says which of them it was made from. Pure.
 */
export function mayShowDerived(
  purposeId: string,
  subjects: readonly { readonly subjectId: string }[],
  mayDerive: (subjectId: string) => boolean,
): boolean {
  const open = subjects.filter((s) => mayDerive(s.subjectId)).length;
  return open > 0 && (purposeId === PROFILING || open === subjects.length);
}

/** Reads it for members that the purpose has been decided for; whoever has nothing is left out. */
export type ReadDerived = (
  tx: Pick<Tx, "query">,
  memberIds: readonly string[],
  purposeId: string,
) => Promise<ReadonlyMap<string, DerivedView>>;
