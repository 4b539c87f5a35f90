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
const REFOLD_GATE = /select n\.bi\s+from \(select distinct bi from unnest/;
const FEED = /\bchange_stage\b/;

/** The elements of a binary array without nulls, as `column` of src/db builds them. */
function elementsOf(array: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = 20; at < array.length; ) {
    const length = array.readInt32BE(at);
    elements.push(array.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return elements;
}

function uuidText(bytes: Buffer): string {
  const h = bytes.toString("hex");
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
}

export function leavingOut(): LeavingOut {
  let off = new Set<Feature>();
  let counts: Partial<Record<Feature, number>> = {};
  let keys = new Map<string, Row>();
  const nothing: readonly Row[] = [];
  const note = (feature: Feature): void => {
    counts[feature] = (counts[feature] ?? 0) + 1;
  };

  const keepKeys = (statement: Sql): readonly Row[] => {
    const [kekId, use, wrapVersion] = statement.values;
    const [ids, wrapped] = statement.values.filter((v) => Buffer.isBuffer(v)).map(elementsOf);
    ids?.forEach((id, i) => {
      const keyId = uuidText(id);
      keys.set(keyId, {
        key_id: keyId,
        use,
        wrapped: wrapped?.[i],
        kek_id: kekId,
        wrap_version: wrapVersion,
      });
    });
    // The key-encryption key is live: no rotation is under way here.
    return [{ live: true }];
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
        const wanted = elementsOf(statement.values[0] as Buffer);
        note("keystore");
        return wanted.flatMap((id): Row[] => {
          const row = keys.get(uuidText(id));
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
