import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { anInvitation, anOpenLink, aSurvey, NINE, openPage } from "./a-survey.ts";

interface Problem {
  code: string;
  errors?: { path: string; code: string; message: string }[];
}

describe("answers that mean harm", () => {
  const clock = fixedClock("2026-11-20T09:00:00Z");
  let server: TestServer;
  let version: number;
  before(async () => {
    server = await startTestServer("survey-hostile", { clock });
    version = await aSurvey(server, "visit", { access: { open: true, perMinute: 3 } });
  });
  after(() => server.close());

  const send = (path: string, body: unknown) =>
    server.call<Problem & { status: string }>("POST", `${path}/answers`, { key: null, body });
  const responses = async () =>
    (await server.database.db.query<{ n: number }>(sql`select count(*)::int as n from survey_response`))[0]
      ?.n;

  it("are refused by the strict form before the model sees them, with no value repeated", async () => {
    const { path } = await anInvitation(server, "visit", version);
    for (const [answers, at, code] of [
      [{ nps: 99 }, "/answers/nps", "not-offered"],
      [{ nps: "7" }, "/answers/nps", "not-offered"],
      [{ nps: 7.5 }, "/answers/nps", "not-offered"],
      [{ nps: 7, csat: 0 }, "/answers/csat", "not-offered"],
      [{ nps: 7, evil: "zebra-4711" }, "/answers", "unknown-question"],
      [{ nps: 7, reason: "zebra-4711" }, "/answers/reason", "not-offered"],
      [{ nps: 7, liked: ["staff", "staff"] }, "/answers/liked", "wrong-form"],
      [{ nps: 7, liked: ["staff", "range", "price"] }, "/answers/liked", "too-long"],
      [{ nps: 7, parts: { queue: "good", ghost: "good" } }, "/answers/parts", "unknown-question"],
      [{ nps: 7, visits: "12" }, "/answers/visits", "wrong-form"],
      [{ nps: 7, why: "x".repeat(10_001) }, "/answers/why", "too-long"],
    ] as const) {
      const answer = await send(path, { answers });
      expect(answer.status, JSON.stringify(answers).slice(0, 60)).to.equal(400);
      expect(answer.body.errors?.[0], JSON.stringify(answer.body)).to.include({ path: at, code });
      expect(JSON.stringify(answer.body)).to.not.contain("zebra-4711");
    }
    const missing = await send(path, { answers: { csat: 3 } });
    expect(missing.body.errors).to.deep.equal([
      { path: "/answers/nps", code: "answer", message: "missing or does not fit" },
    ]);
    expect(await responses()).to.equal(0);
  });

  it("leave out what a person could not see: an answer to a hidden question is not kept", async () => {
    const { path } = await anInvitation(server, "visit", version);
    expect((await send(path, { answers: { nps: 10, why: "smuggled" } })).status).to.equal(200);
    const [row] = await server.database.db.query<{ id: string }>(
      sql`select response_id as id from survey_response order by response_id desc limit 1`,
    );
    const opened = await server.candor.surveys.doors.openAnswers(server.database.db, [row?.id ?? ""]);
    expect(opened.get(row?.id ?? "")).to.deep.equal({ nps: 10 });
  });

  it("come to nothing with tokens that were guessed, cut short, of elsewhere or used", async () => {
    const { path } = await anInvitation(server, "visit", version);
    for (const token of [
      "a",
      path.slice(3, -1),
      `${path.slice(3)}A`,
      "A".repeat(43),
      ADMIN_KEY,
      "__proto__",
    ]) {
      expect((await openPage(server, `/s/${token}`)).status, token).to.equal(404);
      expect((await send(`/s/${token}`, { answers: { nps: 5 } })).status).to.equal(404);
    }
    const [ok, late] = await Promise.all([
      send(path, { answers: { nps: 5 } }),
      send(path, { answers: { nps: 6 } }),
    ]);
    expect([ok.body.status, late.body.status].sort()).to.deep.equal(["duplicate", "received"]);
    const [count] = await server.database.db.query<{ n: number }>(sql`
      select count(*)::int as n from survey_score s join survey_invitation i using (invitation_id)
      where i.ended_as = 'answered' and s.value in (5, 6) and s.question = 'nps'`);
    expect(count?.n).to.equal(1);
  });

  it("cannot change what a link carries, nor use a form of another survey", async () => {
    const link = await anOpenLink(server, "visit");
    const [body = "", mac = ""] = link.slice(3).split(".");
    const content = Buffer.from(body, "base64url").toString("utf8");
    const forged = Buffer.from(content.replace("T01", "T99"), "utf8").toString("base64url");
    expect((await openPage(server, `/f/${forged}.${mac}`)).status).to.equal(404);
    await aSurvey(server, "other", { access: { open: true } });
    const other = await openPage(server, await anOpenLink(server, "other"));
    const answer = await send(link, { answers: { nps: 5 }, form: other.fields.get("form") });
    expect(answer.status).to.equal(400);
    expect((await send(link, { answers: { nps: 5 } })).body.errors?.[0]?.path).to.equal("/form");
  });

  it("are slowed down by link when they come too fast, and nothing of them is lost on the page", async () => {
    const link = await anOpenLink(server, "visit", "kiosk", { store: "T02" });
    const hand = async (nps: string) => {
      const first = await openPage(server, link);
      return (await first.submit({ q0: nps })).submit({});
    };
    for (let i = 0; i < 3; i++) expect((await hand("9")).status).to.equal(200);
    const slowed = await hand("9");
    expect(slowed.status).to.equal(429);
    expect(slowed.headers.get("retry-after")).to.equal("20");
    const form = (await openPage(server, link)).fields.get("form");
    const json = await send(link, { answers: { nps: 1 }, form });
    expect([json.status, json.body.code]).to.deep.equal([429, "too-many-answers"]);
    clock.advance(21_000);
    expect((await send(link, { answers: { nps: 1 }, form })).body.status).to.equal("received");
    expect((await send(link, { answers: { nps: 1 }, form })).status).to.equal(429);
  });

  it("are shown as text wherever somebody writes script into them", async () => {
    const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>{nps}\u202e`;
    const { path } = await anInvitation(server, "visit", version);
    const first = await openPage(
      server,
      `${path}?lang=${encodeURIComponent(evil.slice(0, 19))}&a=${encodeURIComponent(evil.slice(0, 99))}`,
    );
    expect(first.text).to.not.contain("<script>alert");
    const second = await (await first.submit({ q0: "1", go: "look" })).submit({ q0: "1", q1: evil });
    const wrong = await second.submit({ q3: '"other"', "q3.o": evil, q6: evil });
    expect(wrong.status).to.equal(422);
    for (const page of [wrong, await openPage(server, path)])
      expect(page.text).to.not.contain("<script>alert").and.not.contain("<img src=x");
    const carried = await openPage(server, await anOpenLink(server, "visit"));
    const echoed = await carried.submit({ q0: "1", q1: evil, shown: ["q0", "q1"] });
    expect(echoed.text).to.not.contain("<script>alert");
  });

  it("of ten megabytes are refused at once, and the door stays open", async () => {
    const { path } = await anInvitation(server, "visit", version);
    const big = await send(path, { answers: { nps: 5, why: "x".repeat(10_000_000) } });
    expect([big.status, big.body.code]).to.deep.equal([400, "body-too-large"]);
    const form = await fetch(`${server.url}${path}`, {
      method: "POST",
      body: `q0=5&q1=${"x".repeat(10_000_000)}`,
    });
    expect(form.status).to.equal(400);
    const many = Array.from({ length: 30_000 }, (_, i) => `q${i}=1`).join("&");
    expect((await fetch(`${server.url}${path}`, { method: "POST", body: many })).status).to.be.lessThan(500);
    expect((await send(path, { answers: { nps: 5 } })).body.status).to.equal("received");
  });

  it("to an old version are kept with the version that was asked, and never change it", async () => {
    const { path } = await anInvitation(server, "visit", version);
    const link = await anOpenLink(server, "visit", "link", { store: "T03" });
    const before = await openPage(server, link);
    const changed = { ...NINE, pages: [{ name: "only", elements: [NINE.pages[0].elements[0]] }] };
    const draft = await server.call("PUT", "/v1/surveys/visit/draft", {
      body: { definition: changed, metrics: [{ question: "nps", kind: "nps" }] },
    });
    expect(draft.body).to.include({ version: version + 1 });
    await server.call("POST", "/v1/surveys/visit/publish");
    expect((await openPage(server, link)).text).to.not.contain("Page 1 of 2");
    expect((await send(path, { version: version + 1, answers: { nps: 5 } })).status).to.equal(409);
    expect((await send(path, { version, answers: { nps: 5, csat: 2 } })).body.status).to.equal("received");
    const done = await (await before.submit({ q0: "7" })).submit({ q2: "3" });
    expect(done.text).to.contain("Thank you");
    const versions = await server.database.db.query<{ version: number }>(sql`
      select distinct version from survey_response where context->>'store' = 'T03'`);
    expect(versions).to.deep.equal([{ version }]);
    let refused = "";
    await server.database.db
      .query(
        sql`update survey_version set document = '{}' where survey_id = 'visit' and version = ${version}`,
      )
      .catch((error: { code: string }) => {
        refused = error.code;
      });
    expect(refused).to.equal("23514");
  });

  it("survive a clock that jumps: too late is said, back in time is stored in order", async () => {
    const { path } = await anInvitation(server, "visit", version, {
      expiresAt: new Date("2027-01-31T00:00:00Z"),
    });
    const page = await openPage(server, path);
    clock.set("2027-06-01T00:00:00Z");
    expect((await page.submit({ q0: "5" })).status).to.equal(410);
    expect((await send(path, { answers: { nps: 5 } })).body.code).to.equal("gone");
    clock.set("2026-11-01T00:00:00Z");
    expect((await send(path, { answers: { nps: 5 } })).body.status).to.equal("received");
    const [row] = await server.database.db.query<{ ordered: boolean }>(sql`
      select r.answered_at >= i.created_at as ordered from survey_response r join survey_invitation i using (invitation_id)
      order by i.invitation_id desc limit 1`);
    expect(row?.ordered).to.equal(true);
    clock.set("2026-11-20T12:00:00Z");
  });
});
