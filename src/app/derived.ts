import type { Loyalty } from "../loyalty/index.ts";
import type { ReadDerived } from "../members/index.ts";
import type { Segments } from "../segments/index.ts";

/** What is derived of members, for those who may read it: their loyalty and the segments they are in. */
export function createReadDerived(deps: {
  readonly loyalty: Pick<Loyalty, "readLevels">;
  readonly segments: Pick<Segments, "segmentsOf">;
}): ReadDerived {
  const { loyalty, segments } = deps;
  return async (tx, memberIds, purposeId) => {
    const levels = await loyalty.readLevels(tx, memberIds);
    const named = await segments.segmentsOf(tx, memberIds, purposeId);
    return new Map(
      memberIds.flatMap((id) => {
        const level = levels.get(id);
        const own = named.get(id) ?? [];
        if (level === undefined && own.length === 0) return [];
        const scored =
          level === undefined
            ? {}
            : { loyalty: { condition: level.condition, tiers: level.tiers, score: level.score } };
        return [[id, { ...scored, segments: own }] as const];
      }),
    );
  };
}

/** The tier structure that answers are grouped by as their loyalty level. */
const LEVEL_OF_ANSWERS = "default";

/** The tier of each member in that structure, for those who have one. */
export function createReadLevelOfAnswers({ readLevels }: Pick<Loyalty, "readLevels">) {
  return async (...asked: Parameters<Loyalty["readLevels"]>): Promise<ReadonlyMap<string, string>> =>
    new Map(
      [...(await readLevels(...asked))].flatMap(([id, { tiers }]) =>
        tiers[LEVEL_OF_ANSWERS] === undefined ? [] : [[id, tiers[LEVEL_OF_ANSWERS]] as const],
      ),
    );
}
