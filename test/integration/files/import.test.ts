import { gzipSync } from "node:zlib";
import { expect } from "chai";
import iconv from "iconv-lite";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { findProfile, profileOf } from "../sources/reading.ts";
import { importCounts, quarantineOf, sendFile } from "./sending.ts";

const HEADER = "store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card";
const TILL = { kind: "pos", region: "TW", currency: "TWD", timeZone: "Asia/Taipei" };

describe("files of tills and lists over HTTP", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("files-import");
  });
  after(() => server.close());

  const till = (name: string, change: object = {}) => server.source({ name, ...TILL, ...change });
  const card = (value: string) => profileOf(server, { kind: "member_id", value });

  it("previews a file without writing anything, values masked", async () => {
    const source = await till("Preview");
    const csv = [
      HEADER,
      "S1,T1,P1,1,2026-10-01 12:30,SKU-1,2,300,PREVIEW-CARD-1",
      "S1,T1,P2,1,soon,SKU-1,1,10,X1",
    ];
    const answer = await server.call<{
      rowsRead: number;
      rows: { mapped: { identifiers: { masked: string }[] } | null; problems: { code: string }[] }[];
      problems: { code: string; count: number; firstLine: number; field?: string; column?: string }[];
    }>("POST", `/v1/sources/${source.id}/files?preview=true`, {
      raw: csv.join("\n"),
      key: source.writeKey,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    expect(answer.body.rowsRead).to.equal(2);
    const problems = answer.body.problems.map((p) => [p.code, p.count, p.firstLine, p.field, p.column]);
    expect(problems).to.deep.equal([["invalid-time", 1, 3, "occurredAt", "time"]]);
    expect(answer.body.rows[0]?.mapped?.identifiers[0]?.masked).to.be.a("string");
    expect(JSON.stringify(answer.body)).not.to.contain("PREVIEW-CARD-1");
    expect(await findProfile(server, { kind: "member_id", value: "PREVIEW-CARD-1" })).to.equal(null);
    expect(await quarantineOf(server, source.id, "all")).to.deep.equal([]);
    const summary = await server.call<{
      events: { source: string; accepted: number; quarantined: number }[];
    }>("GET", "/v1/summary");
    const own = summary.body.events.find((e) => e.source === source.id);
    expect([own?.accepted, own?.quarantined]).to.deep.equal([0, 0]);
  });

  it("previews under a mapping that is only tried, and imports under none that was", async () => {
    const source = await till("Trial");
    const csv = "Wann;Bon;Betrag;Karte\n01.10.2026;B-1;12,50;TRIAL-1\n";
    const mapping = {
      fields: { occurredAt: "Wann", receiptNo: "Bon", amount: "Betrag", memberCard: "Karte" },
      separator: ";",
      decimal: ",",
      dateFormats: ["dd.MM.yyyy"],
    };
    const query = `?preview=true&mapping=${encodeURIComponent(JSON.stringify(mapping))}`;
    const trial = await sendFile(server, source, csv, query);
    expect(trial.status, JSON.stringify(trial.body)).to.equal(200);
    expect((trial.body as unknown as { problems: unknown[] }).problems).to.deep.equal([]);
    const wrong = await sendFile(
      server,
      source,
      csv,
      `?mapping=${encodeURIComponent(JSON.stringify(mapping))}`,
    );
    expect([wrong.status, wrong.body.code]).to.deep.equal([400, "invalid-request"]);
    const broken = await sendFile(
      server,
      source,
      csv,
      '?preview=true&mapping={"fields":{"nonsense":"Wann"}}',
    );
    expect([broken.status, broken.body.code]).to.deep.equal([400, "invalid-mapping"]);
  });

  it("changes nothing when a file is sent again, whole, shuffled or as part of a longer one", async () => {
    const source = await till("Again");
    const rows = Array.from(
      { length: 20 },
      (_, i) => `S1,T1,A${Math.floor(i / 2)},${i % 2},2026-10-01 12:${10 + i},SKU-${i},1,${100 + i},AGAIN-1`,
    );
    expect(await importCounts(server, source, [HEADER, ...rows].join("\n"))).to.deep.equal([20, 0, 0]);
    const before = await card("AGAIN-1");
    expect(await importCounts(server, source, [HEADER, ...rows].join("\n"))).to.deep.equal([0, 20, 0]);
    expect(await importCounts(server, source, [HEADER, ...rows.toReversed()].join("\r\n"))).to.deep.equal([
      0, 20, 0,
    ]);
    const longer = [HEADER, ...rows, "S1,T1,A99,1,2026-10-02 09:00,SKU-1,1,5,AGAIN-1"].join("\n");
    expect(await importCounts(server, source, longer)).to.deep.equal([1, 20, 0]);
    const after = await card("AGAIN-1");
    expect(before.facts.orders).to.equal(10);
    expect(after.facts.orders).to.equal(11);
    const total = Array.from({ length: 20 }, (_, i) => 100 + i).reduce((a, b) => a + b, 5) * 100;
    expect(after.facts.spend).to.deep.equal([{ amount: total, currency: "TWD" }]);
  });

  it("keeps two equal purchases two, and finds both again when the file comes again", async () => {
    const source = await till("Equal");
    const header = "store_id,time,sku,quantity,amount,member_card";
    const line = "S1,2026-10-01 12:30,SKU-1,1,50,EQUAL-1";
    const csv = [header, line, line, "S1,2026-10-01 12:31,SKU-2,1,30,EQUAL-1", line].join("\n");
    expect(await importCounts(server, source, csv)).to.deep.equal([4, 0, 0]);
    expect(await importCounts(server, source, csv)).to.deep.equal([0, 4, 0]);
    expect((await card("EQUAL-1")).facts.spend).to.deep.equal([{ amount: 18_000, currency: "TWD" }]);
  });

  it("quarantines a line that says something else under the id of an earlier one", async () => {
    const source = await till("Conflict");
    const row = (amount: number) => `${HEADER}\nS1,T1,C1,1,2026-10-01 12:30,SKU-1,1,${amount},CONFLICT-1`;
    expect(await importCounts(server, source, row(50))).to.deep.equal([1, 0, 0]);
    const answer = await sendFile(server, source, row(70));
    expect(answer.body.reasons.map((r) => [r.code, r.firstLine])).to.deep.equal([["message-id-conflict", 2]]);
    expect((await card("CONFLICT-1")).facts.spend).to.deep.equal([{ amount: 5_000, currency: "TWD" }]);
    expect((await quarantineOf(server, source.id)).map((q) => [q.code, q.place])).to.deep.equal([
      ["message-id-conflict", "line 2"],
    ]);
  });

  const texts: readonly (readonly [string, string, string, object])[] = [
    [
      "GB18030",
      "gb18030",
      "会员卡号,姓名,手机\nENC-GB,王小明𠮷,13800138000\n",
      {
        mapping: { encoding: "gbk", fields: { memberCard: "会员卡号", name: "姓名", phone: "手机" } },
        region: "CN",
      },
    ],
    [
      "Big5",
      "big5",
      "會員卡號,姓名,手機\nENC-B5,陳大文,0912345678\n",
      {
        mapping: { encoding: "big5", fields: { memberCard: "會員卡號", name: "姓名", phone: "手機" } },
        region: "TW",
      },
    ],
    ["UTF-16 with a mark", "utf-16", "會員卡號,姓名,手機\nENC-16,陳大文,0912345679\n", { region: "TW" }],
    [
      "UTF-16BE as stated",
      "utf16-be",
      "會員卡號,姓名\nENC-16B,陳大文\n",
      { mapping: { encoding: "utf-16be", fields: { memberCard: "會員卡號", name: "姓名" } } },
    ],
    [
      "UTF-8 though another encoding is stated",
      "utf8",
      "會員卡號,姓名\nENC-8,陳大文\n",
      { mapping: { encoding: "big5", fields: { memberCard: "會員卡號", name: "姓名" } } },
    ],
  ];
  for (const [name, encoding, text, settings] of texts) {
    it(`reads ${name} to the last character`, async () => {
      const source = await server.source({ name, kind: "members", ...settings });
      const answer = await sendFile(
        server,
        source,
        iconv.encode(text, encoding, { addBOM: encoding === "utf-16" }),
      );
      expect(answer.body.counts, JSON.stringify(answer.body)).to.include({ accepted: 1, quarantined: 0 });
      const [number = "", person = ""] = text.split("\n")[1]?.split(",") ?? [];
      expect((await card(number)).attributes.name?.value).to.equal(person);
    });
  }

  it("asks for the encoding of bytes that are not UTF-8 when the source states none", async () => {
    const source = await server.source({ name: "Unstated", kind: "members" });
    const file = iconv.encode("會員卡號,姓名\nENC-NONE,陳大文\n", "big5");
    const answer = await sendFile(server, source, file);
    expect([answer.status, answer.body.code]).to.deep.equal([400, "unknown-encoding"]);
    expect(answer.body.detail).to.match(/state it in the mapping/i);
  });

  it("marks broken bytes of a stated encoding line by line and stores their neighbours", async () => {
    const source = await server.source({ name: "Broken bytes", kind: "members" });
    const file = Buffer.concat([
      Buffer.from("member_card,name\nBYTES-1,好名字\nBYTES-2,"),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from("\nBYTES-3,另一個\n"),
    ]);
    const answer = await sendFile(server, source, file);
    expect(answer.body.counts, JSON.stringify(answer.body)).to.include({ accepted: 2, quarantined: 1 });
    expect(answer.body.reasons.map((r) => [r.code, r.firstLine])).to.deep.equal([["bad-text", 3]]);
  });

  it("reads a gzip file, labelled or not, and the same rows unpacked as duplicates", async () => {
    const source = await till("Gzip");
    const csv = [HEADER, "S1,T1,G1,1,2026-10-01 12:30,SKU-1,1,50,GZIP-1"].join("\n");
    expect(await importCounts(server, source, gzipSync(csv))).to.deep.equal([1, 0, 0]);
    const labelled = await sendFile(server, source, gzipSync(csv), "", { "content-encoding": "gzip" });
    expect(labelled.body.counts.duplicate).to.equal(1);
    expect(await importCounts(server, source, csv)).to.deep.equal([0, 1, 0]);
    const cut = await sendFile(server, source, gzipSync(csv).subarray(0, 40));
    expect([cut.status, cut.body.code]).to.deep.equal([400, "unparsable-body"]);
  });

  it("reads NDJSON and JSON by their first character, whatever the content type", async () => {
    const source = await server.source({ name: "Lists", kind: "members" });
    const people = [
      { memberCard: "JSON-1", name: "A" },
      { memberCard: "JSON-2", name: "B" },
    ];
    expect(await importCounts(server, source, people.map((p) => JSON.stringify(p)).join("\n"))).to.deep.equal(
      [2, 0, 0],
    );
    expect(await importCounts(server, source, JSON.stringify(people))).to.deep.equal([0, 2, 0]);
    const mixed = '{"memberCard":"JSON-3"}\n{"memberCard":\n{"memberCard":"JSON-4"}';
    const answer = await sendFile(server, source, mixed);
    expect(answer.body.counts).to.include({ accepted: 2, quarantined: 1 });
    expect(answer.body.reasons[0]).to.include({ code: "invalid-json", firstLine: 2 });
  });

  it("takes a file only with the key of its own source, or with an API key that may ingest", async () => {
    const [one, other] = [await till("One"), await till("Other")];
    const file = [HEADER, "S1,T1,K1,1,2026-10-01 12:30,SKU-1,1,50,KEYS-1"].join("\n");
    const send = (key: string | null) =>
      server.call<{ code?: string }>("POST", `/v1/sources/${one.id}/files`, { raw: file, key });
    expect((await send(other.writeKey)).status).to.equal(403);
    expect((await send("wk_unknown")).status).to.equal(401);
    expect((await send(null)).status).to.equal(401);
    expect((await send(one.writeKey)).status).to.equal(200);
  });

  it("answers an empty file, a header alone and a file of a source that has ended", async () => {
    const source = await till("Empty");
    expect(await importCounts(server, source, "")).to.deep.equal([0, 0, 0]);
    expect(await importCounts(server, source, HEADER)).to.deep.equal([0, 0, 0]);
    await server.call("PATCH", `/v1/sources/${source.id}`, { body: { state: "ended" } });
    const ended = await server.call<{ code: string }>("POST", `/v1/sources/${source.id}/files`, {
      raw: HEADER,
    });
    expect([ended.status, ended.body.code]).to.deep.equal([409, "conflict"]);
    expect((await sendFile(server, source, HEADER)).status).to.equal(401);
  });
});
