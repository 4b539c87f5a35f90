import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Candor } from "../../src/app/index.ts";
import type { Db } from "../../src/db/index.ts";
import type { RequestScope } from "../../src/privacy/index.ts";

const BY = { actor: { kind: "system", id: "bench" } } as const;
const DELIVERY = { kind: "passphrase", passphrase: "a long enough passphrase" } as const;
const PAUSE_MS = 5;

/** What fulfilling one kind of request for some members took, from the decision to the last certificate. */
export interface Fulfilled {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Starts a package or an erasure for each of these members and works until every one is finished. */
export async function fulfil(
  { candor, db }: { readonly candor: Candor; readonly db: Db },
  kind: "access" | "erasure",
  memberIds: readonly string[],
): Promise<Fulfilled> {
  const { fulfilment, work } = candor.fulfil;
  const scopes = memberIds.map(
    (memberId): RequestScope => ({
      requestId: randomUUID(),
      memberId,
      subjectIds: [memberId],
      regime: "UK",
      locale: "en",
      kind,
    }),
  );
  const from = performance.now();
  const cpu = process.cpuUsage();
  const runs = await db.tx(async (tx) => {
    const started: string[] = [];
    for (const scope of scopes)
      started.push(
        kind === "erasure"
          ? await fulfilment.startErasure(tx, scope, BY)
          : (await fulfilment.startPackage(tx, scope, "access", DELIVERY, BY)).runId,
      );
    return started;
  });
  // The server's own round works on the same runs: whatever that one has taken, this one waits for.
  for (const run of runs) {
    for (;;) {
      await work();
      const state = (await fulfilment.progress(run))?.state;
      if (state === "completed") break;
      if (state !== "running") throw new Error(`a run of ${kind} is ${state}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
  const used = process.cpuUsage(cpu);
  return { seconds: (performance.now() - from) / 1_000, cpuSeconds: (used.user + used.system) / 1e6 };
}
