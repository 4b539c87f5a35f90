// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts of planted files hold templates
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { findCycle, findViolations, IMPORT_TABLE, roomOf } from "./import-rules.ts";
import { blank, readSources, scan } from "./source-scan.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PRODUCT = ["src", "consent", "surveys", "pipelines"];

describe("the architecture", () => {
  const files = readSources(ROOT, PRODUCT);

  it("has product files in which imports are found", () => {
    expect(files.length).to.be.greaterThan(20);
    expect(files.flatMap((f) => f.imports).length).to.be.greaterThan(40);
    expect(files.map((f) => f.path)).to.include.members(["src/db/index.ts", "pipelines/adapter.ts"]);
  });

  it("keeps every file in a room of the import table", () => {
    const strays = files.filter((f) => IMPORT_TABLE[roomOf(f.path) ?? ""] === undefined);
    expect(strays.map((f) => f.path)).to.deep.equal([]);
  });

  it("imports only what the table allows, through the doors, and keeps environment, time and SQL in their places", () => {
    expect(findViolations(files).map((v) => `${v.file}:${v.line} ${v.rule}`)).to.deep.equal([]);
  });

  it("has no cycle between rooms", () => {
    expect(findCycle(files)).to.equal(null);
  });
});

describe("the watch over the architecture", () => {
  const rulesBroken = (path: string, text: string) =>
    findViolations([scan(path, text)]).map((v) => `${v.line} ${v.rule}`);

  const planted: readonly (readonly [what: string, path: string, text: string, broken: string])[] = [
    [
      "a room it may not import",
      "src/events/a.ts",
      'import { x } from "../members/index.ts";',
      "1 events may not import members",
    ],
    [
      "a type from a room it may not import",
      "src/db/a.ts",
      'import type { X } from "../vault/index.ts";',
      "1 db may not import vault",
    ],
    ["a side-effect import", "src/db/a.ts", '\nimport "../vault/index.ts";', "2 db may not import vault"],
    ["a re-export", "src/db/a.ts", 'export * from "../vault/index.ts";', "1 db may not import vault"],
    [
      "a dynamic import",
      "src/db/a.ts",
      'const x = await import("../vault/index.ts");',
      "1 db may not import vault",
    ],
    [
      "a type in place",
      "src/db/a.ts",
      'type X = import("../vault/index.ts").X;',
      "1 db may not import vault",
    ],
    [
      "a worker named by URL",
      "src/db/a.ts",
      'new URL("../vault/worker.ts", import.meta.url)',
      "1 db may not import vault",
    ],
    [
      "a computed import",
      "src/db/a.ts",
      "const x = await import(name);",
      "1 a dynamic import must name its module",
    ],
    [
      "an import inside a template's expression",
      "src/db/a.ts",
      'const x = `a ${await import("../vault/index.ts")} b`;',
      "1 db may not import vault",
    ],
    [
      "another room past its door",
      "src/members/a.ts",
      'import { x } from "../vault/vault.ts";',
      "1 vault is imported through its index.ts",
    ],
    [
      "a root room",
      "pipelines/a.ts",
      'import { x } from "../surveys/index.ts";',
      "1 pipelines may not import surveys",
    ],
    [
      "the HTTP room",
      "pipelines/a.ts",
      'import { x } from "../src/http/index.ts";',
      "1 pipelines may not import http",
    ],
    [
      "a script",
      "pipelines/a.ts",
      'import { x } from "../scripts/demo/run.ts";',
      "1 product code imports neither scripts nor tests",
    ],
    [
      "express outside http",
      "src/staff/a.ts",
      'import express from "express";',
      "1 only src/http imports express",
    ],
    [
      "the environment",
      "src/staff/a.ts",
      "const x = process.env.HOME;",
      "1 only src/config.ts reads the process's environment",
    ],
    [
      "the environment by another way",
      "src/staff/a.ts",
      'import { env } from "node:process";',
      "1 only src/config.ts reads the process's environment",
    ],
    ["the time", "src/staff/a.ts", "const x = new Date();", "1 only src/kernel/clock.ts reads the time"],
    [
      "the time as a number",
      "src/staff/a.ts",
      "const x = Date.now();",
      "1 only src/kernel/clock.ts reads the time",
    ],
    [
      "SQL outside a store",
      "src/staff/a.ts",
      "const x = sql`select 1`;",
      "1 SQL stands only in *.store.ts files and in src/db",
    ],
  ];
  for (const [what, path, text, broken] of planted) {
    it(`finds a planted violation: ${what}`, () => {
      expect(rulesBroken(path, text)).to.deep.equal([broken]);
    });
  }

  it("lets the same things stand where they belong", () => {
    expect(rulesBroken("src/http/a.ts", 'import express from "express";')).to.deep.equal([]);
    expect(rulesBroken("src/config.ts", "const x = process.env.HOME;")).to.deep.equal([]);
    expect(rulesBroken("src/kernel/clock.ts", "const x = new Date();")).to.deep.equal([]);
    expect(rulesBroken("src/staff/a.ts", "const x = new Date(0); const y: Date = x;")).to.deep.equal([]);
    expect(rulesBroken("src/staff/staff.store.ts", "const x = sql`select 1`;")).to.deep.equal([]);
    expect(rulesBroken("src/vault/a.ts", 'import { x } from "../kernel/money.ts";')).to.deep.equal([]);
    expect(rulesBroken("src/cli/a.ts", 'import { x } from "../app/index.ts";')).to.deep.equal([]);
    expect(rulesBroken("test/unit/a.ts", "const x = new Date();")).to.deep.equal([]);
  });

  it("is not deceived by comments, strings and regular expressions", () => {
    const text = [
      '// import { x } from "../vault/index.ts";',
      '/* const y = process.env.X; */ const a = "new Date()";',
      "const b = `sql of ${a} and Date.now()`;",
      "const c = /['\"`]/.test(a); // new Date()",
      'const d = 4 / 2; const e = "process.env";',
    ].join("\n");
    expect(rulesBroken("src/db/a.ts", text)).to.deep.equal([]);
  });

  it("reads imports over several lines and behind other exports", () => {
    const text =
      'export const a = 1;\nimport {\n  b,\n  type C,\n} from "./b.ts";\nexport { d } from "./d.ts";';
    expect(scan("src/db/a.ts", text).imports).to.deep.equal([
      { specifier: "./b.ts", line: 2 },
      { specifier: "./d.ts", line: 6 },
    ]);
  });

  it("keeps every line and column of what it blanks", () => {
    const text = 'const a = "x"; // c\nconst b = `y${1 + 1}z`;\n';
    const { code } = blank(text);
    expect(code).to.have.length(text.length);
    expect(code.split("\n")[1]).to.equal("const b = ` ${1 + 1} `;");
  });

  it("finds a planted cycle between rooms", () => {
    const a = scan("src/members/a.ts", 'import { x } from "../../consent/index.ts";');
    const b = scan("consent/b.ts", 'import { x } from "../src/members/index.ts";');
    expect(findCycle([a])).to.equal(null);
    expect(findCycle([a, b])).to.equal("members → consent → members");
  });

  it("finds nothing where there is nothing, which the first test of this file would notice", () => {
    expect(readSources(ROOT, ["no-such-folder"])).to.deep.equal([]);
  });
});
