import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CANDOR = fileURLToPath(new URL("../../bin/candor.js", import.meta.url));

/** `candor serve` as people start it: a process of its own. */
export interface RealServer {
  readonly pid: number;
  /** Where it serves; rejects when it ends before. */
  readonly serving: Promise<string>;
  /** Ends the process and waits until it is gone: at once (SIGKILL), or as an operator would (SIGTERM). */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** Starts it with these settings and nothing else of ours. The system chooses the port. */
export function startRealServer(settings: Readonly<Record<string, string>>): RealServer {
  const { PATH = "", HOME = "" } = process.env;
  const child: ChildProcess = spawn(process.execPath, [CANDOR, "serve"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH, HOME, CANDOR_PORT: "0", ...settings },
  });
  const gone = once(child, "exit");
  // A test run that ends early takes its server with it.
  const onExit = () => void child.kill("SIGKILL");
  process.once("exit", onExit);
  child.once("exit", () => process.off("exit", onExit));
  const last: string[] = [];
  const serving = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      last.push(line);
      if (last.length > 20) last.shift();
      const url = urlOf(line);
      if (url !== undefined) resolve(url);
    });
    gone.then(
      () => reject(new Error(`the server ended before it served:\n${last.join("\n")}`)),
      (error) => reject(error),
    );
  });
  // Whoever ends it on purpose before it serves does not wait for this.
  serving.catch(() => {});
  return {
    pid: child.pid as number,
    serving,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await gone;
    },
  };
}

/** The address in the structured log line that says that the server serves. */
function urlOf(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  const { event, url } = JSON.parse(line) as { event?: unknown; url?: unknown };
  return event === "serving" && typeof url === "string" ? url : undefined;
}
