import { expect } from "chai";
import { SHOWN_STATES } from "../../scripts/demo/consent-states.ts";
import { NotTheDemosStore, runDemo } from "../../scripts/demo/run.ts";
import { type DemoSummary, totalOf } from "../../scripts/demo/summary.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../setup/server.ts";

describe("the demo", () => {
  let server: TestServer;
  let first: DemoSummary;
  const run = (now: Date, score: boolean) =>
    runDemo({ baseUrl: server.url, adminKey: ADMIN_KEY, now, seed: 3, people: 75, score });

  before(async () => {
    server = await startTestServer("demo", { workers: true });
    first = await run(new Date(), true);
  });
  after(() => server.close());

  it("brings something of every source through the real doors", () => {
    const silent = first.sources.filter((s) => s.counts.accepted === 0).map((s) => s.source);
    expect(silent).to.deep.equal([]);
    expect(totalOf(first.sources).duplicate).to.be.greaterThan(0);
    expect(totalOf(first.sources).quarantined).to.be.greaterThan(0);
  });

  it("joins what belongs together and nothing that does not", () => {
    expect(first.merges).to.be.greaterThan(0);
    expect(first.contested).to.be.greaterThan(0);
    expect(first.score?.precision).to.equal(1);
    expect(first.score?.recall).to.be.greaterThan(0.5);
  });

  it("explains every quarantined line", () => {
    const codes = first.quarantined.map((q) => q.code);
    expect(codes).to.include.members([
      "invalid-amount",
      "invalid-time",
      "missing-identifier",
      "wrong-column-count",
      "unclosed-quote",
      "unknown-type",
    ]);
    expect(first.quarantined.filter((q) => q.because === "")).to.deep.equal([]);
  });

  it("names a member to look at, with the lineage of every field", async () => {
    const { example } = first;
    const answer = await server.call<{ memberId: string; attributes: object }>(
      "GET",
      `/v1/members/${example?.memberId}?purpose=service`,
    );
    expect(answer.status).to.equal(200);
    expect(answer.body.memberId).to.equal(example?.memberId);
    expect(Object.keys(answer.body.attributes)).to.not.deep.equal([]);
  });

  it("shows published notices and a consent in every state, each with the record that proves it", () => {
    const consents = first.consents;
    expect(consents?.notices.map((n) => n.id)).to.include.members(["service", "marketing", "analytics"]);
    for (const { locales } of consents?.notices ?? [])
      expect(locales).to.deep.equal(["en", "zh-CN", "zh-TW"]);
    expect(consents?.states.filter((s) => s.count === 0 || s.example === null)).to.deep.equal([]);
    expect(consents?.states.map((s) => s.state)).to.deep.equal([...SHOWN_STATES]);
    expect(Object.keys(consents?.sent ?? {}).length).to.be.greaterThan(7);
  });

  it("gives two recipients different views of one member, under ids that nobody can join", () => {
    const views = first.consents?.sameMember?.views ?? [];
    expect(views.map((v) => v.recipient)).to.deep.equal(["Mailing tool", "BI tool"]);
    const [mail, bi] = views;
    expect(mail?.member).to.not.equal(bi?.member);
    expect(mail?.given).to.have.property("phone");
    expect(mail?.given).to.not.have.property("facts");
    expect(bi?.given).to.have.property("facts");
    expect(bi?.given).to.not.have.any.keys("phone", "email", "name");
    expect(bi?.withheld).to.include({ identity: "category-outside-purpose" });
  });

  it("lets a member leave one recipient's feed and stay in the other's", () => {
    const leaver = first.consents?.leaver;
    expect(leaver?.told.map((t) => [t.recipient, t.kind, t.reason])).to.deep.equal([
      ["Mailing tool", "tombstone", "withdrawn"],
      ["BI tool", "still readable", null],
    ]);
    expect(leaver?.secondsToTombstone).to.be.a("number");
  });

  it("changes nothing when it is run again, even on another day", async () => {
    type People = Pick<DemoSummary, "members" | "knownMembers" | "subjects" | "merges" | "contested">;
    const before = (await server.call<People>("GET", "/v1/summary")).body;
    const again = await run(new Date(Date.now() + 3 * DAY), false);
    expect(totalOf(again.sources).accepted).to.equal(0);
    const people = ({ members, knownMembers, subjects, merges, contested }: People) => {
      return { members, knownMembers, subjects, merges, contested };
    };
    expect(people(again)).to.deep.equal(people(before));
    // The consents were counted before some of those people left: an erasure takes what they said with it.
    const states = again.consents?.states ?? [];
    expect(states.map((s) => s.state)).to.deep.equal(first.consents?.states.map((s) => s.state));
    for (const [i, { state, count }] of states.entries())
      expect(count, state).to.be.within(1, first.consents?.states[i]?.count ?? 0);
    expect(again.consents?.leaver).to.deep.equal({ ...first.consents?.leaver, secondsToTombstone: null });
    const reasons = ({ quarantined }: DemoSummary) => quarantined.map((q) => q.code).sort();
    expect(reasons(again)).to.deep.equal(reasons(first));
  });

  it("writes nothing where somebody's own sources are", async () => {
    const own = await startTestServer("demo-not-here");
    try {
      await own.source({ name: "Our till", kind: "pos" });
      await own.source({ name: "Web shop GB", kind: "web" });
      const refusal = await runDemo({
        baseUrl: own.url,
        adminKey: ADMIN_KEY,
        now: new Date(),
        seed: 3,
        people: 75,
      }).catch((error: Error) => error);
      expect(refusal).to.be.instanceOf(NotTheDemosStore);
      const left = await own.call<{ sources: { name: string }[] }>("GET", "/v1/sources");
      expect(left.body.sources.map((s) => s.name)).to.have.members(["Our till", "Web shop GB"]);
    } finally {
      await own.close();
    }
  });
});
