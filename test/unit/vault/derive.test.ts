import { hkdfSync } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { expandKey } from "../../../src/vault/derive.ts";
import { frame } from "../../../src/vault/framing.ts";

describe("key derivation", () => {
  it("is HKDF-Expand: RFC 5869 test case 1, first block", () => {
    const prk = Buffer.from("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5", "hex");
    const info = Buffer.from("f0f1f2f3f4f5f6f7f8f9", "hex");
    expect(expandKey(prk, info).toString("hex")).to.equal(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
    );
  });

  it("never gives the data key itself, nor what full HKDF would give", () => {
    const key = Buffer.alloc(32, 7);
    expect(expandKey(key, Buffer.alloc(0)).equals(key)).to.equal(false);
    expect(expandKey(key, Buffer.alloc(0)).equals(Buffer.from(hkdfSync("sha256", key, "", "", 32)))).to.equal(
      false,
    );
  });
});

describe("framed parts", () => {
  const parts = fc.array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.uint8Array({ maxLength: 6 }).map((b) => Buffer.from(b)),
    ),
    { maxLength: 4 },
  );
  /** Text and the bytes of its UTF-8 count as one and the same part. */
  const spelled = (list: readonly (string | Buffer)[]): string =>
    list.map((p) => (typeof p === "string" ? Buffer.from(p) : p).toString("hex")).join("|");

  it("are never equal for two different lists", () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(spelled(one) !== spelled(other) || one.length !== other.length);
        expect(frame(one).equals(frame(other))).to.equal(false);
      }),
      {
        examples: [
          [
            ["a|b", "c"],
            ["a", "b|c"],
          ],
          [["ab"], ["a", "b"]],
          [["a"], ["a", ""]],
          [[], [""]],
        ],
      },
    );
  });

  it("keep lone surrogates apart, which UTF-8 would make equal", () => {
    const texts = ["\ud800", "\ud801", "\udc00", "\ufffd", "a\ud800", "\ud800a"];
    const framed = new Set(texts.map((t) => frame([t]).toString("hex")));
    expect(framed.size).to.equal(texts.length);
  });
});
