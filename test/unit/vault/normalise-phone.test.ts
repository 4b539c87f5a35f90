import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { type CountryCode, getCountryCallingCode } from "libphonenumber-js/max";
import { NORMALISER_VERSION, normaliseIdentifier } from "../../../src/vault/index.ts";

const EXAMPLES = new URL("../../../../shared/data/normalise/phone/examples.mobile.json", import.meta.url);
const ok = (value: string) => ({ kind: "ok", value, version: NORMALISER_VERSION });
const phone = (value: unknown, region?: string) =>
  normaliseIdentifier("phone", value, region === undefined ? {} : { region });

function wide(text: string): string {
  return text.replace(/[\d+\-()]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
}

describe("normalising telephone numbers", () => {
  it("gives one number for every way of writing it at home and from abroad", () => {
    const taiwan = [
      ...["0912345678", "0912-345-678", "0912 345 678", "(0912) 345678", "+886912345678", "+886 912-345-678"],
      ...[
        "+886 0912345678",
        "00886912345678",
        "002 886 912345678",
        "886912345678",
        "912345678",
        "+886(0)912345678",
      ],
      ...[
        "０９１２３４５６７８",
        "＋８８６９１２３４５６７８",
        "\u202a+886 912 345 678\u202c",
        " 0912.345.678\n",
      ],
      ...["0912—345—678", "0912‐345‐678"],
    ];
    for (const written of taiwan) expect(phone(written, "TW"), written).to.deep.equal(ok("+886912345678"));
    expect(phone(912345678, "TW")).to.deep.equal(ok("+886912345678"));
    expect(phone(886912345678, "tw")).to.deep.equal(ok("+886912345678"));
    for (const written of [
      "13800138000",
      "138 0013 8000",
      "+86 138-0013-8000",
      "008613800138000",
      "8613800138000",
    ])
      expect(phone(written, "CN"), written).to.deep.equal(ok("+8613800138000"));
  });

  it("reads a foreign number the same at every region", () => {
    for (const region of ["TW", "CN", "DE", "US", undefined]) {
      for (const written of ["+447400123456", "00447400123456", "+44 7400 123456"])
        expect(phone(written, region), `${written} ${region}`).to.deep.equal(ok("+447400123456"));
    }
  });

  it("asks for a region where there is no country code", () => {
    expect(phone("0912345678")).to.deep.equal({ kind: "bad", reason: "phone-needs-region" });
    expect(phone("0912345678", "XX")).to.deep.equal({ kind: "bad", reason: "bad-phone" });
  });

  it("keeps the desks behind one switchboard apart", () => {
    for (const written of [
      "02-2345-6789 ext 12",
      "(02)2345-6789#12",
      "02 23456789 轉12",
      "02-23456789分機 12",
    ])
      expect(phone(written, "TW"), written).to.deep.equal(ok("+886223456789;ext=12"));
    expect(phone("02-2345-6789", "TW")).to.deep.equal(ok("+886223456789"));
  });

  it("refuses what no plan can assign, and text around a number", () => {
    for (const written of [
      ...[
        "12345",
        "0912 345 67",
        "0912345678901",
        "call 0912345678",
        "0912345678 home",
        "a@example.org",
        "+1",
      ],
      ...["0912345678 / 0922345678", "++886912345678", "tel:+886912345678", "1".repeat(200)],
    ])
      expect(phone(written, "TW"), written).to.deep.equal({ kind: "bad", reason: "bad-phone" });
  });

  describe("one valid mobile number of each region", () => {
    before(function () {
      if (!existsSync(EXAMPLES)) {
        console.log("      skipped: ../shared/data/normalise/phone/examples.mobile.json is not here");
        this.skip();
      }
    });

    it("is the same in E.164, national, 00 and full-width form, with and without its region", () => {
      const examples = JSON.parse(readFileSync(EXAMPLES, "utf8")) as Record<CountryCode, string>;
      const regions = Object.entries(examples) as [CountryCode, string][];
      expect(regions.length).to.equal(245);
      for (const [region, national] of regions) {
        const e164 = `+${getCountryCallingCode(region)}${national}`;
        for (const written of [e164, wide(e164), `00${e164.slice(1)}`]) {
          expect(phone(written), `${region} ${written}`).to.deep.equal(ok(e164));
          expect(phone(written, region), `${region} ${written}`).to.deep.equal(ok(e164));
        }
        for (const written of [national, wide(national), national.replace(/(...)(?=.)/g, "$1 ")])
          expect(phone(written, region), `${region} ${written}`).to.deep.equal(ok(e164));
      }
    });

    it("stays one number however separators are strewn in", () => {
      const examples = Object.entries(
        JSON.parse(readFileSync(EXAMPLES, "utf8")) as Record<CountryCode, string>,
      );
      const separators = fc.array(fc.constantFrom("", "", " ", "-", ".", "\u00a0", "　"), {
        minLength: 20,
        maxLength: 20,
      });
      fc.assert(
        fc.property(fc.constantFrom(...examples), separators, ([region, national], between) => {
          const written = [...national].map((digit, i) => `${digit}${between[i] ?? ""}`).join("");
          expect(phone(written, region)).to.deep.equal(phone(national, region));
        }),
      );
    });
  });
});
