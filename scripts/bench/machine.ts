import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What the figures were measured on. */
export function machineText(): string {
  const [first] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} × ${first?.model.trim() ?? "unknown processor"}, ${gib} GiB memory, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}`;
}

/** How busy the machine was with other work: below half a processor before a run, figures are its own. */
export function loadText(): string {
  return `load average ${loadavg()
    .map((l) => l.toFixed(1))
    .join(", ")}`;
}

/**
 * How much processor time a fixed piece of work takes just now. Neighbours on the same processors make all work dearer;
 * two reports are compared by this figure before they are compared by theirs.
 */
export function paceText(): string {
  const block = Buffer.alloc(1_024, 7);
  const hash = (times: number): void => {
    for (let i = 0; i < times; i++) createHash("sha256").update(block).digest();
  };
  hash(20_000);
  const from = process.cpuUsage();
  hash(200_000);
  const used = process.cpuUsage(from);
  return `pace: 200,000 hashes of 1 KiB in ${((used.user + used.system) / 1e3).toFixed(0)} ms of processor time`;
}

/** Clock ticks a second in /proc: a constant of the Linux user interface, whatever the kernel's own rate. */
const TICKS = 100;

/** Fields of a stat file after the command, which may itself hold spaces and brackets. */
function statOf(process: number | string): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${process}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/** Processor seconds a process has used; null where /proc does not tell. */
function cpuSecondsOf(process: number | string): number | null {
  const stat = statOf(process);
  return stat === null ? null : (Number(stat[11]) + Number(stat[12])) / TICKS;
}

/** Processor seconds of this process's main thread, whose number is the process's; null where /proc does not tell. */
export function mainThreadCpuSeconds(): number | null {
  return cpuSecondsOf(`${process.pid}/task/${process.pid}`);
}

/** Processor seconds of PostgreSQL since the meter was made. */
export interface PostgresMeter {
  /** Of these connections' processes, and of log writer, checkpointer and their like (which serve the whole server). */
  read(backends: readonly number[]): { connections: number; background: number };
}

function backgroundOf(postmaster: number): number[] {
  const found: number[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isSafeInteger(pid) || Number(statOf(pid)?.[1]) !== postmaster) continue;
    try {
      const title = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (/writer|checkpointer/.test(title)) found.push(pid);
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** Null where the processes are not on this machine. `backends` are those of our connections now. */
export function postgresMeter(backends: readonly number[]): PostgresMeter | null {
  const [one] = backends;
  const stat = one === undefined ? null : statOf(one);
  if (stat === null) return null;
  const others = backgroundOf(Number(stat[1]));
  const readEach = (pids: readonly number[]) => new Map(pids.map((pid) => [pid, cpuSecondsOf(pid) ?? 0]));
  const [before, othersBefore] = [readEach(backends), readEach(others)];
  // A connection that was opened since has started at nothing; one that was idle so long that it was closed is left out.
  const since = (start: ReadonlyMap<number, number>, pids: readonly number[]): number =>
    pids.reduce((sum, pid) => sum + Math.max(0, (cpuSecondsOf(pid) ?? 0) - (start.get(pid) ?? 0)), 0);
  return {
    read: (now) => ({ connections: since(before, now), background: since(othersBefore, others) }),
  };
}
