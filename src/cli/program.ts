import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { auditCommand } from "./commands/audit.ts";
import { backupCommand, restoreCommand } from "./commands/backup.ts";
import { explainCommand } from "./commands/explain.ts";
import { joinCommand, reviewCommand, splitCommand } from "./commands/identity.ts";
import { ingestCommand } from "./commands/ingest.ts";
import { keysCommand } from "./commands/keys.ts";
import { loyaltyCommand } from "./commands/loyalty.ts";
import { noticesCommand } from "./commands/notices.ts";
import { profileCommand } from "./commands/profile.ts";
import { purposesCommand } from "./commands/purposes.ts";
import { quarantineCommand } from "./commands/quarantine.ts";
import { regimesCommand } from "./commands/regimes.ts";
import { requestsCommand } from "./commands/requests.ts";
import { retentionCommand } from "./commands/retention.ts";
import { segmentCommand } from "./commands/segment.ts";
import { migrateCommand, serveCommand, workCommand } from "./commands/serve.ts";
import { sourceCommand } from "./commands/source.ts";
import { statusCommand } from "./commands/status.ts";
import { surveyCommand } from "./commands/survey.ts";
import { verifyCommand } from "./commands/verify.ts";
import { type Context, createContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { showError } from "./show-error.ts";

const NOTES = `
Where commands go: to --url or CANDOR_URL with the key of --key or CANDOR_ADMIN_KEY; else to the databases of
DATABASE_URL; else to the server that runs on CANDOR_DATA_DIR, and when none runs they open it themselves.

Exit codes: 0 done; 1 rows were rejected and --strict was given; 2 the command or a file it names is wrong;
3 no server could do it; 4 the server will not do it. docs/cli.md has the details.`;

/** Candor's version, as package.json states it. */
function versionOfPackage(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Everything below a command ends and reports in the same way. */
function configure(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.out(text.replace(/\n$/, "")),
    writeErr: (text) => io.note(text.replace(/\n$/, "").replace(/^error: /, "candor: ")),
  });
  command.configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) configure(child, io);
}

function createProgram(context: Context): Command {
  const program = new Command("candor")
    .description("Consent-first customer data platform: one encrypted profile per member.")
    .option("--url <url>", "the server to talk to (CANDOR_URL)")
    .option("--key <key>", "an API key for it (better: CANDOR_ADMIN_KEY)")
    .version(versionOfPackage(), "-V, --version", "print the version")
    .addHelpText("after", NOTES);
  for (const make of [
    serveCommand,
    workCommand,
    migrateCommand,
    statusCommand,
    sourceCommand,
    ingestCommand,
    profileCommand,
    purposesCommand,
    noticesCommand,
    regimesCommand,
    explainCommand,
    segmentCommand,
    loyaltyCommand,
    quarantineCommand,
    requestsCommand,
    reviewCommand,
    splitCommand,
    joinCommand,
    keysCommand,
    surveyCommand,
    auditCommand,
    verifyCommand,
    retentionCommand,
    backupCommand,
    restoreCommand,
  ])
    program.addCommand(make(context));
  configure(program, context.io);
  return program;
}

/** Runs one command line (`argv` as the process has it) and answers with its exit code. It throws nothing. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const context = createContext(io, (next) => {
    code = next;
  });
  try {
    await createProgram(context).parseAsync(argv);
    return code;
  } catch (error) {
    // The parser has said already what is wrong, or printed the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return showError(error, io);
  }
}
