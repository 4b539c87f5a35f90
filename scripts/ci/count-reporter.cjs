// mocha's dot reporter, which also leaves {"passed","failed","skipped","seconds"} in the file that
// `--reporter-option output=…` names; `seconds` are those of each test file, its hooks among them, slowest first. A run
// that dies half-way leaves no file, which its reader counts as failed.
const { writeFileSync } = require("node:fs");
const { relative } = require("node:path");
const { reporters } = require("mocha");

class CountReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const output = options?.reporterOption?.output;
    if (typeof output !== "string") throw new Error("count-reporter needs --reporter-option output=<file>");
    const seconds = new Map();
    let began = 0;
    runner.on("suite", (suite) => {
      if (suite.parent?.root) began = performance.now();
    });
    runner.on("suite end", (suite) => {
      if (!suite.parent?.root) return;
      const file = relative(process.cwd(), suite.file ?? "");
      seconds.set(file, (seconds.get(file) ?? 0) + (performance.now() - began) / 1_000);
    });
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const slowest = [...seconds].sort(([, a], [, b]) => b - a);
      const counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(output, JSON.stringify({ ...counts, seconds: Object.fromEntries(slowest) }));
    });
  }
}

module.exports = CountReporter;
