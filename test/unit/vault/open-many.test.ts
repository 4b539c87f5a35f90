import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { sealCell } from "../../../src/vault/cell.ts";
import { openerOfMany } from "../../../src/vault/open-many.ts";
import { openPacked, packCell, packedCellBytes, UNREADABLE } from "../../../src/vault/packed-cell.ts";
import { aKey, aPlace, nonces, UNREADABLE as UNREADABLE_ERROR } from "./builders.ts";

const sealed = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const key = aKey(undefined, randomBytes(32));
    const place = aPlace({ recordId: `record ${i}` });
    const plaintext = `漢${randomBytes(i % 150).toString("hex")}`;
    return { key, place, plaintext, cell: sealCell(key, place, plaintext, nonces) };
  });

describe("opening many cells", () => {
  const opener = openerOfMany();
  const open = async (cells: ReturnType<typeof sealed>) => {
    const textAt = await opener.open(cells.length, (i) => cells[i] as (typeof cells)[number]);
    return cells.map((_, i) => textAt(i));
  };
  after(() => opener.close());

  for (const count of [0, 1, 99, 100, 700]) {
    it(`gives ${count} plaintexts in the order of their cells`, async () => {
      const cells = sealed(count);
      const opened = await open(cells);
      expect(opened).to.deep.equal(cells.map((c) => c.plaintext));
    });
  }

  it("answers several askers at once, each with its own", async () => {
    const asked = [sealed(150), sealed(120), sealed(3)];
    const opened = await Promise.all(asked.map((cells) => open(cells)));
    opened.forEach((found, i) => {
      expect(found).to.deep.equal(asked[i]?.map((c) => c.plaintext));
    });
  });

  for (const count of [5, 200]) {
    it(`refuses all of ${count} when one was moved, cut or altered`, async () => {
      for (const spoil of [
        (c: Buffer) => Buffer.concat([c.subarray(0, -1), Buffer.of((c.at(-1) ?? 0) ^ 1)]),
        (c: Buffer) => c.subarray(0, 10),
        () => Buffer.alloc(0),
      ]) {
        const cells = sealed(count);
        const bad = cells.map((c, i) => (i === count - 2 ? { ...c, cell: spoil(c.cell) } : c));
        const error = await open(bad).catch((e: unknown) => e);
        expect(error).to.include(UNREADABLE_ERROR);
      }
      const cells = sealed(count);
      const [first, second] = [cells[0], cells[1]];
      const moved = cells.map((c, i) => (i === 0 ? { ...c, cell: second?.cell ?? c.cell } : c));
      expect(first?.cell.equals(second?.cell ?? Buffer.alloc(0))).to.equal(false);
      expect(await open(moved).catch((e: unknown) => e)).to.include(UNREADABLE_ERROR);
    });
  }

  it("moves plaintexts together and leaves nothing else in the bytes that were handed over", () => {
    const cells = fc.array(fc.tuple(fc.uint8Array({ maxLength: 600 }), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(cells, (asked) => {
        const place = aPlace();
        const sealed = asked.map(([plain, isSpoiled]) => {
          const key = aKey(undefined, randomBytes(32));
          const cell = sealCell(key, place, Buffer.from(plain), nonces);
          if (isSpoiled) cell[cell.length - 1] = (cell.at(-1) ?? 0) ^ 1;
          return { key, cell };
        });
        const bytes = Buffer.alloc(sealed.reduce((n, { cell }) => n + packedCellBytes(place, cell), 0));
        sealed.reduce((at, { key, cell }) => packCell(bytes, at, key, place, cell), 0);
        const opened = openPacked(bytes, sealed.length);
        const wanted = asked.flatMap(([plain, isSpoiled]) => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(isSpoiled ? UNREADABLE : plain.length);
          return isSpoiled ? [length] : [length, Buffer.from(plain)];
        });
        expect(bytes.subarray(0, opened).equals(Buffer.concat(wanted))).to.equal(true);
        expect(bytes.subarray(opened).every((b) => b === 0)).to.equal(true);
      }),
      { numRuns: 50 },
    );
  });
});
