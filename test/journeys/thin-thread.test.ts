import { expect } from "chai";
import { startTestServer, type TestServer } from "../setup/server.ts";

interface Profile {
  memberId: string;
  attributes: Record<string, { value: unknown; candidates: unknown[] }>;
  identifiers: { kind: string; value: string }[];
  facts: { orders: number; returns: number; spend: { amount: number; currency: string }[] };
  subjects: { id: string; anchorKind: string }[];
}

describe("from four kinds of sources to one profile", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("thin-thread");
  });
  after(() => server.close());

  it("joins a till line, a web visit, a member list and an answer into one encrypted profile", async () => {
    const till = await server.source({
      name: "Till",
      kind: "pos",
      region: "TW",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    });
    const shop = await server.source({
      name: "Shop",
      kind: "web",
      currency: "TWD",
      identifiers: { email: { verified: true } },
    });
    const list = await server.source({ name: "Members", kind: "members", region: "TW" });
    const survey = await server.source({ name: "Survey", kind: "survey" });

    const csv = [
      "store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card",
      "S1,T1,R100,1,2026-10-01 12:30,SKU-1,2,300,M-1001",
      "S1,T1,R100,2,2026-10-01 12:30,SKU-2,1,150,M-1001",
      "S1,T1,R101,1,2026-10-02 09:00,SKU-1,1,not-a-number,M-1001",
    ].join("\n");
    const file = await server.call<{ counts: Record<string, number>; reasons: { code: string }[] }>(
      "POST",
      `/v1/sources/${till.id}/files`,
      { raw: csv, key: till.writeKey },
    );
    expect(file.status, JSON.stringify(file.body)).to.equal(200);
    expect(file.body.counts).to.deep.equal({ accepted: 2, duplicate: 0, quarantined: 1, refused: 0 });
    expect(file.body.reasons[0]?.code).to.equal("invalid-amount");

    const batch = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: shop.writeKey,
      body: {
        batch: [
          { type: "page", messageId: "m0", anonymousId: "anon-1", timestamp: "2026-10-03T10:00:00Z" },
          {
            type: "identify",
            messageId: "m1",
            anonymousId: "anon-1",
            userId: "M-1001",
            traits: { email: "mei.lin@example.com", firstName: "Mei" },
            timestamp: "2026-10-03T10:01:00Z",
          },
          { type: "track", messageId: "m2", timestamp: "2026-10-03T10:01:00Z" },
        ],
      },
    });
    expect(batch.status).to.equal(200);
    expect(batch.body.results.map((r) => r.status)).to.deep.equal(["accepted", "accepted", "quarantined"]);

    const joined = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: list.writeKey,
      body: {
        batch: [
          { memberId: "M-1001", phone: "0912 345 678", lastName: "Lin", updatedAt: "2026-10-01T00:00:00Z" },
        ],
      },
    });
    expect(joined.body.results[0]?.status, JSON.stringify(joined.body)).to.equal("accepted");

    const answered = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: survey.writeKey,
      body: {
        batch: [
          {
            surveyId: "nps-1",
            questionId: "q1",
            kind: "NPS",
            score: 9,
            memberId: "M-1001",
            answeredAt: "2026-10-05T00:00:00Z",
          },
        ],
      },
    });
    expect(answered.body.results[0]?.status, JSON.stringify(answered.body)).to.equal("accepted");

    const found = await server.call<Profile>("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "email", value: "Mei.Lin@Example.com" },
    });
    expect(found.status, JSON.stringify(found.body)).to.equal(200);
    expect(found.body.attributes.firstName?.value).to.equal("Mei");
    expect(found.body.attributes.lastName?.value).to.equal("Lin");
    expect(found.body.facts.orders).to.equal(1);
    expect(found.body.facts.spend).to.deep.equal([{ amount: 45_000, currency: "TWD" }]);
    expect(found.body.subjects.map((s) => s.anchorKind).sort()).to.deep.equal(["anonymous_id", "member_id"]);
    expect(found.body.identifiers.map((i) => i.value)).to.include("+886912345678");

    const again = await server.call<{ counts: Record<string, number> }>(
      "POST",
      `/v1/sources/${till.id}/files`,
      {
        raw: csv,
        key: till.writeKey,
      },
    );
    expect(again.body.counts).to.deep.equal({ accepted: 0, duplicate: 2, quarantined: 1, refused: 0 });
    const byId = await server.call<Profile>("GET", `/v1/members/${found.body.memberId}?purpose=service`);
    expect({ ...byId.body }).to.deep.equal({ ...found.body });
  });
});
