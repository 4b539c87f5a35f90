export { atOnce } from "./at-once.ts";
export { byteStrings, column, uuids } from "./columns.ts";
export type { Db, Row, Session, Tx } from "./db.ts";
export { lockDirectory, socketPathOf } from "./directory-lock.ts";
export {
  type ColumnMark,
  type ErasureRule,
  type Holding,
  holding,
  type KeepingGround,
  type PersonLink,
} from "./holding.ts";
export { hex, rows } from "./jsonb.ts";
export { keyset } from "./keyset.ts";
export { type Migration, migrate, readMigrations } from "./migrate.ts";
export { openPglite } from "./pglite.ts";
export { ping, readEngine } from "./ping.ts";
export { planAllOnce, planAllOnceInSnapshot, planOnce } from "./plan-once.ts";
export { openPostgres } from "./postgres.ts";
export { withRetries } from "./retry.ts";
export { empty, join, raw, type Sql, sql } from "./sql.ts";
export { isRejectedByStore, isRetryable, isUnavailable, isUniqueViolation } from "./sqlstate.ts";
export { refreshStatistics } from "./statistics.ts";
export { type Upkeep, upkeep } from "./upkeep.ts";
