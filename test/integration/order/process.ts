/**
 * One more Candor over databases that others use at the same time: a process of its own, as a second machine would be.
 * Its first line of standard input names the databases. Then, for each line of deliveries, it starts a server with
 * empty caches and says `ready`; at the next line it sends them a few at a time through its own doors, and writes what
 * was answered as one line.
 */
import { createInterface } from "node:readline";
import { openPostgres } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer } from "../../setup/server.ts";
import { type Delivery, sendAll } from "./deliver.ts";
import { NOW } from "./items.ts";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function nextLine(): Promise<string | undefined> {
  const { value, done } = await lines.next();
  return done === true ? undefined : value;
}

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

const { url, keystoreUrl } = JSON.parse((await nextLine()) ?? "{}") as { url: string; keystoreUrl: string };
const database = {
  engine: "postgres" as const,
  db: openPostgres(url, { max: 6 }),
  keystoreDb: openPostgres(keystoreUrl, { max: 2 }),
  drop: async () => {},
};
for (let task = await nextLine(); task !== undefined; task = await nextLine()) {
  const server = await startTestServer("process", { clock: fixedClock(NOW), database });
  say("ready");
  await nextLine();
  const told = await sendAll(server.url, JSON.parse(task) as Delivery[], true);
  await server.close();
  say(told);
}
await database.db.close();
await database.keystoreDb.close();
