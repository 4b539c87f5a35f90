import { expect } from "chai";
import fc from "fast-check";
import { PROBLEMS } from "../../../src/kernel/problems.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";

interface Operation {
  readonly operationId: string;
}

describe("anything at any door", () => {
  let server: TestServer;
  let shop: { id: string; writeKey: string };
  let doors: readonly (readonly [string, string])[];
  before(async () => {
    server = await startTestServer("anything");
    shop = await server.source({ name: "Shop", kind: "web" });
    const api = await server.call<{ paths: Record<string, Record<string, Operation>> }>(
      "GET",
      "/openapi.json",
    );
    doors = Object.entries(api.body.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => [method.toUpperCase(), path] as const),
    );
  });
  after(() => server.close());

  const NASTY = [
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "%ff%fe",
    "'%3b drop table subject--",
    "$%7bjndi:ldap://x%7d",
    "00000000-0000-0000-0000-000000000000",
    "%F0%9F%92%A9",
    "a".repeat(3_000),
    "__proto__",
  ];
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((b) => new Uint8Array(b)),
    fc.jsonValue().map((v) => JSON.stringify(v)),
    fc.constantFrom(
      "",
      "{}",
      "[]",
      '{"batch":[{}]}',
      '{"ids":["x"]}',
      '{"kind":"email","value":"\\u0000"}',
      '{"subjects":[]}',
    ),
  );

  it("answers with a problem of the table or with what the door documents, and never with a fault of its own", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(...NASTY, null),
        bodies,
        fc.constantFrom(ADMIN_KEY, "write", "wrong", null),
        fc.constantFrom(
          "",
          "?purpose=service",
          "?purpose=%00",
          "?limit=-1",
          "?after=x&after=y",
          "?source[]=1",
          "?preview=perhaps",
        ),
        async (n, nasty, raw, who, query) => {
          const [method, path] = doors[n % doors.length] as readonly [string, string];
          const filled = path.replace(/\{\w+\}/g, nasty ?? shop.id);
          const answer = await server.call<{ code?: string; requestId?: string }>(
            method,
            `${filled}${query}`,
            {
              key: who === "write" ? shop.writeKey : who === "wrong" ? "wk_wrong" : who,
              ...(method === "GET" ? {} : { raw }),
            },
          );
          const said = `${method} ${path} ${query} ${who}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
          expect(answer.status, said).to.be.below(500);
          const isPage = answer.headers.get("content-type")?.startsWith("text/html") === true;
          if (isPage) {
            // Pages for members answer in words of their own, and to nobody's key.
            expect(path, said).not.to.match(/^\/v1\//);
          } else if (answer.status >= 400) {
            expect(Object.keys(PROBLEMS), said).to.include(answer.body.code);
            expect(answer.headers.get("content-type"), said).to.equal("application/problem+json");
          }
          expect(answer.status, said).not.to.be.within(300, 399);
        },
      ),
      { numRuns: 300 },
    );
    expect((await server.call("GET", "/readyz", { key: null })).status).to.equal(200);
  });
});
