import type { Engine } from "./databases.ts";
import { drive, EVENTS_PER_REQUEST, type LoadResult, prepareBodies } from "./load.ts";
import { postgresMeter } from "./machine.ts";
import { type BenchOptions, CEILING } from "./options.ts";
import { MIX, mixedStream } from "./population.ts";
import type { Measured, ServerOptions } from "./protocol.ts";
import { say, whole } from "./report.ts";
import { type MeasuredServer, type RegisteredSource, startServer } from "./server-process.ts";
import { sampleWaits, type WaitCount } from "./waits.ts";

/** The first window after a start is not counted: code is being compiled and caches are empty. */
export const WARM_UP_SECONDS = 3;
/** An event of a stream is a millisecond later than the one before; all lie in the past and after the seeded ones. */
const STREAM_STARTS_BEFORE = 60_000;

/** What one window showed. */
export interface Run {
  readonly load: LoadResult;
  readonly server: Measured;
  readonly postgres: { connections: number; background: number } | null;
  /** Only of a profiled window on PostgreSQL. */
  readonly waits: readonly WaitCount[];
}

/** A server with members, and the web shop that they came from. */
export interface SeededServer {
  readonly server: MeasuredServer;
  readonly shop: RegisteredSource;
}

/** Guests that windows of so many seconds can use up. */
function guestsFor(seconds: number): number {
  return Math.ceil(CEILING * seconds * MIX.merges * 1.1);
}

/** Says when not everything was worked out. */
export function stillBehind(behind: number): string {
  return behind === 0 ? "" : ` (NOT DONE: ${whole(behind)} changes were still waiting)`;
}

/** Starts a server and fills it with members and with guests for so many seconds of windows. */
export async function seededServer(
  engine: Engine,
  options: BenchOptions,
  windowsSeconds: number,
  start: ServerOptions,
): Promise<SeededServer> {
  const server = await startServer(engine, options.serverUrl, start);
  try {
    const shop = await server.source({
      name: "Measured shop",
      kind: "web",
      currency: "GBP",
      region: "GB",
      timeZone: "Europe/London",
    });
    const guests = guestsFor(windowsSeconds);
    const seeded = await server.ask("seed", { sourceId: shop.id, members: options.members, guests });
    say(
      `Seeded ${whole(options.members)} members and ${whole(guests)} visitors in ${seeded.seconds.toFixed(1)} s (${whole(seeded.events / seeded.seconds)} events/s, without HTTP).`,
    );
    const { seconds, behind } = await server.ask("settle", null);
    say(`What follows from them was worked out ${seconds.toFixed(1)} s later${stillBehind(behind)}.`);
    return { server, shop };
  } catch (error) {
    await server.end();
    throw error;
  }
}

/** Sends windows of the stated mix to one server, each with people and guests of its own. */
export function streamer(
  { server, shop }: SeededServer,
  options: Pick<BenchOptions, "members" | "connections">,
): (seconds: number, profileInto?: string) => Promise<Run> {
  let windows = 0;
  let guest = 0;
  return async (seconds, profileInto) => {
    const guests = guestsFor(seconds);
    const requests = Math.ceil((CEILING * seconds) / EVENTS_PER_REQUEST);
    windows++;
    const stream = mixedStream({
      name: `w${windows}`,
      seed: windows,
      members: options.members,
      firstGuest: guest,
      guests,
      at: new Date(Date.now() - STREAM_STARTS_BEFORE - requests * EVENTS_PER_REQUEST),
    });
    guest += guests;
    const bodies = prepareBodies(stream, requests);
    // Once, before the first: a checkpoint before each would have every page that it touches written whole to the log.
    if (windows === 1) await server.ask("rest", null);
    const meter = postgresMeter(await server.ask("backends", null));
    const sampler =
      profileInto === undefined || server.databaseUrl === null ? null : await sampleWaits(server.databaseUrl);
    await server.ask("start", { profileInto: profileInto ?? null });
    const load = await drive({ url: server.url, writeKey: shop.writeKey }, bodies, {
      connections: options.connections,
      seconds,
    });
    const measured = await server.ask("stop", null);
    const postgres = meter?.read(await server.ask("backends", null)) ?? null;
    return { load, server: measured, postgres, waits: (await sampler?.end()) ?? [] };
  };
}

/** Says of a run what must not be: answers other than accepted, prepared requests that ran out. */
export function complain(load: LoadResult): void {
  if (load.other > 0) say(`WRONG: ${whole(load.other)} events were not accepted.`);
  if (load.ranOut) say(`NOTE: the prepared requests were used up after ${load.seconds.toFixed(1)} s.`);
}
