import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCli } from "../../../src/cli/index.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { fakeIo } from "../../unit/cli/fake-io.ts";
import { aGrant, aMember, say } from "./people.ts";

describe("the consent commands of candor", () => {
  let server: TestServer;
  let folder: string;
  before(async () => {
    server = await startTestServer("consent-commands");
    folder = mkdtempSync(join(tmpdir(), "candor-consent-"));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server.close();
  });
  const run = async (...args: string[]) => {
    const io = fakeIo({});
    const code = await runCli(["node", "candor", "--url", server.url, "--key", ADMIN_KEY, ...args], io);
    return { code, out: io.output.join("\n"), err: io.notes.join("\n") };
  };

  it("shows what a purposes file would change and changes it only when told to", async () => {
    const text = readFileSync(new URL("../../../consent/purposes.yaml", import.meta.url), "utf8");
    const file = join(folder, "purposes.yaml");
    writeFileSync(file, text);
    expect((await run("purposes", "apply", file)).out).to.equal(
      "Nothing changes: the registry says the same.",
    );
    writeFileSync(
      file,
      text
        .replace(
          "  - id: analytics\n    version: 1\n    materialVersion: 1",
          "  - id: analytics\n    version: 2\n    materialVersion: 2",
        )
        .replace("retention: P26M", "retention: P36M"),
    );
    const shown = await run("purposes", "apply", file);
    expect(shown.out).to.contain("~ analytics  (material: older consents become stale)");
    expect(shown.out).to.contain('retention: "P26M" -> "P36M"  (widens)');
    expect(shown.err).to.contain("Nothing has been changed");
    expect((await run("purposes", "list")).out).to.contain("P26M");
    expect((await run("purposes", "apply", file, "--yes")).err).to.contain("Applied.");
    expect((await run("purposes", "list")).out).to.not.contain("P26M");
  });

  it("explains a decision in sentences, now and as of a past date", async () => {
    const { memberId } = await aMember(server);
    const before = await run("explain", memberId, "profiling");
    expect(before.out).to.contain("Not allowed.");
    const given = await say(server, aGrant(memberId, "profiling"));
    const after = await run("explain", memberId, "profiling");
    expect(after.out).to.contain("Allowed.").and.contain(given.body.records[0]?.id);
    expect((await run("explain", memberId, "profiling", "--lang", "zh-TW")).out).to.contain("允許。");
    expect((await run("explain", memberId, "profiling", "--at", "2026-01-01T00:00:00Z")).out).to.contain(
      "Not allowed.",
    );
  });
});
