import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { sql } from "../../../src/db/index.ts";
import type { RealServer } from "../../setup/real-server.ts";
import { ADMIN_KEY, type TestServer } from "../../setup/server.ts";
import {
  type Arrangement,
  arrangements,
  type Delivery,
  deliveriesOf,
  type Sources,
  send,
  type Told,
} from "../order/deliver.ts";
import { expectedOf, expectFacts, expectResolved, expectStored } from "../order/expected.ts";
import { type Item, SOURCES, type SourceName } from "../order/items.ts";
import { readAll } from "../order/snapshot.ts";
import { stretchOfBusiness, type World } from "../order/world.ts";
import type { LastingStores } from "./stores.ts";

/** Requests under way at once. */
const SENDERS = 6;
/** Message ids and receipt lines of two stretches of business are this far apart. */
const APART = 10_000;

/** A random moment of one run: what arrives, how, and when the power goes. */
interface Mishap {
  readonly world: World;
  readonly how: Arrangement;
  /** Part of the deliveries after which the server is killed, and a few milliseconds more. */
  readonly after: number;
  readonly moreMs: number;
  /** Milliseconds after which a start is killed too; null: it is left alone. */
  readonly startMs: number | null;
  /** Whether the server is killed once more after everything was sent again. */
  readonly again: boolean;
}

function mishap(cycle: number, seed: number): Mishap {
  const [chosen] = fc.sample(
    stretchOfBusiness(cycle * APART).chain((world) =>
      fc.record({
        world: fc.constant(world),
        how: arrangements(world.items.length),
        after: fc.double({ min: 0, max: 0.95, noNaN: true }),
        moreMs: fc.nat(40),
        startMs: fc.option(fc.integer({ min: 50, max: 4_000 }), { nil: null, freq: 3 }),
        again: fc.boolean(),
      }),
    ),
    { numRuns: 1, seed: seed + cycle },
  );
  return chosen as Mishap;
}

interface Answered {
  readonly delivery: Delivery;
  readonly told: readonly Told[];
}

/** Sends until all is answered or the server is gone; `onAnswer` hears of every answer. */
async function sendUntilGone(
  url: string,
  deliveries: readonly Delivery[],
  onAnswer: (count: number) => void,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  const queue = [...deliveries];
  const sender = async (): Promise<void> => {
    for (let delivery = queue.shift(); delivery !== undefined; delivery = queue.shift()) {
      try {
        answered.push({ delivery, told: await send(url, delivery) });
      } catch (error) {
        // A connection that breaks is what this is about; an answer that says no is not.
        if (!(error instanceof TypeError)) throw error;
        return;
      }
      onAnswer(answered.length);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return answered;
}

/** Registers the sources through the door of the real server. */
export async function registerSources(url: string): Promise<Sources> {
  const sources: Partial<Record<SourceName, { id: string; writeKey: string }>> = {};
  for (const [name, source] of Object.entries(SOURCES)) {
    const answer = await fetch(`${url}/v1/sources`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
      body: JSON.stringify({ name, purposes: ["service"], ...source }),
    });
    expect(answer.status).to.equal(201);
    sources[name as SourceName] = (await answer.json()) as { id: string; writeKey: string };
  }
  return sources as Sources;
}

/**
 * Kills the server at random moments of `cycles` stretches of business and proves after each that everything
 * acknowledged is there exactly once, that nothing is half done, and that the next start needs no help.
 */
export async function survive(stores: LastingStores, cycles: number, seed: number): Promise<void> {
  const items: Item[] = [];
  let server = stores.start();
  const sources = await registerSources(await server.serving);
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const { world, how, after, moreMs, startMs, again } = mishap(cycle, seed);
      const deliveries = deliveriesOf(world.items, sources, how, new Date());
      const answered = await killAmid(server, deliveries, Math.floor(after * deliveries.length), moreMs);
      if (startMs !== null) {
        const early = stores.start();
        await pause(startMs);
        await early.end("SIGKILL");
      }
      server = stores.start();
      const url = await server.serving;
      await expectKept(url, sources, world.items, answered);
      await sendRest(url, deliveries, answered, world.items);
      items.push(...world.items);
      const isLast = cycle === cycles - 1;
      // Where only one process may look at a time, each look costs a start: it then covers two stretches of business.
      if (!isLast && !stores.openToMany && cycle % 2 === 0) continue;
      const ends = again || isLast || !stores.openToMany;
      if (ends) await server.end(again ? "SIGKILL" : "SIGTERM");
      await stores.look((look) => expectWhole(look, sources, items));
      if (ends && !isLast) server = stores.start();
    }
  } finally {
    await server.end("SIGKILL");
  }
}

