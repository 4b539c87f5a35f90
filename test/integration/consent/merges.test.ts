import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, decisions, say } from "./people.ts";

describe("consent across joined members", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-merges");
  });
  after(() => server.close());

  const send = async (source: { writeKey: string }, items: Record<string, unknown>[]) => {
    const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: source.writeKey,
      body: { batch: items },
    });
    expect(sent.body.results.map((r) => r.status)).to.deep.equal(items.map(() => "accepted"));
  };
  const find = async (kind: string, value: string) => {
    const found = await server.call<{ memberId: string; subjects: { id: string; anchorKind: string }[] }>(
      "POST",
      "/v1/profiles/lookup?purpose=service",
      { body: { kind, value } },
    );
    expect(found.status, JSON.stringify(found.body)).to.equal(200);
    return found.body;
  };
  const rule = async (memberId: string, purpose: string) =>
    (await decisions(server, [{ memberId, purpose }]))[0]?.rule;

  it("does not carry a grant across a join made by a phone number alone, and carries every withdrawal", async () => {
    const list = await server.source({
      name: "List",
      kind: "members",
      region: "TW",
      identifiers: { phone: { verified: true } },
    });
    const shop = await server.source({
      name: "Shop",
      kind: "web",
      region: "TW",
      identifiers: { phone: { verified: true } },
    });
    await send(list, [{ memberId: "C-1", firstName: "Mei", updatedAt: "2026-10-01T00:00:00Z" }]);
    await send(shop, [
      {
        type: "identify",
        messageId: "w1",
        anonymousId: "anon-w",
        traits: { phone: "+886912000111" },
        timestamp: "2026-10-02T00:00:00Z",
      },
    ]);
    const web = await find("phone", "+886912000111");
    await say(server, aGrant(web.memberId, "analytics"));
    expect(await rule(web.memberId, "analytics")).to.equal("consent-given");
    await send(list, [{ memberId: "C-1", phone: "0912 000 111", updatedAt: "2026-10-03T00:00:00Z" }]);
    const joined = await find("member_id", "C-1");
    expect(joined.subjects.length, "one member now").to.be.greaterThan(1);
    expect(await rule(joined.memberId, "analytics"), "the card holder never agreed").to.equal("no-consent");

    await say(server, { memberId: joined.memberId, state: "withdrawn", purpose: "profiling" });
    for (const subject of joined.subjects) {
      const own = await server.call<{ history: { subjectId: string; state: string; purpose: string }[] }>(
        "GET",
        `/v1/members/${subject.id}/consents`,
      );
      expect(
        own.body.history.some((r) => r.subjectId === subject.id && r.state === "withdrawn"),
        subject.anchorKind,
      ).to.equal(true);
    }
    const split = await server.call("POST", `/v1/members/${joined.memberId}/split`, {
      body: { subjects: [joined.subjects.find((s) => s.anchorKind !== "member_id")?.id] },
    });
    expect(split.status, JSON.stringify(split.body)).to.equal(200);
    const [apart, card] = [
      await find("phone", "+886912000111").catch(() => null),
      await find("member_id", "C-1"),
    ];
    expect(await rule(card.memberId, "profiling")).to.equal("withdrawn");
    const webSubject = joined.subjects.find((s) => s.anchorKind !== "member_id")?.id as string;
    expect(await rule(webSubject, "profiling"), "each keeps its own refusal").to.equal("withdrawn");
    expect(await rule(webSubject, "analytics"), "and its own grant").to.equal("consent-given");
    expect(apart === null || apart.memberId !== undefined).to.equal(true);
  });

  it("shares a grant once staff confirm that two are one person", async () => {
    const list = await server.source({ name: "List 2", kind: "members", region: "TW" });
    const shop = await server.source({ name: "Shop 2", kind: "web", region: "TW" });
    await send(list, [{ memberId: "C-2", firstName: "An", updatedAt: "2026-10-01T00:00:00Z" }]);
    await send(shop, [
      { type: "page", messageId: "x1", anonymousId: "anon-2", timestamp: "2026-10-02T00:00:00Z" },
    ]);
    const [card, web] = [await find("member_id", "C-2"), await find("anonymous_id", "anon-2")];
    await say(server, aGrant(web.memberId, "analytics"));
    const joined = await server.call("POST", "/v1/members/join", {
      body: { subjects: [card.memberId, web.memberId] },
    });
    expect(joined.status, JSON.stringify(joined.body)).to.equal(200);
    expect(await rule(card.memberId, "analytics")).to.equal("consent-given");
  });
});
