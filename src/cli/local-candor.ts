import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Log } from "../kernel/log.ts";
import type { Io } from "./io.ts";
import { printable } from "./text.ts";

/** A Candor inside this process, for one command, reached through a socket that nobody else can open. */
export interface LocalCandor {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** Some systems give sockets no more than 104 bytes for their path. */
const LONGEST_FOLDER = 80;

/** What a command shows of the log: failures, and that a root key was made. Settings are checked by `serve`. */
function logFor(io: Io): Log {
  const tell = (event: string, fields: Record<string, unknown> = {}) => {
    if (event === "setting_warning") return;
    const { message, ...rest } = fields;
    const facts = Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`);
    io.note(printable(`candor: ${typeof message === "string" ? message : event} ${facts.join(" ")}`.trim()));
  };
  return {
    debug() {},
    info() {},
    warn: (event, fields) => tell(event, fields),
    error: (event, fields) => tell(event, fields),
  };
}

/** Removes the folder when the returned function is called, or when a signal ends the process before. */
function removeWhenEnded(folder: string): () => void {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const onInterrupt = () => process.exit(130);
  const onTerminate = () => process.exit(143);
  process.once("exit", remove).once("SIGINT", onInterrupt).once("SIGTERM", onTerminate);
  return () => {
    process.off("exit", remove).off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
    remove();
  };
}

/**
 * Opens the stores in this process, as a server does, and serves them on a private socket. Throws
 * `directory-in-use` when another process has the embedded stores.
 */
export async function openLocalCandor(config: Config, io: Io): Promise<LocalCandor> {
  // Loaded only here: most commands talk to a server and need none of it.
  const { openCandor } = await import("../app/index.ts");
  if (config.databaseUrl === null && !existsSync(config.dataDir)) {
    io.note(
      `candor: there is nothing in ${config.dataDir} yet; making an empty Candor. CANDOR_DATA_DIR names another place.`,
    );
  }
  const { candor, close } = await openCandor({ config, log: logFor(io) });
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir().length <= LONGEST_FOLDER ? tmpdir() : "/tmp", "candor-"));
    const socketPath = join(folder, "s");
    await candor.http.listenUnix(socketPath);
    // What this command leaves to background work (numbers of audit entries) is done when it ends.
    candor.startWorkers();
    const forget = removeWhenEnded(folder);
    return {
      socketPath,
      async close() {
        await close();
        forget();
      },
    };
  } catch (error) {
    await close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
