import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { AppError } from "../../../src/kernel/problems.ts";
import { route } from "../../../src/kernel/route.ts";
import { engines, type OpenEngine } from "../audit/engines.ts";
import { calls, testRoutes } from "./routes.ts";
import { bearer, type Running, startHttp } from "./server.ts";

for (const engine of engines) {
  describe(`http: Idempotency-Key on ${engine.name}`, () => {
    let opened: OpenEngine;
    let server: Running;
    const clock = fixedClock("2026-11-21T10:00:00Z");
    let behaviour: () => Promise<{ status: number; body?: unknown }> = async () => ({ status: 200 });
    const flexible = route({
      method: "POST",
      path: "/v1/flexible",
      operationId: "flexible",
      summary: "Behaves as the test says.",
      tag: "things",
      auth: { kind: "public" },
      idempotent: true,
      responses: { 200: { describe: "Done." } },
      handle: () => behaviour(),
    });
    before(async () => {
      opened = await engine.open();
      server = await startHttp([...testRoutes, flexible], { db: opened.db, clock });
    });
    after(async () => {
      await server.http.close(0);
      await opened.close();
    });

    const create = (key: string, body: object, as = "admin-key") =>
      fetch(`${server.url}/v1/things`, {
        method: "POST",
        headers: { ...bearer(as), "idempotency-key": key },
        body: JSON.stringify(body),
      });
    const flex = (key: string) =>
      fetch(`${server.url}/v1/flexible`, { method: "POST", headers: { "idempotency-key": key } });

    it("does a repeated write once and gives the first answer again", async () => {
      const made = calls.made;
      const first = await create("k-1", { name: "a", kind: "a" });
      const again = await create("k-1", { kind: "a", name: "a" });
      expect(calls.made).to.equal(made + 1);
      expect([first.status, again.status]).to.deep.equal([201, 201]);
      expect(await again.text()).to.equal(await first.text());
      expect(again.headers.get("idempotency-replayed")).to.equal("true");
      expect(first.headers.get("idempotency-replayed")).to.equal(null);
    });

    it("refuses the same key with another body", async () => {
      await create("k-2", { name: "a" });
      const other = await create("k-2", { name: "b" });
      expect(other.status).to.equal(409);
      expect(((await other.json()) as { code: string }).code).to.equal("idempotency-conflict");
    });

    it("keeps the keys of different callers apart", async () => {
      await create("k-3", { name: "a" });
      const other = await create("k-3", { name: "b" }, "scoped-key");
      expect(other.status).to.equal(201);
    });

    it("does the work once when repetitions race, and asks the late ones to wait", async () => {
      const made = calls.made;
      const answers = await Promise.all(Array.from({ length: 8 }, () => create("k-4", { name: "a" })));
      expect(calls.made).to.equal(made + 1);
      for (const answer of answers) {
        expect(answer.status).to.be.oneOf([201, 409]);
        if (answer.status === 409) expect(answer.headers.get("retry-after")).to.equal("1");
      }
      expect((await create("k-4", { name: "a" })).status).to.equal(201);
    });

    it("lets a failed write be tried again under its key", async () => {
      behaviour = async () => {
        throw new AppError("conflict");
      };
      expect((await flex("k-5")).status).to.equal(409);
      behaviour = async () => ({ status: 200, body: { worked: true } });
      expect(await (await flex("k-5")).json()).to.deep.equal({ worked: true });
    });

    it("replays an answer without a body", async () => {
      behaviour = async () => ({ status: 204 });
      expect((await flex("k-6")).status).to.equal(204);
      behaviour = async () => ({ status: 200 });
      expect((await flex("k-6")).status).to.equal(204);
    });

    it("takes a key over from a process that died, after two minutes", async () => {
      behaviour = async () => ({ status: 200, body: { worked: true } });
      await flex("k-7");
      await opened.db.query(
        sql`update idempotency_key set status = null, body = null where status is not null`,
      );
      expect((await flex("k-7")).status).to.equal(409);
      clock.advance(2 * MINUTE);
      expect((await flex("k-7")).status).to.equal(200);
    });

    it("forgets after 24 hours, and removes what it forgot", async () => {
      await create("k-8", { name: "a" });
      clock.advance(25 * HOUR);
      expect((await create("k-8", { name: "b" })).status).to.equal(201);
      for (let i = 0; i < 5; i++) await create(`k-8-${i}`, { name: "a" });
      const [row] = await opened.db.query<{ n: number }>(
        sql`select count(*)::int as n from idempotency_key where expires_at <= ${clock.now()}`,
      );
      expect(row?.n).to.equal(0);
    });

    it("refuses a key of another form", async () => {
      expect((await create("é", { name: "a" })).status).to.equal(400);
      expect((await create("x".repeat(256), { name: "a" })).status).to.equal(400);
    });

    it("stores neither the key nor what was asked", async () => {
      await create("key-in-clear-text", { name: "name-in-clear" });
      const rows = await opened.db.query<{ text: string }>(
        sql`select concat(principal, route, encode(key_hash, 'escape'), encode(request_mac, 'escape')) as text from idempotency_key`,
      );
      expect(JSON.stringify(rows)).not.to.match(/key-in-clear-text|name-in-clear/);
    });
  });
}
