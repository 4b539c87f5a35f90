import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";

interface Queue {
  readonly queue: string;
  readonly waiting: number;
  readonly retrying: number;
  readonly failed: number;
}
interface Failed {
  readonly id: string;
  readonly queue: string;
  readonly error: string | null;
}

describe("what operators see of a running Candor", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("running");
  });
  after(() => server.close());

  const fail = async (n: number) => {
    const [queue] = await server.database.db.query<{ name: string }>(
      sql`select name from pgboss.queue order by name limit 1`,
    );
    await server.database.db.query(sql`
      insert into pgboss.job (name, data, state, created_on, completed_on, output)
      select ${queue?.name}, '{}', 'failed', now(), now() - n * interval '1 second', '{"error": "TypeError"}'
      from generate_series(1, ${n}) n`);
    return queue?.name as string;
  };
  const queues = async () => (await server.call<{ items: Queue[] }>("GET", "/v1/jobs")).body.items;

  it("is every queue with its jobs by state, and what was given up page by page, each once", async () => {
    const name = await fail(7);
    expect((await queues()).find((q) => q.queue === name)).to.include({ failed: 7, retrying: 0 });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Failed[]; next: string | null } = (
        await server.call<{ items: Failed[]; next: string | null }>(
          "GET",
          `/v1/jobs/failed?limit=3${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
        )
      ).body;
      seen.push(...page.items.map((job) => job.id));
      expect(page.items.every((job) => job.queue === name && job.error === "TypeError")).to.equal(true);
      cursor = page.next;
    } while (cursor !== null);
    expect([seen.length, new Set(seen).size]).to.deep.equal([7, 7]);
  });

  it("tries a job that was given up once more, once, and writes that down", async () => {
    const { items } = (await server.call<{ items: Failed[] }>("GET", "/v1/jobs/failed?limit=1")).body;
    const job = items[0] as Failed;
    const path = `/v1/jobs/${job.queue}/${job.id}/retry`;
    expect((await server.call("POST", path)).status).to.equal(202);
    expect((await server.call("POST", path)).status).to.equal(404);
    expect((await queues()).find((q) => q.queue === job.queue)).to.include({ failed: 6, retrying: 1 });
    const [noted] = await server.database.db.query<{ n: number }>(sql`
      select count(*)::int as n from (select action from audit_stage union all select action from audit_entry) a
      where action = 'job.retried'`);
    expect(noted?.n).to.equal(1);
  });

  it("is the state of the system, with no value of any setting", async () => {
    const { status, body } = await server.call<{
      engine: { version: string; bytes: number };
      migrations: { applied: number; newest: string };
      lastBackupAt: string | null;
      settings: object[];
    }>("GET", "/v1/system");
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body.engine.bytes).to.be.greaterThan(1_000_000);
    expect(body.engine.version).to.match(/^\d+/);
    expect(body.migrations.newest).to.match(/^[a-z0-9-]+$/);
    expect(body.lastBackupAt).to.equal(null);
    expect(JSON.stringify(body)).not.to.contain("test-admin-key");
  });
});
