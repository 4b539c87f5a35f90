import { expect } from "chai";
import fc from "fast-check";
import { currencyDecimals, findCurrency, parseMinorUnits } from "../../../src/kernel/money.ts";

const CODES = Intl.supportedValuesOf("currency");

describe("currencies", () => {
  it("are known by their ISO 4217 code in either case, and by what is customarily written instead", () => {
    for (const code of CODES)
      expect([findCurrency(code), findCurrency(` ${code.toLowerCase()} `)]).to.deep.equal([code, code]);
    const customary = ["RMB", "ntd", "NT$", "STG", "CLF"].map(findCurrency);
    expect(customary).to.deep.equal(["CNY", "TWD", "TWD", "GBP", "CLF"]);
  });

  it("are nothing else, and what is known is known again as itself", () => {
    for (const text of ["ZZZ", "XXX", "€", "", "EURO", "constructor"])
      expect(findCurrency(text), text).to.equal(null);
    fc.assert(
      fc.property(fc.string({ maxLength: 5 }), (text) => {
        const code = findCurrency(text);
        if (code !== null) expect(findCurrency(code)).to.equal(code);
      }),
    );
  });

  it("have exact minor units: an amount of whole units is that many times ten to its decimals, to the last", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CODES),
        fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
        fc.nat(),
        (code, whole, part) => {
          const decimals = currencyDecimals(code);
          const fraction = String(part % 10 ** decimals).padStart(decimals, "0");
          const text = decimals === 0 ? String(whole) : `${whole}.${fraction}`;
          const minor = BigInt(decimals === 0 ? text : text.replace(".", ""));
          expect(parseMinorUnits(text, code)).to.deep.equal({ kind: "ok", minor: Number(minor) });
          expect(parseMinorUnits(`${text}${decimals === 0 ? "." : ""}1`, code)).to.include({ kind: "bad" });
        },
      ),
      { examples: [["HUF", 12, 30]] },
    );
  });
});
