import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { FreshDatabase } from "../../setup/engines.ts";
import type { Installation } from "../../setup/installation.ts";
import { type Arrangement, arrangements, type Delivery, deliveriesOf, inBulk, type Told } from "./deliver.ts";
import { expectedOf, expectVerdicts } from "./expected.ts";
import type { SourceName } from "./items.ts";
import { check, expectSame, fill } from "./prove.ts";
import type { World } from "./world.ts";

const SCRIPT = fileURLToPath(new URL("./process.ts", import.meta.url));

/** Processes that send at the same moment, again and again. */
export interface Crew {
  /** Each list is sent from a process of its own; all start when all are ready. Answers everything that was told. */
  send(lists: readonly (readonly Delivery[])[]): Promise<Told[]>;
  end(): Promise<void>;
}

export function startCrew(database: FreshDatabase, size: number): Crew {
  const { url, keystoreUrl } = database;
  const members = Array.from({ length: size }, () => {
    const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", SCRIPT], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const say = (text: string) => void child.stdin?.write(`${text}\n`);
    say(JSON.stringify({ url, keystoreUrl }));
    const hear = async (): Promise<unknown> => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error("a process ended early");
      return JSON.parse(value);
    };
    return { child, say, hear };
  });
  return {
    async send(lists) {
      members.forEach(({ say }, i) => {
        say(JSON.stringify(lists[i] ?? []));
      });
      await Promise.all(members.map(({ hear }) => hear()));
      for (const { say } of members) say("go");
      const told = await Promise.all(members.map(({ hear }) => hear()));
      return told.flat() as Told[];
    },
    async end() {
      for (const { child } of members) {
        child.stdin?.end();
        if (child.exitCode === null) await once(child, "exit");
      }
    },
  };
}

/** For each process, which items it sends and how; every item is sent by one at least, most by several. */
export function shares(count: number, processes: number): fc.Arbitrary<readonly Arrangement[]> {
  return fc
    .tuple(
      fc.array(fc.integer({ min: 1, max: 2 ** processes - 1 }), { minLength: count, maxLength: count }),
      fc.array(arrangements(count), { minLength: processes, maxLength: processes }),
    )
    .map(([owners, hows]) =>
      hows.map((how, p) => ({
        ...how,
        stream: how.stream.filter((index) => (((owners[index] as number) >> p) & 1) === 1),
      })),
    );
}

/** Facts that several processes take in at once give the bytes that one process gives. */
export async function proveTogether(
  installation: Installation<SourceName>,
  crew: Crew,
  world: World,
  hows: readonly Arrangement[],
): Promise<void> {
  const alone = await fill(installation, world, inBulk(world.items.length));
  const server = await installation.fresh();
  try {
    const expected = await expectedOf(server, installation.sources, world.items);
    const told = await crew.send(hows.map((how) => deliveriesOf(world.items, installation.sources, how)));
    const perItem = new Set(world.items.flatMap((item, i) => (item.door === "json" ? [i] : [])));
    expectVerdicts(told, expected, perItem);
    expectSame(alone, await check(server, expected, world.named));
  } finally {
    await server.close();
  }
}
