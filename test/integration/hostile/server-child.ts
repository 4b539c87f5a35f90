import { readFileSync, writeFileSync } from "node:fs";
import { startTestServer } from "../../setup/server.ts";

/** What the parent is told once the server listens. */
export interface ChildReady {
  readonly kind: "ready";
  readonly url: string;
}

/** Bytes of resident memory: now, and at most since it was last asked. */
export interface ChildMemory {
  readonly kind: "memory";
  readonly now: number;
  readonly peak: number;
}

/** The most memory since the last call. Without Linux's own mark it is the most since the process began. */
function takePeak(): number {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    // "5" resets the high-water mark to the present size (proc(5)).
    writeFileSync("/proc/self/clear_refs", "5");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

const server = await startTestServer("hostile");
const tell = (message: ChildReady | ChildMemory) => process.send?.(message);

process.on("message", async (message) => {
  if (message === "memory") {
    tell({ kind: "memory", now: process.memoryUsage.rss(), peak: takePeak() });
  } else if (message === "close") {
    await server.close();
    process.disconnect();
  }
});
// Without its parent nobody would ever end it.
process.on("disconnect", () => process.exit(0));

tell({ kind: "ready", url: server.url });
