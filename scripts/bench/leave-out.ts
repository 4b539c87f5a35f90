import type { Db, Row, Sql } from "../../src/db/index.ts";
import { sql } from "../../src/db/index.ts";
import type { Feature } from "./protocol.ts";
import type { Stand } from "./timed-db.ts";

/** Answers statements in the database's stead, so that a feature costs nothing while the rest goes on as always. */
export interface LeavingOut {
  /** For the main store. */
  readonly main: Stand;
  /** For the keystore: a table in memory in place of the database. */
  readonly keystore: Stand;
  /** From now on these features are left out. */
  set(features: readonly Feature[], keystore: Db): Promise<void>;
  /** How many statements were answered here since the last `set`. */
  skipped(): Partial<Record<Feature, number>>;
}

/** Finding identifiers that several subjects share is the gate of the refold: nobody shared, nothing to regroup. */
const REFOLD_GATE = /select n\.bi\s+from \(select distinct bi from jsonb_to_recordset/;
const FEED = /\bchange_stage\b/;

export function leavingOut(): LeavingOut {
  let off = new Set<Feature>();
  let counts: Partial<Record<Feature, number>> = {};
  let keys = new Map<string, Row>();
  const nothing: readonly Row[] = [];
  const note = (feature: Feature): void => {
    counts[feature] = (counts[feature] ?? 0) + 1;
  };

  const keepKeys = (statement: Sql): readonly Row[] => {
    const [use, wrapVersion, kekId] = statement.values;
    const batch = statement.values.find((v) => typeof v === "string" && v.startsWith("[{")) as string;
    for (const { key_id, wrapped } of JSON.parse(batch) as { key_id: string; wrapped: string }[]) {
      const bytes = Buffer.from(wrapped.slice(2), "hex");
      keys.set(key_id, { key_id, use, wrapped: bytes, kek_id: kekId, wrap_version: wrapVersion });
    }
    return nothing;
  };

  return {
    main(statement) {
      if (off.has("feed") && FEED.test(statement.text)) {
        note("feed");
        return nothing;
      }
      if (off.has("refold") && REFOLD_GATE.test(statement.text)) {
        note("refold");
        return nothing;
      }
      return undefined;
    },
    keystore(statement) {
      if (!off.has("keystore")) return undefined;
      if (/insert into data_key/.test(statement.text)) {
        note("keystore");
        return keepKeys(statement);
      }
      if (/select [\s\S]*wrapped[\s\S]* from data_key/.test(statement.text)) {
        const wanted = statement.values[0] as readonly string[];
        note("keystore");
        return wanted.flatMap((id): Row[] => {
          const row = keys.get(id);
          return row === undefined ? [] : [row];
        });
      }
      return undefined;
    },
    async set(features, keystore) {
      off = new Set(features);
      counts = {};
      keys = new Map();
      if (!off.has("keystore")) return;
      const rows = await keystore.query<Row & { key_id: string }>(sql`
        select key_id, use, wrapped, kek_id, wrap_version from data_key where state = 'live'`);
      for (const row of rows) keys.set(row.key_id, row);
    },
    skipped: () => counts,
  };
}
