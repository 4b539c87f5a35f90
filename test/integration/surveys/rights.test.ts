import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { HOLDINGS } from "../../../src/holdings.ts";
import { DAY, fixedClock } from "../../../src/kernel/clock.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, say } from "../consent/people.ts";
import { A_SHOP } from "../consent/shop.ts";
import { erase, scopeOf } from "../erasure/acts.ts";
import { ownPackage } from "../erasure/own-package.ts";
import { aSurvey, openPage } from "./a-survey.ts";

interface Case {
  id: string;
  store: string | null;
}

/** What a person may ask of its answers, and who may see them. */
describe("answers to surveys as the person's own", () => {
  const clock = fixedClock("2026-11-21T04:00:00Z");
  let server: TestServer;
  let ann: string;
  let bea: string;
  before(async () => {
    server = await startTestServer("survey-rights", { clock });
    await server.call("PUT", "/v1/controller", { body: A_SHOP });
    for (const [id, region] of [
      ["T01", "north"],
      ["T02", "south"],
    ])
      await server.call("PUT", `/v1/survey-places/${id}`, {
        body: { name: `Shop ${id}`, region, timeZone: "Asia/Taipei", locale: "zh-TW" },
      });
    await aSurvey(server, "visit");
    await aSurvey(server, "honest", { anonymous: true, class: "research" });
    const till = await server.source({
      name: "Till",
      kind: "pos",
      region: "TW",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    });
    ann = (await aMember(server, { card: "M-ANN", email: "ann.canary@mail.example", listWith: home("T01") }))
      .memberId;
    bea = (await aMember(server, { card: "M-BEA", email: "bea.canary@mail.example", listWith: home("T02") }))
      .memberId;
    for (const memberId of [ann, bea]) {
      await say(server, aGrant(memberId, "survey-contact", { channel: "email" }));
      await say(server, aGrant(memberId, "profiling"));
    }
    const rows = ["2026-08-01", "2026-09-01", "2026-10-01", "2026-11-01", "2026-11-15"].map(
      (day, i) => `T01,T1,R-${i},1,${day} 12:30,SKU-1,1,300,M-ANN`,
    );
    await server.call("POST", `/v1/sources/${till.id}/files`, {
      key: till.writeKey,
      raw: ["store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card", ...rows].join("\n"),
    });
    await settle();
    await server.candor.loyalty.everyone({ force: true });
  });
  after(() => server.close());

  const home = (homeStore: string) => ({ country: "TW", timezone: "Asia/Taipei", homeStore });
  const settle = async () => {
    for (let left = 1; left > 0; ) {
      while ((await sequenceChanges(server.database.db)) > 0);
      left = (await server.candor.loyalty.follow()) + (await server.candor.surveys.sending.followLevels());
    }
  };
  /** Asks some members by a campaign; answers the paths of their links, by the messages in the outbox. */
  const ask = async (surveyId: string, memberIds: string[]) => {
    const made = await server.call<{ id: string }>("POST", "/v1/survey-campaigns", {
      body: {
        name: "c",
        surveyId,
        kind: "once",
        channel: "email",
        settings: { audience: { kind: "list", memberIds }, again: "always", reminders: false },
      },
    });
    await server.call("POST", `/v1/survey-campaigns/${made.body.id}/start`);
    const { sending } = server.candor.surveys;
    await sending.decideRounds();
    await sending.sendDue();
    const kept = await server.call<{ items: { id: string; createdAt: string; template: string }[] }>(
      "GET",
      "/v1/outbox?state=kept",
    );
    const links = new Map<string, string>();
    // The newest are listed first.
    for (const { id, template } of kept.body.items) {
      if (template !== "survey-invitation") continue;
      const mail = await server.call<{ to: string; text: string }>("GET", `/v1/outbox/${id}`);
      const path = /https:\/\/\S+?(\/s\/[\w-]+)/.exec(mail.body.text)?.[1];
      if (path !== undefined && !links.has(mail.body.to)) links.set(mail.body.to, path);
    }
    return links;
  };
  const answer = (path: string, answers: Record<string, unknown>) =>
    server.call<{ status: string }>("POST", `${path}/answers`, { key: null, body: { answers } });
  const levels = (memberId: string) =>
    server.database.db.query<{ scores: string[]; asked: string | null; themes: string[] }>(sql`
      select (select array_agg(distinct coalesce(level, '-')) from survey_score where subject_id = i.subject_id) as scores,
        (select array_agg(distinct coalesce(level, '-')) from survey_mention where subject_id = i.subject_id) as themes,
        i.context->>'level' as asked
      from survey_invitation i where i.subject_id = ${memberId}::uuid`);

  it("carry the loyalty level of the time, as long as the member agrees to be profiled", async () => {
    const links = await ask("visit", [ann, bea]);
    const path = links.get("ann.canary@mail.example") ?? "";
    const sent = await answer(path, {
      nps: 2,
      why: "Ask ann.canary@mail.example: the queue was far too long",
      csat: 1,
      call: true,
      reach: "ring 5550177",
    });
    expect(sent.body, JSON.stringify(sent.body)).to.deep.include({ status: "received" });
    expect((await answer(links.get("bea.canary@mail.example") ?? "", { nps: 1 })).body.status).to.equal(
      "received",
    );
    const tier = await server.call<{ tiers: { structure: string; tier: string }[] }>(
      "GET",
      `/v1/members/${ann}/loyalty?purpose=profiling`,
    );
    const level = tier.body.tiers.find((t) => t.structure === "default")?.tier as string;
    expect(level).to.be.a("string");
    expect(await levels(ann)).to.deep.equal([{ scores: [level], asked: level, themes: [level] }]);
    const withdrawn = await say(server, {
      ...aGrant(ann, "profiling"),
      state: "withdrawn",
    });
    expect(withdrawn.status, JSON.stringify(withdrawn.body)).to.be.lessThan(300);
    await settle();
    expect(await levels(ann)).to.deep.equal([{ scores: ["-"], asked: null, themes: ["-"] }]);
    await say(server, aGrant(ann, "profiling"));
  });

  it("are seen by a store's key only where they are about that store", async () => {
    const key = async (stores?: string[]) => {
      const made = await server.call<{ secret: string }>("POST", "/v1/keys", {
        body: { name: "till", role: "store", ...(stores === undefined ? {} : { stores }) },
      });
      expect(made.status, JSON.stringify(made.body)).to.equal(201);
      return made.body.secret;
    };
    const cases = async (secret: string, query = "") =>
      server.call<{ items: Case[] }>("GET", `/v1/survey-cases${query}`, { key: secret });
    const [one, none] = [await key(["T01"]), await key()];
    const all = (await cases(ADMIN_KEY)).body.items;
    expect(all.map((c) => c.store).sort()).to.deep.equal(["T01", "T02"]);
    expect((await cases(one)).body.items.map((c) => c.store)).to.deep.equal(["T01"]);
    expect((await cases(none)).body.items).to.deep.equal([]);
    expect((await cases(one, "?store=T02")).status).to.equal(403);
    const other = all.find((c) => c.store === "T02")?.id;
    for (const method of ["GET", "PATCH"] as const) {
      const tried = await server.call(method, `/v1/survey-cases/${other}`, {
        key: one,
        ...(method === "PATCH" ? { body: { note: "hello" } } : {}),
      });
      expect(tried.status, method).to.equal(404);
    }
    const link = (store: string) =>
      server.call("POST", "/v1/surveys/visit/receipt-links", {
        key: one,
        body: { count: 1, context: { store } },
      });
    expect([(await link("T01")).status, (await link("T02")).status]).to.deep.equal([200, 403]);
    const wrong = await server.call("POST", "/v1/keys", {
      body: { name: "k", role: "analyst", stores: ["T01"] },
    });
    expect(wrong.status).to.equal(400);
  });

  it("stand whole in the access package: answers, wish to be called, messages, themes, case and its notes", async () => {
    const open = (await server.call<{ items: Case[] }>("GET", "/v1/survey-cases?store=T01")).body.items[0];
    await server.call("PATCH", `/v1/survey-cases/${open?.id}`, {
      body: { move: "contact", note: "She was very kind on the telephone." },
    });
    const files = await ownPackage(server, ann);
    const data = JSON.parse(files.get("data.json")?.toString("utf8") ?? "{}") as Record<
      string,
      Record<string, unknown>[]
    >;
    const [given] = data["survey-response"] ?? [];
    expect(JSON.stringify(given))
      .to.contain("the queue was far too long")
      .and.contain("哪裡不好？")
      .and.contain("ring 5550177");
    expect(data["survey-case-note"]).to.have.length(1);
    expect(JSON.stringify(data["survey-case-note"])).to.contain("very kind on the telephone");
    expect(data["survey-case"]).to.have.length(1);
    expect(data["survey-message"]).to.have.length(1);
    expect(data["survey-ask"]).to.have.length(1);
    expect(data["survey-invitation"]).to.have.length(1);
    expect(JSON.stringify(data["survey-mention"])).to.contain("queue");
    expect(JSON.stringify(data)).to.not.contain("bea.canary");
  });

  it("go with the member, and what was answered anonymously stays and leads to nobody", async () => {
    // Whoever has complained is not asked before the case is closed.
    const [about] = (await server.call<{ items: Case[] }>("GET", "/v1/survey-cases?store=T01")).body.items;
    await server.call("PATCH", `/v1/survey-cases/${about?.id}`, {
      body: { move: "close", outcome: "resolved" },
    });
    clock.advance(40 * DAY);
    const links = await ask("honest", [ann, bea]);
    const path = links.get("ann.canary@mail.example") ?? "";
    const page = await openPage(server, path);
    const done = await (await page.submit({ q0: "8" })).submit({ q2: "4" });
    expect(done.text).to.contain("survey-receipt");
    clock.advance(DAY);
    expect(await server.candor.surveys.mixAnonymous()).to.equal(1);
    await server.candor.surveys.tellEvents();

    await erase(server, scopeOf(ann));

    const left: string[] = [];
    for (const holding of HOLDINGS.filter((h) => h.table.startsWith("survey_"))) {
      // Ids, links and words of the erased member, in any column of any table of surveys.
      const found = await server.database.db.query<{ text: string }>({
        text: `select t::text as text from ${holding.table} t`,
        values: [],
      } as never);
      if (holding.table !== "survey_campaign" && found.some(({ text }) => text.includes(ann)))
        left.push(holding.table);
    }
    expect(left).to.deep.equal([]);
    const [anonymous] = await server.database.db.query<{ n: number; scores: number }>(sql`
      select (select count(*)::int from survey_anonymous_answer where survey_id = 'honest') as n,
        (select count(*)::int from survey_score where survey_id = 'honest') as scores`);
    expect(anonymous).to.deep.equal({ n: 1, scores: 2 });
    expect((await openPage(server, path)).status).to.equal(200);
    const cases = (await server.call<{ items: Case[] }>("GET", "/v1/survey-cases")).body.items;
    expect(cases.map((c) => c.store)).to.deep.equal(["T02"]);
    expect(await server.candor.surveys.exportRows([ann])).to.deep.equal([]);
    expect(await server.candor.surveys.exportNotes([ann])).to.deep.equal([]);
  });

  it("are deleted when they have been kept long enough, with all that was made of them", async () => {
    clock.advance(1_200 * DAY);
    const open = (await server.call<{ items: Case[] }>("GET", "/v1/survey-cases")).body.items[0];
    await server.call("PATCH", `/v1/survey-cases/${open?.id}`, {
      body: { move: "close", outcome: "not-reachable" },
    });
    clock.advance(1_200 * DAY);
    expect(await server.candor.surveys.purge()).to.be.greaterThan(0);
    const [rest] = await server.database.db.query<Record<string, number>>(sql`
      select (select count(*)::int from survey_response) as responses, (select count(*)::int from survey_score) as scores,
        (select count(*)::int from survey_mention) as themes, (select count(*)::int from survey_invitation) as invitations,
        (select count(*)::int from survey_case) as cases, (select count(*)::int from survey_message) as messages,
        (select count(*)::int from survey_ask where due_at is null) as asks,
        (select count(*)::int from survey_anonymous_answer) as anonymous`);
    expect(Object.values(rest ?? {})).to.deep.equal(Array.from({ length: 8 }, () => 0));
  });
});
