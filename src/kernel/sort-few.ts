/** Longer lists are left to the engine. */
const FEW = 32;

/** By UTF-16 code units, as the engine compares keys: the same order everywhere, in whatever language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Sorts a list in place, keeping equals in their order, and returns it. For the short lists of an event: the engine's
 * own sort copies each of them twice, which was a tenth of all the memory that taking an event in allocates.
 */
export function sortFew<T>(list: T[], compare: (a: T, b: T) => number): T[] {
  if (list.length > FEW) return list.sort(compare);
  for (let i = 1; i < list.length; i++) {
    const item = list[i] as T;
    let at = i;
    for (; at > 0 && compare(list[at - 1] as T, item) > 0; at--) list[at] = list[at - 1] as T;
    list[at] = item;
  }
  return list;
}
