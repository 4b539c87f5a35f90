import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { findProfile, profileOf, sendBatch } from "../sources/reading.ts";
import { importCounts, quarantineOf, replay, sendFile } from "./sending.ts";

describe("repairing what was quarantined", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("files-repair", { clock: fixedClock("2026-11-21T10:00:00Z") });
  });
  after(() => server.close());

  it("stores rows of a wrong column once the mapping is corrected, and replaying again changes nothing", async () => {
    const fields = { occurredAt: "Date", receiptNo: "Receipt", amount: "Total due", memberCard: "Card" };
    const source = await server.source({
      name: "Wrong column",
      kind: "pos",
      currency: "EUR",
      mapping: { fields: { ...fields, amount: { column: "Total due", required: true } } },
    });
    const csv =
      "Date,Receipt,Amount,Card\n2026-10-01,R1,12.50,FIX-1\n2026-10-02,R2,7.50,FIX-1\n2026-10-03,R3,x,FIX-1\n";
    const first = await sendFile(server, source, csv);
    expect(first.body.counts, JSON.stringify(first.body)).to.include({ accepted: 0, quarantined: 3 });
    expect(first.body.reasons.map((r) => r.code)).to.deep.equal(["column-missing"]);
    expect(first.body.missingColumns).to.deep.include({
      column: "Total due",
      uses: ["amount"],
      isFatal: true,
    });
    expect(await findProfile(server, { kind: "member_id", value: "FIX-1" })).to.equal(null);
    expect(await importCounts(server, source, csv), "sent again unchanged").to.deep.equal([0, 0, 3]);
    expect(await quarantineOf(server, source.id)).to.have.length(3);

    const patched = await server.call("PATCH", `/v1/sources/${source.id}`, {
      body: { mapping: { fields: { ...fields, amount: "Amount" } } },
    });
    expect(patched.status, JSON.stringify(patched.body)).to.equal(200);
    const report = await replay(server, { reason: "column-missing", source: source.id });
    expect(report).to.deep.include({ tried: 3, accepted: 2, quarantined: 1 });
    const profile = await profileOf(server, { kind: "member_id", value: "FIX-1" });
    expect(profile.facts.spend).to.deep.equal([{ amount: 2_000, currency: "EUR" }]);
    const left = await quarantineOf(server, source.id);
    expect(left.map((q) => [q.code, q.place, q.attempts])).to.deep.equal([["invalid-amount", "line 4", 1]]);

    expect(await replay(server, { reason: "column-missing", source: source.id })).to.include({ tried: 0 });
    expect(await replay(server, { source: source.id })).to.include({ tried: 1, accepted: 0, quarantined: 1 });
    expect((await profileOf(server, { kind: "member_id", value: "FIX-1" })).facts).to.deep.equal(
      profile.facts,
    );
    expect(await importCounts(server, source, csv), "the file after the repair").to.deep.equal([0, 2, 1]);
    expect((await profileOf(server, { kind: "member_id", value: "FIX-1" })).facts).to.deep.equal(
      profile.facts,
    );
  });

  it("lets go of a repeated row together with the row that it repeats, and counts it as a duplicate", async () => {
    const fields = { occurredAt: "Date", receiptNo: "Receipt", memberCard: "Card" };
    const mapping = (amount: string) => ({
      ids: { messageId: ["Id"] },
      fields: { ...fields, amount: { column: amount, required: true } },
    });
    const source = await server.source({
      name: "Repeated rows",
      kind: "pos",
      currency: "EUR",
      mapping: mapping("Total due"),
    });
    const rows = ["A1,12.50", "A1,12.50 ", "A1,99.00", "A2,7.50"].map((r) => `${r},2026-10-01,R1,TWICE-1`);
    await sendFile(server, source, ["Id,Amount,Date,Receipt,Card", ...rows, ""].join("\n"));
    expect(await quarantineOf(server, source.id)).to.have.length(4);
    await server.call("PATCH", `/v1/sources/${source.id}`, { body: { mapping: mapping("Amount") } });
    const report = await replay(server, { source: source.id });
    expect(report).to.include({ tried: 4, accepted: 2, duplicate: 1, quarantined: 1 });
    const left = await quarantineOf(server, source.id);
    expect(left.map((q) => q.code)).to.deep.equal(["message-id-conflict"]);
    const profile = await profileOf(server, { kind: "member_id", value: "TWICE-1" });
    expect(profile.facts.orders).to.equal(1);
    const summary = await server.call<{ events: { source: string }[] }>("GET", "/v1/summary");
    const counted = summary.body.events.find((e) => e.source === source.id);
    expect(counted, "each row once, and what became of those that came in").to.deep.include({
      accepted: 2,
      duplicate: 1,
      quarantined: 4,
    });
  });

  it("stores one item that a person corrected, and keeps the original's receipt pointing to what became of it", async () => {
    const source = await server.source({ name: "Edited", kind: "web" });
    const bad = { type: "track", userId: "EDIT-1", messageId: "edit-1", properties: { product_id: "P1" } };
    const [result] = await sendBatch(server, source.writeKey, [bad]);
    expect(result).to.include({ status: "quarantined", code: "missing-event-name" });
    const receiptOf = () =>
      server.call<{ status: string; code: string | null; quarantineId: string | null }>(
        "GET",
        `/v1/sources/${source.id}/events/edit-1`,
        { key: source.writeKey },
      );
    const receipt = await receiptOf();
    expect(receipt.body).to.include({ status: "quarantined", code: "missing-event-name" });
    const id = receipt.body.quarantineId;
    expect(await replay(server, { id }), "unchanged").to.include({ tried: 1, accepted: 0, quarantined: 1 });
    const payload = { ...bad, event: "Product Viewed" };
    expect(await replay(server, { id, payload })).to.include({ tried: 1, accepted: 1 });
    expect(await replay(server, { id, payload }), "twice").to.include({ tried: 0 });
    expect((await receiptOf()).body).to.include({ status: "accepted", code: null, quarantineId: null });
    expect((await profileOf(server, { kind: "user_id", value: "EDIT-1" })).facts.eventCounts).to.deep.equal({
      track: 1,
    });
    const [again] = await sendBatch(server, source.writeKey, [payload]);
    expect(again).to.include({ status: "duplicate" });
  });

  it("corrects exactly one item at a time with a payload", async () => {
    const source = await server.source({ name: "One at a time", kind: "web" });
    await sendBatch(server, source.writeKey, [{ type: "page" }, { type: "screen" }]);
    const ids = (await quarantineOf(server, source.id)).map((q) => q.id);
    expect(ids).to.have.length(2);
    for (const body of [
      { ids, payload: { type: "page", userId: "x1" } },
      { source: source.id, payload: { type: "page", userId: "x1" } },
      {},
      { payload: {} },
    ]) {
      const answer = await server.call<{ code: string }>("POST", "/v1/quarantine/replay", { body });
      expect([answer.status, answer.body.code], JSON.stringify(body)).to.deep.equal([400, "invalid-request"]);
    }
  });

  it("shows a quarantined item as it came, and lists it without its content", async () => {
    const source = await server.source({ name: "Looked at", kind: "web" });
    const bad = { type: "track", userId: "LOOK-1", properties: { note: "a note" } };
    await sendBatch(server, source.writeKey, [bad]);
    const [item] = await quarantineOf(server, source.id);
    const shown = await server.call<{ payload: unknown; because: string }>(
      "GET",
      `/v1/quarantine/${item?.id}`,
    );
    expect(shown.body.payload).to.deep.equal(bad);
    expect(shown.body.because).to.be.a("string");
    const listed = await server.call("GET", `/v1/quarantine?source=${source.id}`);
    expect(JSON.stringify(listed.body)).not.to.contain("LOOK-1");
  });

  it("makes what was given up unreadable, and never replays it", async () => {
    const source = await server.source({ name: "Given up", kind: "web" });
    await sendBatch(server, source.writeKey, [{ type: "track", userId: "GONE-1" }]);
    const [item] = await quarantineOf(server, source.id);
    const gone = await server.call<{ discarded: number }>("POST", "/v1/quarantine/discard", {
      body: { ids: [item?.id] },
    });
    expect(gone.body).to.deep.equal({ discarded: 1 });
    const shown = await server.call<{ payload: unknown; state: string }>("GET", `/v1/quarantine/${item?.id}`);
    expect(shown.status, JSON.stringify(shown.body)).to.equal(200);
    expect(shown.body).to.include({ payload: null, state: "discarded" });
    expect(await replay(server, { id: item?.id, payload: { type: "page", userId: "GONE-1" } })).to.include({
      tried: 0,
    });
    expect(await findProfile(server, { kind: "user_id", value: "GONE-1" })).to.equal(null);
  });

  it("tells by its receipt what became of every message, to its own source only", async () => {
    const [one, other] = [
      await server.source({ name: "Receipts", kind: "web" }),
      await server.source({ name: "Others", kind: "web" }),
    ];
    await sendBatch(server, one.writeKey, [
      { type: "page", userId: "REC-1", messageId: "rec-1", timestamp: "2026-11-21T09:00:00Z" },
      { type: "wave", userId: "REC-1", messageId: "rec 2/with?odd#signs" },
    ]);
    const ask = (id: string, messageId: string, key: string | null) =>
      server.call<Record<string, unknown>>(
        "GET",
        `/v1/sources/${id}/events/${encodeURIComponent(messageId)}`,
        {
          key,
        },
      );
    const good = await ask(one.id, "rec-1", one.writeKey);
    expect(good.body).to.include({
      messageId: "rec-1",
      status: "accepted",
      code: null,
      occurredAt: "2026-11-21T09:00:00.000Z",
    });
    const bad = await ask(one.id, "rec 2/with?odd#signs", one.writeKey);
    expect(bad.body).to.include({ status: "quarantined", code: "unknown-type" });
    expect((await ask(one.id, "rec-9", one.writeKey)).status).to.equal(404);
    expect((await ask(one.id, "rec-1", other.writeKey)).status).to.equal(403);
    expect((await ask(one.id, "rec-1", null)).status).to.equal(401);
    expect((await ask(other.id, "rec-1", other.writeKey)).status).to.equal(404);
  });

  it("quarantines the second of two messages that share an id, in one batch and across batches", async () => {
    const source = await server.source({ name: "Same id", kind: "web" });
    const item = (event: string) => ({ type: "track", userId: "SAME-1", messageId: "same-1", event });
    const results = await sendBatch(server, source.writeKey, [
      item("Cart Viewed"),
      item("Cart Viewed"),
      item("Cart Shared"),
    ]);
    expect(results.map((r) => [r.status, r.code ?? null])).to.deep.equal([
      ["accepted", null],
      ["duplicate", "already-accepted"],
      ["quarantined", "message-id-conflict"],
    ]);
    const [later] = await sendBatch(server, source.writeKey, [item("Product Viewed")]);
    expect(later).to.include({ status: "quarantined", code: "message-id-conflict" });
    const receipt = await server.call<{ status: string }>("GET", `/v1/sources/${source.id}/events/same-1`);
    expect(receipt.body.status, "the first stays accepted").to.equal("accepted");
    const [conflict] = await quarantineOf(server, source.id);
    const payload = { ...item("Cart Shared"), messageId: "same-2" };
    expect(await replay(server, { id: conflict?.id, payload })).to.include({ accepted: 1 });
  });
});
