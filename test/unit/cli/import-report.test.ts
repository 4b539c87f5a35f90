import { expect } from "chai";
import type { FileReport } from "../../../pipelines/index.ts";
import { findSource, type SourceView } from "../../../src/cli/context.ts";
import { CliError } from "../../../src/cli/exit.ts";
import { describeImport } from "../../../src/cli/import-report.ts";
import { watchUpload } from "../../../src/cli/progress.ts";
import { fakeIo } from "./fake-io.ts";

const REPORT: FileReport = {
  rows: 1_200_000,
  counts: { accepted: 1_199_000, duplicate: 990, quarantined: 9, refused: 1 },
  reasons: [
    { code: "invalid-amount", count: 9, firstLine: 12_345, detail: "amount is not exact." },
    { code: "suppressed", count: 1, firstLine: 7, detail: "This person has been erased." },
  ],
  rejected: Array.from({ length: 10 }, (_, i) => ({
    line: i + 1,
    status: "quarantined" as const,
    code: "invalid-amount" as const,
    detail: "amount is not exact.",
    quarantineId: i === 0 ? null : `id-${i}`,
  })),
  format: "csv",
  encoding: "gb18030",
  separator: "\t",
  unmappedColumns: ["备注\u001b"],
  missingColumns: [{ column: "金额", uses: ["amount"], isFatal: true }],
};

describe("cli: the report of an import", () => {
  const text = describeImport("till\u0007.csv", REPORT, 150, 96_000_000).join("\n");

  it("states the rate, every verdict and every reason with its first line", () => {
    expect(text).to.include("1,200,000 rows, 96.0 MB in 150 s (8,000 rows/s)");
    expect(text).to.match(/accepted +1,199,000\n +duplicate +990\n +quarantined +9\n +refused +1\n/);
    expect(text).to.include("9  invalid-amount  first on line 12,345  amount is not exact.");
  });

  it("shows the first rejected rows, and the columns to look at", () => {
    expect(text).to.include("line 5  quarantined").and.to.not.include("line 6  quarantined");
    expect(text).to.include('Missing column "金额" (fills amount): no row can be stored without it.');
    expect(text).to.include("Columns that nobody maps:");
  });

  it("lets neither file names nor columns steer the terminal", () => {
    expect(text).to.not.include("\u0007").and.to.not.include("\u001b");
    expect(text).to.include("till\\u0007.csv");
  });
});

describe("cli: progress where nobody watches", () => {
  it("writes a line at each quarter of a large file, and none about a small one", () => {
    const io = fakeIo();
    const watch = watchUpload("big.csv", 8_000_000, io);
    const chunk = Buffer.alloc(1_000_000, "0123456789\n");
    for (let i = 0; i < 8; i++) watch.saw(chunk);
    watch.stop();
    expect(io.notes).to.have.length(4);
    expect(io.notes[1]).to.match(/^big\.csv: 4\.0 MB of 8\.0 MB, 363,63\d lines, [\d,]+ lines\/s$/);
    expect(watch.bytes()).to.equal(8_000_000);

    const small = fakeIo();
    watchUpload("small.csv", 11, small).saw(Buffer.from("0123456789\n"));
    expect(small.notes).to.deep.equal([]);
  });
});

describe("cli: naming a source", () => {
  const source = (id: string, name: string, state = "active") => ({ id, name, state }) as SourceView;
  const sources = [
    source("1", "Till"),
    source("2", "till"),
    source("3", "Shop"),
    source("4", "Shop", "ended"),
    source("5", "Gone", "ended"),
    source("6", "Twin"),
    source("7", "Twin"),
  ];
  const idOf = (text: string) => findSource(sources, text).id;

  it("takes the id, the exact name, then the name in any case; active ones first", () => {
    expect(idOf("2")).to.equal("2");
    expect(idOf("Till")).to.equal("1");
    expect(idOf("till")).to.equal("2");
    expect(idOf("SHOP")).to.equal("3");
    expect(idOf("gone")).to.equal("5");
  });

  it("refuses a name that several have, and one that nobody has", () => {
    for (const name of ["Twin", "TILL", "Nobody"])
      expect(() => idOf(name), name)
        .to.throw(CliError)
        .with.property("exitCode", 2);
  });
});
