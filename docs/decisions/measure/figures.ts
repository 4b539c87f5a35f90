import { cpus, totalmem } from "node:os";

/** What the figures were measured on, in one line. */
export function machine(): string {
  const [first] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model ?? "unknown"}, ${gib} GiB, Node ${process.versions.node}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs `work` on every index, at most `width` at a time. */
export async function each(count: number, width: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

/** Measures `runs` times and prints the median rate and every run: `name  12,345/s  (12,001 12,345 12,600)`. */
export async function printRate(name: string, items: number, runs: number, once: () => Promise<number>) {
  const rates: number[] = [];
  for (let i = 0; i < runs; i++) rates.push(Math.round((items * 1000) / (await once())));
  const shown = rates.map((r) => r.toLocaleString("en")).join("  ");
  console.log(`${name.padEnd(64)} ${median(rates).toLocaleString("en").padStart(8)}/s   (${shown})`);
}
