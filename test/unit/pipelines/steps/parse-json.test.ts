import { expect } from "chai";
import fc from "fast-check";
import { parseJson, parseJsonBytes } from "../../../../pipelines/steps/index.ts";

function parsed(text: string): unknown {
  const result = parseJson(text);
  if (result.kind === "bad") throw new Error(result.fault);
  return result.value;
}

describe("reading JSON", () => {
  it("keeps an id beyond 2^53 digit by digit, as text", () => {
    expect(parsed('{"id":9007199254740993,"in":[-9007199254740993]}')).to.deep.equal({
      id: "9007199254740993",
      in: ["-9007199254740993"],
    });
  });

  it("leaves safe integers and decimals with many digits as numbers", () => {
    expect(parsed('{"a":9007199254740991,"b":24.990000000000002,"c":1e15}')).to.deep.equal({
      a: 9007199254740991,
      b: 24.990000000000002,
      c: 1e15,
    });
  });

  it("never touches digits inside texts, however they are escaped", () => {
    const text = String.raw`{"a\"9007199254740993":"x\\\":9007199254740993","b\\":9007199254740993}`;
    expect(parsed(text)).to.deep.equal({
      'a"9007199254740993': 'x\\":9007199254740993',
      "b\\": "9007199254740993",
    });
  });

  it("turns a number too large for a double into text instead of Infinity", () => {
    expect(parsed('{"total":1e400,"low":-1E+999}')).to.deep.equal({ total: "1e400", low: "-1E+999" });
  });

  it("does not make bad JSON good by quoting a number that stands as a key", () => {
    expect(parseJson("{9007199254740993:1}")).to.deep.equal({ kind: "bad", fault: "invalid-json" });
    expect(parseJson("[09007199254740993]")).to.deep.equal({ kind: "bad", fault: "invalid-json" });
  });

  it("answers a million open brackets with a fault instead of a crash", () => {
    expect(parseJson("[".repeat(1_000_000))).to.deep.equal({ kind: "bad", fault: "too-deep" });
    expect(parseJson('{"a":'.repeat(1_000_000))).to.deep.equal({ kind: "bad", fault: "too-deep" });
  });

  it("does not count brackets inside texts as depth", () => {
    expect(parsed(`{"a":"${"[".repeat(5_000)}"}`)).to.deep.equal({ a: "[".repeat(5_000) });
  });

  it("takes linear time for texts full of backslashes and quotes", () => {
    const hostile = `"${"\\\\".repeat(200_000)}\\"`;
    expect(parseJson(hostile)).to.deep.equal({ kind: "bad", fault: "invalid-json" });
    expect(parseJson(`[${'"\\"",'.repeat(200_000)}1234567890123456789]`).kind).to.equal("ok");
  });

  it("refuses bytes that are not UTF-8 and skips a byte order mark", () => {
    expect(parseJsonBytes(Buffer.from([0x22, 0xff, 0x22]))).to.deep.equal({ kind: "bad", fault: "bad-text" });
    expect(parseJsonBytes(Buffer.from("\ufeff{}", "utf8"))).to.deep.equal({ kind: "ok", value: {} });
  });

  it("keeps __proto__ an own key that changes no other object", () => {
    const value = parsed('{"__proto__":{"admin":true},"id":9007199254740993}') as object;
    expect(Object.keys(value)).to.deep.equal(["__proto__", "id"]);
    expect("admin" in {}).to.equal(false);
  });

  it("reads whatever JSON.stringify writes, and integers of any size without loss", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.bigInt(), (value, id) => {
        const text = JSON.stringify({ value, id: 0 }).replace(/"id":0}$/, `"id":${id}}`);
        const read = parsed(text) as { value: unknown; id: unknown };
        expect(String(read.id)).to.equal(String(id));
        expect(JSON.stringify(read.value).replace(/"(-?\d{16,})"/g, "$1")).to.equal(
          JSON.stringify(value).replace(/"(-?\d{16,})"/g, "$1"),
        );
      }),
    );
  });

  it("agrees with JSON.parse about which texts are JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:1e0-.\\ 9') }), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(parseJson(text).kind).to.equal(valid ? "ok" : "bad");
      }),
      { numRuns: 500 },
    );
  });
});
