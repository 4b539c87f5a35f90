import { expect } from "chai";
import { Converter } from "opencc-js/t2cn";
import type { Locale } from "../../../consent/index.ts";
import { HOLDINGS } from "../../../src/holdings.ts";
import { describeData } from "../../../src/privacy/fulfil/data-map.ts";
import { dataMapCsv, dataMapPage } from "../../../src/privacy/fulfil/data-map-forms.ts";
import { HOLDS_OF_INSIGHT } from "../../../src/privacy/fulfil/holding-words/holds-insight.ts";
import { HOLDS_OF_MEMBERS } from "../../../src/privacy/fulfil/holding-words/holds-members.ts";
import { HOLDS_OF_PROOF } from "../../../src/privacy/fulfil/holding-words/holds-proof.ts";
import { PROTECTION } from "../../../src/privacy/fulfil/holding-words/protection.ts";
import { HOLDING_WORDS } from "../../../src/privacy/fulfil/holding-words.ts";

/** Every sentence of the register that people read, by what it tells. */
const SAID = {
  holds: HOLDINGS.map((h) => h.holds),
  retention: HOLDINGS.map((h) => h.retention),
  inExport: HOLDINGS.map((h) => h.inExport),
  nobody: HOLDINGS.flatMap((h) => (h.person.kind === "nobody" ? [h.person.because] : [])),
};
const simplified = Converter({ from: "t", to: "cn" });
/** Simplified characters that Traditional Chinese never uses; the commonest of the register. */
const ONLY_SIMPLIFIED = /[个资会员对这为应权电记录时间号关连结处据类删问规则数]/u;

const map = () =>
  describeData(
    HOLDINGS,
    {
      controller: {
        name: { en: "Aurora", "zh-CN": "极光", "zh-TW": "極光" },
        email: "privacy@example.com",
        country: "TW",
        storageCountries: ["TW"],
        processingCountries: ["TW"],
      } as never,
      rules: { purposes: new Map() } as never,
    },
    { recipients: [], sources: [], madeAt: "2026-01-01T00:00:00.000Z" },
  );

describe("the sentences of the register of holdings", () => {
  for (const [field, translations] of Object.entries(HOLDING_WORDS)) {
    const said = new Set(SAID[field as keyof typeof SAID]);

    it(`stand in Simplified and Traditional Chinese, none left over (${field})`, () => {
      expect(Object.keys(translations)).to.have.members([...said]);
    });
  }

  it("have one translation each, in the script of its language", () => {
    const tables = [
      HOLDS_OF_MEMBERS,
      HOLDS_OF_INSIGHT,
      HOLDS_OF_PROOF,
      HOLDING_WORDS.retention,
      HOLDING_WORDS.inExport,
      HOLDING_WORDS.nobody,
      PROTECTION,
    ];
    const sentences = tables.flatMap((t) => Object.keys(t));
    expect(sentences).to.have.length(new Set(sentences).size);
    for (const [sentence, [cn, tw]] of tables.flatMap((t) => Object.entries(t))) {
      expect(cn, sentence).to.match(/\p{Script=Han}/u);
      expect(cn, sentence).to.equal(simplified(cn));
      expect(tw, sentence)
        .to.match(/\p{Script=Han}/u)
        .and.not.match(ONLY_SIMPLIFIED);
      expect(sentence.endsWith("."), sentence).to.equal(cn.endsWith("。"));
      expect(sentence.endsWith("."), sentence).to.equal(tw.endsWith("。"));
    }
  });

  it("reach the record of processing in each language", () => {
    const described = map();
    for (const locale of ["en", "zh-CN", "zh-TW"] as const satisfies readonly Locale[]) {
      const page = String(dataMapPage(described, locale).body);
      const csv = dataMapCsv(described, locale);
      for (const { words } of described.tables)
        for (const sentence of [words.holds, words.retention, words.inExport]) {
          const escaped = sentence[locale].replaceAll("&", "&amp;").replaceAll("'", "&#39;");
          expect(page, sentence.en).to.include(escaped);
          expect(csv, sentence.en).to.include(sentence[locale].replaceAll('"', '""'));
        }
    }
  });
});
