import type { Db } from "../db/index.ts";
import type { SubjectCache } from "./assign-subjects.ts";
import type { PreparedEvent } from "./prepared.ts";
import { findSubjectsByAnchor } from "./subjects.store.ts";

/** Which of these events name somebody who is known already, by the hex index of their anchors. Makes nobody. */
export async function findKnownAnchors(
  deps: { readonly db: Db; readonly cache: SubjectCache },
  events: readonly PreparedEvent[],
): Promise<Set<string>> {
  const known = new Set<string>();
  const unknown = new Map<string, Buffer>();
  for (const { named } of events) {
    const anchor = named[0];
    if (anchor === undefined) continue;
    if (deps.cache.get(anchor.biHex) !== undefined) known.add(anchor.biHex);
    else unknown.set(anchor.biHex, anchor.bi);
  }
  for (const row of await findSubjectsByAnchor(deps.db, [...unknown.values()]))
    known.add(row.anchorBi.toString("hex"));
  return known;
}
