import pg from "pg";
import type { Sql } from "sql-template-tag";
import type { Db, Row, Session, Tx } from "./db.ts";
import { isPlannedOnce } from "./plan-once.ts";
import { withRetries } from "./retry.ts";

function parseInt8(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n)) throw new RangeError("an int8 column holds a number beyond 2^53");
  return n;
}

const otherTimes = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, "text");

/** A digit of the text at a position. */
function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

/** `2026-11-22 01:05:54.123456+00`, as a session in UTC writes it, without a regular expression; anything else the usual way. */
function parseTime(text: string): unknown {
  const end = text.length - 3;
  if (end < 19 || end > 26 || text.charCodeAt(4) !== 45 || text.slice(end) !== "+00") return otherTimes(text);
  const year = digit(text, 0) * 1_000 + digit(text, 1) * 100 + digit(text, 2) * 10 + digit(text, 3);
  // Date.UTC takes years below 100 for those of the last century.
  if (year < 100) return otherTimes(text);
  let ms = 0;
  for (let i = 20, worth = 100; i < end && worth >= 1; i++, worth /= 10) ms += digit(text, i) * worth;
  return new Date(
    Date.UTC(
      year,
      digit(text, 5) * 10 + digit(text, 6) - 1,
      digit(text, 8) * 10 + digit(text, 9),
      digit(text, 11) * 10 + digit(text, 12),
      digit(text, 14) * 10 + digit(text, 15),
      digit(text, 17) * 10 + digit(text, 18),
      Math.floor(ms),
    ),
  );
}

const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === pg.types.builtins.INT8) return parseInt8;
    if (oid === pg.types.builtins.TIMESTAMPTZ && format !== "binary") return parseTime;
    return pg.types.getTypeParser(oid, format as "text");
  },
};

/** Prepared statements have names; equal texts share one. */
const names = new Map<string, string>();
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name;
}

/** Connections for statements that are planned once. They are short, so few serve many. */
const PLANNED_ONCE = 4;

/** Opens a pool on a PostgreSQL server (15 or later). */
export function openPostgres(url: string, options: { max?: number } = {}): Db {
  const connection: pg.ClientConfig = {
    connectionString: url,
    types,
    application_name: "candor",
    connectionTimeoutMillis: 5_000,
  };
  const openPool = (max: number, settings: string): pg.Pool => {
    // The pool waits for the settings before it hands the connection out.
    const made = new pg.Pool({ ...connection, max, onConnect: (client) => client.query(settings) });
    // An idle connection that breaks is replaced by the pool; the next statement reports a store that is away.
    made.on("error", () => {});
    return made;
  };
  // Every statement here reads few rows, but a recursive one is estimated at many: compiling it to machine code each
  // time takes ten times as long as running it.
  const settings = "set jit = off";
  const pool = openPool(options.max ?? 10, settings);
  /** Connects when the first statement comes that is planned once. */
  const plannedOnce = openPool(PLANNED_ONCE, `${settings}; set plan_cache_mode = force_generic_plan`);

  const run = async <R>(client: pg.Pool | pg.ClientBase, statement: Sql): Promise<R[]> => {
    const text = statement.text;
    // Hand-made lists make new texts without end; only texts with few parameters are worth preparing.
    const prepared = statement.values.length <= 24;
    const result = await client.query(
      prepared ? { name: nameOf(text), text, values: statement.values } : { text, values: statement.values },
    );
    return result.rows as R[];
  };

  const tx = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    // Begun with the first statement: what the transaction is to be like then travels with its beginning.
    let begun = false;
    const begin = async (script: string): Promise<void> => {
      begun = true;
      await client.query(`begin;${script}`);
    };
    try {
      const result = await work({
        query: async <R = Row>(statement: Sql) => {
          if (!begun) await begin("");
          return run<R>(client, statement);
        },
        exec: async (script) => {
          if (begun) await client.query(script);
          else await begin(script);
        },
      });
      if (begun) await client.query("commit");
      return result;
    } catch (error) {
      if (begun)
        await client.query("rollback").catch((e: Error) => {
          broken = e;
        });
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  };

  const sessions = new Set<pg.Client>();
  const session = async (): Promise<Session> => {
    const client = new pg.Client(connection);
    const forget = () => void sessions.delete(client);
    client.on("error", forget);
    client.on("end", forget);
    await client.connect();
    sessions.add(client);
    return {
      query: <R = Row>(statement: Sql) => run<R>(client, statement),
      isOpen: () => sessions.has(client),
    };
  };

  return {
    engine: "postgres",
    query: <R = Row>(statement: Sql) => run<R>(isPlannedOnce(statement) ? plannedOnce : pool, statement),
    tx,
    retryingTx: (work) => withRetries(() => tx(work)),
    session,
    close: async () => {
      await Promise.all([...sessions].map((client) => client.end()));
      await Promise.all([pool.end(), plannedOnce.end()]);
    },
  };
}
