import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ADMIN_KEY } from "../../setup/server.ts";
import type { ChildMemory, ChildReady } from "./server-child.ts";

const CHILD = fileURLToPath(new URL("./server-child.ts", import.meta.url));

export interface Source {
  readonly id: string;
  readonly writeKey: string;
}

/** A Candor in a process of its own, so that its memory is its own. */
export interface SpawnedServer {
  readonly url: string;
  memory(): Promise<ChildMemory>;
  source(input: Record<string, unknown>): Promise<Source>;
  /** Items that the source has had accepted. */
  accepted(sourceId: string): Promise<number>;
  isAlive(): boolean;
  close(): Promise<void>;
}

async function messageOf<K extends (ChildReady | ChildMemory)["kind"]>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<ChildReady | ChildMemory, { kind: K }>> {
  for (;;) {
    const [message] = (await once(child, "message")) as [ChildReady | ChildMemory];
    if (message.kind === kind) return message as Extract<ChildReady | ChildMemory, { kind: K }>;
  }
}

export async function spawnServer(): Promise<SpawnedServer> {
  const child = fork(CHILD, { execArgv: ["--import", "tsx"], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const { url } = await messageOf(child, "ready");
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.json();
  };
  return {
    url,
    memory: async () => {
      const told = messageOf(child, "memory");
      child.send("memory");
      return told;
    },
    source: async (input) =>
      (await ask("POST", "/v1/sources", { purposes: ["service"], ...input })) as Source,
    accepted: async (sourceId) => {
      const { events } = (await ask("GET", "/v1/summary")) as {
        events: { source: string; accepted: number }[];
      };
      return events.find((e) => e.source === sourceId)?.accepted ?? 0;
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    close: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.send("close");
      await ended;
    },
  };
}
