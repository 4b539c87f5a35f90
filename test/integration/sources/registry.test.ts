import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { DAY, fixedClock, SECOND } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { findProfile, profileOf, sendBatch } from "./reading.ts";

describe("sources over HTTP", () => {
  let server: TestServer;
  const clock = fixedClock("2026-11-21T10:00:00Z");
  before(async () => {
    server = await startTestServer("sources", { clock });
  });
  after(() => server.close());

  const page = (userId: string) => ({ type: "page", userId, messageId: `page-${userId}` });
  const statusWith = async (key: string, userId: string) =>
    (await server.call("POST", "/v1/batch", { key, body: { batch: [page(userId)] } })).status;

  it("registers a source, shows its write key once and never its secrets", async () => {
    const secrets = { channelSecret: "0123456789abcdef0123456789abcdef" };
    const made = await server.call<{ id: string; writeKey: string }>("POST", "/v1/sources", {
      body: { name: "LINE", kind: "social", platform: "line", purposes: ["service"], secrets },
    });
    expect(made.status).to.equal(201);
    expect(Object.keys(made.body).sort()).to.deep.equal(["id", "writeKey"]);
    const one = await server.call("GET", `/v1/sources/${made.body.id}`);
    const all = await server.call("GET", "/v1/sources");
    expect(one.body).to.include({
      name: "LINE",
      kind: "social",
      platform: "line",
      hasSecrets: true,
      timeZone: "UTC",
    });
    for (const { body } of [one, all]) {
      expect(JSON.stringify(body)).not.to.contain(secrets.channelSecret);
      expect(JSON.stringify(body)).not.to.contain(made.body.writeKey);
    }
  });

  it("says everything that is wrong with a source at once and repeats no value", async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ kind: "social", purposes: ["service"] }, "/platform"],
      [{ kind: "web", platform: "line", purposes: ["service"] }, "/platform"],
      [{ kind: "web", purposes: ["service"], timeZone: "Mars/Olympus" }, "/timeZone"],
      [{ kind: "web", purposes: [] }, "/purposes"],
      [{ kind: "web", purposes: ["service", "servize"] }, "/purposes/1"],
      [{ kind: "fax", purposes: ["service"] }, "/kind"],
      [{ kind: "web", purposes: ["service"], currency: "euro" }, "/currency"],
      [{ kind: "web", purposes: ["service"], secrets: { token: "topsecret" } }, "/secrets"],
      [
        { kind: "social", platform: "line", purposes: ["service"], secrets: { token: "topsecret" } },
        "/secrets",
      ],
      [{ kind: "pos", purposes: ["service"], mapping: { fields: { nonsense: "x" } } }, "/mapping"],
    ];
    for (const [body, path] of cases) {
      const answer = await server.call<{ code: string; errors: { path: string }[] }>("POST", "/v1/sources", {
        body: { name: "Wrong", ...body },
      });
      expect([answer.status, answer.body.code], path).to.deep.equal([400, "invalid-request"]);
      expect(
        answer.body.errors.some((e) => e.path.startsWith(path)),
        `${path}: ${JSON.stringify(answer.body)}`,
      ).to.equal(true);
      expect(JSON.stringify(answer.body)).not.to.match(/topsecret|Olympus|euro"|fax"/);
    }
  });

  it("warns of a mapping that cannot work, in words and codes, until it is mended", async () => {
    const mapping = { fields: { occurredAt: "Time", score: "Stars", receiptNo: "No" } };
    const made = await server.call<{
      id: string;
      warnings: { path: string; code: string; message: string }[];
    }>("POST", "/v1/sources", { body: { name: "Blind till", kind: "pos", purposes: ["service"], mapping } });
    expect(made.status).to.equal(201);
    expect(made.body.warnings.map((w) => [w.code, w.path])).to.deep.equal([
      ["no-identifier", "/mapping/fields"],
      ["no-amount", "/mapping/fields"],
      ["no-currency", "/mapping/currency"],
      ["unused-field", "/mapping/fields/score"],
    ]);
    for (const { message } of made.body.warnings) expect(message).to.match(/^[A-Z].*\.$/);
    const change = (body: object) =>
      server.call<{ warnings: unknown[]; errors: { path: string; code: string }[] }>(
        "PATCH",
        `/v1/sources/${made.body.id}`,
        { body },
      );
    const fields = { occurredAt: "Time", receiptNo: "No", amount: "Sum", memberCard: "Card" };
    expect((await change({ mapping: { fields } })).body.warnings).to.have.length(1);
    expect((await change({ currency: "TWD" })).body.warnings).to.deep.equal([]);
    const unknown = await change({ purposes: ["nothing-known"] });
    expect([unknown.status, unknown.body.errors[0]?.code]).to.deep.equal([400, "unknown-purpose"]);
  });

  it("lets old and new write keys overlap at rotation for as long as was asked", async () => {
    const { id, writeKey } = await server.source({ name: "Rotating", kind: "web" });
    const rotated = await server.call<{ writeKey: string }>("POST", `/v1/sources/${id}/keys`, {
      body: { overlapDays: 2 },
    });
    expect(rotated.status).to.equal(201);
    expect(await statusWith(writeKey, "ROT-1")).to.equal(200);
    expect(await statusWith(rotated.body.writeKey, "ROT-1")).to.equal(200);
    clock.advance(2 * DAY + 1);
    expect(await statusWith(writeKey, "ROT-2")).to.equal(401);
    expect(await statusWith(rotated.body.writeKey, "ROT-2")).to.equal(200);
    const at_once = await server.call<{ writeKey: string }>("POST", `/v1/sources/${id}/keys`, {
      body: { overlapDays: 0 },
    });
    clock.advance(1);
    expect(await statusWith(rotated.body.writeKey, "ROT-3")).to.equal(401);
    expect(await statusWith(at_once.body.writeKey, "ROT-3")).to.equal(200);
  });

  it("lets both write keys in for seven days where nobody says how long", async () => {
    const { id, writeKey } = await server.source({ name: "Rotating by itself", kind: "web" });
    const rotated = await server.call<{ writeKey: string }>("POST", `/v1/sources/${id}/keys`);
    expect(rotated.status).to.equal(201);
    // A process may go on with what it knew of a key for five seconds.
    clock.advance(7 * DAY - 10 * SECOND);
    expect(await statusWith(writeKey, "WEEK-1")).to.equal(200);
    expect(await statusWith(rotated.body.writeKey, "WEEK-1")).to.equal(200);
    clock.advance(10 * SECOND);
    expect(await statusWith(writeKey, "WEEK-2")).to.equal(401);
    expect(await statusWith(rotated.body.writeKey, "WEEK-2")).to.equal(200);
  });

  it("stops a source that has ended at once", async () => {
    const { id, writeKey } = await server.source({ name: "Ending", kind: "web" });
    expect(await statusWith(writeKey, "END-1")).to.equal(200);
    const changed = await server.call("PATCH", `/v1/sources/${id}`, { body: { state: "ended" } });
    expect(changed.body).to.include({ state: "ended" });
    expect(await statusWith(writeKey, "END-2")).to.equal(401);
  });

  it("applies changed settings to the next item and keeps the others", async () => {
    const { id, writeKey } = await server.source({
      name: "Changing",
      kind: "web",
      currency: "EUR",
      region: "DE",
    });
    const order = (userId: string) => ({
      type: "track",
      event: "Order Completed",
      userId,
      messageId: `order-${userId}`,
      properties: { order_id: `O-${userId}`, total: 12 },
    });
    await sendBatch(server, writeKey, [order("CHG-1")]);
    await server.call("PATCH", `/v1/sources/${id}`, { body: { currency: "JPY" } });
    await sendBatch(server, writeKey, [order("CHG-2")]);
    const spend = async (value: string) => (await profileOf(server, { kind: "user_id", value })).facts.spend;
    expect(await spend("CHG-1")).to.deep.equal([{ amount: 1_200, currency: "EUR" }]);
    expect(await spend("CHG-2")).to.deep.equal([{ amount: 12, currency: "JPY" }]);
    expect((await server.call("GET", `/v1/sources/${id}`)).body).to.include({
      region: "DE",
      name: "Changing",
    });
  });

  it("keeps the users of a source with a namespace of its own apart from everybody's", async () => {
    const own = await server.source({
      name: "Concession",
      kind: "web",
      identifiers: { user_id: { namespace: "concession" } },
    });
    const shop = await server.source({ name: "Shop", kind: "web" });
    await sendBatch(server, own.writeKey, [page("NS-1")]);
    await sendBatch(server, shop.writeKey, [page("NS-1")]);
    const [everybody, theirs] = [
      await profileOf(server, { kind: "user_id", value: "NS-1", issuer: "" }),
      await profileOf(server, { kind: "user_id", value: "NS-1", issuer: "concession" }),
    ];
    expect(everybody.memberId).not.to.equal(theirs.memberId);
  });

  it("takes one card number for one member wherever it comes from, but not from a list with cards of its own", async () => {
    const aList = (name: string, more: object = {}) => server.source({ name, kind: "members", ...more });
    const chain = await aList("Chain");
    const till = await server.source({ name: "Counter", kind: "web" });
    const tenant = await aList("Tenant", { identifiers: { member_id: { namespace: "tenant" } } });
    const row = (firstName: string) => ({
      memberId: "CARD-77",
      firstName,
      updatedAt: "2026-10-01T00:00:00Z",
    });
    await sendBatch(server, chain.writeKey, [row("Mei")]);
    await sendBatch(server, tenant.writeKey, [row("Ann")]);
    await sendBatch(server, till.writeKey, [page("CARD-77")]);
    const [ours, theirs] = [
      await profileOf(server, { kind: "member_id", value: "CARD-77", issuer: "" }),
      await profileOf(server, { kind: "member_id", value: "CARD-77", issuer: "tenant" }),
    ];
    expect(theirs.memberId).not.to.equal(ours.memberId);
    expect(ours.attributes.firstName?.candidates).to.have.length(1);
    expect([ours.attributes.firstName?.value, theirs.attributes.firstName?.value]).to.deep.equal([
      "Mei",
      "Ann",
    ]);
    expect(ours.facts.eventCounts).to.include({ page: 1 });
    expect(theirs.facts.eventCounts).to.not.have.property("page");
    const users = await profileOf(server, { kind: "user_id", value: "CARD-77", issuer: "" });
    expect(users.memberId, "a shop's user is the card of that number").to.equal(ours.memberId);

    const second = await aList("Second list");
    await sendBatch(server, second.writeKey, [row("Mei Lin")]);
    const both = await profileOf(server, { kind: "member_id", value: "CARD-77", issuer: "" });
    expect(both.memberId).to.equal(ours.memberId);
    expect(both.attributes.firstName?.candidates).to.have.length(2);
  });

  it("knows values that name nobody, the built-in ones and those a source declares", async () => {
    const { writeKey } = await server.source({
      name: "Placeholders",
      kind: "web",
      region: "TW",
      blockedValues: ["02 2345 6789", "walk-in@shop.example"],
    });
    const results = await sendBatch(server, writeKey, [
      page("No response"),
      page("null"),
      { type: "identify", traits: { phone: "02-2345-6789" } },
      { type: "identify", traits: { email: "Walk-In@shop.example" } },
      { type: "identify", userId: "PLACE-1", traits: { phone: "+886 2 2345 6789", firstName: "Real" } },
    ]);
    expect(results.map((r) => r.code ?? r.status)).to.deep.equal([
      "blocked-identifier",
      "blocked-identifier",
      "blocked-identifier",
      "blocked-identifier",
      "accepted",
    ]);
    const profile = await profileOf(server, { kind: "user_id", value: "PLACE-1" });
    expect(profile.identifiers.map((i) => i.kind)).to.deep.equal(["user_id"]);
    expect(await findProfile(server, { kind: "phone", value: "0223456789" })).to.equal(null);
  });

  it("keeps every one of several changes that come at once", async () => {
    const { id } = await server.source({ name: "At once", kind: "pos" });
    const changes = {
      name: "Changed at once",
      purposes: ["service", "analytics"],
      locale: "zh-TW",
      region: "TW",
      timeZone: "Asia/Taipei",
      currency: "TWD",
      blockedValues: ["walk-in@shop.example"],
    };
    const answers = await Promise.all(
      Object.entries(changes).map(([field, value]) =>
        server.call("PATCH", `/v1/sources/${id}`, { body: { [field]: value } }),
      ),
    );
    expect(answers.map((a) => a.status)).to.deep.equal(answers.map(() => 200));
    expect((await server.call("GET", `/v1/sources/${id}`)).body).to.deep.include(changes);
  });

  it("audits who registered and changed what", async () => {
    await server.call("PATCH", `/v1/sources/${(await server.source({ name: "Audited", kind: "web" })).id}`, {
      body: { locale: "de-DE" },
    });
    const actions = await server.database.db.query<{ action: string }>(
      sql`select action from audit_stage union all select action from audit_entry`,
    );
    expect(actions.map((a) => a.action)).to.include.members([
      "source.created",
      "source.changed",
      "source.key-rotated",
    ]);
  });
});
