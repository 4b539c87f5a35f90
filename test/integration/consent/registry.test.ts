import { readFileSync } from "node:fs";
import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, decisions, say } from "./people.ts";
import { openShop } from "./shop.ts";

interface Applied {
  applied: boolean;
  changes: { kind: string; id: string; material?: boolean }[];
  errors?: { code: string }[];
}

describe("the registries of purposes and notices", () => {
  const clock = fixedClock("2026-11-18T08:00:00Z");
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-registry", { clock });
  });
  after(() => server.close());

  const file = readFileSync(new URL("../../../consent/purposes.yaml", import.meta.url), "utf8");
  const apply = (text: string, query = "") =>
    server.call<Applied>("POST", `/v1/purposes${query}`, {
      raw: text,
      headers: { "content-type": "text/yaml" },
    });
  const rule = async (memberId: string, purpose: string) =>
    (await decisions(server, [{ memberId, purpose }]))[0]?.rule;

  it("starts with the built-in purposes and notices, whose blanks the linter names until the company is stated", async () => {
    const { body } = await server.call<{ purposes: { id: string }[] }>("GET", "/v1/purposes");
    expect(body.purposes.map((p) => p.id)).to.include.members(["service", "marketing", "partner-sharing"]);
    const notices = await server.call<{ notices: { id: string; texts: object; purposes: string[] }[] }>(
      "GET",
      "/v1/notices?id=analytics&texts=true",
    );
    const draft = { ...notices.body.notices[0], material: false };
    const lint = async (texts: unknown) =>
      (
        await server.call<{ published: boolean; findings: { code: string; message: string }[] }>(
          "POST",
          "/v1/notices?preview=true",
          { body: { id: "analytics", purposes: draft.purposes, material: false, texts } },
        )
      ).body;
    expect((await lint(draft.texts)).findings.map((f) => f.code)).to.include("placeholder-left");
    await openShop(server);
    const filled = await server.call<{ notices: { version: number; texts: object; material: boolean }[] }>(
      "GET",
      "/v1/notices?id=analytics&version=2&texts=true",
    );
    expect(filled.body.notices[0]?.material).to.equal(true);
    expect(
      (await lint(filled.body.notices[0]?.texts)).findings.filter((f) => f.code === "placeholder-left"),
    ).to.deep.equal([]);
    const short = await lint({ en: { title: "Short", ask: "Yes", sections: {} } });
    expect(short.published).to.equal(false);
    expect(short.findings.map((f) => f.message).join(" ")).to.contain("PDPA Art. 8");
  });

  it("shows the difference of a purposes file first, applies it once, and refuses a change that hides itself", async () => {
    expect((await apply(file, "?preview=true")).body).to.deep.equal({
      applied: false,
      changes: [],
      stale: [],
    });
    const longer = file.replace("retention: P26M", "retention: P36M");
    const hidden = await apply(longer);
    expect(hidden.status).to.equal(409);
    expect(hidden.body.errors?.[0]?.code).to.equal("version");
    const honest = longer.replace(
      "  - id: analytics\n    version: 1\n    materialVersion: 1",
      "  - id: analytics\n    version: 2\n    materialVersion: 2",
    );
    const preview = await apply(honest, "?preview=true");
    expect(preview.body.applied).to.equal(false);
    expect(preview.body.changes[0]).to.include({ kind: "changed", id: "analytics", material: true });
    const { memberId } = await aMember(server);
    await say(server, aGrant(memberId, "analytics"));
    expect(await rule(memberId, "analytics")).to.equal("consent-given");
    clock.advance(1_000);
    expect((await apply(honest)).body.applied).to.equal(true);
    expect((await apply(honest)).body.applied, "again").to.equal(false);
    expect(await rule(memberId, "analytics"), "people agreed to less").to.equal("consent-stale");
    const [then] = await decisions(server, [{ memberId, purpose: "analytics" }], {
      at: "2026-11-18T08:00:00.500Z",
    });
    expect(then?.rule, "as of before").to.equal("consent-given");
    const gone = await apply(file.slice(0, file.indexOf("  - id: legal-obligation")), "?complete=true");
    expect(gone.status).to.equal(409);
    expect(gone.body.errors?.map((e) => e.code)).to.include("indispensable");
  });

  it("makes older consents stale by publishing a material change, and by no other", async () => {
    const { memberId } = await aMember(server);
    await say(server, aGrant(memberId, "profiling"));
    clock.advance(1_000);
    const { body } = await server.call<{ notices: { texts: Record<string, { title: string }> }[] }>(
      "GET",
      "/v1/notices?id=profiling&version=2&texts=true",
    );
    const publish = (material: boolean) =>
      server.call<{ published: boolean; findings: unknown[] }>("POST", "/v1/notices", {
        body: { id: "profiling", purposes: ["profiling"], material, texts: body.notices[0]?.texts },
      });
    const first = await publish(false);
    expect(first.status, JSON.stringify(first.body.findings)).to.equal(201);
    expect(await rule(memberId, "profiling")).to.equal("consent-given");
    clock.advance(1_000);
    await publish(true);
    expect(await rule(memberId, "profiling")).to.equal("consent-stale");
    clock.advance(1_000);
    await say(server, aGrant(memberId, "profiling"));
    expect(await rule(memberId, "profiling")).to.equal("consent-given");
  });

  it("imports consents with their evidence, says of each faulty line why, and changes nothing when sent again", async () => {
    const { memberId, card } = await aMember(server);
    const sha = "cd".repeat(32);
    const csv = [
      "kind,value,state,purpose,channel,occurredAt,evidenceSha256,country",
      `member_id,${card},given,personalisation,,2026-10-05T10:00:00Z,${sha},TW`,
      `member_id,${card},given,partner-sharing,,2026-10-05T10:00:00Z,,TW`,
      `member_id,${card},given,no-such,,2026-10-05T10:00:00Z,${sha},TW`,
      `member_id,NOBODY-1,withdrawn,analytics,,,,`,
    ].join("\n");
    const send = () =>
      server.call<{
        recorded: number;
        known: number;
        refused: number;
        faults: { line: number; code: string }[];
      }>("POST", "/v1/consents/import?format=csv", { raw: csv });
    const first = await send();
    expect(first.body).to.include({ recorded: 1, known: 0, refused: 3 });
    expect(first.body.faults.map((f) => f.code)).to.deep.equal([
      "grant-needs-notice",
      "unknown-purpose",
      "not-found",
    ]);
    expect((await send()).body).to.include({ recorded: 0, known: 1, refused: 3 });
    expect(await rule(memberId, "personalisation"), "older than the newest words").to.equal("consent-stale");
  });

  it("answers a thousand questions at once", async () => {
    const people = await Promise.all([1, 2, 3].map(() => aMember(server)));
    const asked = Array.from({ length: 1_000 }, (_, i) => ({
      memberId: (people[i % 3] as { memberId: string }).memberId,
      purpose: i % 2 === 0 ? "service" : "analytics",
    }));
    const answers = await decisions(server, asked);
    expect(answers).to.have.length(1_000);
    expect(answers.filter((a) => a.allowed)).to.have.length(500);
    expect(
      (await server.call("POST", "/v1/decisions", { body: { decisions: [...asked, asked[0]] } })).status,
    ).to.equal(400);
  });
});
