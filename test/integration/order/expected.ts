import { Readable } from "node:stream";
import { expect } from "chai";
import type { ParsedItem } from "../../../pipelines/adapter.ts";
import { readFileItems } from "../../../pipelines/files/index.ts";
import { csvLine, parseDepsOf } from "../../../pipelines/index.ts";
import { eventIdOf } from "../../../pipelines/ingest/prepare.ts";
import { parseSocialItem } from "../../../pipelines/sources/social/index.ts";
import { parseWebItem } from "../../../pipelines/sources/web/index.ts";
import { sql } from "../../../src/db/index.ts";
import type { CanonicalEvent } from "../../../src/events/index.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { recompute, type SubjectAggregate } from "../../../src/members/aggregates.ts";
import type { TestServer } from "../../setup/server.ts";
import type { Sources, Told } from "./deliver.ts";
import { APP_ID, FILE_COLUMNS, type Item, NOW } from "./items.ts";
import type { Shown } from "./snapshot.ts";

const ARRIVAL = { receivedAt: new Date(NOW), sentAt: null };

async function parsed(server: TestServer, sources: Sources, item: Item): Promise<ParsedItem> {
  const { settings } = await server.candor.registry.get(sources[item.source].id);
  const deps = parseDepsOf({ ids: uuidIds, vault: server.vault });
  if (item.source === "line") {
    return parseSocialItem({ destination: "Uxxx", events: [item.raw] }, settings, ARRIVAL, deps);
  }
  if (item.source === "wechat") {
    return parseSocialItem({ appId: APP_ID, message: item.raw }, settings, ARRIVAL, deps);
  }
  if (item.door === "json") return parseWebItem(item.raw, settings, ARRIVAL, deps);
  const file = csvLine([...FILE_COLUMNS]) + csvLine(FILE_COLUMNS.map((c) => String(item.raw[c])));
  const reading = await readFileItems(Readable.from([Buffer.from(file)]), settings, null, ARRIVAL, deps);
  for await (const row of reading.items) return row.item;
  throw new Error("the file has no row");
}

export interface Expected {
  /** Event id → the event; of every item that must be stored. */
  readonly events: ReadonlyMap<string, CanonicalEvent>;
  /** Index of each item that must be rejected. */
  readonly rejected: ReadonlySet<number>;
}

/** What must be stored of these items, read by the parsers alone. */
export async function expectedOf(
  server: TestServer,
  sources: Sources,
  items: readonly Item[],
): Promise<Expected> {
  const events = new Map<string, CanonicalEvent>();
  const rejected = new Set<number>();
  for (const [index, item] of items.entries()) {
    const read = await parsed(server, sources, item);
    if (read.kind === "rejected") rejected.add(index);
    else events.set(eventIdOf(server.vault, sources[item.source].id, read.event.messageId), read.event);
  }
  return { events, rejected };
}

/** Each item that tells its verdict was taken exactly once, or rejected each time. */
export function expectVerdicts(
  told: readonly Told[],
  expected: Expected,
  perItem: ReadonlySet<number>,
): void {
  const verdicts = new Map<number, string[]>();
  for (const { index, status } of told) verdicts.set(index, [...(verdicts.get(index) ?? []), status]);
  for (const [index, all] of verdicts) {
    if (expected.rejected.has(index))
      expect([...new Set(all)], `item ${index}`).to.deep.equal(["quarantined"]);
    else if (perItem.has(index)) {
      expect(all.sort(), `item ${index}`).to.deep.equal(["accepted", ...all.slice(1).map(() => "duplicate")]);
    }
  }
}

/** The stored events are exactly the expected ones, each once. */
export async function expectStored(server: TestServer, expected: Expected): Promise<void> {
  const stored = await server.database.db.query<{ id: string }>(sql`select event_id as id from event`);
  expect(stored.map((e) => e.id).sort()).to.deep.equal([...expected.events.keys()].sort());
}

/** Every member's facts are what counting all of its events anew gives. */
export async function expectFacts(server: TestServer, shown: Shown, expected: Expected): Promise<void> {
  const rows = await server.database.db.query<{ id: string; member: string }>(sql`
    select e.event_id as id, s.member_id as member from event e join subject s using (subject_id)`);
  const byMember = new Map<string, string[]>();
  for (const { id, member } of rows) byMember.set(member, [...(byMember.get(member) ?? []), id]);
  expect([...shown.profiles.keys()].sort(), "members").to.deep.equal([...byMember.keys()].sort());
  for (const [member, ids] of byMember) {
    const counted = countAnew(ids, expected);
    const { purchaseDays, spend, ...sums } = counted;
    const days = Object.keys(purchaseDays).sort();
    expect(shown.profiles.get(member)?.facts, `facts of ${member}`).to.deep.equal({
      ...plain(sums),
      spend: Object.keys(spend)
        .sort()
        .map((currency) => ({ amount: spend[currency], currency })),
      firstOrderDay: days[0] ?? null,
      lastOrderDay: days[days.length - 1] ?? null,
      favouriteStore: mostOf(counted.stores),
      favouriteCategory: mostOf(counted.categories),
    });
  }
}

/** What there is most of, of things that there are some of; of several, the first by its code units. */
function mostOf(counts: Readonly<Record<string, number>>): string | null {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  const most = Math.max(...some.map(([, count]) => count));
  return some.flatMap(([name, count]) => (count === most ? [name] : [])).sort()[0] ?? null;
}

function countAnew(ids: readonly string[], expected: Expected): SubjectAggregate {
  const events = ids.map((id) => ({ id, event: expected.events.get(id) as CanonicalEvent }));
  return recompute(
    events.map(({ event }) => event),
    events.flatMap(({ id, event }) =>
      event.order === null
        ? []
        : [{ ...event.order, eventId: id, occurredAt: event.occurredAt, channel: event.channel }],
    ),
  );
}

/** Counts have no prototype; what came by JSON has. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The members kept are those that resolution finds anew: nothing is half merged. */
export function expectResolved({ rows, profiles, graphs }: Shown): void {
  const kept = new Map(rows.map((s) => [s.id, s.member]));
  for (const [id, { members }] of graphs) {
    expect(profiles.get(id)?.memberId).to.equal(id);
    for (const { memberId, subjects } of members) {
      for (const subject of subjects) expect(kept.get(subject), `member of ${subject}`).to.equal(memberId);
    }
  }
}
