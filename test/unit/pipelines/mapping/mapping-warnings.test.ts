import { expect } from "chai";
import type { FileMapping } from "../../../../pipelines/mapping/index.ts";
import { mappingWarnings } from "../../../../pipelines/mapping/index.ts";
import { generateDemo } from "../../../../scripts/demo/generate.ts";
import { MARKET_CODES } from "../../../../scripts/demo/plan.ts";

type Source = Parameters<typeof mappingWarnings>[1];

describe("warnings of a mapping", () => {
  const source = (kind: Source["kind"], more: Partial<Source> = {}): Source => ({
    kind,
    currency: "TWD",
    identifiers: {},
    ...more,
  });
  const codes = (mapping: object | null, of: Source) =>
    mappingWarnings(mapping as FileMapping | null, of).map((w) => w.code);

  it("say nothing of a mapping that leaves the columns to their names, nor of none", () => {
    expect(codes(null, source("pos"))).to.deep.equal([]);
    expect(codes({ separator: ";" }, source("pos"))).to.deep.equal([]);
  });

  it("name what a sale, an answer and a happening cannot do without", () => {
    const who = { memberCard: "Card" };
    expect(codes({ fields: { ...who, occurredAt: "t" } }, source("pos"))).to.deep.equal(["no-amount"]);
    expect(codes({ fields: { ...who, unitPrice: "p", occurredAt: "t" } }, source("pos"))).to.deep.equal([]);
    expect(codes({ fields: { ...who, amount: "a" } }, source("pos", { currency: null }))).to.deep.equal([
      "no-time",
      "no-currency",
    ]);
    expect(codes({ fields: { ...who, occurredAt: "t" } }, source("survey"))).to.deep.equal([
      "no-question-kind",
      "no-answer",
    ]);
    expect(codes({ event: "track", fields: { ...who, occurredAt: "t" } }, source("web"))).to.deep.equal([
      "no-event-name",
    ]);
    expect(codes({ fields: { firstName: "Name" } }, source("members"))).to.deep.equal(["no-identifier"]);
  });

  it("do not count an identifier that many share, and count a composed one", () => {
    const kiosk = source("pos", { identifiers: { device_id: { shared: true } } });
    const fields = { deviceId: "Device", amount: "a", occurredAt: "t" };
    expect(codes({ fields }, kiosk)).to.deep.equal(["no-identifier"]);
    expect(codes({ fields, identifiers: [{ kind: "badge", columns: ["a", "b"] }] }, kiosk)).to.deep.equal([]);
  });

  it("find nothing wrong with the mappings of the demo", () => {
    const { sources } = generateDemo({ people: 3, seed: 1, now: new Date("2026-11-21T00:00:00Z") });
    expect(sources.length).to.be.greaterThan(MARKET_CODES.length);
    for (const { mapping, ...of } of sources)
      expect(
        mappingWarnings(mapping ?? null, { ...of, identifiers: of.identifiers ?? {} }),
        of.name,
      ).to.deep.equal([]);
  });
});
