import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, decisions, say } from "./people.ts";

describe("the consent ledger", () => {
  const clock = fixedClock("2026-11-01T08:00:00Z");
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-ledger", { clock });
  });
  after(() => server.close());

  const allowed = async (memberId: string, purpose: string, channel?: string, at?: string) => {
    const [answer] = await decisions(
      server,
      [{ memberId, purpose, ...(channel === undefined ? {} : { channel }) }],
      at === undefined ? {} : { at },
    );
    return [answer?.allowed, answer?.rule];
  };

  it("allows nothing that rests on consent until there is a record, and then names it", async () => {
    const { memberId } = await aMember(server);
    expect(await allowed(memberId, "service")).to.deep.equal([true, "contract"]);
    expect(await allowed(memberId, "analytics")).to.deep.equal([false, "no-consent"]);
    const given = await say(server, aGrant(memberId, "analytics"));
    expect(given.status, JSON.stringify(given.body)).to.equal(201);
    const [answer] = await decisions(server, [{ memberId, purpose: "analytics" }], {
      query: "?explain=true",
    });
    expect(answer?.allowed).to.equal(true);
    expect(answer?.recordId).to.equal(given.body.records[0]?.id);
    expect(answer?.sentences?.join(" ")).to.contain("Allowed.");
  });

  it("stops at once when consent is withdrawn, and tells of any past date what was true then", async () => {
    const { memberId } = await aMember(server);
    clock.set("2026-11-02T08:00:00Z");
    await say(server, aGrant(memberId, "profiling"));
    clock.set("2026-11-03T08:00:00Z");
    await say(server, { memberId, state: "withdrawn", purpose: "profiling" });
    expect(await allowed(memberId, "profiling")).to.deep.equal([false, "withdrawn"]);
    expect(await allowed(memberId, "profiling", undefined, "2026-11-02T12:00:00Z")).to.deep.equal([
      true,
      "consent-given",
    ]);
    expect(await allowed(memberId, "profiling", undefined, "2026-11-01T12:00:00Z")).to.include(false);
  });

  it("never lets an old grant that arrives late beat a newer withdrawal", async () => {
    const { memberId } = await aMember(server);
    clock.set("2026-11-04T08:00:00Z");
    await say(server, { memberId, state: "withdrawn", purpose: "analytics" });
    clock.set("2026-11-05T08:00:00Z");
    const late = await say(
      server,
      aGrant(memberId, "analytics", { occurredAt: "2026-11-03T10:00:00Z", offline: true, method: "pos" }),
    );
    expect(late.status).to.equal(201);
    const { history } = (
      await server.call<{
        history: { occurredAt: string; recordedAt: string; clock: string; method: string }[];
      }>("GET", `/v1/members/${memberId}/consents`)
    ).body;
    expect(history[0], "the till's time stands beside the server's").to.include({
      occurredAt: "2026-11-03T10:00:00.000Z",
      recordedAt: "2026-11-05T08:00:00.000Z",
      clock: "offline",
      method: "pos",
    });
    expect(await allowed(memberId, "analytics")).to.deep.equal([false, "withdrawn"]);
    await say(server, aGrant(memberId, "analytics"));
    expect(await allowed(memberId, "analytics")).to.deep.equal([true, "consent-given"]);
  });

  it("refuses a grant that names no notice, an unknown one, or no known law", async () => {
    const { memberId } = await aMember(server, { region: "BR" });
    const bare = await say(server, { memberId, state: "given", purpose: "analytics" });
    expect(bare.status).to.equal(400);
    expect(bare.body.errors?.map((e) => e.code)).to.include.members([
      "grant-needs-notice",
      "grant-needs-regime",
    ]);
    const unknown = await say(
      server,
      aGrant(memberId, "analytics", { notice: { id: "nope", locale: "en" } }),
    );
    expect(unknown.body.errors?.[0]?.code).to.equal("unknown-notice");
    const channelless = await say(server, aGrant(memberId, "marketing"));
    expect(channelless.body.errors?.[0]?.code).to.equal("channel-required");
  });

  it("keeps e-mail marketing silent until the address has confirmed, once and in time", async () => {
    const { memberId } = await aMember(server);
    const asked = await say(server, aGrant(memberId, "marketing", { channel: "email" }));
    expect(asked.body.confirmation).to.not.equal(null);
    expect(await allowed(memberId, "marketing", "email")).to.deep.equal([false, "consent-pending"]);
    const path = asked.body.confirmation?.path ?? "";
    const seen = await server.call("GET", path, { key: null });
    expect(seen.status).to.equal(200);
    expect(await allowed(memberId, "marketing", "email"), "a GET confirms nothing").to.include(false);
    const confirmed = await server.call("POST", path, { key: null });
    expect(confirmed.status).to.equal(200);
    expect(await allowed(memberId, "marketing", "email")).to.deep.equal([true, "consent-given"]);
    const again = await server.call("POST", path, { key: null });
    expect(again.status).to.equal(410);

    const second = await aMember(server);
    const late = await say(server, aGrant(second.memberId, "marketing", { channel: "email" }));
    clock.advance(8 * 86_400_000);
    expect((await server.call("POST", late.body.confirmation?.path ?? "", { key: null })).status).to.equal(
      410,
    );
    expect(await allowed(second.memberId, "marketing", "email")).to.include(false);
  });

  it("does not bring back a yes whose confirmation comes after a no", async () => {
    const { memberId } = await aMember(server);
    const asked = await say(server, aGrant(memberId, "marketing", { channel: "email" }));
    clock.advance(60_000);
    await say(server, { memberId, state: "withdrawn", purpose: "*marketing" });
    clock.advance(60_000);
    const confirmed = await server.call("POST", asked.body.confirmation?.path ?? "", { key: null });
    expect(confirmed.status).to.equal(410);
    expect(await allowed(memberId, "marketing", "email")).to.deep.equal([false, "withdrawn"]);
  });

  it("chains each subject's entries and finds the chain whole; two writers at once leave it whole", async () => {
    const { memberId } = await aMember(server);
    await Promise.all(
      ["analytics", "profiling", "personalisation", "analytics", "profiling"].map((purpose, i) =>
        i < 3
          ? say(server, aGrant(memberId, purpose))
          : say(server, { memberId, state: "withdrawn", purpose }),
      ),
    );
    const shown = await server.call<{ chains: Record<string, { kind: string; length: number }> }>(
      "GET",
      `/v1/members/${memberId}/consents?verify=true`,
    );
    const chain = Object.values(shown.body.chains)[0];
    expect(chain?.kind).to.equal("intact");
    expect(chain?.length).to.equal(5);
  });

  it("is refused update, delete and truncation by the database itself, also of its salts", async () => {
    const { memberId } = await aMember(server);
    await say(server, aGrant(memberId, "analytics"));
    const { db } = server.database;
    const refused = async (work: Promise<unknown>) => {
      try {
        await work;
        return "went through";
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    expect(await refused(db.query(sql`update consent_record set state = 'given'`))).to.equal("23001");
    expect(await refused(db.query(sql`delete from consent_record`))).to.equal("23001");
    expect(await refused(db.query(sql`delete from consent_salt`))).to.equal("23001");
    expect(await refused(db.query(sql`truncate consent_record`))).to.equal("23001");
    expect(await refused(db.query(sql`update notice_text set content = '{}'`))).to.equal("23001");
    expect(
      await refused(db.query(sql`select erase_consent(${memberId}::uuid, ${memberId}::uuid)`)),
      "without a certificate",
    ).to.equal("23001");
  });

  it("erases under a certificate, keeps the chain verifiable, and then takes refusals but no grant", async () => {
    const { memberId } = await aMember(server);
    await say(
      server,
      aGrant(memberId, "analytics", { storeId: "S1", actor: { kind: "staff", ref: "clerk-7" } }),
    );
    const certificate = "0192aaaa-0000-7000-8000-000000000001";
    const { db } = server.database;
    await db.query(sql`
      insert into erasure_certificate (certificate_id, subjects, issued_at)
      values (${certificate}::uuid, array[${memberId}::uuid], ${clock.now()})`);
    const [cleared] = await db.query<{ n: number }>(
      sql`select erase_consent(${memberId}::uuid, ${certificate}::uuid) as n`,
    );
    expect(cleared?.n).to.equal(1);
    const [left] = await db.query<{ cell: Buffer | null; store_id: string | null; salts: number }>(sql`
      select cell, store_id, (select count(*)::int from consent_salt where subject_id = ${memberId}::uuid) as salts
      from consent_record where subject_id = ${memberId}::uuid`);
    expect(left).to.deep.equal({ cell: null, store_id: null, salts: 0 });
    const shown = await server.call<{ chains: Record<string, { kind: string; erased: number }> }>(
      "GET",
      `/v1/members/${memberId}/consents?verify=true`,
    );
    expect(shown.body.chains[memberId]).to.include({ kind: "intact", erased: 1 });
    expect(await allowed(memberId, "service")).to.deep.equal([false, "erased"]);
    const grant = await say(server, aGrant(memberId, "analytics"));
    expect(grant.body.errors?.[0]?.code).to.equal("erased-subject-takes-no-grant");
    const refusal = await say(server, { memberId, state: "withdrawn", purpose: "*" });
    expect(refusal.status).to.equal(201);
  });

  it("stages the change for the feed and an audit entry with every record, and nothing when it is refused", async () => {
    const { memberId } = await aMember(server);
    const { db } = server.database;
    const count = async () => {
      const [row] = await db.query<{ staged: number; audits: number }>(sql`
        select (select count(*)::int from change_stage where reason = 'consent' and ${memberId}::uuid = any (subjects)) as staged,
          (select count(*)::int from audit_stage where action = 'consent.refused') as audits`);
      return row;
    };
    expect(await count()).to.deep.equal({ staged: 0, audits: 0 });
    await say(server, { memberId, state: "refused", purpose: "analytics" });
    expect(await count()).to.deep.equal({ staged: 1, audits: 1 });
    await say(server, { memberId, state: "refused", purpose: "no-such-purpose" });
    expect(await count()).to.deep.equal({ staged: 1, audits: 1 });
  });

  it("keeps who acted and the evidence sealed", async () => {
    const { memberId } = await aMember(server);
    const sha256 = "ab".repeat(32);
    await say(
      server,
      aGrant(memberId, "analytics", {
        actor: { kind: "staff", ref: "clerk-canary-9" },
        evidence: { sha256 },
      }),
    );
    const found = await server.database.db.query<{ text: string }>(
      sql`select r::text as text from consent_record r where subject_id = ${memberId}::uuid`,
    );
    const stored = found.map((f) => f.text).join("\n");
    expect(stored).to.not.contain("clerk-canary-9");
    expect(stored).to.not.contain(Buffer.from("clerk-canary-9").toString("hex"));
    expect(stored).to.not.contain(sha256);
  });
});
