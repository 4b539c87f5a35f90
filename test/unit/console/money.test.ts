import { expect } from "chai";
import { currencyDecimals } from "../../../src/kernel/money.ts";
import { unitsOf } from "../../../web/src/parts/money.ts";

describe("money in the console", () => {
  it("has the minor units that the server counts in, also where prices are written without decimals", () => {
    for (const code of Intl.supportedValuesOf("currency"))
      expect(unitsOf(code), code).to.equal(10 ** currencyDecimals(code));
    expect([unitsOf("HUF"), unitsOf("IDR"), unitsOf("JPY"), unitsOf("KWD")]).to.deep.equal([
      100, 100, 1, 1_000,
    ]);
    expect(unitsOf(undefined)).to.equal(100);
  });
});
