import { Readable } from "node:stream";
import { expect } from "chai";
import iconv from "iconv-lite";
import { previewFile } from "../../../../pipelines/files/index.ts";
import type { FileMapping } from "../../../../pipelines/mapping/index.ts";
import { arrival, aSource, bytesOf, deps } from "./builders.ts";

const MAPPING: FileMapping = {
  encoding: "gbk",
  fields: {
    memberCard: "卡号",
    occurredAt: "时间",
    amount: "金额",
    cashierId: { column: "收银员", required: false },
  },
};

describe("preview of a file", () => {
  it("shows the first rows mapped, every problem counted, and the columns that are missing or unmapped", async () => {
    const text =
      "卡号;时间;金额;备注\nA1234;2026-03-05 10:00;12.50;x\n;2026-03-05;1;\nB2;x;1;\nB2;y;1;\nB2;2026-03-05;1\n";
    const preview = await previewFile(bytesOf(iconv.encode(text, "gbk")), aSource(), MAPPING, arrival, deps, {
      rows: 2,
    });
    expect(preview).to.deep.include({
      format: "csv",
      encoding: "gb18030",
      separator: ";",
      columns: ["卡号", "时间", "金额", "备注"],
      mapping: MAPPING,
      unmappedColumns: ["备注"],
      missingColumns: [{ column: "收银员", uses: ["cashierId"], isFatal: false }],
      rowsRead: 5,
      isWhole: true,
    });
    expect(
      preview.rows.map((r) => [r.line, r.mapped?.order?.totalMinor, r.problems.map((p) => p.code)]),
    ).to.deep.equal([
      [2, 1250, []],
      [3, undefined, ["missing-identifier"]],
    ]);
    expect(preview.problems.map(({ code, count, firstLine }) => [code, count, firstLine])).to.deep.equal([
      ["invalid-time", 2, 4],
      ["missing-identifier", 1, 3],
      ["wrong-column-count", 1, 6],
    ]);
  });

  it("masks who the rows are about", async () => {
    const text = "email,time,amount\nsomebody@example.org,2026-03-05,1\n";
    const preview = await previewFile(bytesOf(text), aSource(), null, arrival, deps);
    expect(preview.rows[0]?.mapped?.identifiers).to.deep.equal([
      { kind: "email", issuer: "", masked: "s…g", verified: false },
    ]);
    expect(JSON.stringify(preview)).not.to.contain("somebody");
    expect(preview.mapping?.fields).to.deep.equal({ occurredAt: "time", amount: "amount", email: "email" });
  });

  it("names a fatal missing column once and rejects every row with it", async () => {
    const preview = await previewFile(
      bytesOf("card,time,amount\nA,2026-03-05,1\nB,2026-03-05,1\n"),
      aSource(),
      { fields: { memberCard: "card", occurredAt: "time", amount: "sum" } },
      arrival,
      deps,
    );
    expect(preview.missingColumns).to.deep.equal([{ column: "sum", uses: ["amount"], isFatal: true }]);
    expect(preview.problems).to.deep.equal([
      {
        code: "column-missing",
        count: 2,
        firstLine: 2,
        detail: 'The column "sum" (amount) is not in the file.',
        column: "sum",
      },
    ]);
  });

  it("reads no further than its cap and lets go of the stream", async () => {
    const stream = Readable.from(bytesOf(`card,time,amount\n${"A,2026-03-05,1\n".repeat(100_000)}`, 65_536));
    const preview = await previewFile(stream, aSource(), null, arrival, deps, { cap: 100 });
    expect([preview.rowsRead, preview.isWhole, preview.rows.length]).to.deep.equal([100, false, 20]);
    expect(stream.destroyed).to.equal(true);
  });
});
