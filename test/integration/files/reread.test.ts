import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { findProfile, profileOf } from "../sources/reading.ts";
import { type FileAnswer, importCounts, quarantineOf, replay, type Source, sendFile } from "./sending.ts";

const SALES = {
  occurredAt: "time",
  receiptNo: "receipt",
  line: "line",
  amount: "amount",
  memberCard: "card",
};
const HEAD = "time,receipt,line,amount,card,mail,town";

describe("reading a file again under a corrected mapping", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("files-reread", { clock: fixedClock("2026-11-21T10:00:00Z") });
  });
  after(() => server.close());

  const till = (fields: object, name: string) =>
    server.source({ name, kind: "pos", currency: "EUR", mapping: { fields } });
  const remap = async (source: Source, mapping: object) => {
    const answer = await server.call("PATCH", `/v1/sources/${source.id}`, { body: { mapping } });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  };
  const card = (value: string) => profileOf(server, { kind: "member_id", value });

  it("keeps a list whose e-mail column is misnamed until the mapping is right, and loses nothing", async () => {
    const list = await server.source({
      name: "Misnamed",
      kind: "members",
      mapping: { fields: { memberCard: "card", email: "e-mail", city: "town" } },
    });
    const csv = "card,mail,town\nMIS-1,mis-one@example.org,Taipei\nMIS-2,mis-two@example.org,Tainan\n";
    const preview = await server.call<{
      problems: { code: string; count: number }[];
      missingColumns: object[];
    }>("POST", `/v1/sources/${list.id}/files?preview=true`, { raw: csv, key: list.writeKey });
    expect(preview.body.missingColumns).to.deep.equal([{ column: "e-mail", uses: ["email"], isFatal: true }]);
    expect(preview.body.problems).to.have.length(1);
    expect(preview.body.problems[0]).to.include({ code: "column-missing", count: 2 });
    expect(await importCounts(server, list, csv)).to.deep.equal([0, 0, 2]);

    await remap(list, { fields: { memberCard: "card", email: "mail", city: "town" } });
    expect(await replay(server, { code: "column-missing", source: list.id })).to.include({ accepted: 2 });
    expect(await importCounts(server, list, csv), "the file after the repair").to.deep.equal([0, 2, 0]);
    const known = await profileOf(server, { kind: "email", value: "mis-one@example.org" });
    expect(known.attributes.city?.value).to.equal("Taipei");
    expect(known.memberId).to.equal((await card("MIS-1")).memberId);
  });

  it("takes such a list as it is where the mapping says that the column may be missing, or the rows are JSON", async () => {
    const optional = await server.source({
      name: "Optional",
      kind: "members",
      mapping: { fields: { memberCard: "card", email: { column: "e-mail", required: false } } },
    });
    expect(await importCounts(server, optional, "card\nOPT-1\n")).to.deep.equal([1, 0, 0]);
    const json = await server.source({
      name: "Lines of JSON",
      kind: "members",
      mapping: { fields: { memberCard: "card", email: "e-mail" } },
    });
    expect(await importCounts(server, json, '{"card":"OPT-2"}\n{"town":"Taipei"}\n')).to.deep.equal([
      1, 0, 1,
    ]);
    const [item] = await quarantineOf(server, json.id);
    const corrected = { id: item?.id, payload: { card: "OPT-3", town: "Taipei" } };
    expect(await replay(server, corrected), "one key fewer than the mapping names").to.include({
      accepted: 1,
    });
  });

  it("adds what a column says that nobody mapped before, once, and counts no purchase twice", async () => {
    const source = await till(SALES, "Nobody mapped it");
    const csv = `${HEAD}\n2026-10-01T12:00:00Z,ADD-R1,1,12.50,ADD-1,add-one@example.org,Taipei\n2026-10-02T12:00:00Z,ADD-R2,1,7.50,ADD-1,add-one@example.org,Taipei\n`;
    expect(await importCounts(server, source, csv)).to.deep.equal([2, 0, 0]);
    expect(await findProfile(server, { kind: "email", value: "add-one@example.org" })).to.equal(null);
    const before = await card("ADD-1");

    await remap(source, { fields: { ...SALES, email: "mail", city: "town" } });
    expect(await importCounts(server, source, csv), "mapped").to.deep.equal([2, 0, 0]);
    const after = await card("ADD-1");
    expect(after.attributes.city?.value).to.equal("Taipei");
    expect((await profileOf(server, { kind: "email", value: "add-one@example.org" })).memberId).to.equal(
      after.memberId,
    );
    expect(after.facts).to.deep.include({ orders: 2, returns: 0, spend: before.facts.spend });
    expect(after.facts.eventCounts).to.deep.equal({ "order.completed": 2, identify: 2 });

    expect(await importCounts(server, source, csv), "a third time").to.deep.equal([0, 2, 0]);
    await remap(source, { fields: SALES });
    expect(await importCounts(server, source, csv), "as it was first read").to.deep.equal([0, 2, 0]);
    expect((await card("ADD-1")).facts).to.deep.equal(after.facts);
    expect(await quarantineOf(server, source.id)).to.deep.equal([]);
  });

  it("says that a row is there already when another mapping says nothing new of the person", async () => {
    const source = await till(SALES, "Only the purchase");
    const csv = `${HEAD},sku\n2026-10-01T12:00:00Z,NEW-R1,1,12.50,NEW-1,,,TEA\n`;
    expect(await importCounts(server, source, csv)).to.deep.equal([1, 0, 0]);
    const before = await card("NEW-1");
    await remap(source, { fields: { ...SALES, productId: "sku" } });
    expect(await importCounts(server, source, csv)).to.deep.equal([0, 1, 0]);
    expect((await card("NEW-1")).facts).to.deep.equal(before.facts);
  });

  it("lets what was read by the right mapping count in place of what the wrong one said", async () => {
    for (const [first, second] of [
      ["Aveiro", "Braga"],
      ["Braga", "Aveiro"],
    ] as const) {
      const list = await server.source({
        name: `Turned round ${first}`,
        kind: "members",
        mapping: { fields: { memberCard: "card", updatedAt: "at", city: "from" } },
      });
      const csv = `card,at,from,town\nTURN-${first},2026-10-01T12:00:00Z,${first},${second}\n`;
      expect(await importCounts(server, list, csv)).to.deep.equal([1, 0, 0]);
      await remap(list, { fields: { memberCard: "card", updatedAt: "at", city: "town" } });
      expect(await importCounts(server, list, csv)).to.deep.equal([1, 0, 0]);
      expect((await card(`TURN-${first}`)).attributes.city?.value).to.equal(second);
    }
  });

  it("quarantines a row that its sender changed, whatever the mapping", async () => {
    const source = await till(SALES, "Changed");
    const row = (amount: string) =>
      `${HEAD}\n2026-10-01T12:00:00Z,CHG-R1,1,${amount},CHG-1,chg@example.org,Taipei\n`;
    expect(await importCounts(server, source, row("12.50"))).to.deep.equal([1, 0, 0]);
    await remap(source, { fields: { ...SALES, email: "mail" } });
    expect(await importCounts(server, source, row("13.50"))).to.deep.equal([0, 0, 1]);
    expect((await quarantineOf(server, source.id)).map((q) => q.code)).to.deep.equal(["message-id-conflict"]);
    expect(await findProfile(server, { kind: "email", value: "chg@example.org" })).to.equal(null);
  });

  it("gives one profile whatever order and portions the rows come again in", async () => {
    const rows = (name: string) =>
      Array.from(
        { length: 6 },
        (_, i) =>
          `2026-10-0${i + 1}T12:00:00Z,${name}-R${i},1,1.00,${name},${name}@example.org,Town ${i % 3}`,
      );
    const sendAll = async (name: string, portions: (rows: string[]) => string[][]) => {
      const source = await till(SALES, name);
      await importCounts(server, source, [HEAD, ...rows(name)].join("\n"));
      await remap(source, { fields: { ...SALES, email: "mail", city: "town" } });
      for (const portion of portions(rows(name)))
        await importCounts(server, source, [HEAD, ...portion].join("\n"));
      const { facts, attributes } = await card(name);
      return { facts, city: attributes.city?.value, cities: attributes.city?.candidates.length };
    };
    const whole = await sendAll("whole", (all) => [all]);
    expect(whole.facts.eventCounts).to.deep.equal({ "order.completed": 6, identify: 6 });
    const inTurn = await sendAll("in-turn", (all) => [...all].reverse().map((row) => [row]));
    const overlapping = await sendAll("overlapping", (all) => [
      all.slice(2),
      all.slice(0, 4),
      all.slice(1, 5),
    ]);
    expect(inTurn).to.deep.equal(whole);
    expect(overlapping).to.deep.equal(whole);
  });

  it("knows rows again whose receipts are from before their cells were part of them", async () => {
    const source = await till(SALES, "Old receipts");
    const csv = `${HEAD}\n2026-10-01T12:00:00Z,OLD-R1,1,12.50,OLD-1,old@example.org,\n`;
    expect(await importCounts(server, source, csv)).to.deep.equal([1, 0, 0]);
    await server.database.db.query(
      sql`update receipt set content_mac = substring(content_mac from 17 for 16) where source_id = ${source.id}::uuid`,
    );
    expect(await importCounts(server, source, csv)).to.deep.equal([0, 1, 0]);
    const answer = await sendFile(server, source, csv.replace("12.50", "13.50"));
    const report: FileAnswer = answer.body;
    expect(report.reasons.map((r) => r.code)).to.deep.equal(["message-id-conflict"]);
  });
});
