import { performance } from "node:perf_hooks";
import { openPglite, openPostgres } from "../../src/db/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { uuidIds } from "../../src/kernel/ids.ts";
import { openVault, rootKeyFromText } from "../../src/vault/index.ts";
import { type Engine, freshStores } from "./databases.ts";
import { loadText } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { percent, say, table, whole } from "./report.ts";
import { median } from "./statistics.ts";
import { complain, seededServer, streamer, WARM_UP_SECONDS } from "./windows.ts";

const KEYS = 200_000;
const CREATED_AT_ONCE = 20_000;
const BATCH = 5_000;

/** Rewraps keys as fast as one process can: nothing else is done meanwhile, and no pause is made. */
async function measureRewrap(engine: Engine, serverUrl: string | null): Promise<void> {
  const stores = await freshStores(engine, serverUrl);
  const { KEYSTORE_URL: url, CANDOR_DATA_DIR: directory } = stores.env;
  const keystore = url === undefined ? await openPglite(`${directory}-keys`) : openPostgres(url, { max: 4 });
  try {
    const provider = rootKeyFromText(Buffer.alloc(32, 5).toString("base64"));
    const vault = await openVault({
      keystore,
      provider,
      clock: systemClock,
      ids: uuidIds,
      cachedKeys: CREATED_AT_ONCE,
    });
    for (let made = 0; made < KEYS; made += CREATED_AT_ONCE)
      await vault.createKeys("subject", CREATED_AT_ONCE);
    await vault.rotations.start("wrapping");
    const from = performance.now();
    const cpuBefore = process.cpuUsage();
    for (;;) {
      await vault.rotations.step({ batch: BATCH });
      if ((await vault.rotations.list(1))[0]?.phase !== "rewrap") break;
    }
    const seconds = (performance.now() - from) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    const [rotation] = await vault.rotations.list(1);
    say(
      `Rewrapped ${whole(rotation?.done ?? 0)} keys in ${seconds.toFixed(1)} s: ${whole((rotation?.done ?? 0) / seconds)} keys/s, unthrottled, one process; ${((cpu.user + cpu.system) / (rotation?.done ?? 1)).toFixed(1)} µs of its processor time a key${engine === "embedded" ? ", the engine within" : ""}; ${loadText()}.`,
    );
    await vault.close();
  } finally {
    await keystore.close();
    await stores.remove();
  }
}

/** Ingestion in windows with and without a rotation beside them, in turns, so that a slower minute meets both. */
async function measureBeside(engine: Engine, options: BenchOptions): Promise<void> {
  const windows = options.seconds * 3 + WARM_UP_SECONDS;
  const seeded = await seededServer(engine, options, windows, {
    instrument: false,
    embeddedWithoutSync: false,
  });
  const { server } = seeded;
  try {
    const run = streamer(seeded, options);
    await run(WARM_UP_SECONDS);
    const before = await run(options.seconds);
    const { total } = await server.ask("rotate", null);
    const during = await run(options.seconds);
    const { done, state } = await server.ask("rotated", null);
    // What is left is rewrapped before the last window, which must have none beside it.
    while ((await server.ask("rotated", null)).phase === "rewrap")
      await new Promise((r) => setTimeout(r, 500));
    const after = await run(options.seconds);
    for (const { load } of [before, during, after]) complain(load);
    const quiet = median([before.load.rate, after.load.rate]);
    say(
      table(
        ["window", "events/s"],
        [
          ["before", whole(before.load.rate)],
          ["while the wrapping key is rotated", whole(during.load.rate)],
          ["after", whole(after.load.rate)],
        ],
      ),
    );
    say(
      `\n${whole(done)} of ${whole(total)} keys were rewrapped in the window (${state === "done" ? "it ended before the window did" : "it ran throughout"}); ingestion kept ${percent(during.load.rate / quiet)} of its rate.`,
    );
  } finally {
    await server.end();
  }
}

/** How fast keys are rewrapped, and what a rotation at its default pace costs ingestion. */
export async function measureRotation(engine: Engine, options: BenchOptions): Promise<void> {
  say(`\n## Key rotation, ${engine}\n`);
  await measureRewrap(engine, options.serverUrl);
  say("");
  await measureBeside(engine, options);
}
