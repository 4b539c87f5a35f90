import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import {
  EMPTY_ROOT,
  foldFull,
  frontier,
  nodeHash,
  openTree,
  TILE_LEVELS,
  type Tree,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/audit/merkle.ts";

/** The eight leaves of the reference tests of Certificate Transparency, and the roots of their first 1 … 8. */
const LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/** Reference inclusion paths: leaf index, size, path. */
const PATHS: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5,
    8,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1,
    5,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];
/** Reference consistency proofs: older size, newer size, path. */
const PROOFS: readonly (readonly [number, number, readonly string[]])[] = [
  [1, 1, []],
  [
    1,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    6,
    8,
    [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [
    2,
    5,
    [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];

const hashLeaf = (bytes: Buffer) =>
  createHash("sha256")
    .update(Buffer.from([0]))
    .update(bytes)
    .digest();
const hexes = (path: readonly Buffer[]) => path.map((h) => h.toString("hex"));
const reference = LEAVES.map((l) => hashLeaf(Buffer.from(l, "hex")));

/** A tree over a list that holds full subtrees only where the store would. */
function treeOf(leaves: readonly Buffer[]): Tree {
  return openTree({
    async nodes(level, from, count) {
      expect(level % TILE_LEVELS).to.equal(0);
      const width = 2 ** level;
      return Array.from({ length: count }, (_, i) => {
        const row = leaves.slice((from + i) * width, (from + i + 1) * width);
        expect(row, "only complete subtrees are asked for").to.have.length(width);
        return foldFull(row);
      });
    },
  });
}

/** MTH as RFC 6962 §2.1 writes it down. */
function definition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0] as Buffer;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

const many = Array.from({ length: 1_100 }, () => randomBytes(32));
const sizes = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(255, 256, 257, 511, 512, 513, 1_023, 1_024, 1_025),
  fc.integer({ min: 1, max: many.length }),
);

describe("the Merkle tree", () => {
  it("has the roots, inclusion paths and consistency proofs of the reference tests", async () => {
    const tree = treeOf(reference);
    expect((await tree.root(0)).toString("hex")).to.equal(createHash("sha256").digest("hex"));
    for (const [i, root] of ROOTS.entries()) expect((await tree.root(i + 1)).toString("hex")).to.equal(root);
    for (const [index, size, path] of PATHS)
      expect(hexes(await tree.inclusion(index, size))).to.deep.equal(path);
    for (const [from, to, path] of PROOFS)
      expect(hexes(await tree.consistency(from, to))).to.deep.equal(path);
  });

  it("has the root of the definition at any size, also built leaf by leaf", async () => {
    const tree = treeOf(many);
    await fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        const leaves = many.slice(0, size);
        const wanted = definition(leaves);
        expect((await tree.root(size)).equals(wanted)).to.equal(true);
        const f = frontier();
        for (const leaf of leaves) f.add(leaf);
        expect(f.root().equals(wanted)).to.equal(true);
        expect(f.size).to.equal(size);
      }),
    );
  });

  it("proves every leaf, and nothing else by the same path", async () => {
    const tree = treeOf(many);
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), fc.nat({ max: 255 }), async (size, i, where, bit) => {
        const index = i % size;
        const head = { size, root: await tree.root(size) };
        const leaf = many[index] as Buffer;
        const path = await tree.inclusion(index, size);
        expect(verifyInclusion(leaf, index, head, path)).to.equal(true);
        const flipped = (b: Buffer) => {
          const copy = Buffer.from(b);
          copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
          return copy;
        };
        expect(verifyInclusion(flipped(leaf), index, head, path)).to.equal(false);
        expect(verifyInclusion(leaf, index, { ...head, root: flipped(head.root) }, path)).to.equal(false);
        expect(verifyInclusion(leaf, index, head, [...path, leaf])).to.equal(false);
        expect(verifyInclusion(leaf, size, head, path)).to.equal(false);
        if (size > 1) {
          const at = where % path.length;
          expect(verifyInclusion(leaf, (index + 1) % size, head, path)).to.equal(false);
          expect(verifyInclusion(leaf, index, head, path.slice(0, -1))).to.equal(false);
          expect(
            verifyInclusion(
              leaf,
              index,
              head,
              path.map((h, n) => (n === at ? flipped(h) : h)),
            ),
          ).to.equal(false);
        }
      }),
    );
  });

  it("proves that it only grew, and refuses a past that was changed", async () => {
    const tree = treeOf(many);
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (to, f, where) => {
        const from = (f % to) + 1;
        const older = { size: from, root: await tree.root(from) };
        const newer = { size: to, root: await tree.root(to) };
        const path = await tree.consistency(from, to);
        expect(verifyConsistency(older, newer, path)).to.equal(true);
        const changed = many.slice(0, to);
        changed[where % from] = hashLeaf(Buffer.from("another past"));
        const forged = treeOf(changed);
        const forgedHead = { size: to, root: await forged.root(to) };
        expect(verifyConsistency(older, forgedHead, await forged.consistency(from, to))).to.equal(false);
        if (from !== to) {
          expect(verifyConsistency(older, newer, path.slice(1))).to.equal(false);
          expect(verifyConsistency(older, newer, [...path, older.root])).to.equal(false);
          expect(verifyConsistency(newer, older, path)).to.equal(false);
        }
      }),
    );
  });

  it("begins with nothing, and proves it with nothing", async () => {
    const root = await treeOf(many).root(9);
    expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, { size: 9, root }, [])).to.equal(true);
    expect(verifyConsistency({ size: 0, root }, { size: 9, root }, [])).to.equal(false);
  });
});
