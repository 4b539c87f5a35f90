/** Groups with fewer answers than this show no metric. */
export const K_METRIC = 5;
/** Groups with fewer comments than this show no comments and no themes. */
export const K_COMMENT = 8;

/** Why a group is not shown: too few answered, or it would give away one that is too small. */
export type Withholding = "small-group" | "complementary";

export interface Cell {
  readonly key: string;
  readonly n: number;
  /** The group of the coarser table that contains it (the store's region, the month's quarter), when one is shown too. */
  readonly parent?: string;
}

/**
 * Which groups of a table are withheld, and why. The total of the table counts as known, and so does every parent that
 * is shown: whoever subtracts what is shown from a total must be left with at least two groups and `k` answers, else
 * the smallest of the others is withheld too. A group of nobody hides nothing and is left alone.
 *
 * `parents` holds the groups of the coarser table that are withheld; their sum must not come out of their parts.
 */
export function withhold(
  cells: readonly Cell[],
  k: number,
  parents: ReadonlyMap<string, Withholding> = new Map(),
): Map<string, Withholding> {
  const out = new Map<string, Withholding>();
  const filled = cells.filter((c) => c.n > 0);
  for (const cell of filled) if (cell.n < k) out.set(cell.key, "small-group");

  const bySize = (a: Cell, b: Cell) => a.n - b.n || (a.key < b.key ? -1 : 1);
  const protect = (group: readonly Cell[]): void => {
    const open = group.filter((c) => !out.has(c.key)).sort(bySize);
    const hidden = group.filter((c) => out.has(c.key));
    if (hidden.length === 0) return;
    let count = hidden.length;
    let sum = hidden.reduce((total, c) => total + c.n, 0);
    for (const cell of open) {
      if (count >= 2 && sum >= k) return;
      out.set(cell.key, "complementary");
      count++;
      sum += cell.n;
    }
  };

  const families = new Map<string, Cell[]>();
  for (const cell of filled) {
    const family = cell.parent ?? "";
    const known = families.get(family);
    if (known === undefined) families.set(family, [cell]);
    else known.push(cell);
  }
  const ofHiddenParents: Cell[] = [];
  for (const [parent, family] of families) {
    if (parents.has(parent)) {
      // A withheld total that all its parts add up to is not withheld: one part at least goes with it.
      const [smallest] = [...family].sort(bySize);
      if (smallest !== undefined && !family.some((c) => out.has(c.key)))
        out.set(smallest.key, "complementary");
      ofHiddenParents.push(...family);
    } else protect(family);
  }
  // The sum of the withheld parents follows from the grand total: so does that of their withheld parts.
  protect(ofHiddenParents);
  protect(filled);
  return out;
}
