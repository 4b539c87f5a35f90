import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { fixedClock, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { countsOf, eventsOf, findProfile, type ItemAnswer, profileOf } from "../sources/reading.ts";

const NOW = "2026-11-21T10:00:00.000Z";
const ORIGIN = "https://shop.example";

describe("what browsers and other HTTP clients of Segment and RudderStack send", () => {
  let server: TestServer;
  let shop: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("browser-shapes", { clock: fixedClock(NOW) });
    shop = await server.source({ name: "Site", kind: "web", currency: "EUR" });
  });
  after(() => server.close());

  const basic = () => ({ authorization: `Basic ${Buffer.from(`${shop.writeKey}:`).toString("base64")}` });
  const send = (path: string, raw: string | Uint8Array, headers: Record<string, string>) =>
    server.call<{ results: ItemAnswer[]; code?: string }>("POST", path, { raw, headers, key: null });
  const counts = async (userId: string) =>
    (await profileOf(server, { kind: "user_id", value: userId })).facts.eventCounts;

  it("takes single events at the short paths of analytics.js as text/plain from any origin", async () => {
    const events: readonly (readonly [string, string, Record<string, unknown>])[] = [
      ["/v1/p", "page", { name: "Home" }],
      ["/v1/i", "identify", { traits: { firstName: "Ann" } }],
      ["/v1/t", "track", { event: "Product Viewed", properties: { product_id: "P1" } }],
      ["/v1/s", "screen", { name: "Basket" }],
      ["/v1/g", "group", { groupId: "g1" }],
      ["/v1/a", "alias", { previousId: "ajs-anon" }],
    ];
    for (const [path, type, rest] of events) {
      const body = {
        type,
        userId: "AJS-1",
        messageId: `ajs-next-${type}`,
        timestamp: NOW,
        sentAt: NOW,
        ...rest,
      };
      const answer = await send(path, JSON.stringify({ ...body, writeKey: shop.writeKey }), {
        ...basic(),
        "content-type": "text/plain",
        origin: ORIGIN,
      });
      expect(answer.status, path).to.equal(200);
      expect(answer.body.results, path).to.deep.equal([
        { index: 0, messageId: `ajs-next-${type}`, status: "accepted" },
      ]);
      expect(answer.headers.get("access-control-allow-origin"), path).to.equal("*");
    }
    expect(await counts("AJS-1")).to.deep.equal({
      alias: 1,
      group: 1,
      identify: 1,
      page: 1,
      screen: 1,
      track: 1,
    });
  });

  it("takes single events at the long paths, with the type that the path names", async () => {
    for (const type of ["identify", "track", "page", "screen", "group", "alias"]) {
      const answer = await send(
        `/v1/${type}`,
        JSON.stringify({ userId: "PATH-1", event: "Product Viewed", groupId: "g", previousId: "path-anon" }),
        basic(),
      );
      expect(answer.body.results?.[0]?.status, type).to.equal("accepted");
    }
    expect(Object.values(await counts("PATH-1"))).to.deep.equal([1, 1, 1, 1, 1, 1]);
  });

  it("knows the write key in Basic, Bearer, the body and the query, and a wrong one nowhere", async () => {
    const item = (id: string) => ({ type: "track", event: "Product Viewed", userId: "KEY-1", messageId: id });
    const key = shop.writeKey;
    const shapes: readonly (readonly [string, string, Record<string, unknown>, Record<string, string>])[] = [
      ["basic", "/v1/batch", {}, basic()],
      ["bearer", "/v1/batch", {}, { authorization: `Bearer ${key}` }],
      ["body", "/v1/b", { writeKey: key }, { "content-type": "text/plain" }],
      ["query", `/beacon/v1/batch?writeKey=${key}`, {}, { "content-type": "text/plain;charset=UTF-8" }],
    ];
    for (const [name, path, extra, headers] of shapes) {
      const body = JSON.stringify({ batch: [item(`key-${name}`)], sentAt: NOW, ...extra });
      const answer = await send(path, body, headers);
      expect(answer.status, name).to.equal(200);
      expect(answer.body.results[0]?.status, name).to.equal("accepted");
      const wrong = await send(
        path.replace(key, "wk_wrong"),
        body.replace(key, "wk_wrong"),
        Object.fromEntries(
          Object.entries(headers).map(([n, v]) => [n, n === "authorization" ? "Bearer wk_wrong" : v]),
        ),
      );
      expect(wrong.status, `wrong ${name}`).to.equal(401);
      expect(wrong.body.code, `wrong ${name}`).to.equal("unauthenticated");
      expect(JSON.stringify(wrong.body)).not.to.contain("wk_wrong");
    }
    expect((await send("/v1/batch", JSON.stringify({ batch: [item("key-none")] }), {})).status).to.equal(401);
    expect(await counts("KEY-1")).to.deep.equal({ track: 4 });
  });

  it("lets an API key that may ingest name the source it sends as, and nothing but an active one", async () => {
    const made = await server.call<{ secret: string }>("POST", "/v1/keys", {
      body: { name: "Connector", role: "ingest" },
    });
    const ended = await server.source({ name: "Ended", kind: "web" });
    await server.call("PATCH", `/v1/sources/${ended.id}`, { body: { state: "ended" } });
    const as = async (query: string, path = "/v1/page") => {
      const { status, body } = await server.call<{ code?: string }>("POST", `${path}${query}`, {
        key: made.body.secret,
        body: { type: "page", userId: "AS-1" },
      });
      return status === 200 ? "taken" : `${status} ${body.code}`;
    };
    expect(await as(`?source=${shop.id}`)).to.equal("taken");
    expect(await as("")).to.equal("400 invalid-request");
    expect(await as("?source=not-an-id")).to.equal("400 invalid-request");
    expect(await as("?source=00000000-0000-4000-8000-000000000000")).to.equal("404 not-found");
    expect(await as(`?source=${ended.id}`)).to.equal("409 conflict");
    const pixel = await server.call("GET", "/pixel/v1/page?source=not-an-id&userId=AS-1");
    expect(pixel.status).to.equal(400);
    expect(await counts("AS-1")).to.deep.equal({ page: 1 });
  });

  it("stores a write key that stands in the body nowhere", async () => {
    const stray = { type: "track", userId: "KEY-2", messageId: "key-in-item", writeKey: shop.writeKey };
    const [refused] = (
      await send("/v1/batch", JSON.stringify({ batch: [stray], writeKey: shop.writeKey }), basic())
    ).body.results;
    expect(refused?.code).to.equal("missing-event-name");
    const receipt = await server.call<{ quarantineId: string }>(
      "GET",
      `/v1/sources/${shop.id}/events/key-in-item`,
    );
    const kept = await server.call("GET", `/v1/quarantine/${receipt.body.quarantineId}`);
    expect(kept.status).to.equal(200);
    expect(JSON.stringify(kept.body)).not.to.contain(shop.writeKey);
  });

  it("unpacks gzip that RudderStack labels as a form", async () => {
    const body = gzipSync(
      JSON.stringify({ batch: [{ type: "track", event: "Product Viewed", userId: "GZ-1" }], sentAt: NOW }),
    );
    for (const headers of [
      { "content-type": "application/x-www-form-urlencoded" },
      { "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" },
      { "content-type": "application/json", "content-encoding": "gzip" },
    ]) {
      const answer = await send("/v1/batch", body, { ...basic(), ...headers });
      expect(answer.body.results?.[0]?.status).to.equal("accepted");
    }
    expect(await counts("GZ-1")).to.deep.equal({ track: 3 });
  });

  it("tells analytics.js where to send, and nothing that is not in every page anyway", async () => {
    const ask = (key: string) =>
      server.call<{ integrations: Record<string, { apiHost: string; protocol: string; apiKey: string }> }>(
        "GET",
        `/v1/projects/${key}/settings`,
        { key: null, headers: { origin: ORIGIN } },
      );
    const { status, body, headers } = await ask(shop.writeKey);
    expect(status).to.equal(200);
    expect(headers.get("access-control-allow-origin")).to.equal("*");
    const target = body.integrations["Segment.io"];
    expect(Object.keys(body.integrations)).to.deep.equal(["Segment.io"]);
    expect(`${target?.protocol}://${target?.apiHost}`).to.equal(`${server.url}/v1`);
    expect(JSON.stringify(body)).not.to.contain("Site");
    expect((await ask("wk_unknown")).status).to.equal(404);
  });

  it("answers the preflight of every ingestion path, and of none that reads", async () => {
    const paths = ["/v1/batch", "/v1/b", "/v1/t", "/v1/identify", "/beacon/v1/batch"];
    for (const path of paths) {
      const answer = await fetch(`${server.url}${path}`, {
        method: "OPTIONS",
        headers: {
          origin: ORIGIN,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type",
        },
      });
      expect(answer.status, path).to.equal(204);
      expect(answer.headers.get("access-control-allow-origin"), path).to.equal("*");
      expect(answer.headers.get("access-control-allow-methods"), path).to.contain("POST");
      const allowed = answer.headers.get("access-control-allow-headers") ?? "";
      for (const name of ["authorization", "content-type", "anonymousid"]) {
        expect(allowed.split(", "), path).to.include(name);
      }
      expect(answer.headers.get("access-control-allow-credentials"), path).to.equal(null);
    }
    for (const path of ["/v1/profiles/lookup", "/v1/sources", "/v1/quarantine"]) {
      const answer = await fetch(`${server.url}${path}`, { method: "OPTIONS", headers: { origin: ORIGIN } });
      expect(answer.status, path).to.equal(405);
      expect(answer.headers.get("access-control-allow-origin"), path).to.equal(null);
    }
  });

  it("lets a page read why it was refused", async () => {
    const answer = await send("/v1/batch", '{"batch":[]}', { origin: ORIGIN });
    expect(answer.status).to.equal(401);
    expect(answer.headers.get("access-control-allow-origin")).to.equal("*");
  });

  it("takes a beacon with the write key in the query", async () => {
    const answer = await send(
      `/beacon/v1/batch?writeKey=${shop.writeKey}`,
      JSON.stringify({ batch: [{ type: "page", anonymousId: "beacon-1", name: "Leaving" }], sentAt: NOW }),
      { "content-type": "text/plain" },
    );
    expect(answer.body.results?.[0]?.status).to.equal("accepted");
    expect(await findProfile(server, { kind: "anonymous_id", value: "beacon-1" })).not.to.equal(null);
  });

  it("answers pixels with a picture and stores what they say", async () => {
    const query = new URLSearchParams({
      writeKey: shop.writeKey,
      userId: "PIXEL-1",
      event: "Email Opened",
      "properties.campaign": "spring",
      properties: JSON.stringify({ product_id: "P1" }),
      "context.page.title": "kept apart",
    });
    const track = await fetch(`${server.url}/pixel/v1/track?${query}`);
    expect(track.status).to.equal(200);
    expect(track.headers.get("content-type")).to.equal("image/gif");
    expect(
      Buffer.from(await track.arrayBuffer())
        .subarray(0, 6)
        .toString("latin1"),
    ).to.equal("GIF89a");
    const page = await fetch(
      `${server.url}/pixel/v1/page?${new URLSearchParams({ writeKey: shop.writeKey, userId: "PIXEL-1", name: "Mail" })}`,
    );
    expect(page.status).to.equal(200);
    const { memberId } = await profileOf(server, { kind: "user_id", value: "PIXEL-1" });
    const events = await eventsOf(server, memberId);
    expect(events.map((e) => e.type).sort()).to.deep.equal(["page", "track"]);
    const tracked = events.find((e) => e.type === "track");
    expect(tracked?.plain?.properties).to.deep.equal({ product_id: "P1" });
  });

  it("merges the batch's context into its items and lets an item's own win", async () => {
    const body = {
      context: { library: { name: "analytics.js", version: "2.1.0" }, locale: "de-DE" },
      batch: [
        { type: "page", userId: "CTX-1", messageId: "ctx-1" },
        { type: "page", userId: "CTX-1", messageId: "ctx-2", context: { locale: "fr-FR" } },
      ],
    };
    const answer = await send("/v1/batch", JSON.stringify(body), basic());
    expect(answer.body.results.map((r) => r.status)).to.deep.equal(["accepted", "accepted"]);
    const { memberId } = await profileOf(server, { kind: "user_id", value: "CTX-1" });
    const events = await eventsOf(server, memberId);
    const locales = events.map((e) => e.plain?.context?.locale).sort();
    expect(locales).to.deep.equal(["de-DE", "fr-FR"]);
    for (const e of events) {
      expect(e.plain?.context?.library).to.deep.equal({ name: "analytics.js", version: "2.1.0" });
    }
  });

  it("uses the AnonymousId header for items that name nobody", async () => {
    const answer = await send("/v1/page", JSON.stringify({ name: "Home" }), {
      ...basic(),
      anonymousid: "header-anon-1",
    });
    expect(answer.body.results[0]?.status).to.equal("accepted");
    expect(await findProfile(server, { kind: "anonymous_id", value: "header-anon-1" })).not.to.equal(null);
  });

  it("corrects clocks that are ahead or behind by sentAt, in the batch and in the item", async () => {
    const now = Date.parse(NOW);
    for (const skew of [-26 * HOUR, -5 * MINUTE, 0, 5 * MINUTE, 26 * HOUR]) {
      for (const place of ["batch", "item"] as const) {
        const user = `SKEW${skew < 0 ? "-" : ""}${Math.abs(skew)}-${place}`;
        const original = new Date(now + skew - 10 * MINUTE).toISOString();
        const sentAt = new Date(now + skew).toISOString();
        const item = { type: "page", userId: user, timestamp: original };
        const body = place === "batch" ? { batch: [item], sentAt } : { batch: [{ ...item, sentAt }] };
        const answer = await send("/v1/batch", JSON.stringify(body), basic());
        expect(answer.body.results[0]?.status, user).to.equal("accepted");
        const { memberId } = await profileOf(server, { kind: "user_id", value: user });
        const [event] = await eventsOf(server, memberId);
        expect(event?.occurredAt, user).to.equal(new Date(now - 10 * MINUTE).toISOString());
      }
    }
  });

  it("keeps one copy of a message that comes again, alone, in another batch and twice in one batch", async () => {
    const item = {
      type: "track",
      event: "Product Viewed",
      userId: "DUP-1",
      messageId: "dup-1",
      timestamp: NOW,
    };
    const first = await send("/v1/track", JSON.stringify(item), basic());
    const again = await send("/v1/batch", JSON.stringify({ batch: [item, item] }), basic());
    expect(first.body.results[0]?.status).to.equal("accepted");
    expect(again.body.results.map((r) => [r.status, r.code])).to.deep.equal([
      ["duplicate", "already-accepted"],
      ["duplicate", "already-accepted"],
    ]);
    expect(await counts("DUP-1")).to.deep.equal({ track: 1 });
  });

  it("keeps the message ids of two sources apart", async () => {
    const other = await server.source({ name: "Second site", kind: "web" });
    const before = await countsOf(server, other.id);
    const item = {
      type: "track",
      event: "Product Viewed",
      userId: "DUP-1",
      messageId: "dup-1",
      timestamp: NOW,
    };
    const answer = await server.call<{ results: ItemAnswer[] }>("POST", "/v1/track", {
      key: other.writeKey,
      body: item,
    });
    expect(answer.body.results[0]?.status).to.equal("accepted");
    expect((await countsOf(server, other.id)).accepted).to.equal(before.accepted + 1);
  });

  it("takes numbers as ids, and answers a bad item beside good ones with 200", async () => {
    const batch = [
      { type: "identify", userId: 4711, traits: { firstName: "Number" } },
      { type: "track", userId: "4711" },
      null,
      "text",
      { type: "wave", userId: "4711" },
      { type: "page" },
      { type: "track", userId: "4711", event: "Product Viewed" },
    ];
    const answer = await send("/v1/batch", JSON.stringify({ batch }), basic());
    expect(answer.status).to.equal(200);
    expect(answer.body.results.map((r) => [r.index, r.status, r.code ?? null])).to.deep.equal([
      [0, "accepted", null],
      [1, "quarantined", "missing-event-name"],
      [2, "quarantined", "not-an-object"],
      [3, "quarantined", "not-an-object"],
      [4, "quarantined", "unknown-type"],
      [5, "quarantined", "missing-identifier"],
      [6, "accepted", null],
    ]);
    expect(await counts("4711")).to.deep.equal({ identify: 1, track: 1 });
  });

  it("answers 400 for bodies that mean nothing as a whole", async () => {
    const bodies: readonly (readonly [string, string])[] = [
      ["[]", "invalid-request"],
      ["null", "invalid-request"],
      ['"text"', "invalid-request"],
      ["{}", "invalid-request"],
      ['{"batch":{}}', "invalid-request"],
      ["{", "unparsable-body"],
      ["", "unparsable-body"],
    ];
    for (const [body, code] of bodies) {
      const answer = await send("/v1/batch", body, basic());
      expect(answer.status, body).to.equal(400);
      expect(answer.body.code, body).to.equal(code);
      expect(answer.headers.get("content-type"), body).to.equal("application/problem+json");
    }
  });
});
