import { expect } from "chai";
import { checkShape } from "../../../../pipelines/steps/index.ts";

function faultOf(item: unknown): string {
  const result = checkShape(item);
  return result.kind === "ok" ? "ok" : result.rejection.code;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
}

describe("the shape of one item", () => {
  it("passes an ordinary item on as it is", () => {
    const item = { type: "track", properties: { products: [{ price: 1 }], note: "é𝄞" } };
    const result = checkShape(item);
    expect(result).to.deep.equal({ kind: "ok", value: item, dropped: 0 });
    if (result.kind === "ok") expect(result.value).to.equal(item);
  });

  it("refuses what is no object", () => {
    for (const item of [null, undefined, 1, "x", [], true]) expect(faultOf(item)).to.equal("not-an-object");
  });

  it("takes twenty levels and refuses twenty-one, and a million without a crash", () => {
    expect(faultOf(nested(20))).to.equal("ok");
    expect(faultOf(nested(21))).to.equal("too-deep");
    expect(faultOf(nested(1_000_000))).to.equal("too-deep");
  });

  it("takes two thousand keys over all levels and refuses one more", () => {
    const keys = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 1]));
    expect(faultOf({ a: keys(1_999) })).to.equal("ok");
    expect(faultOf({ a: keys(2_000) })).to.equal("too-many-keys");
  });

  it("measures the size in bytes of UTF-8, exactly at the limit", () => {
    expect(faultOf({ a: "x".repeat(65_536 - 8) })).to.equal("ok");
    expect(faultOf({ a: "x".repeat(65_536 - 7) })).to.equal("too-large");
    expect(faultOf({ a: "中".repeat(30_000) })).to.equal("too-large");
    expect(faultOf({ a: Array.from({ length: 20_000 }, () => 1) })).to.equal("too-large");
  });

  it("refuses NUL bytes and lone surrogates in values and in names", () => {
    expect(faultOf({ a: "x\0y" })).to.equal("bad-text");
    expect(faultOf({ a: ["\ud800"] })).to.equal("bad-text");
    expect(faultOf({ "\udc00": 1 })).to.equal("bad-text");
    expect(faultOf({ a: "\ud834\udd1e" })).to.equal("ok");
  });

  it("refuses numbers that no JSON can hold", () => {
    expect(faultOf(JSON.parse('{"a":1e400}'))).to.equal("invalid-field");
  });

  it("leaves out names that steer objects, counts them, and changes neither the item nor any other object", () => {
    const item: unknown = JSON.parse(
      '{"a":{"__proto__":{"admin":true},"b":1},"l":[{"constructor":{"prototype":{"x":1}},"c":2}],"prototype":1}',
    );
    const before = JSON.stringify(item);
    const result = checkShape(item);
    expect(result).to.deep.equal({ kind: "ok", value: { a: { b: 1 }, l: [{ c: 2 }] }, dropped: 3 });
    expect(JSON.stringify(item)).to.equal(before);
    expect("admin" in {}).to.equal(false);
  });
});
