import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import type { Measured } from "./protocol.ts";
import type { MeasuredServer } from "./server-process.ts";

export interface RateRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SentAtRate {
  /** Milliseconds from when each request was due, those of the warm-up left out. */
  readonly latencies: readonly number[];
  readonly failed: number;
  /** Requests of the whole window, the warm-up's among them. */
  readonly total: number;
  readonly server: Measured;
}

/**
 * Sends requests at a fixed rate, each when its time has come whether or not earlier ones were answered, and before those
 * that count some seconds of them, while code is compiled and caches fill (one unless stated).
 */
export async function atRate(
  server: MeasuredServer,
  pace: {
    readonly perSecond: number;
    readonly seconds: number;
    readonly connections: number;
    readonly warmUpSeconds?: number;
    readonly profileInto?: string;
  },
  make: (index: number) => RateRequest,
): Promise<SentAtRate> {
  const { perSecond, warmUpSeconds = 1 } = pace;
  const warmUp = perSecond * warmUpSeconds;
  const pool = new Pool(server.url, { connections: pace.connections });
  const latencies: number[] = [];
  let failed = 0;
  const send = async (index: number, due: number): Promise<void> => {
    const { body, ...request } = make(index);
    const answer = await pool.request({ ...request, body: body ?? null });
    await answer.body.dump();
    if (answer.statusCode !== 200) failed++;
    if (index >= warmUp) latencies.push(performance.now() - due);
  };
  const total = perSecond * pace.seconds + warmUp;
  await server.ask("start", { profileInto: pace.profileInto ?? null });
  const from = performance.now();
  const under: Promise<void>[] = [];
  for (let i = 0; i < total; i++) {
    const due = from + (i * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((wake) => setTimeout(wake, wait));
    under.push(send(i, due));
  }
  await Promise.all(under);
  const measured = await server.ask("stop", null);
  await pool.close();
  return { latencies, failed, total, server: measured };
}
