import { createHmac } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { hmacKey, hmacSha256 } from "../../../src/vault/hmac.ts";

describe("HMAC-SHA256 from one-shot hashes", () => {
  it("gives what Node's own HMAC gives, for any key of up to 64 bytes and any message", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 20_000 }), (key, message) => {
        const expected = createHmac("sha256", Buffer.from(key)).update(message).digest("hex");
        expect(hmacSha256(hmacKey(Buffer.from(key)), Buffer.from(message)).toString("hex")).to.equal(
          expected,
        );
      }),
    );
  });

  it("refuses longer keys, which would have to be hashed first", () => {
    expect(() => hmacKey(Buffer.alloc(65))).to.throw(RangeError);
  });
});
