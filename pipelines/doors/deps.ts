import type { Db } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Ids } from "../../src/kernel/ids.ts";
import type { Log, Meter } from "../../src/kernel/log.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { IngestQueue } from "../ingest/queue.ts";
import type { SourceRegistry } from "../registry/sources.ts";
import type { ParseDeps } from "../steps/index.ts";

/** What every door of ingestion works with. */
export interface DoorDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
  readonly queue: IngestQueue;
  readonly registry: SourceRegistry;
}

/** What parsers need, from what doors have. */
export function parseDepsOf(deps: Pick<DoorDeps, "ids" | "vault">): ParseDeps {
  return {
    ids: deps.ids,
    mac: (label, ...parts) => deps.vault.mac(label, ...parts),
    normalise: deps.vault.normaliser.normalise,
  };
}
