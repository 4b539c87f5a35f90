import { expect } from "chai";
import { auditRoutes, sequenceAudit } from "../../../src/audit/index.ts";
import { sql } from "../../../src/db/index.ts";
import { DAY, fixedClock, SECOND } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { createKeyAuthenticator, type KeyAuthenticator, staffRoutes } from "../../../src/staff/index.ts";
import { engines, type OpenEngine } from "../audit/engines.ts";
import { bearer, type Running, startHttp } from "../http/server.ts";

const ADMIN_KEY = "first-set-up-admin-key";

interface Shown {
  readonly id: string;
  readonly secret: string;
  readonly role: string;
  readonly purposes: string[];
  readonly endedAt: string | null;
  readonly lastUsed: string | null;
}

for (const engine of engines) {
  describe(`staff: API keys on ${engine.name}`, () => {
    let opened: OpenEngine;
    let server: Running;
    let keys: KeyAuthenticator;
    const clock = fixedClock("2026-11-21T10:00:00Z");
    before(async () => {
      opened = await engine.open();
      keys = createKeyAuthenticator({ db: opened.db, clock, adminKey: ADMIN_KEY });
      server = await startHttp(
        [...staffRoutes({ db: opened.db, clock, ids: uuidIds, keys }), ...auditRoutes({ db: opened.db })],
        {
          authenticate: async ({ secret }) =>
            (secret === undefined ? undefined : await keys.authenticateKey(secret)) ?? { kind: "anonymous" },
          db: opened.db,
          clock,
        },
      );
    });
    after(async () => {
      await server.http.close(0);
      await opened.close();
    });

    const call = (method: string, path: string, key: string, body?: object) =>
      fetch(server.url + path, {
        method,
        headers: bearer(key),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const create = async (body: object): Promise<Shown> => {
      const response = await call("POST", "/v1/keys", ADMIN_KEY, body);
      expect(response.status).to.equal(201);
      return (await response.json()) as Shown;
    };

    it("makes a key whose secret is shown once and stored nowhere", async () => {
      const made = await create({ name: "Auditor", role: "auditor" });
      expect(made.secret).to.match(/^ck_[A-Za-z0-9_-]{43}$/);
      expect(made.purposes).to.deep.equal(["service"]);
      const list = await (await call("GET", "/v1/keys", ADMIN_KEY)).text();
      expect(list).to.contain(made.id).and.not.to.contain(made.secret);
      const dump = await opened.db.query(sql`select t::text from api_key t`);
      expect(JSON.stringify(dump)).not.to.contain(made.secret.slice(3));
    });

    it("opens the doors of its role and no others", async () => {
      const made = await create({ name: "Auditor", role: "auditor" });
      expect((await call("GET", "/v1/audit", made.secret)).status).to.equal(200);
      expect((await call("GET", "/v1/keys", made.secret)).status).to.equal(403);
      expect((await call("POST", "/v1/keys", made.secret, { name: "x", role: "admin" })).status).to.equal(
        403,
      );
    });

    it("is limited to its scopes", async () => {
      const made = await create({ name: "Lister", role: "admin", scopes: ["listKeys"] });
      expect((await call("GET", "/v1/keys", made.secret)).status).to.equal(200);
      expect((await call("POST", "/v1/keys", made.secret, { name: "x", role: "admin" })).status).to.equal(
        403,
      );
    });

    it("keeps purposes, and gives the built-in administrator all", async () => {
      const made = await create({ name: "Reader", role: "cx", purposes: ["service", "profiling"] });
      const principal = await keys.authenticateKey(made.secret);
      expect(principal).to.deep.include({ role: "cx", purposes: ["service", "profiling"], id: made.id });
      expect(await keys.authenticateKey(ADMIN_KEY)).to.deep.include({ role: "admin", purposes: ["*"] });
    });

    it("stops at once when ended here, stays ended, and says so", async () => {
      const made = await create({ name: "Short", role: "auditor" });
      expect((await call("GET", "/v1/audit", made.secret)).status).to.equal(200);
      expect((await call("DELETE", `/v1/keys/${made.id}`, ADMIN_KEY)).status).to.equal(204);
      expect((await call("GET", "/v1/audit", made.secret)).status).to.equal(401);
      expect((await call("DELETE", `/v1/keys/${made.id}`, ADMIN_KEY)).status).to.equal(204);
      const unknown = "00000000-0000-7000-8000-000000000000";
      expect((await call("DELETE", `/v1/keys/${unknown}`, ADMIN_KEY)).status).to.equal(404);
    });

    it("stops within 5 seconds when ended by another process", async () => {
      const made = await create({ name: "Remote", role: "auditor" });
      expect(await keys.authenticateKey(made.secret)).not.to.equal(undefined);
      const other = createKeyAuthenticator({ db: opened.another(), clock });
      expect(await other.authenticateKey(made.secret)).not.to.equal(undefined);
      await call("DELETE", `/v1/keys/${made.id}`, ADMIN_KEY);
      clock.advance(5 * SECOND);
      expect(await other.authenticateKey(made.secret)).to.equal(undefined);
    });

    it("expires when it says, and is not made expired", async () => {
      const expiresAt = new Date(clock.now().getTime() + 3_600_000).toISOString();
      const made = await create({ name: "Hour", role: "auditor", expiresAt });
      expect(await keys.authenticateKey(made.secret)).not.to.equal(undefined);
      clock.advance(3_600_000);
      expect(await keys.authenticateKey(made.secret)).to.equal(undefined);
      const late = await call("POST", "/v1/keys", ADMIN_KEY, { name: "Late", role: "auditor", expiresAt });
      expect(late.status).to.equal(400);
    });

    it("notes the day of its last use", async () => {
      const made = await create({ name: "Used", role: "auditor" });
      const lastUsed = async () => {
        const page = (await (await call("GET", "/v1/keys?limit=500", ADMIN_KEY)).json()) as {
          items: Shown[];
        };
        return page.items.find((k) => k.id === made.id)?.lastUsed;
      };
      expect(await lastUsed()).to.equal(null);
      await keys.authenticateKey(made.secret);
      expect(await lastUsed()).to.equal(clock.now().toISOString().slice(0, 10));
      clock.advance(DAY);
      await keys.authenticateKey(made.secret);
      expect(await lastUsed()).to.equal(clock.now().toISOString().slice(0, 10));
    });

    it("knows no secrets but its own", async () => {
      for (const secret of ["", "ck_", `ck_${"A".repeat(43)}`, ADMIN_KEY.slice(1), "' or true --"])
        expect(await keys.authenticateKey(secret), secret).to.equal(undefined);
    });

    it("lists keys page by page without missing or repeating any", async () => {
      const all = (await (await call("GET", "/v1/keys?limit=500", ADMIN_KEY)).json()) as { items: Shown[] };
      const seen: string[] = [];
      let cursor = "";
      for (;;) {
        const page = (await (await call("GET", `/v1/keys?limit=2${cursor}`, ADMIN_KEY)).json()) as {
          items: Shown[];
          next: string | null;
        };
        seen.push(...page.items.map((k) => k.id));
        if (page.next === null) break;
        cursor = `&cursor=${page.next}`;
      }
      expect(seen).to.deep.equal(all.items.map((k) => k.id));
    });

    it("refuses roles, purposes and scopes of another form, naming the place", async () => {
      for (const [field, body] of [
        ["/role", { name: "x", role: "root" }],
        ["/purposes/0", { name: "x", role: "cx", purposes: ["Not A Purpose"] }],
        ["/scopes/0", { name: "x", role: "cx", scopes: [""] }],
        ["/name", { name: "", role: "cx" }],
      ] as const) {
        const response = await call("POST", "/v1/keys", ADMIN_KEY, body);
        expect(response.status, field).to.equal(400);
        expect(await response.text(), field).to.contain(`"path":"${field}"`);
      }
    });

    it("leaves an audit entry for every key made and ended, with commitments in place of ids", async () => {
      const made = await create({ name: "Traced", role: "auditor" });
      await call("DELETE", `/v1/keys/${made.id}`, ADMIN_KEY);
      await sequenceAudit(opened.db);
      const page = (await (await call("GET", "/v1/audit?limit=2", ADMIN_KEY)).json()) as {
        items: { entry: string }[];
      };
      const entries = page.items.map((i) => JSON.parse(i.entry));
      expect(entries.map((e) => e.action)).to.deep.equal(["key.ended", "key.created"]);
      expect(entries[0].actor).to.deep.equal({ kind: "api-key", id: "built-in-admin", role: "admin" });
      expect(JSON.stringify(entries)).not.to.contain(made.id).and.not.to.contain("Traced");
    });
  });
}
