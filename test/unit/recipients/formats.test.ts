import { expect } from "chai";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { readPosition, writePosition } from "../../../src/recipients/cursor.ts";
import { csvCell } from "../../../src/recipients/formats.ts";

describe("what recipients are given", () => {
  it("comes back from a CSV cell as it went in, but for the guard before formulas", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [row] = parse(`x,${csvCell(text)}\r\n`, { relax_column_count: true }) as string[][];
        const back = row?.[1] ?? "";
        expect(back === text || back === `'${text}`).to.equal(true);
        if (/^[=@\t\r]/.test(text)) expect(back).to.equal(`'${text}`);
      }),
    );
  });

  it("keeps numbers numbers and guards formulas in full width too", () => {
    expect(csvCell("-12.5")).to.equal("-12.5");
    expect(csvCell("+886912345678")).to.equal("+886912345678");
    expect(csvCell("-1+2")).to.equal("'-1+2");
    expect(csvCell("＝1+1")).to.equal("'＝1+1");
    expect(csvCell(null)).to.equal("");
    expect(csvCell([{ amount: 1 }])).to.equal('"[{""amount"":1}]"');
  });

  it("reads a position as it was written, and nothing else", () => {
    const epoch = "01a2003d-4450-7770-90b2-368da5598e7d";
    expect(readPosition(writePosition(epoch, 42))).to.deep.equal({ epoch, position: 42 });
    for (const bad of ["", "42", `${epoch}.`, `${epoch}.-1`, `${epoch}.1e3`, `${epoch}.1;drop`])
      expect(() => readPosition(bad), bad).to.throw();
  });
});
