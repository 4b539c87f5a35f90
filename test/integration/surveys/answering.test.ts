import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aMember } from "../consent/people.ts";
import { anInvitation, anOpenLink, aSurvey, openPage } from "./a-survey.ts";

interface Score {
  question: string;
  value: number;
  store: string | null;
  subject: string | null;
}

describe("answering a survey", () => {
  let server: TestServer;
  let version: number;
  before(async () => {
    server = await startTestServer("survey-answering");
    version = await aSurvey(server, "visit", { access: { open: true } });
  });
  after(() => server.close());

  const scoresOf = (invitationId: string) =>
    server.database.db.query<Score>(sql`
      select question, value, store_id as store, subject_id as subject from survey_score
      where invitation_id = ${invitationId}::uuid order by question`);

  it("stores answers that come at the same time together, each once, and refuses those that cannot be taken any more", async () => {
    const { memberId } = await aMember(server);
    const whom = { subjectId: memberId, memberId };
    const invitations = await Promise.all(
      [1, 2, 3, 4].map(() => anInvitation(server, "visit", version, whom)),
    );
    const ended = await anInvitation(server, "visit", version, {
      ...whom,
      expiresAt: new Date("2020-01-01T00:00:00Z"),
    });
    const open = await anOpenLink(server, "visit", "widget");
    const { form } = (await server.call<{ form: string }>("GET", `${open}/form`, { key: null })).body;
    const send = async (path: string, more: object = {}) => {
      const { status, body } = await server.call<{ status?: string; code?: string }>(
        "POST",
        `${path}/answers`,
        { key: null, body: { answers: { nps: 2, why: "Die Kasse war zu.", csat: 4 }, ...more } },
      );
      return body.status !== undefined && status === 200 ? body.status : body.code;
    };
    const sent = await Promise.all([
      ...invitations.flatMap(({ path }) => [send(path), send(path)]),
      send(open, { form }),
      send(open, { form }),
      send(ended.path),
    ]);
    // Which of two is first is nobody's promise; that one is, and that the other changes nothing, is.
    for (let i = 0; i < 10; i += 2) expect(sent.slice(i, i + 2)).to.have.members(["received", "duplicate"]);
    expect(sent[10]).to.equal("gone");
    for (const { invitationId } of invitations) {
      expect((await scoresOf(invitationId)).map((s) => s.value)).to.deep.equal([4, 2]);
      const [counts] = await server.database.db.query(sql`
        select count(*)::int as cases from survey_case join survey_response using (response_id)
        where invitation_id = ${invitationId}::uuid`);
      expect(counts).to.deep.equal({ cases: 1 });
    }
    expect(await scoresOf(ended.invitationId)).to.deep.equal([]);
  });

  it("works page by page without any script, keeps half-done answers and stores the whole once", async () => {
    const { memberId } = await aMember(server);
    const { path, invitationId } = await anInvitation(server, "visit", version, {
      subjectId: memberId,
      memberId,
    });
    const first = await openPage(server, path);
    expect(first.status).to.equal(200);
    expect(first.text).to.contain("How likely are you to recommend us?").and.not.contain("What went wrong?");
    expect(first.headers.get("content-security-policy")).to.contain("default-src 'none'");
    // A low score brings up a question of the same page, then the next page.
    const again = await first.submit({ q0: "3", go: "look" });
    expect(again.text).to.contain("What went wrong?");
    const second = await again.submit({ q0: "3", q1: "The queue <script>alert(1)</script>" });
    expect(second.text).to.contain("How satisfied are you with the visit?");
    // Coming back later on another device goes on there.
    const resumed = await openPage(server, path);
    expect(resumed.text).to.contain("How satisfied are you with the visit?").and.contain("Page 2 of 2");
    const back = await resumed.submit({ go: "back" });
    expect(back.text).to.contain("&lt;script&gt;").and.not.contain("<script>alert");
    const forth = await back.submit({});
    const done = await forth.submit({
      q2: "4",
      q3: '"other"',
      "q3.o": "Looking around",
      q4: ['"staff"', '"price"'],
      "q5.r0": '"good"',
      q6: "12",
    });
    expect(done.status, done.text).to.equal(200);
    expect(done.text).to.contain("Thank you");
    expect(await scoresOf(invitationId)).to.deep.equal([
      { question: "csat", value: 4, store: "T01", subject: memberId },
      { question: "nps", value: 3, store: "T01", subject: memberId },
    ]);
    const [stored] = await server.database.db.query<{ id: string }>(
      sql`select response_id as id from survey_response where invitation_id = ${invitationId}::uuid`,
    );
    const opened = await server.candor.surveys.doors.openAnswers(server.database.db, [stored?.id ?? ""]);
    expect(opened.get(stored?.id ?? "")).to.deep.equal({
      nps: 3,
      why: "The queue <script>alert(1)</script>",
      csat: 4,
      reason: "other",
      "reason-Comment": "Looking around",
      liked: ["staff", "price"],
      parts: { queue: "good" },
      visits: 12,
    });
    const [mine] = await server.candor.surveys.exportRows([memberId]);
    expect(mine?.answers).to.deep.include({
      question: "Why did you come?",
      answer: "other",
      comment: "Looking around",
    });
    expect((await openPage(server, path)).text).to.contain("Already answered");
    expect((await forth.submit({ q2: "1" })).text).to.contain("Already answered");
    expect(await scoresOf(invitationId)).to.have.length(2);
  });

  it("tells the profile with the events of a survey source, once however often it tells", async () => {
    const { memberId } = await aMember(server);
    const { path } = await anInvitation(server, "visit", version, { subjectId: memberId, memberId });
    const token = path.slice(3);
    const sent = await server.call("POST", `/s/${token}/answers`, {
      key: null,
      body: { version, answers: { nps: 9, csat: 5 } },
    });
    expect(sent.body).to.deep.equal({ status: "received", receipt: null });
    const same = await server.call("POST", `/s/${token}/answers`, {
      key: null,
      body: { answers: { nps: 9 } },
    });
    expect(same.body).to.deep.equal({ status: "duplicate", receipt: null });
    expect(await server.candor.surveys.tellEvents()).to.be.greaterThan(0);
    expect(await server.candor.surveys.tellEvents()).to.equal(0);
    await server.database.db.query(
      sql`update survey_response set told_at = null where subject_id = ${memberId}::uuid`,
    );
    await server.candor.surveys.tellEvents();
    const events = await server.database.db.query<{
      type: string;
      plain: { properties: Record<string, unknown> };
    }>(sql`
      select type, plain from event where subject_id = ${memberId}::uuid and type = 'survey.answered' order by event_id`);
    expect(events).to.have.length(2);
    expect(
      events.map((e) => [e.plain.properties.question_kind, Number(e.plain.properties.score)]),
    ).to.have.deep.members([
      ["nps", 9],
      ["csat", 5],
    ]);
  });

  it("preselects the answer of a link in a message, and records it only when it is sent", async () => {
    const { path, invitationId } = await anInvitation(server, "visit", version);
    const page = await openPage(server, `${path}?a=9&lang=zh-TW`);
    expect(page.fields.get("q0")).to.equal("9");
    expect(page.text).to.contain("您有多大可能推薦我們？").and.contain('lang="zh-TW"');
    const [before] = await server.database.db.query<{ n: number; opened: Date | null }>(sql`
      select (select count(*)::int from survey_response where invitation_id = ${invitationId}::uuid) as n,
        opened_at as opened from survey_invitation where invitation_id = ${invitationId}::uuid`);
    expect(before).to.deep.equal({ n: 0, opened: null });
    await page.submit({});
    const [after] = await server.database.db.query<{ n: number }>(
      sql`select count(*)::int as n from survey_response where invitation_id = ${invitationId}::uuid`,
    );
    expect(after?.n).to.equal(1);
    expect((await openPage(server, `${path}?a=99`)).fields.get("q0")).to.equal(null);
  });

  it("asks again for what is missing, in the person's language", async () => {
    const { path } = await anInvitation(server, "visit", version, { locale: "zh-TW" });
    const page = await openPage(server, path);
    const again = await page.submit({});
    expect(again.status).to.equal(422);
    expect(again.text).to.contain('aria-invalid="true"').and.contain("請再看一下這些問題");
  });

  it("takes a no for an answer", async () => {
    const { memberId } = await aMember(server);
    const who = { subjectId: memberId, memberId };
    const { path, invitationId } = await anInvitation(server, "visit", version, who);
    const page = await openPage(server, path);
    await page.submit({ q0: "9" });
    expect((await page.submit({ go: "decline" })).text).to.contain("We will not remind you");
    const [row] = await server.database.db.query<{ as: string }>(
      sql`select ended_as as as from survey_invitation where invitation_id = ${invitationId}::uuid`,
    );
    expect(row?.as).to.equal("declined");
    await server.candor.surveys.tellEvents();
    const told = await server.call<{ events: { type: string }[] }>(
      "GET",
      `/v1/members/${memberId}/events?purpose=legal-obligation`,
    );
    const types = told.body.events.map((e) => e.type).filter((type) => type.startsWith("survey."));
    expect(types).to.have.members(["survey.opened", "survey.declined"]);
  });

  it("takes answers by an open link, each form once", async () => {
    const path = await anOpenLink(server, "visit");
    const first = await openPage(server, path);
    expect(first.fields.get("carry")).to.equal("{}");
    const second = await first.submit({ q0: "10" });
    expect(second.text).to.contain("How satisfied are you with the visit?");
    const done = await second.submit({ q2: "5" });
    expect(done.text).to.contain("Thank you");
    await second.submit({ q2: "1" });
    const scores = await server.database.db.query<Score>(sql`
      select question, value, store_id as store, subject_id as subject from survey_score
      where channel = 'qr' order by question`);
    expect(scores).to.deep.equal([
      { question: "csat", value: 5, store: "T01", subject: null },
      { question: "nps", value: 10, store: "T01", subject: null },
    ]);
  });
});
