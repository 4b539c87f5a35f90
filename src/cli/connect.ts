import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Config, isServerUrl, readClientConfig, readConfig } from "../config.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import { type Client, createClient, ServerProblem, Unreachable } from "./client.ts";
import { CliError, EXIT, usageError } from "./exit.ts";
import type { Io } from "./io.ts";
import { openLocalCandor } from "./local-candor.ts";

/** Options that every command understands. */
export interface GlobalOptions {
  readonly url?: string;
  readonly key?: string;
}

/** A client, and in words whom it talks to. */
export interface Connection extends Client {
  readonly where: string;
}

/** How long a process that holds the directory may take before it answers: a start takes some seconds. */
const PATIENCE = MINUTE;
const PROBE_DEADLINE = 2 * SECOND;
const PROBE_EVERY = 250;

type Presence = "serving" | "nobody" | "silent";

/** Who is behind the socket of a data directory. */
async function probe(socketPath: string): Promise<Presence> {
  const client = createClient({ kind: "socket", socketPath }, { deadlineMs: PROBE_DEADLINE });
  try {
    await client.call("GET", "/healthz");
    return "serving";
  } catch (error) {
    if (error instanceof ServerProblem) return "serving";
    if (error instanceof Unreachable)
      return ["ENOENT", "ECONNREFUSED", "ENOTSOCK"].includes(error.code) ? "nobody" : "silent";
    throw error;
  } finally {
    await client.close();
  }
}

function stillInUse(config: Config): CliError {
  return new CliError(
    EXIT.server,
    `Another Candor process uses the data directory ${config.dataDir} and does not answer commands.`,
    [
      "It is another `candor` command at work, or a server that is starting or stopping: wait until it is done.",
      "To run commands side by side, start `candor serve` first: then they all talk to it.",
      "[directory-in-use]",
    ],
  );
}

/** The server that has the data directory; null when nobody has it. Waits for whoever has it and does not answer. */
async function findHolder(config: Config, io: Io, deadline: number): Promise<{ socketPath: string } | null> {
  const { socketPathOf } = await import("../db/index.ts");
  for (let isTold = false; ; isTold = true) {
    if (!existsSync(config.dataDir)) return null;
    const socketPath = socketPathOf(config.dataDir);
    const presence = await probe(socketPath);
    if (presence === "serving") return { socketPath };
    if (presence === "nobody") return null;
    if (performance.now() > deadline) throw stillInUse(config);
    if (!isTold) io.note("Waiting for the Candor process that uses the data directory …");
    await pause(PROBE_EVERY);
  }
}

/**
 * Opens what needs the embedded data directory, or talks to the server that has it. A process that has it and serves
 * nobody (a command at work, a server that starts) is waited for, a minute at most.
 */
async function withDirectory<T>(
  config: Config,
  io: Io,
  act: { readonly open: () => Promise<T>; readonly talk: (socketPath: string) => T | Promise<T> },
): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const holder = await findHolder(config, io, deadline);
    if (holder !== null) return act.talk(holder.socketPath);
    try {
      return await act.open();
    } catch (error) {
      // Somebody was quicker.
      if (!isInUse(error) || performance.now() > deadline) throw error;
    }
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof AppError && error.code === "directory-in-use";
}

/**
 * Opens stores that no other process may have at the same time. Waits for a command that has the embedded directory;
 * throws `directory-in-use` when a server has it.
 */
export function openExclusively<T>(config: Config, io: Io, open: () => Promise<T>): Promise<T> {
  if (config.databaseUrl !== null) return open();
  // The server's own refusal says best what to do, so it is asked for even where the answer is known.
  return withDirectory(config, io, { open, talk: open });
}

function connectEmbedded(config: Config, io: Io): Promise<Connection> {
  return withDirectory<Connection>(config, io, {
    open: () => connectInProcess(config, io, `the embedded stores in ${config.dataDir}; no server runs`),
    talk: (socketPath) => ({
      ...createClient({ kind: "socket", socketPath }),
      where: `the server of ${config.dataDir}`,
    }),
  });
}

async function connectInProcess(config: Config, io: Io, where: string): Promise<Connection> {
  const local = await openLocalCandor(config, io);
  const client = createClient({ kind: "socket", socketPath: local.socketPath });
  return {
    ...client,
    where,
    async close() {
      await client.close();
      await local.close();
    },
  };
}

/**
 * Reaches the stores: the server at `--url` or CANDOR_URL; else, with DATABASE_URL, by opening the databases here
 * (any number of processes may); else the server of the embedded data directory through its socket, and when none
 * runs by opening the directory here.
 */
export async function connect(options: GlobalOptions, io: Io): Promise<Connection> {
  const environment = readClientConfig();
  const url = options.url ?? environment.url;
  if (url !== null) {
    if (!isServerUrl(url)) throw usageError("--url must be an http or https URL without a user and a query.");
    const key = options.key ?? environment.key;
    if (key === null)
      throw usageError(
        "A server at a URL asks for an API key.",
        "Set CANDOR_ADMIN_KEY (better: a command line can be seen by others on this machine) or give --key.",
      );
    return { ...createClient({ kind: "url", url, key }), where: url };
  }
  if (options.key !== undefined) throw usageError("--key goes with --url: local commands need none.");
  const config = readConfig();
  return config.databaseUrl === null
    ? connectEmbedded(config, io)
    : connectInProcess(config, io, "the databases of DATABASE_URL and KEYSTORE_URL");
}

/** Connects for as long as `work` takes. */
export async function withConnection<T>(
  options: GlobalOptions,
  io: Io,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(options, io);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
