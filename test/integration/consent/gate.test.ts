import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, decisions, say } from "./people.ts";

interface Results {
  results: { status: string; code?: string }[];
}

describe("the collection gate and the signals of ingestion", () => {
  const clock = fixedClock("2026-11-10T08:00:00Z");
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-gate", { clock });
  });
  after(() => server.close());

  const shopFor = (purposes: string[], region: string | null = "TW") =>
    server.source({ name: "Shop", kind: "web", purposes, ...(region === null ? {} : { region }) });
  const send = async (
    shop: { writeKey: string },
    items: Record<string, unknown>[],
    headers: Record<string, string> = {},
  ) => {
    const sent = await server.call<Results>("POST", "/v1/batch", {
      key: shop.writeKey,
      body: { batch: items },
      headers,
    });
    return sent.body.results.map((r) => r.code ?? r.status);
  };
  const aView = (more: Record<string, unknown>) => ({
    type: "page",
    messageId: `m-${Math.random()}`,
    timestamp: "2026-11-10T07:00:00Z",
    ...more,
  });
  const counted = async (sourceId: string) => {
    const [row] = await server.database.db.query<{ n: number }>(
      sql`select coalesce(sum(count), 0)::int as n from anonymous_count where source_id = ${sourceId}::uuid`,
    );
    return row?.n;
  };
  const rule = async (memberId: string, purpose: string, channel?: string) => {
    const [answer] = await decisions(server, [
      { memberId, purpose, ...(channel === undefined ? {} : { channel }) },
    ]);
    return answer?.rule;
  };

  it("refuses what no purpose of the source may take, makes nobody of it, and counts where counting is allowed", async () => {
    const shop = await shopFor(["analytics"]);
    const subjects = async () =>
      (await server.database.db.query<{ n: number }>(sql`select count(*)::int as n from subject`))[0]?.n;
    const before = await subjects();
    const view = aView({ anonymousId: "stranger-1" });
    expect(await send(shop, [view, view])).to.deep.equal([
      "counted-without-identity",
      "counted-without-identity",
    ]);
    expect(await send(shop, [view]), "sent again").to.deep.equal(["counted-without-identity"]);
    expect(await subjects()).to.equal(before);
    expect(await counted(shop.id)).to.equal(1);
    const strict = await shopFor(["profiling"]);
    expect(await send(strict, [aView({ anonymousId: "stranger-2" })])).to.deep.equal([
      "purpose-not-permitted",
    ]);
    expect(await counted(strict.id)).to.equal(0);
  });

  it("lets events in from the moment of consent, and keeps them out from the moment of withdrawal", async () => {
    const { memberId, card } = await aMember(server);
    const shop = await shopFor(["analytics"]);
    expect(await send(shop, [aView({ userId: card })])).to.deep.equal(["counted-without-identity"]);
    await say(server, aGrant(memberId, "analytics"));
    const seen = aView({ userId: card });
    expect(await send(shop, [seen])).to.deep.equal(["accepted"]);
    await say(server, { memberId, state: "withdrawn", purpose: "analytics" });
    expect(await send(shop, [aView({ userId: card })])).to.deep.equal(["counted-without-identity"]);
    expect(await send(shop, [seen]), "what came in before is a duplicate still").to.deep.equal([
      "already-accepted",
    ]);
  });

  it("asks no consent for what serves the contract, and while a person is restricted stores it and lets nobody read it", async () => {
    const { memberId, card } = await aMember(server);
    const till = await shopFor(["service", "analytics"]);
    expect(await send(till, [aView({ userId: card })])).to.deep.equal(["accepted"]);
    await say(server, { memberId, state: "restricted", purpose: "*" });
    expect(await send(till, [aView({ userId: card })])).to.deep.equal(["accepted"]);
    const read = () =>
      server.call<{ events: unknown[] }>("GET", `/v1/members/${memberId}/events?purpose=service`);
    expect((await read()).body.events).to.deep.equal([]);
    // Said in the same moment, the restriction would stand.
    clock.advance(1_000);
    await say(server, {
      memberId,
      state: "restriction-lifted",
      purpose: "*",
      actor: { kind: "staff", ref: "officer" },
    });
    expect(await send(till, [aView({ userId: card })])).to.deep.equal(["accepted"]);
    expect((await read()).body.events).to.not.deep.equal([]);
  });

  it("records a banner's choices as they are said, in the transaction of the event, once", async () => {
    const shop = await shopFor(["analytics"]);
    const set = await server.call("PUT", `/v1/sources/${shop.id}/consent-categories`, {
      body: {
        categories: {
          Stats: [{ purpose: "analytics", notice: { id: "analytics", locale: "zh-TW" } }],
          Ads: [{ purpose: "partner-sharing" }],
        },
      },
    });
    expect(set.status).to.equal(204);
    const { memberId, card } = await aMember(server);
    const preference = (stats: boolean, at: string) => ({
      type: "track",
      event: "Segment Consent Preference Updated",
      messageId: `pref-${at}`,
      userId: card,
      timestamp: at,
      context: { consent: { categoryPreferences: { Stats: stats, Ads: true } } },
    });
    const yes = preference(true, "2026-11-10T07:10:00Z");
    expect(await send(shop, [yes])).to.deep.equal(["accepted"]);
    expect(await rule(memberId, "analytics")).to.equal("consent-given");
    expect(await rule(memberId, "partner-sharing"), "a yes without words proves nothing").to.equal(
      "no-consent",
    );
    expect(await send(shop, [yes])).to.deep.equal(["already-accepted"]);
    expect(await send(shop, [aView({ userId: card })])).to.deep.equal(["accepted"]);
    const no = preference(false, "2026-11-10T07:20:00Z");
    expect(await send(shop, [no])).to.deep.equal(["accepted"]);
    expect(await rule(memberId, "analytics")).to.equal("withdrawn");
    const [row] = await server.database.db.query<{ n: number }>(
      sql`select count(*)::int as n from consent_record where purpose_id = 'analytics' and method = 'event'`,
    );
    expect(row?.n).to.equal(2);
  });

  it("lets a stranger's yes open the door for the very event that carries it", async () => {
    const shop = await shopFor(["analytics"]);
    await server.call("PUT", `/v1/sources/${shop.id}/consent-categories`, {
      body: { categories: { a: [{ purpose: "analytics", notice: { id: "analytics", locale: "en" } }] } },
    });
    const context = (value: boolean) => ({ context: { consent: { categoryPreferences: { a: value } } } });
    expect(await send(shop, [aView({ anonymousId: "anon-yes", ...context(true) })])).to.deep.equal([
      "accepted",
    ]);
    expect(await send(shop, [aView({ anonymousId: "anon-no", ...context(false) })])).to.deep.equal([
      "counted-without-identity",
    ]);
  });

  it("honours the browser's opt-out signal where the law binds it, and says so", async () => {
    const shop = await shopFor(["service"], null);
    const { memberId, card } = await aMember(server, {
      region: "US",
      listWith: { country: "US", region: "US-CA" },
    });
    expect(await rule(memberId, "partner-sharing")).to.equal("not-refused");
    expect(await send(shop, [aView({ userId: card, anonymousId: "b-1" })], { "Sec-GPC": "0" })).to.deep.equal(
      ["accepted"],
    );
    expect(await rule(memberId, "partner-sharing")).to.equal("not-refused");
    await send(shop, [aView({ userId: card, anonymousId: "b-1" })], { "Sec-GPC": "1" });
    await send(shop, [aView({ userId: card, anonymousId: "b-1" })], { "Sec-GPC": "1" });
    expect(await rule(memberId, "partner-sharing")).to.equal("signal-gpc");
    const [row] = await server.database.db.query<{ n: number; devices: string }>(
      sql`select count(*)::int as n, string_agg(signal::text, '') as devices from consent_record where state = 'signalled'`,
    );
    expect(row?.n, "once a day").to.equal(1);
    expect(row?.devices).to.not.contain("b-1");
  });

  it("closes a channel, and nothing else, when the person leaves the account", async () => {
    const line = await server.source({
      name: "LINE",
      kind: "social",
      platform: "line",
      purposes: ["service"],
      region: "TW",
      secrets: { channelSecret: "s".repeat(32) },
    });
    expect(line.id).to.be.a("string");
    const { memberId } = await aMember(server);
    await say(server, aGrant(memberId, "marketing", { channel: "line" }));
    await say(server, aGrant(memberId, "marketing", { channel: "sms" }));
    await say(server, { memberId, state: "channel-closed", purpose: "*", channel: "line" });
    expect(await rule(memberId, "marketing", "line")).to.equal("channel-closed");
    expect(await rule(memberId, "marketing", "sms")).to.equal("consent-given");
    // Said in the same moment, the closing would stand.
    clock.advance(1_000);
    await say(server, { memberId, state: "channel-opened", purpose: "*", channel: "line" });
    expect(await rule(memberId, "marketing", "line")).to.equal("consent-given");
  });
});
