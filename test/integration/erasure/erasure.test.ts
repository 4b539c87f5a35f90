import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aRecipient, follow, pull, type TestRecipient } from "../recipients/shop.ts";
import { erase, scopeOf, send, whoIs } from "./acts.ts";

const T = "2026-10-01T00:00:00Z";

describe("an erasure", () => {
  let server: TestServer;
  let list: { id: string; writeKey: string };
  let mailing: TestRecipient;
  before(async () => {
    server = await startTestServer("erasure");
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
    mailing = await aRecipient(server, {
      id: "mailing",
      purposes: ["service"],
      categories: ["contact", "identity", "transaction"],
    });
  });
  after(() => server.close());

  const join = (card: string, more: Record<string, unknown> = {}) => ({
    memberId: card,
    updatedAt: T,
    ...more,
  });
  const countOf = async (table: string, memberId: string, column = "subject_id") => {
    const [row] = await server.database.db.query<{ n: number }>({
      text: `select count(*)::int as n from ${table} where ${column} = $1`,
      values: [memberId],
    } as never);
    return row?.n;
  };

  it("leaves nothing but what law keeps, tells recipients, and ends with a signed certificate", async () => {
    await send(server, list, [join("E-1", { email: "wu.canary@mail.example", firstName: "Canary-Wu" })]);
    const memberId = (await whoIs(server, "member_id", "E-1")) as string;
    const before = await pull(server, mailing.key, "service");
    expect(before.profiles.length).to.equal(1);

    const { fulfilment, work } = server.candor.fulfil;
    const scope = scopeOf(memberId);
    const preview = await fulfilment.previewErasure(scope);
    expect(preview.recipients).to.deep.equal([{ recipientId: "mailing", copies: 1 }]);
    expect(preview.holders.map((h) => h.table)).to.include.members(["subject", "event", "attribute_set"]);
    const runId = await erase(server, scope);

    let run = await fulfilment.progress(runId);
    expect(run?.state).to.equal("awaiting-recipients");
    expect(await whoIs(server, "member_id", "E-1")).to.equal(null);
    expect(await whoIs(server, "email", "wu.canary@mail.example")).to.equal(null);
    for (const table of ["subject", "event", "attribute_set", "evidence", "subject_aggregate", "disclosure"])
      expect(await countOf(table, memberId), table).to.equal(0);

    const told = await follow(server, mailing.key, "service", before.position);
    expect(told.changes.map((c) => [c.kind, c.reason])).to.deep.equal([["tombstone", "erased"]]);
    const acked = await server.call("POST", "/v1/acknowledgements", {
      key: mailing.key,
      body: { notices: told.changes.map((c) => c.notice) },
    });
    expect(acked.status, JSON.stringify(acked.body)).to.equal(200);
    await work();
    run = await fulfilment.progress(runId);
    expect(run?.state).to.equal("completed");
    expect(run?.steps.every((s) => s.state === "done")).to.equal(true);
    const keys = await server.database.db.query<{ key_id: string }>(
      sql`select key_id from privacy_key where run_id = ${runId}::uuid`,
    );
    const states = await server.vault.keyStates(keys.map((k) => k.key_id));
    expect([...states.values()])
      .to.include("destroyed")
      .and.not.include("live");
  });

  it("refuses the same rows afterwards, says why, and makes nobody of them", async () => {
    const rows = [join("E-2", { email: "lin@mail.example" })];
    await send(server, list, rows);
    const memberId = (await whoIs(server, "member_id", "E-2")) as string;
    await erase(server, scopeOf(memberId));
    const [again] = await send(server, list, rows);
    expect(again).to.include({ status: "refused", code: "suppressed" });
    const later = await send(server, list, [join("E-2", { updatedAt: "2026-11-20T00:00:00Z" })]);
    expect(later[0]).to.include({ status: "refused", code: "suppressed" });
    expect(await whoIs(server, "member_id", "E-2")).to.equal(null);
    expect(await whoIs(server, "email", "lin@mail.example")).to.equal(null);
  });

  it("does not shut out a family member who shares the telephone", async () => {
    const phone = "+886912000111";
    await send(server, list, [join("E-3", { phone }), join("E-4", { phone })]);
    const gone = (await whoIs(server, "member_id", "E-3")) as string;
    await erase(server, scopeOf(gone));
    const [stays] = await send(server, list, [join("E-4", { phone, updatedAt: "2026-10-05T00:00:00Z" })]);
    expect(stays?.status).to.equal("accepted");
    const [fresh] = await send(server, list, [join("E-5", { phone })]);
    expect(fresh?.status).to.equal("accepted");
    expect(await whoIs(server, "phone", phone)).to.not.equal(gone);
  });
});
