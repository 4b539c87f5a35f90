import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCli } from "../../../src/cli/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { fakeIo } from "../../unit/cli/fake-io.ts";
import { LSS } from "../../unit/surveys/lime-survey.ts";
import { aMember } from "../consent/people.ts";
import { A_SHOP } from "../consent/shop.ts";
import { aSurvey } from "../surveys/a-survey.ts";

const PUBLIC = "https://feedback.example";

describe("surveys on the command line", () => {
  let server: TestServer;
  const members: string[] = [];
  const run = async (args: readonly string[], stdin = "") => {
    const io = fakeIo({ stdin });
    const code = await runCli(["node", "candor", "--url", server.url, "--key", ADMIN_KEY, ...args], io);
    return { code, out: io.output.join("\n"), err: io.notes.join("\n") };
  };
  /** What a command that must succeed prints. */
  const done = async (args: readonly string[], stdin = ""): Promise<string> => {
    const { code, out, err } = await run(args, stdin);
    expect(code, err).to.equal(0);
    return out;
  };

  before(async () => {
    server = await startTestServer("cli-surveys", { clock: fixedClock("2026-11-10T10:00:00Z") });
    await server.call("PUT", "/v1/controller", { body: { ...A_SHOP, publicUrl: PUBLIC } });
    const rules = await server.call<Record<string, unknown>>("GET", "/v1/survey-cadence");
    await server.call("PUT", "/v1/survey-cadence", { body: { ...rules.body, quietHours: null } });
    await aSurvey(server, "visit");
    const shop = await server.source({ name: "Shop", kind: "web", region: "GB", currency: "GBP" });
    for (let i = 0; i < 6; i++)
      members.push(
        (
          await aMember(server, {
            card: `C-${i}`,
            email: `m${i}@buyer.example`,
            region: "GB",
            listWith: { country: "GB" },
          })
        ).memberId,
      );
    // One of them has bought something: twice, the second time in another store.
    const order = (orderId: string, store: string, timestamp: string) => ({
      type: "track",
      event: "Order Completed",
      messageId: orderId,
      userId: "C-0",
      timestamp,
      properties: { order_id: orderId, total: 30, currency: "GBP", store_id: store },
    });
    const batch = [order("O-2", "T02", "2026-11-01T09:00:00Z"), order("O-1", "T01", "2026-10-01T09:00:00Z")];
    const bought = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: shop.writeKey,
      body: { batch },
    });
    expect(bought.body.results.map((r) => r.status)).to.deep.equal(["accepted", "accepted"]);
  });
  after(() => server.close());

  it("imports a file of elsewhere, says what was not understood, checks, shows and publishes it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "candor-cli-surveys-"));
    try {
      const [file, page] = [join(directory, "shop.lss"), join(directory, "page.html")];
      await writeFile(file, LSS);
      const imported = await run(["survey", "import", file, "--id", "shop"]);
      expect(imported.code, imported.err).to.equal(0);
      expect(
        imported.err
          .split("\n")
          .slice(0, 4)
          .map((line) => line.split(": ").slice(0, 2)),
      ).to.deep.equal([
        ["A3", "condition-not-understood"],
        ["A4", "type-not-understood"],
        ["survey", "quota-left-out"],
        ["survey", "setting-left-out"],
      ]);
      expect(await done(["survey", "lint", file])).to.include("warning missing-translation at");
      await done(["survey", "preview", "shop", "--out", page]);
      expect(await readFile(page, "utf8")).to.include("Did you find it?");
      expect((await run(["survey", "publish", "shop"])).err).to.include("Version 1 is in force.");
      const list = "name,type,question\nnps,nps,Would you recommend us?\n";
      const linted = await run(["survey", "lint", "-", "--format", "csv"], list);
      expect(linted).to.include({ code: 0, out: "The linter finds nothing." });
      const broken = JSON.stringify({
        elements: [{ type: "text", name: "a", title: "A", visibleIf: "{b} = 1" }],
      });
      const refused = await run(["survey", "lint", "-"], broken);
      expect(refused.code).to.equal(4);
      expect(refused.out).to.match(/^ERROR {3}unknown-reference at /);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("makes a campaign, says who would be asked, sends it, and counts what came back", async () => {
    const nobody = await run(["survey", "campaign", "add", "visit", "--name", "All"]);
    expect(nobody.code).to.equal(2);
    expect(nobody.err).to.include("Say whom to ask");
    const id = await done(
      ["survey", "campaign", "add", "visit", "--name", "All", "--members", "-", "--no-reminders"],
      members.join("\n"),
    );
    expect(await done(["survey", "campaign", "simulate", id])).to.include(
      "Of 6 members 6 would be asked now, 0 later, 0 not.",
    );
    expect(await done(["survey", "campaign", "start", id])).to.equal("All is running.");
    await server.candor.surveys.sending.decideRounds();
    await server.candor.surveys.sending.sendDue();
    expect(await done(["survey", "campaign", "show", id]))
      .to.match(/asked +6/)
      .and.to.match(/invitation +kept +6/);
    expect(await done(["survey", "campaign", "list"]))
      .to.include(id)
      .and.to.include("running");

    const outbox = await server.call<{ items: { id: string }[] }>("GET", "/v1/outbox?state=kept");
    expect(outbox.body.items).to.have.length(6);
    for (const { id: mailId } of outbox.body.items) {
      const mail = await server.candor.mailer.open(mailId);
      const unhappy = mail?.to === "m0@buyer.example";
      const path = new RegExp(`${PUBLIC}(/s/[^\\s?]+)`).exec(mail?.text ?? "")?.[1];
      const answers = { nps: unhappy ? 2 : 10, csat: 4, ...(unhappy ? { why: "Waited for ever" } : {}) };
      const sent = await server.call("POST", `${path}/answers`, {
        key: null,
        body: { answers, complete: true },
      });
      expect(sent.status, JSON.stringify(sent.body)).to.equal(200);
    }
    const results = await done(["survey", "results", "visit", "--question", "nps"]);
    expect(results).to.match(/^NPS 66\.7 {2}\(95 %: [-\d.]+ to [\d.]+\)\n6 answered of 6 asked/);
    const all = JSON.parse(await done(["survey", "results", "visit", "--question", "nps", "--json"]));
    expect(all.total).to.include({ n: 6, method: "nps" });
  });

  it("works the case that a bad score opened, to its end", async () => {
    const [line, none] = (await done(["survey", "cases", "list", "--state", "open"])).split("\n").slice(1);
    expect(none).to.equal(undefined);
    expect(line, "the store that served the member last").to.include(" T02 ");
    const id = line?.split(" ")[0] ?? "";
    expect(await done(["survey", "cases", "take", id, "Kim"])).to.equal(`${id} is open, Kim's.`);
    await done(["survey", "cases", "note", id, "Will call in the evening."]);
    await done(["survey", "cases", "contacted", id, "--note", "Reached, and sorry."]);
    expect(await done(["survey", "cases", "show", id]))
      .to.include("Waited for ever")
      .and.to.include("Will call in the evening.")
      .and.to.include("Reached, and sorry.");
    const closed = ["survey", "cases", "close", id, "--outcome", "apologised", "--ask-again-days", "90"];
    expect(await done(closed)).to.equal(`${id} is closed: apologised, Kim's.`);
    expect(await done(["survey", "cases", "list", "--state", "open"])).to.not.include(id);
    const again = await run(closed);
    expect(again.code).to.equal(4);
    expect(again.err).to.include("conflict");
  });
});
