import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { DemoSummary } from "../../scripts/demo/summary.ts";
import { MINUTE } from "../../src/kernel/clock.ts";
import { testDatabases } from "../setup/engines.ts";

const DEMO = fileURLToPath(new URL("../../scripts/demo/main.ts", import.meta.url));
/** As few people as it invents. */
const PEOPLE = 3;

describe("the command that runs the demo", function () {
  this.timeout(10 * MINUTE);
  let folder: string | undefined;
  const running = new Set<ChildProcess>();
  before(function () {
    // It brings its own stores, which are embedded unless somebody names others.
    if (testDatabases().engine !== "pglite") return this.skip();
    folder = mkdtempSync(join(tmpdir(), "candor-demo-"));
  });
  after(() => {
    for (const child of running) child.kill("SIGKILL");
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Runs it in the folder, with nothing set but the port. */
  const demo = async (...options: string[]) => {
    const { PATH = "", HOME = "" } = process.env;
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), DEMO, ...options], {
      cwd: folder,
      env: { PATH, HOME, CANDOR_PORT: "0" },
      timeout: 8 * MINUTE,
    });
    running.add(child);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    running.delete(child);
    return { code: await ended, out, err };
  };

  it("refuses what is no number of people, and makes nothing", async () => {
    const { code, out, err } = await demo("--people", "many");
    expect([code, out]).to.deep.equal([1, ""]);
    expect(err).to.contain("a whole number is needed");
    expect(existsSync(join(folder as string, "demo-data"))).to.equal(false);
  });

  it("ends by itself with --once, prints only JSON with --json, and keeps to a data directory of its own", async () => {
    const { code, out, err } = await demo("--once", "--json", "--people", String(PEOPLE), "--seed", "3");
    expect(code, err).to.equal(0);
    const told = JSON.parse(out) as DemoSummary & { loyalty: object };
    expect(told).to.include({ people: PEOPLE, seed: 3 });
    expect(told).to.include.all.keys(
      ...["requests", "seconds", "eventsPerSecond", "sources", "members", "knownMembers", "subjects"],
      ...["merges", "contested", "quarantined", "consents", "rights", "example", "loyalty"],
    );
    expect(told.members).to.be.at.least(PEOPLE);
    expect(told.sources.map((s) => s.counts.accepted).reduce((a, b) => a + b)).to.be.greaterThan(0);
    expect(err, "what is no part of the summary").to.contain("Surveys: ");
    expect(err).not.to.contain("Serving on");
    for (const made of ["demo-data", "demo-data-keys", "demo-data-root-key", "demo-data-files"])
      expect(existsSync(join(folder as string, made)), made).to.equal(true);
    expect(existsSync(join(folder as string, "data")), "the place of `npm start`").to.equal(false);
  });
});
