import { expect } from "chai";
import fc from "fast-check";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import { openShop } from "../consent/shop.ts";

interface Level {
  state: string;
  scoreMicro: number | null;
  condition: string | null;
  contributions: { of: string; micro: number }[];
  tiers: { structure: string; tier: string; heldUntil: string; breaches: number }[];
  history: { of: string; before: string | null; after: string | null; reason: string }[];
}

interface Account {
  readonly days: readonly string[];
  readonly answers: readonly number[];
}

const DAYS = [
  "2025-12-03",
  "2026-03-05",
  "2026-06-07",
  "2026-08-09",
  "2026-10-11",
  "2026-11-01",
  "2026-11-15",
];

describe("loyalty of accounts that are joined and parted", () => {
  let server: TestServer;
  /** Three shops that each number their own members: a member may have one number of each, never two of one. */
  const shops: { name: string; till: { id: string; writeKey: string }; survey: { writeKey: string } }[] = [];
  let runs = 0;

  const settle = async () => {
    for (let left = 1; left > 0; ) {
      while ((await sequenceChanges(server.database.db)) > 0);
      left = await server.candor.loyalty.follow();
    }
  };
  /** Opens an account at each shop that has bought and answered and allows its profiling; answers their ids. */
  const open = async (accounts: readonly Account[]): Promise<string[]> => {
    const ids: string[] = [];
    runs++;
    for (const [i, { days, answers }] of accounts.entries()) {
      const { name, till, survey } = shops[i] as (typeof shops)[number];
      const card = `M-${runs}`;
      const receipts = days.map(
        (day, j) => `S${i},T1,${card}-${j},1,${day} 12:30,SKU-1,1,${100 * (i + 1)},${card}`,
      );
      const sold = await server.call<{ counts: { accepted: number } }>(
        "POST",
        `/v1/sources/${till.id}/files`,
        {
          key: till.writeKey,
          raw: ["store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card", ...receipts].join(
            "\n",
          ),
        },
      );
      expect(sold.body.counts.accepted, JSON.stringify(sold.body)).to.equal(receipts.length);
      const batch = answers.map((score, j) => ({
        answerId: `${card}-${j}`,
        surveyId: "brand",
        questionId: "q1",
        kind: "nps",
        score,
        relational: true,
        memberId: card,
        answeredAt: "2026-11-10T00:00:00Z",
      }));
      if (batch.length > 0) await server.call("POST", "/v1/batch", { key: survey.writeKey, body: { batch } });
      const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
        body: { kind: "member_id", value: card, issuer: name },
      });
      expect(found.status, JSON.stringify(found.body)).to.equal(200);
      ids.push(found.body.memberId);
      await say(server, aGrant(found.body.memberId, "profiling"));
    }
    await settle();
    return ids;
  };
  const memberOf = async (subject: string): Promise<string> => {
    const { body } = await server.call<{ memberId: string }>("GET", `/v1/members/${subject}?purpose=service`);
    return body.memberId;
  };
  /** Joins subjects; answers how many members they are afterwards. */
  const join = async (subjects: readonly string[]): Promise<number> => {
    const made = await server.call<{ after: unknown[] }>("POST", "/v1/members/join", { body: { subjects } });
    expect(made.status, JSON.stringify(made.body)).to.equal(200);
    return made.body.after.length;
  };
  const part = async (subject: string) => {
    const member = await memberOf(subject);
    return server.call("POST", `/v1/members/${member}/split`, { body: { subjects: [subject] } });
  };
  const levelOf = async (memberId: string): Promise<Level> => {
    const level = await server.call<Level>("GET", `/v1/members/${memberId}/loyalty?purpose=profiling`);
    expect(level.status, JSON.stringify(level.body)).to.equal(200);
    return level.body;
  };
  /** All of a level that does not name its event or the moment it was worked out. */
  const worth = ({ state, scoreMicro, condition, contributions }: Level) => ({
    state,
    scoreMicro,
    condition,
    contributions: contributions.map((c) => `${c.of} ${c.micro}`).sort(),
  });

  before(async () => {
    server = await startTestServer("regrouping", { clock: fixedClock("2026-11-21T09:00:00Z") });
    await openShop(server);
    const market = { region: "TW", currency: "TWD", timeZone: "Asia/Taipei" };
    for (const name of ["north", "south", "west"]) {
      const identifiers = { member_id: { namespace: name } };
      shops.push({
        name,
        till: await server.source({ name: `Till ${name}`, kind: "pos", ...market, identifiers }),
        survey: await server.source({ name: `Survey ${name}`, kind: "survey", region: "TW", identifiers }),
      });
    }
  });
  after(() => server.close());

  it("gives the joined the better tier with both histories, and each its own again when they part", async () => {
    const [first, second] = (await open([
      { days: [DAYS[0] as string], answers: [2] },
      { days: DAYS, answers: [10] },
    ])) as [string, string];
    const before = [await levelOf(first), await levelOf(second)] as const;
    expect(before.map((l) => l.tiers[0]?.tier)).to.deep.equal(["member", "gold"]);
    expect(await join([first, second])).to.equal(1);
    await settle();
    const joined = await levelOf(await memberOf(second));
    expect(joined.tiers[0]?.tier).to.be.oneOf(["gold", "platinum"]);
    expect(joined.history.map((h) => h.reason)).to.include("accounts-joined");
    expect(joined.history.filter((h) => h.reason === "scored")).to.have.length(2);
    await part(second);
    await settle();
    const after = [await levelOf(first), await levelOf(second)] as const;
    expect(after.map(worth)).to.deep.equal(before.map(worth));
    expect(after.map((l) => l.tiers)).to.deep.equal(before.map((l) => l.tiers));
  });

  it("scores any grouping as if it had always been so, whatever was joined and parted before, and takes nothing from anybody", async () => {
    const account = fc.record({
      days: fc.subarray(DAYS, { minLength: 1 }),
      answers: fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 2 }),
    });
    const who = fc.integer({ min: 0, max: 2 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("join" as const), a: who, b: who, look: fc.boolean() }),
      fc.record({ kind: fc.constant("part" as const), a: who, b: who, look: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(account, { minLength: 3, maxLength: 3 }),
        fc.array(step, { minLength: 1, maxLength: 5 }),
        async (accounts, steps) => {
          const ids = await open(accounts);
          const alone = await Promise.all(ids.map(levelOf));
          for (const { kind, a, b, look } of steps) {
            const [one, other] = [ids[a] as string, ids[b] as string];
            if (kind === "join" && one !== other) await join([one, other]);
            if (kind === "part") await part(one);
            if (look) await settle();
          }
          await settle();
          const groups = new Map<string, number[]>();
          for (const [i, id] of ids.entries()) {
            const member = await memberOf(id);
            groups.set(member, [...(groups.get(member) ?? []), i]);
          }
          // The same people once more, put together at once.
          const again = await open(accounts);
          for (const group of groups.values())
            if (group.length > 1) await join(group.map((i) => again[i] as string));
          await settle();
          for (const [member, group] of groups) {
            const fresh = await memberOf(again[group[0] as number] as string);
            expect(worth(await levelOf(member))).to.deep.equal(worth(await levelOf(fresh)));
          }
          for (const id of ids)
            if ((await memberOf(id)) !== id || groups.get(id)?.length !== 1) await part(id);
          await settle();
          const apart = await Promise.all(ids.map(levelOf));
          expect(apart.map(worth)).to.deep.equal(alone.map(worth));
          expect(apart.map((l) => l.tiers)).to.deep.equal(alone.map((l) => l.tiers));
        },
      ),
      { numRuns: 6 },
    );
  });
});
