import type { SourceRegistry } from "../../pipelines/index.ts";
import type { Db } from "../db/index.ts";
import {
  CORRECTION_LABEL,
  CORRECTION_SOURCE,
  type KnownSources,
  readPriorities,
  type SourceLabel,
} from "../members/index.ts";

/** More sources than any company registers. */
const MOST_SOURCES = 10_000;

/**
 * What is told of sources beside what they said (staff's corrections among them), whose word counts before whose, and
 * the regions they sell in.
 */
export async function readSources(
  db: Db,
  registry: Pick<SourceRegistry, "list">,
): Promise<KnownSources & { readonly regions: readonly string[] }> {
  const rows = await registry.list({ limit: MOST_SOURCES });
  return {
    labels: new Map([
      ...rows.map((r): [string, SourceLabel] => [r.id, { name: r.name, kind: r.kind }]),
      [CORRECTION_SOURCE, CORRECTION_LABEL],
    ]),
    priorities: await readPriorities(db),
    regions: [...new Set(rows.flatMap((r) => (r.region === null ? [] : [r.region])))].sort(),
  };
}

/** The registry, which tells of every source that is made or changed once it is stored. */
export function afterEachChange(registry: SourceRegistry, changed: () => Promise<void>): SourceRegistry {
  return {
    ...registry,
    create: async (...given) => {
      const made = await registry.create(...given);
      await changed();
      return made;
    },
    change: async (...given) => {
      const source = await registry.change(...given);
      await changed();
      return source;
    },
  };
}
