/**
 * The measured server: Candor composed as `candor serve` composes it, in a process of its own, that also does what
 * the benchmark's main process asks of it between the measured windows. Started by server-process.ts only.
 */
import { performance } from "node:perf_hooks";
import type { DoorDeps } from "../../pipelines/doors/deps.ts";
import { createCandor } from "../../src/app/candor.ts";
import { openStores } from "../../src/app/index.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { type Db, openPglite, sql } from "../../src/db/index.ts";
import { DAY, systemClock } from "../../src/kernel/clock.ts";
import { uuidIds } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/metrics.ts";
import { openVault, rootKeyFromText } from "../../src/vault/index.ts";
import { fulfil } from "./fulfil.ts";
import { grow } from "./grow.ts";
import { leavingOut } from "./leave-out.ts";
import { measureLimit } from "./limit.ts";
import { mainThreadCpuSeconds } from "./machine.ts";
import { type Profiling, startProfile } from "./profile.ts";
import type { Ask, CommandName, Commands, Facts, Reply, ServerOptions } from "./protocol.ts";
import { seed } from "./seed.ts";
import { statementTimes, timedDb } from "./timed-db.ts";

/** A look at the memory costs the main thread up to a millisecond. */
const SAMPLE_MS = 200;

function say(reply: Reply): void {
  process.send?.(reply);
}

/**
 * Gives an embedded directory the setting that PGlite itself starts with (fsync off). Candor's start parameters do not
 * name `fsync`, so the directory's own configuration decides.
 */
async function withoutSync(directory: string): Promise<void> {
  const db = await openPglite(directory);
  await db.query(sql`alter system set fsync = off`);
  await db.close();
}

async function readFacts(db: Db): Promise<Facts> {
  const [version] = await db.query<{ v: string }>(sql`select version() as v`);
  const settings = await db.query<{ name: string; setting: string }>(sql`
    select name, current_setting(name) as setting from pg_settings
    where name in ('fsync', 'synchronous_commit', 'wal_sync_method', 'shared_buffers', 'max_wal_size') order by name`);
  const [counts] = await db.query<{
    events: number;
    subjects: number;
    joined: number;
    unnumbered: number;
  }>(sql`
    select (select count(*) from event) as events, (select count(*) from subject) as subjects,
      (select count(*) from subject where member_id <> subject_id) as joined,
      (select count(*) from change_stage) as unnumbered`);
  return {
    engineVersion: (version?.v ?? "").split(" on ")[0] ?? "",
    settings: Object.fromEntries(settings.map((s) => [s.name, s.setting])),
    ...(counts ?? { events: 0, subjects: 0, joined: 0, unnumbered: 0 }),
  };
}

/** How long what follows from events may take before the benchmark goes on without it. */
const SETTLED_WITHIN_MS = 10 * 60_000;

