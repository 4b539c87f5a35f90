import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { DAY, fixedClock, SECOND } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { sendBatch } from "../sources/reading.ts";
import { quarantineOf, replay } from "./sending.ts";

const ARRIVAL = new Date("2026-11-21T10:00:00Z");

describe("how long quarantine keeps", () => {
  let server: TestServer;
  const clock = fixedClock(ARRIVAL);
  before(async () => {
    server = await startTestServer("quarantine-retention", { clock });
  });
  after(() => server.close());

  /** Runs the retention schedule this long after the arrival; answers how many quarantined items it says went. */
  const runAfter = async (age: number): Promise<number | undefined> => {
    clock.set(new Date(ARRIVAL.getTime() + age));
    const run = await server.call<{ lines: { what: string; count: number }[] }>("POST", "/v1/retention/run");
    expect(run.status, JSON.stringify(run.body)).to.equal(200);
    return run.body.lines.find((l) => l.what === "quarantine")?.count;
  };

  it("an item is whole until ninety days have passed; then it is gone, and its key is destroyed", async () => {
    const source = await server.source({ name: "Shop", kind: "web" });
    const bad = (n: number) => ({ type: "track", userId: `Q-${n}`, messageId: `q-${n}` });
    // One that somebody is named in, one that was stored after all, and two that share a key: they name nobody.
    await sendBatch(server, source.writeKey, [bad(1), bad(2), { type: "page" }, { type: "screen" }]);
    const items = await quarantineOf(server, source.id);
    expect(items).to.have.length(4);
    const stored = items.find((i) => i.code === "missing-event-name");
    expect(await replay(server, { id: stored?.id, payload: { ...bad(1), event: "Cart Viewed" } })).to.include(
      { accepted: 1 },
    );
    const keys = (
      await server.database.db.query<{ key: string }>(
        sql`select distinct key_id as key from quarantine where source_id = ${source.id}::uuid`,
      )
    ).map((row) => row.key);
    const keyStates = async () => new Set((await server.vault.keyStates(keys)).values());
    const look = (id: string) => server.call<{ payload: unknown }>("GET", `/v1/quarantine/${id}`);
    const named = items.filter((i) => i.code === "missing-event-name").at(-1);

    for (const age of [89 * DAY, 90 * DAY - SECOND]) {
      expect(await runAfter(age), `after ${age / DAY} days`).to.equal(0);
      expect(await quarantineOf(server, source.id, "all")).to.have.length(4);
      expect(JSON.stringify((await look(named?.id ?? "")).body.payload)).to.contain("Q-");
      expect([...(await keyStates())]).not.to.include("destroyed");
    }

    const preview = await server.call<{ lines: { what: string; count: number }[] }>(
      "POST",
      "/v1/retention/preview",
    );
    expect(preview.body.lines.find((l) => l.what === "quarantine")?.count, "a second before").to.equal(0);
    expect(await runAfter(90 * DAY)).to.equal(4);
    expect(await quarantineOf(server, source.id, "all")).to.deep.equal([]);
    for (const { id } of items) expect((await look(id)).status).to.equal(404);
    expect([...(await keyStates())]).to.deep.equal(["destroyed"]);
    expect(await runAfter(90 * DAY), "again").to.equal(0);
  });
});
