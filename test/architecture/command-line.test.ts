import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const CLI = fileURLToPath(new URL("../../src/cli", import.meta.url));
/** What every command may load at its start: files of their own, which load no room. */
const LIGHT = /^(?:\.\.\/)+(?:kernel\/[\w-]+|config|log|metrics)\.ts$/;

/** Modules that a file loads at once: neither types alone nor `import()`. */
function loadedAtOnce(code: string): string[] {
  return [...code.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\s+from\s+"([^"]+)";/gms)]
    .filter(([, names = ""]) => !/^\{(?:\s*type\s[^,}]+,?)+\s*\}$/.test(names))
    .map((match) => match[2] as string);
}

describe("the command line", () => {
  it("loads a room only when a command needs it, so that every other answers at once", () => {
    const files = readdirSync(CLI, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
    expect(files.length).to.be.greaterThan(20);
    const loads = files.flatMap((file) =>
      loadedAtOnce(readFileSync(join(CLI, file), "utf8"))
        .filter((at) => at.startsWith("../") && !LIGHT.test(at))
        // What lies within the command line itself: from `commands/` one step up.
        .filter((at) => !(file.includes("/") && /^\.\.\/[\w-]+\.ts$/.test(at)))
        .map((at) => `${file} loads ${at}`),
    );
    expect(loads).to.deep.equal([]);
  });

  it("is seen to load a room when it does", () => {
    expect(loadedAtOnce('import { a, type B } from "../../x/index.ts";')).to.deep.equal(["../../x/index.ts"]);
    expect(loadedAtOnce('import { type A, type B } from "../../x/index.ts";')).to.deep.equal([]);
    expect(loadedAtOnce('import type { A } from "../../x/index.ts";')).to.deep.equal([]);
  });
});
