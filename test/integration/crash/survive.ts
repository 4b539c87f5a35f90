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

/** Where only one process may look at a time, a look costs a start: it then covers so many stretches of business. */
const STRETCHES_A_LOOK = 5;
/** The finest part of the deliveries that a moment is chosen by. */
const FINEST = 1_000;

/** One run: what arrives, how, and how the power goes. */
interface Mishap {
  readonly world: World;
  readonly how: Arrangement;
  /** Milliseconds from the answer after which the server is killed until it is. */
  readonly moreMs: number;
  /** Milliseconds after which a start is killed too; null: it is left alone. */
  readonly startMs: number | null;
  /** Whether the server is killed once more after everything was sent again. */
  readonly again: boolean;
}

/** As likely early as late. Left to itself, fast-check prefers the smallest and the largest. */
const evenly = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));

/**
 * The part of the deliveries after which the server is killed in each cycle. The stream is cut into as many stretches
 * of equal length as there are cycles, and each has its moment somewhere in another one: random, and never all early.
 */
function momentsOf(cycles: number, seed: number): readonly number[] {
  const stretches = Array.from({ length: cycles }, (_, i) => i);
  const moments = fc
    .tuple(
      fc.noBias(fc.shuffledSubarray(stretches, { minLength: cycles, maxLength: cycles })),
      fc.tuple(...stretches.map(() => evenly(0, FINEST - 1))),
    )
    .map(([order, within]) => order.map((stretch, i) => (stretch + (within[i] as number) / FINEST) / cycles));
  return fc.sample(moments, { numRuns: 1, seed })[0] as readonly number[];
}

function mishap(cycle: number, seed: number): Mishap {
  const [chosen] = fc.sample(
    stretchOfBusiness(cycle * APART).chain((world) =>
      fc.record({
        world: fc.constant(world),
        how: arrangements(world.items.length),
        moreMs: evenly(0, 40),
        startMs: fc.option(evenly(50, 4_000), { nil: null, freq: 3 }),
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

/** What was answered before the server was gone, and how many deliveries under way it left without an answer. */
interface Sent {
  readonly answered: readonly Answered[];
  readonly cutOff: number;
}

/** Sends until all is answered or the server is gone; `onAnswer` hears of every answer. */
async function sendUntilGone(
  url: string,
  deliveries: readonly Delivery[],
  onAnswer: (count: number) => void,
): Promise<Sent> {
  const answered: Answered[] = [];
  let cutOff = 0;
  const queue = [...deliveries];
  const sender = async (): Promise<void> => {
    for (let delivery = queue.shift(); delivery !== undefined; delivery = queue.shift()) {
      try {
        answered.push({ delivery, told: await send(url, delivery) });
      } catch (error) {
        // A connection that breaks is what this is about; an answer that says no is not.
        if (!(error instanceof TypeError)) throw error;
        cutOff++;
        return;
      }
      onAnswer(answered.length);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return { answered, cutOff };
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
 * acknowledged is there exactly once, that nothing is half done, and that the next start needs no help. At least five
 * cycles: then the moments are known to be early, amid and late.
 */
export async function survive(stores: LastingStores, cycles: number, seed: number): Promise<void> {
  const items: Item[] = [];
  const moments = momentsOf(cycles, seed);
  const kills: Kill[] = [];
  let server = stores.start();
  const sources = await registerSources(await server.serving);
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const { world, how, moreMs, startMs, again } = mishap(cycle, seed);
      const deliveries = deliveriesOf(world.items, sources, how, new Date());
      const answers = Math.floor((moments[cycle] as number) * deliveries.length);
      const { answered, cutOff } = await killAmid(server, deliveries, answers, moreMs);
      kills.push({ part: answered.length / deliveries.length, cutOff });
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
      if (!isLast && !stores.openToMany && (cycle + 1) % STRETCHES_A_LOOK !== 0) continue;
      const ends = again || isLast || !stores.openToMany;
      if (ends) await server.end(again ? "SIGKILL" : "SIGTERM");
      await stores.look((look) => expectWhole(look, sources, items));
      if (ends && !isLast) server = stores.start();
    }
    expectSpread(kills);
  } finally {
    await server.end("SIGKILL");
  }
}

interface Kill {
  /** Part of the deliveries that were answered before it. */
  readonly part: number;
  readonly cutOff: number;
}

/** The kills came early and late, and most in mid-stream: some deliveries answered, others under way. */
function expectSpread(kills: readonly Kill[]): void {
  const amid = kills.filter(({ part, cutOff }) => part > 0 && cutOff > 0);
  const shown = JSON.stringify(kills);
  expect(amid.length, `kills in mid-stream of ${shown}`).to.be.at.least(kills.length / 2);
  const parts = amid.map(({ part }) => part);
  expect(Math.min(...parts), `the earliest of ${shown}`).to.be.below(1 / 2);
  expect(Math.max(...parts), `the latest of ${shown}`).to.be.above(1 / 2);
}

/** Sends, and kills the server when that many answers have come, with the others still under way. */
async function killAmid(
  server: RealServer,
  deliveries: readonly Delivery[],
  answers: number,
  moreMs: number,
): Promise<Sent> {
  let kill: (() => void) | undefined;
  const killed = new Promise<void>((resolve) => {
    kill = resolve;
  })
    .then(() => pause(moreMs))
    .then(() => server.end("SIGKILL"));
  const url = await server.serving;
  if (answers === 0) kill?.();
  const sent = await sendUntilGone(url, deliveries, (count) => {
    if (count >= answers) kill?.();
  });
  kill?.();
  await killed;
  return sent;
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
  const { answered: sentAgain } = await sendUntilGone(
    url,
    [...rest, ...known.map((a) => a.delivery)],
    () => {},
  );
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
