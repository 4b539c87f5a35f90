import { expect } from "chai";
import { explainFinding, lintNotice } from "../../../consent/notice-lint.ts";
import {
  indexNotices,
  type Notice,
  type NoticeSection,
  type NoticeText,
  noticeHashes,
  noticeSha256,
} from "../../../consent/notices.ts";
import type { Purpose } from "../../../consent/purpose.schema.ts";
import { builtInPurposes, indexPurposes } from "../../../consent/purposes.ts";
import { BUILT_IN_REGIMES } from "../../../consent/regimes/regimes.ts";
import { staleNotices } from "../../../consent/stale-notices.ts";
import { starterNotices } from "../../../consent/starter-notices/starter-notices.ts";
import type { ControllerDetails } from "../../../consent/starter-notices/wording.ts";
import { LOCALES } from "../../../consent/vocabulary.ts";
import { aPurpose } from "./builders.ts";

const shop: ControllerDetails = {
  name: "Example Shops",
  address: "1 Example Street",
  email: "privacy@shop.example",
  phone: "+44 20 7946 0000",
  dataProtectionOfficer: "dpo@shop.example",
  preferencesUrl: "https://shop.example/preferences",
  rightsUrl: "https://shop.example/rights",
  area: "the European Union",
  authority: "the authority",
};
const details = { en: shop, "zh-CN": shop, "zh-TW": shop };
const publishedAt = new Date("2026-01-01T00:00:00Z");
const notices = starterNotices(details, publishedAt);
const marketing = notices.find((n) => n.id === "marketing") as Notice;

function without(notice: Notice, section: NoticeSection): Notice {
  const texts = Object.fromEntries(
    LOCALES.map((locale) => {
      const text = notice.texts[locale] as NoticeText;
      return [locale, { ...text, sections: { ...text.sections, [section]: " " } }];
    }),
  );
  return { ...notice, texts };
}

describe("a notice", () => {
  it("has one hash for the same words, however they were typed", () => {
    const text: NoticeText = { title: "Café", ask: "", sections: { purposes: "one\r\ntwo ", rights: "x" } };
    const typed: NoticeText = {
      title: "Cafe\u0301",
      ask: " ",
      sections: { rights: "x", purposes: "one\ntwo" },
    };
    expect(noticeSha256({ id: "n", version: 1 }, "en", text)).to.equal(
      noticeSha256({ id: "n", version: 1 }, "en", typed),
    );
  });

  it("has another hash for any other word, version, language or section", () => {
    const text: NoticeText = { title: "t", ask: "a", sections: { purposes: "p" } };
    const hashes = [
      noticeSha256({ id: "n", version: 1 }, "en", text),
      noticeSha256({ id: "n", version: 2 }, "en", text),
      noticeSha256({ id: "m", version: 1 }, "en", text),
      noticeSha256({ id: "n", version: 1 }, "zh-TW", text),
      noticeSha256({ id: "n", version: 1 }, "en", { ...text, ask: "b" }),
      noticeSha256({ id: "n", version: 1 }, "en", { ...text, sections: { rights: "p" } }),
    ];
    expect(new Set(hashes).size).to.equal(hashes.length);
  });

  it("keeps the hash that an auditor computed by hand", () => {
    const text: NoticeText = { title: "t", ask: "a", sections: { purposes: "p" } };
    // printf '%s' '{"ask":"a","format":"candor-notice/1","id":"n","locale":"en","sections":{"purposes":"p"},"title":"t","version":1}' | sha256sum
    expect(noticeSha256({ id: "n", version: 1 }, "en", text)).to.equal(
      "2d1875f9c86e00c739c2f051a268b26079897bfac9bc9d7311536ac14d8c24dc",
    );
  });
});

