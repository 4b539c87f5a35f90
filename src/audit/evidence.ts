import type { Db, Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import { listEntries } from "./audit.store.ts";
import { type AuditTarget, targetHash } from "./entry.ts";
import {
  deleteSalts,
  findEntriesAbout,
  findEntry,
  insertTreeHead,
  readLogSize,
  readNewestTreeHead,
  readTreeHeads,
  storedTree,
  type TreeHeadRow,
} from "./tree.store.ts";
import { type AuditSigner, type PublicJwk, signTreeHead } from "./tree-head.ts";

/** Who signs, as the consent room keeps the installation's keys. */
export interface AuditKeys {
  signer(): Promise<AuditSigner>;
  jwks(): Promise<{ readonly keys: readonly PublicJwk[] }>;
}

export interface AuditEvidenceDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: AuditKeys;
}

/** What proves one entry, by itself: `candor verify` needs nothing else. Hashes are hex. */
export interface EntryProof {
  readonly format: "candor-audit-proof";
  readonly v: 1;
  readonly seq: number;
  readonly entry: string;
  readonly leafHash: string;
  readonly size: number;
  readonly path: readonly string[];
  /** The signed head of that size: a compact JWS. */
  readonly treeHead: string;
  readonly keys: readonly PublicJwk[];
}

/** What proves that the log of a later head begins with the log of an earlier one. */
export interface GrowthProof {
  readonly format: "candor-audit-growth";
  readonly v: 1;
  readonly from: string;
  readonly to: string;
  readonly path: readonly string[];
  readonly keys: readonly PublicJwk[];
}

/** Signed heads, proofs and the whole log, for people who need not trust this server. */
export interface AuditEvidence {
  /** Signs the log as it stands now unless that is done; null while it is empty. */
  signHead(): Promise<TreeHeadRow | null>;
  newestHead(): Promise<TreeHeadRow | null>;
  /** Signed heads from this size on, smallest first. */
  heads(from: number, limit: number): Promise<TreeHeadRow[]>;
  /**
   * Proves an entry under the smallest signed head that covers it, or the one of `size`. Null when the entry has no number,
   * or no signed head covers it yet (a minute at most).
   */
  inclusionProof(entryId: string, size?: number): Promise<EntryProof | null>;
  /** Proves that the log only grew between two signed heads; null when one of the sizes was never signed. */
  growthProof(from: number, to: number): Promise<GrowthProof | null>;
  /** The log up to the newest signed head (or that of `size`), a line at a time, with every signed head in its place. */
  exportLog(size?: number): AsyncGenerator<string>;
  /** Entries that speak of any of these targets while their salts are there, oldest first. */
  entriesAbout(targets: readonly AuditTarget[], limit?: number): Promise<{ seq: number; entry: string }[]>;
  /** Forgets the salts of all commitments to these targets; returns how many. No entry changes. */
  eraseSalts(tx: Tx, targets: readonly AuditTarget[]): Promise<number>;
}

const PAGE = 500;

const hexes = (path: readonly Buffer[]): string[] => path.map((hash) => hash.toString("hex"));

export function createAuditEvidence({ db, clock, keys }: AuditEvidenceDeps): AuditEvidence {
  const headOf = async (size: number): Promise<TreeHeadRow | null> => {
    const [head] = await readTreeHeads(db, size, 1);
    return head?.size === size ? head : null;
  };
  const publicKeys = async () => (await keys.jwks()).keys;

  async function* exportLog(size?: number): AsyncGenerator<string> {
    const head = size === undefined ? await readNewestTreeHead(db) : await headOf(size);
    if (head === null) {
      throw new AppError("not-found", {
        detail: "No signed tree head of that size exists; one is signed within a minute of new entries.",
      });
    }
    yield JSON.stringify({
      format: "candor-audit-log",
      v: 1,
      size: head.size,
      root: head.root.toString("hex"),
      treeHead: head.jws,
      keys: await publicKeys(),
    });
    for (let seq = 0; seq < head.size; ) {
      const limit = Math.min(PAGE, head.size - seq);
      const page = await listEntries(db, { after: seq - 1, isDown: false, limit });
      const heads = await readTreeHeads(db, seq + 1, PAGE);
      if (page.length === 0) throw new AppError("internal-error", { detail: "The audit log has a gap." });
      for (const row of page) {
        seq = row.seq + 1;
        yield JSON.stringify({ seq: row.seq, entry: row.entry });
        const signed = heads.find((h) => h.size === seq);
        if (signed !== undefined) yield JSON.stringify({ head: signed.jws });
      }
    }
  }

  return {
    async signHead() {
      const size = await readLogSize(db);
      const newest = await readNewestTreeHead(db);
      if (size === 0 || newest?.size === size) return newest;
      const tree = storedTree(db);
      // A past that no longer gives the root that was signed is not signed again: somebody changed it.
      if (newest !== null && !(await tree.root(newest.size)).equals(newest.root)) {
        throw new AppError("internal-error", {
          detail: `The audit log no longer has the root that was signed at ${newest.size} entries.`,
        });
      }
      const signer = await keys.signer();
      const at = clock.now();
      const root = await tree.root(size);
      const jws = signTreeHead(signer, { size, root, at });
      await insertTreeHead(db, { size, root, kid: signer.keyId, jws, signedAt: at });
      return headOf(size);
    },
    newestHead: () => readNewestTreeHead(db),
    heads: (from, limit) => readTreeHeads(db, from, limit),

    async inclusionProof(entryId, size) {
      const row = await findEntry(db, entryId);
      if (row === null) return null;
      const head =
        size === undefined ? ((await readTreeHeads(db, row.seq + 1, 1))[0] ?? null) : await headOf(size);
      if (head === null || head.size <= row.seq) return null;
      return {
        format: "candor-audit-proof",
        v: 1,
        seq: row.seq,
        entry: row.entry,
        leafHash: row.leaf_hash.toString("hex"),
        size: head.size,
        path: hexes(await storedTree(db).inclusion(row.seq, head.size)),
        treeHead: head.jws,
        keys: await publicKeys(),
      };
    },

    async growthProof(from, to) {
      const [older, newer] = [await headOf(from), await headOf(to)];
      if (older === null || newer === null || from > to) return null;
      return {
        format: "candor-audit-growth",
        v: 1,
        from: older.jws,
        to: newer.jws,
        path: hexes(await storedTree(db).consistency(from, to)),
        keys: await publicKeys(),
      };
    },

    exportLog,
    entriesAbout: async (targets, limit = PAGE) =>
      (await findEntriesAbout(db, targets.map(targetHash), limit)).map(({ seq, entry }) => ({ seq, entry })),
    eraseSalts: (tx, targets) => deleteSalts(tx, targets.map(targetHash)),
  };
}
