import { performance } from "node:perf_hooks";
import { type DoorDeps, parseDepsOf } from "../../pipelines/doors/deps.ts";
import type { Entry } from "../../pipelines/ingest/entry.ts";
import { entryOf } from "../../pipelines/ingest/read-item.ts";
import { parseWebItem } from "../../pipelines/sources/web/index.ts";
import { HOUR } from "../../src/kernel/clock.ts";
import { seedGuest, seedMember } from "./population.ts";

const CHUNK = 1_000;
const UNDER_WAY = 3;

/**
 * Makes the existing members and guests: their events take the way of every event from the parser on (parse,
 * prepare, group commit), in this process, so that their rows are those the door would have made.
 */
export async function seed(
  deps: DoorDeps,
  sourceId: string,
  wanted: { members: number; guests: number },
): Promise<{ events: number; seconds: number }> {
  const { settings } = await deps.registry.get(sourceId);
  const receivedAt = deps.clock.now();
  // Before every measured event, and in the same month: a stream that goes on, not one that starts a month.
  const at = new Date(receivedAt.getTime() - 6 * HOUR);
  const arrival = { receivedAt, sentAt: null };
  const parseDeps = parseDepsOf(deps);
  const total = wanted.members + wanted.guests;
  const from = performance.now();
  const flying = new Set<Promise<void>>();
  let failure: unknown;
  for (let start = 0; start < total && failure === undefined; start += CHUNK) {
    const entries: Entry[] = [];
    for (let i = start; i < Math.min(start + CHUNK, total); i++) {
      const raw = i < wanted.members ? seedMember(i, at) : seedGuest(i - wanted.members, at);
      const parsed = parseWebItem(raw, settings, arrival, parseDeps);
      entries.push(entryOf(deps.vault, settings, parsed, { door: "http", place: null, raw, arrival }));
    }
    while (flying.size >= UNDER_WAY) await Promise.race(flying);
    const flight: Promise<void> = deps.queue
      .submitWhenRoom(entries)
      .then((outcomes) => {
        const bad = outcomes.find((o) => o.status !== "accepted");
        if (bad !== undefined) failure ??= new Error(`a seeded event was ${bad.status}: ${bad.code}`);
      })
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => flying.delete(flight));
    flying.add(flight);
  }
  await Promise.all(flying);
  if (failure !== undefined) throw failure;
  return { events: total, seconds: (performance.now() - from) / 1_000 };
}
