import { expect } from "chai";
import fc from "fast-check";
import { fixedClock, MINUTE, SECOND } from "../../../src/kernel/clock.ts";
import type { KeyId } from "../../../src/kernel/ids.ts";
import { openCell, type PlaceFrame, placeFrame, sealCell } from "../../../src/vault/cell.ts";
import { HeldKey, keyCache } from "../../../src/vault/key-cache.ts";
import { giveBack, takeSlot } from "../../../src/vault/key-room.ts";
import { aKey, aPlace, nonces, thrownBy } from "./builders.ts";

function aCache(capacity = 10, ttl = 60 * SECOND) {
  const clock = fixedClock("2026-11-21T09:00:00Z");
  const cache = keyCache(clock, { capacity, ttl });
  let n = 0;
  const put = (): { key: HeldKey; derived: Buffer } => {
    const bytes = Buffer.alloc(32, 0xab);
    const id = `00000000-0000-7000-8000-${String(++n).padStart(12, "0")}` as KeyId;
    const key = new HeldKey(id, "subject", bytes, clock.now().getTime());
    cache.add([key]);
    // Where the key lies, as long as it is held.
    return { key, derived: key.categoryKey(placeFrame(aPlace())) };
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
    const { key, derived } = put();
    clock.advance(60 * SECOND - 1);
    cache.check(key);
    expect(derived.equals(ZEROS)).to.equal(false);
    clock.advance(1);
    expect(thrownBy(() => cache.check(key)).code).to.equal("keystore-unavailable");
    expect(derived.equals(ZEROS)).to.equal(true);
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

  it("zeroes what has expired in its sweep, however many keys were derived", () => {
    const { clock, cache, put } = aCache();
    const { key } = put();
    const [first, ...rest] = Array.from({ length: 12 }, (_, i) => placeFrame(aPlace({ category: `c${i}` })));
    const derived = key.categoryKey(first as PlaceFrame);
    for (const place of rest) key.categoryKey(place);
    const last = key.categoryKey(rest.at(-1) as PlaceFrame);
    expect([derived, last].some((d) => d.equals(ZEROS))).to.equal(false);
    clock.advance(61 * SECOND);
    cache.sweep();
    expect(thrownBy(() => key.header).code).to.equal("keystore-unavailable");
    expect([derived, last].every((d) => d.equals(ZEROS))).to.equal(true);
    expect(cache.size).to.equal(0);
  });

  it("keeps no copy of a key where it came from, and nothing where it lay", () => {
    const bytes = Buffer.alloc(32, 0xab);
    const key = new HeldKey("00000000-0000-7000-8000-00000000000f" as KeyId, "subject", bytes, 0);
    expect(bytes.equals(ZEROS)).to.equal(true);
    key.categoryKey(placeFrame(aPlace()));
    key.end("expired");
    // Ending twice gives the place back once.
    key.end("destroyed");
    const [next, other] = [takeSlot(), takeSlot()];
    expect(next.bytes.every((byte) => byte === 0)).to.equal(true);
    expect(next.bytes.byteOffset).to.not.equal(other.bytes.byteOffset);
    for (const slot of [next, other]) giveBack(slot);
  });

  it("derives the same key for a place at the beginning and after many others", () => {
    const { put } = aCache();
    const { key } = put();
    const frames = Array.from({ length: 12 }, (_, i) => placeFrame(aPlace({ category: `c${i}` })));
    const once = frames.map((f) => key.categoryKey(f).toString("hex"));
    expect(new Set(once).size).to.equal(12);
    expect(frames.map((f) => key.categoryKey(f).toString("hex"))).to.deep.equal(once);
    const copies = Buffer.alloc(12 * 32);
    for (const [i, f] of frames.entries()) key.copyCategoryKey(f, copies, i * 32);
    expect(copies.toString("hex")).to.equal(once.join(""));
  });

  it("lets the least recently used go first, zeroed", () => {
    const { cache, put } = aCache(3);
    const [a, b, c] = [put(), put(), put()];
    cache.find(a.key.id);
    cache.add([aKey()]);
    expect(b.derived.equals(ZEROS)).to.equal(true);
    expect(thrownBy(() => b.key.header).code).to.equal("keystore-unavailable");
    expect(a.derived.equals(ZEROS)).to.equal(false);
    expect(c.derived.equals(ZEROS)).to.equal(false);
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
