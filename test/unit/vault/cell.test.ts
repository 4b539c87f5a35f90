import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { cellHeader, keyIdOf, openCell, sealCell } from "../../../src/vault/cell.ts";
import { paddedLength } from "../../../src/vault/padding.ts";
import type { Place } from "../../../src/vault/vault.ts";
import { aKey, aPlace, nonces, thrownBy, UNREADABLE } from "./builders.ts";

const OVERHEAD = 48;
const anyBytes = fc.uint8Array({ maxLength: 700 }).map((b) => Buffer.from(b));
const anyText = fc.string({ unit: "binary", maxLength: 12 });
const anyPlace: fc.Arbitrary<Place> = fc.record({
  table: anyText,
  column: anyText,
  recordId: anyText,
  category: anyText,
});

describe("a sealed cell", () => {
  it("opens to exactly what was sealed, at any place", () => {
    const key = aKey();
    fc.assert(
      fc.property(anyBytes, anyPlace, (plaintext, place) => {
        expect(openCell(key, place, sealCell(key, place, plaintext, nonces))).to.deep.equal(plaintext);
      }),
    );
  });

  it("keeps plaintexts that end like padding", () => {
    const key = aKey();
    for (const tail of [[], [0], [0x80], [0x80, 0], [0, 0, 0], Array(15).fill(0), Array(16).fill(0x80)]) {
      const plaintext = Buffer.from(tail);
      expect(openCell(key, aPlace(), sealCell(key, aPlace(), plaintext, nonces))).to.deep.equal(plaintext);
    }
  });

  it("seals and opens values far larger than a bucket", () => {
    const key = aKey();
    const plaintext = randomBytes(1_000_000);
    const place = aPlace({ recordId: "r".repeat(10_000) });
    expect(openCell(key, place, sealCell(key, place, plaintext, nonces)).equals(plaintext)).to.equal(true);
  });

  it("never shows its plaintext, its place or its key's bytes", () => {
    const bytes = randomBytes(32);
    const key = aKey(undefined, bytes);
    const canary = "canary.person@example.org";
    const place = aPlace({ recordId: "canary-record" });
    const cell = sealCell(key, place, Buffer.from(canary), nonces);
    for (const secret of [Buffer.from(canary), bytes, Buffer.from("canary-record")]) {
      expect(cell.includes(secret)).to.equal(false);
    }
    expect(JSON.stringify(key)).not.to.include(bytes.toString("hex"));
  });

  it("tells only the bucket of its plaintext's length", () => {
    const key = aKey();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), (length) => {
        const size = sealCell(key, aPlace(), Buffer.alloc(length), nonces).length - OVERHEAD;
        expect(size).to.equal(paddedLength(length));
        expect(size).to.be.greaterThan(length);
        if (size <= 256) expect([16, 32, 64, 128, 256]).to.include(size);
        else expect(size % 256).to.equal(0);
      }),
    );
  });

  it("has the layout version, algorithm, key id, key version, nonce, ciphertext, tag", () => {
    const id = "0190a0a0-1111-7222-8333-444455556666";
    const cell = sealCell(aKey(id), aPlace(), Buffer.from("x"), nonces);
    expect(cell.length).to.equal(1 + 1 + 16 + 2 + 12 + 16 + 16);
    expect(cell.toString("hex", 0, 20)).to.equal("01010190a0a01111722283334444555566660001");
    expect(keyIdOf(cell)).to.equal(id);
    expect(keyIdOf(cell.subarray(0, 40))).to.equal(null);
    expect(keyIdOf(Buffer.alloc(0))).to.equal(null);
  });

  it("looks different each time the same value is sealed", () => {
    const key = aKey();
    const cells = new Set<string>();
    for (let i = 0; i < 100; i++)
      cells.add(sealCell(key, aPlace(), Buffer.from("same"), nonces).toString("hex"));
    expect(cells.size).to.equal(100);
  });

  it("does not open at any other place, though parts of the place join to the same text", () => {
    const key = aKey();
    fc.assert(
      fc.property(anyPlace, anyPlace, (sealedAt, openedAt) => {
        const same = (["table", "column", "recordId", "category"] as const).every(
          (part) => sealedAt[part] === openedAt[part],
        );
        fc.pre(!same);
        const cell = sealCell(key, sealedAt, Buffer.from("v"), nonces);
        expect(thrownBy(() => openCell(key, openedAt, cell))).to.deep.equal(UNREADABLE);
      }),
      {
        examples: [
          [aPlace({ table: "a|b", column: "c" }), aPlace({ table: "a", column: "b|c" })],
          [aPlace({ table: "ab", column: "c" }), aPlace({ table: "a", column: "bc" })],
          [aPlace({ table: "a\0b", column: "c" }), aPlace({ table: "a", column: "b\0c" })],
          [aPlace({ category: "x", recordId: "yz" }), aPlace({ category: "xy", recordId: "z" })],
          [aPlace({ recordId: "\ud800" }), aPlace({ recordId: "\udfff" })],
          [aPlace({ recordId: "\ud800" }), aPlace({ recordId: "\ufffd" })],
          [aPlace({ recordId: "" }), aPlace({ recordId: "\0" })],
        ],
      },
    );
  });

  for (const [what, moved] of [
    ["another row", aPlace({ recordId: "rec-2" })],
    ["another column", aPlace({ column: "traits" })],
    ["another table", aPlace({ table: "profile" })],
    ["another data category", aPlace({ category: "health" })],
  ] as const) {
    it(`fails with cell-unreadable in ${what}`, () => {
      const key = aKey();
      const cell = sealCell(key, aPlace(), Buffer.from("v"), nonces);
      expect(thrownBy(() => openCell(key, moved, cell))).to.deep.equal(UNREADABLE);
    });
  }

  it("fails with cell-unreadable under another subject's key, even one with the same bytes", () => {
    const bytes = randomBytes(32);
    const one = aKey(undefined, Buffer.from(bytes));
    const other = aKey(undefined, Buffer.from(bytes));
    const cell = sealCell(one, aPlace(), Buffer.from("v"), nonces);
    expect(thrownBy(() => openCell(other, aPlace(), cell))).to.deep.equal(UNREADABLE);
    // Writing the other key's header over it does not help: the header and the key id are authenticated.
    other.header.copy(cell, 0);
    expect(thrownBy(() => openCell(other, aPlace(), cell))).to.deep.equal(UNREADABLE);
  });

  it("fails alike for every single flipped bit", () => {
    const key = aKey();
    const cell = sealCell(key, aPlace(), Buffer.from("a short value"), nonces);
    for (let bit = 0; bit < cell.length * 8; bit++) {
      const flipped = Buffer.from(cell);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(
        thrownBy(() => openCell(key, aPlace(), flipped)),
        `bit ${bit}`,
      ).to.deep.equal(UNREADABLE);
    }
  });

  it("fails alike when truncated at any length, at either end, or lengthened", () => {
    const key = aKey();
    const cell = sealCell(key, aPlace(), Buffer.from("a short value"), nonces);
    for (let length = 0; length < cell.length; length++) {
      expect(thrownBy(() => openCell(key, aPlace(), cell.subarray(0, length)))).to.deep.equal(UNREADABLE);
      expect(thrownBy(() => openCell(key, aPlace(), cell.subarray(cell.length - length)))).to.deep.equal(
        UNREADABLE,
      );
    }
    for (const tail of [1, 15, 16, 32, 1_000]) {
      const longer = Buffer.concat([cell, Buffer.alloc(tail)]);
      expect(thrownBy(() => openCell(key, aPlace(), longer))).to.deep.equal(UNREADABLE);
    }
  });

  it("fails alike for noise of any length, with or without a fitting header", () => {
    const key = aKey();
    fc.assert(
      fc.property(anyBytes, fc.boolean(), (noise, withHeader) => {
        const cell = withHeader ? Buffer.concat([key.header, noise]) : noise;
        expect(thrownBy(() => openCell(key, aPlace(), cell))).to.deep.equal(UNREADABLE);
      }),
    );
  });

  it("fails alike for a format, algorithm or key version that is retired, unknown or of the future", () => {
    const key = aKey();
    const cell = sealCell(key, aPlace(), Buffer.from("v"), nonces);
    for (const version of [0, 2, 3, 0xffff]) {
      const foreign = Buffer.concat([cellHeader(key.id, version), cell.subarray(20)]);
      expect(thrownBy(() => openCell(key, aPlace(), foreign))).to.deep.equal(UNREADABLE);
    }
    for (const at of [0, 1]) {
      for (const value of [0, 2, 255]) {
        const foreign = Buffer.from(cell);
        foreign[at] = value;
        expect(thrownBy(() => openCell(key, aPlace(), foreign))).to.deep.equal(UNREADABLE);
      }
    }
  });

  it("does not change when a nonce of one cell and the body of another are joined", () => {
    const key = aKey();
    const one = sealCell(key, aPlace(), Buffer.from("one"), nonces);
    const two = sealCell(key, aPlace(), Buffer.from("two"), nonces);
    const joined = Buffer.concat([one.subarray(0, 32), two.subarray(32)]);
    expect(thrownBy(() => openCell(key, aPlace(), joined))).to.deep.equal(UNREADABLE);
  });

  it("gives each category a key of its own", () => {
    const key = aKey();
    // The category is both in the key and in the associated data; a cell of one never opens as the other.
    const contact = sealCell(key, aPlace({ category: "contact" }), Buffer.from("v"), nonces);
    expect(openCell(key, aPlace({ category: "contact" }), contact).toString()).to.equal("v");
    expect(thrownBy(() => openCell(key, aPlace({ category: "Contact" }), contact))).to.deep.equal(UNREADABLE);
  });

  it("cannot be sealed or opened once its key has ended", () => {
    const key = aKey();
    const cell = sealCell(key, aPlace(), Buffer.from("v"), nonces);
    key.end("expired");
    expect(thrownBy(() => openCell(key, aPlace(), cell)).code).to.equal("keystore-unavailable");
    expect(thrownBy(() => sealCell(key, aPlace(), Buffer.from("v"), nonces)).code).to.equal(
      "keystore-unavailable",
    );
    key.end("destroyed");
    expect(thrownBy(() => openCell(key, aPlace(), cell)).code).to.equal("key-destroyed");
    key.end("expired");
    expect(thrownBy(() => openCell(key, aPlace(), cell)).code).to.equal("key-destroyed");
  });
});
