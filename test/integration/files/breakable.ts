import { connect, createServer, type Socket } from "node:net";
import { type Db, openPostgres } from "../../../src/db/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";

/** A database whose main store can go away and come back under a running server. */
export interface BreakableDatabase {
  readonly database: FreshDatabase;
  readonly store: Breakable;
  readonly keystore: Breakable;
  drop(): Promise<void>;
}

export interface Breakable {
  cut(): void;
  mend(): void;
}

/** Both stores of a test, each breakable: on PostgreSQL by cutting its connections, embedded by a closed engine's error. */
export async function breakableDatabase(label: string): Promise<BreakableDatabase> {
  const real = await testDatabases().freshDatabase(label);
  if (real.url === undefined || real.keystoreUrl === undefined) {
    const [store, keystore] = [breakable(real.db), breakable(real.keystoreDb)];
    const database = { ...real, db: store.db, keystoreDb: keystore.db };
    return { database, store, keystore, drop: () => real.drop() };
  }
  const [main, keys] = [await openCable(real.url), await openCable(real.keystoreUrl)];
  const [db, keystoreDb] = [openPostgres(main.url, { max: 4 }), openPostgres(keys.url, { max: 4 })];
  return {
    database: { ...real, db, keystoreDb },
    store: main,
    keystore: keys,
    drop: async () => {
      main.mend();
      keys.mend();
      await Promise.all([db.close(), keystoreDb.close()]);
      await Promise.all([main.close(), keys.close()]);
      await real.drop();
    },
  };
}

function breakable(db: Db): Breakable & { db: Db } {
  let away = false;
  const check = <T>(work: () => Promise<T>): Promise<T> =>
    away ? Promise.reject(new Error("PGlite is closed")) : work();
  return {
    cut: () => {
      away = true;
    },
    mend: () => {
      away = false;
    },
    db: {
      engine: db.engine,
      query: (statement) => check(() => db.query(statement)),
      tx: (work) => check(() => db.tx(work)),
      retryingTx: (work) => check(() => db.retryingTx(work)),
      close: () => db.close(),
    },
  };
}

/** A TCP relay to a PostgreSQL server that can be cut through: open connections break, new ones are refused. */
async function openCable(url: string): Promise<Breakable & { url: string; close(): Promise<void> }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let away = false;
  const server = createServer((near) => {
    if (away) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port || "5432"), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the relay has no address");
  const relayed = new URL(url);
  relayed.hostname = "127.0.0.1";
  relayed.port = String(address.port);
  return {
    url: relayed.toString(),
    cut: () => {
      away = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      away = false;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