/** Sends, and kills the server when that many answers have come, with the others still under way. */
async function killAmid(
  server: RealServer,
  deliveries: readonly Delivery[],
  answers: number,
  moreMs: number,
): Promise<Answered[]> {
  let kill: (() => void) | undefined;
  const killed = new Promise<void>((resolve) => {
    kill = resolve;
  })
    .then(() => pause(moreMs))
    .then(() => server.end("SIGKILL"));
  const url = await server.serving;
  if (answers === 0) kill?.();
  const answered = await sendUntilGone(url, deliveries, (count) => {
    if (count >= answers) kill?.();
  });
  kill?.();
  await killed;
  return answered;
}

/** Every item whose acceptance was acknowledged has its receipt. */
async function expectKept(
  url: string,
  sources: Sources,
  items: readonly Item[],
  answered: readonly Answered[],
): Promise<void> {
  for (const { index, status } of answered.flatMap((a) => a.told)) {
    const item = items[index] as Item;
    const { messageId } = item.raw;
    if (typeof messageId !== "string" || (status !== "accepted" && status !== "duplicate")) continue;
    const { id, writeKey } = sources[item.source];
    const answer = await fetch(`${url}/v1/sources/${id}/events/${messageId}`, {
      headers: { authorization: `Bearer ${writeKey}` },
    });
    expect(answer.status, `receipt of ${messageId}`).to.equal(200);
    expect(((await answer.json()) as { status: string }).status).to.equal("accepted");
  }
}

/** Sends what was not acknowledged, and a part of what was: that must be known by now. */
async function sendRest(
  url: string,
  deliveries: readonly Delivery[],
  answered: readonly Answered[],
  items: readonly Item[],
): Promise<void> {
  const done = new Set(answered.map((a) => a.delivery));
  const known = answered.filter((_, i) => i % 3 === 0);
  const rest = deliveries.filter((d) => !done.has(d));
  const sentAgain = await sendUntilGone(url, [...rest, ...known.map((a) => a.delivery)], () => {});
  expect(sentAgain).to.have.length(rest.length + known.length);
  const acknowledged = new Set(
    answered.flatMap(({ delivery, told }) =>
      delivery.items.filter((i) => told.some((t) => t.index === i && t.status !== "quarantined")),
    ),
  );
  for (const { index, status } of sentAgain.flatMap((a) => a.told)) {
    if (acknowledged.has(index)) expect(status, `item ${JSON.stringify(items[index])}`).to.equal("duplicate");
  }
}

/** What must hold of the stores whatever happened to the processes on them. */
async function expectWhole(server: TestServer, sources: Sources, items: readonly Item[]): Promise<void> {
  const expected = await expectedOf(server, sources, items);
  await expectStored(server, expected);
  const shown = await readAll(server);
  await expectFacts(server, shown, expected);
  expectResolved(shown);
  const [odd] = await server.database.db.query<Record<string, number>>(sql`
    select
      (select count(*) from event e where not exists (
        select 1 from receipt r where r.source_id = e.source_id and r.event_id = e.event_id and r.verdict = 'accepted'
          and r.subject_id = e.subject_id and r.occurred_at = e.occurred_at)) as "eventsWithoutReceipt",
      (select count(*) from receipt r where r.verdict = 'accepted' and not exists (
        select 1 from event e where e.event_id = r.event_id)) as "receiptsWithoutEvent",
      (select count(*) from subject s where not exists (
        select 1 from subject_aggregate a where a.subject_id = s.subject_id)) as "subjectsWithoutAggregate",
      (select count(*) from subject s where not exists (
        select 1 from evidence e where e.subject_id = s.subject_id and e.bi = s.anchor_bi)) as "subjectsWithoutAnchor",
      (select count(*) from evidence e where not exists (
        select 1 from identifier_node n where n.bi = e.bi)) as "evidenceWithoutNode",
      (select count(*) from (
        select fact->>'eventId' from order_state o cross join lateral jsonb_array_elements(o.facts) as fact
        group by 1 having count(*) > 1) twice) as "orderFactsTwice"`);
  expect(odd).to.deep.equal({
    eventsWithoutReceipt: 0,
    receiptsWithoutEvent: 0,
    subjectsWithoutAggregate: 0,
    subjectsWithoutAnchor: 0,
    evidenceWithoutNode: 0,
    orderFactsTwice: 0,
  });
}
