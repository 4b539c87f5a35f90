import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ADVICE, generateVerdicts } from "../../../scripts/generate-verdicts.ts";
import { PROBLEMS } from "../../../src/kernel/problems.ts";
import { REASONS } from "../../../src/kernel/verdicts.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { quarantineOf, sendFile } from "../files/sending.ts";
import { sendBatch } from "../sources/reading.ts";

const read = () => readFileSync(new URL("../../../docs/verdicts.md", import.meta.url), "utf8");
/** Codes in the first column of the document's tables. */
const listed = () => [...read().matchAll(/^\| `([a-z-]+)` /gm)].map((m) => m[1] as string);

describe("docs/verdicts.md", () => {
  it("is what the tables of reasons and problems make it", async () => {
    expect(read()).to.equal(await generateVerdicts());
  });

  it("lists every reason and every problem, and says of every reason what to do", () => {
    expect(listed()).to.include.members([...Object.keys(REASONS), ...Object.keys(PROBLEMS)]);
    expect(Object.keys(ADVICE).sort()).to.deep.equal(Object.keys(REASONS).sort());
  });
});

describe("whatever is not accepted", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("listed-reasons");
  });
  after(() => server.close());

  it("has a code that docs/verdicts.md lists, in the answer, the quarantine and the receipt", async () => {
    const codes = new Set(listed());
    const shop = await server.source({ name: "Shop", kind: "web" });
    const list = await server.source({ name: "List", kind: "members" });
    const survey = await server.source({ name: "Survey", kind: "survey" });
    const items = [
      null,
      {},
      { type: "track", userId: "u" },
      { type: "wave", userId: "u" },
      { type: "page" },
      { type: "page", userId: "unknown" },
      { type: "page", userId: "u", timestamp: "?" },
      { type: "page", userId: "u", timestamp: "2190-01-01T00:00:00Z" },
      { type: "page", userId: "u", properties: 1 },
      { type: "page", userId: "a\u0000" },
      { type: "alias", userId: "u" },
      {
        type: "identify",
        userId: "u",
        context: {
          externalIds: [
            { type: "member", id: "1" },
            { type: "member", id: "2" },
          ],
        },
      },
      { type: "identify", traits: { email: "nobody at home" } },
      { type: "track", userId: "u", event: "Order Completed", properties: { order_id: "1", total: 1 } },
      {
        type: "track",
        userId: "u",
        event: "Order Completed",
        properties: { order_id: "1", total: "?", currency: "EUR" },
      },
      { type: "page", userId: "u", messageId: "twice", properties: { a: 1 } },
      { type: "page", userId: "u", messageId: "twice", properties: { a: 2 } },
      { type: "page", userId: "u", messageId: "twice", properties: { a: 1 } },
    ];
    const results = await sendBatch(
      server,
      shop.writeKey,
      items.map((item, i) =>
        item === null || "messageId" in item ? item : { messageId: `item-${i}`, ...item },
      ),
    );
    const answered = results.flatMap((r) => r.code ?? []);
    expect(answered.length).to.be.greaterThan(items.length - 3);
    const [score] = await sendBatch(server, survey.writeKey, [
      { kind: "NPS", score: 11, answeredAt: "2026-10-05T00:00:00Z", memberId: "m" },
    ]);
    const file = await sendFile(server, list, 'member_card,name\nA\nB,"x\nC,d\0\n');
    answered.push(score?.code ?? "none", ...file.body.reasons.map((r) => r.code));
    const kept = (await Promise.all([shop, list, survey].map((s) => quarantineOf(server, s.id)))).flat();
    expect(kept.length).to.be.greaterThan(15);
    for (const code of [...answered, ...kept.map((k) => k.code)]) expect([...codes]).to.include(code);
    for (const { messageId, code } of results) {
      if (messageId === null || messageId === "twice" || code === undefined) continue;
      const receipt = await server.call<{ code: string }>(
        "GET",
        `/v1/sources/${shop.id}/events/${messageId}`,
      );
      expect(receipt.body.code, messageId).to.equal(code);
    }
    const distinct = new Set([...answered, ...kept.map((k) => k.code)]);
    expect(distinct.size, [...distinct].join(" ")).to.be.greaterThan(14);
  });
});
