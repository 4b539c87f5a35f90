// mocha's dot reporter, which also leaves {"passed","failed","skipped"} in the file that
// `--reporter-option output=…` names. A run that dies half-way leaves no file, which its reader counts as failed.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

class CountReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const output = options?.reporterOption?.output;
    if (typeof output !== "string") throw new Error("count-reporter needs --reporter-option output=<file>");
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(output, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}

module.exports = CountReporter;
