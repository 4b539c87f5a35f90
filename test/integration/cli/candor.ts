import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../../bin/candor.js", import.meta.url));

type Environment = Readonly<Record<string, string>>;

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A server in a process of its own. */
export interface Serving {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote to standard error so far: the log. */
  logged(): string;
  /** Sends the signal and waits for the end; answers with the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** What a child gets: nothing of Candor's from this process's own environment. */
function environment(own: Environment): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(CANDOR_|DATABASE_URL$|KEYSTORE_URL$|NODE_OPTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...own };
}

const children = new Set<ChildProcess>();

function start(args: readonly string[], env: Environment): ChildProcess {
  const child = spawn(process.execPath, [BIN, ...args], { env: environment(env), stdio: "pipe" });
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

/** Ends what a failed test left running. */
export function endAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** Runs the real command to its end. */
export async function candor(
  env: Environment,
  args: readonly string[],
  stdin: string | Uint8Array = "",
): Promise<Finished> {
  const child = start(args, env);
  child.stdin?.on("error", () => {});
  child.stdin?.end(stdin);
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const [out, err] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  return { code: await ended, out, err };
}

/** Starts a process that stays, and waits until it says what `until` finds. */
export function stay(env: Environment, args: readonly string[], until: RegExp): Promise<Serving> {
  const child = start(args, env);
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    let said = "";
    let complained = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      complained += chunk.toString();
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const found = until.exec(said);
      if (found === null) return;
      resolve({
        url: found[1] ?? "",
        process: child,
        logged: () => complained,
        end: (signal) => {
          child.kill(signal);
          return ended;
        },
      });
    });
    void ended.then((code) => reject(new Error(`ended with ${code} before it was ready: ${complained}`)));
  });
}

/** Starts a server on a port of the system's choice. */
export function serve(env: Environment, ...options: string[]): Promise<Serving> {
  return stay({ CANDOR_PORT: "0", ...env }, ["serve", ...options], /serves (http:\S+)/);
}
