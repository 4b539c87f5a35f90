import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Engine, freshStores } from "./databases.ts";
import type { Ask, CommandName, Commands, Reply, ServerOptions } from "./protocol.ts";

export interface RegisteredSource {
  readonly id: string;
  readonly writeKey: string;
}

/** A Candor in a process of its own, on stores of its own. */
export interface MeasuredServer {
  readonly engine: Engine;
  readonly pid: number;
  readonly url: string;
  /** The main store's address; null on the embedded engine. */
  readonly databaseUrl: string | null;
  /** Registers a source through the door. */
  source(input: Record<string, unknown>): Promise<RegisteredSource>;
  ask<C extends CommandName>(command: C, ask: Commands[C]["ask"]): Promise<Commands[C]["answer"]>;
  /** Ends the server in order and removes its stores; safe after a failure of either. */
  end(): Promise<void>;
}

export const ADMIN_KEY = "bench-admin-key-0123456789";
const ROOT_KEY = Buffer.alloc(32, 5).toString("base64");
const END_WITHIN_MS = 30_000;

/** Servers that run now, by the way each is ended. */
const running = new Set<() => Promise<void>>();

/** Ends every server that still runs, for a benchmark that is told to stop. */
export async function endServers(): Promise<void> {
  await Promise.allSettled([...running].map((end) => end()));
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

function connect(child: ChildProcess) {
  const pending = new Map<number, Pending>();
  let gone: Error | undefined;
  let ids = 0;
  const ready = new Promise<Extract<Reply, { kind: "ready" }>>((resolve, reject) => {
    child.on("message", (reply: Reply) => {
      if (reply.kind === "ready") return resolve(reply);
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      if (reply.kind === "answer") waiting?.resolve(reply.answer);
      else waiting?.reject(new Error(reply.message));
    });
    // The channel may break while the server is being ended; its exit tells what is to be told.
    child.on("error", () => {});
    child.once("exit", (code, signal) => {
      gone = new Error(`the measured server ended (${signal ?? code})`);
      reject(gone);
      for (const waiting of pending.values()) waiting.reject(gone);
      pending.clear();
    });
  });
  const ask: MeasuredServer["ask"] = (command, ask) =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone);
      const id = ++ids;
      pending.set(id, { resolve: (answer) => resolve(answer as never), reject });
      child.send({ id, command, ask } satisfies Ask<typeof command>);
    });
  return { ready, ask };
}

/** The engine's flags of `npm start`. */
function startFlags(): string[] {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { scripts } = JSON.parse(text) as { scripts: { start: string } };
  return scripts.start.split(" ").filter((word) => word.startsWith("--"));
}

/** Starts a server on fresh stores. */
export async function startServer(
  engine: Engine,
  serverUrl: string | null,
  options: ServerOptions,
): Promise<MeasuredServer> {
  const stores = await freshStores(engine, serverUrl);
  const child = fork(fileURLToPath(new URL("./server.ts", import.meta.url)), [JSON.stringify(options)], {
    execArgv: [...startFlags(), "--import", import.meta.resolve("tsx")],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: {
      PATH: process.env.PATH ?? "",
      CANDOR_PORT: "0",
      CANDOR_LOG_LEVEL: "error",
      CANDOR_ADMIN_KEY: ADMIN_KEY,
      CANDOR_ROOT_KEY: ROOT_KEY,
      ...stores.env,
    },
  });
  const { ready, ask } = connect(child);
  const endOnce = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      const timer = setTimeout(() => child.kill("SIGKILL"), END_WITHIN_MS);
      await ask("close", null).catch(() => child.kill("SIGKILL"));
      await exited;
      clearTimeout(timer);
    }
    await stores.remove();
    running.delete(end);
  };
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ending ??= endOnce();
    return ending;
  };
  running.add(end);
  try {
    const { url } = await ready;
    const source: MeasuredServer["source"] = async (input) => {
      const answer = await fetch(`${url}/v1/sources`, {
        method: "POST",
        headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ purposes: ["service"], ...input }),
      });
      if (answer.status !== 201) throw new Error(`a source was not registered: ${await answer.text()}`);
      return (await answer.json()) as RegisteredSource;
    };
    const databaseUrl = stores.env.DATABASE_URL ?? null;
    return { engine, pid: child.pid as number, url, databaseUrl, source, ask, end };
  } catch (error) {
    await end();
    throw error;
  }
}
