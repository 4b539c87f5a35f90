import { expect } from "chai";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { fixedClock, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { anImapMailbox, type ImapMailbox } from "../../setup/imap-server.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, say } from "../consent/people.ts";
import { A_SHOP } from "../consent/shop.ts";
import { aSurvey, openPage } from "./a-survey.ts";

const NOW = "2026-11-10T02:00:00Z";
const PUBLIC = "https://feedback.example";

interface CampaignFigures {
  members: { state: string; reason: string | null; n: number }[];
  messages: { kind: string; state: string; n: number }[];
}

/** From a purchase to the message, the answer, the call back, the figure, and the end of all messages. */
describe("surveys, over real SMTP", () => {
  const clock = fixedClock(NOW);
  const mails: ParsedMail[] = [];
  let refuse: (address: string) => number | null = () => null;
  let smtp: SMTPServer;
  let returned: ImapMailbox;
  let server: TestServer;
  let till: { id: string; writeKey: string };

  before(async () => {
    smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onRcptTo(address, _session, done) {
        const code = refuse(address.address);
        if (code === null) done();
        else done(Object.assign(new Error("no such user"), { responseCode: code }));
      },
      onData(stream, _session, done) {
        simpleParser(stream).then((mail) => {
          mails.push(mail);
          done();
        }, done);
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
    const address = smtp.server.address();
    const port = typeof address === "object" ? address?.port : 0;
    returned = await anImapMailbox();
    server = await startTestServer("survey-journey", {
      clock,
      bounceMailbox: returned.url,
      workers: false,
      mail: { smtpUrl: `smtp://127.0.0.1:${port}`, from: "Shop <surveys@shop.example>" },
    });
    const set = await server.call("PUT", "/v1/controller", { body: { ...A_SHOP, publicUrl: PUBLIC } });
    expect(set.status, JSON.stringify(set.body)).to.be.lessThan(300);
    till = await server.source({ name: "Web shop", kind: "web", region: "GB", currency: "GBP" });
    await aSurvey(server, "after-purchase");
    for (const [id, region] of [
      ["T01", "north"],
      ["T02", "south"],
    ]) {
      const place = await server.call("PUT", `/v1/survey-places/${id}`, {
        body: {
          name: `Shop ${id}`,
          region,
          timeZone: "Europe/London",
          locale: "en",
          caseMail: "cases@shop.example",
          escalationMail: "boss@shop.example",
        },
      });
      expect(place.status, JSON.stringify(place.body)).to.equal(200);
    }
  });
  after(async () => {
    await server.close();
    returned.close();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });

  const person = (card: string, email: string) =>
    aMember(server, {
      card,
      email,
      region: "GB",
      listWith: { country: "GB", timezone: "Europe/London", homeStore: "T01" },
    });
  const order = (card: string, orderId: string, event: string, more: Record<string, unknown> = {}) =>
    server.call<{ results?: { status: string; code?: string }[] }>("POST", "/v1/batch", {
      key: till.writeKey,
      body: {
        batch: [
          {
            type: "track",
            event,
            messageId: `${orderId}-${event}`,
            userId: card,
            timestamp: clock.now().toISOString(),
            properties: {
              order_id: orderId,
              total: 30,
              currency: "GBP",
              store_id: "T01",
              products: [{ product_id: "P1", category: "bread", price: 30, quantity: 1 }],
              ...more,
            },
          },
        ],
      },
    });
  /** Lets background work happen once, in the order in which it would. */
  const work = async () => {
    const { sending } = server.candor.surveys;
    const { sequenceChanges } = await import("../../../src/members/index.ts");
    await server.candor.queue.drain();
    await sequenceChanges(server.database.db);
    await sending.followTriggers();
    await sending.decideRounds();
    await sending.sendDue();
    await sending.handOver();
    await deliver();
    await server.candor.surveys.tellEvents();
    await sending.escalateCases();
  };
  /** Works the queue of mail until it is empty. */
  const deliver = async () => {
    const open = async () => {
      const states = ["waiting", "sending"].map((s) =>
        server.call<{ items: unknown[] }>("GET", `/v1/outbox?state=${s}`),
      );
      return (await Promise.all(states)).some((answer) => answer.body.items.length > 0);
    };
    if (!(await open())) return;
    const tickers = server.candor.mailer.startWorkers();
    while (await open()) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const ticker of tickers) await ticker.stop();
  };
  const start = async (settings: Record<string, unknown>, more: Record<string, unknown> = {}) => {
    const made = await server.call<{ id: string }>("POST", "/v1/survey-campaigns", {
      body: { name: "c", surveyId: "after-purchase", kind: "event", channel: "email", settings, ...more },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const started = await server.call("POST", `/v1/survey-campaigns/${made.body.id}/start`);
    expect(started.status, JSON.stringify(started.body)).to.equal(200);
    return made.body.id;
  };
  const figures = async (id: string) =>
    (await server.call<CampaignFigures>("GET", `/v1/survey-campaigns/${id}`)).body;
  const to = (address: string) => mails.filter((m) => JSON.stringify(m.to).includes(address));
  const pathOf = (mail: ParsedMail | undefined, what: string) =>
    new RegExp(`${PUBLIC}(/${what}/[^\\s"<?]+)`).exec(mail?.text ?? "")?.[1] ?? "";

  it("asks a day after a purchase that was not returned, calls back, counts, and stops at one click", async () => {
    const amy = await person("C-AMY", "amy@buyer.example");
    const bob = await person("C-BOB", "bob@buyer.example");
    const id = await start({
      audience: { kind: "everybody" },
      trigger: {
        event: "order.completed",
        stores: ["T01"],
        afterHours: 24,
        unlessReturned: true,
        latestHours: 120,
      },
    });
    clock.advance(MINUTE);
    await order("C-AMY", "O-1", "Order Completed");
    await order("C-BOB", "O-2", "Order Completed");
    await work();
    expect(mails).to.have.length(0);
    clock.advance(2 * HOUR);
    await order("C-BOB", "O-2", "Order Refunded");
    clock.advance(22 * HOUR + 10 * MINUTE);
    // In London it is the middle of the night: the message waits for the morning.
    await work();
    expect(mails).to.have.length(0);
    clock.set("2026-11-11T09:05:00Z");
    await work();
    expect(to("bob@")).to.have.length(0);
    expect((await figures(id)).members).to.deep.include({ state: "skipped", reason: "order-returned", n: 1 });
    const [mail] = to("amy@buyer.example");
    expect(mail?.headerLines.find((h) => h.key === "list-unsubscribe-post")?.line).to.equal(
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    );
    expect(mail?.html).to.include("?a=3");

    // The answer that was clicked in the mail is chosen; opening it has recorded nothing.
    const page = await openPage(server, `${pathOf(mail, "s")}?a=3`);
    expect(page.fields.get("q0")).to.equal("3");
    const asked = await page.submit({ q0: "3", go: "look" });
    const second = await asked.submit({ q1: "The queue was far too long and the cashier was rude" });
    const done = await second.submit({ q2: "2" });
    expect(done.text).to.include("Thank you");
    await work();

    const cases = await server.call<{
      items: { id: string; store: string; reasons: string[]; late: boolean }[];
    }>("GET", "/v1/survey-cases?state=open");
    const [open] = cases.body.items;
    expect(open).to.deep.include({ store: "T01", reasons: ["detractor", "low-csat"], late: false });
    expect(to("cases@shop.example")).to.have.length(1);
    expect(to("cases@shop.example")[0]?.text).to.not.match(/queue|amy/i);
    const seen = await server.call<{
      answers: Record<string, unknown>;
      order: { netMinor: number; store: string };
      questions: Record<string, Record<string, string>>;
    }>("GET", `/v1/survey-cases/${open?.id}`);
    expect(seen.body.questions.nps, "each answer comes with what was asked").to.have.all.keys(
      "en",
      "zh-CN",
      "zh-TW",
    );
    expect(seen.body.answers.nps).to.equal(3);
    expect(seen.body.order).to.include({ netMinor: 3000, store: "T01" });
    expect(JSON.stringify(seen.body)).to.not.match(/buyer\.example|Mei|C-AMY/);

    // Nobody calls within a day: the store's head is told, once.
    clock.advance(25 * HOUR);
    await work();
    await work();
    expect(to("boss@shop.example")).to.have.length(1);
    // While the case is open, Amy is not asked; the reminders have stopped with the answer.
    const explained = await server.call<{
      channels: { channel: string; decision: string; reason: string }[];
    }>("GET", `/v1/members/${amy.memberId}/survey-contact?survey=after-purchase&again=always`);
    expect(explained.body.channels.find((c) => c.channel === "email")).to.include({
      decision: "skip",
      reason: "complaint",
    });
    for (const body of [
      { move: "contact", owner: "Kim", note: "She will come by." },
      { move: "close", outcome: "apologised", askAgainDays: 30 },
    ]) {
      const changed = await server.call("PATCH", `/v1/survey-cases/${open?.id}`, { body });
      expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    }
    await work();
    expect(to("amy@buyer.example")).to.have.length(1);

    const events = await server.call<{ events: { type: string }[] }>(
      "GET",
      `/v1/members/${amy.memberId}/events?purpose=legal-obligation`,
    );
    const types = events.body.events.map((e) => e.type);
    expect(types).to.include.members([
      "survey.invited",
      "survey.answered",
      "survey.case-opened",
      "survey.case-closed",
    ]);

    // Too few have answered: the figure is withheld, and that is said.
    const few = await server.call("GET", "/v1/surveys/after-purchase/results");
    expect(few.body).to.deep.include({ total: null, withheld: "small-group" });

    // One click ends it: no further message, to either of them.
    const unsubscribe = await fetch(`${server.url}${pathOf(mail, "u")}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "List-Unsubscribe=One-Click",
    });
    expect(unsubscribe.status).to.equal(200);
    clock.set("2026-12-20T10:00:00Z");
    await order("C-AMY", "O-9", "Order Completed");
    await work();
    clock.advance(25 * HOUR);
    await work();
    expect(to("amy@buyer.example")).to.have.length(1);
    expect((await figures(id)).members).to.deep.include({ state: "skipped", reason: "consent", n: 1 });
    expect(bob.memberId).to.not.equal(amy.memberId);
    await server.call("POST", `/v1/survey-campaigns/${id}/end`);
  });

  it("reads in a mailbox that a message came back, and does not write to that address again", async () => {
    const { memberId } = await person("C-GONE", "gone@moved.example");
    const settings = { audience: { kind: "list", memberIds: [memberId] }, again: "always" };
    const id = await start(settings, { kind: "once" });
    await work();
    const [mail] = to("gone@moved.example");
    returned.take(
      [
        "From: MAILER-DAEMON@mx.moved.example",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Final-Recipient: rfc822; gone@moved.example",
        "Action: failed",
        "Status: 5.1.1",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        `Message-ID: ${mail?.messageId}`,
        "",
        "--b--",
      ].join("\r\n"),
    );
    expect(await server.candor.surveys.sending.readBounces()).to.equal(1);
    expect(returned.messages()).to.have.length(0);
    expect((await figures(id)).messages).to.deep.equal([{ kind: "invitation", state: "bounced", n: 1 }]);
    await server.candor.surveys.tellEvents();
    const told = await server.call<{ events: { type: string }[] }>(
      "GET",
      `/v1/members/${memberId}/events?purpose=legal-obligation`,
    );
    expect(told.body.events.map((e) => e.type)).to.include("survey.bounced");
    const contact = await server.call<{ channels: { channel: string; decision: string; reason: string }[] }>(
      "GET",
      `/v1/members/${memberId}/survey-contact?survey=after-purchase`,
    );
    expect(contact.body.channels.find((c) => c.channel === "email")).to.include({
      decision: "skip",
      reason: "no-address",
    });
  });

  it("counts a campaign's answers with interval, groups and themes, and shows who was left out and why", async () => {
    clock.set("2027-01-12T10:00:00Z");
    const members = [];
    for (let i = 0; i < 9; i++) members.push(await person(`C-${i}`, `p${i}@crowd.example`));
    const lost = await person("C-LOST", "lost@crowd.example");
    refuse = (address) => (address === "lost@crowd.example" ? 550 : null);
    const list = [...members, lost].map((m) => m.memberId);
    const settings = { audience: { kind: "list", memberIds: list } };
    const made = await server.call<{ id: string }>("POST", "/v1/survey-campaigns", {
      body: { name: "c", surveyId: "after-purchase", kind: "once", channel: "email", settings },
    });
    const simulated = await server.call<{ asked: number; members: number }>(
      "POST",
      `/v1/survey-campaigns/${made.body.id}/simulate`,
    );
    expect(simulated.body).to.include({ members: 10, asked: 10 });
    expect(to("crowd.example")).to.have.length(0);
    await server.call("POST", `/v1/survey-campaigns/${made.body.id}/start`);
    await work();
    expect(to("crowd.example")).to.have.length(9);
    expect((await figures(made.body.id)).messages).to.deep.include({
      kind: "invitation",
      state: "bounced",
      n: 1,
    });
    const scores = [10, 10, 10, 9, 9, 8, 8, 2, 10];
    for (const [i, score] of scores.entries()) {
      const [mail] = to(`p${i}@crowd.example`);
      const sent = await server.call("POST", `${pathOf(mail, "s")}/answers`, {
        key: null,
        body: {
          answers: {
            nps: score,
            ...(score < 7 ? { why: "The queue took forever" } : {}),
            csat: score > 8 ? 5 : 3,
          },
        },
      });
      expect(sent.body, JSON.stringify(sent.body)).to.deep.include({ status: "received" });
    }
    const { body } = await server.call<{
      total: { n: number; value: number; low: number; high: number };
      response: { invited: number; rate: number; bounced: number };
      by: { store: { groups: { key: string }[] } };
      drivers: unknown[];
    }>("GET", "/v1/surveys/after-purchase/results?question=nps&from=2027-01-01&to=2027-02-01");
    expect(body.total).to.include({ n: 9 });
    expect(body.total.value).to.be.closeTo(100 * (6 / 9 - 1 / 9), 1e-9);
    expect(body.total.low).to.be.lessThan(body.total.value);
    expect(body.response).to.include({ invited: 10, bounced: 1, rate: 1 });
    expect(body.by.store.groups.map((g) => g.key)).to.deep.equal(["T01"]);
    const csv = await fetch(
      `${server.url}/v1/surveys/after-purchase/answers?purpose=survey-contact&format=csv&from=2027-01-01&to=2027-02-01`,
      {
        headers: { authorization: "Bearer test-admin-key-0123456789" },
      },
    );
    const lines = (await csv.text()).trim().split("\r\n");
    expect(lines[0]).to.match(/^answeredOn,version,.*nps,csat$/);
    expect(lines).to.have.length(10);
    expect(lines.join("\n")).to.not.match(/crowd|C-\d|Mei/);
    const themes = await server.call(
      "GET",
      "/v1/surveys/after-purchase/themes?from=2027-01-01&to=2027-02-01",
    );
    expect(themes.body).to.deep.include({ withheld: "small-group", comments: null });
    // Whoever was asked in these days is not asked again; the address that came back is not written to.
    const again = await server.call<{ id: string }>("POST", "/v1/survey-campaigns", {
      body: {
        name: "d",
        surveyId: "after-purchase",
        kind: "once",
        channel: "email",
        settings: { ...settings, again: "always" },
      },
    });
    const next = await server.call<{ reasons: { reason: string; members: number }[] }>(
      "POST",
      `/v1/survey-campaigns/${again.body.id}/simulate`,
    );
    expect(next.body.reasons).to.have.deep.members([
      { decision: "skip", reason: "global-cap", members: 8 },
      { decision: "skip", reason: "complaint", members: 1 },
      { decision: "skip", reason: "no-address", members: 1 },
    ]);
  });

  it("makes the programme's response rate: whoever was asked and answered, of those who allow profiling, with its interval", async () => {
    clock.set("2027-03-09T10:00:00Z");
    const members: string[] = [];
    for (let i = 0; i < 8; i++) {
      const { memberId } = await person(`C-K${i}`, `k${i}@kpi.example`);
      members.push(memberId);
      const bought = await order(`C-K${i}`, `K-${i}`, "Order Completed");
      expect(bought.body.results?.[0]?.status).to.equal("accepted");
      const grant = { notice: { id: "profiling", locale: "en" }, country: "GB" };
      expect((await say(server, aGrant(memberId, "profiling", grant))).status).to.equal(201);
    }
    const id = await start({ audience: { kind: "list", memberIds: members } }, { kind: "once" });
    await work();
    expect(to("kpi.example")).to.have.length(8);
    clock.advance(2 * HOUR);
    for (let i = 0; i < 5; i++) {
      const [mail] = to(`k${i}@kpi.example`);
      const sent = await server.call("POST", `${pathOf(mail, "s")}/answers`, {
        key: null,
        body: { answers: { nps: 9, csat: 5 } },
      });
      expect(sent.body, JSON.stringify(sent.body)).to.deep.include({ status: "received" });
    }
    const rate = async () => {
      await work();
      const { sequenceChanges } = await import("../../../src/members/index.ts");
      for (let left = 1; left > 0; left = await server.candor.loyalty.follow())
        while ((await sequenceChanges(server.database.db)) > 0);
      const kpis = await server.call<{
        formulas: Record<string, string>;
        months: {
          month: string;
          currency: string;
          responseRate: { value: number | null; of: number; interval: [number, number] | null };
        }[];
      }>("GET", "/v1/loyalty/kpis?months=2");
      expect(kpis.status, JSON.stringify(kpis.body)).to.equal(200);
      expect(kpis.body.formulas.responseRate).to.include("within 30 days");
      return kpis.body.months.find((m) => m.month === "2027-03" && m.currency === "GBP")?.responseRate;
    };
    const told = await rate();
    expect(told).to.include({ value: 5 / 8, of: 8 });
    // Wilson's interval of 5 in 8, by hand: (0.625 + z²/16 ± z·√(0.625·0.375/8 + z²/256)) / (1 + z²/8), z = 1.96.
    expect(told?.interval?.[0]).to.be.closeTo(0.3057, 1e-3);
    expect(told?.interval?.[1]).to.be.closeTo(0.8632, 1e-3);
    // Whoever no longer allows profiling is no longer counted, and five alone are the fewest that are.
    await say(server, { memberId: members[0], state: "withdrawn", purpose: "profiling" });
    expect(await rate()).to.include({ value: 4 / 7, of: 7 });
    for (const memberId of members.slice(5))
      await say(server, { memberId, state: "withdrawn", purpose: "profiling" });
    expect(await rate()).to.deep.equal({ value: null, of: 0, interval: null });
    await server.call("POST", `/v1/survey-campaigns/${id}/end`);
  });
});
