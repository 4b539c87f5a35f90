import { request } from "undici";
import { administer } from "./administer.ts";
import type { Engine } from "./databases.ts";
import type { Fulfilled } from "./fulfil.ts";
import { loadText } from "./machine.ts";
import { CHANNEL, PURPOSE, type Reader, registerMailer } from "./mailing-tool.ts";
import type { BenchOptions } from "./options.ts";
import { say, table, whole } from "./report.ts";
import type { MeasuredServer, RegisteredSource } from "./server-process.ts";
import { median } from "./statistics.ts";
import { seededServer, stillBehind } from "./windows.ts";

/** Members who come through the doors, with all that follows from them; the others are copies of their rows. */
const TEMPLATES = 500;
/** Of somebody whose data a package and an erasure are measured with. */
const EVENTS = 10_000;
const ROUNDS = 3;
/** Erased at once, with so many events each. */
const CROWD = 300;
const EVENTS_EACH = 5;
const EVENTS_PER_REQUEST = 500;
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

type Item = Record<string, unknown>;

function eventOf(card: string, n: number): Item {
  const head = {
    type: "track",
    messageId: `${card}-${n}`,
    userId: card,
    timestamp: new Date(START + n * MINUTE).toISOString(),
  };
  if (n % 5 !== 0)
    return { ...head, event: "Product Viewed", properties: { product_id: `p${n % 40}`, note: "seen" } };
  const products = [{ product_id: "p1", price: 60, quantity: 2 }];
  return {
    ...head,
    event: "Order Completed",
    properties: { order_id: `${card}-${n}`, total: 120, currency: "GBP", products },
  };
}

async function send(server: MeasuredServer, shop: RegisteredSource, items: readonly Item[]): Promise<void> {
  for (let at = 0; at < items.length; at += EVENTS_PER_REQUEST) {
    const answer = await request(`${server.url}/v1/batch`, {
      method: "POST",
      headers: { authorization: `Bearer ${shop.writeKey}`, "content-type": "application/json" },
      body: JSON.stringify({ batch: items.slice(at, at + EVENTS_PER_REQUEST) }),
    });
    const { results } = (await answer.body.json()) as { results: { status: string }[] };
    if (results.some((r) => r.status !== "accepted")) throw new Error("an event was not accepted");
  }
}

async function memberOf(server: MeasuredServer, card: string): Promise<string> {
  const body = { kind: "member_id", value: card };
  return (await administer<{ memberId: string }>(server, "POST", "/v1/profiles/lookup?purpose=service", body))
    .memberId;
}

/** What was measured over one population. */
interface Measured {
  readonly members: number;
  readonly access: Fulfilled;
  readonly erasure: Fulfilled;
  readonly crowd: Fulfilled;
}

const middle = (of: readonly Fulfilled[]): Fulfilled => ({
  seconds: median(of.map((f) => f.seconds)),
  cpuSeconds: median(of.map((f) => f.cpuSeconds)),
});

async function measureOver(
  server: MeasuredServer,
  shop: RegisteredSource,
  members: number,
): Promise<Measured> {
  const access: Fulfilled[] = [];
  const erasure: Fulfilled[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const card = `big-${members}-${round}`;
    await send(
      server,
      shop,
      Array.from({ length: EVENTS }, (_, n) => eventOf(card, n)),
    );
    await settled(server);
    const memberIds = [await memberOf(server, card)];
    access.push(await server.ask("fulfil", { kind: "access", memberIds }));
    erasure.push(await server.ask("fulfil", { kind: "erasure", memberIds }));
  }
  const cards = Array.from({ length: CROWD }, (_, i) => `crowd-${members}-${i}`);
  await send(
    server,
    shop,
    cards.flatMap((card) => Array.from({ length: EVENTS_EACH }, (_, n) => eventOf(card, n))),
  );
  await settled(server);
  const memberIds: string[] = [];
  for (const card of cards) memberIds.push(await memberOf(server, card));
  const crowd = await server.ask("fulfil", { kind: "erasure", memberIds });
  return { members, access: middle(access), erasure: middle(erasure), crowd };
}

async function settled(server: MeasuredServer): Promise<void> {
  const { behind } = await server.ask("settle", null);
  if (behind > 0) say(`NOTE:${stillBehind(behind)}`);
}

/** One pull, so that the recipient has copies of those who agreed. */
async function pull({ server, key }: Reader): Promise<void> {
  const answer = await request(`${server.url}/v1/profiles?purpose=${PURPOSE}&channel=${CHANNEL}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
}

/** Those asked for; on PostgreSQL one is compared with another twenty times as large. */
function populationsOf(engine: Engine, { populations, members }: BenchOptions): readonly number[] {
  return populations.length === 1 && engine === "postgres" ? [members, members * 20] : populations;
}

/**
 * Packages and erasures over populations of different size, on one server that grows: from the decision to the
 * certificate, with the server's own rounds beside them as ever.
 */
export async function measureRights(engine: Engine, options: BenchOptions): Promise<void> {
  say(`\n## Access and erasure, ${engine}\n`);
  const seeded = await seededServer(engine, { ...options, members: TEMPLATES }, 0, {
    instrument: false,
    embeddedWithoutSync: options.embeddedWithoutSync,
  });
  const { server, shop } = seeded;
  try {
    await pull(await registerMailer(server));
    await settled(server);
    const measured: Measured[] = [];
    let copies = 1;
    for (const members of populationsOf(engine, options)) {
      const to = Math.max(copies, Math.round(members / TEMPLATES));
      const { seconds } = await server.ask("grow", { from: copies, to });
      say(`Grown to ${whole(to * TEMPLATES)} members in ${seconds.toFixed(0)} s.`);
      copies = to;
      measured.push(await measureOver(server, shop, to * TEMPLATES));
    }
    report(measured);
  } finally {
    await server.end();
  }
}

function report(measured: readonly Measured[]): void {
  const [first] = measured;
  const cell = ({ seconds, cpuSeconds }: Fulfilled, than: Fulfilled | undefined) =>
    `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s processor)${than === undefined ? "" : `, × ${(seconds / than.seconds).toFixed(2)}`}`;
  say("");
  say(
    table(
      [
        "members",
        `access, ${whole(EVENTS)} events`,
        `erasure, ${whole(EVENTS)} events`,
        `${whole(CROWD)} erasures at once`,
        "a minute",
      ],
      measured.map((m, i) => {
        const than = i === 0 ? undefined : first;
        return [
          whole(m.members),
          cell(m.access, than?.access),
          cell(m.erasure, than?.erasure),
          cell(m.crowd, than?.crowd),
          whole((CROWD / m.crowd.seconds) * 60),
        ];
      }),
    ),
  );
  say(`\nMedians of ${ROUNDS} members; ${loadText()}.`);
}
