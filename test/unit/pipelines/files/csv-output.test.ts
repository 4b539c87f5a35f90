import { expect } from "chai";
import { parse as parseOracle } from "csv-parse/sync";
import fc from "fast-check";
import { csvLine, escapeFormula } from "../../../../pipelines/files/index.ts";

describe("writing CSV for people", () => {
  it("disarms what a spreadsheet would take for a formula", () => {
    for (const cell of [
      "=1+1",
      "+A1",
      "-A1",
      "@SUM(A1)",
      "\t=1",
      "\r=1",
      '=HYPERLINK("x")',
      "＝1+1",
      "-1+1",
      "+",
    ]) {
      expect(escapeFormula(cell)).to.equal(`'${cell}`);
    }
  });

  it("leaves numbers and ordinary text as they are", () => {
    for (const cell of ["-12.50", "+3", "1e3", "-.5", "王", "a=b", "", "O'Neil"]) {
      expect(escapeFormula(cell)).to.equal(cell);
    }
    expect(csvLine(["a", -5, null, undefined, true, 9007199254740993n])).to.equal(
      "a,-5,,,true,9007199254740993\r\n",
    );
  });

  it("writes lines that read back as the cells they were, but for the disarming apostrophe", () => {
    const cell = fc.string({ unit: fc.constantFrom(..."a,\"\n\r;=+-@\t1会'"), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), (cells) => {
        const [back] = parseOracle(csvLine(cells), { record_delimiter: "\r\n" }) as string[][];
        expect(back).to.deep.equal(cells.map(escapeFormula));
      }),
      { numRuns: 100 },
    );
  });
});
