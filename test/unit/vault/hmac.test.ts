import { createHmac } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { frame } from "../../../src/vault/framing.ts";
import { hmacKey, hmacOfParts, hmacOnce, hmacSha256 } from "../../../src/vault/hmac.ts";

describe("HMAC-SHA256 from one-shot hashes", () => {
  it("gives what Node's own HMAC gives, for any key of up to 64 bytes and any message", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 20_000 }), (key, message) => {
        const expected = createHmac("sha256", Buffer.from(key)).update(message).digest("hex");
        const [k, m] = [Buffer.from(key), Buffer.from(message)];
        expect(hmacSha256(hmacKey(k), m).toString("hex")).to.equal(expected);
        expect(hmacOnce(k, m).toString("hex")).to.equal(expected);
      }),
    );
  });

  it("gives the same for parts as for the bytes they frame to", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 6_000 }), fc.uint8Array()), {
          maxLength: 4,
        }),
        (key, given) => {
          const parts = given.map((p) => (typeof p === "string" ? p : Buffer.from(p)));
          const k = hmacKey(Buffer.from(key));
          expect(hmacOfParts(k, parts)).to.equal(hmacSha256(k, frame(parts)).toString("hex"));
        },
      ),
    );
  });

  it("refuses longer keys, which would have to be hashed first", () => {
    expect(() => hmacKey(Buffer.alloc(65))).to.throw(RangeError);
  });
});
