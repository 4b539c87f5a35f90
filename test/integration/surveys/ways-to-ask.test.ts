import { expect } from "chai";
import { DAY, fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, say } from "../consent/people.ts";
import { A_SHOP } from "../consent/shop.ts";
import { aSurvey, openPage } from "./a-survey.ts";

const PUBLIC = "https://feedback.example";

interface Link {
  readonly url: string;
  readonly svg: string;
}

describe("ways to ask", () => {
  const clock = fixedClock("2026-11-10T10:00:00Z");
  let server: TestServer;
  let member: string;

  before(async () => {
    server = await startTestServer("survey-ways", { clock, workers: false });
    await server.call("PUT", "/v1/controller", { body: { ...A_SHOP, publicUrl: PUBLIC } });
    const rules = await server.call<Record<string, unknown>>("GET", "/v1/survey-cadence");
    await server.call("PUT", "/v1/survey-cadence", { body: { ...rules.body, quietHours: null } });
    await aSurvey(server, "visit", { access: { open: true } });
    const listWith = { country: "GB" };
    member = (await aMember(server, { card: "W-1", email: "w1@buyer.example", region: "GB", listWith }))
      .memberId;
  });
  after(() => server.close());

  const pathOf = (url: string): string => {
    expect(url.startsWith(`${PUBLIC}/`), url).to.equal(true);
    return url.slice(PUBLIC.length);
  };
  /** Answers both pages of a link without any script. */
  const answer = async (path: string, fields: Record<string, string> = { q2: "4" }) => {
    const first = await openPage(server, path);
    expect(first.status).to.equal(200);
    return (await first.submit({ q0: "9" })).submit(fields);
  };
  const post = <T>(way: string, body: object) => server.call<T>("POST", `/v1/surveys/visit/${way}`, { body });

  it("by a poster: one signed link in a QR code that names nobody and says the shop", async () => {
    const { body } = await post<Link>("qr-codes", { channel: "qr", context: { store: "T01" } });
    expect(body.svg).to.match(/^<svg [^>]*>.*<\/svg>$/s);
    expect(Buffer.from(body.url.split("/f/")[1]?.split(".")[0] ?? "", "base64url").toString()).to.include(
      "T01",
    );
    for (let i = 0; i < 2; i++) {
      const done = await answer(pathOf(body.url));
      expect(done.text).to.include("Thank you");
      expect(done.text, "nobody else is waited for").not.to.include("data-again");
    }
  });

  it("at a kiosk: after one person the page makes itself ready for the next", async () => {
    const { body } = await post<Link>("qr-codes", { channel: "kiosk", context: { store: "T01" } });
    const path = pathOf(body.url);
    const done = await answer(path);
    expect(done.headers.get("refresh")).to.equal(`10; url=${path}?lang=en`);
    expect(done.text).to.include("data-again");
    expect((await openPage(server, path)).fields.get("q0"), "nothing of the person before").to.equal(null);
  });

  it("on receipts: links that work once each", async () => {
    const { body } = await post<{ links: Link[] }>("receipt-links", { count: 3, context: { store: "T01" } });
    const paths = body.links.map((l) => pathOf(l.url));
    expect(new Set(paths).size).to.equal(3);
    expect(body.links.every((l) => l.svg.startsWith("<svg"))).to.equal(true);
    expect((await answer(paths[0] ?? "")).text).to.include("Thank you");
    const again = await openPage(server, paths[0] ?? "");
    expect(again.text).not.to.include("<form");
    expect((await openPage(server, paths[1] ?? "")).status).to.equal(200);
  });

  it("on the telephone: staff write down what a member says, who agreed to be asked or called by itself", async () => {
    const made = await post<{ url: string }>("staff-entry", { memberId: member, store: "T01" });
    expect(made.status, JSON.stringify(made.body)).to.equal(200);
    await answer(pathOf(made.body.url), { q2: "5" });
    await server.candor.surveys.tellEvents();
    const { body } = await server.call<{
      events: { type: string; storeId: string | null }[];
    }>("GET", `/v1/members/${member}/events?purpose=legal-obligation`);
    const told = body.events.filter((e) => e.type === "survey.answered");
    expect(told.map((e) => e.storeId)).to.deep.equal(["T01", "T01"]);

    // In Taiwan being asked takes a consent, which this member has not given.
    const shy = await aMember(server, { card: "W-2", region: "TW", listWith: { country: "TW" } });
    const ask = (more = {}) => post<{ code: string }>("staff-entry", { memberId: shy.memberId, ...more });
    const refused = await ask();
    expect([refused.status, refused.body.code]).to.deep.equal([403, "forbidden"]);
    expect((await ask({ memberCalled: true })).status).to.equal(200);
    // To be written to is another thing than to be called.
    await say(server, aGrant(shy.memberId, "survey-contact", { channel: "sms" }));
    expect((await ask()).status).to.equal(403);
    await say(server, aGrant(shy.memberId, "survey-contact", { channel: "call" }));
    expect((await ask()).status).to.equal(200);
  });

  it("shows the invitation as members read it, in each language", async () => {
    const read = async (locale: string) =>
      (
        await server.call<{ subject: string; text: string; html: string }>(
          "GET",
          `/v1/surveys/visit/mail-preview?locale=${locale}`,
        )
      ).body;
    const mails = await Promise.all(["en", "zh-CN", "zh-TW"].map(read));
    expect(new Set(mails.map((m) => m.subject)).size).to.equal(3);
    for (const { text, html } of mails) {
      expect(text).to.include("#survey").and.to.include("#stop");
      expect(html)
        .to.include('href="#survey')
        .and.not.to.match(/src="https?:/);
    }
  });

  it("again and again: each round asks anew who may be asked, and one member's page says when that is", async () => {
    await aSurvey(server, "quarterly", { class: "relational" });
    const { memberId } = await aMember(server, {
      card: "W-3",
      email: "w3@buyer.example",
      region: "GB",
      listWith: { country: "GB" },
    });
    const { body } = await server.call<{ id: string }>("POST", "/v1/survey-campaigns", {
      body: {
        name: "Quarterly",
        surveyId: "quarterly",
        kind: "recurring",
        channel: "email",
        settings: {
          audience: { kind: "list", memberIds: [memberId] },
          everyDays: 91,
          again: "per-wave",
          reminders: false,
        },
      },
    });
    await server.call("POST", `/v1/survey-campaigns/${body.id}/start`);
    const { sending } = server.candor.surveys;
    /** What the member is told of after a look at what is due. */
    const explained = async () => {
      await sending.decideRounds();
      await sending.sendDue();
      return (
        await server.call<{
          channels: { channel: string; decision: string; again: string | null }[];
          asks: { wave: string | null; state: string }[];
        }>("GET", `/v1/members/${memberId}/survey-contact?survey=quarterly&again=per-wave`)
      ).body;
    };
    const now = await explained();
    expect(now.asks.map((a) => [a.wave, a.state])).to.deep.equal([["2026-11-10", "asked"]]);
    const email = now.channels.find((c) => c.channel === "email");
    expect(email).to.include({ decision: "skip" });
    expect(Date.parse(email?.again ?? "")).to.be.greaterThan(+clock.now());
    clock.advance(90 * DAY);
    expect((await explained()).asks).to.have.length(1);
    clock.advance(DAY);
    expect((await explained()).asks.map((a) => a.wave).sort()).to.deep.equal(["2026-11-10", "2027-02-09"]);
  });
});
