import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { anInvitation, anOpenLink, aSurvey, openPage } from "./a-survey.ts";

describe("an anonymous survey", () => {
  const clock = fixedClock("2026-11-20T09:41:17.345Z");
  let server: TestServer;
  let version: number;
  before(async () => {
    server = await startTestServer("survey-anonymous", { clock });
    version = await aSurvey(server, "honest", { anonymous: true, access: { open: true } });
  });
  after(() => server.close());

  const tickets = (count: number) =>
    server.database.db.tx((tx) =>
      server.candor.surveys.doors.createTickets(
        tx,
        {
          surveyId: "honest",
          version,
          channel: "email",
          wave: "2026-Q4",
          context: { store: "T01" },
          expiresAt: new Date("2026-12-20T00:00:00Z"),
        },
        count,
      ),
    );
  const answer = async (path: string, fields: Record<string, string> = { q2: "4" }) => {
    const first = await openPage(server, path);
    const second = await first.submit({ q0: "9" });
    return second.submit(fields);
  };
  const count = async (table: "survey_anonymous_inbox" | "survey_anonymous_answer") => {
    const statement =
      table === "survey_anonymous_inbox"
        ? sql`select count(*)::int as n from survey_anonymous_inbox`
        : sql`select count(*)::int as n from survey_anonymous_answer`;
    return (await server.database.db.query<{ n: number }>(statement))[0]?.n;
  };
  const receiptOf = (text: string) => /<code>([0-9A-Z-]{19})<\/code>/.exec(text)?.[1] ?? "";

  it("refuses by its schema to name anybody", async () => {
    let code = "";
    try {
      await anInvitation(server, "honest", version);
    } catch (error) {
      code = (error as { code: string }).code;
    }
    expect(code).to.equal("conflict");
    const columns = await server.database.db.query<{ t: string; c: string; type: string }>(sql`
      select table_name as t, column_name as c, data_type as type from information_schema.columns
      where table_name in ('survey_ticket', 'survey_form_used', 'survey_anonymous_inbox', 'survey_anonymous_answer')`);
    expect(columns.length).to.be.greaterThan(20);
    expect(columns.filter(({ c }) => /subject|member|invitation/.test(c))).to.deep.equal([]);
    // Nothing in them is finer than a day.
    expect(columns.filter(({ type }) => /timestamp|time /.test(type))).to.deep.equal([]);
  });

  it("lets answers enter in one batch, in random order, under random ids, with the day alone", async () => {
    const paths = await tickets(5);
    for (const [i, path] of paths.slice(0, 4).entries()) {
      const done = await answer(path, { q2: String(i + 1) });
      expect(done.text).to.contain("Thank you");
      clock.advance(61_234);
    }
    expect(await server.candor.surveys.mixAnonymous()).to.equal(0);
    expect(await count("survey_anonymous_inbox")).to.equal(4);
    await answer(paths[4] as string, { q2: "5" });
    expect(await server.candor.surveys.mixAnonymous()).to.equal(5);
    expect(await count("survey_anonymous_inbox")).to.equal(0);
    const rows = await server.database.db.query<{
      id: string;
      xmin: string;
      day: string;
      context: unknown;
    }>(sql`
      select answer_id::text as id, xmin::text as xmin, answered_on::text as day, context from survey_anonymous_answer`);
    expect(rows).to.have.length(5);
    for (const row of rows) {
      expect(row.id[14], "version of the id").to.equal("4");
      expect(row.day).to.equal("2026-11-20");
      expect(row.context).to.deep.equal({ store: "T01" });
    }
    expect(new Set(rows.map((r) => r.xmin)).size, "transactions").to.equal(1);
    const scores = await server.database.db.query<Record<string, unknown>>(sql`
      select subject_id, invitation_id, answered_at, wave from survey_score where survey_id = 'honest'`);
    expect(scores).to.have.length(10);
    for (const score of scores)
      expect(score).to.deep.equal({
        subject_id: null,
        invitation_id: null,
        answered_at: null,
        wave: "2026-Q4",
      });
  });

  it("takes each ticket once, and the same form again without counting it again", async () => {
    const [path = ""] = await tickets(1);
    const first = await openPage(server, path);
    const second = await first.submit({ q0: "8" });
    const done = await second.submit({ q2: "1" });
    const receipt = receiptOf(done.text);
    expect(receipt).to.match(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    const before = await count("survey_anonymous_inbox");
    const again = await second.submit({ q2: "1" });
    expect(receiptOf(again.text)).to.equal(receipt);
    expect((await answer(path)).text).to.contain("Already answered");
    expect(await count("survey_anonymous_inbox")).to.equal(before);
  });

  it("keeps no half-done answer", async () => {
    const [path = ""] = await tickets(1);
    const before = await count("survey_anonymous_inbox");
    const first = await openPage(server, path);
    // The low score brings up a question of the same page, also without script.
    const grown = await first.submit({ q0: "6" });
    expect(grown.text).to.contain("What went wrong?").and.contain("Page 1 of 2");
    const second = await grown.submit({ q1: "half" });
    expect(JSON.parse(second.fields.get("carry") ?? "")).to.deep.equal({ nps: 6, why: "half" });
    expect(await count("survey_anonymous_inbox")).to.equal(before);
    expect((await openPage(server, path)).text).to.contain("Page 1 of 2");
  });

  it("lets what is left over of a day enter on the next", async () => {
    const waiting = await count("survey_anonymous_inbox");
    expect(waiting).to.be.greaterThan(0).and.lessThan(5);
    clock.set("2026-11-21T00:00:30Z");
    expect(await server.candor.surveys.mixAnonymous()).to.equal(waiting);
  });

  it("withdraws an answer by its receipt, waiting or entered, typed carelessly", async () => {
    const [early = "", late = ""] = await tickets(2);
    const first = receiptOf((await answer(early)).text);
    clock.set("2026-11-22T00:00:30Z");
    await server.candor.surveys.mixAnonymous();
    const second = receiptOf((await answer(late)).text);
    const page = await openPage(server, "/survey-receipt?lang=en");
    const entered = await count("survey_anonymous_answer");
    expect((await page.submit({ code: first.toLowerCase().replaceAll("-", " ") })).text).to.contain(
      "have been deleted",
    );
    expect(await count("survey_anonymous_answer")).to.equal((entered ?? 0) - 1);
    const left = await server.database.db.query<{ n: number }>(sql`
      select count(*)::int as n from survey_score s where not exists
        (select 1 from survey_anonymous_answer a where a.answer_id = s.response_id) and s.survey_id = 'honest'`);
    expect(left[0]?.n).to.equal(0);
    expect((await page.submit({ code: second })).text).to.contain("have been deleted");
    expect(await count("survey_anonymous_inbox")).to.equal(0);
    expect((await page.submit({ code: second })).status).to.equal(404);
    expect((await page.submit({ code: "'; drop table survey" })).status).to.equal(404);
  });

  it("keeps how to reach somebody apart, and only when that was wanted", async () => {
    const path = await anOpenLink(server, "honest", "kiosk");
    const first = await openPage(server, path);
    const second = await first.submit({ q0: "8" });
    const asked = await second.submit({ q7: "true", go: "look" });
    const done = await asked.submit({ q7: "true", q8: "ring 5550100" });
    expect(done.text).to.contain("Thank you");
    expect(done.headers.get("refresh")).to.match(/^45; url=\/f\//);
    clock.set("2026-11-23T00:00:30Z");
    await server.candor.surveys.mixAnonymous();
    const [row] = await server.database.db.query<{ id: string }>(
      sql`select answer_id as id from survey_anonymous_answer where contact_cell is not null`,
    );
    const { doors } = server.candor.surveys;
    expect(await doors.openContact(server.database.db, row?.id ?? "")).to.equal("ring 5550100");
    expect((await doors.openAnswers(server.database.db, [row?.id ?? ""])).get(row?.id ?? "")).to.deep.equal({
      nps: 8,
    });
  });
});
