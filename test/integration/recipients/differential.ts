import { expect } from "chai";
import fc from "fast-check";
import { decide, type Purpose } from "../../../consent/index.ts";
import { fixedClock, MINUTE } from "../../../src/kernel/clock.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { say } from "../consent/people.ts";
import { aRecipient, follow, type Line, members, pull, type TestRecipient } from "./shop.ts";

/** What one random member says about itself, and what it agrees to. */
interface Person {
  readonly card: string;
  readonly traits: Record<string, unknown>;
  readonly said: readonly { readonly purpose: string; readonly channel?: string; readonly state: string }[];
}

const CATEGORIES = ["identity", "contact", "demographic", "location", "transaction", "preference"];
const FIELD_CATEGORY: Readonly<Record<string, string>> = {
  firstName: "identity",
  memberCard: "identity",
  email: "contact",
  phone: "contact",
  city: "location",
  gender: "demographic",
  tier: "transaction",
  locale: "preference",
};
const REACHED_BY: Readonly<Record<string, readonly string[]>> = { email: ["email"], phone: ["sms", "call"] };
const FEEDS = ["service", "marketing", "personalisation", "survey-contact"] as const;

const aPerson: fc.Arbitrary<Omit<Person, "card">> = fc.record({
  traits: fc.record(
    {
      firstName: fc.constantFrom("Ann", "Bo", "Cy"),
      email: fc.constantFrom("a", "b").map((n) => `${n}@example.com`),
      city: fc.constantFrom("Taipei", "Tainan"),
      gender: fc.constantFrom("f", "m"),
      tier: fc.constantFrom("gold", "silver"),
      locale: fc.constantFrom("zh-TW", "en"),
    },
    { requiredKeys: [] },
  ),
  said: fc.array(
    fc.oneof(
      fc.record({
        purpose: fc.constantFrom("marketing", "survey-contact"),
        channel: fc.constantFrom("sms", "email"),
        state: fc.constantFrom("given", "given", "withdrawn", "objected"),
      }),
      fc.record({
        purpose: fc.constant("personalisation"),
        state: fc.constantFrom("given", "given", "withdrawn", "objected"),
      }),
      fc.record({
        purpose: fc.constantFrom("*", "*marketing"),
        state: fc.constantFrom("withdrawn", "restricted"),
      }),
    ),
    { maxLength: 4 },
  ),
});

/**
 * Fills an installation with random members, then compares, member by member and field by field, what the bulk pull,
 * the single read and the replayed change feed give with what `decide`, asked naively, says may be given; then lets
 * some change their minds and compares again.
 */
export async function compareReads(label: string, count: number, seed: number): Promise<void> {
  const clock = fixedClock("2026-11-20T08:00:00Z");
  const server = await startTestServer(label, { clock });
  try {
    const list = await server.source({ name: "List", kind: "members", region: "TW" });
    const people: Person[] = fc
      .sample(aPerson, { numRuns: count, seed })
      .map((p, i) => ({ ...p, card: `D-${i}`, traits: { ...p.traits, ...uniqueContact(p, i) } }));
    for (let i = 0; i < people.length; i += 100)
      await members(
        server,
        list,
        people.slice(i, i + 100).map((p) => ({ memberId: p.card, ...p.traits })),
      );
    const idOf = new Map<string, string>();
    await inLanes(people, async (p) => void idOf.set(p.card, await lookUp(server, p.card)));
    const recipients = new Map<string, TestRecipient>();
    for (const purpose of FEEDS)
      recipients.set(
        purpose,
        await aRecipient(server, { id: `for-${purpose}`, purposes: [purpose], categories: CATEGORIES }),
      );
    const copies = new Map<string, Map<string, Line>>();
    const positions = new Map<string, string>();
    for (const purpose of FEEDS) {
      const pulled = await pull(server, (recipients.get(purpose) as TestRecipient).key, purpose);
      copies.set(purpose, new Map(pulled.profiles.map((l) => [l.member, l])));
      positions.set(purpose, pulled.position);
    }
    const halves = [people.filter((_, i) => i % 2 === 0), people.filter((_, i) => i % 2 === 1)];
    for (const half of halves) {
      clock.advance(MINUTE);
      await inLanes(half, (p) => speak(server, idOf.get(p.card) as string, p));
      while ((await sequenceChanges(server.database.db)) > 0);
      for (const purpose of FEEDS) {
        const { key } = recipients.get(purpose) as TestRecipient;
        const copy = copies.get(purpose) as Map<string, Line>;
        const feed = await follow(server, key, purpose, positions.get(purpose) as string);
        for (const change of feed.changes) {
          if (change.kind === "tombstone") copy.delete(change.member);
          else copy.set(change.member, change as unknown as Line);
        }
        positions.set(purpose, feed.next);
        const bulk = await pull(server, key, purpose);
        const wanted = await expected(server, purpose, people, idOf);
        const byAlias = new Map(bulk.profiles.map((l) => [l.member, l]));
        expect([...byAlias.values()].map(contentOf).sort(), `${purpose}: pull`).to.deep.equal(wanted);
        expect([...copy.values()].map(contentOf).sort(), `${purpose}: replay`).to.deep.equal(wanted);
        expect([...copy.keys()].sort(), `${purpose}: ids`).to.deep.equal([...byAlias.keys()].sort());
        for (const alias of [...byAlias.keys()].slice(0, 25)) {
          const one = await server.call<Line>("GET", `/v1/profiles/${alias}?purpose=${purpose}`, { key });
          expect(contentOf(one.body), `${purpose}: single`).to.equal(contentOf(byAlias.get(alias) as Line));
        }
      }
    }
  } finally {
    await server.close();
  }
}