describe("the starter notices", () => {
  it("lack nothing that any regime asks for, in any language", () => {
    for (const notice of notices)
      expect(lintNotice(notice, builtInPurposes(), BUILT_IN_REGIMES)).to.deep.equal([]);
    expect(notices.map((n) => n.id)).to.deep.equal(builtInPurposes().map((p) => p.id));
  });

  it("are written in each language's own characters", () => {
    const words = (locale: "zh-CN" | "zh-TW") => notices.map((n) => JSON.stringify(n.texts[locale])).join("");
    expect(words("zh-TW")).to.not.match(/[们这为应务个与会员发对关买权资产问题见网络门车]/);
    expect(words("zh-CN")).to.not.match(/[們這為應務個與會員發對關買權資產問題見網絡門]/);
    for (const notice of notices) {
      const hashes = noticeHashes(notice);
      expect(new Set(Object.values(hashes)).size).to.equal(3);
    }
  });

  it("name recipients, retention and periods from the purposes", () => {
    const purpose = aPurpose("partner-sharing", {
      recipients: [
        {
          id: "north",
          role: "third-party",
          country: "DE",
          name: { en: "North Ads", "zh-CN": "北方广告", "zh-TW": "北方廣告" },
        },
      ],
    });
    const [notice] = starterNotices(details, publishedAt, [purpose]);
    expect(lintNotice(notice as Notice, [purpose], BUILT_IN_REGIMES)).to.deep.equal([]);
    expect(notice?.texts.en?.sections.recipients).to.include("North Ads");
    expect(notice?.texts["zh-TW"]?.sections.retention).to.include("1 年");
    expect(notice?.texts.en?.sections.retention).to.include("one year");
  });
});

describe("the notice linter", () => {
  const only = (...ids: string[]) => new Map([...BUILT_IN_REGIMES].filter(([id]) => ids.includes(id)));
  const lint = (notice: Notice, ids: readonly string[]) =>
    lintNotice(notice, builtInPurposes(), only(...ids));

  it("names each of Taiwan's six items by its number when it is missing", () => {
    const six: [NoticeSection, string][] = [
      ["controller", "PDPA Art. 8(1)(1)"],
      ["purposes", "PDPA Art. 8(1)(2)"],
      ["categories", "PDPA Art. 8(1)(3)"],
      ["retention", "PDPA Art. 8(1)(4)"],
      ["area", "PDPA Art. 8(1)(4)"],
      ["recipients", "PDPA Art. 8(1)(4)"],
      ["methods", "PDPA Art. 8(1)(4)"],
      ["rights", "PDPA Art. 8(1)(5)"],
      ["consequences", "PDPA Art. 8(1)(6)"],
    ];
    for (const [section, item] of six) {
      const found = lint(without(marketing, section), ["TW"]);
      expect(found.map((f) => [f.code, f.item])).to.deep.equal(LOCALES.map(() => ["missing-section", item]));
    }
  });

  it("names each item of GDPR Art. 13 when it is missing, for the purposes that it is about", () => {
    const thirteen: [NoticeSection, string, object?][] = [
      ["controller", "GDPR Art. 13(1)(a)"],
      ["contact", "GDPR Art. 13(1)(a)"],
      ["purposes", "GDPR Art. 13(1)(c)"],
      ["lawfulBasis", "GDPR Art. 13(1)(c)"],
      ["legitimateInterests", "GDPR Art. 13(1)(d)", { lawfulBasis: "legitimate-interest" }],
      ["recipients", "GDPR Art. 13(1)(e)"],
      ["crossBorder", "GDPR Art. 13(1)(f)", { crossBorder: true }],
      ["retention", "GDPR Art. 13(2)(a)"],
      ["rights", "GDPR Art. 13(2)(b)"],
      ["withdrawal", "GDPR Art. 13(2)(c)"],
      ["complaint", "GDPR Art. 13(2)(d)"],
      ["consequences", "GDPR Art. 13(2)(e)"],
      ["automatedDecisions", "GDPR Art. 13(2)(f)", { profiling: true }],
    ];
    for (const [section, item, more] of thirteen) {
      const purpose = aPurpose("marketing", { ...more, basisByRegime: {} });
      const [whole] = starterNotices(details, publishedAt, [purpose]);
      const found = lintNotice(without(whole as Notice, section), [purpose], only("EU"));
      expect(
        found.map((f) => [f.code, f.item]),
        section,
      ).to.deep.equal(LOCALES.map(() => ["missing-section", item]));
    }
  });

  it("names the items of PIPL Art. 17", () => {
    const items = (section: NoticeSection) => lint(without(marketing, section), ["CN"])[0]?.item;
    expect(items("methods")).to.equal("PIPL Art. 17(1)(2)");
    expect(items("contact")).to.equal("PIPL Art. 17(1)(1)");
  });

  it("asks about transfers abroad, sensitive data and recipients only where there are any", () => {
    const abroad = aPurpose("marketing", {
      crossBorder: true,
      sensitive: true,
      recipients: [
        { id: "x", role: "third-party", country: "US", name: { en: "Ex", "zh-CN": "甲", "zh-TW": "乙" } },
      ],
    });
    const found = lintNotice(marketing, [abroad], only("CN")).filter((f) => f.locale === "en");
    expect(found.map((f) => f.item ?? f.code).sort()).to.deep.equal([
      "PIPL Art. 30",
      "PIPL Art. 39",
      "recipient-not-named",
    ]);
  });

  it("finds missing languages, words, placeholders and unknown purposes", () => {
    const en = marketing.texts.en as NoticeText;
    const broken: Notice = {
      ...marketing,
      purposes: ["marketing", "nothing"],
      texts: {
        en: { title: "", ask: " ", sections: { ...en.sections, contact: "Write to {email}", minors: "" } },
        "zh-CN": marketing.texts["zh-CN"] as NoticeText,
      },
    };
    const codes = lint(broken, ["EU"]).map((f) => f.code);
    expect(codes).to.have.members([
      "unknown-purpose",
      "missing-title",
      "missing-ask",
      "placeholder-left",
      "sections-differ",
      "missing-locale",
    ]);
  });

  it("says what is missing in the reader's language", () => {
    const [finding] = lint(without(marketing, "retention"), ["TW"]);
    if (finding === undefined) throw new Error("no finding");
    expect(explainFinding(finding, "en", BUILT_IN_REGIMES)).to.equal(
      "The English text lacks “How long we keep it”, which PDPA Art. 8(1)(4) (Taiwan) requires.",
    );
    expect(explainFinding(finding, "zh-TW", BUILT_IN_REGIMES)).to.equal(
      "英文版本缺少「利用期間」，這是PDPA Art. 8(1)(4)（臺灣）要求的內容。",
    );
  });
});

