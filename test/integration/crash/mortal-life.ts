import { expect } from "chai";
import { migrateStore } from "../../../src/app/stores.ts";
import {
  type Db,
  openPglite,
  openPostgres,
  type Row,
  type Sql,
  sql,
  type Tx,
} from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { openRootKeyFile, type RotationKind } from "../../../src/vault/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { restoreSnapshot, takeSnapshot } from "../../setup/snapshot.ts";
import { BY, scopeOf, send, whoIs } from "../erasure/acts.ts";
import type { StoresPlace } from "./stores.ts";

export type Task =
  /** Members join; then the data are backed up. */
  | { readonly kind: "join"; readonly cards: readonly string[] }
  | { readonly kind: "erase" | "pack"; readonly card: string }
  | { readonly kind: "rotate"; readonly what: RotationKind }
  /** What was erased since the backup is erased again. */
  | { readonly kind: "replay" };

/** One life of a process, as its parent orders it. */
export interface Life {
  readonly place: StoresPlace;
  readonly rootKey: string;
  readonly now: string;
  /** The data go back to the backup before anything else. */
  readonly rollsBack: boolean;
  /** Goes on with what lives before left, and then does these. */
  readonly tasks: readonly Task[];
  /**
   * When it is to die in the last of its tasks: at a step's `before`, `within` or `after`, or when it has made so many
   * statements; null: it lives on.
   */
  readonly dieAt: string | number | null;
  /** Members who must be found, before and after, and who must be kept out in the end. */
  readonly known: readonly string[];
  readonly gone: readonly string[];
}

export interface Said {
  readonly runs: readonly { readonly kind: string; readonly state: string; readonly certificates: number }[];
  readonly running: number;
  readonly keys: readonly string[];
}

/** The process ends here and now: nothing is closed, flushed or told. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

/** A store whose every statement is counted, so that the process can die before any of them. */
function counted(db: Db, spend: () => Promise<void>): Db {
  const inTx = (work: (tx: Tx) => Promise<unknown>) => async (tx: Tx) => {
    const result = await work({
      query: async <R = Row>(statement: Sql) => {
        await spend();
        return tx.query<R>(statement);
      },
      exec: (script) => tx.exec(script),
    });
    await spend();
    return result;
  };
  return {
    ...db,
    query: async <R = Row>(statement: Sql) => {
      await spend();
      return db.query<R>(statement);
    },
    tx: <T>(work: (tx: Tx) => Promise<T>) => db.tx(inTx(work)) as Promise<T>,
    retryingTx: <T>(work: (tx: Tx) => Promise<T>) => db.retryingTx(inTx(work)) as Promise<T>,
  };
}

async function openBoth(place: StoresPlace): Promise<{ db: Db; keystoreDb: Db }> {
  if ("url" in place) return { db: openPostgres(place.url), keystoreDb: openPostgres(place.keystoreUrl) };
  return { db: await openPglite(place.dataDir), keystoreDb: await openPglite(`${place.dataDir}-keys`) };
}

