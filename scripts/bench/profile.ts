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

/** Neither is work of this thread. */
const IDLE = new Set(["(idle)", "(root)"]);

function summarise(profile: Profiler.Profile): Omit<ProfileSummary, "file"> {
  const nodes = new Map(profile.nodes.map((n) => [n.id, n]));
  const parents = new Map<number, number>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  const labelOf = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      { name: functionName === "" ? "(anonymous)" : functionName, place: placeOf(url, lineNumber) },
    ]),
  );
  const selfOf = new Map<number, number>();
  let busy = 0;
  profile.samples?.forEach((id, i) => {
    const us = profile.timeDeltas?.[i] ?? 0;
    if (IDLE.has(nodes.get(id)?.callFrame.functionName ?? "")) return;
    busy += us;
    selfOf.set(id, (selfOf.get(id) ?? 0) + us);
  });
  const own = new Map<string, { name: string; place: string; us: number }>();
  const all = new Map<string, { name: string; place: string; us: number }>();
  const add = (sums: typeof own, id: number, us: number): string => {
    const { name, place } = labelOf.get(id) as { name: string; place: string };
    const key = `${name} ${place}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { name, place, us });
    else sum.us += us;
    return key;
  };
  for (const [id, us] of selfOf) {
    add(own, id, us);
    // A function that calls itself is counted once.
    const seen = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const label = labelOf.get(at);
      const key = `${label?.name} ${label?.place}`;
      if (!seen.has(key)) add(all, at, us);
      seen.add(key);
    }
  }
  const listed = (sums: typeof own) =>
    [...sums.values()]
      .sort((a, b) => b.us - a.us)
      .slice(0, LISTED)
      .map(({ name, place, us }) => ({ name, place, ms: us / 1_000, share: us / busy }));
  const ours = new Map([...all].filter(([, { place }]) => /^(?:src|pipelines|consent)\//.test(place)));
  return { functions: listed(own), inclusive: listed(ours) };
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
