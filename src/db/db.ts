import type { Sql } from "sql-template-tag";

export type Row = Record<string, unknown>;

/**
 * One open transaction. Column values arrive alike on both engines: bytea as Buffer, int8 as number
 * (an unsafe one throws), timestamptz as Date, json and jsonb parsed, numeric as string, uuid and text as string.
 */
export interface Tx {
  query<R = Row>(statement: Sql): Promise<R[]>;
  /** Several statements without parameters, as migrations are. */
  exec(script: string): Promise<void>;
}

/** A connection of its own beside the pool, for what lasts as long as the connection does. */
export interface Session {
  query<R = Row>(statement: Sql): Promise<R[]>;
  /** False once the connection has broken or the store is closed. */
  isOpen(): boolean;
}

/** A PostgreSQL, in this process (PGlite) or on a server. */
export interface Db {
  readonly engine: "pglite" | "postgres";
  /** One statement in a transaction of its own. Never call it inside `tx`: PGlite would wait for ever. */
  query<R = Row>(statement: Sql): Promise<R[]>;
  /** Runs `work` in one transaction (read committed): commits when it resolves, rolls back when it rejects. */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Like `tx`, tried again (at most 8 times, with growing random pauses) after a deadlock or serialization failure. */
  retryingTx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Copies the files of the embedded engine, as of one moment between two transactions, into a directory that does not
   * exist yet. Absent where a server keeps the data: its own tools do that.
   */
  readonly copyTo?: (directory: string) => Promise<void>;
  /** Opens a session, which ends with the store. Absent on the embedded engine, whose one connection all share. */
  readonly session?: () => Promise<Session>;
  close(): Promise<void>;
}
