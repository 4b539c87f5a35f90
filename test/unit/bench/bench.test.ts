import { expect } from "chai";
import { leavingOut } from "../../../scripts/bench/leave-out.ts";
import { MIX, mixedStream } from "../../../scripts/bench/population.ts";
import { table } from "../../../scripts/bench/report.ts";
import { median, quantile } from "../../../scripts/bench/statistics.ts";
import { tillFile } from "../../../scripts/bench/till-file.ts";
import { statementTimes, timedDb } from "../../../scripts/bench/timed-db.ts";
import type { Db, Sql, Tx } from "../../../src/db/index.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { stageChanges } from "../../../src/members/changes.store.ts";
import { findSharedNodes } from "../../../src/members/evidence.store.ts";

/** A database that answers every statement with one row and counts them. */
function countingDb(): { db: Db; asked: string[] } {
  const asked: string[] = [];
  const query = async <R>(statement: Sql): Promise<R[]> => {
    asked.push(statement.text);
    return [{ one: 1 } as R];
  };
  const tx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => work({ query, exec: async () => {} });
  return { db: { engine: "postgres", query, tx, retryingTx: tx, close: async () => {} }, asked };
}

describe("the benchmark", () => {
  it("takes medians and nearest-rank quantiles", () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    expect(median([])).to.be.NaN;
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantile(hundred, 0.5)).to.equal(50);
    expect(quantile(hundred, 0.99)).to.equal(99);
    expect(quantile([7], 0.99)).to.equal(7);
  });

  it("mixes events as it says, with message ids and new people that no other stream has", () => {
    const count = 20_000;
    const make = (name: string) => {
      const stream = mixedStream({
        name,
        seed: 1,
        members: 1_000,
        firstGuest: 0,
        guests: 1_000,
        at: new Date("2026-10-01T00:00:00Z"),
      });
      return Array.from({ length: count }, () => stream.next());
    };
    const items = make("a");
    const share = (of: (item: Record<string, unknown>) => boolean) => items.filter(of).length / count;
    const isOrder = (i: Record<string, unknown>) => i.event === "Order Completed";
    expect(share((i) => i.type === "track" && !isOrder(i))).to.be.closeTo(MIX.track, 0.02);
    expect(share(isOrder)).to.be.closeTo(MIX.order, 0.02);
    expect(share((i) => i.type === "identify")).to.be.closeTo(MIX.identify, 0.02);
    expect(share((i) => String(i.userId).startsWith("a-N"))).to.be.closeTo(MIX.newPeople, 0.01);
    const merges = items.filter((i) => String(i.anonymousId).startsWith("guest-"));
    expect(merges.length / count).to.be.closeTo(MIX.merges, 0.005);
    expect(new Set(merges.map((i) => i.anonymousId)).size).to.equal(merges.length);
    expect(
      items.filter(isOrder).every((i) => (i.properties as { products: unknown[] }).products.length === 3),
    ).to.equal(true);
    expect(new Set([...items, ...make("b")].map((i) => i.messageId)).size).to.equal(2 * count);
    expect(make("a")).to.deep.equal(items);
  });

  it("writes till files of exactly the rows asked for", () => {
    const pieces = [
      ...tillFile({ name: "F", rows: 2_345, members: 50, until: new Date("2026-10-01T00:00:00Z") }),
    ];
    const lines = Buffer.concat(pieces).toString("utf8").trimEnd().split("\n");
    expect(lines).to.have.length(2_346);
    expect(new Set(lines.map((l) => l.split(",").length))).to.deep.equal(new Set([11]));
    expect(lines.filter((l) => l.includes(",n/a,"))).to.have.length(2);
  });

  it("sums the time of statements and transactions without changing their answers", async () => {
    const { db, asked } = countingDb();
    const times = statementTimes();
    const timed = timedDb(db, "x: ", times);
    const one = { text: "select  1\n as one", values: [] } as unknown as Sql;
    expect(await timed.query(one)).to.deep.equal([{ one: 1 }]);
    expect(await timed.retryingTx((tx) => tx.query(one))).to.deep.equal([{ one: 1 }]);
    expect(asked).to.have.length(2);
    const counts = new Map(times.list().map((t) => [t.label, t.count]));
    expect(counts.get("x: select 1 as one")).to.equal(2);
    expect(counts.get("x: (commit)")).to.equal(1);
  });

  it("leaves out the statements of a feature, and only while it is told to", async () => {
    const { db, asked } = countingDb();
    const out = leavingOut();
    const timed = timedDb(db, "", statementTimes(), out.main);
    const both = async () => {
      await timed.tx(async (tx) => {
        await findSharedNodes(tx, [Buffer.from("00", "hex")]).catch(() => {});
        await stageChanges(tx, { ids: uuidIds, clock: systemClock }, "events", [uuidIds.next()]);
      });
    };
    await out.set(["refold", "feed"], db);
    await both();
    expect(asked).to.deep.equal([]);
    expect(out.skipped()).to.deep.equal({ refold: 1, feed: 1 });
    await out.set([], db);
    await both();
    expect(asked).to.have.length(2);
    expect(out.skipped()).to.deep.equal({});
  });

  it("prints tables whose columns line up", () => {
    expect(table(["a", "b"], [["long name", "1"]]).split("\n")).to.deep.equal([
      "| a         |  b |",
      "| --------- | -: |",
      "| long name |  1 |",
    ]);
  });
});
