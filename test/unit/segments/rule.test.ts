import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import fc from "fast-check";
import { parseRule, RULE_SCHEMA, showCount } from "../../../src/segments/rule.ts";

const PURPOSE = { categories: ["demographic", "transaction", "survey", "derived", "preference"] };
const PURPOSES = new Set(["profiling", "marketing"]);

function faults(rule: unknown): string[] {
  const parsed = parseRule(rule, PURPOSE, PURPOSES);
  return parsed.kind === "ok" ? [] : parsed.errors.map((e) => `${e.path} ${e.code}`);
}

describe("the rule of a segment", () => {
  it("takes conditions on attributes, events, consents, scores and loyalty in one tree", () => {
    const rule = {
      all: [
        { attribute: "ageBand", is: ["25-34", "35-44"] },
        { measure: "spend", currency: "TWD", atLeast: 100_000 },
        { any: [{ bought: { category: "tea" } }, { event: "survey.answered", atLeast: 1, withinDays: 90 }] },
        { not: { loyalty: "condition", is: ["none"] } },
        { score: "pAlive", atMost: 0.4 },
        { consent: "marketing", channel: "email", allowed: true },
      ],
    };
    expect(faults(rule)).to.deep.equal([]);
    expect(new Ajv2020({ strict: false }).compile(RULE_SCHEMA)(rule)).to.equal(true);
  });

  it("names each fault by its place and never by its value", () => {
    expect(faults({ all: [{ attribute: "email", is: ["a@b.example"] }] })).to.deep.equal([
      "/rule/all/0/attribute enum",
    ]);
    expect(faults({ not: { measure: "spend", atLeast: 1 } })).to.deep.equal(["/rule/not/currency currency"]);
    expect(faults({ measure: "spend", currency: "ZZZ", atLeast: 1 })).to.deep.equal([
      "/rule/currency unknown-currency",
    ]);
    expect(faults({ measure: "orders" })).to.deep.equal(["/rule required"]);
    expect(faults({ measure: "orders", atLeast: 3, atMost: 2 })).to.deep.equal(["/rule/atMost bounds"]);
    expect(faults({ event: "track", name: "Visited my page", atLeast: 1 })).to.include(
      "/rule/name event-name",
    );
    expect(faults({ consent: "selling", allowed: true })).to.deep.equal(["/rule/consent purpose"]);
    expect(faults({ measure: "orders", score: "score", atLeast: 1 })).to.deep.equal(["/rule form"]);
    expect(faults([])).to.deep.equal(["/rule type"]);
  });

  it("refuses a condition on data that the segment's purpose does not cover", () => {
    expect(faults({ attribute: "country", is: ["TW"] })).to.deep.equal(["/rule category"]);
  });

  it("refuses rules that are too deep or too large", () => {
    let deep: unknown = { measure: "orders", atLeast: 1 };
    for (let i = 0; i < 7; i++) deep = { not: deep };
    expect(faults(deep).join()).to.match(/depth$/);
    const wide = { any: Array.from({ length: 40 }, () => ({ measure: "orders", atLeast: 1 })) };
    expect(faults({ all: [wide, wide] })).to.deep.equal(["/rule size"]);
  });

  it("answers anything at all with a verdict and never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(["ok", "bad"]).to.include(parseRule(value, PURPOSE, PURPOSES).kind);
      }),
    );
  });
});

describe("the count of a group", () => {
  it("is not told for fewer than five, nor where fewer than five are left outside", () => {
    expect(showCount(4, 100, true)).to.include({ count: null, suppressed: true });
    expect(showCount(97, 100, true)).to.include({ count: null, suppressed: true });
    expect(showCount(5, 100, true)).to.include({ count: 5, suppressed: false });
    expect(showCount(100, 100, true)).to.include({ count: 100, suppressed: false });
  });

  it("is rounded for people who may not see who is counted", () => {
    expect(showCount(64, 100, false)).to.include({ count: 60, roundedTo: 5 });
  });
});
