import { expect } from "chai";
import fc from "fast-check";
import { displayWidth, money, plural, printable, shortTime, size, table } from "../../../src/cli/text.ts";
import { parseMinorUnits } from "../../../src/kernel/money.ts";

describe("cli: text for a terminal", () => {
  it("writes out whatever could steer the terminal", () => {
    expect(printable("a\u001b[31mred\u0007")).to.equal("a\\u001b[31mred\\u0007");
    expect(printable("line\nline\ttab")).to.equal("line\\u000aline\\u0009tab");
    expect(printable("\u202eevil\u2066")).to.equal("\\u202eevil\\u2066");
    expect(printable("half \ud83d of a character")).to.equal("half \\ud83d of a character");
    expect(printable("王小明 😀 é")).to.equal("王小明 😀 é");
  });

  it("never lets a control character through, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).to.not.match(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        expect(printable(text).isWellFormed()).to.equal(true);
      }),
    );
  });

  it("counts two columns for Chinese, none for accents that combine", () => {
    expect(displayWidth("abc")).to.equal(3);
    expect(displayWidth("王小明")).to.equal(6);
    expect(displayWidth("e\u0301")).to.equal(1);
    expect(displayWidth("ＡＢ")).to.equal(4);
    expect(displayWidth("")).to.equal(0);
  });

  it("aligns columns by what they take on the screen, and leaves nothing trailing", () => {
    expect(
      table(
        [
          ["王小明", "1", "x"],
          ["Ann", "1,000", ""],
        ],
        { header: ["NAME", "N", ""], right: [1], indent: " " },
      ),
    ).to.deep.equal([" NAME        N", " 王小明      1  x", " Ann     1,000"]);
    expect(table([])).to.deep.equal([]);
  });

  it("gives every line of a table the same places, whatever the cells", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1 }), (rows) => {
        const wide = Math.max(...rows.map(([cell]) => displayWidth(printable(cell))));
        const lines = table(rows.map(([a, b]) => [a, `|${b}`]));
        for (const [i, line] of lines.entries()) {
          const first = line.slice(0, line.length - `|${printable(rows[i]?.[1] ?? "")}`.trimEnd().length);
          expect(displayWidth(first)).to.equal(wide + 2);
        }
      }),
    );
  });

  it("writes amounts with the decimals of their currency", () => {
    expect(money(45_000, "TWD")).to.equal("450.00 TWD");
    expect(money(-5, "EUR")).to.equal("-0.05 EUR");
    expect(money(1_234_567, "JPY")).to.equal("1,234,567 JPY");
    expect(money(0, "BHD")).to.equal("0.000 BHD");
  });

  it("writes amounts that read back as the same minor units", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom("EUR", "JPY", "BHD", "CLF"), (minor, currency) => {
        const text = money(minor, currency).replace(` ${currency}`, "").replaceAll(",", "");
        expect(parseMinorUnits(text, currency)).to.deep.equal({ kind: "ok", minor: minor === 0 ? 0 : minor });
      }),
    );
  });

  it("shortens sizes, counts and times without rounding to a unit of its own", () => {
    expect([0, 999, 1_500, 999_949, 999_950, 12_000_000].map(size)).to.deep.equal([
      "0 B",
      "999 B",
      "1.5 kB",
      "999.9 kB",
      "1.0 MB",
      "12.0 MB",
    ]);
    expect(plural(1, "row")).to.equal("1 row");
    expect(plural(2_000, "row")).to.equal("2,000 rows");
    expect(shortTime("2026-11-21T08:05:00.123Z")).to.equal("2026-11-21 08:05:00Z");
    expect(shortTime("someday")).to.equal("someday");
  });
});
