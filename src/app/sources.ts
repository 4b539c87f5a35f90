import type { SourceRegistry } from "../../pipelines/index.ts";
import { CORRECTION_LABEL, CORRECTION_SOURCE, type SourceLabel } from "../members/index.ts";

/** More sources than any company registers. */
const MOST_SOURCES = 10_000;

/** What is told of sources beside what they said (staff's corrections among them), and the regions they sell in. */
export async function readSources(registry: Pick<SourceRegistry, "list">): Promise<{
  readonly labels: ReadonlyMap<string, SourceLabel>;
  readonly regions: readonly string[];
}> {
  const rows = await registry.list({ limit: MOST_SOURCES });
  return {
    labels: new Map([
      ...rows.map((r): [string, SourceLabel] => [r.id, { name: r.name, kind: r.kind }]),
      [CORRECTION_SOURCE, CORRECTION_LABEL],
    ]),
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