/** Works a list a few at a time. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** Addresses of their own, so that nobody is merged with anybody. */
function uniqueContact(p: Omit<Person, "card">, i: number): Record<string, unknown> {
  return {
    ...(p.traits.email === undefined ? {} : { email: `p${i}@example.com` }),
    phone: `09${String(30_000_000 + i)}`,
  };
}

async function lookUp(server: TestServer, card: string): Promise<string> {
  const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind: "member_id", value: card },
  });
  if (found.status !== 200) throw new Error(`member not found: ${JSON.stringify(found.body)}`);
  return found.body.memberId;
}

async function speak(server: TestServer, memberId: string, p: Person): Promise<void> {
  for (const { purpose, channel, state } of p.said) {
    const answer = await say(server, {
      memberId,
      purpose,
      state,
      country: "TW",
      ...(channel === undefined ? {} : { channel }),
      ...(state === "given" ? { notice: { id: purpose, locale: "zh-TW" } } : {}),
    });
    if (answer.status !== 201) throw new Error(`not recorded: ${JSON.stringify(answer.body)}`);
  }
}

/** A line without its id: what is compared. */
function contentOf(line: Line): string {
  const fields = Object.keys(line.fields)
    .sort()
    .map((name) => [name, line.fields[name]]);
  return JSON.stringify([fields, line.channels ?? null, line.facts !== undefined]);
}

/** What `decide` allows, asked anew for every category and channel, applied to what the person stated. */
async function expected(
  server: TestServer,
  purposeId: string,
  people: readonly Person[],
  idOf: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { consent, recipients } = server.candor;
  const { rules } = await consent.snapshot();
  const purpose = rules.purposes.get(purposeId) as Purpose;
  const row = await recipients.registry.get(`for-${purposeId}`);
  const recipient = { id: row.id, role: row.role, country: row.country };
  const { db } = server.database;
  const found = await db.tx((tx) => consent.members.subjectsOf(tx, [...idOf.values()]));
  const standings = await db.tx((tx) => consent.standings(tx, [...found.values()]));
  const lines: string[] = [];
  for (const p of people) {
    const member = found.get(idOf.get(p.card) as string);
    const standing = standings.get(member?.memberId ?? "");
    if (member === undefined || standing === undefined) throw new Error("a member is missing");
    const open = (category: string, channel: string | null) =>
      decide(rules, standing, { purposeId, category, channel: channel as never, recipient }).kind ===
      "allowed";
    const channels = purpose.channels.length === 0 ? [null] : purpose.channels;
    const allowed = CATEGORIES.filter((c) => channels.some((channel) => open(c, channel)));
    if (allowed.length === 0) continue;
    const reached = purpose.channels.filter((channel) => CATEGORIES.some((c) => open(c, channel)));
    const stated: Record<string, unknown> = { ...p.traits, memberCard: p.card };
    const fields = Object.keys(stated)
      .filter((field) => allowed.includes(FIELD_CATEGORY[field] as string))
      .filter(
        (field) =>
          purpose.channels.length === 0 ||
          FIELD_CATEGORY[field] !== "contact" ||
          reached.some((channel) => REACHED_BY[field]?.includes(channel)),
      )
      .sort()
      .map((field) => [field, stated[field]]);
    const shownChannels = purpose.channels.length === 0 ? null : [...reached].sort();
    lines.push(JSON.stringify([fields, shownChannels, allowed.includes("transaction")]));
  }
  return lines.sort();
}
