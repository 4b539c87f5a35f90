import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { MINUTE } from "../../../src/kernel/clock.ts";
import { ERASURE_STEPS, PACKAGE_STEPS } from "../../../src/privacy/index.ts";
import type { RotationKind } from "../../../src/vault/index.ts";
import type { Life, Said, Task } from "./mortal-life.ts";
import { lastingStores } from "./stores.ts";

const PROGRAM = fileURLToPath(new URL("./mortal-life.ts", import.meta.url));

const around = (steps: readonly string[]) =>
  steps.flatMap((step) => ["before", "within", "after"].map((point) => `${point} ${step}`));
/** Every moment at which an erasure, and a package, may be killed. */
export const ERASURE_POINTS = around(ERASURE_STEPS);
export const PACKAGE_POINTS = around(PACKAGE_STEPS);

/** Processes that live one after the other on the same stores, most of them not for long. */
export interface Lives {
  /** Lets one do these tasks, and answers what it said in the end; null when it died in the last of them. */
  live(
    tasks: readonly Task[],
    how?: Partial<Pick<Life, "dieAt" | "known" | "gone" | "rollsBack">>,
  ): Promise<Said | null>;
  drop(): Promise<void>;
}

export async function livesOnStores(label: string): Promise<Lives> {
  const stores = await lastingStores(label);
  const home = mkdtempSync(join(tmpdir(), "candor-lives-"));
  let now = Date.parse("2026-11-21T08:00:00Z");
  return {
    async live(tasks, { dieAt = null, known = [], gone = [], rollsBack = false } = {}) {
      // Leases and pauses of the one before have ended.
      now += 10 * MINUTE;
      const life: Life = {
        place: stores.place,
        rootKey: join(home, "own", "root.key"),
        now: new Date(now).toISOString(),
        tasks,
        rollsBack,
        dieAt,
        known,
        gone,
      };
      const child = fork(PROGRAM, [JSON.stringify(life)], {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      let told: { said?: Said; failed?: string } | undefined;
      child.on("message", (message) => {
        told = message as typeof told;
      });
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      if (told?.failed !== undefined) throw new Error(told.failed);
      // Who may make more statements than the work takes lives to the end of it.
      const mayLive = dieAt === null || typeof dieAt === "number";
      expect(signal, `${JSON.stringify(tasks.at(-1))} until ${dieAt}`).to.equal(
        mayLive && told !== undefined ? null : "SIGKILL",
      );
      return told?.said ?? null;
    },
    async drop() {
      await stores.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Kills an erasure at each of these points, each of another member, and proves that every one ends once and whole. */
export async function killErasuresAt(lives: Lives, points: readonly string[]): Promise<void> {
  const cards = points.map((_, n) => `E-${n}`);
  for (const [n, dieAt] of points.entries()) {
    const card = cards[n] as string;
    const tasks: Task[] = [{ kind: "erase", card }];
    if (n === 0) await lives.live([{ kind: "join", cards: [...cards, "E-stays"] }, ...tasks], { dieAt });
    else await lives.live(tasks, { dieAt, known: [...cards.slice(n), "E-stays"], gone: cards.slice(0, n) });
  }
  const said = await lives.live([], { known: ["E-stays"], gone: cards });
  expect(runsOf(said, "erasure")).to.deep.equal(cards.map(() => "completed 1"));
}

/** The same of packages of one member. */
export async function killPackagesAt(lives: Lives, points: readonly string[]): Promise<void> {
  await lives.live([{ kind: "join", cards: ["P-1"] }]);
  for (const dieAt of points) await lives.live([{ kind: "pack", card: "P-1" }], { dieAt, known: ["P-1"] });
  const said = await lives.live([], { known: ["P-1"] });
  expect(runsOf(said, "access")).to.deep.equal(points.map(() => "completed 1"));
}

/** Kills a rotation when it has made one statement, then two, and so on, until a life is long enough to end it. */
export async function killRotation(lives: Lives, what: RotationKind): Promise<void> {
  const known = Array.from({ length: 8 }, (_, n) => `${what}-${n}`);
  await lives.live([{ kind: "join", cards: known }]);
  await untilItEnds((dieAt) => lives.live([{ kind: "rotate", what }], { dieAt, known }));
  expectRotated(await lives.live([], { known }), what);
}

/** Every version of the key but the newest has gone out of use, and nothing rotates any more. */
export function expectRotated(said: Said | null, what: RotationKind): void {
  const name = what === "index" ? "blind-index" : "wrapping";
  const states = said?.keys.filter((k) => k.startsWith(name)).map((k) => k.split(" ")[2]);
  expect(states?.filter((s) => s === "live")).to.have.length(1);
  expect(said?.running).to.equal(0);
}

/** Puts a backup back from before two erasures, and kills what erases them again in the same way. */
export async function killReplay(lives: Lives): Promise<void> {
  const gone = ["R-1", "R-2"];
  const erase = gone.map((card): Task => ({ kind: "erase", card }));
  await lives.live([{ kind: "join", cards: [...gone, "R-stays"] }, ...erase]);
  await untilItEnds((dieAt) => lives.live([{ kind: "replay" }], { dieAt, rollsBack: dieAt === 1 }));
  const said = await lives.live([], { known: ["R-stays"], gone });
  expect(new Set(runsOf(said, "erasure"))).to.deep.equal(new Set(["completed 1"]));
}

async function untilItEnds(live: (dieAt: number) => Promise<Said | null>): Promise<void> {
  for (let statements = 1; statements < 200; statements++) if ((await live(statements)) !== null) return;
  throw new Error("it never ends");
}

export function runsOf(said: Said | null, kind: string): string[] {
  return (said?.runs ?? []).flatMap((r) => (r.kind === kind ? [`${r.state} ${r.certificates}`] : []));
}
