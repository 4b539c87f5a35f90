import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import {
  type AuditInput,
  auditRoutes,
  leafHash,
  sequenceAudit,
  stageAudit,
  stageAuditMany,
  startSequencer,
} from "../../../src/audit/index.ts";
import { type Db, sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { silentLog, silentMeter } from "../../../src/kernel/log.ts";
import { bearer, startHttp } from "../http/server.ts";
import { engines, type OpenEngine } from "./engines.ts";

interface EntryRow {
  readonly seq: number;
  readonly entry: string;
  readonly leaf_hash: Buffer;
}

const deps = { ids: uuidIds, clock: fixedClock("2026-11-21T10:00:00Z") };
const act = (action: string, over: Partial<AuditInput> = {}): AuditInput => ({
  actor: { kind: "system", id: "test" },
  action,
  ...over,
});
const log = (db: Db) => db.query<EntryRow>(sql`select seq, entry, leaf_hash from audit_entry order by seq`);

for (const engine of engines) {
  describe(`audit: the log on ${engine.name}`, () => {
    let opened: OpenEngine;
    let db: Db;
    before(async () => {
      opened = await engine.open();
      db = opened.db;
    });
    after(() => opened.close());

    it("numbers entries from 0 and hashes them as RFC 6962 leaves", async () => {
      await db.tx((tx) =>
        stageAudit(tx, deps, act("thing.made", { targets: [{ kind: "thing", id: "t-1" }] })),
      );
      await db.tx((tx) => stageAudit(tx, deps, act("thing.ended")));
      expect(await sequenceAudit(db)).to.equal(2);
      const rows = await log(db);
      expect(rows.map((r) => r.seq)).to.deep.equal([0, 1]);
      for (const row of rows) expect(row.leaf_hash.equals(leafHash(row.entry))).to.equal(true);
      expect(await sequenceAudit(db)).to.equal(0);
    });

    it("keeps salts apart, and a commitment opens with its salt alone", async () => {
      const id = await db.tx((tx) =>
        stageAudit(
          tx,
          deps,
          act("member.read", {
            targets: [
              { kind: "member", id: "m-1" },
              { kind: "member", id: "m-1" },
            ],
          }),
        ),
      );
      await sequenceAudit(db);
      const salts = await db.query<{ salt: Buffer }>(
        sql`select salt from audit_salt where entry_id = ${id}::uuid order by target`,
      );
      const entry = (await log(db)).map((r) => JSON.parse(r.entry)).find((e) => e.id === id);
      const expected = salts.map(({ salt }) =>
        createHash("sha256").update(salt).update("m-1").digest("base64url"),
      );
      expect(entry.targets.map((t: { commitment: string }) => t.commitment)).to.deep.equal(expected);
      expect(expected[0]).not.to.equal(expected[1]);
    });

    it("leaves nothing behind when the act is rolled back", async () => {
      const before = await log(db);
      await db
        .tx(async (tx) => {
          await stageAudit(tx, deps, act("thing.failed", { targets: [{ kind: "thing", id: "x" }] }));
          throw new Error("rolled back");
        })
        .catch(() => {});
      expect(await sequenceAudit(db)).to.equal(0);
      expect(await log(db)).to.have.length(before.length);
    });

    it("refuses to change or delete what is written", async () => {
      const attempts = [
        "update audit_entry set entry = '{}'",
        "delete from audit_entry",
        "truncate audit_entry",
      ];
      for (const statement of attempts) {
        const error = await db.tx((tx) => tx.exec(statement)).catch((e: Error) => e);
        expect(error, statement).to.be.instanceOf(Error);
        expect((error as Error).message).to.contain("append-only");
      }
      await db.tx((tx) => stageAudit(tx, deps, act("thing.made")));
      const staged = await db
        .tx((tx) => tx.exec("update audit_stage set entry = '{}'"))
        .catch((e: Error) => e);
      expect(staged).to.be.instanceOf(Error);
      await sequenceAudit(db);
    });

    it("survives text that the store finds hard", async () => {
      const hard = 'quote " backslash \\ NUL \0 newline \n 日本 😀 lone \ud800';
      await db.tx((tx) => stageAudit(tx, deps, act("thing.hard", { requestId: hard })));
      expect(await sequenceAudit(db)).to.equal(1);
      const last = (await log(db)).at(-1) as EntryRow;
      expect(JSON.parse(last.entry).requestId).to.equal(hard);
      expect(last.leaf_hash.equals(leafHash(last.entry))).to.equal(true);
    });

    it("loses nothing, doubles nothing and leaves no gap, however writers and sequencers interleave", async () => {
      const others = [db, opened.another(), opened.another()];
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.oneof(
              {
                weight: 3,
                arbitrary: fc.record({
                  kind: fc.constant("write" as const),
                  many: fc.integer({ min: 1, max: 8 }),
                  fails: fc.boolean(),
                }),
              },
              { weight: 1, arbitrary: fc.record({ kind: fc.constant("sequence" as const) }) },
            ),
            { maxLength: 14 },
          ),
          async (steps) => {
            const mark = `run-${run++}`;
            const expected: string[] = [];
            await Promise.all(
              steps.map(async (step, i) => {
                const on = others[i % others.length] as Db;
                if (step.kind === "sequence") {
                  await sequenceAudit(on);
                  return;
                }
                await on
                  .tx(async (tx) => {
                    const inputs = Array.from({ length: step.many }, (_, n) =>
                      act("thing.made", { requestId: `${mark}/${i}/${n}` }),
                    );
                    await stageAuditMany(tx, deps, inputs);
                    if (step.fails) throw new Error("rolled back");
                    expected.push(...inputs.map((input) => input.requestId as string));
                  })
                  .catch(() => {});
              }),
            );
            await sequenceAudit(db);
            const rows = await log(db);
            expect(rows.map((r) => r.seq)).to.deep.equal(rows.map((_, i) => i));
            const mine = rows
              .map((r) => JSON.parse(r.entry).requestId as string)
              .filter((id) => id?.startsWith(`${mark}/`));
            expect(mine.sort()).to.deep.equal(expected.sort());
          },
        ),
        { numRuns: 40 },
      );
    });

    it("keeps the order in which one process wrote", async () => {
      const ids = await db.tx((tx) =>
        stageAuditMany(
          tx,
          deps,
          Array.from({ length: 50 }, () => act("thing.made")),
        ),
      );
      await sequenceAudit(db);
      const rows = (await log(db)).slice(-50).map((r) => JSON.parse(r.entry).id);
      expect(rows).to.deep.equal(ids);
    });

    it("sequences by itself until it is stopped, with a last round at the end", async () => {
      const sequencer = startSequencer(db, { log: silentLog, meter: silentMeter, intervalMs: 1 });
      await db.tx((tx) => stageAudit(tx, deps, act("thing.made")));
      await sequencer.stop();
      expect(await sequenceAudit(db)).to.equal(0);
    });

    it("is read page by page, in both directions, and by action", async () => {
      await db.tx((tx) => stageAuditMany(tx, deps, [act("page.one"), act("page.two"), act("page.one")]));
      await sequenceAudit(db);
      const server = await startHttp(auditRoutes({ db }));
      const read = async (query: string) => {
        const response = await fetch(`${server.url}/v1/audit?${query}`, { headers: bearer("admin-key") });
        expect(response.status).to.equal(200);
        return (await response.json()) as { items: { seq: number; entry: string }[]; next: string | null };
      };
      const total = (await log(db)).length;
      for (const sort of ["seq", "-seq"]) {
        const seen: number[] = [];
        let next: string | null = null;
        do {
          const page = await read(`sort=${sort}&limit=7${next === null ? "" : `&cursor=${next}`}`);
          seen.push(...page.items.map((i) => i.seq));
          next = page.next;
        } while (next !== null);
        const all = Array.from({ length: total }, (_, i) => i);
        expect(seen).to.deep.equal(sort === "seq" ? all : all.reverse());
      }
      expect((await read("action=page.one")).items).to.have.length(2);
      const refused = await fetch(`${server.url}/v1/audit`, { headers: bearer("cx-key") });
      expect(refused.status).to.equal(403);
      await server.http.close(0);
    });
  });
}
