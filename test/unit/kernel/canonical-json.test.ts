import { expect } from "chai";
import fc from "fast-check";
import { canonicalBytes, canonicalJson } from "../../../src/kernel/canonical-json.ts";

/** What RFC 8785 asks for, said in the plainest way. */
function spelled(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${spelled(v)}`).join(",")}}`;
}

const anyJson = fc.jsonValue({ stringUnit: "binary" });

describe("the canonical spelling of JSON", () => {
  it("sorts keys and leaves everything else as JSON has it, whatever the text", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalJson(value)).to.equal(spelled(value));
        expect(canonicalBytes(value).toString("utf8")).to.equal(spelled(value));
      }),
      { numRuns: 100 },
    );
  });

  it("spells what is larger than anything before it, and small things again afterwards", () => {
    const large = { texts: Array.from({ length: 3_000 }, (_, i) => `${"文".repeat(40)}${i}\n`.repeat(5)) };
    expect(canonicalJson(large)).to.equal(spelled(large));
    expect(canonicalJson({ b: 1, a: [true, null] })).to.equal('{"a":[true,null],"b":1}');
  });

  it("leaves out what is undefined, and writes whole numbers beyond 2^53, times and lone surrogates", () => {
    const value = {
      b: undefined,
      a: 2n ** 64n,
      t: new Date(Date.UTC(2026, 0, 2)),
      s: "\ud800",
      l: [undefined],
    };
    expect(canonicalJson(value)).to.equal(
      '{"a":18446744073709551616,"l":[null],"s":"\\ud800","t":"2026-01-02T00:00:00.000Z"}',
    );
  });

  it("refuses what JSON cannot hold, and is not confused by it afterwards", () => {
    expect(() => canonicalJson({ a: [Number.NaN] })).to.throw(TypeError);
    expect(() => canonicalBytes({ a: () => 1 })).to.throw(TypeError);
    expect(canonicalJson({})).to.equal("{}");
  });
});
