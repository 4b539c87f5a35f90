import type { Consent } from "../../consent/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { createCoarseReader } from "../members/index.ts";
import type { Versions } from "./versions.ts";

export interface LoyaltyRouteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly consent: Consent;
  readonly coarse: ReturnType<typeof createCoarseReader>;
  readonly versions: Versions;
  readonly everyone: (options?: { readonly force?: boolean }) => Promise<number | null>;
}
