import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { toldOf } from "../audit/log.ts";
import { sendBatch } from "../sources/reading.ts";
import { type BreakableDatabase, breakableDatabase } from "./breakable.ts";
import { quarantineOf, replay } from "./sending.ts";

/** Several pages of a replay. */
const ITEMS = 3_000;
const AT_ONCE = 1_000;

describe("a replay that is cut short", () => {
  let server: TestServer;
  let breakable: BreakableDatabase;
  before(async () => {
    breakable = await breakableDatabase("replay-cut-short");
    server = await startTestServer("replay-cut-short", { database: breakable.database });
  });
  after(async () => {
    breakable.store.mend();
    await server.close();
    await breakable.drop();
  });

  it("leaves audit entries of exactly the items that it stored", async () => {
    const source = await server.source({ name: "Shop", kind: "web", blockedValues: ["CUT-1"] });
    for (let from = 0; from < ITEMS; from += AT_ONCE) {
      await sendBatch(
        server,
        source.writeKey,
        Array.from({ length: AT_ONCE }, (_, i) => ({
          type: "page",
          userId: "CUT-1",
          messageId: `cut-${from + i}`,
        })),
      );
    }
    const mended = await server.call("PATCH", `/v1/sources/${source.id}`, { body: { blockedValues: [] } });
    expect(mended.status).to.equal(200);

    const answer = server.call("POST", "/v1/quarantine/replay", { body: { source: source.id } });
    const count = async () => (await quarantineOf(server, source.id, "replayed")).length;
    while ((await count()) === 0) await pause(1);
    breakable.store.cut();
    expect((await answer).status).to.equal(503);
    breakable.store.mend();

    const open = await openItems(source.id);
    expect(open, "the replay was cut short").to.be.within(1, ITEMS - 1);
    const accepted = async () =>
      (await toldOf(server, "quarantine.replayed")).reduce((n, e) => n + (e.counts?.accepted ?? 0), 0);
    expect(await accepted()).to.equal(ITEMS - open);
    expect(await replay(server, { source: source.id })).to.include({ tried: open, accepted: open });
    expect(await accepted()).to.equal(ITEMS);
  });

  /** How many wait, by the door that lists them page by page. */
  const openItems = async (source: string): Promise<number> => {
    let n = 0;
    for (let after = ""; ; ) {
      const { body } = await server.call<{ items: unknown[]; next: string | null }>(
        "GET",
        `/v1/quarantine?source=${source}&limit=500${after === "" ? "" : `&after=${after}`}`,
      );
      n += body.items.length;
      if (body.next === null) return n;
      after = body.next;
    }
  };
});
