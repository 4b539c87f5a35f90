import { expect } from "chai";
import { decide } from "../../../consent/decide.ts";
import { RULES } from "../../../consent/decision.ts";
import { explainDecision } from "../../../consent/explain.ts";
import { RULE_SENTENCES } from "../../../consent/texts.ts";
import { LOCALES } from "../../../consent/vocabulary.ts";
import { aMember, aRecord, day, rulesWith } from "./builders.ts";

const rules = rulesWith();

describe("an explained decision", () => {
  it("has a sentence for every rule in every language, with the same parameters", () => {
    const params = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();
    expect(Object.keys(RULE_SENTENCES).sort()).to.deep.equal([...RULES].sort());
    for (const sentence of Object.values(RULE_SENTENCES)) {
      for (const locale of LOCALES) expect(params(sentence[locale])).to.deep.equal(params(sentence.en));
    }
  });

  it("says the verdict, the reason and the proof in the reader's language", () => {
    const record = aRecord({ id: "r-1" });
    const decision = decide(rules, aMember([record]), { purposeId: "analytics" });
    expect(explainDecision(decision, "en", { purposes: rules.purposes })).to.deep.equal([
      "Allowed.",
      "The member consented to “Understanding how our shops are used” on 1 June 2026.",
      "Proof: entry r-1, notice “n” version 1.",
    ]);
    expect(explainDecision(decision, "zh-TW", { purposes: rules.purposes })).to.deep.equal([
      "允許。",
      "該會員已於2026年6月1日同意「分析門市與網站的使用情形」。",
      "依據：紀錄 r-1，告知書「n」第 1 版。",
    ]);
  });

  it("leaves no parameter unfilled, whichever rule decided", () => {
    const members = [
      aMember([]),
      aMember([], { regime: null }),
      aMember([aRecord({ state: "withdrawn", recordedAt: day(2) })]),
      aMember([aRecord()], { status: { age: 9 } }),
      aMember([], { status: { restricted: true } }),
      aMember([aRecord({ state: "channel-closed", purposeId: "*", channel: "line" })]),
    ];
    for (const member of members) {
      for (const ask of [
        { purposeId: "analytics" },
        { purposeId: "marketing", channel: "line" as const },
        { purposeId: "nothing" },
        { purposeId: "service", recipient: { id: "x", role: "third-party" as const, country: null } },
      ]) {
        for (const locale of LOCALES) {
          const text = explainDecision(decide(rules, member, ask), locale).join(" ");
          expect(text).to.not.match(/[{}]|undefined|null/);
        }
      }
    }
  });
});
