import { createHash } from "node:crypto";

/*
 * The Merkle tree of RFC 6962 §2.1 (and RFC 9162 §2.1): a leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖
 * right), and a tree of n leaves splits at the largest power of two below n. Sizes and indexes are whole numbers up to
 * 2^53, so they are divided, never shifted.
 */

/** The root of a log without entries: SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = createHash("sha256").digest();

/** Complete subtrees of 2^8, 2^16, 2^24 … leaves are stored; what lies between is computed from at most 256 of them. */
export const TILE_LEVELS = 8;
export const TILE = 2 ** TILE_LEVELS;

const NODE = Buffer.from([1]);

export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash("sha256").update(NODE).update(left).update(right).digest();
}

/** The hash over a full row of 2^k nodes, level by level. */
export function foldFull(row: readonly Buffer[]): Buffer {
  let level = row;
  while (level.length > 1) {
    const next: Buffer[] = [];
    for (let i = 0; i + 1 < level.length; i += 2)
      next.push(nodeHash(level[i] as Buffer, level[i + 1] as Buffer));
    level = next;
  }
  return level[0] as Buffer;
}

/** Hashes of complete subtrees: level 0 are the leaves, level 8 subtrees of 256 leaves, level 16 of 65,536, and so on. */
export interface TreeReader {
  /** The hashes at positions `from` to `from + count - 1` of a level that is a multiple of 8. All of them exist. */
  nodes(level: number, from: number, count: number): Promise<readonly Buffer[]>;
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n));
}

/** The largest power of two below n, for n > 1. */
function split(n: number): number {
  let k = 2 ** Math.floor(Math.log2(n));
  // The logarithm of a number just below a power of two rounds up; of the power itself the half is wanted.
  while (k >= n) k /= 2;
  while (k * 2 < n) k *= 2;
  return k;
}

function outside(what: string): RangeError {
  return new RangeError(`${what} is outside the tree`);
}

/** Roots and proofs of every past state of one log. Reads of one object are remembered: make one for each question. */
export interface Tree {
  /** The root of the first `size` leaves. */
  root(size: number): Promise<Buffer>;
  /** PATH(index, D[size]) of RFC 6962 §2.1.1: what proves that leaf `index` is in the tree of `size` leaves. */
  inclusion(index: number, size: number): Promise<Buffer[]>;
  /** PROOF(from, D[to]) of RFC 6962 §2.1.2: what proves that the tree of `to` leaves begins with the one of `from`. */
  consistency(from: number, to: number): Promise<Buffer[]>;
}

export function openTree(reader: TreeReader): Tree {
  const rows = new Map<string, Promise<readonly Buffer[]>>();
  const nodes = (level: number, from: number, count: number): Promise<readonly Buffer[]> => {
    const key = `${level}/${from}/${count}`;
    let found = rows.get(key);
    if (found === undefined) {
      found = reader.nodes(level, from, count);
      rows.set(key, found);
    }
    return found;
  };

  /** The hash of the complete subtree of 2^level leaves at this position of its level. */
  const subtree = async (level: number, at: number): Promise<Buffer> => {
    const stored = Math.floor(level / TILE_LEVELS) * TILE_LEVELS;
    const width = 2 ** (level - stored);
    return foldFull(await nodes(stored, at * width, width));
  };
  const range = async (from: number, to: number): Promise<Buffer> => {
    const n = to - from;
    if (isPowerOfTwo(n)) return subtree(Math.log2(n), from / n);
    const k = split(n);
    return nodeHash(await range(from, from + k), await range(from + k, to));
  };
  const path = async (index: number, from: number, to: number): Promise<Buffer[]> => {
    const n = to - from;
    if (n === 1) return [];
    const middle = from + split(n);
    return index < middle
      ? [...(await path(index, from, middle)), await range(middle, to)]
      : [...(await path(index, middle, to)), await range(from, middle)];
  };
  /** SUBPROOF of RFC 6962 §2.1.2; `known` where the verifier has this very hash already. */
  const subproof = async (old: number, from: number, to: number, known: boolean): Promise<Buffer[]> => {
    if (old === to) return known ? [] : [await range(from, to)];
    const middle = from + split(to - from);
    return old <= middle
      ? [...(await subproof(old, from, middle, known)), await range(middle, to)]
      : [...(await subproof(old, middle, to, false)), await range(from, middle)];
  };

  return {
    root: async (size) => (size === 0 ? EMPTY_ROOT : range(0, size)),
    async inclusion(index, size) {
      if (!(index >= 0 && index < size)) throw outside("the leaf");
      return path(index, 0, size);
    },
    async consistency(from, to) {
      if (!(from >= 0 && from <= to)) throw outside("the older tree");
      return from === 0 || from === to ? [] : subproof(from, 0, to, true);
    },
  };
}

/** Builds roots leaf by leaf, holding no more than one hash for each level. */
export interface Frontier {
  add(leaf: Buffer): void;
  root(): Buffer;
  readonly size: number;
}

export function frontier(): Frontier {
  const peaks: { readonly width: number; readonly hash: Buffer }[] = [];
  let size = 0;
  return {
    add(leaf) {
      let next = { width: 1, hash: leaf };
      for (let last = peaks.at(-1); last?.width === next.width; last = peaks.at(-1)) {
        peaks.pop();
        next = { width: next.width * 2, hash: nodeHash(last.hash, next.hash) };
      }
      peaks.push(next);
      size += 1;
    },
    root() {
      let hash = peaks.at(-1)?.hash ?? EMPTY_ROOT;
      for (let i = peaks.length - 2; i >= 0; i--) hash = nodeHash((peaks[i] as { hash: Buffer }).hash, hash);
      return hash;
    },
    get size() {
      return size;
    },
  };
}

function half(n: number): number {
  return Math.floor(n / 2);
}

/** Whether the path proves that the leaf is number `index` of the tree with this size and root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  tree: { readonly size: number; readonly root: Buffer },
  path: readonly Buffer[],
): boolean {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < tree.size)) return false;
  let at = index;
  let last = tree.size - 1;
  let hash = leaf;
  for (const other of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(other, hash);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else hash = nodeHash(hash, other);
    at = half(at);
    last = half(last);
  }
  return last === 0 && hash.equals(tree.root);
}

/** Whether the path proves that the newer tree begins with all of the older one (RFC 9162 §2.1.4.2). */
export function verifyConsistency(
  older: { readonly size: number; readonly root: Buffer },
  newer: { readonly size: number; readonly root: Buffer },
  path: readonly Buffer[],
): boolean {
  if (!(older.size >= 0 && older.size <= newer.size)) return false;
  if (older.size === newer.size) return path.length === 0 && older.root.equals(newer.root);
  // Anything begins with nothing.
  if (older.size === 0) return path.length === 0 && older.root.equals(EMPTY_ROOT);
  const proof = isPowerOfTwo(older.size) ? [older.root, ...path] : [...path];
  const [first, ...rest] = proof;
  if (first === undefined) return false;
  let at = older.size - 1;
  let last = newer.size - 1;
  while (at % 2 === 1) {
    at = half(at);
    last = half(last);
  }
  let [was, is] = [first, first];
  for (const other of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      was = nodeHash(other, was);
      is = nodeHash(other, is);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else is = nodeHash(is, other);
    at = half(at);
    last = half(last);
  }
  return last === 0 && was.equals(older.root) && is.equals(newer.root);
}
