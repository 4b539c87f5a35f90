import { expect } from "chai";
import fc from "fast-check";
import { csvLine } from "../../../pipelines/index.ts";
import { signedWebhook } from "../../../pipelines/sources/social/index.ts";
import type { RegisteredSource } from "../../setup/installation.ts";
import { FILE_COLUMNS, type Item, LINE_SECRETS, NOW, type SourceName, WECHAT_SECRETS } from "./items.ts";

/** How a set of items arrives: in which order, what twice, in which batches, one after another or at once. */
export interface Arrangement {
  /** Indexes of items; every item at least once. */
  readonly stream: readonly number[];
  /** Items taken together, in turns. */
  readonly sizes: readonly number[];
  readonly together: boolean;
  /** Whether a batch of one goes to the door of its own type. */
  readonly singles: boolean;
}

/** The plainest way: in order, one by one, nothing twice. */
export function plainly(count: number): Arrangement {
  return { stream: Array.from({ length: count }, (_, i) => i), sizes: [1], together: false, singles: true };
}

/** As much together as the doors take, in order, nothing twice. */
export function inBulk(count: number): Arrangement {
  return { ...plainly(count), sizes: [1_000], singles: false };
}

export function arrangements(count: number): fc.Arbitrary<Arrangement> {
  const all = Array.from({ length: count }, (_, i) => i);
  return fc
    .record({
      order: fc.shuffledSubarray(all, { minLength: count, maxLength: count }),
      again: fc.array(fc.record({ which: fc.nat(count - 1), where: fc.nat(2 * count) }), {
        maxLength: count,
      }),
      sizes: fc.array(fc.constantFrom(1, 1, 2, 3, 5, 9, 40), { minLength: 1, maxLength: 4 }),
      together: fc.boolean(),
      singles: fc.boolean(),
    })
    .map(({ order, again, ...how }) => {
      const stream = [...order];
      for (const { which, where } of again) stream.splice(Math.min(where, stream.length), 0, which);
      return { stream, ...how };
    });
}

/** A request as plain data, so that another process can send it. */
export interface Delivery {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Indexes of the items it carries, in order. */
  readonly items: readonly number[];
  readonly answers: "results" | "counts" | "nothing";
}

export type Sources = Readonly<Record<SourceName, RegisteredSource>>;

/** The deliveries of an arrangement; those of one round are meant to be sent together when it says so. */
export function deliveriesOf(
  items: readonly Item[],
  sources: Sources,
  how: Pick<Arrangement, "stream" | "sizes" | "singles">,
  now = new Date(NOW),
): Delivery[] {
  const deliveries: Delivery[] = [];
  for (let from = 0, turn = 0; from < how.stream.length; turn++) {
    const size = how.sizes[turn % how.sizes.length] as number;
    const chunk = how.stream.slice(from, from + size);
    from += size;
    const groups = new Map<string, number[]>();
    for (const index of chunk) {
      const { source, door } = items[index] as Item;
      const key = `${source} ${door}`;
      groups.set(key, [...(groups.get(key) ?? []), index]);
    }
    for (const group of groups.values()) {
      const first = items[group[0] as number] as Item;
      if (first.source === "wechat") {
        // WeChat sends one message at a time.
        for (const index of group)
          deliveries.push(
            wechatDelivery(items, index, sources, {
              now,
              nonce: `n${index}-${deliveries.length}-${String((items[index] as Item).raw.MsgId)}`,
            }),
          );
      } else deliveries.push(deliveryOf(items, group, sources, how.singles));
    }
  }
  return deliveries;
}

function deliveryOf(
  items: readonly Item[],
  group: readonly number[],
  sources: Sources,
  singles: boolean,
): Delivery {
  const { source, door } = items[group[0] as number] as Item;
  const raws = group.map((i) => (items[i] as Item).raw);
  const { id, writeKey } = sources[source];
  const authorization = `Bearer ${writeKey}`;
  if (door === "file") {
    const lines = raws.map((raw) => FILE_COLUMNS.map((c) => String(raw[c])));
    const body = [[...FILE_COLUMNS], ...lines].map((cells) => csvLine(cells)).join("");
    const path = `/v1/sources/${id}/files`;
    return {
      path,
      headers: { authorization, "content-type": "text/csv" },
      body,
      items: group,
      answers: "counts",
    };
  }
  if (door === "webhook") {
    const payload = { destination: "Uxxx", events: raws };
    const { headers, body } = signedWebhook("line", LINE_SECRETS, payload, { now: new Date(NOW), nonce: "" });
    const text = body.toString("utf8");
    return { path: `/v1/webhooks/${id}`, headers, body: text, items: group, answers: "nothing" };
  }
  const [only, ...others] = raws;
  const isSingle = singles && others.length === 0 && typeof only?.type === "string";
  return {
    path: isSingle ? `/v1/${only.type as string}` : "/v1/batch",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify(isSingle ? only : { batch: raws }),
    items: group,
    answers: "results",
  };
}

function wechatDelivery(
  items: readonly Item[],
  index: number,
  sources: Sources,
  signing: { now: Date; nonce: string },
): Delivery {
  const { query, headers, body } = signedWebhook(
    "wechat",
    WECHAT_SECRETS,
    (items[index] as Item).raw,
    signing,
  );
  return {
    path: `/v1/webhooks/${sources.wechat.id}?${new URLSearchParams(query)}`,
    headers,
    body: body.toString("utf8"),
    items: [index],
    answers: "nothing",
  };
}

/** The verdict of one item in one delivery; doors that answer less than that tell what they can. */
export interface Told {
  readonly index: number;
  readonly status: string;
}

/** Sends one delivery and reads what it answers, item by item where the door says so. */
export async function send(url: string, delivery: Delivery): Promise<Told[]> {
  const answer = await fetch(`${url}${delivery.path}`, {
    method: "POST",
    headers: delivery.headers,
    body: delivery.body,
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${delivery.path} answered ${answer.status}: ${text}`);
  if (delivery.answers === "nothing") return [];
  if (delivery.answers === "counts") {
    const { counts } = JSON.parse(text) as { counts: Record<string, number> };
    const sum = Object.values(counts).reduce((a, b) => a + b, 0);
    expect(sum, "rows answered").to.equal(delivery.items.length);
    const flat = Object.entries(counts).flatMap(([status, n]) => Array.from({ length: n }, () => status));
    // A file tells counts, not lines: enough to say when all fared alike.
    const [same, ...others] = new Set(flat);
    return others.length > 0 ? [] : delivery.items.map((index) => ({ index, status: same as string }));
  }
  const { results } = JSON.parse(text) as { results: { status: string }[] };
  expect(results, "results").to.have.length(delivery.items.length);
  return results.map(({ status }, i) => ({ index: delivery.items[i] as number, status }));
}

/** Sends all deliveries, in turn or a few at a time, and answers everything that was told. */
export async function sendAll(
  url: string,
  deliveries: readonly Delivery[],
  together: boolean,
): Promise<Told[]> {
  const told: Told[] = [];
  const queue = [...deliveries];
  const sender = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      told.push(...(await send(url, next)));
  };
  await Promise.all(Array.from({ length: together ? 6 : 1 }, sender));
  return told;
}
