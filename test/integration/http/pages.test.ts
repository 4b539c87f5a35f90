import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, say } from "../consent/people.ts";

type Page = Readonly<Record<string, unknown>> & { readonly next?: string | null };

describe("lists that grow with members, reads and time", () => {
  let server: TestServer;
  let memberId: string;
  let officer: { cookie: string; "x-candor-csrf": string };

  before(async () => {
    // At one moment, so that only ids tell the places apart.
    server = await startTestServer("pages", { clock: fixedClock("2026-11-02T08:00:00Z") });
    ({ memberId } = await aMember(server, { email: "pages@candor.example" }));
    officer = await anOfficer();
  });
  after(() => server.close());

  const made = async (method: string, path: string, options: Parameters<TestServer["call"]>[2]) => {
    const answer = await server.call<{ id: string; secret: string; link: string; csrf: string }>(
      method,
      path,
      options,
    );
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer;
  };

  async function anOfficer() {
    const { body } = await made("POST", "/v1/staff", {
      body: { email: "pages-officer@candor.example", name: "An officer", role: "compliance" },
    });
    const done = await made("POST", "/v1/invitations/use", {
      key: null,
      body: { token: body.link.split("#")[1], password: "a long enough pass phrase" },
    });
    const cookie = (done.headers.get("set-cookie") ?? "").split(";")[0] as string;
    return { cookie, "x-candor-csrf": done.body.csrf };
  }

  /** What each list holds, by the way it came about. */
  const LISTS: readonly {
    readonly path: () => string;
    readonly field: string;
    readonly fill: () => Promise<unknown>;
  }[] = [
    {
      path: () => `/v1/members/${memberId}/disclosures`,
      field: "disclosures",
      fill: async () => {
        for (const name of ["one", "two", "three"]) {
          const key = await made("POST", "/v1/keys", { body: { name, role: "cx", purposes: ["service"] } });
          await made("GET", `/v1/members/${memberId}?purpose=service`, { key: key.body.secret });
        }
      },
    },
    {
      path: () => `/v1/members/${memberId}/consents`,
      field: "history",
      fill: async () => {
        await say(server, aGrant(memberId, "profiling"));
        await say(server, aGrant(memberId, "marketing", { channel: "sms" }));
        await say(server, { memberId, state: "withdrawn", purpose: "profiling" });
      },
    },
    {
      path: () => "/v1/holds?open=false",
      field: "holds",
      fill: async () => {
        for (const reference of ["C-1", "C-2", "C-3"])
          await made("POST", "/v1/holds", { body: { memberId, ground: "A dispute", reference } });
      },
    },
    {
      path: () => "/v1/breaches",
      field: "items",
      fill: async () => {
        for (const title of ["A list", "A laptop", "A letter"])
          await made("POST", "/v1/breaches", {
            body: {
              title,
              description: "It was lost.",
              aspects: ["confidentiality"],
              from: "2026-03-01T00:00:00Z",
              to: "2026-03-02T00:00:00Z",
            },
          });
      },
    },
    {
      path: () => "/v1/approvals",
      field: "items",
      fill: async () => {
        // Each of these waits for somebody else to approve it.
        for (const days of [30, 40, 50]) {
          const { body } = await server.call<{ purposes: { id: string; consentLasts?: string }[] }>(
            "GET",
            "/v1/purposes",
          );
          const purposes = body.purposes.map((p) =>
            p.id === "marketing" ? { ...p, consentLasts: `P${days}D` } : p,
          );
          const asked = await server.call("POST", "/v1/purposes", {
            key: null,
            headers: officer,
            body: { ...body, purposes },
          });
          expect(asked.body.code, JSON.stringify(asked.body)).to.equal("approval-required");
        }
      },
    },
  ];

  it("give everything they hold page by page, each row once and in one order", async () => {
    for (const { path, field, fill } of LISTS) {
      await fill();
      const read = async (more: Record<string, string>) => {
        const [base, query] = path().split("?");
        const asked = new URLSearchParams(query);
        for (const [name, value] of Object.entries(more)) asked.set(name, value);
        const answer = await server.call<Page>("GET", `${base}?${asked}`);
        expect(answer.status, `${base}: ${JSON.stringify(answer.body)}`).to.equal(200);
        return answer.body;
      };
      const whole = await read({});
      const rows = whole[field] as readonly unknown[];
      expect(rows.length, path()).to.be.at.least(3);
      expect(whole.next, path()).to.equal(null);
      const paged: unknown[] = [];
      for (let next: string | null | undefined; next !== null; ) {
        const page = await read({ limit: "1", ...(next === undefined ? {} : { cursor: next }) });
        expect(page[field], path()).to.have.length(1);
        paged.push(...(page[field] as readonly unknown[]));
        next = page.next ?? null;
      }
      expect(paged, path()).to.deep.equal(rows);
    }
  });

  it("are not needed to see how each source does", async () => {
    const health = await server.call<{ days: number; items: object[] }>("GET", "/v1/source-health");
    expect(health.body.days).to.equal(7);
    expect(health.body.items).to.have.length(1);
    expect(health.body.items[0]).to.include({
      lastDay: "2026-11-02",
      accepted: 1,
      duplicate: 0,
      quarantined: 0,
      refused: 0,
    });
  });

  it("refuse what is no mark of theirs", async () => {
    for (const { path } of LISTS) {
      const answer = await server.call(
        "GET",
        `${path()}${path().includes("?") ? "&" : "?"}cursor=${encodeURIComponent("no mark")}`,
      );
      expect([answer.status, answer.body.code], path()).to.deep.equal([400, "invalid-request"]);
    }
  });

  it("narrow to what still stands or waits", async () => {
    const list = async (path: string, field: string) =>
      (await server.call<Page>("GET", path)).body[field] as readonly Record<string, unknown>[];
    const [first] = await list("/v1/holds", "holds");
    expect(first).to.include({ memberId });
    await made("POST", `/v1/holds/${first?.holdId}/lift`, {});
    expect(await list("/v1/holds", "holds")).to.have.length(2);
    expect(await list("/v1/holds?open=false", "holds")).to.have.length(3);
    expect(await list("/v1/breaches?state=closed", "items")).to.have.length(0);
    expect(await list("/v1/approvals?waiting=true", "items")).to.have.length(3);
  });
});
