import { expect } from "chai";
import { BUILT_IN_REGIMES, citeIn, LOCALES, type RegimePack } from "../../../consent/index.ts";
import { HOLDINGS } from "../../../src/holdings.ts";
import { RECIPIENTS_PROVISION } from "../../../src/privacy/fulfil/erasure-certificate.ts";
import { planErasure } from "../../../src/privacy/fulfil/plan.ts";
import { taxRuleOf } from "../../../src/privacy/fulfil/tax-records.ts";

/** Every provision that a pack names where a person may read it: in its clocks, grounds and duties, with the notes of these. */
function citationsOf(pack: RegimePack): string[] {
  const found: string[] = [pack.authority.value.name];
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    for (const [name, value] of Object.entries(part)) {
      if ((name === "source" || name === "article") && typeof value === "string") found.push(value);
      else visit(value);
    }
  };
  visit(pack.requests);
  visit(pack.breach);
  for (const { note } of Object.values(pack.breach)) if (note !== undefined) found.push(note);
  return found;
}

describe("provisions of law", () => {
  const packs = [...BUILT_IN_REGIMES.values()];
  const grounds = planErasure(HOLDINGS).flatMap((p) => (p.ground === null ? [] : [p.ground.provision]));
  const taxes = [...BUILT_IN_REGIMES.keys(), null].map((regime) => taxRuleOf(regime).provision);
  const all = [...new Set([...packs.flatMap(citationsOf), ...grounds, ...taxes, RECIPIENTS_PROVISION])];

  it("are cited in all three languages, wherever a person may read them", () => {
    expect(all.length).to.be.greaterThan(90);
    const untold = all.flatMap((citation) =>
      LOCALES.filter((locale) => locale !== "en" && citeIn(locale, citation) === citation).map(
        (locale) => `${locale}: ${citation}`,
      ),
    );
    expect(untold).to.deep.equal([]);
  });

  it("bear their official names where the law is written in that language", () => {
    expect(citeIn("zh-CN", "PIPL Art. 50")).to.equal("《中华人民共和国个人信息保护法》第五十条");
    expect(citeIn("zh-TW", "PDPA Art. 13(1)")).to.equal("個人資料保護法第13條第1項");
    expect(citeIn("zh-CN", "GDPR Art. 12(3)")).to.contain("GDPR").and.contain("第12条第3款");
    expect(citeIn("en", "GDPR Art. 12(3)")).to.equal("GDPR Art. 12(3)");
  });

  it("are told by an operator's own pack in its own words, and stand as they are where it has none", () => {
    const pack = { citations: { "Privacy Act s. 7": { "zh-TW": "隱私法第7條" } } };
    expect(citeIn("zh-TW", "Privacy Act s. 7", pack)).to.equal("隱私法第7條");
    expect(citeIn("zh-CN", "Privacy Act s. 7", pack)).to.equal("Privacy Act s. 7");
  });
});
