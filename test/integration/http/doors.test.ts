import { expect } from "chai";
import { request } from "undici";
import { createMetrics } from "../../../src/metrics.ts";
import { testRoutes } from "./routes.ts";
import { bearer, type Running, startHttp } from "./server.ts";

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).to.match(/^application\/problem\+json/);
  return (await response.json()) as Record<string, unknown> & { errors: Record<string, string>[] };
}

describe("http: doors, keys and problems", () => {
  let server: Running;
  const metrics = createMetrics({ processMetrics: false });
  before(async () => {
    server = await startHttp(testRoutes, { meter: metrics, renderMetrics: metrics.render, version: "9.8.7" });
  });
  after(() => server.http.close(0));

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(server.url + path, {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  it("answers a request with its result, an id, and headers that keep it out of caches and frames", async () => {
    const response = await fetch(`${server.url}/v1/things/abc?limit=3&deep=true`, {
      headers: bearer("cx-key"),
    });
    expect(response.status).to.equal(200);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body.params).to.deep.equal({ id: "abc" });
    expect(body.query).to.deep.equal({ limit: 3, deep: true });
    expect(response.headers.get("x-request-id")).to.match(/^[0-9a-f-]{36}$/);
    expect(response.headers.get("cache-control")).to.equal("no-store");
    expect(response.headers.get("content-security-policy")).to.contain("default-src 'none'");
    expect(response.headers.get("x-powered-by")).to.equal(null);
    expect(response.headers.get("access-control-allow-origin")).to.equal(null);
  });

  it("fills in defaults of the query", async () => {
    const response = await fetch(`${server.url}/v1/things/abc`, { headers: bearer("cx-key") });
    expect(((await response.json()) as { query: unknown }).query).to.deep.equal({ limit: 7 });
  });

  it("prefers a path without parameters to one with, whatever the order of routes", async () => {
    const response = await fetch(`${server.url}/v1/things/special`);
    expect(await response.json()).to.deep.equal({ special: true });
  });

  it("asks nobody for a key with 401 and WWW-Authenticate", async () => {
    for (const headers of [{}, bearer("unknown"), { authorization: "Digest x" }]) {
      const response = await fetch(`${server.url}/v1/things/abc`, { headers });
      expect(response.status).to.equal(401);
      expect(response.headers.get("www-authenticate")).to.contain("Bearer");
      expect((await problemOf(response)).code).to.equal("unauthenticated");
    }
  });

  it("refuses other roles, other scopes and write keys with 403", async () => {
    expect((await post("/v1/things", { name: "x" }, bearer("cx-key"))).status).to.equal(403);
    expect((await post("/v1/things", { name: "x" }, bearer("write-key"))).status).to.equal(403);
    expect((await post("/v1/batch", { batch: [] }, bearer("cx-key"))).status).to.equal(403);
    expect((await post("/v1/batch", { batch: [] }, bearer("scoped-key"))).status).to.equal(403);
    expect((await post("/v1/things", { name: "x" }, bearer("scoped-key"))).status).to.equal(201);
  });

  it("never takes an API key from the URL", async () => {
    const response = await fetch(`${server.url}/v1/things/abc?writeKey=admin-key`);
    expect(response.status).to.equal(401);
  });

  it("takes a write key as Basic, Bearer, query and body", async () => {
    const basic = { authorization: `Basic ${Buffer.from("write-key:").toString("base64")}` };
    expect((await post("/v1/batch", { batch: [] }, basic)).status).to.equal(200);
    expect((await post("/v1/batch", { batch: [] }, bearer("write-key"))).status).to.equal(200);
    expect((await post("/v1/batch?writeKey=write-key", { batch: [] })).status).to.equal(200);
    expect((await post("/v1/batch", { batch: [], writeKey: "write-key" })).status).to.equal(200);
    expect((await post("/v1/raw", { batch: [], writeKey: "write-key" })).status).to.equal(200);
    expect((await post("/v1/batch", { batch: [], writeKey: "other" })).status).to.equal(401);
    expect((await post("/v1/raw", "not json")).status).to.equal(401);
  });

  it("says where a body is wrong and never repeats what was sent", async () => {
    const response = await post(
      "/v1/things",
      {
        name: "x".repeat(21),
        kind: "secret-kind",
        labels: { "secret-key@example.com": "secret-label" },
        secretProp: 1,
      },
      bearer("admin-key"),
    );
    expect(response.status).to.equal(400);
    const text = await response.text();
    expect(text).not.to.match(/secret/i);
    const problem = JSON.parse(text);
    expect(problem.type).to.equal("urn:candor:problem:invalid-request");
    expect(problem.requestId).to.equal(response.headers.get("x-request-id"));
    const byPath = Object.fromEntries(
      problem.errors.map((e: { path: string; message: string }) => [e.path, e.message]),
    );
    expect(byPath).to.deep.equal({
      "": "has a property that is none of: name, kind, labels",
      "/name": "must NOT have more than 20 characters",
      "/kind": "must be one of: a, b",
      "/labels/*": "must be integer",
    });
  });

  it("names a missing property by its own pointer", async () => {
    const problem = await problemOf(await post("/v1/things", {}, bearer("admin-key")));
    expect(problem.errors).to.deep.equal([{ path: "/name", code: "required", message: "is required" }]);
  });

  it("coerces queries and not bodies", async () => {
    const bad = await fetch(`${server.url}/v1/things/abc?limit=secret`, { headers: bearer("cx-key") });
    expect(bad.status).to.equal(400);
    expect(await bad.text())
      .to.contain("/limit")
      .and.not.to.contain("secret");
    expect((await post("/v1/things", { name: 5 }, bearer("admin-key"))).status).to.equal(400);
  });

  it("answers 400 for a path parameter of another form", async () => {
    const response = await fetch(`${server.url}/v1/things/${"secret".repeat(3)}`, {
      headers: bearer("cx-key"),
    });
    expect(response.status).to.equal(400);
    expect(await response.text()).not.to.contain("secret");
  });

  it("answers NUL in a URL and undecodable paths without trying", async () => {
    expect((await fetch(`${server.url}/v1/things/a%00b`, { headers: bearer("cx-key") })).status).to.equal(
      404,
    );
    expect((await fetch(`${server.url}/v1/things/%E0%A4%A`, { headers: bearer("cx-key") })).status).to.equal(
      404,
    );
    expect((await fetch(`${server.url}/v1/things/a?x=%00`, { headers: bearer("cx-key") })).status).to.equal(
      400,
    );
  });

  it("answers unknown paths with 404 and known paths with 405 and Allow, as problems", async () => {
    const unknown = await fetch(`${server.url}/v1/nothing/secret`);
    expect(unknown.status).to.equal(404);
    expect(await unknown.text())
      .to.contain("not-found")
      .and.not.to.contain("secret");
    const wrong = await fetch(`${server.url}/v1/batch`, { method: "PUT" });
    expect(wrong.status).to.equal(405);
    expect(wrong.headers.get("allow")).to.equal("POST, OPTIONS");
    expect((await problemOf(wrong)).code).to.equal("method-not-allowed");
    expect((await fetch(`${server.url}/v1/things`, { method: "OPTIONS" })).status).to.equal(405);
  });

  it("never redirects: a trailing slash is the same door", async () => {
    const response = await fetch(`${server.url}/v1/batch/?writeKey=write-key`, {
      method: "POST",
      body: '{"batch":[]}',
      redirect: "manual",
    });
    expect(response.status).to.equal(200);
    const doubled = await fetch(`${server.url}//v1/batch`, { method: "POST", redirect: "manual" });
    expect(doubled.status).to.equal(404);
  });

  it("answers a preflight for ingestion with all the headers SDKs send, and CORS on errors too", async () => {
    const preflight = await fetch(`${server.url}/v1/batch`, {
      method: "OPTIONS",
      headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get("access-control-allow-origin")).to.equal("*");
    expect(preflight.headers.get("access-control-allow-methods")).to.contain("POST");
    for (const name of ["authorization", "content-type", "content-encoding", "anonymousid"])
      expect(preflight.headers.get("access-control-allow-headers")).to.contain(name);
    const refused = await post("/v1/batch", { batch: [] });
    expect(refused.status).to.equal(401);
    expect(refused.headers.get("access-control-allow-origin")).to.equal("*");
  });

  it("answers an unforeseen error with 500, tells nothing of it and logs where it was without its message", async () => {
    const response = await post("/v1/broken", { kind: "x" });
    expect(response.status).to.equal(500);
    const problem = await problemOf(response);
    expect(problem.code).to.equal("internal-error");
    expect(problem).not.to.have.property("detail");
    const line = server.lines.find(
      (l) => l.event === "request_failed" && l.fields.requestId === problem.requestId,
    );
    expect(line?.fields.error).to.equal("TypeError");
    expect(line?.fields.where).to.contain("routes.ts");
    expect(JSON.stringify(server.lines)).not.to.contain("secret-value");
  });

  it("answers a store that is away with 503 and a full queue with 429, both with Retry-After", async () => {
    const away = await post("/v1/broken", { kind: "away" });
    expect(away.status).to.equal(503);
    expect(away.headers.get("retry-after")).to.equal("5");
    expect((await problemOf(away)).code).to.equal("store-unavailable");
    const full = await post("/v1/broken", { kind: "full" });
    expect(full.status).to.equal(429);
    expect(full.headers.get("retry-after")).to.equal("3");
  });

  it("logs every request by pattern and never by its URL, and measures it", async () => {
    await fetch(`${server.url}/v1/things/zzz9?limit=123456`, { headers: bearer("cx-key") });
    const line = server.lines.filter((l) => l.event === "http_request").at(-1);
    expect(line?.fields).to.include({ method: "GET", route: "/v1/things/:id", status: 200 });
    expect(JSON.stringify(server.lines)).not.to.match(/zzz9|123456/);
    const page = await (await fetch(`${server.url}/metrics`)).text();
    expect(page).to.match(
      /http_request_seconds_count\{method="GET",route="\/v1\/things\/:id",status="200"\} \d+/,
    );
  });

  it("answers HEAD like GET without a body", async () => {
    const { statusCode, body } = await request(`${server.url}/healthz`, { method: "HEAD" });
    expect(statusCode).to.equal(200);
    expect(await body.text()).to.equal("");
  });

  it("shows itself as OpenAPI 3.1", async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      openapi: string;
      info: { version: string };
      paths: Record<string, unknown>;
    };
    expect(document.openapi).to.equal("3.1.0");
    expect(document.info.version).to.equal("9.8.7");
    expect(document.paths).to.include.keys("/v1/things/{id}", "/healthz", "/v1/batch");
  });
});

describe("http: readiness", () => {
  it("is ready while all parts answer, and names those that do not", async () => {
    let parts: Record<string, boolean> = { store: true, keystore: true };
    const server = await startHttp([], { readiness: async () => parts });
    expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
    parts = { store: true, keystore: false };
    const half = await fetch(`${server.url}/readyz`);
    expect(half.status).to.equal(503);
    const problem = await problemOf(half);
    expect(problem.code).to.equal("keystore-unavailable");
    expect(problem.errors).to.deep.equal([
      { path: "/keystore", code: "unavailable", message: "does not answer" },
    ]);
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200);
    await server.http.close(0);
  });

  it("is not ready when asking itself fails", async () => {
    const server = await startHttp([], { readiness: () => Promise.reject(new Error("away")) });
    const response = await fetch(`${server.url}/readyz`);
    expect(response.status).to.equal(503);
    expect((await problemOf(response)).code).to.equal("store-unavailable");
    await server.http.close(0);
  });
});