describe("stale notices", () => {
  const inForce = builtInPurposes();
  const registry = (now: readonly Purpose[], then: readonly Purpose[], known: readonly Notice[]) => ({
    rules: { purposes: indexPurposes(now), notices: indexNotices(known), regimes: BUILT_IN_REGIMES },
    rulesAt: () => ({
      purposes: indexPurposes(then),
      notices: indexNotices(known),
      regimes: BUILT_IN_REGIMES,
    }),
    noticeFor: (id: string) => known.find((n) => n.purposes.includes(id)) ?? null,
  });

  it("are none while every purpose is told as it is", () => {
    expect(staleNotices(registry(inForce, inForce, notices))).to.deep.equal([]);
  });

  it("are those of purposes that nobody explains, that changed since, or whose notice lacks something", () => {
    const changed = inForce.map((p) => (p.id === "analytics" ? { ...p, version: p.version + 1 } : p));
    const known = notices
      .filter((n) => n.id !== "profiling")
      .map((n) => (n.id === "marketing" ? without(n, "retention") : n));
    const found = staleNotices(registry(changed, inForce, known));
    expect(found.map((f) => [f.purposeId, f.reason])).to.deep.equal([
      ["analytics", "purpose-changed"],
      ["marketing", "lacks-something"],
      ["profiling", "no-notice"],
    ]);
    expect(found[1]?.errors).to.be.greaterThan(0);
    expect(found[2]?.notice).to.equal(null);
  });
});
