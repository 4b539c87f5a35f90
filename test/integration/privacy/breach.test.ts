import { expect } from "chai";
import { sequenceAudit } from "../../../src/audit/index.ts";
import { sql } from "../../../src/db/index.ts";
import { DAY, fixedClock, HOUR } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER, joinMember, letters } from "./people.ts";

interface Incident {
  readonly id: string;
  readonly state: string;
  readonly affected: readonly { regime: string | null; members: number; categories: string[] }[];
  readonly notices: readonly {
    regime: string;
    audience: string;
    dueAt: string | null;
    words: Readonly<Record<"en" | "zh-TW", string>>;
    state: string;
    isLate: boolean;
    note: string | null;
  }[];
  readonly reads: readonly { action: string; count: number }[];
}

describe("the breach register", () => {
  const clock = fixedClock("2026-11-10T09:00:00Z");
  let server: TestServer;
  let mei: string;
  let incident: Incident;
  before(async () => {
    server = await startTestServer("breach", { clock });
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
    mei = await joinMember(server, { number: "M-1", email: "mei@members.example", country: "IE" });
    await joinMember(server, { number: "M-2", email: "tom@members.example", country: "IE" });
  });
  after(() => server.close());

  it("counts from the register of disclosures whom a stolen key concerns, and what it read", async () => {
    const key = await server.call<{ id: string; secret: string }>("POST", "/v1/keys", {
      body: { name: "Call centre", role: "cx" },
    });
    const read = await server.call("GET", `/v1/members/${mei}?purpose=service`, { key: key.body.secret });
    expect(read.status).to.equal(200);
    await sequenceAudit(server.database.db);
    const register = await server.candor.consent.members.subjectsOf(server.database.db, [mei]);
    expect(register.size).to.equal(1);
    const made = await server.call<Incident>("POST", "/v1/breaches", {
      body: {
        title: "Key of the call centre in a public repository",
        description: "It was found by a search engine.",
        aspects: ["confidentiality"],
        from: "2026-11-10T08:00:00Z",
        to: "2026-11-10T09:00:00Z",
        readers: [
          { kind: "cx", id: key.body.id },
          { kind: "api-key", id: key.body.id },
        ],
      },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    incident = made.body;
    expect(incident.affected.map((a) => [a.regime, a.members])).to.deep.equal([["EU", 1]]);
    expect(incident.affected[0]?.categories).to.include("identity");
    expect(incident.reads).to.deep.include({ actorId: key.body.id, action: "profile.read", count: 1 });
    const members = await server.call<{ items: { memberId: string }[] }>(
      "GET",
      `/v1/breaches/${incident.id}/members`,
    );
    expect(members.body.items.map((m) => m.memberId)).to.deep.equal([mei]);
  });

  it("runs the 72 hours, warns before and escalates after, each once", async () => {
    const authority = incident.notices.find((n) => n.audience === "authority");
    expect(authority).to.include({ regime: "EU", dueAt: "2026-11-13T09:00:00.000Z", state: "due" });
    expect(authority?.words.en).to.contain("GDPR Art. 33(1), 72 hours from 2026-11-10 09:00 UTC");
    expect(authority?.words["zh-TW"]).to.contain("第33條第1款").and.contain("72小時");
    expect(await server.candor.privacy.breaches.alarm()).to.equal(0);
    clock.advance(2 * DAY);
    expect(await server.candor.privacy.breaches.alarm()).to.equal(1);
    expect(await server.candor.privacy.breaches.alarm()).to.equal(0);
    expect(await letters(server, "breach-warning")).to.have.length(1);
    clock.advance(DAY + HOUR);
    expect(await server.candor.privacy.breaches.alarm()).to.equal(1);
    const [late] = await letters(server, "breach-late");
    expect(late?.subject).to.equal("LATE 2026-11-13 09:00 UTC: breach notice to authority (EU)");
    expect(late?.text).to.not.contain("call centre");
  });

  it("drafts the notices in three languages, names what is missing, and keeps what was sent", async () => {
    const draft = async (audience: string, lang: string) =>
      (await server.call<string>("GET", `/v1/breaches/${incident.id}/notices/EU/${audience}?lang=${lang}`))
        .body as unknown as string;
    expect(await draft("authority", "en"))
      .to.contain("about 1")
      .and.to.contain("Key of the call centre")
      .and.to.contain("Likely consequences: […]");
    await server.call("PATCH", `/v1/breaches/${incident.id}`, {
      body: { risk: "high", consequences: "Unwanted calls.", measures: "The key was ended." },
    });
    expect(await draft("persons", "zh-TW"))
      .to.contain("海港食品")
      .and.to.contain("Unwanted calls.");
    expect(await draft("persons", "zh-CN")).to.contain("我们深表歉意");
    const early = await server.call("PATCH", `/v1/breaches/${incident.id}`, { body: { close: true } });
    expect(early.status).to.equal(409);
    for (const audience of ["authority", "persons"]) {
      const settled = await server.call<Incident>(
        "POST",
        `/v1/breaches/${incident.id}/notices/EU/${audience}`,
        { body: { state: "sent", note: "By the web form, number 77" } },
      );
      expect(settled.status, JSON.stringify(settled.body)).to.equal(200);
      incident = settled.body;
    }
    expect(incident.notices.map((n) => [n.state, n.note])).to.deep.equal([
      ["sent", "By the web form, number 77"],
      ["sent", "By the web form, number 77"],
    ]);
    const closed = await server.call<Incident>("PATCH", `/v1/breaches/${incident.id}`, {
      body: { close: true },
    });
    expect(closed.body.state).to.equal("closed");
  });

  it("keeps a closed incident for five years, and then forgets it with its key", async () => {
    clock.advance(4 * 365 * DAY);
    expect(await server.candor.privacy.breaches.forget(), "after four years").to.equal(0);
    clock.advance(366 * DAY + HOUR);
    expect(await server.candor.privacy.breaches.forget()).to.equal(1);
    expect((await server.call("GET", `/v1/breaches/${incident.id}`)).status).to.equal(404);
    const left = await server.database.db.query(
      sql`select 1 from breach_member union all select 1 from breach_notice`,
    );
    expect(left).to.deep.equal([]);
    expect(await server.candor.privacy.breaches.forget()).to.equal(0);
    clock.set("2026-11-20T09:00:00Z");
  });

  it("concerns everybody when the whole store was taken", async () => {
    const all = await server.call<Incident>("POST", "/v1/breaches", {
      body: {
        title: "Backup stolen",
        description: "With its keys.",
        aspects: ["confidentiality", "availability"],
        from: "2026-11-10T08:00:00Z",
        to: "2026-11-10T09:00:00Z",
        everybody: true,
      },
    });
    expect(all.body.affected.reduce((n, a) => n + a.members, 0)).to.equal(2);
  });
});
