import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, say } from "../consent/people.ts";
import { A_SHOP } from "../consent/shop.ts";
import { anInvitation, anOpenLink, aSurvey } from "./a-survey.ts";

interface Figure {
  value: number;
  n: number;
}
interface Effect {
  figure: { before: Figure; after: Figure; change: { difference: number; significant: boolean } };
  theme: { before: Figure; after: Figure; change: { difference: number; significant: boolean } };
}

/** What a survey says, by shop and theme, and whether a change because of it helped. */
describe("the outer loop of a survey", () => {
  const clock = fixedClock("2026-10-10T04:00:00Z");
  let server: TestServer;

  /** So many answers by the open link of a shop. */
  const answer = async (store: string, times: number, answers: Record<string, unknown>) => {
    const link = await anOpenLink(server, "visit", "qr", { store });
    for (let i = 0; i < times; i++) {
      const { body: form } = await server.call<{ form: string }>("GET", `${link}/form`, { key: null });
      const sent = await server.call("POST", `${link}/answers`, {
        key: null,
        body: { answers, form: form.form },
      });
      expect(sent.body, JSON.stringify(sent.body)).to.include({ status: "received" });
    }
  };

  /** The answer of a member of that name, in the first shop. */
  const answerAs = async (firstName: string, lastName: string, answers: Record<string, unknown>) => {
    const { memberId } = await aMember(server, { card: "M-1", listWith: { firstName, lastName } });
    await say(server, aGrant(memberId, "survey-contact", { channel: "email" }));
    const { body } = await server.call<{ subjects: { id: string }[] }>(
      "GET",
      `/v1/members/${memberId}?purpose=service`,
    );
    const [subject = expect.fail("nobody")] = body.subjects;
    const { path } = await anInvitation(server, "visit", 1, {
      subjectId: subject.id,
      memberId,
      context: { store: "T01" },
    });
    const sent = await server.call("POST", `${path}/answers`, { key: null, body: { answers } });
    expect(sent.body).to.include({ status: "received" });
  };

  before(async () => {
    server = await startTestServer("outer-loop", { clock });
    await server.call("PUT", "/v1/controller", { body: A_SHOP });
    for (const [id, region] of [
      ["T01", "north"],
      ["T02", "south"],
      ["T03", "south"],
    ])
      await server.call("PUT", `/v1/survey-places/${id}`, {
        body: { name: `Shop ${id}`, region, timeZone: "Asia/Taipei", locale: "zh-TW" },
      });
    await aSurvey(server, "visit", {
      definition: {
        elements: [
          { type: "rating", name: "nps", title: "Would you recommend us?", rateMin: 0, rateMax: 10 },
          { type: "comment", name: "why", title: "Why?" },
          { type: "boolean", name: "call", title: "May we call you?" },
          { type: "text", name: "reach", title: "How?", visibleIf: "{call} = true" },
        ],
      },
      metrics: [
        { question: "nps", kind: "nps" },
        { question: "why", kind: "comment" },
      ],
      access: { open: true, perMinute: 6_000 },
    });
    const wish = { call: true, reach: "555 0100" };
    await answer("T01", 8, { nps: 3, why: "A long queue again, says Mr Lee, 0912345678", ...wish });
    await answerAs("Meihua", "Tan", { nps: 3, why: "A long queue. Meihua Tan, who waited", ...wish });
    await answer("T02", 7, { nps: 9, why: "Friendly and helpful" });
    await answer("T03", 2, { nps: 1, why: "排队太久" });
    clock.set("2026-11-10T04:00:00Z");
    await answer("T01", 9, { nps: 10, why: "Friendly, and no queue" });
    clock.set("2026-11-20T04:00:00Z");
  });
  after(() => server.close());

  it("shows figures by shop, withholds the shop of two answers and the one that would give it away", async () => {
    const { body } = await server.call<{
      total: Figure;
      withheldGroups: number;
      by: { store: { groups: { key: string; withheld?: string; estimate?: Figure }[] } };
    }>("GET", "/v1/surveys/visit/results?question=nps");
    expect(body.total.n).to.equal(27);
    const groups = new Map(body.by.store.groups.map((g) => [g.key, g]));
    expect(groups.get("T03")).to.deep.equal({ key: "T03", withheld: "small-group" });
    expect(groups.get("T02")?.withheld, "their region's figure less this one's").to.equal("complementary");
    expect(groups.get("T01")?.estimate).to.include({ n: 18, value: 0 });
    const asked = await server.call("GET", "/v1/surveys/visit/results?by=store&value=T03");
    expect(asked.status).to.equal(403);
  });

  it("finds themes in both languages, each with the phrases that led to it, and comments without names", async () => {
    const { body } = await server.call<{ comments: number; themes: { theme: string; phrases: string[] }[] }>(
      "GET",
      "/v1/surveys/visit/themes",
    );
    expect(body.comments).to.equal(27);
    const waiting = body.themes.find((t) => t.theme === "waiting");
    expect(waiting?.phrases.join("|")).to.include("long queue").and.to.include("排队太久");
    const told = await server.call<{ comments: { text: string; phrases: string[] }[] }>(
      "GET",
      "/v1/surveys/visit/themes/waiting/comments?purpose=survey-contact",
    );
    expect(told.status, JSON.stringify(told.body)).to.equal(200);
    expect(told.body.comments).to.have.length.greaterThan(8);
    const text = JSON.stringify(told.body);
    for (const personal of ["0912345678", "Lee", "Meihua", "Tan"]) expect(text).to.not.include(personal);
    expect(text).to.include("A long queue. [name], who waited");
    const few = await server.call<{ withheld: string }>(
      "GET",
      "/v1/surveys/visit/themes/cleanliness/comments?purpose=survey-contact",
    );
    expect(few.body.withheld).to.equal("small-group");
  });

  it("holds the figures before a change against those after it, and says whether they differ", async () => {
    const planned = await server.call<{ actionId: string }>("POST", "/v1/surveys/visit/actions", {
      body: { theme: "waiting", owner: "Kim", what: "A second till at noon", store: "T01" },
    });
    expect(planned.status).to.equal(201);
    const done = await server.call("PATCH", `/v1/survey-actions/${planned.body.actionId}`, {
      body: { state: "done", doneOn: "2026-11-01" },
    });
    expect(done.body).to.include({ state: "done", doneOn: "2026-11-01" });
    const { body } = await server.call<{ items: { actionId: string; effect: Effect }[] }>(
      "GET",
      "/v1/surveys/visit/actions",
    );
    const [{ effect } = expect.fail()] = body.items;
    expect(effect.figure.before).to.include({ n: 9, value: -100 });
    expect(effect.figure.after).to.include({ n: 9, value: 100 });
    expect(effect.figure.change).to.include({ difference: 200, significant: true });
  });

  it("gives the answers away row by row under a purpose, no small group named, as pages and as one file", async () => {
    const path = "/v1/surveys/visit/answers?purpose=survey-contact&comments=true";
    const { body } = await server.call<{ items: Record<string, unknown>[] }>("GET", path);
    expect(body.items).to.have.length(27);
    const stores = new Set(body.items.map((row) => row.store));
    expect([...stores]).to.have.members(["T01", null]);
    const text = JSON.stringify(body.items);
    expect(text).to.not.include("0912345678").and.to.not.include("Meihua");
    expect(text).to.include("A long queue. [name], who waited");
    const file = await server.call<string>("GET", `${path}&format=csv`);
    expect(file.headers.get("content-type")).to.include("text/csv");
    expect(String(file.body).trim().split("\n")).to.have.length(28);
    expect((await server.call("GET", "/v1/surveys/visit/answers")).status, "without a purpose").to.equal(400);
  });

  it("counts how the shops look after those who were unhappy", async () => {
    const { body } = await server.call<{ items: { storeId: string; opened: number; late: number }[] }>(
      "GET",
      "/v1/survey-case-figures?days=365",
    );
    expect(body.items.find((f) => f.storeId === "T01")).to.include({ opened: 9, late: 9 });
  });

  it("goes on showing what an ended survey found, by the version that was published last", async () => {
    const draft = await server.call("PUT", "/v1/surveys/visit/draft", {
      body: {
        definition: {
          elements: [
            { type: "rating", name: "nps", title: "Would you recommend us?", rateMin: 0, rateMax: 10 },
            { type: "rating", name: "content", title: "How content are you?", rateMin: 1, rateMax: 5 },
          ],
        },
        metrics: [
          { question: "nps", kind: "nps" },
          { question: "content", kind: "csat" },
        ],
      },
    });
    expect(draft.status, JSON.stringify(draft.body)).to.equal(200);
    expect((await server.call("POST", "/v1/surveys/visit/publish")).body).to.include({ version: 2 });
    await server.call("PATCH", "/v1/surveys/visit", { body: { state: "ended" } });
    const { body } = await server.call<{ total: Figure; metrics: { question: string }[] }>(
      "GET",
      "/v1/surveys/visit/results?question=nps",
    );
    expect(body.total.n).to.equal(27);
    expect(body.metrics.map(({ question }) => question)).to.deep.equal(["nps", "content"]);
    const kept = await server.call<{ items: unknown[] }>("GET", "/v1/surveys/visit/actions");
    expect(kept.body.items, "what was changed because of it").to.have.length(1);
  });
});
