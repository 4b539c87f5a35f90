import { expect } from "chai";
import fc from "fast-check";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { REASONS } from "../../../src/kernel/verdicts.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { sendFile } from "../files/sending.ts";
import { eventsOf, findProfile, type ItemAnswer, profileOf, sendBatch } from "../sources/reading.ts";

const NOW = "2026-11-21T10:00:00.000Z";

describe("hostile items beside good ones", () => {
  let server: TestServer;
  let shop: { id: string; writeKey: string };
  let served = 0;
  before(async () => {
    server = await startTestServer("hostile-items", { clock: fixedClock(NOW) });
    shop = await server.source({ name: "Shop", kind: "web", region: "TW", currency: "TWD" });
  });
  after(() => server.close());

  const sendRaw = async (batch: string): Promise<readonly ItemAnswer[]> => {
    const answer = await server.call<{ results: ItemAnswer[] }>("POST", "/v1/batch", {
      raw: `{"batch":${batch}}`,
      key: shop.writeKey,
    });
    expect(answer.status, JSON.stringify(answer.body).slice(0, 500)).to.equal(200);
    return answer.body.results;
  };
  /** The verdicts of raw JSON items, each of which has had a good neighbour before and behind it. */
  const verdictsOf = async (...items: string[]): Promise<string[]> => {
    const good = () => JSON.stringify({ type: "page", userId: `NEIGHBOUR-${++served}` });
    const results = await sendRaw(
      `[${items
        .flatMap((item) => [good(), item])
        .concat(good())
        .join(",")}]`,
    );
    expect(results).to.have.length(2 * items.length + 1);
    const neighbours = results.filter((_, i) => i % 2 === 0);
    expect(neighbours.map((r) => r.status)).to.deep.equal(neighbours.map(() => "accepted"));
    return results.filter((_, i) => i % 2 === 1).map((r) => r.code ?? r.status);
  };
  const track = (rest: object) => JSON.stringify({ type: "track", event: "Noted", userId: "H-1", ...rest });

  it("stores keys that steer JavaScript objects nowhere, and changes no object of the server", async () => {
    const hostile = [
      '{"type":"identify","userId":"PROTO-1","__proto__":{"polluted":1},"traits":{"__proto__":{"polluted":2},"firstName":"P"}}',
      '{"type":"identify","userId":"PROTO-1","traits":{"constructor":{"prototype":{"polluted":3}},"prototype":4}}',
      '{"type":"track","userId":"PROTO-1","event":"__proto__","properties":{"a":{"__proto__":{"polluted":5}}}}',
      '{"type":"track","userId":"PROTO-1","event":"constructor","context":{"__proto__":[]}}',
      '{"type":"__proto__","userId":"PROTO-1"}',
      '{"type":"identify","userId":"__proto__"}',
    ];
    const verdicts = await verdictsOf(...hostile);
    expect(verdicts.slice(0, 5)).to.deep.equal([
      "accepted",
      "accepted",
      "accepted",
      "accepted",
      "unknown-type",
    ]);
    expect(verdicts[5]).to.be.oneOf(["accepted", "blocked-identifier"]);
    expect(({} as { polluted?: number }).polluted).to.equal(undefined);
    const profile = await profileOf(server, { kind: "user_id", value: "PROTO-1" });
    expect(profile.attributes.firstName?.value).to.equal("P");
    const history = JSON.stringify(await eventsOf(server, profile.memberId));
    expect(history).not.to.contain("polluted");
  });

  it("never rounds an amount: decimals that somebody meant are refused, binary noise is left out", async () => {
    const order = (n: number, total: string, rest = "") =>
      `{"type":"track","event":"Order Completed","userId":"EXACT-1","properties":{"order_id":"EX-${n}","total":${total}${rest}}}`;
    const eur = ',"currency":"EUR"';
    const priced = (price: string, quantity: string) =>
      `,"currency":"EUR","products":[{"product_id":"P","price":${price},"quantity":${quantity}}]`;
    const refused = [
      order(1, "12.505", eur),
      order(2, '"12.505"', eur),
      order(3, "0.004", eur),
      order(4, "0.1", ',"currency":"JPY"'),
      order(5, "12.500001", eur),
      `{"type":"track","event":"Order Completed","userId":"EXACT-1","properties":{"order_id":"EX-6"${priced("1.005", "3")}}}`,
    ];
    expect(await verdictsOf(...refused)).to.deep.equal(refused.map(() => "invalid-amount"));
    const taken = [
      order(11, "24.990000000000002", eur),
      order(12, String(0.1 + 0.2), eur),
      order(13, String(0.1 + 0.2 - 0.3), eur),
      `{"type":"track","event":"Order Completed","userId":"EXACT-1","properties":{"order_id":"EX-14"${priced("0.30000000000000004", "3")}}}`,
    ];
    expect(await verdictsOf(...taken)).to.deep.equal(taken.map(() => "accepted"));
    const { facts } = await profileOf(server, { kind: "user_id", value: "EXACT-1" });
    expect(facts.spend).to.deep.equal([{ amount: 2_499 + 30 + 0 + 90, currency: "EUR" }]);
  });

  it("takes every sum of prices as the amount that it is, whatever noise adding them leaves", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 99_999_999 }), { minLength: 1, maxLength: 60 }),
        fc.uuid(),
        async (cents, who) => {
          const total = cents.reduce((sum, c) => sum + c / 100, 0);
          const item = {
            type: "track",
            event: "Order Completed",
            userId: who,
            properties: { order_id: "SUM", total, currency: "EUR" },
          };
          expect(await verdictsOf(JSON.stringify(item))).to.deep.equal(["accepted"]);
          const { facts } = await profileOf(server, { kind: "user_id", value: who });
          expect(facts.spend).to.deep.equal([
            { amount: cents.reduce((sum, c) => sum + c, 0), currency: "EUR" },
          ]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("quarantines NUL and lone surrogates wherever they stand, and a person can correct them", async () => {
    const nul = "\\u0000";
    const lone = "\\ud800";
    const cases = [nul, lone, "\\udc00\\ud800"].flatMap((bad) => [
      `{"type":"page","userId":"BAD-${bad}"}`,
      `{"type":"identify","userId":"BAD-1","traits":{"firstName":"a${bad}b"}}`,
      `{"type":"identify","userId":"BAD-1","traits":{"k${bad}":"v"}}`,
      `{"type":"track","userId":"BAD-1","event":"E${bad}"}`,
      `{"type":"page","userId":"BAD-1","messageId":"m${bad}"}`,
      `{"type":"page","userId":"BAD-1","context":{"page":{"url":["${bad}"]}}}`,
    ]);
    const verdicts = await verdictsOf(...cases);
    expect([...new Set(verdicts)]).to.deep.equal(["bad-text"]);
    expect(await findProfile(server, { kind: "user_id", value: "BAD-1" })).to.equal(null);

    const listed = await server.call<{ items: { id: string }[] }>(
      "GET",
      "/v1/quarantine?code=bad-text&limit=1",
    );
    const id = listed.body.items[0]?.id;
    const shown = await server.call<{ payload: { userId?: string } }>("GET", `/v1/quarantine/${id}`);
    expect(shown.status).to.equal(200);
    const payload = { type: "page", userId: "BAD-CORRECTED" };
    const replayed = await server.call<{ accepted: number }>("POST", "/v1/quarantine/replay", {
      body: { id, payload },
    });
    expect(replayed.body.accepted).to.equal(1);
  });

  it("answers bytes that are not UTF-8 with a clear error, since nobody can tell where items begin", async () => {
    const raw = Buffer.concat([
      Buffer.from('{"batch":[{"type":"page","userId":"'),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from('"}]}'),
    ]);
    const answer = await server.call<{ code: string; detail: string }>("POST", "/v1/batch", {
      raw: new Uint8Array(raw),
      key: shop.writeKey,
    });
    expect([answer.status, answer.body.code]).to.deep.equal([400, "unparsable-body"]);
    expect(answer.body.detail).to.contain("UTF-8");
  });

  it("keeps numbers beyond 2^53 to the last digit, in ids, properties and traits", async () => {
    const big = "9007199254740993";
    const [asNumber] = await verdictsOf(
      `{"type":"identify","userId":${big},"traits":{"weiboUid":7281044539211226559,"points":${big}}}`,
    );
    expect(asNumber).to.equal("accepted");
    const profile = await profileOf(server, { kind: "user_id", value: big });
    expect(profile.identifiers.map((i) => i.value).sort()).to.deep.equal([big, "7281044539211226559"].sort());
    expect(await findProfile(server, { kind: "user_id", value: "9007199254740992" })).to.equal(null);
    const history = JSON.stringify(await eventsOf(server, profile.memberId));
    expect(history).not.to.contain("9007199254740992");
  });

  it("gives numbers that no double can hold a verdict", async () => {
    const verdicts = await verdictsOf(
      '{"type":"track","event":"Noted","userId":"NUM-1","properties":{"n":1e400}}',
      '{"type":"track","event":"Noted","userId":"NUM-1","properties":{"n":-1e-400}}',
      '{"type":"track","event":"Order Completed","userId":"NUM-1","properties":{"order_id":"N1","total":1e400}}',
      '{"type":"track","event":"Order Completed","userId":"NUM-1","properties":{"order_id":"N2","total":90071992547409.93}}',
      '{"type":"track","event":"Order Completed","userId":"NUM-1","properties":{"order_id":"N3","total":"12.345.678"}}',
      '{"type":"track","event":"Order Completed","userId":"NUM-1","properties":{"order_id":"N4","total":0.1,"products":[{"product_id":"p","price":1e21,"quantity":1}]}}',
      '{"type":"track","event":"Order Completed","userId":"NUM-1","properties":{"order_id":"N5","total":1,"products":[{"product_id":"p","price":1,"quantity":1e308}]}}',
    );
    expect(verdicts.slice(0, 2)).to.deep.equal(["accepted", "accepted"]);
    expect(verdicts.slice(2)).to.deep.equal([
      "invalid-amount",
      "invalid-amount",
      "invalid-amount",
      "invalid-amount",
      "invalid-field",
    ]);
    expect((await profileOf(server, { kind: "user_id", value: "NUM-1" })).facts.spend).to.deep.equal([]);
  });

  it("refuses times of the years 0 and 9999 and everything a clock cannot mean", async () => {
    const times: readonly (readonly [unknown, string])[] = [
      ["0000-01-01T00:00:00Z", "invalid-time"],
      ["0001-01-01T00:00:00Z", "invalid-time"],
      ["-000001-01-01T00:00:00Z", "invalid-time"],
      ["9999-12-31T23:59:59Z", "invalid-time"],
      ["+275760-09-13T00:00:00Z", "invalid-time"],
      ["10000-01-01T00:00:00Z", "invalid-time"],
      ["2199-12-31T23:59:59Z", "time-in-future"],
      ["2026-11-23T10:00:00Z", "time-in-future"],
      ["2026-02-30T00:00:00Z", "invalid-time"],
      ["2026-11-21T25:00:00Z", "invalid-time"],
      ["yesterday", "invalid-time"],
      [-62135596800000, "invalid-time"],
      [8.64e15, "invalid-time"],
      [{}, "invalid-time"],
      [["2026-11-21T10:00:00Z"], "invalid-time"],
      [true, "invalid-time"],
      ["1900-01-01T00:00:00Z", "accepted"],
      ["2026-11-22T09:00:00Z", "accepted"],
    ];
    const verdicts = await verdictsOf(
      ...times.map(([timestamp], i) => track({ timestamp, messageId: `t-${i}` })),
    );
    expect(verdicts).to.deep.equal(times.map(([, verdict]) => verdict));
    const sentAt = ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon", -1, {}];
    const skewed = await verdictsOf(
      ...sentAt.map((at, i) => track({ timestamp: "2026-11-21T09:00:00Z", sentAt: at, messageId: `s-${i}` })),
    );
    for (const verdict of skewed) expect(verdict).to.be.oneOf(["accepted", "invalid-time", "time-in-future"]);
  });

  it("refuses the same times in a till's file, line by line", async () => {
    const till = await server.source({
      name: "Till",
      kind: "pos",
      region: "TW",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    });
    const times: readonly (readonly [string, string])[] = [
      ["0000-01-01 12:30", "invalid-time"],
      ["0001-01-01 12:30", "invalid-time"],
      ["9999-12-31 23:59", "invalid-time"],
      ["10000-01-01 00:00", "invalid-time"],
      ["2199-12-31 23:59", "time-in-future"],
      ["2026-02-30 12:30", "invalid-time"],
      ["2026-11-21 25:00", "invalid-time"],
      ["1900-01-01 12:30", "accepted"],
      ["2026-11-21 12:30", "accepted"],
    ];
    const lines = times.map(([time], i) => `S1,T1,TIME-${i},1,${time},SKU-1,1,50,TIME-CARD`);
    const header = "store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card";
    const answer = await sendFile(server, till, [header, ...lines].join("\n"));
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    const refused = new Map(answer.body.rejected.map(({ line, code }) => [line, code]));
    expect(times.map((_, i) => refused.get(i + 2) ?? "accepted")).to.deep.equal(times.map(([, v]) => v));
    expect(answer.body.counts).to.include({ accepted: 2, quarantined: 7 });
    expect((await profileOf(server, { kind: "member_id", value: "TIME-CARD" })).facts.orders).to.equal(2);
  });

  it("joins nobody by what people type where they have no number", async () => {
    const typed = [
      "No response",
      "no-response",
      "N/A",
      "null",
      "undefined",
      "0",
      "000000",
      "-1",
      "匿名",
      "散客",
      "[object Object]",
      "  guest ",
      "ＮＵＬＬ",
    ];
    const verdicts = await verdictsOf(
      ...typed.map((userId, i) => track({ userId, messageId: `typed-${i}` })),
    );
    expect([...new Set(verdicts)]).to.deep.equal(["blocked-identifier"]);
    const beside = await sendBatch(
      server,
      shop.writeKey,
      ["ada@example.org", "bo@example.org"].map((email) => ({
        type: "identify",
        userId: "No response",
        traits: { email, phone: "0000000000" },
      })),
    );
    expect(beside.map((r) => r.status)).to.deep.equal(["accepted", "accepted"]);
    const [ada, bo] = [
      await profileOf(server, { kind: "email", value: "ada@example.org" }),
      await profileOf(server, { kind: "email", value: "bo@example.org" }),
    ];
    expect(ada.memberId).not.to.equal(bo.memberId);
    expect(ada.identifiers.map((i) => i.kind)).to.deep.equal(["email"]);
  });

  it("limits depth, keys and size of one item, each with its reason", async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    const keys = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i]));
    const verdicts = await verdictsOf(
      `{"type":"page","userId":"LIM-1","properties":${nested(100)}}`,
      `{"type":"page","userId":"LIM-1","properties":${nested(12)}}`,
      track({ properties: keys(3_000) }),
      track({ properties: keys(500) }),
      track({ properties: { text: "x".repeat(70_000) } }),
      track({ properties: { text: "字".repeat(20_000) } }),
      track({ properties: { list: Array(20_000).fill(0) } }),
      track({ messageId: "m".repeat(300) }),
      track({ event: "e".repeat(300) }),
      track({ userId: "u".repeat(2_000) }),
    );
    expect(verdicts).to.deep.equal([
      "too-deep",
      "accepted",
      "too-many-keys",
      "accepted",
      "too-large",
      "accepted",
      "too-large",
      "invalid-field",
      "invalid-field",
      "invalid-identifier",
    ]);
  });

  it("reads identifiers made to slow a parser down in a moment", async () => {
    const nasty = [
      `a@${"a.".repeat(20_000)}`,
      `${"a".repeat(30_000)}@`,
      `${"@".repeat(30_000)}.com`,
      `+${"1 ".repeat(20_000)}`,
      `+${"(".repeat(30_000)}`,
      `${" ".repeat(30_000)}x`,
      "\u0301".repeat(20_000),
      "\u202e\u200b".repeat(15_000),
    ];
    const began = process.cpuUsage();
    const verdicts = await verdictsOf(
      ...nasty.flatMap((value) => [
        track({ userId: value }),
        JSON.stringify({ type: "identify", traits: { email: value } }),
        JSON.stringify({ type: "identify", traits: { phone: value } }),
      ]),
    );
    for (const verdict of verdicts) expect([...Object.keys(REASONS), "accepted"]).to.include(verdict);
    const { user } = process.cpuUsage(began);
    expect(user / 1_000, "milliseconds of work").to.be.below(3_000);
  });

  it("treats one person's spellings as one person, invisible characters and full width included", async () => {
    await sendBatch(server, shop.writeKey, [
      { type: "identify", userId: "ZW\u200b-1", traits: { firstName: "Zero" } },
      { type: "identify", userId: "ＺＷ-1", traits: { lastName: "Width" } },
      { type: "identify", userId: " ZW-1 ", traits: { city: "Hualien" } },
    ]);
    const profile = await profileOf(server, { kind: "user_id", value: "ZW-1" });
    expect([profile.attributes.firstName?.value, profile.attributes.lastName?.value]).to.deep.equal([
      "Zero",
      "Width",
    ]);
  });

  it("takes duplicate keys, odd spacing and escapes as JSON has them", async () => {
    const verdicts = await verdictsOf(
      '{"type":"wave","type":"page","userId":"JSON-1"}',
      '{\n\t"type" :\r\n "\\u0070age" , "userId":"JSON-1"}',
      '{"type":"page","userId":"JSON-1","properties":{"":1," ":2,"a.b":3,"$c":4}}',
    );
    expect(verdicts).to.deep.equal(["accepted", "accepted", "accepted"]);
  });

  it("gives whatever JSON anybody sends one verdict an item, known reasons only, and stores the neighbours", async () => {
    const near = fc.record(
      {
        type: fc.oneof(
          fc.constantFrom("track", "identify", "page", "alias", "group", "screen"),
          fc.jsonValue(),
        ),
        event: fc.oneof(fc.constantFrom("Order Completed", "Survey Answered", "Sale"), fc.jsonValue()),
        userId: fc.jsonValue(),
        anonymousId: fc.jsonValue(),
        messageId: fc.jsonValue(),
        timestamp: fc.oneof(fc.constant(NOW), fc.jsonValue()),
        traits: fc.oneof(
          fc.dictionary(fc.constantFrom("email", "phone", "firstName", "$unset", "x"), fc.jsonValue()),
          fc.jsonValue(),
        ),
        properties: fc.oneof(
          fc.dictionary(
            fc.constantFrom(
              "order_id",
              "total",
              "currency",
              "products",
              "store_id",
              "score",
              "kind",
              "quantity",
            ),
            fc.jsonValue(),
          ),
          fc.jsonValue(),
        ),
        context: fc.oneof(
          fc.dictionary(
            fc.constantFrom("traits", "externalIds", "device", "consent", "library"),
            fc.jsonValue(),
          ),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    const known = new Set<string>([...Object.keys(REASONS), "accepted"]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(near, fc.jsonValue()), { minLength: 1, maxLength: 12 }),
        async (items) => {
          const verdicts = await verdictsOf(...items.map((item) => JSON.stringify(item)));
          for (const verdict of verdicts) expect(known.has(verdict), verdict).to.equal(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
