import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant } from "../consent/people.ts";
import { openShop, preferenceLink } from "../consent/shop.ts";
import { aRecipient, memberOf, members, pull } from "../recipients/shop.ts";

/** What the doors really answer, held against the schemas that they promise. */
describe("answers over HTTP", () => {
  let server: TestServer;
  let list: { id: string; writeKey: string };
  let memberId: string;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);

  before(async () => {
    server = await startTestServer("answers");
    await openShop(server);
    list = await server.source({ name: "List", kind: "members", region: "TW" });
    await members(server, list, [
      { memberId: "M-1", firstName: "Mei", phone: "0912345678", tier: "gold", odd: "not mapped" },
    ]);
    memberId = await memberOf(server, "M-1");
  });
  after(() => server.close());

  /** Calls a door and holds its answer against the schema of its route. */
  const promised = async <T = Record<string, never>>(
    operationId: string,
    method: string,
    path: string,
    options: Parameters<TestServer["call"]>[2] = {},
  ): Promise<T> => {
    const answer = await server.call<T>(method, path, options);
    const found = server.candor.routes.find((r) => r.operationId === operationId);
    const schema = found?.responses[answer.status]?.schema;
    expect(schema, `${operationId} ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`).to.be.an(
      "object",
    );
    const check = ajv.compile(schema as object);
    const fits = check(answer.body);
    expect(fits, `${operationId}: ${JSON.stringify(check.errors?.slice(0, 5))}`).to.equal(true);
    return answer.body;
  };

  it("keep what is promised of profiles, events and identities", async () => {
    await promised("lookUpProfile", "POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "member_id", value: "M-1" },
    });
    await promised("getMember", "GET", `/v1/members/${memberId}?purpose=service`);
    await promised("listMemberEvents", "GET", `/v1/members/${memberId}/events?purpose=service`);
    await promised("explainMember", "GET", `/v1/members/${memberId}/identity`);
    await promised("listReview", "GET", "/v1/review");
  });

  it("keep what is promised of sources, files and the quarantine", async () => {
    const till = await server.source({ name: "Till", kind: "pos", currency: "TWD", timeZone: "Asia/Taipei" });
    const raw =
      "store,receipt,line,time,amount,card\nS1,R1,1,2026-10-01 12:30,300,M-1\nS1,R2,1,2026-10-01 12:30,x,M-1\n";
    const at = `/v1/sources/${till.id}/files`;
    await promised("importFile", "POST", `${at}?preview=true`, { raw, key: till.writeKey });
    await promised("importFile", "POST", at, { raw, key: till.writeKey });
    const { items } = await promised<{ items: { id: string }[] }>("listQuarantine", "GET", "/v1/quarantine");
    await promised("getQuarantined", "GET", `/v1/quarantine/${items[0]?.id}`);
    await promised("replayQuarantine", "POST", "/v1/quarantine/replay", { body: { source: till.id } });
    await promised("getSummary", "GET", "/v1/summary");
    await promised("getSourceHealth", "GET", "/v1/source-health");
    await promised("listSources", "GET", "/v1/sources");
    await promised("getSource", "GET", `/v1/sources/${till.id}`);
    await promised("getScriptSettings", "GET", `/v1/projects/${till.writeKey}/settings`, { key: null });
  });

  it("keep what is promised of consents, notices, purposes and receipts", async () => {
    const { records } = await promised<{ records: { id: string }[] }>(
      "recordConsent",
      "POST",
      "/v1/consents",
      {
        body: aGrant(memberId, "marketing", { channel: "sms" }),
      },
    );
    const pending = await promised<{ records: { id: string }[] }>("recordConsent", "POST", "/v1/consents", {
      body: aGrant(memberId, "marketing", { channel: "email" }),
    });
    await promised("requestConfirmation", "POST", `/v1/consents/${pending.records[0]?.id}/confirmation`);
    await promised("listConsents", "GET", `/v1/members/${memberId}/consents?verify=true`);
    await promised("decide", "POST", "/v1/decisions?explain=true", {
      body: { decisions: [{ memberId, purpose: "marketing", channel: "sms" }] },
    });
    for (const format of ["kantara", "iso27560"])
      await promised("getConsentReceipt", "GET", `/v1/consents/${records[0]?.id}/receipt?format=${format}`);
    await promised("getSigningKeys", "GET", "/.well-known/jwks.json", { key: null });
    await promised("getController", "GET", "/v1/controller");
    const { notices } = await promised<{ notices: { texts: object }[] }>(
      "listNotices",
      "GET",
      "/v1/notices?id=analytics&version=2&texts=true",
    );
    const draft = { id: "analytics", purposes: ["analytics"], material: false, texts: notices[0]?.texts };
    await promised("publishNotice", "POST", "/v1/notices?preview=true", { body: draft });
    await promised("publishNotice", "POST", "/v1/notices", { body: draft });
    const { purposes } = await promised<{ purposes: { id: string; version: number; retention: string }[] }>(
      "listPurposes",
      "GET",
      "/v1/purposes",
    );
    const changed = { ...purposes.find((p) => p.id === "analytics"), version: 2, retention: "P1M" };
    await promised("applyPurposes", "POST", "/v1/purposes?preview=true", {
      raw: JSON.stringify({ format: "candor-purposes/1", purposes: [changed] }),
    });
  });

  it("keep what is promised of the preference centre, disclosures and imports", async () => {
    const { path } = await preferenceLink(server, memberId);
    await promised("makePreferenceLink", "POST", `/v1/members/${memberId}/preference-link`, {
      body: { unsubscribe: { purpose: "marketing", channel: "sms" } },
    });
    await promised("listChoices", "GET", `${path}/choices`, { key: null });
    await promised("changeChoice", "POST", `${path}/choices`, { key: null, body: { all: "off" } });
    await promised("listDisclosures", "GET", `/v1/members/${memberId}/disclosures`);
    await promised("importConsents", "POST", "/v1/consents/import", { raw: '{"state":"given"}\n' });
  });

  it("keep what is promised of recipients and their feeds", async () => {
    const desk = await aRecipient(server, {
      id: "desk",
      purposes: ["service"],
      categories: ["identity", "contact", "transaction"],
      fields: ["*", "identifiers"],
    });
    const pulled = await pull(server, desk.key, "service");
    const line = server.candor.routes.find((r) => r.operationId === "pullProfiles")?.responses[200]?.schema;
    const isLine = ajv.compile(line as object);
    expect(pulled.lines.length).to.be.greaterThan(2);
    for (const one of pulled.lines) expect(isLine(one), JSON.stringify(isLine.errors)).to.equal(true);
    await promised("readProfile", "GET", `/v1/profiles/${pulled.profiles[0]?.member}?purpose=service`, {
      key: desk.key,
    });
    await promised("explainRecipientView", "GET", `/v1/recipients/desk/members/${memberId}?purpose=service`);
    const said = await server.call("POST", "/v1/consents", {
      body: { memberId, state: "restricted", purpose: "*", method: "staff" },
    });
    expect(said.status, JSON.stringify(said.body)).to.equal(201);
    const told = await promised<{ changes: unknown[] }>("readChanges", "GET", "/v1/changes?purpose=service", {
      key: desk.key,
    });
    expect(told.changes).to.be.an("array");
    await promised("listRecipientNotices", "GET", "/v1/recipients/desk/notices");
    await promised("listDeliveries", "GET", "/v1/recipients/desk/deliveries");
  });
});
