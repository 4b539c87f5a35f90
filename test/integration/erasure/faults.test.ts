import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { ERASURE_STEPS, PACKAGE_STEPS } from "../../../src/privacy/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { BY, scopeOf, send, whoIs } from "./acts.ts";

/** A process that dies there: what its transaction had done is rolled back, what it had committed stays. */
class Died extends Error {}

const POINTS = ["before", "within", "after"] as const;

describe("a process that dies at a step", () => {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  let dieAt: string | null = null;
  let server: TestServer;
  let list: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("faults", {
      clock,
      fault: (point) => {
        if (point !== dieAt) return;
        dieAt = null;
        throw new Died(point);
      },
    });
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
  });
  after(() => server.close());

  const member = async (card: string) => {
    await send(server, list, [
      { memberId: card, email: `${card}@mail.example`, updatedAt: "2026-10-01T00:00:00Z" },
    ]);
    return (await whoIs(server, "member_id", card)) as string;
  };
  const one = async (query: Parameters<typeof server.database.db.query>[0]) =>
    (await server.database.db.query<{ n: number }>(query))[0]?.n;

  for (const step of ERASURE_STEPS) {
    it(`finishes the erasure once, wherever around "${step}" it died`, async () => {
      for (const point of POINTS) {
        const card = `F-${step}-${point}`;
        const memberId = await member(card);
        const { fulfilment, work } = server.candor.fulfil;
        const runId = await server.database.db.tx((tx) => fulfilment.startErasure(tx, scopeOf(memberId), BY));
        dieAt = `${point} ${step}`;
        await work();
        expect(dieAt, `${point} ${step} was reached`).to.equal(null);
        clock.advance(2_000);
        await work();
        const run = await fulfilment.progress(runId);
        expect(run?.state, `${point} ${step}`).to.equal("completed");
        expect(
          await one(sql`select count(*)::int as n from privacy_certificate where run_id = ${runId}::uuid`),
        ).to.equal(1);
        expect(
          await one(sql`select count(*)::int as n from subject where subject_id = ${memberId}::uuid`),
        ).to.equal(0);
        expect(
          await one(
            sql`select count(*)::int as n from erasure_ledger_copy where subject_id = ${memberId}::uuid`,
          ),
        ).to.equal(1);
        const rows = run?.steps.find((s) => s.step === "rows")?.counts;
        expect([rows?.event, rows?.subject, rows?.attribute_set], `${point} ${step}`).to.deep.equal([
          1, 1, 2,
        ]);
      }
    });
  }

  for (const step of PACKAGE_STEPS) {
    it(`makes one package, wherever around "${step}" it died`, async () => {
      for (const point of POINTS) {
        const memberId = await member(`P-${step}-${point}`);
        const { fulfilment, work } = server.candor.fulfil;
        const delivery = { kind: "passphrase", passphrase: "a long enough passphrase" } as const;
        const started = await server.database.db.tx((tx) =>
          fulfilment.startPackage(tx, scopeOf(memberId, { kind: "access" }), "access", delivery, BY),
        );
        dieAt = `${point} ${step}`;
        await work();
        clock.advance(2_000);
        await work();
        expect((await fulfilment.progress(started.runId))?.state, `${point} ${step}`).to.equal("completed");
        const answer = await fetch(`${server.url}/privacy/packages/${started.token}`, { method: "POST" });
        expect(answer.status).to.equal(200);
      }
    });
  }
});
