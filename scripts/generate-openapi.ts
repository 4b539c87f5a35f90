import { createCandor } from "../src/app/candor.ts";
import { VERSION } from "../src/app/index.ts";
import type { Db } from "../src/db/index.ts";
import { buildOpenApi } from "../src/http/index.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { uuidIds } from "../src/kernel/ids.ts";
import { silentLog } from "../src/kernel/log.ts";
import { createMetrics } from "../src/metrics.ts";
import type { Vault } from "../src/vault/index.ts";

/** Stands where the routes' description asks for a store and never touches it. */
function untouched<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get(_target, property) {
      // Which engine it is may be asked while the rooms are wired; nothing else may.
      if (property === "engine") return "pglite";
      throw new Error(`describing the routes must not use the ${name}`);
    },
  });
}

/** The OpenAPI 3.1 document of all routes, as `/openapi.json` serves it. */
export async function generateOpenApi(): Promise<string> {
  const candor = createCandor({
    db: untouched<Db>("store"),
    keystore: untouched<Db>("keystore"),
    vault: untouched<Vault>("vault"),
    clock: systemClock,
    ids: uuidIds,
    log: silentLog,
    meter: createMetrics({ processMetrics: false }),
    adminKey: null,
  });
  return `${JSON.stringify(buildOpenApi(candor.http.routes, { version: VERSION }), null, 2)}\n`;
}
