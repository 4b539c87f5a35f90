import { expect } from "chai";
import { compactVerify, createLocalJWKSet } from "jose";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aRecipient, follow, pull } from "../recipients/shop.ts";
import { BY, erase, scopeOf, send, whoIs } from "./acts.ts";

describe("the doors of what was done", () => {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  let server: TestServer;
  let list: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("doors", { clock });
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
  });
  after(() => server.close());

  const member = async (card: string, more: Record<string, unknown> = {}) => {
    await send(server, list, [{ memberId: card, updatedAt: "2026-10-01T00:00:00Z", ...more }]);
    return (await whoIs(server, "member_id", card)) as string;
  };
  const row = (card: string, updatedAt: string) => ({
    memberId: card,
    email: `${card}@mail.example`,
    updatedAt,
  });

  it("gives a certificate that anybody can check, as a signed file and as a page in three languages", async () => {
    const memberId = await member("D-1", { email: "d1@mail.example" });
    const scope = scopeOf(memberId);
    const runId = await erase(server, scope);
    const run = await server.call<{ state: string; certificateId: string }>(
      "GET",
      `/v1/privacy/runs/${runId}`,
    );
    expect(run.body.state).to.equal("completed");
    await server.candor.audit.signHead();
    const id = run.body.certificateId;
    const got = await server.call<{ certificate: object; jws: string; keys: { keys: [] } }>(
      "GET",
      `/v1/certificates/${id}`,
    );
    const checked = await compactVerify(got.body.jws, createLocalJWKSet(got.body.keys));
    const body = JSON.parse(Buffer.from(checked.payload).toString("utf8"));
    expect(body).to.deep.equal(got.body.certificate);
    expect(body).to.include({
      kind: "erasure",
      outcome: "completed",
      requestId: scope.requestId,
      regime: "TW",
    });
    expect(body.keys.destroyed.length).to.be.greaterThan(0);
    expect(new Date(body.keys.lastCopyEndsAt) > new Date(body.keys.destroyedAt)).to.equal(true);
    expect(body.steps.map((s: { step: string }) => s.step)).to.include.members([
      "suppress",
      "rows",
      "verify",
    ]);
    expect(JSON.stringify(body)).to.not.contain("d1@mail.example").and.not.contain("D-1");
    for (const [lang, words] of [
      ["en", "Certificate of erasure"],
      ["zh-CN", "删除证明"],
      ["zh-TW", "刪除證明"],
    ] as const) {
      const page = await server.call<string>("GET", `/v1/certificates/${id}/page?lang=${lang}`);
      expect(page.body).to.contain(words);
    }
    const listed = await server.call<{ certificates: { certificateId: string }[] }>(
      "GET",
      `/v1/certificates?request=${scope.requestId}`,
    );
    expect(listed.body.certificates.map((c) => c.certificateId)).to.deep.equal([id]);
  });

  it("lets a person join again by an act of its own, and admits only what happens later", async () => {
    const memberId = await member("D-2", { email: "D-2@mail.example" });
    await erase(server, scopeOf(memberId));
    const joined = await server.call<{ admittedFrom: string }>("POST", "/v1/suppressions/rejoin", {
      body: { identifiers: [{ kind: "member_id", value: "D-2" }], method: "in-person" },
    });
    expect(joined.status, JSON.stringify(joined.body)).to.equal(200);
    const results = await send(server, list, [
      row("D-2", "2026-10-01T00:00:00Z"),
      row("D-2", "2026-11-21T07:59:59Z"),
      row("D-2", "2026-11-21T08:00:00Z"),
    ]);
    expect(results.map((r) => r.code ?? r.status)).to.deep.equal(["suppressed", "suppressed", "accepted"]);
    const again = await whoIs(server, "email", "D-2@mail.example");
    expect(again).to.be.a("string").and.not.equal(memberId);
    const unknown = await server.call("POST", "/v1/suppressions/rejoin", {
      body: { identifiers: [{ kind: "member_id", value: "D-never" }], method: "form" },
    });
    expect(unknown.status).to.equal(404);
  });

  it("erases nobody under a legal hold, and goes on by itself when it is lifted", async () => {
    const memberId = await member("D-3");
    const hold = await server.call<{ holdId: string }>("POST", "/v1/holds", {
      body: { memberId, ground: "Order of a court", reference: "2026-17" },
    });
    expect(hold.status).to.equal(201);
    const preview = await server.call<{ holds: { ground: string }[] }>(
      "GET",
      `/v1/members/${memberId}/erasure-preview?regime=TW`,
    );
    expect(preview.body.holds.map((h) => h.ground)).to.deep.equal(["Order of a court"]);
    const runId = await erase(server, scopeOf(memberId));
    expect((await server.candor.fulfil.fulfilment.progress(runId))?.state).to.equal("held");
    expect(await whoIs(server, "member_id", "D-3")).to.equal(memberId);
    await server.call("POST", `/v1/holds/${hold.body.holdId}/lift`);
    await server.candor.fulfil.work();
    expect((await server.candor.fulfil.fulfilment.progress(runId))?.state).to.equal("completed");
    expect(await whoIs(server, "member_id", "D-3")).to.equal(null);
  });

  it("makes a correction outrank every source, also a later one, and tells recipients", async () => {
    const shop = await aRecipient(server, {
      id: "crm",
      purposes: ["service"],
      categories: ["identity", "contact"],
    });
    const memberId = await member("D-4", { firstName: "Mai", phone: "+886911000222" });
    const first = await pull(server, shop.key, "service");
    const { fulfilment } = server.candor.fulfil;
    const scope = scopeOf(memberId, { kind: "rectification" });
    const made = await server.database.db.tx((tx) =>
      fulfilment.rectify(
        tx,
        scope,
        [
          { field: "firstName", value: "Mei" },
          { field: "phone", value: null },
        ],
        BY,
      ),
    );
    expect(made.counts).to.deep.equal({ fields: 2 });
    clock.advance(1_000);
    await send(server, list, [
      { memberId: "D-4", firstName: "Mai", phone: "+886911000222", updatedAt: "2026-11-20T00:00:00Z" },
    ]);
    const profile = await server.call<{
      attributes: Record<string, { value: unknown; because: string; candidates: { value: unknown }[] }>;
    }>("GET", `/v1/members/${memberId}?purpose=service`);
    expect(profile.body.attributes.firstName).to.include({ value: "Mei", because: "correction" });
    expect(profile.body.attributes.firstName?.candidates.map((c) => c.value)).to.deep.equal(["Mei", "Mai"]);
    expect(profile.body.attributes.phone?.value).to.equal(null);
    await server.candor.recipients.notice();
    const { sequenceChanges } = await import("../../../src/members/index.ts");
    await sequenceChanges(server.database.db);
    const told = await follow(server, shop.key, "service", first.position);
    expect(told.changes.at(-1)?.fields.firstName).to.equal("Mei");
    const refused = await server.database.db
      .tx((tx) => fulfilment.rectify(tx, scope, [{ field: "tier", value: "gold" }], BY))
      .catch((error: { code?: string }) => error.code);
    expect(refused).to.equal("invalid-request");
  });

  it("keeps what is restricted without using it: stored, read by nobody, dropped by recipients", async () => {
    const shop = await aRecipient(server, { id: "desk", purposes: ["service"], categories: ["identity"] });
    const memberId = await member("D-5", { firstName: "Ray" });
    const first = await pull(server, shop.key, "service");
    const { fulfilment } = server.candor.fulfil;
    const scope = scopeOf(memberId, { kind: "restriction" });
    await server.database.db.tx((tx) => fulfilment.restrict(tx, scope, true, BY));
    const [kept] = await send(server, list, [
      { memberId: "D-5", lastName: "Lo", updatedAt: "2026-11-01T00:00:00Z" },
    ]);
    expect(kept?.status).to.equal("accepted");
    const read = await server.call<{ attributes: object; withheld: Record<string, { rule: string }> }>(
      "GET",
      `/v1/members/${memberId}?purpose=service`,
    );
    expect(read.body.attributes).to.deep.equal({});
    expect(read.body.withheld.identity?.rule).to.equal("restricted");
    const { sequenceChanges } = await import("../../../src/members/index.ts");
    await sequenceChanges(server.database.db);
    await server.candor.recipients.notice();
    const told = await follow(server, shop.key, "service", first.position);
    expect(told.changes.map((c) => c.reason)).to.include("restricted");
    // Said in the same moment, the restriction would stand.
    clock.advance(1_000);
    await server.database.db.tx((tx) => fulfilment.restrict(tx, scope, false, BY));
    clock.advance(1_000);
    const open = await server.call<{ attributes: Record<string, { value: string }> }>(
      "GET",
      `/v1/members/${memberId}?purpose=service`,
    );
    expect(open.body.attributes.lastName?.value).to.equal("Lo");
  });

  it("maps every table with category, retention, place in the export and treatment, in three forms", async () => {
    const map = await server.call<{ tables: Record<string, unknown>[]; purposes: object[] }>(
      "GET",
      "/v1/data-map",
    );
    expect(map.body.tables.length).to.be.greaterThan(40);
    for (const table of map.body.tables)
      for (const field of ["holds", "leadsTo", "retention", "inExport", "onErasure"])
        expect(table[field], `${table.table} ${field}`).to.be.a("string").and.not.equal("");
    const csv = await server.call<string>("GET", "/v1/data-map?format=csv");
    expect(csv.body.split("\r\n").length).to.equal(map.body.tables.length + 2);
    const page = await server.call<string>("GET", "/v1/data-map?format=html&lang=zh-TW");
    expect(page.body).to.contain("個人資料處理活動紀錄").and.to.contain("最小的身分單元及其金鑰與所屬會員。");
    const sheet = await server.call<string>("GET", "/v1/data-map?format=csv&lang=zh-CN");
    expect(sheet.body).to.contain("最小的身份单元及其密钥与所属会员。");
    // Categories as programs read them and, beside them, as people do.
    expect(csv.body).to.contain(",transaction,purchases,");
    expect(sheet.body).to.contain(",transaction,购买记录,");
    const asBrowser = await server.call<string>("GET", "/v1/data-map?format=csv", {
      headers: { "accept-language": "zh-TW,zh;q=0.9,en;q=0.5" },
    });
    expect(asBrowser.body).to.contain(",transaction,購買紀錄,");
  });

  it("shows what retention would delete, deletes it, spares what is held, and certifies", async () => {
    await send(server, list, [{ memberId: "D-6", updatedAt: "2020-01-01T00:00:00Z" }]);
    await send(server, list, [{ memberId: "D-7", updatedAt: "2020-01-01T00:00:00Z" }]);
    const held = (await whoIs(server, "member_id", "D-7")) as string;
    await server.call("POST", "/v1/holds", { body: { memberId: held, ground: "Claim", reference: "7" } });
    const schedule = { inactiveMembers: 36, events: {}, requestRecords: 24 };
    expect((await server.call("PUT", "/v1/retention", { body: schedule })).status).to.equal(200);
    const preview = await server.call<{ lines: { what: string; count: number }[] }>(
      "POST",
      "/v1/retention/preview",
    );
    expect(preview.body.lines.find((l) => l.what === "inactive-members")?.count).to.equal(1);
    const run = await server.call<{ lines: { what: string; count: number }[]; certificateId: string }>(
      "POST",
      "/v1/retention/run",
    );
    expect(run.body.lines.find((l) => l.what === "inactive-members")?.count).to.equal(1);
    await server.candor.fulfil.work();
    expect(await whoIs(server, "member_id", "D-6")).to.equal(null);
    expect(await whoIs(server, "member_id", "D-7")).to.equal(held);
    const certificate = await server.call<{ certificate: { kind: string } }>(
      "GET",
      `/v1/certificates/${run.body.certificateId}`,
    );
    expect(certificate.body.certificate.kind).to.equal("retention");
    clock.advance(60_000);
    const back = await send(server, list, [
      { memberId: "D-6", updatedAt: "2020-01-01T00:00:00Z" },
      { memberId: "D-6", updatedAt: clock.now().toISOString() },
    ]);
    expect(back.map((r) => r.code ?? r.status)).to.deep.equal(["suppressed", "accepted"]);
  });

  it("deletes what a source collected when every purpose it serves has run out, and never what is held", async () => {
    const source = (name: string, purpose: string) =>
      server.source({ name, kind: "web", region: "TW", purposes: [purpose, "service"] });
    const [shop, both] = [await source("Campaigns", "marketing"), await source("Figures", "analytics")];
    const seen = (userId: string) => ({
      type: "track",
      event: "Product Viewed",
      messageId: `seen-${userId}`,
      userId,
      timestamp: "2025-01-01T00:00:00Z",
    });
    await send(server, shop, [seen("D-8"), seen("D-9")]);
    await send(server, both, [seen("D-10")]);
    const memberId = await whoIs(server, "member_id", "D-9");
    await server.call("POST", "/v1/holds", { body: { memberId, ground: "Claim", reference: "9" } });
    const purposes = { marketing: 12, service: 6 };
    const schedule = { inactiveMembers: null, events: {}, purposes, requestRecords: 24 };
    const lines = async (path: string, body?: object) =>
      (await server.call<{ lines: { what: string; count: number }[] }>("POST", path, { body })).body.lines
        .filter((l) => /^purpose-.*\+/.test(l.what))
        .map((l) => `${l.what} ${l.count}`);
    const gone = "purpose-marketing+service 1";
    expect(await lines("/v1/retention/preview", { schedule })).to.deep.equal([gone]);
    const longer = { ...schedule, purposes: { ...purposes, analytics: 36 } };
    expect(
      await lines("/v1/retention/preview", { schedule: longer }),
      "the longest of two counts",
    ).to.have.members([gone, "purpose-analytics+service 0"]);
    await server.call("PUT", "/v1/retention", { body: schedule });
    expect(await lines("/v1/retention/run")).to.deep.equal([gone]);
    expect(await lines("/v1/retention/run"), "nothing more").to.deep.equal(["purpose-marketing+service 0"]);
  });
});
