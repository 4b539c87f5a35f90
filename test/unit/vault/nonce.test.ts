import { randomFillSync } from "node:crypto";
import { expect } from "chai";
import { sealCell } from "../../../src/vault/cell.ts";
import { NONCE_BYTES, noncePool } from "../../../src/vault/nonce.ts";
import { aKey, aPlace, thrownBy } from "./builders.ts";

const PER_POOL = Math.floor((64 * 1024) / NONCE_BYTES);

describe("the nonce pool", () => {
  it("gives a million nonces without a repeat", () => {
    const pool = noncePool();
    const nonce = Buffer.alloc(NONCE_BYTES);
    const seen = new Set<string>();
    for (let i = 0; i < 1_000_000; i++) {
      pool.write(nonce, 0);
      seen.add(nonce.toString("latin1"));
    }
    expect(seen.size).to.equal(1_000_000);
  });

  it("refuses a generator that gives the same bytes again, and seals nothing", () => {
    const first = randomFillSync(Buffer.alloc(64 * 1024));
    const pool = noncePool((into) => first.copy(into));
    const key = aKey();
    for (let i = 0; i < PER_POOL; i++) sealCell(key, aPlace(), Buffer.from("v"), pool);
    for (let again = 0; again < 3; again++) {
      expect(thrownBy(() => sealCell(key, aPlace(), Buffer.from("v"), pool)).code).to.equal("internal-error");
    }
  });

  it("refuses a generator that repeats an older block after a good one", () => {
    const blocks: Buffer[] = [1, 2, 1].map(() => randomFillSync(Buffer.alloc(64 * 1024)));
    blocks[2] = blocks[0] as Buffer;
    let at = 0;
    const pool = noncePool((into) => blocks[at++]?.copy(into));
    const nonce = Buffer.alloc(NONCE_BYTES);
    for (let i = 0; i < 2 * PER_POOL; i++) pool.write(nonce, 0);
    expect(thrownBy(() => pool.write(nonce, 0)).code).to.equal("internal-error");
  });

  for (const [what, fill] of [
    ["gives zeros", (into: Buffer) => into.fill(0)],
    ["is stuck on one word", (into: Buffer) => into.fill("stuckRNG")],
    ["has a short cycle", (into: Buffer) => into.fill(randomFillSync(Buffer.alloc(1_000)))],
  ] as const) {
    it(`refuses a generator that ${what}`, () => {
      const pool = noncePool(fill);
      expect(thrownBy(() => pool.write(Buffer.alloc(NONCE_BYTES), 0)).code).to.equal("internal-error");
    });
  }

  it("works again once the generator does", () => {
    let broken = true;
    const pool = noncePool((into) => (broken ? into.fill(0) : randomFillSync(into)));
    const nonce = Buffer.alloc(NONCE_BYTES);
    expect(thrownBy(() => pool.write(nonce, 0)).code).to.equal("internal-error");
    broken = false;
    pool.write(nonce, 0);
    expect(nonce.equals(Buffer.alloc(NONCE_BYTES))).to.equal(false);
  });
});
