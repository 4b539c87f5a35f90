import { expect } from "chai";
import fc from "fast-check";
import { decideRegime, decideSharedRegime } from "../../../consent/regimes/decide-regime.ts";
import { BUILT_IN_REGIMES, consentAge, parseRegimePack } from "../../../consent/regimes/regimes.ts";
import { REGIME_IDS, type RegimeId } from "../../../consent/vocabulary.ts";
import { AppError } from "../../../src/kernel/problems.ts";

const pack = (id: RegimeId) => {
  const found = BUILT_IN_REGIMES.get(id);
  if (found === undefined) throw new Error("pack missing");
  return found;
};

describe("regime packs", () => {
  it("cover every regime and fit their schema", () => {
    expect([...BUILT_IN_REGIMES.keys()].sort()).to.deep.equal([...REGIME_IDS].sort());
  });

  it("say where every value comes from and how sure it is", () => {
    let values = 0;
    const walk = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      if ("value" in node) {
        values += 1;
        expect(node).to.include.keys("source", "mark");
        return;
      }
      for (const child of Object.values(node)) walk(child);
    };
    for (const each of BUILT_IN_REGIMES.values()) walk({ ...each, name: null, territory: null });
    expect(values).to.be.greaterThan(200);
  });

  it("refuse a value without its source, naming the place and not the value", () => {
    const broken = structuredClone(pack("TW")) as unknown as { ages: { consent: Record<string, unknown> } };
    delete broken.ages.consent.source;
    expect(() => parseRegimePack(broken)).to.throw(AppError, "/ages/consent");
  });

  it("hold the figures that requests are clocked by", () => {
    expect(pack("TW").requests.access.limit.value).to.deep.equal({ amount: 15, unit: "calendar-days" });
    expect(pack("TW").requests.erase.limit.value).to.deep.equal({ amount: 30, unit: "calendar-days" });
    expect(pack("US-CA").requests.acknowledge.value).to.deep.equal({ amount: 10, unit: "business-days" });
    expect(pack("US-CA").requests.access.extension.value).to.deep.equal({
      amount: 45,
      unit: "calendar-days",
    });
    expect(pack("US-CA").requests.pauseWhileVerifying.value).to.equal("never");
    expect(pack("EU").requests.access.limit.value).to.deep.equal({ amount: 1, unit: "calendar-months" });
    expect(pack("EU").requests.pauseWhileVerifying.value).to.equal("override-with-reason");
    expect(pack("UK").requests.pauseWhileVerifying.value).to.equal("allowed");
    expect(pack("TW").firstContact.offerRefusal.value).to.equal(true);
  });

  it("know the age of consent by country, and take the highest where the country is unknown", () => {
    expect([consentAge(pack("CN"), null), consentAge(pack("US-CA"), "US")]).to.deep.equal([14, 13]);
    expect(["AT", "DE", "SE", null].map((c) => consentAge(pack("EU"), c))).to.deep.equal([14, 16, 13, 16]);
  });
});

describe("the regime decision", () => {
  it("follows the strongest clue and keeps the others", () => {
    const decision = decideRegime({ declared: null, country: "DE", storeCountry: "TW", phoneRegion: "CN" });
    expect(decision).to.deep.include({ regime: "EU", country: "DE" });
    expect(decision.because).to.deep.include({ decidedBy: "country", strength: "address", conflict: true });
    expect(decision.because.clues.map((c) => c.regime)).to.deep.equal(["EU", "TW", "CN"]);
    expect(decideRegime({ declared: "TW", country: "DE" }).regime).to.equal("TW");
  });

  it("wants California, not just the United States", () => {
    expect(decideRegime({ country: "US" }).regime).to.equal(null);
    expect(decideRegime({ country: "US", region: "CA" }).regime).to.equal("US-CA");
    expect(decideRegime({ country: "us", region: "US-CA" }).regime).to.equal("US-CA");
    expect(decideRegime({ country: "US", region: "NY", storeCountry: "TW" }).regime).to.equal(null);
    expect(decideRegime({ phoneRegion: "US", region: "CA" }).regime).to.equal(null);
  });

  it("counts a language only when it names a country", () => {
    expect(decideRegime({ language: "zh-TW" }).regime).to.equal("TW");
    expect(decideRegime({ language: "zh-Hans-CN" }).regime).to.equal("CN");
    expect(decideRegime({ language: "en" }).regime).to.equal(null);
    expect(decideRegime({ language: "zh-Hant" }).regime).to.equal(null);
    expect(decideRegime({ language: "en-GB", country: "FR" }).regime).to.equal("EU");
  });

  it("gives no regime rather than a guess for anything else", () => {
    expect(decideRegime({}).because.decidedBy).to.equal("no-clue");
    expect(decideRegime({ country: "UK" }).regime).to.equal("UK");
    const known = new Set([...BUILT_IN_REGIMES.values()].flatMap((p) => p.territory.map((t) => t.country)));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const code = text.trim().toUpperCase();
        if (known.has(code) || code === "UK") return;
        expect(decideRegime({ country: text, phoneRegion: text, storeCountry: text }).regime).to.equal(null);
      }),
    );
  });

  it("is the same whether or not equal clues share it, and goes by the packs that are asked", () => {
    const clue = fc.constantFrom(null, "TW", "DE", "US", "GB", "zh-TW", "x");
    const clues = fc.record(
      {
        declared: clue,
        country: clue,
        region: fc.constantFrom(null, "CA", "NY"),
        storeCountry: clue,
        phoneRegion: clue,
        language: clue,
      },
      { requiredKeys: [] },
    );
    const withoutTaiwan = new Map([...BUILT_IN_REGIMES].filter(([id]) => id !== "TW"));
    fc.assert(
      fc.property(clues, fc.constantFrom(BUILT_IN_REGIMES, withoutTaiwan), (given, packs) => {
        const shared = decideSharedRegime(given, packs);
        expect(shared).to.deep.equal(decideRegime(given, packs));
        expect(decideSharedRegime({ ...given }, packs)).to.equal(shared);
      }),
    );
  });
});
