import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { EXIT, runCli } from "../../../src/cli/index.ts";
import { fakeIo } from "./fake-io.ts";

async function run(...args: string[]) {
  const io = fakeIo();
  const code = await runCli(["node", "candor", ...args], io);
  return { code, out: io.output.join("\n"), err: io.notes.join("\n") };
}

describe("cli: what is refused before any server is asked", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "candor-cli-"));
    file = join(folder, "till.csv");
    writeFileSync(file, "a,b\n1,2\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints help and version with exit code 0", async () => {
    const help = await run("--help");
    expect(help.code).to.equal(EXIT.ok);
    expect(help.out).to.include("Exit codes").and.to.include("ingest");
    expect((await run("quarantine", "replay", "--help")).out)
      .to.include("--reason")
      .and.to.include("--url");
    expect((await run("--version")).out).to.match(/^\d+\.\d+\.\d+$/);
  });

  it("answers misuse with exit code 2 and a sentence", async () => {
    const cases: [string[], string][] = [
      [["nonsense"], "unknown command"],
      [["ingest", "Till"], "missing required argument"],
      [["ingest", "Till", file, "--mapping", file], "--mapping goes with --preview"],
      [["ingest", "Till", file, "--preview", "--report", "x.csv"], "--report is for imports"],
      [["ingest", "Till", join(folder, "missing.csv")], "There is no such file"],
      [["ingest", "Till", folder], "This is a directory"],
      [["ingest", "Till", file, "--report", join(folder, "no", "r.csv")], "no such file"],
      [["profile"], "Name a kind of identifier"],
      [["profile", "email"], "value is missing"],
      [["profile", "--member", "../keys"], "an id such as"],
      [["quarantine", "replay"], "Name the items"],
      [["quarantine", "replay", "--reason", "x", "--payload", file], "--payload corrects one item"],
      [["quarantine", "discard"], "Name the items"],
      [["split", "01936f2e-7c1a-7d2b-9d3e-2f6a5b8c9d0e"], "Say who leaves"],
      [["join", "01936f2e-7c1a-7d2b-9d3e-2f6a5b8c9d0e"], "two or more"],
      [["review", "settle", "abc", "same-person"], "32 hexadecimal digits"],
      [["review", "settle", "a".repeat(32), "perhaps"], "Allowed choices"],
      [["keys", "add", "x"], "--role"],
      [["source", "add", "Till"], "Name the kind"],
      [["source", "set-mapping", "Till"], "Name the file"],
      [["serve", "--url", "http://127.0.0.1:1"], "neither --url nor --key"],
      [["status", "--url", "ftp://example.com", "--key", "k"], "--url must be"],
    ];
    for (const [args, said] of cases) {
      const { code, err } = await run(...args);
      expect(code, args.join(" ")).to.equal(EXIT.usage);
      expect(err, args.join(" ")).to.include(said);
    }
  });

  it("names the place of a mistake in a document, and nothing of its content", async () => {
    const mapping = join(folder, "mapping.yaml");
    writeFileSync(mapping, "fields:\n  amount: [secret-value\n");
    const { code, err } = await run("source", "set-mapping", "Till", mapping);
    expect(code).to.equal(EXIT.usage);
    expect(err)
      .to.match(/neither YAML nor JSON: line \d/)
      .and.not.to.include("secret-value");
    writeFileSync(mapping, "- a list\n");
    expect((await run("source", "set-mapping", "Till", mapping)).err).to.include("no object");
  });

  it("says with exit code 3 that nobody answers", async () => {
    const { code, err } = await run(
      "status",
      "--url",
      "http://127.0.0.1:1",
      "--key",
      "some-key-of-16-characters",
    );
    expect(code).to.equal(EXIT.server);
    expect(err).to.include("No answer from http://127.0.0.1:1").and.to.include("candor serve");
    expect(err).to.not.include("some-key");
  });
});
