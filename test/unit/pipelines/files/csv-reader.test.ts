import { expect } from "chai";
import { parse as parseOracle } from "csv-parse/sync";
import fc from "fast-check";
import { type CsvFormat, csvReader } from "../../../../pipelines/files/csv-reader.ts";
import type { FileRow } from "../../../../pipelines/files/file-row.ts";
import { AppError } from "../../../../src/kernel/problems.ts";

const PLAIN: CsvFormat = {
  separator: ",",
  quote: '"',
  header: true,
  columns: null,
  comment: null,
  newline: "\n",
};

function read(text: string, over: Partial<CsvFormat> = {}, size = 65_536): FileRow[] {
  const reader = csvReader({ ...PLAIN, ...over });
  let rows: FileRow[] = [];
  for (let at = 0; at < text.length; at += size) rows = rows.concat(reader.push(text.slice(at, at + size)));
  return rows.concat(reader.end());
}

/** Line and cells of good rows, line and code of bad ones. */
function brief(rows: readonly FileRow[]): [number, unknown][] {
  return rows.map((r) => [
    r.line,
    r.kind === "cells" ? r.cells : r.kind === "bad" ? r.rejection.code : r.value,
  ]);
}

describe("reading separated values", () => {
  it("names the line on which each record begins, over quoted line breaks, blank lines and CRLF", () => {
    const text = 'a,b\r\n\r\n1,"x\r\ny"\r\n2,"say ""hi"""\r\n\r\n3,z';
    expect(brief(read(text))).to.deep.equal([
      [3, ["1", "x\ny"]],
      [5, ["2", 'say "hi"']],
      [7, ["3", "z"]],
    ]);
  });

  it("takes a quote inside an unquoted cell as an ordinary character", () => {
    expect(brief(read('a,b\n12" vinyl,3\nO"Neil,4'))).to.deep.equal([
      [2, ['12" vinyl', "3"]],
      [3, ['O"Neil', "4"]],
    ]);
  });

  it("rejects a row of another width and keeps its neighbours", () => {
    expect(brief(read("a,b\n1,2\n1\n1,2,3\n3,4"))).to.deep.equal([
      [2, ["1", "2"]],
      [3, "wrong-column-count"],
      [4, "wrong-column-count"],
      [5, ["3", "4"]],
    ]);
  });

  it("rejects an unclosed quote under its own line and reads on at the next", () => {
    expect(brief(read('a,b\n1,"open\n2,x\n3,y'))).to.deep.equal([
      [2, "unclosed-quote"],
      [3, ["2", "x"]],
      [4, ["3", "y"]],
    ]);
    expect(brief(read('a,b\n1,"open\n2,"x"\n3,y'))).to.deep.equal([
      [2, "unclosed-quote"],
      [3, ["2", "x"]],
      [4, ["3", "y"]],
    ]);
    expect(brief(read('a,b\n1,"say "hi" now"\n2,x'))).to.deep.equal([
      [2, "unclosed-quote"],
      [3, ["2", "x"]],
    ]);
  });

  it("recovers from an unclosed quote in a file longer than a record may be", () => {
    const rest = Array.from({ length: 120_000 }, (_, i) => `${i},plain text`);
    const rows = read(`a,b\n1,"open\n${rest.join("\n")}\n`);
    expect(rows).to.have.length(120_001);
    expect(brief(rows.slice(0, 2))).to.deep.equal([
      [2, "unclosed-quote"],
      [3, ["0", "plain text"]],
    ]);
    expect(rows.slice(1).every((r) => r.kind === "cells")).to.equal(true);
  });

  it("stays linear on a file whose every line leaves a quote open", () => {
    const text = `a,b\n${'x","abc\n'.repeat(150_000)}`;
    const began = process.cpuUsage();
    const rows = read(text);
    const spent = process.cpuUsage(began);
    expect(rows.every((r) => r.kind === "bad")).to.equal(true);
    expect(rows).to.have.length(150_000);
    expect(spent.user / 1e6).to.be.below(15);
  });

  it("rejects a cell of 1 MB, quoted or not, on one line or many, and keeps its neighbours", () => {
    const big = "x".repeat(1_000_000);
    const broken = `${"y".repeat(99)}\n`.repeat(10_000);
    expect(brief(read(`a,b\n1,${big}\n2,ok\n3,"${big}"\n4,ok\n5,"${broken}"\n6,ok`))).to.deep.equal([
      [2, "cell-too-large"],
      [3, ["2", "ok"]],
      [4, "cell-too-large"],
      [5, ["4", "ok"]],
      [6, "cell-too-large"],
      [10_007, ["6", "ok"]],
    ]);
  });

  it("skips a line of many megabytes without holding it", () => {
    const reader = csvReader(PLAIN);
    const rows = [...reader.push("a,b\n1,")];
    for (let i = 0; i < 200; i++) rows.push(...reader.push("z".repeat(100_000)));
    rows.push(...reader.push("\n2,ok\n"), ...reader.end());
    expect(brief(rows)).to.deep.equal([
      [2, "cell-too-large"],
      [3, ["2", "ok"]],
    ]);
    expect(rows[0]?.kind === "bad" && rows[0].text.length).to.be.at.most(65_536);
  });

  it("rejects NUL and lone surrogates as bad text, and keeps what can be kept of them", () => {
    const rows = read("a,b\n1,x\0y\n2,\uD800\n3,😀");
    expect(brief(rows)).to.deep.equal([
      [2, "bad-text"],
      [3, "bad-text"],
      [4, ["3", "😀"]],
    ]);
    expect(rows[1]?.kind === "bad" && rows[1].text).to.equal("2,\uFFFD");
  });

  it("reads runs of blanks as one separator, comments and other quotes where stated", () => {
    expect(brief(read(" id  date \n 01   x\n", { separator: " " }))).to.deep.equal([[2, ["01", "x"]]]);
    expect(brief(read("# no\na;b\n#x\n'1;2';3", { separator: ";", quote: "'", comment: "#" }))).to.deep.equal(
      [[4, ["1;2", "3"]]],
    );
    expect(brief(read('a|b\n"1|2', { separator: "|", quote: "" }))).to.deep.equal([[2, ['"1', "2"]]]);
  });

  it("names columns by header, unique and never empty, or by position", () => {
    const reader = csvReader(PLAIN);
    reader.push("id,,id,__proto__\n");
    expect(reader.columns()).to.deep.equal(["id", "column 2", "id (2)", "column 4"]);
    const bare = csvReader({ ...PLAIN, header: false });
    expect(brief(bare.push("1,2\n3\n"))).to.deep.equal([
      [1, ["1", "2"]],
      [2, "wrong-column-count"],
    ]);
    expect(bare.columns()).to.deep.equal(["column 1", "column 2"]);
  });

  it("refuses the whole file when its header cannot be read", () => {
    for (const text of ['a,"b\n1,2\n', "a\0,b\n1,2\n", `${"x,".repeat(3_000)}\n`]) {
      expect(() => read(text))
        .to.throw(AppError)
        .with.property("code", "unparsable-body");
    }
  });

  it("reads every well-formed table as csv-parse does, however it is cut", () => {
    const cell = fc.string({ unit: fc.constantFrom(..."ab ,;\"'\n1会😀\t="), maxLength: 8 });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    const write = (rows: string[][], end: string) =>
      rows
        .map((r) => r.map((c) => (/[",\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c)).join(","))
        .join(end);
    fc.assert(
      fc.property(
        table,
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 20 }),
        (rows, end, size) => {
          const text = `${write(rows, end)}${end}`;
          const expected = parseOracle(text, { relax_column_count: true, record_delimiter: ["\r\n", "\n"] });
          const ours = read(text, { header: false }, size);
          expect(ours.map((r) => r.kind === "cells" && r.cells)).to.deep.equal(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("never loses or invents a good row beside a row of random damage", () => {
    const damage = fc.string({ unit: fc.constantFrom(..."ab,'1 \0"), maxLength: 12 });
    fc.assert(
      fc.property(damage, fc.integer({ min: 1, max: 9 }), (middle, size) => {
        const rows = read(`a,b,c\n1,x,y\n${middle}\n2,x,y\n3,x,y\n`, {}, size);
        const good = rows.flatMap((r) => (r.kind === "cells" && r.line !== 3 ? [r.cells[0]] : []));
        expect(good).to.deep.equal(["1", "2", "3"]);
        expect(rows.length).to.be.within(3, 4);
      }),
      { numRuns: 200 },
    );
  });
});
