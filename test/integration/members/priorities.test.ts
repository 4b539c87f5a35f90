import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock, SECOND } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { noteReprioritised, sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { openShop } from "../consent/shop.ts";
import { ownPackage } from "../erasure/own-package.ts";
import { aRecipient, follow, memberOf, members, pull } from "../recipients/shop.ts";
import { profileOf } from "../sources/reading.ts";

interface Refusal {
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly code: string }[];
}

describe("the priorities of sources", () => {
  let server: TestServer;
  let old: { id: string; writeKey: string };
  let fresh: { id: string; writeKey: string };
  const clock = fixedClock("2026-11-21T10:00:00Z");
  beforeEach(async () => {
    server = await startTestServer("priorities", { clock });
    await openShop(server);
    old = await server.source({ name: "Head office", kind: "members", region: "TW" });
    fresh = await server.source({ name: "Shops", kind: "members", region: "TW" });
  });
  afterEach(() => server.close());

  const set = (priorities: Record<string, string[]>, key?: string) =>
    server.call<{ priorities: object } & Refusal>("PUT", "/v1/source-priorities", {
      body: { priorities },
      ...(key === undefined ? {} : { key }),
    });
  const shown = async (card: string, name: string) =>
    (await profileOf(server, { kind: "member_id", value: card })).attributes[name] as {
      value: unknown;
      because?: string;
      source?: string;
    };
  const early = { updatedAt: "2026-10-01T00:00:00Z" };
  const late = { updatedAt: "2026-10-02T00:00:00Z" };
  /** Lets time pass until every process knows the order, and everything behind the changes work. */
  const settle = async () => {
    clock.advance(4 * SECOND);
    const noted = await noteReprioritised({ db: server.database.db, clock, ids: uuidIds });
    for (let left = 1; left > 0; ) {
      while ((await sequenceChanges(server.database.db)) > 0);
      left = await server.candor.segments.follow();
    }
    return noted;
  };

  it("let the source that is named first win, in a field or in all of them, whoever came last", async () => {
    await members(server, old, [{ memberId: "P-1", firstName: "Mei", city: "Taipei", ...early }]);
    await members(server, fresh, [{ memberId: "P-1", firstName: "Mai", city: "Tainan", ...late }]);
    await members(server, fresh, [{ memberId: "P-2", firstName: "Mai", ...late }]);
    await members(server, old, [{ memberId: "P-2", firstName: "Mei", ...early }]);
    expect(await shown("P-1", "firstName")).to.include({ value: "Mai", because: "latest" });
    const answer = await set({ firstName: [old.id] });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    expect(answer.body.priorities).to.deep.equal({ firstName: [old.id] });
    for (const card of ["P-1", "P-2"])
      expect(await shown(card, "firstName")).to.include({
        value: "Mei",
        because: "source-priority",
        source: old.id,
      });
    expect(await shown("P-1", "city")).to.include({ value: "Tainan", because: "latest" });
    // A field that is named follows its own order and not that of the others.
    await set({ "*": [old.id], firstName: [fresh.id, old.id] });
    expect(await shown("P-1", "city")).to.include({ value: "Taipei", because: "source-priority" });
    expect(await shown("P-1", "firstName")).to.include({ value: "Mai", because: "source-priority" });
    const web = await server.source({ name: "Site", kind: "web" });
    await server.call("POST", "/v1/batch", {
      key: web.writeKey,
      body: {
        batch: [
          {
            type: "identify",
            userId: "P-1",
            messageId: "i-1",
            timestamp: "2026-09-01T00:00:00Z",
            traits: { city: "Taichung" },
          },
        ],
      },
    });
    await set({ city: ["web"] });
    expect(await shown("P-1", "city")).to.include({ value: "Taichung", because: "source-priority" });
    await set({});
    expect(await shown("P-1", "city")).to.include({ value: "Tainan", because: "latest" });
  });

  it("reach access packages, recipients and segments, and nobody whom they do not concern", async () => {
    const said = (card: string, firstName: string, country: string) => ({
      memberId: card,
      firstName,
      country,
    });
    await members(server, old, [{ ...said("P-1", "Mei", "TW"), ...early }]);
    await members(server, fresh, [
      { ...said("P-1", "Mai", "JP"), ...late },
      { ...said("P-9", "Ann", "JP"), ...late },
    ]);
    const memberId = await memberOf(server, "P-1");
    const crm = await aRecipient(server, { id: "crm", purposes: ["service"], categories: ["identity"] });
    const segment = await server.call<{ id: string }>("POST", "/v1/segments", {
      body: { name: "At home", purpose: "service", rule: { attribute: "country", is: ["TW"] } },
    });
    const atHome = async () =>
      (
        await server.call<{ items: { memberId: string }[] }>(
          "GET",
          `/v1/segments/${segment.body.id}/members?purpose=service`,
        )
      ).body.items.map((i) => i.memberId);
    await settle();
    const { position } = await pull(server, crm.key, "service");
    expect(await atHome()).to.deep.equal([]);

    await set({ firstName: [old.id], country: [old.id] });
    const packed = await accessPackage(memberId);
    expect(packed.find((f) => f.field === "firstName")).to.include({
      value: "Mei",
      because: "source-priority",
      source: "Head office",
    });
    expect(await settle(), "only who was named by the source concerned").to.equal(1);
    expect(await atHome()).to.deep.equal([memberId]);
    const { changes } = await follow(server, crm.key, "service", position);
    expect(changes.map((c) => [c.kind, c.fields.firstName])).to.deep.equal([["upsert", "Mei"]]);
    expect(
      (await pull(server, crm.key, "service")).profiles.map((p) => p.fields.firstName).sort(),
    ).to.deep.equal(["Ann", "Mei"]);
    expect(await settle(), "noted once").to.equal(0);
  });

  async function accessPackage(memberId: string): Promise<{ field: string }[]> {
    const files = await ownPackage(server, memberId);
    return JSON.parse((files.get("data.json") as Buffer).toString("utf8")).profile;
  }

  it("wait until every process knows them, and note more people than one page holds", async () => {
    const many = Array.from({ length: 1_100 }, (_, i) => ({
      memberId: `Q-${i}`,
      firstName: "Mei",
      ...early,
    }));
    await members(server, old, many.slice(0, 400));
    await members(server, old, many.slice(400, 800));
    await members(server, old, many.slice(800));
    await settle();
    await set({ firstName: [fresh.id, old.id] });
    const tooSoon = await noteReprioritised({ db: server.database.db, clock, ids: uuidIds });
    expect(tooSoon, "before other processes can know").to.equal(0);
    expect(await settle()).to.equal(1_100);
    const noted = await server.database.db.query<{ n: number }>(
      sql`select count(*)::int as n from subject_change where reason = 'source-priorities'`,
    );
    expect(noted[0]?.n).to.equal(1_100);
  });

  it("are set by administrators alone, name what is not known, and stand in the audit log", async () => {
    const officer = await server.call<{ secret: string }>("POST", "/v1/keys", {
      body: { name: "officer", role: "compliance", purposes: ["service"] },
    });
    expect((await set({ firstName: [old.id] }, officer.body.secret)).status).to.equal(403);
    const bad = await set({ firstName: [old.id, "nobody"], shoeSize: [old.id], "*": ["correction"] });
    expect(bad.status).to.equal(400);
    expect(bad.body.errors?.map((e) => [e.path, e.code]).sort()).to.deep.equal([
      ["/priorities", "unknown-field"],
      ["/priorities/*/0", "unknown-source"],
      ["/priorities/firstName/1", "unknown-source"],
    ]);
    expect((await set({ firstName: [old.id, old.id] })).status, "twice").to.equal(400);
    expect((await server.call("GET", "/v1/source-priorities")).body).to.deep.equal({ priorities: {} });

    await set({ firstName: [old.id] });
    const read = await server.call("GET", "/v1/source-priorities", { key: officer.body.secret });
    expect(read.body).to.deep.equal({ priorities: { firstName: [old.id] } });
    const staged = await server.database.db.query<{ entry: string }>(
      sql`select entry from audit_stage where entry like '%source-priorities.changed%'`,
    );
    expect(staged).to.have.length(1);
  });
});
