import { expect } from "chai";
import fc from "fast-check";
import { fixedClock, MINUTE, SECOND } from "../../../src/kernel/clock.ts";
import type { KeyId } from "../../../src/kernel/ids.ts";
import { openCell, placeFrame, sealCell } from "../../../src/vault/cell.ts";
import { HeldKey, keyCache } from "../../../src/vault/key-cache.ts";
import { aPlace, nonces, thrownBy } from "./builders.ts";

function aCache(capacity = 10, ttl = 60 * SECOND) {
  const clock = fixedClock("2026-11-21T09:00:00Z");
  const cache = keyCache(clock, { capacity, ttl });
  let n = 0;
  const put = (): { key: HeldKey; bytes: Buffer } => {
    const bytes = Buffer.alloc(32, 0xab);
    const id = `00000000-0000-7000-8000-${String(++n).padStart(12, "0")}` as KeyId;
    const key = new HeldKey(id, "subject", bytes, clock.now().getTime());
    cache.add([key]);
    return { key, bytes };
  };
  return { clock, cache, put };
}

const ZEROS = Buffer.alloc(32);

describe("the cache of unwrapped keys", () => {
  it("hands a key out while it is good for half its time, and asks again after", () => {
    const { clock, cache, put } = aCache();
    const { key } = put();
    clock.advance(30 * SECOND - 1);
    expect(cache.find(key.id)).to.equal(key);
    clock.advance(1);
    expect(cache.find(key.id)).to.equal(undefined);
    expect(cache.peek(key.id)).to.equal(key);
  });

  it("ends a key in the hands of its user 60 seconds after it was last seen live", () => {
    const { clock, cache, put } = aCache();
    const { key, bytes } = put();
    clock.advance(60 * SECOND - 1);
    cache.check(key);
    clock.advance(1);
    expect(thrownBy(() => cache.check(key)).code).to.equal("keystore-unavailable");
    expect(bytes.equals(ZEROS)).to.equal(true);
    expect(cache.size).to.equal(0);
  });

  it("takes no longer time to live than 60 seconds", () => {
    const { clock, cache, put } = aCache(10, 5 * MINUTE);
    const { key } = put();
    clock.advance(60 * SECOND);
    expect(thrownBy(() => cache.check(key)).code).to.equal("keystore-unavailable");
  });

  it("lets a renewed key live on", () => {
    const { clock, cache, put } = aCache();
    const { key } = put();
    clock.advance(40 * SECOND);
    cache.renew(key, clock.now().getTime());
    clock.advance(40 * SECOND);
    cache.check(key);
  });

  it("zeroes what has expired in its sweep, derived keys included", () => {
    const { clock, cache, put } = aCache();
    const { key, bytes } = put();
    const derived = key.categoryKey(placeFrame(aPlace()));
    clock.advance(61 * SECOND);
    cache.sweep();
    expect(bytes.equals(ZEROS)).to.equal(true);
    expect(derived.equals(ZEROS)).to.equal(true);
    expect(cache.size).to.equal(0);
  });

  it("lets the least recently used go first, zeroed", () => {
    const { cache, put } = aCache(3);
    const [a, b, c] = [put(), put(), put()];
    cache.find(a.key.id);
    put();
    expect(b.bytes.equals(ZEROS)).to.equal(true);
    expect(a.bytes.equals(ZEROS)).to.equal(false);
    expect(c.bytes.equals(ZEROS)).to.equal(false);
    expect(thrownBy(() => sealCell(b.key, aPlace(), Buffer.from("v"), nonces)).code).to.equal(
      "keystore-unavailable",
    );
  });

  it("never seals with zeroed bytes, whatever the order of uses, evictions and time", () => {
    const step = fc.oneof(
      fc.constant({ do: "put" as const }),
      fc.record({ do: fc.constant("find" as const), which: fc.nat(20) }),
      fc.record({ do: fc.constant("seal" as const), which: fc.nat(20) }),
      fc.record({ do: fc.constant("destroy" as const), which: fc.nat(20) }),
      fc.record({ do: fc.constant("wait" as const), ms: fc.nat(40_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, cache, put } = aCache(4);
        const all: HeldKey[] = [];
        for (const s of steps) {
          if (s.do === "put") all.push(put().key);
          else if (s.do === "wait") clock.advance(s.ms);
          else {
            const key = all[s.which % Math.max(1, all.length)];
            if (key === undefined) continue;
            if (s.do === "find") cache.find(key.id);
            else if (s.do === "destroy") cache.end(key.id, "destroyed");
            else {
              try {
                cache.check(key);
              } catch {
                continue;
              }
              const twin = new HeldKey(key.id, "subject", Buffer.alloc(32, 0xab), 0);
              const cell = sealCell(key, aPlace(), Buffer.from("v"), nonces);
              expect(openCell(twin, aPlace(), cell).toString()).to.equal("v");
            }
          }
          expect(cache.size).to.be.at.most(4);
        }
      }),
    );
  });
});
