import { expect } from "chai";
import { runDemo } from "../../scripts/demo/run.ts";
import { type DemoSummary, totalOf } from "../../scripts/demo/summary.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../setup/server.ts";

describe("the demo", () => {
  let server: TestServer;
  let first: DemoSummary;
  const run = (now: Date, score: boolean) =>
    runDemo({ baseUrl: server.url, adminKey: ADMIN_KEY, now, seed: 3, people: 75, score });

  before(async () => {
    server = await startTestServer("demo");
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

  it("changes nothing when it is run again, even on another day", async () => {
    const again = await run(new Date(Date.now() + 3 * DAY), false);
    expect(totalOf(again.sources).accepted).to.equal(0);
    const people = ({ members, knownMembers, subjects, merges, contested }: DemoSummary) => {
      return { members, knownMembers, subjects, merges, contested };
    };
    expect(people(again)).to.deep.equal(people(first));
    const reasons = ({ quarantined }: DemoSummary) => quarantined.map((q) => q.code).sort();
    expect(reasons(again)).to.deep.equal(reasons(first));
  });
});
