import { createPublicKey, type JsonWebKey } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "chai";
import { Iso27560ReceiptSchema, KantaraReceiptSchema, verifyReceipt } from "../../../consent/index.ts";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, decisions, say } from "./people.ts";
import { openShop, preferenceLink } from "./shop.ts";

describe("the preference centre", () => {
  const clock = fixedClock("2026-11-15T08:00:00Z");
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-preferences", { clock });
    await openShop(server);
  });
  after(() => server.close());

  const open = (path: string, headers: Record<string, string> = {}) =>
    server.call<string>("GET", path, { key: null, headers });
  const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}${path}`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams(fields).toString(),
    });
    return { status: answer.status, location: answer.headers.get("location"), text: await answer.text() };
  };
  const rule = async (memberId: string, purpose: string, channel?: string) =>
    (await decisions(server, [{ memberId, purpose, ...(channel === undefined ? {} : { channel }) }]))[0]
      ?.rule;
  const entries = async () =>
    (await server.database.db.query<{ n: number }>(sql`select count(*)::int as n from consent_record`))[0]?.n;

  it("shows every purpose and channel in three languages under a strict policy, and changes nothing by being opened", async () => {
    const { memberId } = await aMember(server);
    const { path } = await preferenceLink(server, memberId);
    const before = await entries();
    for (const [lang, words] of [
      ["en", "News and offers"],
      ["zh-CN", "资讯与优惠"],
      ["zh-TW", "最新消息與優惠"],
    ]) {
      const shown = await open(`${path}?lang=${lang}`);
      expect(shown.status).to.equal(200);
      expect(shown.body).to.contain(words).and.contain(`<html lang="${lang}">`);
      expect(shown.headers.get("content-security-policy")).to.contain("default-src 'none'");
      expect(shown.body).to.not.contain("<script");
    }
    expect(await entries()).to.equal(before);
    const css = await open("/assets/choices.css");
    expect(css.headers.get("content-type")).to.contain("text/css");
  });

  it("turns a switch on and off by one form each, and everything off by one", async () => {
    const { memberId } = await aMember(server);
    const { path } = await preferenceLink(server, memberId);
    const on = await post(path, { purpose: "analytics", turn: "on", notice: "analytics/2", lang: "en" });
    expect(on.status).to.equal(303);
    expect(on.location).to.contain("said=on");
    expect(await rule(memberId, "analytics")).to.equal("consent-given");
    expect((await open(on.location ?? "")).body).to.contain(
      "Turned on: Understanding how our shops are used",
    );
    clock.advance(1_000);
    const off = await post(path, { purpose: "analytics", turn: "off", lang: "en" });
    expect(off.status).to.equal(303);
    expect(await rule(memberId, "analytics")).to.equal("withdrawn");
    clock.advance(1_000);
    await post(path, {
      purpose: "marketing",
      channel: "sms",
      turn: "on",
      notice: "marketing/2",
      lang: "zh-TW",
    });
    expect(await rule(memberId, "marketing", "sms")).to.equal("consent-given");
    clock.advance(1_000);
    await post(path, { all: "off", lang: "zh-TW" });
    expect(await rule(memberId, "marketing", "sms")).to.equal("withdrawn");
    expect(await rule(memberId, "service")).to.equal("contract");
    expect((await open(`${path}?lang=zh-TW`)).body).to.contain("所有目的");
  });

  it("writes to an e-mail address to have it confirmed, unless the link came by e-mail itself", async () => {
    const { memberId } = await aMember(server, { email: `w${Math.random()}@example.com` });
    const { path } = await preferenceLink(server, memberId);
    const fields = { purpose: "marketing", channel: "email", turn: "on", notice: "marketing/2", lang: "en" };
    expect((await post(path, fields)).location).to.contain("said=waiting");
    expect(await rule(memberId, "marketing", "email")).to.equal("consent-pending");
    const [mail] = await server.database.db.query<{ id: string }>(
      sql`select mail_id as id from mail_message where template = 'consent-confirmation'`,
    );
    const text = (await server.candor.mailer.open(mail?.id as string))?.text ?? "";
    const link = /\/c\/[A-Za-z0-9_-]+/.exec(text)?.[0] as string;
    expect((await post(link, { confirm: "yes", lang: "en" })).status).to.equal(200);
    expect(await rule(memberId, "marketing", "email")).to.equal("consent-given");

    const other = await aMember(server, { email: `v${Math.random()}@example.com` });
    const byMail = await preferenceLink(server, other.memberId, { channel: "email", ttlSeconds: 86_400 });
    expect((await post(byMail.path, fields)).location).to.contain("said=on");
    expect(await rule(other.memberId, "marketing", "email")).to.equal("consent-given");
  });

  it("says that a browser's opt-out signal was processed", async () => {
    const { memberId } = await aMember(server, {
      region: "US",
      listWith: { country: "US", region: "US-CA" },
    });
    const { path } = await preferenceLink(server, memberId);
    expect((await open(path, { "Sec-GPC": "1" })).body, "opening processes nothing").to.not.contain(
      'id="gpc"',
    );
    await post(path, { purpose: "analytics", turn: "off", lang: "en" }, { "Sec-GPC": "1" });
    const shown = await open(`${path}?lang=en`);
    expect(shown.body)
      .to.contain('id="gpc"')
      .and.contain("15 November 2026")
      .and.contain("not sold or shared");
    expect(await rule(memberId, "partner-sharing")).to.equal("signal-gpc");
    clock.advance(1_000);
    const fields = { purpose: "partner-sharing", turn: "on", notice: "partner-sharing/2", lang: "en" };
    await post(path, { ...fields, conflict: "shown" });
    expect(await rule(memberId, "partner-sharing"), "asked with the conflict shown").to.equal(
      "consent-given",
    );
  });

  it("refuses links that are forged, altered or expired, and tells nothing of whose they were", async () => {
    const { memberId } = await aMember(server);
    const { path } = await preferenceLink(server, memberId, { ttlSeconds: 60 });
    const [body = "", mac = ""] = path.replace("/p/", "").split(".");
    const altered = Buffer.from(
      Buffer.from(body, "base64url").toString("utf8").replace(/^p~./, "p~f"),
    ).toString("base64url");
    for (const token of ["x.y", `${altered}.${mac}`, `${body}.${"A".repeat(22)}`]) {
      expect((await open(`/p/${token}`)).status, token).to.equal(410);
      expect((await post(`/p/${token}`, { all: "off" })).status).to.equal(410);
    }
    clock.advance(61_000);
    expect((await open(path)).status).to.equal(410);
    expect((await post(path, { all: "off" })).status).to.equal(410);
  });

  it("stops a kind of message by one click of the mail client, never by opening the link", async () => {
    const { memberId } = await aMember(server);
    await say(server, aGrant(memberId, "marketing", { channel: "line" }));
    await say(server, aGrant(memberId, "marketing", { channel: "sms" }));
    const link = await preferenceLink(server, memberId, {
      unsubscribe: { purpose: "marketing", channel: "line" },
    });
    const path = new URL(link.unsubscribe?.url ?? "").pathname;
    expect((await open(`${path}?lang=en`)).body).to.contain("Stop these messages");
    expect(await rule(memberId, "marketing", "line")).to.equal("consent-given");
    clock.advance(1_000);
    expect((await post(path, { something: "else" })).status).to.equal(400);
    expect((await post(path, { "List-Unsubscribe": "One-Click" })).status).to.equal(200);
    expect(await rule(memberId, "marketing", "line")).to.equal("withdrawn");
    expect(await rule(memberId, "marketing", "sms")).to.equal("consent-given");
    expect((await open(path.replace("/u/", "/p/"))).status, "it opens nothing else").to.equal(410);
  });

  it("offers the same to a shop's own page as JSON", async () => {
    const { memberId } = await aMember(server);
    const { path } = await preferenceLink(server, memberId);
    const shown = await server.call<{ purposes: { id: string; notice: { ref: string } }[] }>(
      "GET",
      `${path}/choices?lang=en`,
      { key: null },
    );
    const ref = shown.body.purposes.find((p) => p.id === "profiling")?.notice.ref;
    const changed = await server.call<{ purposes: { id: string; choices: { state: string }[] }[] }>(
      "POST",
      `${path}/choices`,
      { key: null, body: { purpose: "profiling", on: true, notice: ref } },
    );
    expect(changed.body.purposes.find((p) => p.id === "profiling")?.choices[0]?.state).to.equal("on");
    expect(shown.headers.get("access-control-allow-origin")).to.equal("*");
    const off = await server.call("POST", `${path}/choices`, { key: null, body: { all: "off" } });
    expect(off.status).to.equal(200);
  });

  it("hands out receipts that fit the published forms and whose signature anybody can check", async () => {
    const { memberId } = await aMember(server);
    const given = await say(server, aGrant(memberId, "analytics"));
    const id = given.body.records[0]?.id as string;
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const { body: jwks } = await server.call<{ keys: (JsonWebKey & { kid: string })[] }>(
      "GET",
      "/.well-known/jwks.json",
      { key: null },
    );
    expect(jwks.keys[0]).to.not.have.property("d");
    const findKey = (kid: string) => {
      const jwk = jwks.keys.find((k) => k.kid === kid);
      return jwk === undefined ? null : createPublicKey({ key: jwk, format: "jwk" });
    };
    for (const [format, schema] of [
      ["kantara", KantaraReceiptSchema],
      ["iso27560", Iso27560ReceiptSchema],
    ] as const) {
      const answer = await server.call<{ receipt: object; jws: string }>(
        "GET",
        `/v1/consents/${id}/receipt?format=${format}`,
      );
      expect(ajv.validate(schema, answer.body.receipt), ajv.errorsText()).to.equal(true);
      const check = await verifyReceipt(answer.body.jws, findKey);
      expect(check.kind).to.equal("genuine");
      expect(check.kind === "genuine" ? check.receipt : null).to.deep.equal(answer.body.receipt);
    }
    const { path } = await preferenceLink(server, memberId);
    const page = await open(`${path}/receipts/${id}?lang=zh-TW`);
    expect(page.body).to.contain("同意憑證").and.contain("燈與葉");
    const stranger = await aMember(server);
    const foreign = await preferenceLink(server, stranger.memberId);
    expect((await open(`${foreign.path}/receipts/${id}`)).status).to.equal(404);
  });
});
