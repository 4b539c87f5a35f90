import { Readable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import type { FileRow } from "../../../../pipelines/files/file-row.ts";
import { openRows, type RowOptions } from "../../../../pipelines/files/rows.ts";
import { AppError } from "../../../../src/kernel/problems.ts";
import { bytesOf, collect } from "./builders.ts";

async function open(content: string | Buffer, options: RowOptions = {}, size = 1_000) {
  const opened = await openRows(bytesOf(content, size), options);
  const rows = await collect(opened.rows);
  return { ...opened, rows };
}

function brief(rows: readonly FileRow[]): unknown[] {
  return rows.map((r) => [
    r.line,
    r.kind === "bad" ? r.rejection.code : r.kind === "cells" ? r.cells : r.value,
  ]);
}

describe("opening files", () => {
  it("finds the format by the first character that is not blank, never by anything else", async () => {
    expect((await open('  \n[{"a":1}]')).format).to.equal("json");
    expect((await open('\n{"a":1}\n')).format).to.equal("ndjson");
    expect((await open("a,b\n1,2\n")).format).to.equal("csv");
    expect((await open("")).format).to.equal("csv");
  });

  it("guesses the separator from the first line unless it is stated", async () => {
    for (const separator of [",", ";", "\t", "|"]) {
      const opened = await open(`a${separator}b${separator}c\n1${separator}2${separator}"3,;"\n`);
      expect(opened.separator).to.equal(separator);
      expect(opened.rows).to.have.length(1);
    }
    expect((await open('"a;b;c",d\n1,2\n')).separator).to.equal(",");
    expect((await open("a;b\n1;2\n", { separator: "," })).columns).to.deep.equal(["a;b"]);
    expect((await open("a,b\tc\n1,2\t3\n", { format: "tsv" })).columns).to.deep.equal(["a,b", "c"]);
  });

  it("reads files of the classic Mac OS, with carriage returns alone", async () => {
    expect(brief((await open("a,b\r1,2\r3,4\r")).rows)).to.deep.equal([
      [2, ["1", "2"]],
      [3, ["3", "4"]],
    ]);
  });

  it("drops a byte order mark before the first column's name", async () => {
    expect((await open("\uFEFFid,名\n1,王\n")).columns).to.deep.equal(["id", "名"]);
  });

  it("gives no rows and no columns for an empty file, and no rows for a header alone", async () => {
    expect((await open("")).columns).to.equal(null);
    const header = await open("a,b\n");
    expect([header.columns, header.rows]).to.deep.equal([["a", "b"], []]);
    expect((await open("\n\n")).rows).to.deep.equal([]);
  });

  it("closes the stream when reading stops early", async () => {
    const stream = Readable.from(bytesOf(`a,b\n${"1,2\n".repeat(500_000)}`, 65_536));
    const opened = await openRows(stream, {});
    for await (const row of opened.rows) {
      expect(row.kind).to.equal("cells");
      break;
    }
    expect(stream.destroyed).to.equal(true);
  });

  it("fails as a whole for an unreadable header and lets the reader's fault through", async () => {
    let fault: unknown;
    await open('a,"b\n1,2').catch((error: unknown) => {
      fault = error;
    });
    expect(fault).to.be.instanceOf(AppError).with.property("code", "unparsable-body");
  });
});

describe("reading NDJSON", () => {
  it("gives one object a line and rejects each bad line by its own reason", async () => {
    const text = [
      '{"a":1}',
      "",
      '{"a":',
      "[1]",
      '"text"',
      '{"a":"\\u0000"}',
      '{"a":"\\ud800"}',
      `{"a":${"[".repeat(50)}${"]".repeat(50)}}`,
      `{${Array.from({ length: 2_100 }, (_, i) => `"k${i}":1`).join()}}`,
      `{"a":"${"x".repeat(1_100_000)}"}`,
      '{"a":2}',
    ].join("\n");
    expect(brief((await open(text)).rows)).to.deep.equal([
      [1, { a: 1 }],
      [3, "invalid-json"],
      [4, "not-an-object"],
      [5, "not-an-object"],
      [6, "bad-text"],
      [7, "bad-text"],
      [8, "too-deep"],
      [9, "too-many-keys"],
      [10, "too-large"],
      [11, { a: 2 }],
    ]);
  });

  it("keeps whole numbers beyond 2^53 digit for digit", async () => {
    const [row] = (await open('{"uid":9007199254740993,"n":12.5,"t":"9007199254740993"}\n')).rows;
    expect(row?.kind === "object" && row.value).to.deep.equal({
      uid: "9007199254740993",
      n: 12.5,
      t: "9007199254740993",
    });
  });

  it("never lets __proto__ steer an object", async () => {
    const [row] = (await open('{"__proto__":{"polluted":1},"a":1}\n')).rows;
    expect(row?.kind === "object" && Object.keys(row.value)).to.deep.equal(["a"]);
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });
});

/** Names that are left out of every object a sender sends (see checkShape). */
const STEERING = new Set(["__proto__", "constructor", "prototype"]);

describe("reading JSON arrays", () => {
  it("reads elements on any number of lines, each with the line on which it begins", async () => {
    const text = '\n[\n  {"a": "x,]}\\"",\n "b": [1, {"c": 2}]},\n{"a":2}, 5,\n{bad}, {"a":3}\n]\n';
    expect(brief((await open(text)).rows)).to.deep.equal([
      [3, { a: 'x,]}"', b: [1, { c: 2 }] }],
      [5, { a: 2 }],
      [5, "not-an-object"],
      [6, "invalid-json"],
      [6, { a: 3 }],
    ]);
  });

  it("reads one object alone, and nothing from an empty array", async () => {
    expect(brief((await open('{\n"a": 1\n}', { format: "json" })).rows)).to.deep.equal([[1, { a: 1 }]]);
    expect((await open("[ ]")).rows).to.deep.equal([]);
  });

  it("reports missing elements, an early end and what follows the end", async () => {
    expect(brief((await open('[{"a":1},,{"a":2},]')).rows)).to.deep.equal([
      [1, { a: 1 }],
      [1, "invalid-json"],
      [1, { a: 2 }],
      [1, "invalid-json"],
    ]);
    expect(brief((await open('[{"a":1},\n{"a":')).rows)).to.deep.equal([
      [1, { a: 1 }],
      [2, "invalid-json"],
    ]);
    expect(brief((await open('[{"a":1}] x y')).rows)).to.deep.equal([
      [1, { a: 1 }],
      [1, "invalid-json"],
    ]);
  });

  it("skips an element over a megabyte without holding it", async () => {
    const text = `[{"a":"${"x".repeat(3_000_000)}"},{"a":1}]`;
    expect(brief((await open(text, {}, 65_536)).rows)).to.deep.equal([
      [1, "too-large"],
      [1, { a: 1 }],
    ]);
  });

  it("reads what JSON.parse reads but for names that steer objects, however the stream is cut", async () => {
    const objects = fc.array(
      fc.dictionary(
        fc.string({ unit: fc.constantFrom(...'ab会"\\,[]{}'), maxLength: 4 }),
        fc.jsonValue({ maxDepth: 2, noUnicodeString: true }),
        { maxKeys: 3, noNullPrototype: true },
      ),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 30 }), fc.boolean(), async (list, size, pretty) => {
        const text = JSON.stringify(list, null, pretty ? 1 : 0);
        const { rows } = await open(text, {}, size);
        const read = rows.map((r) => (r.kind === "object" ? r.value : r));
        const expected = (JSON.parse(text) as Record<string, unknown>[]).map((o) =>
          JSON.parse(
            JSON.stringify(o, (key, v) =>
              STEERING.has(key)
                ? undefined
                : typeof v === "number" && /^-?\d{16,}$/.test(String(v)) && !Number.isSafeInteger(v)
                  ? String(v)
                  : v,
            ),
          ),
        );
        expect(read).to.deep.equal(expected);
      }),
      { numRuns: 100 },
    );
  });
});
