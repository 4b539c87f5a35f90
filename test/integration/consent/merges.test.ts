import { expect } from "chai";
import { fixedClock, MINUTE } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, decisions, say } from "./people.ts";

describe("consent across joined members", () => {
  const clock = fixedClock("2026-11-20T08:00:00Z");
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-merges", { clock });
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

  it("answers of every past moment as it answered then, through merges and splits", async () => {
    const list = await server.source({ name: "List 3", kind: "members", region: "TW" });
    const shop = await server.source({ name: "Shop 3", kind: "web", region: "TW" });
    await send(list, [{ memberId: "C-3", firstName: "Li", updatedAt: "2026-10-01T00:00:00Z" }]);
    const visit = (n: number) => ({
      type: "page",
      messageId: `y${n}`,
      anonymousId: `anon-3-${n}`,
      timestamp: "2026-10-02T00:00:00Z",
    });
    await send(shop, [visit(1), visit(2)]);
    const ids = [
      (await find("member_id", "C-3")).memberId,
      (await find("anonymous_id", "anon-3-1")).memberId,
      (await find("anonymous_id", "anon-3-2")).memberId,
    ];
    const [card, one, two] = ids as [string, string, string];
    const asked = ids.flatMap((memberId) =>
      ["analytics", "profiling", "personalisation"].map((purpose) => ({ memberId, purpose })),
    );
    const rulesOf = async (at?: string) =>
      (await decisions(server, asked, at === undefined ? {} : { at })).map((d) => d.rule);
    const join = (...subjects: string[]) => server.call("POST", "/v1/members/join", { body: { subjects } });
    const steps: (() => Promise<{ status: number }>)[] = [
      () => say(server, aGrant(one, "analytics")),
      () => join(card, one),
      () => say(server, aGrant(two, "profiling")),
      () => say(server, { memberId: card, state: "withdrawn", purpose: "analytics" }),
      () => join(card, two),
      () => say(server, aGrant(card, "personalisation")),
      () => server.call("POST", `/v1/members/${card}/split`, { body: { subjects: [one] } }),
      () => say(server, aGrant(card, "analytics")),
      () => join(card, one),
    ];
    const seen: { at: string; rules: string[] }[] = [];
    for (const step of steps) {
      clock.advance(MINUTE);
      const done = await step();
      expect(done.status, JSON.stringify(done)).to.be.oneOf([200, 201]);
      seen.push({ at: clock.now().toISOString(), rules: await rulesOf() });
    }
    expect(new Set(seen.map((s) => s.rules.join())).size, "each step changed something").to.equal(
      steps.length,
    );
    clock.advance(MINUTE);
    for (const { at, rules } of seen) expect(await rulesOf(at), at).to.deep.equal(rules);
    const listed = await server.call<{ decisions: { purpose: string; rule: string }[] }>(
      "GET",
      `/v1/members/${one}/consents?at=${encodeURIComponent(seen[0]?.at as string)}`,
    );
    expect(listed.body.decisions.find((d) => d.purpose === "analytics")?.rule).to.equal("consent-given");
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
