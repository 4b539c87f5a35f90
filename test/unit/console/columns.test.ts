import { expect } from "chai";
import fc from "fast-check";
import {
  comparePlain,
  csvOf,
  type Plain,
  type PlainColumn,
  rowHolds,
} from "../../../web/src/parts/columns.ts";

interface Row {
  readonly name: string;
  readonly n: number | null;
}

const COLUMNS: readonly PlainColumn<Row>[] = [
  { title: "Name", dataIndex: "name" },
  { title: "Figure", key: "figure", csv: (row) => row.n },
  { title: "", key: "act" },
];

describe("the lists of the console", () => {
  it("save every column that has a plain value under its heading, and none of buttons", () => {
    expect(
      csvOf(COLUMNS, [
        { name: 'Li, "Wei"', n: 2 },
        { name: "李伟", n: null },
      ]),
    ).to.equal('Name,Figure\r\n"Li, ""Wei""",2\r\n李伟,\r\n');
  });

  it("save and find a code by the words that it is drawn with, and everything else as it is kept", () => {
    const drawn: readonly PlainColumn<{ state: string; at: string }>[] = [
      {
        title: "Zustand",
        dataIndex: "state",
        render: (state) => ({ props: { children: ["In ", { props: { children: `Arbeit (${state})` } }] } }),
      },
      { title: "Seit", dataIndex: "at", render: () => "1. November" },
    ];
    const row = { state: "in-progress", at: "2026-11-01T00:00:00Z" };
    expect(csvOf(drawn, [row])).to.equal("Zustand,Seit\r\nIn Arbeit (in-progress),2026-11-01T00:00:00Z\r\n");
    for (const sought of ["arbeit", "november", "2026-11"])
      expect(rowHolds(drawn, row, sought), sought).to.equal(true);
  });

  it("save no cell that a spreadsheet would run", () => {
    fc.assert(
      fc.property(fc.constantFrom("=", "+", "-", "@", "\t", "\r"), fc.string(), (sign, rest) => {
        const [, line = ""] = csvOf(COLUMNS.slice(0, 1), [{ name: `${sign}x${rest}`, n: null }]).split(
          /^Name\r\n/,
        );
        expect(line).to.match(/^"?'/);
      }),
    );
    expect(csvOf(COLUMNS, [{ name: "-5.2", n: -3 }])).to.include("-5.2,-3");
  });

  it("find a row by any of its cells, whatever the case", () => {
    const row = { name: "High Street", n: 42 };
    for (const sought of ["high", " STREET ", "42"])
      expect(rowHolds(COLUMNS, row, sought), sought).to.equal(true);
    expect(rowHolds(COLUMNS, row, "low")).to.equal(false);
  });

  it("sort figures by size, text with its figures by size, and what is missing last", () => {
    const sorted = (values: readonly Plain[]) => [...values].sort(comparePlain);
    expect(sorted([10, null, 9, -1])).to.deep.equal([-1, 9, 10, null]);
    expect(sorted(["S-10", undefined, "S-9", "b", "A"])).to.deep.equal(["A", "b", "S-9", "S-10", undefined]);
  });

  it("sort in an order, whatever is to be sorted", () => {
    const plain = fc.oneof(fc.constant(null), fc.integer(), fc.constantFrom("a", "B", "S-9", "S-10"));
    const sign = (n: number) => Math.sign(n) + 0;
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(sign(comparePlain(a, b))).to.equal(sign(-comparePlain(b, a)));
      }),
    );
  });
});
