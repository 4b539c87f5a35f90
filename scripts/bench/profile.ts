import { writeFile } from "node:fs/promises";
import { type Profiler, Session } from "node:inspector/promises";
import type { ProfileSummary } from "./protocol.ts";

const LISTED = 40;

/** A running processor profile of this thread. */
export interface Profiling {
  /** Ends it, writes it (the format of `node --cpu-prof`) and sums it up by function. */
  end(): Promise<ProfileSummary>;
}

/** Where a function stands, short enough for a table. */
function placeOf(url: string, line: number): string {
  const short = url
    .replace(/^.*\/node_modules\//, "~/")
    .replace(/^file:\/\/.*?\/((?:src|pipelines|consent|scripts)\/)/, "$1");
  // TypeScript is compiled while it loads, and its lines are not those of the file.
  return short === "" ? "(engine)" : short.endsWith(".ts") ? short : `${short}:${line + 1}`;
}

function summarise(profile: Profiler.Profile): Omit<ProfileSummary, "file"> {
  const nodes = new Map(profile.nodes.map((n) => [n.id, n]));
  const self = new Map<string, { name: string; place: string; us: number }>();
  let total = 0;
  profile.samples?.forEach((id, i) => {
    const us = profile.timeDeltas?.[i] ?? 0;
    const frame = nodes.get(id)?.callFrame;
    if (frame === undefined) return;
    const name = frame.functionName === "" ? "(anonymous)" : frame.functionName;
    total += us;
    const place = placeOf(frame.url, frame.lineNumber);
    const key = `${name} ${place}`;
    const sum = self.get(key);
    if (sum === undefined) self.set(key, { name, place, us });
    else sum.us += us;
  });
  return {
    functions: [...self.values()]
      .sort((a, b) => b.us - a.us)
      .slice(0, LISTED)
      .map(({ name, place, us }) => ({ name, place, selfMs: us / 1_000, share: us / total })),
  };
}

/** Profiles this thread from now on. The embedded engine works in another thread and is not within. */
export async function startProfile(file: string): Promise<Profiling> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 500 });
  await session.post("Profiler.start");
  return {
    async end() {
      const { profile } = await session.post("Profiler.stop");
      session.disconnect();
      await writeFile(file, JSON.stringify(profile));
      return { file, ...summarise(profile) };
    },
  };
}
