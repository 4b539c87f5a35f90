import { sql } from "../../src/db/index.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { type FreshDatabase, testDatabases } from "./engines.ts";
import { startTestServer, type TestServer } from "./server.ts";

/** Everything that follows from events; sources, keys and the audit log stay. */
const DATA_TABLES = [
  ...[
    "event",
    "receipt",
    "subject",
    "evidence",
    "identifier_node",
    "identifier_alias",
    "contested",
    "identity_link",
  ],
  ...["attribute_set", "order_state", "subject_aggregate", "quarantine", "source_count", "change_stage"],
  ...["subject_change", "subject_grouping", "identifier_issuer", "webhook_nonce"],
];

export interface RegisteredSource {
  readonly id: string;
  readonly writeKey: string;
}

/**
 * One installation that can be filled again and again: the same keystore, sources and time, so that blind indexes, event
 * ids and source ids of two fillings are equal and only minted ids differ.
 */
export interface Installation<S extends string> {
  readonly database: FreshDatabase;
  readonly sources: Readonly<Record<S, RegisteredSource>>;
  /** Moves the time of every server started afterwards, and of the ones that run. */
  readonly clock: ReturnType<typeof fixedClock>;
  /** Forgets all data and starts a server that remembers nothing of it. */
  fresh(): Promise<TestServer>;
  /** Starts another server over the same data, with empty caches. */
  another(): Promise<TestServer>;
  drop(): Promise<void>;
}

/** Makes databases and registers the sources, through the door, on either engine. */
export async function anInstallation<S extends string>(
  label: string,
  now: string,
  wanted: Readonly<Record<S, Record<string, unknown>>>,
): Promise<Installation<S>> {
  const database = await testDatabases().freshDatabase(label);
  const clock = fixedClock(now);
  const another = () => startTestServer(label, { clock, database });
  const first = await another();
  const sources = {} as Record<S, RegisteredSource>;
  for (const name of Object.keys(wanted) as S[]) {
    sources[name] = await first.source({ name, ...wanted[name] });
  }
  await first.close();
  return {
    database,
    sources,
    clock,
    another,
    async fresh() {
      await database.db.tx((tx) => tx.exec(`truncate ${DATA_TABLES.join(", ")}`));
      clock.set(now);
      const server = await another();
      const [left] = await database.db.query<{ n: number }>(sql`select count(*)::int as n from subject`);
      if (left?.n !== 0) throw new Error("the installation is not empty");
      return server;
    },
    drop: () => database.drop(),
  };
}
