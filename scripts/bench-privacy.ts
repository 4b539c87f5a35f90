/**
 * How long an access package and an erasure of a member with 10,000 events take, and how many erasures a minute one
 * process does. On the embedded engine in memory, or on the PostgreSQL that `CANDOR_TEST_DATABASE_URL` names.
 * Run: `npx tsx scripts/bench-privacy.ts [events] [members]`.
 */
import { randomUUID } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import type { RequestScope } from "../src/privacy/index.ts";
import { startTestServer } from "../test/setup/server.ts";

const EVENTS = Number(process.argv[2] ?? 10_000);
const MEMBERS = Number(process.argv[3] ?? 1_000);
const BATCH = 100;
const BY = { actor: { kind: "system", id: "bench" } } as const;

const server = await startTestServer("bench-privacy");
const { fulfilment, work } = server.candor.fulfil;
const source = await server.source({ name: "Shop", kind: "web", region: "TW" });

async function send(items: readonly Record<string, unknown>[]): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH) {
    const answer = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: source.writeKey,
      body: { batch: items.slice(at, at + BATCH) },
    });
    if (answer.body.results.some((r) => r.status !== "accepted")) throw new Error("not accepted");
  }
}

function eventOf(card: string, n: number): Record<string, unknown> {
  const at = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
  const base = { messageId: randomUUID(), userId: card, timestamp: at };
  if (n % 5 === 0)
    return {
      ...base,
      type: "track",
      event: "Order Completed",
      properties: {
        order_id: `${card}-${n}`,
        total: 120,
        currency: "TWD",
        products: [{ product_id: "p1", price: 60, quantity: 2 }],
      },
    };
  return {
    ...base,
    type: "track",
    event: "Product Viewed",
    properties: { product_id: `p${n % 40}`, note: "seen" },
  };
}

async function memberOf(card: string): Promise<string> {
  const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind: "member_id", value: card },
  });
  return found.body.memberId;
}

function scopeOf(memberId: string, kind: "access" | "erasure"): RequestScope {
  return { requestId: randomUUID(), memberId, subjectIds: [memberId], regime: "TW", locale: "en", kind };
}

async function timed(what: string, doing: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  const used = process.cpuUsage();
  await doing();
  const ms = performance.now() - began;
  const cpu = process.cpuUsage(used);
  // Processor time hardly depends on what else the machine does.
  const own = ((cpu.user + cpu.system) / 1_000_000).toFixed(2);
  process.stdout.write(`| ${what} | ${(ms / 1_000).toFixed(2)} s | ${own} s |\n`);
  return ms;
}

process.stdout.write(
  `${server.database.engine}, ${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}\n\n| What | Time | Processor time |\n| --- | ---: | ---: |\n`,
);
await send(Array.from({ length: EVENTS }, (_, n) => eventOf("BIG-1", n)));
const big = await memberOf("BIG-1");
await timed(`access package, ${EVENTS} events`, async () => {
  await server.database.db.tx((tx) =>
    fulfilment.startPackage(
      tx,
      scopeOf(big, "access"),
      "access",
      { kind: "passphrase", passphrase: "a long enough passphrase" },
      BY,
    ),
  );
  await work();
});
await timed(`erasure, ${EVENTS} events`, async () => {
  await server.database.db.tx((tx) => fulfilment.startErasure(tx, scopeOf(big, "erasure"), BY));
  await work();
});
await send(Array.from({ length: MEMBERS * 5 }, (_, n) => eventOf(`M-${n % MEMBERS}`, n)));
const ids: string[] = [];
for (let n = 0; n < MEMBERS; n++) ids.push(await memberOf(`M-${n}`));
const ms = await timed(`erasure of ${MEMBERS} members`, async () => {
  await server.database.db.tx(async (tx) => {
    for (const id of ids) await fulfilment.startErasure(tx, scopeOf(id, "erasure"), BY);
  });
  await work();
});
process.stdout.write(`\n${Math.round((MEMBERS / ms) * 60_000)} erasures a minute\n`);
await server.close();
