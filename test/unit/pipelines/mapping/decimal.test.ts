import { expect } from "chai";
import fc from "fast-check";
import { multiplyToMinor, readAmount, readDecimal } from "../../../../pipelines/mapping/decimal.ts";

function minor(
  value: unknown,
  currency: string,
  style: Parameters<typeof readAmount>[2] = {},
): number | null {
  const read = readAmount(value, currency, style);
  return read.kind === "ok" ? read.minor : null;
}

describe("numbers of files", () => {
  it("reads amounts exactly in the units of their currency", () => {
    expect(minor("12.50", "EUR")).to.equal(1250);
    expect(minor("-0.07", "USD")).to.equal(-7);
    expect(minor("1500", "JPY")).to.equal(1500);
    expect(minor("1.234", "KWD")).to.equal(1234);
    expect(minor(24.99, "EUR")).to.equal(2499);
    expect(minor("90071992547409.91", "EUR")).to.equal(9007199254740991);
  });

  it("refuses amounts finer than the currency, too large, or none at all", () => {
    for (const text of ["12.505", "1e3", "", "12,50", "NT$12", "1,234.50", "--5", "5-", "0x10", "٣", "NaN"]) {
      expect(minor(text, "EUR"), text).to.equal(null);
    }
    expect(minor("12.5", "JPY")).to.equal(null);
    expect(minor("90071992547409.92", "EUR")).to.equal(null);
  });

  it("reads decimal commas, and separators of thousands only where they are stated and stand right", () => {
    expect(minor("12,50", "EUR", { decimal: "," })).to.equal(1250);
    expect(minor("1.234,50", "EUR", { decimal: "," })).to.equal(null);
    expect(minor("1.234.567,50", "EUR", { decimal: ",", thousands: "." })).to.equal(123456750);
    expect(minor("1,234.50", "EUR", { thousands: "," })).to.equal(123450);
    expect(minor("12,34.50", "EUR", { thousands: "," })).to.equal(null);
    expect(minor("1 234,5", "EUR", { decimal: ",", thousands: " " })).to.equal(123450);
  });

  it("takes off currency symbols only where they are stated, with the sign on either side", () => {
    const style = { currencySymbols: ["NT$", "$", "元"] };
    expect(["NT$12", "-NT$12", "NT$-12", "12元", "$ 12"].map((t) => minor(t, "USD", style))).to.deep.equal([
      1200, -1200, -1200, 1200, 1200,
    ]);
    expect(minor("-$-12", "USD", style)).to.equal(null);
    expect(minor("€12", "USD", style)).to.equal(null);
  });

  it("writes back and reads every amount as what it was, in any style", () => {
    const styles = [
      { decimal: "." as const },
      { decimal: "," as const, thousands: "." },
      { decimal: "." as const, thousands: "," },
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: -1e13, max: 1e13 }),
        fc.constantFrom("JPY", "EUR", "KWD"),
        fc.constantFrom(...styles),
        (units, currency, style) => {
          const decimals = { JPY: 0, EUR: 2, KWD: 3 }[currency] ?? 2;
          const digits = String(Math.abs(units)).padStart(decimals + 1, "0");
          const whole = digits.slice(0, digits.length - decimals);
          const grouped = style.thousands ? whole.replace(/\B(?=(\d{3})+$)/g, style.thousands) : whole;
          const text = `${units < 0 ? "-" : ""}${grouped}${decimals > 0 ? style.decimal + digits.slice(-decimals) : ""}`;
          expect(minor(text, currency, style)).to.equal(units === 0 ? 0 : units);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("multiplies price and quantity exactly and rounds once, half away from zero", () => {
    const product = (price: string, quantity: string, currency = "EUR") => {
      const result = multiplyToMinor(price, quantity, currency);
      return result.kind === "ok" ? result.minor : null;
    };
    expect(product("2.55", "6")).to.equal(1530);
    expect(product("0.1", "3")).to.equal(30);
    expect(product("2.55", "0.345")).to.equal(88);
    expect(product("0.005", "1")).to.equal(1);
    expect(product("0.005", "-1")).to.equal(-1);
    expect(product("0.0049", "1")).to.equal(0);
    expect(product("0.0875", "1000")).to.equal(8750);
    expect(product("12", "3", "JPY")).to.equal(36);
    expect(product("99999999999999", "99999999")).to.equal(null);
  });

  it("reads plain decimals of numbers and text alike", () => {
    expect([
      readDecimal(1.5, {}),
      readDecimal("１", {}),
      readDecimal(" -3 ", {}),
      readDecimal(1e21, {}),
    ]).to.deep.equal(["1.5", null, "-3", null]);
  });
});
