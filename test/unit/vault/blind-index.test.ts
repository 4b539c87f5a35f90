import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { INDEX_KEY_LABELS, type IndexKeys, indexKeys } from "../../../src/vault/blind-index.ts";
import { thrownBy } from "./builders.ts";

function someKeys(): Map<string, { version: number; bytes: Buffer }[]> {
  return new Map(INDEX_KEY_LABELS.map((label) => [label, [{ version: 1, bytes: randomBytes(32) }]]));
}

const part = fc.string({ unit: "binary", maxLength: 8 });

describe("a blind index", () => {
  const index: IndexKeys = indexKeys(someKeys());

  it("is 16 bytes, and the same for the same value", () => {
    fc.assert(
      fc.property(part, part, part, (space, issuer, value) => {
        const bi = index.blindIndex(space, issuer, value);
        expect(bi.length).to.equal(16);
        expect(index.blindIndex(space, issuer, value).equals(bi)).to.equal(true);
      }),
    );
  });

  it("differs when space, issuer or value differ, though they join to the same text", () => {
    const triple = fc.tuple(part, part, part);
    fc.assert(
      fc.property(triple, triple, (one, other) => {
        fc.pre(one.some((p, i) => p !== other[i]));
        expect(index.blindIndex(...one).equals(index.blindIndex(...other))).to.equal(false);
      }),
      {
        examples: [
          [
            ["email", "a|b", "c"],
            ["email", "a", "b|c"],
          ],
          [
            ["email", "", "ab"],
            ["email", "a", "b"],
          ],
          [
            ["emaila", "", "b"],
            ["email", "a", "b"],
          ],
          [
            ["email", "", "\ud800"],
            ["email", "", "\ufffd"],
          ],
        ],
      },
    );
  });

  it("differs from one installation to the next", () => {
    const elsewhere = indexKeys(someKeys());
    expect(
      index
        .blindIndex("email", "", "a@example.org")
        .equals(elsewhere.blindIndex("email", "", "a@example.org")),
    ).to.equal(false);
  });

  it("is not the MAC or the suppression entry of the same words", () => {
    const all = [
      index.blindIndex("suppression", "", "v"),
      index.mac("suppression", "", "v"),
      index.mac("suppression/email", "", "v"),
      index.mac("message", "", "v"),
      index.blindIndex("message", "", "v"),
    ].map((b) => b.toString("hex"));
    expect(new Set(all).size).to.equal(all.length);
  });

  it("stays the same when spaces named by senders push its derived key out", () => {
    const before = index.blindIndex("email", "", "v");
    for (let i = 0; i < 5_000; i++) index.blindIndex(`custom-${i}`, "", "v");
    expect(index.blindIndex("email", "", "v").equals(before)).to.equal(true);
  });
});

describe("a labelled MAC", () => {
  it("differs by label and by every way of cutting its parts", () => {
    const index = indexKeys(someKeys());
    const macs = [
      index.mac("m", "ab", "c"),
      index.mac("m", "a", "bc"),
      index.mac("m", "abc"),
      index.mac("m", "abc", ""),
      index.mac("n", "abc"),
      index.mac("mabc"),
    ].map((b) => b.toString("hex"));
    expect(new Set(macs).size).to.equal(macs.length);
    expect(index.mac("m", Buffer.from("abc")).equals(index.mac("m", "abc"))).to.equal(true);
  });

  it("uses the suppression key for suppression alone", () => {
    const keys = someKeys();
    const one = indexKeys(keys);
    const rotated = new Map(keys);
    rotated.set("blind-index", [{ version: 1, bytes: randomBytes(32) }]);
    rotated.set("mac", [{ version: 1, bytes: randomBytes(32) }]);
    const other = indexKeys(rotated);
    expect(one.mac("suppression", "v").equals(other.mac("suppression", "v"))).to.equal(true);
    expect(one.mac("message", "v").equals(other.mac("message", "v"))).to.equal(false);
    expect(one.blindIndex("s", "", "v").equals(other.blindIndex("s", "", "v"))).to.equal(false);
  });

  it("can be had under every version of a rotated key, newest first", () => {
    const keys = someKeys();
    const before = indexKeys(keys).mac("suppression", "v");
    const old = keys.get("suppression")?.[0] as { version: number; bytes: Buffer };
    const rotated = indexKeys(
      new Map(keys).set("suppression", [{ version: 2, bytes: randomBytes(32) }, old]),
    );
    const versions = rotated.macVersions("suppression", "v");
    expect(versions.map((v) => v.version)).to.deep.equal([2, 1]);
    expect(versions[1]?.mac.equals(before)).to.equal(true);
    expect(versions[0]?.mac.equals(rotated.mac("suppression", "v"))).to.equal(true);
  });

  it("is refused once the keys are gone, instead of being computed with zeros", () => {
    const index = indexKeys(someKeys());
    index.clear();
    expect(thrownBy(() => index.blindIndex("email", "", "v")).code).to.equal("keystore-unavailable");
    expect(thrownBy(() => index.mac("m", "v")).code).to.equal("keystore-unavailable");
  });
});