/** Waits for the sequencer and every follower of changes; `behind`: changes that somebody has still not worked. */
async function settle(db: Db): Promise<Commands["settle"]["answer"]> {
  const from = performance.now();
  const cpu = process.cpuUsage();
  for (;;) {
    const [row] = await db.query<{ behind: number }>(sql`
      select ((select coalesce(sum(cardinality(subjects)), 0) from change_stage)
        + (select position from feed_position)
        - (select coalesce(min(position), 0) from change_follower))::int as behind`);
    const ms = performance.now() - from;
    const behind = row?.behind ?? 0;
    if (behind === 0 || ms > SETTLED_WITHIN_MS) {
      const used = process.cpuUsage(cpu);
      return { seconds: ms / 1_000, cpuSeconds: (used.user + used.system) / 1e6, behind };
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function compose(config: Config, options: ServerOptions) {
  const log = createLog({ level: config.logLevel });
  const [clock, ids, meter] = [systemClock, uuidIds, createMetrics()];
  const stores = await openStores(config, { log, clock, ids });
  const times = statementTimes();
  const out = leavingOut();
  let { db, vault } = stores;
  if (options.instrument) {
    if (config.rootKey.kind !== "given") throw new Error("a measured server needs CANDOR_ROOT_KEY");
    db = timedDb(stores.db, "", times, out.main);
    vault = await openVault({
      keystore: timedDb(stores.keystore, "keystore: ", times, out.keystore),
      provider: rootKeyFromText(config.rootKey.key.toString("base64")),
      clock,
      ids,
    });
  }
  const candor = createCandor({
    db,
    keystore: stores.keystore,
    vault,
    clock,
    ids,
    log,
    meter,
    adminKey: config.adminKey,
    outboundAllow: config.outboundAllow,
    mail: config.mail,
  });
  await candor.prime();
  const { url } = await candor.http.listen(0, "127.0.0.1");
  candor.startWorkers();
  const doors: DoorDeps = {
    db,
    vault,
    clock,
    ids,
    log,
    meter,
    queue: candor.queue,
    registry: candor.registry,
  };
  const close = async (): Promise<void> => {
    await candor.close();
    if (vault !== stores.vault) await vault.close();
    await stores.close();
  };
  return { url, candor, stores, doors, times, out, close };
}

type Composed = Awaited<ReturnType<typeof compose>>;

/** One measured window. */
function openWindow(served: Composed, profiling: Profiling | null) {
  const from = performance.now();
  const cpu = process.cpuUsage();
  const main = mainThreadCpuSeconds();
  const loop = performance.eventLoopUtilization();
  let peak = process.memoryUsage.rss();
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, SAMPLE_MS);
  served.times.clear();
  return async (): Promise<Commands["stop"]["answer"]> => {
    const seconds = (performance.now() - from) / 1_000;
    const used = process.cpuUsage(cpu);
    const mainNow = mainThreadCpuSeconds();
    const busy = performance.eventLoopUtilization(loop).utilization;
    clearInterval(sampler);
    const rssBytes = process.memoryUsage.rss();
    return {
      seconds,
      rssBytes,
      peakRssBytes: Math.max(peak, rssBytes),
      cpuSeconds: (used.user + used.system) / 1e6,
      mainThreadSeconds: main === null || mainNow === null ? null : mainNow - main,
      loopBusy: busy,
      statements: served.times.list(),
      skipped: served.out.skipped(),
      profile: profiling === null ? null : await profiling.end(),
    };
  };
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "{}") as ServerOptions;
  const config = readConfig();
  if (options.embeddedWithoutSync) {
    await withoutSync(config.dataDir);
    await withoutSync(config.keystoreDir);
  }
  const served = await compose(config, options);
  let endWindow: (() => Promise<Commands["stop"]["answer"]>) | undefined;

  const commands: { [C in CommandName]: (ask: Commands[C]["ask"]) => Promise<Commands[C]["answer"]> } = {
    seed: ({ sourceId, ...wanted }) => seed(served.doors, sourceId, wanted),
    rest: async () => {
      for (const store of [served.stores.db, served.stores.keystore]) {
        await store.query(sql`analyze`);
        // The role of a measured server may be one that is not allowed to.
        const [role] = await store.query<{ rolsuper: boolean }>(
          sql`select rolsuper from pg_roles where rolname = current_user`,
        );
        if (role?.rolsuper === true) await store.query(sql`checkpoint`);
      }
      return null;
    },
    settle: () => settle(served.stores.db),
    start: async ({ profileInto }) => {
      endWindow = openWindow(served, profileInto === null ? null : await startProfile(profileInto));
      return null;
    },
    stop: async () => {
      if (endWindow === undefined) throw new Error("no window was opened");
      return endWindow();
    },
    leaveOut: async ({ features }) => {
      await served.out.set(features, served.stores.keystore);
      return null;
    },
    limit: ({ rows, runs }) => measureLimit(served.stores.db, config.databaseUrl, rows, runs),
    rotate: () => served.doors.vault.rotations.start("wrapping"),
    rotated: async () => {
      const [newest] = await served.doors.vault.rotations.list(1);
      if (newest === undefined) throw new Error("no rotation was started");
      return newest;
    },
    facts: () => readFacts(served.stores.db),
    memberIds: async () => {
      const found = await served.stores.db.query<{ id: string }>(
        sql`select distinct member_id as id from subject order by id`,
      );
      return found.map((r) => r.id);
    },
    invite: async ({ surveyId, version, memberIds }) => {
      const { doors } = served.candor.surveys;
      const made = await served.stores.db.tx((tx) =>
        doors.createInvitations(
          tx,
          memberIds.map((memberId) => ({
            surveyId,
            version,
            // A member is named by the smallest id of its subjects.
            subjectId: memberId,
            memberId,
            channel: "email" as const,
            locale: "en" as const,
            wave: null,
            context: { store: "M01", level: "gold" },
            orderKey: null,
            expiresAt: new Date(systemClock.now().getTime() + DAY),
          })),
        ),
      );
      return made.map((invitation) => invitation.path);
    },
    grow: async (copies) => {
      const from = performance.now();
      await grow(served.stores, copies);
      return { seconds: (performance.now() - from) / 1_000 };
    },
    fulfil: ({ kind, memberIds }) => fulfil({ candor: served.candor, db: served.stores.db }, kind, memberIds),
    backends: async () => {
      if (served.stores.db.engine === "pglite") return [];
      const found = await served.stores.db.query<{ pid: number }>(sql`
        select pid from pg_stat_activity where application_name = 'candor' and datname like current_database() || '%'`);
      return found.map((r) => r.pid);
    },
    close: async () => {
      await served.close();
      return null;
    },
  };

  process.on("message", (message: Ask) => {
    const { id, command, ask } = message;
    const work = commands[command] as (ask: unknown) => Promise<unknown>;
    void work(ask).then(
      (answer) => {
        say({ kind: "answer", id, answer });
        if (command === "close") process.disconnect();
      },
      (error: unknown) =>
        say({
          kind: "failed",
          id,
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
  // A terminal tells the whole group to stop; the main process then asks for an orderly end.
  process.on("SIGINT", () => {});
  // The benchmark's main process is gone: nobody will ask for an orderly end.
  process.once("disconnect", () => process.exit(0));
  say({
    kind: "ready",
    url: served.url,
  });
}

await main();
