import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import type { Stream } from "./population.ts";

export const EVENTS_PER_REQUEST = 100;

/** One measured run of the client. */
export interface LoadResult {
  readonly seconds: number;
  readonly accepted: number;
  /** Events that got another answer, and requests that failed: both must be none. */
  readonly other: number;
  readonly rate: number;
  /** Latency of each request in milliseconds. */
  readonly latencies: readonly number[];
  readonly clientCpuSeconds: number;
  /** Whether the prepared requests were used up before the time was. */
  readonly ranOut: boolean;
}

/** Request bodies made before the measured window. */
export function prepareBodies(stream: Stream, requests: number): Buffer[] {
  return Array.from({ length: requests }, () =>
    Buffer.from(JSON.stringify({ batch: Array.from({ length: EVENTS_PER_REQUEST }, () => stream.next()) })),
  );
}

const ACCEPTED = Buffer.from('"accepted"');

function countAccepted(body: Buffer): number {
  let count = 0;
  for (let at = body.indexOf(ACCEPTED); at !== -1; at = body.indexOf(ACCEPTED, at + ACCEPTED.length)) count++;
  return count;
}

/** Sends prepared bodies over `connections` connections, one request on each at a time, for at most `seconds`. */
export async function drive(
  target: { url: string; writeKey: string },
  bodies: readonly Buffer[],
  options: { connections: number; seconds: number },
): Promise<LoadResult> {
  const pool = new Pool(target.url, { connections: options.connections, pipelining: 1 });
  const headers = { authorization: `Bearer ${target.writeKey}`, "content-type": "application/json" };
  const latencies: number[] = [];
  let [accepted, other, next] = [0, 0, 0];
  const cpu = process.cpuUsage();
  const from = performance.now();
  const until = from + options.seconds * 1_000;
  const worker = async (): Promise<void> => {
    while (performance.now() < until && next < bodies.length) {
      const body = bodies[next++] as Buffer;
      const sent = performance.now();
      const answer = await pool.request({ method: "POST", path: "/v1/batch", headers, body });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      latencies.push(performance.now() - sent);
      const good = answer.statusCode === 200 ? countAccepted(bytes) : 0;
      accepted += good;
      other += EVENTS_PER_REQUEST - good;
    }
  };
  await Promise.all(Array.from({ length: options.connections }, worker));
  const seconds = (performance.now() - from) / 1_000;
  const used = process.cpuUsage(cpu);
  await pool.close();
  return {
    seconds,
    accepted,
    other,
    rate: accepted / seconds,
    latencies,
    clientCpuSeconds: (used.user + used.system) / 1e6,
    ranOut: next >= bodies.length,
  };
}
