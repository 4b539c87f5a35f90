import { expect } from "chai";
import iconv from "iconv-lite";
import parsePhoneNumber, { type CountryCode } from "libphonenumber-js/max";
import { Value } from "typebox/value";
import { FileMappingSchema } from "../../../pipelines/mapping/mapping.schema.ts";
import { validateSecrets } from "../../../pipelines/sources/social/index.ts";
import { generateDemo } from "../../../scripts/demo/generate.ts";
import { openMarkets } from "../../../scripts/demo/markets.ts";
import { type DemoStep, MARKET_CODES } from "../../../scripts/demo/plan.ts";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";

const NOW = new Date("2026-11-21T10:00:00Z");

/** A step as one text, to compare and to search. */
function textOf(step: DemoStep): string {
  if (step.door === "file") return iconv.decode(step.body, step.encoding);
  return canonicalJson(step.door === "batch" ? { items: step.items } : step.payload);
}

describe("the demo's invented data", () => {
  const plan = generateDemo({ people: 400, seed: 7, now: NOW });

  it("is the same for the same seed and day, byte for byte", () => {
    const again = generateDemo({ people: 400, seed: 7, now: new Date("2026-11-21T23:00:00Z") });
    expect(again.steps.map(textOf)).to.deep.equal(plan.steps.map(textOf));
    expect(again.people).to.deep.equal(plan.people);
  });

  it("is another for another seed", () => {
    const other = generateDemo({ people: 400, seed: 8, now: NOW });
    expect(other.steps.map(textOf)).to.not.deep.equal(plan.steps.map(textOf));
  });

  it("comes from sources of all four kinds and the member lists, through all three doors", () => {
    expect(new Set(plan.sources.map((s) => s.kind))).to.deep.equal(
      new Set(["members", "pos", "survey", "web", "social"]),
    );
    expect(new Set(plan.steps.map((s) => s.door))).to.deep.equal(new Set(["file", "batch", "webhook"]));
    const names = plan.sources.map((s) => s.name);
    expect(new Set(names).size).to.equal(names.length);
    for (const step of plan.steps) expect(names).to.include(step.source);
  });

  it("states mappings and secrets in the form that sources are registered with", () => {
    for (const source of plan.sources) {
      if (source.mapping !== undefined) {
        expect([...Value.Errors(FileMappingSchema, source.mapping)], source.name).to.deep.equal([]);
      }
      if (source.platform !== undefined) {
        expect(validateSecrets(source.platform, source.secrets).kind, source.name).to.equal("ok");
      }
    }
  });

  it("uses mail addresses of the reserved domains only", () => {
    const addresses = plan.steps.flatMap((step) => textOf(step).match(/[\w.+-]+@[\w.-]+\w/g) ?? []);
    expect(addresses.length).to.be.greaterThan(200);
    expect(addresses.filter((a) => !/@example\.(com|org|net)$/i.test(a))).to.deep.equal([]);
  });

  it("uses telephone numbers that are valid in their region", () => {
    const markets = openMarkets(7);
    for (const code of MARKET_CODES) {
      const { region, phone, shopPhone } = markets[code];
      const numbers = [...Array.from({ length: 3_000 }, (_, n) => phone(n)), shopPhone];
      const invalid = numbers.filter((n) => parsePhoneNumber(n, region as CountryCode)?.isValid() !== true);
      expect(invalid, code).to.deep.equal([]);
      expect(new Set(numbers).size, code).to.equal(numbers.length);
    }
  });

  it("writes files that their encoding can hold", () => {
    for (const step of plan.steps) {
      if (step.door !== "file") continue;
      expect(textOf(step), step.fileName).to.not.match(/[\uFFFD]/);
    }
    const chinese = plan.steps.filter((s) => s.door === "file" && s.encoding === "gb18030");
    expect(chinese.some((s) => textOf(s).includes("会员卡号"))).to.equal(true);
    const taiwanese = plan.steps.filter((s) => s.door === "file" && s.encoding === "big5");
    expect(taiwanese.some((s) => textOf(s).includes("會員卡號"))).to.equal(true);
  });

  it("ends its year of history on the day before", () => {
    const times = plan.steps.flatMap((step) => {
      if (step.door !== "batch") return [];
      return step.items.flatMap((item) => {
        const { timestamp, originalTimestamp } = item as { timestamp?: string; originalTimestamp?: string };
        const at = Date.parse(timestamp ?? originalTimestamp ?? "");
        // One item claims to come from next year, on purpose.
        return Number.isNaN(at) || at > NOW.getTime() + 86_400_000 ? [] : [at];
      });
    });
    const today = Date.parse("2026-11-21T00:00:00Z");
    expect(Math.max(...times)).to.be.lessThan(today);
    expect(Math.min(...times)).to.be.at.least(today - 365 * 86_400_000);
  });

  it("sends one file twice and leaves a quote open in another", () => {
    const files = plan.steps.filter((s) => s.door === "file");
    const bodies = files.map((f) => textOf(f));
    expect(new Set(bodies).size).to.be.lessThan(bodies.length);
    expect(bodies.some((text) => (text.match(/"/g) ?? []).length % 2 === 1)).to.equal(true);
  });

  it("tells UnionIDs last", () => {
    const first = plan.steps.findIndex((s) => s.door === "webhook" && "UnionId" in s.payload);
    expect(first).to.be.greaterThan(0);
    for (const step of plan.steps.slice(first)) {
      expect(step.door === "webhook" && "UnionId" in step.payload).to.equal(true);
    }
  });

  it("keeps what is shared out of the truth about single people", () => {
    const own = new Set(plan.people.flatMap((p) => p.identifiers.map((i) => i.value)));
    for (const trap of [...plan.traps.familyPhones, ...plan.traps.shopPhones, ...plan.traps.kioskIds]) {
      expect(own.has(trap), trap).to.equal(false);
    }
    const values = plan.people.flatMap((p) => p.identifiers.map((i) => `${i.kind} ${i.issuer} ${i.value}`));
    expect(new Set(values).size).to.equal(values.length);
  });
});
