import type { TierStructure } from "./rules.ts";
import type { TierRow } from "./tiers.store.ts";

/** What one member held by itself before it was joined to others: enough to give it back when they part. */
export interface HeldAlone {
  /** The member's id of then, which is the id of one of its subjects. */
  readonly id: string;
  readonly held: Pick<TierRow, "mode" | "state" | "carriedBy" | "fixedUntil">;
}

interface Contribution {
  readonly held: HeldAlone["held"];
  readonly parts: readonly HeldAlone[];
}

/** Which of two holdings is the better one for whoever has it: what staff fixed, the higher tier, the longer hold. */
function better(structure: TierStructure | undefined, a: HeldAlone, b: HeldAlone): HeldAlone {
  const place = ({ held }: HeldAlone) => structure?.tiers.findIndex((t) => t.id === held.state.tier) ?? -1;
  const differences = [
    (b.held.fixedUntil ?? -1) - (a.held.fixedUntil ?? -1),
    place(b) - place(a),
    b.held.state.heldUntil - a.held.state.heldUntil,
    // Of two as good as each other the one that began earlier, then the smaller id: the same whatever the order.
    a.held.state.since - b.held.state.since,
    a.id < b.id ? -1 : 1,
  ];
  return (differences.find((d) => d !== 0) ?? 0) > 0 ? b : a;
}

function without(row: TierRow): HeldAlone["held"] {
  const { mode, state, carriedBy, fixedUntil } = row;
  return { mode, state, carriedBy, fixedUntil };
}

/**
 * Tiers after members were joined and parted. Of members that were joined the better tier counts, and what each held
 * alone is remembered; when they part, each gets back what it held alone, and its own figure decides from there. A
 * function of what each held alone and of who belongs together now: the order of joining and parting does not matter.
 *
 * `ownerOf` tells the member that a former member's id belongs to; null when it is no more. Answers the rows that are
 * to be written and the ids of rows that are to go. Pure.
 */
export function handOverTiers(
  structures: readonly TierStructure[],
  rows: readonly TierRow[],
  ownerOf: (id: string) => string | null,
): {
  readonly saved: readonly TierRow[];
  readonly dropped: readonly { memberId: string; structure: string }[];
} {
  const pools = new Map<
    string,
    { owner: string; structure: string; all: Contribution[]; untouched: boolean }
  >();
  const dropped: { memberId: string; structure: string }[] = [];
  for (const row of rows) {
    const parts = row.parts ?? [{ id: row.memberId, held: without(row) }];
    const owners = new Set(parts.map((p) => ownerOf(p.id)));
    const whole = owners.size === 1;
    if (!whole || !owners.has(row.memberId))
      dropped.push({ memberId: row.memberId, structure: row.structure });
    for (const owner of owners) {
      if (owner === null) continue;
      const key = `${owner} ${row.structure}`;
      const pool = pools.get(key) ?? { owner, structure: row.structure, all: [], untouched: true };
      pools.set(key, pool);
      pool.untouched &&= whole && pool.all.length === 0 && owner === row.memberId;
      // Moved as a whole it brings what it holds by now; torn apart, each part what it had held alone.
      if (whole) pool.all.push({ held: without(row), parts });
      else for (const p of parts) if (ownerOf(p.id) === owner) pool.all.push({ held: p.held, parts: [p] });
    }
  }
  const saved: TierRow[] = [];
  for (const { owner, structure: id, all, untouched } of pools.values()) {
    if (untouched) continue;
    const structure = structures.find((s) => s.id === id);
    const best = all
      .map((c) => ({ id: (c.parts[0] as HeldAlone).id, held: c.held }))
      .reduce((a, b) => better(structure, a, b));
    const parts = all.flatMap((c) => c.parts).sort((a, b) => (a.id < b.id ? -1 : 1));
    saved.push({ memberId: owner, structure: id, ...best.held, parts: parts.length > 1 ? parts : null });
  }
  return {
    saved,
    dropped: dropped.filter(
      (d) => !saved.some((s) => s.memberId === d.memberId && s.structure === d.structure),
    ),
  };
}
