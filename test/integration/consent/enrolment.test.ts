import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, decisions, say } from "./people.ts";
import { openShop } from "./shop.ts";

describe("the enrolment form", () => {
  let server: TestServer;
  let source: { id: string; writeKey: string };
  let path: string;
  before(async () => {
    server = await startTestServer("enrolment");
    await openShop(server);
    source = await server.source({ name: "Shop site", kind: "web", region: "TW" });
    const made = await server.call<{ path: string; snippet: string }>(
      "POST",
      `/v1/sources/${source.id}/enrolment-form`,
      {
        body: { purposes: ["marketing", "analytics"] },
      },
    );
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    path = made.body.path;
  });
  after(() => server.close());

  const open = (query: string) => server.call<string>("GET", `${path}${query}`, { key: null });
  const send = async (fields: [string, string][]) => {
    const answer = await fetch(`${server.url}${path}`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://shop.example" },
      body: new URLSearchParams([["lang", "zh-TW"], ...fields]).toString(),
    });
    return {
      status: answer.status,
      location: answer.headers.get("location") ?? "",
      text: await answer.text(),
    };
  };
  const found = (kind: string, value: string) =>
    server.call<{ memberId: string; attributes: Record<string, { value: unknown }> }>(
      "POST",
      "/v1/profiles/lookup?purpose=service",
      { body: { kind, value, region: "TW" } },
    );

  it("asks in three languages with the words of the notices, without script, with no box ticked", async () => {
    for (const [lang, title] of [
      ["en", "Join us"],
      ["zh-CN", "加入会员"],
      ["zh-TW", "加入會員"],
    ]) {
      const shown = await open(`?lang=${lang}`);
      expect(shown.status).to.equal(200);
      expect(shown.body)
        .to.contain(title)
        .and.contain(`<html lang="${lang}">`)
        .and.contain('value="analytics||2"');
      expect(shown.body).to.not.match(/<script|checked|partner-sharing/);
    }
    const snippet = await open("?format=snippet&lang=en");
    expect(snippet.body)
      .to.match(/^<form/)
      .and.contain(`action="https://choices.lantern.example${path}"`);
    expect(snippet.body).to.not.contain("<html");
  });

  it("makes a member, and records each yes with the words that were shown, and nothing for a box left empty", async () => {
    const sent = await send([
      ["firstName", "Ada"],
      ["phone", "0912 345 601"],
      ["country", "TW"],
      ["yes", "marketing|sms|2"],
    ]);
    expect([sent.status, sent.location.includes("done=yes")], sent.text).to.deep.equal([303, true]);
    expect((await open(sent.location.slice(path.length))).body).to.contain("您已成為會員");
    const member = await found("phone", "0912 345 601");
    expect(member.body.attributes.firstName?.value).to.equal("Ada");
    const memberId = member.body.memberId;
    const answers = await decisions(server, [
      { memberId, purpose: "marketing", channel: "sms" },
      { memberId, purpose: "marketing", channel: "call" },
      { memberId, purpose: "analytics" },
    ]);
    expect(answers.map((a) => a.rule)).to.deep.equal(["consent-given", "no-consent", "no-consent"]);
    const { history } = (
      await server.call<{
        history: { method: string; sourceId: string; evidenceSha256: string; notice: object }[];
      }>("GET", `/v1/members/${memberId}/consents`)
    ).body;
    expect(history).to.have.length(1);
    expect(history[0]).to.deep.include({ method: "enrolment-form", sourceId: source.id });
    expect(history[0]?.notice).to.deep.include({ id: "marketing", version: 2, locale: "zh-TW" });
    expect(history[0]?.evidenceSha256).to.match(/^[0-9a-f]{64}$/);
  });

  it("has an e-mail address confirmed before a message may go there", async () => {
    const sent = await send([
      ["email", "bo-enrols@example.com"],
      ["country", "GB"],
      ["yes", "marketing|email|2"],
    ]);
    expect(sent.location).to.contain("done=waiting");
    const { memberId } = (await found("email", "bo-enrols@example.com")).body;
    const [answer] = await decisions(server, [{ memberId, purpose: "marketing", channel: "email" }]);
    expect(answer?.rule).to.equal("consent-pending");
  });

  it("says what is missing in the reader's language and keeps what was typed", async () => {
    const sent = await send([
      ["firstName", 'Mei "<b>'],
      ["yes", "marketing|sms|2"],
    ]);
    expect(sent.status).to.equal(400);
    expect(sent.text)
      .to.contain("請填寫電子郵件或電話號碼")
      .and.contain("請選擇居住地")
      .and.contain("Mei &quot;&lt;b&gt;");
    expect(sent.text).to.contain("checked");
    const bad = await send([
      ["phone", "12"],
      ["country", "TW"],
    ]);
    expect([bad.status, bad.text.includes("無法辨識")]).to.deep.equal([400, true]);
  });

  it("cannot agree for an account that was there before, whoever types its address", async () => {
    const email = "victim@example.com";
    const { memberId } = await aMember(server, { email });
    await say(server, aGrant(memberId, "personalisation"));
    await say(server, { memberId, state: "refused", purpose: "analytics" });
    await send([
      ["email", email],
      ["country", "TW"],
      ["yes", "analytics||2"],
    ]);
    const [before] = await decisions(server, [{ memberId, purpose: "analytics" }]);
    expect(before?.rule).to.equal("refused");
  });

  it("ends with its source, and belongs to web sources alone", async () => {
    expect((await open("x")).status).to.equal(410);
    const list = await server.source({ name: "List", kind: "members" });
    expect(
      (await server.call("POST", `/v1/sources/${list.id}/enrolment-form`, { body: {} })).status,
    ).to.equal(400);
    await server.call("PATCH", `/v1/sources/${source.id}`, { body: { state: "ended" } });
    expect((await open("?lang=en")).body).to.contain("This form has ended");
    expect(
      (
        await send([
          ["email", "late@example.com"],
          ["country", "TW"],
        ])
      ).status,
    ).to.equal(410);
  });
});
