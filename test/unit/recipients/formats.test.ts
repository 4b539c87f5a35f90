import { expect } from "chai";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { readPosition, writePosition } from "../../../src/recipients/cursor.ts";
import { csvCell, profileLine } from "../../../src/recipients/formats.ts";
import type { ProfileLine } from "../../../src/recipients/page.ts";

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

  it("is written to a line of NDJSON exactly as JSON.stringify would", () => {
    const basis = fc.record({
      rule: fc.constantFrom("consent-given" as const, "not-refused" as const),
      basis: fc.option(fc.string()),
      record: fc.option(fc.uuid()),
      notice: fc.option(fc.record({ id: fc.string(), version: fc.nat() })),
    });
    const names = fc.string().filter((name) => name !== "__proto__");
    const shared = fc
      .tuple(basis, fc.uniqueArray(names))
      .map(([one, of]) => Object.fromEntries(of.map((c) => [c, one])));
    const anyLine = fc.record(
      {
        member: fc.uuid(),
        channels: fc.array(fc.string()),
        fields: fc.dictionary(names, fc.jsonValue()),
        facts: fc.constant({ orders: 1 }),
        derived: fc.constant({ segments: ["a"] }),
        identifiers: fc.array(fc.record({ kind: fc.string(), issuer: fc.string(), value: fc.string() })),
        basis: fc.oneof(shared, fc.dictionary(names, basis)),
        withheld: fc.dictionary(names, fc.constantFrom("withdrawn", "no-consent")),
      },
      { requiredKeys: ["member", "fields", "basis", "withheld"] },
    );
    fc.assert(
      fc.property(anyLine, (made) => {
        const line = made as unknown as ProfileLine;
        const { member, channels, fields, facts, derived, identifiers, basis: given, withheld } = line;
        const ordered = {
          type: "profile",
          member,
          channels,
          fields,
          facts,
          derived,
          identifiers,
          basis: given,
          withheld,
        };
        expect(profileLine(line)).to.equal(`${JSON.stringify(ordered)}\n`);
      }),
    );
  });

  it("reads a position as it was written, and nothing else", () => {
    const epoch = "01a2003d-4450-7770-90b2-368da5598e7d";
    expect(readPosition(writePosition(epoch, 42))).to.deep.equal({ epoch, position: 42 });
    for (const bad of ["", "42", `${epoch}.`, `${epoch}.-1`, `${epoch}.1e3`, `${epoch}.1;drop`])
      expect(() => readPosition(bad), bad).to.throw();
  });
});