async function live(life: Life): Promise<Said> {
  const clock = fixedClock(life.now);
  let isArmed = false;
  let left = typeof life.dieAt === "number" ? life.dieAt : Number.POSITIVE_INFINITY;
  const spend = async () => {
    if (isArmed && left-- <= 0) await die();
  };
  const opened = await openBoth(life.place);
  await migrateStore(opened.db);
  if (life.rollsBack) await restoreSnapshot(opened.db);
  const server = await startTestServer("mortal", {
    clock,
    provider: openRootKeyFile(life.rootKey).provider,
    database: {
      engine: opened.db.engine,
      db: counted(opened.db, spend),
      keystoreDb: counted(opened.keystoreDb, spend),
      drop: async () => {},
    },
    fault: async (point) => {
      if (isArmed && point === life.dieAt) await die();
    },
  });
  const { work } = server.candor.fulfil;
  const source = await server.source({ name: `Members ${life.now}`, kind: "members", region: "TW" });
  const row = (card: string, updatedAt: string) => ({
    memberId: card,
    email: `${card.toLowerCase()}@mail.example`,
    firstName: "Canary",
    updatedAt,
  });
  const look = async () => {
    for (const card of life.known) {
      const id = await whoIs(server, "member_id", card);
      expect(id, `${card} is known`).to.be.a("string");
      expect(await whoIs(server, "email", `${card.toLowerCase()}@mail.example`), card).to.equal(id);
    }
    if (life.known.length > 0) {
      // An import in the midst of it recognises everybody and makes nobody twice.
      const sent = life.known.map((card) => row(card, clock.now().toISOString()));
      const results = await send(server, source, sent);
      expect(results.filter((r) => r.code !== undefined && r.code !== "already-accepted")).to.deep.equal([]);
    }
  };

  const perform = async (task: Task, arm: () => void): Promise<void> => {
    switch (task.kind) {
      case "join":
        await send(
          server,
          source,
          task.cards.map((card) => row(card, "2026-10-01T00:00:00Z")),
        );
        return takeSnapshot(opened.db);
      case "erase":
      case "pack": {
        const memberId = (await whoIs(server, "member_id", task.card)) as string;
        await server.database.db.tx((tx) => begin(tx, server, task.kind, memberId));
        arm();
        await work();
        return;
      }
      case "rotate":
        arm();
        return rotate(server, task.what, clock);
      case "replay":
        arm();
        await server.candor.erasures.sync();
        await server.candor.fulfil.eraseReturned();
        await work();
    }
  };

  // What a life before this one left undone comes first, as it does when a server starts.
  if (!life.rollsBack) await work();
  await look();
  for (const [i, task] of life.tasks.entries())
    await perform(task, () => {
      isArmed = i === life.tasks.length - 1;
    });
  isArmed = false;
  await look();
  if (life.gone.length > 0) {
    const results = await send(
      server,
      source,
      life.gone.map((card) => row(card, "2026-11-01T00:00:00Z")),
    );
    expect(new Set(results.map((r) => r.code))).to.deep.equal(new Set(["suppressed"]));
  }
  const said = await summary(server);
  await server.close();
  await opened.db.close();
  await opened.keystoreDb.close();
  return said;
}

async function begin(
  tx: Tx,
  { candor }: TestServer,
  kind: "erase" | "pack",
  memberId: string,
): Promise<void> {
  const { fulfilment } = candor.fulfil;
  if (kind === "erase") await fulfilment.startErasure(tx, scopeOf(memberId), BY);
  else {
    const delivery = { kind: "passphrase", passphrase: "a long enough passphrase" } as const;
    await fulfilment.startPackage(tx, scopeOf(memberId, { kind: "access" }), "access", delivery, BY);
  }
}

async function rotate(
  server: TestServer,
  what: RotationKind,
  clock: ReturnType<typeof fixedClock>,
): Promise<void> {
  const { rotations } = server.vault;
  const isOver = async () => {
    const own = (await rotations.list()).find((r) => r.kind === what);
    return own !== undefined && own.state === "done";
  };
  if (!(await rotations.list()).some((r) => r.kind === what)) await rotations.start(what);
  for (let n = 0; n < 300 && !(await isOver()); n++) {
    const { worked } =
      what === "index"
        ? await server.candor.reindexer.step({ batch: 3 })
        : await rotations.step({ batch: 3 });
    if (worked === 0) clock.advance(61_000);
  }
  expect(await isOver(), "the rotation ends").to.equal(true);
}

async function summary(server: TestServer): Promise<Said> {
  const { db } = server.database;
  const runs = await db.query<{ kind: string; state: string; certificates: number }>(sql`
    select r.kind, r.state, count(c.certificate_id)::int as certificates
    from privacy_run r left join privacy_certificate c on c.run_id = r.run_id
    group by r.run_id, r.kind, r.state order by r.started_at`);
  const versions = await server.vault.rotations.versions();
  return {
    runs,
    running: (await server.vault.rotations.list()).filter((r) => r.state === "running").length,
    keys: versions.versions.map((v) => `${v.what} ${v.version} ${v.state}`),
  };
}

const life = JSON.parse(process.argv[2] ?? "null") as Life;
// Without its parent nobody would ever end it.
process.on("disconnect", () => process.exit(0));
live(life).then(
  (said) => process.send?.({ said }, () => process.exit(0)),
  (error: unknown) =>
    process.send?.({ failed: String((error as Error).stack ?? error) }, () => process.exit(1)),
);
