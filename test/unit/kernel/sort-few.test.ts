import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import { compareText, sortFew } from "../../../src/kernel/sort-few.ts";

describe("sorting and spelling without the engine's help", () => {
  it("a list is sorted as the engine sorts it, equals in their order, whatever its length", () => {
    const row = fc.record({ key: fc.constantFrom("a", "b", "ä", "é", "𝒳", "\ud83d", ""), n: fc.nat() });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const byKey = (a: { key: string }, b: { key: string }) => compareText(a.key, b.key);
        expect(sortFew([...rows], byKey)).to.deep.equal([...rows].sort(byKey));
      }),
    );
  });

  it("canonical JSON is the engine's own for text and numbers, whatever they hold", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", '"', "\\", "\u0000", "\u001f", "\u007f", "é", "\ud800", "😀", "\u2028"),
    });
    fc.assert(
      fc.property(fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true })), (value) => {
        expect(canonicalJson(value)).to.equal(JSON.stringify(value));
      }),
    );
  });

  it("canonical JSON has its keys in order, few or many, and reads as what it was made of", () => {
    const key = fc.string({ unit: fc.constantFrom("a", "b", "Z", "é", "😀", "_"), minLength: 1 });
    fc.assert(
      fc.property(fc.dictionary(key, fc.integer(), { maxKeys: 50 }), (record) => {
        const read = JSON.parse(canonicalJson(record)) as object;
        expect(Object.keys(read)).to.deep.equal(Object.keys(record).sort());
        expect(read).to.deep.equal({ ...record });
      }),
    );
  });
});
