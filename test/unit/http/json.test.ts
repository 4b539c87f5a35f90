import { expect } from "chai";
import fc from "fast-check";
import { secretOfBody, secretOfHeader } from "../../../src/http/credentials.ts";
import { findForbiddenText, nestsDeeperThan, parseJson } from "../../../src/http/json.ts";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("JSON bodies", () => {
  it("are measured exactly, whatever is inside their texts", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const bytes = Buffer.from(JSON.stringify(value));
        const depth = depthOf(value);
        expect(nestsDeeperThan(bytes, depth)).to.equal(false);
        if (depth > 0) expect(nestsDeeperThan(bytes, depth - 1)).to.equal(true);
      }),
    );
  });

  it("come out as they went in", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(Buffer.from(text))).to.deep.equal(JSON.parse(text));
      }),
    );
  });

  it("are suspected of nothing when they hold ordinary text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0"));
        const value = { [`k${text}`]: [text] };
        expect(findForbiddenText(Buffer.from(JSON.stringify(value)), value)).to.deep.equal([]);
      }),
    );
  });

  it("are caught holding forbidden text anywhere", () => {
    const forbidden: [string, string][] = [
      ['{"a":["x\\u0000"]}', "bad-text"],
      ['{"a\\u0000":1}', "bad-text"],
      ['{"a":{"b":"\\udc00"}}', "bad-text"],
      ['{"a":[{"__proto__":1}]}', "forbidden-key"],
      ['{"a":{"_\\u005Fproto__":1}}', "forbidden-key"],
    ];
    for (const [text, code] of forbidden) {
      const bytes = Buffer.from(text);
      expect(
        findForbiddenText(bytes, parseJson(bytes)).map((p) => p.code),
        text,
      ).to.deep.equal([code]);
    }
  });
});

describe("credentials", () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

  it("are read from Bearer and from the user name of Basic", () => {
    expect(secretOfHeader("Bearer abc")).to.equal("abc");
    expect(secretOfHeader("bearer  abc ")).to.equal("abc");
    expect(secretOfHeader(basic("key:"))).to.equal("key");
    expect(secretOfHeader(basic("key:pass:word"))).to.equal("key");
    expect(secretOfHeader(basic("key"))).to.equal("key");
    for (const header of [undefined, "", "Bearer", "Basic ", basic(":pass"), "Digest abc", "Bearer a b"])
      expect(secretOfHeader(header), header).to.equal(undefined);
  });

  it("are read from a body only where it states a text of its own", () => {
    expect(secretOfBody({ writeKey: "k" })).to.equal("k");
    expect(secretOfBody(Buffer.from('{"writeKey":"k"}'))).to.equal("k");
    for (const body of [
      undefined,
      null,
      [],
      "k",
      { writeKey: 5 },
      { writeKey: "" },
      Object.create({ writeKey: "k" }),
    ])
      expect(secretOfBody(body)).to.equal(undefined);
    expect(secretOfBody(Buffer.from("nonsense"))).to.equal(undefined);
  });
});
