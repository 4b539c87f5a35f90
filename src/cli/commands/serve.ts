import { Command } from "commander";
import { readConfig } from "../../config.ts";
import { type GlobalOptions, openExclusively } from "../connect.ts";
import type { Context } from "../context.ts";
import { usageError } from "../exit.ts";
import { plural } from "../text.ts";

/** These commands are the server: they cannot be sent to one. */
function refuseUrl(command: Command): void {
  const { url, key } = command.optsWithGlobals<GlobalOptions>();
  if (url !== undefined || key !== undefined)
    throw usageError(`${command.name()} works on this machine's stores: it takes neither --url nor --key.`);
}

/** `candor serve`: the server, with background work. */
export function serveCommand({ io }: Context): Command {
  return new Command("serve")
    .description("Serve, and do the background work, until told to stop (SIGINT, SIGTERM).")
    .option("--no-work", "leave the background work to `candor work` processes")
    .action(async (options: { work: boolean }, command: Command) => {
      refuseUrl(command);
      const config = readConfig();
      if (!options.work && config.databaseUrl === null)
        throw usageError("--no-work needs DATABASE_URL: the embedded stores have room for one process.");
      const { startApp, VERSION } = await import("../../app/index.ts");
      const stopped = io.untilStopped();
      const app = await openExclusively(config, io, () => startApp({ config, workers: options.work }));
      const stores = config.databaseUrl === null ? `embedded stores in ${config.dataDir}` : "PostgreSQL";
      io.out(
        `Candor ${VERSION} serves ${app.url} (${stores}). Ctrl+C ends it.`,
        `Its doors: ${app.url}/openapi.json. Commands in the same place talk to it: candor status`,
      );
      if (config.databaseUrl === null && config.adminKey === null)
        io.out("Programs need an API key: candor keys add <name> --role admin");
      const token = await app.candor.staff.firstLink();
      if (token !== null) {
        const { setUpPath } = await import("../../staff/index.ts");
        io.out(
          `People need an account. Make the first administrator's here, within three days: ${app.url}${setUpPath(token)}`,
        );
      }
      await stopped;
      await app.close();
    });
}

/** `candor work`: background work only. */
export function workCommand({ io }: Context): Command {
  return new Command("work")
    .description("Do background work only, beside `candor serve` processes on the same PostgreSQL.")
    .action(async (_options: unknown, command: Command) => {
      refuseUrl(command);
      const config = readConfig();
      if (config.databaseUrl === null)
        throw usageError(
          "A process for background work needs DATABASE_URL.",
          "The embedded stores have room for one process, and `candor serve` does all the work there.",
        );
      const { openCandor } = await import("../../app/index.ts");
      const stopped = io.untilStopped();
      const { candor, log, close } = await openCandor({ config });
      candor.startWorkers();
      log.info("working");
      io.out("Works in the background. Ctrl+C ends it.");
      await stopped;
      await close();
      log.info("stopped");
    });
}

/** `candor migrate`: brings the stores' schemas up to date and ends. */
export function migrateCommand({ io }: Context): Command {
  return new Command("migrate")
    .description(
      "Bring the schemas of the data and the keystore up to date. `serve` does it at its start too.",
    )
    .action(async (_options: unknown, command: Command) => {
      refuseUrl(command);
      const { openCandor } = await import("../../app/index.ts");
      const { silentLog } = await import("../../kernel/log.ts");
      const config = readConfig();
      const { stores, close } = await openExclusively(config, io, () =>
        openCandor({ config, log: silentLog }),
      );
      const { migrated } = stores;
      await close();
      io.out(
        migrated.length === 0
          ? "Everything is up to date."
          : `Applied ${plural(migrated.length, "migration")}: ${migrated.join(", ")}`,
      );
    });
}
