import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { restoreSnapshot, takeSnapshot } from "../../setup/snapshot.ts";
import { erase, scopeOf, send, whoIs } from "./acts.ts";

const T = "2026-10-01T00:00:00Z";

describe("data restored from before an erasure", () => {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  let database: FreshDatabase;
  let server: TestServer;
  let list: { id: string; writeKey: string };
  const row = (card: string, more: Record<string, unknown> = {}) => ({
    memberId: card,
    email: `${card.toLowerCase()}@mail.example`,
    updatedAt: T,
    ...more,
  });
  const eraseCard = async (card: string) =>
    erase(server, scopeOf((await whoIs(server, "member_id", card)) as string));
  const codeOf = async (item: Record<string, unknown>) => (await send(server, list, [item]))[0]?.code;

  before(async () => {
    database = await testDatabases().freshDatabase("returned");
    server = await startTestServer("returned", { clock, database });
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
    await send(server, list, [row("R-1"), row("R-2"), row("R-3")]);
    await eraseCard("R-3");
    await takeSnapshot(database.db);

    clock.advance(60_000);
    await send(server, list, [row("R-1", { phone: "+886912000222", updatedAt: "2026-11-01T00:00:00Z" })]);
    await send(server, list, [row("R-9")]);
    await eraseCard("R-1");
    await eraseCard("R-9");
    await send(server, list, [row("R-5")]);
    await eraseCard("R-5");
    clock.advance(60_000);
    await server.call("POST", "/v1/suppressions/rejoin", {
      body: { identifiers: [{ kind: "member_id", value: "R-5" }], method: "in-person" },
    });
    clock.advance(60_000);

    await server.close();
    await restoreSnapshot(database.db);
    server = await startTestServer("returned", { clock, database });
    // What every start does before anything decrypts.
    await server.candor.erasures.sync();
  });
  after(async () => {
    await server.close();
    await database.drop();
  });

  it("keep out at once whoever was erased since, by all they were known by then, and whoever was erased before", async () => {
    for (const card of ["R-1", "R-3", "R-9"]) {
      const later = row(card, { email: `${card}-new@mail.example`, updatedAt: "2026-11-21T00:00:00Z" });
      expect(await codeOf(later), card).to.equal("suppressed");
    }
    // Learned after the backup, so that no row of it knows the number.
    const byPhone = { memberId: "", phone: "+886912000222", updatedAt: "2026-11-21T00:00:00Z" };
    expect(await codeOf(byPhone)).to.equal("suppressed");
    expect(await codeOf(row("R-2", { updatedAt: "2026-11-21T00:00:00Z" })), "others stay").to.equal(
      undefined,
    );
  });

  it("show the erased to nobody, and lose their rows in an erasure of their own, once", async () => {
    expect(await whoIs(server, "member_id", "R-1")).to.equal(null);
    expect(await whoIs(server, "email", "r-1@mail.example")).to.equal(null);
    const [before] = await database.db.query<{ n: number }>(sql`select count(*)::int as n from subject`);
    expect(await server.candor.fulfil.eraseReturned()).to.equal(1);
    expect(await server.candor.fulfil.eraseReturned(), "one is under way").to.equal(0);
    await server.candor.fulfil.work();
    const [after] = await database.db.query<{ n: number }>(sql`select count(*)::int as n from subject`);
    expect((before?.n ?? 0) - (after?.n ?? 0)).to.equal(1);
    expect(await server.candor.fulfil.eraseReturned(), "nothing is left").to.equal(0);
    const { certificates } = (
      await server.call<{ certificates: { certificateId: string }[] }>("GET", "/v1/certificates?kind=erasure")
    ).body;
    expect(certificates.length, "of R-3, and of the rows that came back").to.equal(2);
  });

  it("still admit whoever has joined again since", async () => {
    const now = clock.now().toISOString();
    expect(await codeOf(row("R-5", { updatedAt: now }))).to.equal(undefined);
    expect(await whoIs(server, "member_id", "R-5")).to.be.a("string");
    expect(await codeOf(row("R-5")), "but nothing of before").to.equal("suppressed");
  });

  it("lose their rows whatever hold came back with them, since nothing of them can be read", async () => {
    const [before, after] = ["R-6", "R-8"];
    await send(server, list, [row("R-6"), row("R-8"), row("R-10")]);
    const idOf = async (card: string) => (await whoIs(server, "member_id", card)) as string;
    const ids = new Map<string, string>();
    for (const card of [before, after, "R-10"]) ids.set(card, await idOf(card));
    const hold = async (card: string) => {
      const body = { memberId: ids.get(card), ground: "Court order", reference: card };
      return (await server.call<{ holdId: string }>("POST", "/v1/holds", { body })).body.holdId;
    };
    const holds = [await hold(before), await hold(after)];
    await hold("R-10");
    // The erasure of one of them waits already.
    await erase(server, scopeOf(ids.get(before) as string));
    await takeSnapshot(database.db);
    for (const id of holds) await server.call("POST", `/v1/holds/${id}/lift`);
    await server.candor.fulfil.work();
    await eraseCard(after);
    await server.close();
    await restoreSnapshot(database.db);
    server = await startTestServer("returned", { clock, database });
    await server.candor.erasures.sync();

    expect(await server.candor.fulfil.eraseReturned(), "one is under way").to.equal(1);
    clock.advance(60_000);
    await server.candor.fulfil.work();
    const left = await database.db.query<{ id: string }>(
      sql`select subject_id as id from subject where subject_id = any(${[...ids.values()]}::uuid[])`,
    );
    expect(left.map((s) => s.id)).to.deep.equal([ids.get("R-10")]);
    const standing = await server.call<{ holds: { reference: string }[] }>("GET", "/v1/holds");
    expect(
      standing.body.holds.map((h) => h.reference),
      "others' stand",
    ).to.deep.equal(["R-10"]);
  });

  it("are kept closed by the blind indexes in them where an old ledger does not tell more", async () => {
    await send(server, list, [row("R-7")]);
    const memberId = (await whoIs(server, "member_id", "R-7")) as string;
    await takeSnapshot(database.db);
    await eraseCard("R-7");
    await database.keystoreDb.tx((tx) => tx.exec("delete from erasure_listed"));
    await server.close();
    await restoreSnapshot(database.db);
    server = await startTestServer("returned", { clock, database });
    await server.candor.erasures.sync();
    expect(await server.candor.fulfil.eraseReturned()).to.equal(1);
    await server.candor.fulfil.work();
    expect(await codeOf(row("R-7", { updatedAt: "2026-11-21T00:00:00Z" }))).to.equal("suppressed");
    const [left] = await database.db.query<{ n: number }>(
      sql`select count(*)::int as n from subject where subject_id = ${memberId}::uuid`,
    );
    expect(left?.n).to.equal(0);
  });
});
