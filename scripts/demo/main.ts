import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
// The server itself, in this process: the demo speaks to it over HTTP like everybody else.
import { startApp } from "../../src/app/index.ts";
import { readConfig } from "../../src/config.ts";
import { createLog } from "../../src/log.ts";
import { campaignLine, showCampaign } from "./campaign.ts";
import { generateDemo } from "./generate.ts";
import { askSecondOpinion, makeLogIns } from "./logins.ts";
import { showLoyalty } from "./loyalty.ts";
import { loyaltyLines } from "./loyalty-lines.ts";
import { progressFor } from "./progress.ts";
import { NotTheDemosStore, runDemo } from "./run.ts";
import { showSurveys } from "./show-surveys.ts";
import { formatSummary } from "./summary.ts";
import { showActions } from "./survey-actions.ts";
import { tillFiles } from "./to-erase.ts";

interface Options {
  readonly people: number;
  readonly seed: number;
  readonly once: boolean;
  readonly json: boolean;
  readonly score: boolean;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a whole number is needed");
  return Number(text);
}

function readOptions(): Options {
  return new Command("demo")
    .description(
      "Serves Candor, fills it with invented people through its own doors, and prints what became of it.",
    )
    .option("--people <n>", "how many people to invent (at least 3)", wholeNumber, 2_000)
    .option("--seed <n>", "another seed invents other people", wholeNumber, 1)
    .option("--once", "end after the summary instead of serving on", false)
    .option("--json", "print the summary as JSON", false)
    .option("--score", "compare the members found with the people invented", false)
    .parse()
    .opts<Options>();
}

async function main(): Promise<void> {
  const options = readOptions();
  // A directory of its own unless one is named: `npm start` afterwards serves no demo data.
  const config = readConfig({ CANDOR_DATA_DIR: "./demo-data", ...process.env });
  // Without a key of the operator's own the demo makes one for this run and shows it.
  const madeKey = config.adminKey === null ? `demo-${randomBytes(18).toString("base64url")}` : null;
  const adminKey = config.adminKey ?? (madeKey as string);
  // A year in a few minutes brings many a deadline late: that is the story, not news between the progress bars.
  const log = createLog({ level: config.logLevel === "info" ? "error" : config.logLevel });
  const app = await startApp({ config: { ...config, adminKey }, log });
  try {
    const { people, seed, score } = options;
    const run = { baseUrl: app.url, adminKey, now: new Date(), seed, people, score };
    const summary = await runDemo({ ...run, progress: progressFor(process.stderr) });
    // Ids and markets of the invented people: the same whatever the day.
    const plan = generateDemo({ people, seed, now: run.now });
    // What a back office would still have: the tour of an erasure imports one of them again.
    const files = `${config.dataDir}-files`;
    await mkdir(files, { recursive: true });
    for (const [name, body] of tillFiles(plan)) await writeFile(join(files, name), body);
    // Before loyalty, which looks at what these members answered too.
    const surveys = await showSurveys({ stores: app.stores, adminKey, now: run.now, seed });
    await showActions({ url: app.url, adminKey, now: run.now });
    const campaign = await showCampaign({ url: app.url, adminKey });
    const loyalty = await showLoyalty({ baseUrl: app.url, adminKey, people: plan.people });
    console.log(
      options.json
        ? JSON.stringify({ ...summary, loyalty }, null, 2)
        : [formatSummary(summary, { isServing: !options.once, files }), ...loyaltyLines(loyalty)].join("\n"),
    );
    console.error(
      `Surveys: ${surveys.surveys} running, ${surveys.answers} answers of a year added (GET /v1/surveys/demo-relationship/results).`,
    );
    if (campaign !== null) console.error(campaignLine(campaign));
    if (options.once) return;
    const to = options.json ? console.error : console.log;
    const logIns = await makeLogIns({ url: app.url, adminKey }, app.candor.staff, ["SH1", "SH2", "SH3"]);
    await askSecondOpinion({ url: app.url, adminKey }, logIns);
    to(`Serving on ${app.url} (${app.url}/openapi.json lists the doors). Ctrl+C ends it.`);
    to(`The console is open at ${app.url}/ for these people, in this demo only:`);
    for (const { role, email, password } of logIns)
      to(`  ${role.padEnd(11)} ${email.padEnd(32)} ${password}`);
    if (madeKey !== null) to(`The key of this run: export CANDOR_ADMIN_KEY=${madeKey}`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  } finally {
    await app.close();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof NotTheDemosStore)) throw error;
  console.error(`demo: ${error.message}`);
  process.exitCode = 1;
}
