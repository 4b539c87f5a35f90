import { expect } from "chai";
import { DAY, fixedClock, HOUR } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER, codeTo, joinMember, letters, recordingFulfilment } from "./people.ts";

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly regime: string;
  readonly regimeFrom: string;
  readonly dueOn: string;
  readonly isLate: boolean;
  readonly isPaused: boolean;
  readonly memberId: string | null;
  readonly match: string;
  readonly reason: string | null;
  readonly duplicateOf: string | null;
  readonly coolingUntil: string | null;
  readonly certificateId: string | null;
}
interface Detail extends Shown {
  readonly clock: { readonly answer: { readonly words: { readonly en: string } } };
  readonly possibleActs: readonly string[];
  readonly possibleDuplicates: readonly { readonly id: string }[];
  readonly history: readonly { readonly act: string; readonly note: string | null }[];
  readonly contact: { readonly value: string } | null;
}
interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly code: string }[];
}

describe("data-subject requests", () => {
  const clock = fixedClock("2026-11-10T09:00:00Z");
  const fulfilment = recordingFulfilment();
  let server: TestServer;
  let mei: string;
  let tom: string;

  const file = async (body: object) => {
    const made = await server.call<Shown>("POST", "/v1/dsr", { body });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    return made.body;
  };
  const act = <T = Shown>(id: string, what: string, body: object = {}) =>
    server.call<T>("POST", `/v1/dsr/${id}/${what}`, { body });
  const show = async (id: string) => (await server.call<Detail>("GET", `/v1/dsr/${id}`)).body;
  const refusalOf = (answer: { body: unknown }) => (answer.body as Problem).errors?.[0]?.code;

  before(async () => {
    server = await startTestServer("requests", { clock, fulfilment });
    const set = await server.call("PUT", "/v1/controller", { body: CONTROLLER });
    expect(set.status, JSON.stringify(set.body)).to.equal(200);
    mei = await joinMember(server, { number: "M-1", email: "mei@members.example", country: "IE" });
    tom = await joinMember(server, { number: "M-2", email: "tom@members.example" });
  });
  after(() => server.close());

  it("leads an erasure by a code, an approved preview, a second confirmation and a time to think", async () => {
    const filed = await file({
      kind: "erasure",
      country: "IE",
      contact: { kind: "email", value: "Mei@members.example" },
      sendCode: true,
    });
    expect([filed.state, filed.regime, filed.regimeFrom, filed.dueOn]).to.deep.equal([
      "identity_pending",
      "EU",
      "declared",
      "2026-12-10",
    ]);
    expect(filed.memberId, "nobody before the proof").to.equal(null);
    expect(refusalOf(await act(filed.id, "approve", { fingerprint: "x" }))).to.equal("wrong-state");

    const wrong = await act(filed.id, "identity", { method: "code", code: "000000" });
    const code = await codeTo(server, "mei@members.example");
    if (code !== "000000") expect([wrong.status, refusalOf(wrong)]).to.deep.equal([409, "wrong-code"]);
    const proven = await act(filed.id, "identity", { method: "code", code });
    expect([proven.body.state, proven.body.memberId, proven.body.match]).to.deep.equal([
      "assessing",
      mei,
      "one",
    ]);
    const again = await act(filed.id, "identity", { method: "code", code });
    expect(again.status, "a code works once").to.equal(409);

    const preview = await server.call<{ fingerprint: string }>("GET", `/v1/dsr/${filed.id}/preview`);
    expect(refusalOf(await act(filed.id, "approve", { fingerprint: "of-yesterday" }))).to.equal(
      "preview-changed",
    );
    const approved = await act(filed.id, "approve", { fingerprint: preview.body.fingerprint });
    expect(approved.body.state).to.equal("awaiting_confirmation");
    const [asked] = await letters(server, "request-confirm");
    expect(asked?.text).to.contain("https://candor.harbour.example/privacy/r/");

    const confirmed = await act(filed.id, "confirm", { note: "by telephone, called back" });
    expect(confirmed.body.coolingUntil).to.equal("2026-11-13T09:00:00.000Z");
    await server.candor.privacy.requests.time.pass();
    expect((await show(filed.id)).state, "still cooling").to.equal("awaiting_confirmation");
    clock.advance(3 * DAY);
    await server.candor.privacy.requests.time.pass();
    expect((await show(filed.id)).state).to.equal("executing");
    expect(fulfilment.calls).to.deep.equal([`erase ${mei}`]);
    expect(refusalOf(await act(filed.id, "cancel"))).to.equal("wrong-state");

    const told = { requestId: filed.id, runId: filed.id, certificateId: filed.id };
    await server.database.db.tx((tx) =>
      server.candor.privacy.requests.listener.stepped(tx, {
        ...told,
        step: "recipient-answers",
        state: "awaiting-recipients",
      }),
    );
    expect((await show(filed.id)).state).to.equal("awaiting_recipients");
    await server.database.db.tx((tx) =>
      server.candor.privacy.requests.listener.finished(tx, { ...told, outcome: "completed-with-exceptions" }),
    );
    const done = await show(filed.id);
    expect([done.state, done.certificateId]).to.deep.equal(["completed_with_exceptions", filed.id]);
    expect(done.history.map((h) => h.act)).to.deep.equal([
      "receive",
      "ask-identity",
      "notice",
      "verify",
      "notice",
      "assess",
      "approve",
      "notice",
      "confirm",
      "notice",
      "cool-down",
      "start",
      "await-recipients",
      "finish-with-exceptions",
      "notice",
    ]);
    expect(done.history[8]?.note).to.equal("by telephone, called back");

    clock.advance(31 * DAY);
    await server.candor.privacy.requests.time.forget();
    const forgotten = await show(filed.id);
    expect([forgotten.contact, forgotten.history[8]?.note, forgotten.state]).to.deep.equal([
      null,
      null,
      "completed_with_exceptions",
    ]);
    clock.set("2026-11-10T09:00:00Z");
  });

  it("tells what is late, why, and what can be done; the soonest deadline first", async () => {
    const letter = await file({
      kind: "access",
      door: "letter",
      memberId: tom,
      country: "TW",
      receivedAt: "2026-10-30T02:00:00Z",
    });
    const slow = await file({
      kind: "rectification",
      memberId: tom,
      country: "US",
      region: "CA",
      words: "My name",
    });
    const detail = await show(letter.id);
    expect(detail.clock.answer.words.en).to.equal(
      "due 14 November 2026: PDPA Art. 13(1), received 30 October 2026; 15 calendar days from then: 14 November 2026",
    );
    expect(detail.possibleActs).to.include.members(["verify", "deny", "extend", "withdraw"]);
    expect(detail.possibleActs).to.not.include.members(["approve"]);
    const list = await server.call<{ items: Shown[]; next: string | null }>(
      "GET",
      "/v1/dsr?open=true&limit=1",
    );
    expect(list.body.items[0]?.id).to.equal(letter.id);
    const rest = await server.call<{ items: Shown[] }>("GET", `/v1/dsr?open=true&cursor=${list.body.next}`);
    expect(rest.body.items.map((r) => r.id))
      .to.include(slow.id)
      .and.not.include(letter.id);
    const byLaw = await server.call<{ items: Shown[] }>("GET", "/v1/dsr?regime=US-CA&kind=rectification");
    expect(byLaw.body.items.map((r) => r.id)).to.deep.equal([slow.id]);
    const soon = await server.call<{ items: Shown[] }>("GET", "/v1/dsr?dueBefore=2026-11-14&open=true");
    expect(soon.body.items.map((r) => r.id)).to.deep.equal([letter.id]);

    await server.candor.privacy.requests.time.alarm();
    await server.candor.privacy.requests.time.alarm();
    const warned = (await letters(server, "request-warning")).filter((l) => l.text.includes(letter.id));
    expect(warned.map((l) => [l.to, l.subject])).to.deep.equal([
      ["privacy@harbour.example", "Request due 14 November 2026: access"],
    ]);
    clock.set("2026-11-14T16:00:00Z");
    expect((await show(letter.id)).isLate).to.equal(true);
    await server.candor.privacy.requests.time.alarm();
    const late = (await letters(server, "request-late")).filter((l) => l.text.includes(letter.id));
    expect(late).to.have.length(1);
    clock.set("2026-11-10T09:00:00Z");
  });

  it("extends with a reason that the person is told, once; pauses only where the law lets it", async () => {
    const filed = await file({
      kind: "access",
      country: "IE",
      memberId: tom,
      contact: { kind: "email", value: "tom@members.example" },
      identity: { method: "account" },
    });
    expect(filed.state).to.equal("assessing");
    expect((await act(filed.id, "extend", {})).status).to.equal(400);
    const extended = await act(filed.id, "extend", { reason: "Many stores hold paper." });
    expect(extended.body.dueOn).to.equal("2027-02-10");
    const [told] = await letters(server, "request-extended");
    expect([told?.to, told?.text]).to.satisfy(
      ([to, text]: string[]) => to === "tom@members.example" && text?.includes("Many stores hold paper."),
    );
    expect(refusalOf(await act(filed.id, "extend", { reason: "Again" }))).to.equal("already-extended");

    const british = await file({
      kind: "access",
      country: "GB",
      contact: { kind: "phone", value: "+447400123456" },
    });
    expect((await act(british.id, "pause")).body.isPaused).to.equal(true);
    clock.advance(5 * DAY);
    expect((await act(british.id, "resume")).body.dueOn).to.equal("2026-12-15");
    clock.set("2026-11-10T09:00:00Z");
    const irish = await file({
      kind: "access",
      country: "IE",
      contact: { kind: "phone", value: "+353851234567" },
    });
    expect((await act(irish.id, "pause")).status).to.equal(400);
    expect((await act(irish.id, "pause", { reason: "Two people of one name" })).body.isPaused).to.equal(true);
    const californian = await file({ kind: "access", country: "US", region: "CA", memberId: tom });
    expect(refusalOf(await act(californian.id, "pause", { reason: "x" }))).to.equal("regime-forbids");
  });

  it("refuses on a ground of the law, tells where to complain, and looks again on appeal", async () => {
    const filed = await file({
      kind: "erasure",
      country: "IE",
      memberId: tom,
      contact: { kind: "email", value: "tom@members.example" },
      identity: { method: "in-person" },
    });
    expect((await act(filed.id, "deny", { ground: "do-not-want-to" })).status).to.equal(400);
    const denied = await act(filed.id, "deny", { ground: "legal-claims", words: "See case 7." });
    expect([denied.body.state, denied.body.reason]).to.deep.equal(["denied", "claim_not_covered"]);
    const [letter] = await letters(server, "request-denied");
    for (const said of ["GDPR Art. 17(3)(e)", "See case 7.", "#appeal", "edpb.europa.eu", "court"])
      expect(letter?.text).to.contain(said);
    const appeal = await file({
      kind: "appeal",
      appealOf: filed.id,
      identity: { method: "account" },
      memberId: tom,
    });
    expect(appeal.state).to.equal("assessing");
    expect((await act(appeal.id, "approve")).body.state).to.equal("completed");
    expect((await show(filed.id)).state, "open again").to.equal("assessing");
    expect((await act(filed.id, "cancel")).body.state).to.equal("withdrawn");
  });

  it("calls a request a duplicate only after its asker is proven, and only of one that was proven too", async () => {
    const first = await file({
      kind: "restriction",
      memberId: tom,
      country: "IE",
      identity: { method: "account" },
    });
    const stranger = await file({
      kind: "restriction",
      country: "IE",
      contact: { kind: "email", value: "tom@members.example" },
    });
    expect(stranger.state).to.equal("acknowledged");
    expect(refusalOf(await act(stranger.id, "duplicate", { of: first.id }))).to.equal("not-a-duplicate");
    await act(stranger.id, "code");
    await act(stranger.id, "identity", {
      method: "code",
      code: await codeTo(server, "tom@members.example"),
    });
    expect((await show(stranger.id)).possibleDuplicates.map((d) => d.id)).to.deep.equal([first.id]);
    const joined = await act(stranger.id, "duplicate", { of: first.id });
    expect([joined.body.state, joined.body.duplicateOf]).to.deep.equal(["duplicate", first.id]);
    expect((await act(first.id, "approve")).body.state).to.equal("completed");
    expect(fulfilment.calls).to.include("restrict true");
  });

  it("takes an agent only with proof that somebody accepted, and carries an opt-out out at once", async () => {
    const agent = { name: "Rights Agency", proof: "Power of attorney of 1 November 2026" };
    const body = { kind: "opt-out", filer: "agent", memberId: tom, country: "US", region: "CA" };
    expect((await server.call("POST", "/v1/dsr", { body })).status, "without proof").to.equal(400);
    const filed = await file({ ...body, representative: agent, identity: { method: "document" } });
    expect(filed.state).to.equal("assessing");
    expect(refusalOf(await act(filed.id, "approve"))).to.equal("proof-of-authority-missing");
    expect((await act(filed.id, "authority", { note: "Seen" })).body.state).to.equal("completed");
    const own = await file({
      kind: "opt-out",
      memberId: tom,
      purposes: ["marketing"],
      identity: { method: "account" },
    });
    expect(own.state).to.equal("completed");
    expect(fulfilment.calls.slice(-2)).to.deep.equal(["opt-out ", "opt-out marketing"]);
  });

  it("wants the declaration of California for specific pieces, and a way to encrypt before it packs", async () => {
    const filed = await file({
      kind: "access",
      memberId: tom,
      country: "US",
      region: "CA",
      contact: { kind: "email", value: "tom@members.example" },
      identity: { method: "account" },
    });
    expect(refusalOf(await act(filed.id, "approve"))).to.equal("declaration-missing");
    await act(filed.id, "declaration");
    expect((await act(filed.id, "approve")).body.state, "how to encrypt is not known").to.equal("approved");
    expect(await letters(server, "request-delivery")).to.have.length(1);
    const held = await file({
      kind: "portability",
      memberId: tom,
      delivery: { kind: "passphrase", passphrase: "correct horse battery" },
      identity: { method: "account" },
    });
    await act(held.id, "hold", { reason: "A court asks" });
    expect((await act(held.id, "approve")).body.state).to.equal("approved");
    expect((await act(held.id, "release", { reason: "The court is content" })).body.state).to.equal(
      "executing",
    );
    expect(fulfilment.calls.at(-1)).to.equal("portability passphrase");
    await server.database.db.tx((tx) =>
      server.candor.privacy.requests.listener.finished(tx, {
        requestId: held.id,
        runId: held.id,
        certificateId: held.id,
        outcome: "completed",
      }),
    );
    expect((await show(held.id)).state).to.equal("completed");
  });

  it("ends what nobody proves or confirms, and says how many were answered in time", async () => {
    const unproven = await file({
      kind: "access",
      country: "TW",
      contact: { kind: "email", value: "nobody@nowhere.example" },
      sendCode: true,
    });
    clock.set("2026-11-25T16:00:00Z");
    await server.candor.privacy.requests.time.pass();
    expect((await show(unproven.id)).state).to.equal("expired");
    const { body } = await server.call<{
      items: { regime: string; kind: string; received: number; onTimeShare: number; deniedBecause: object }[];
    }>("GET", "/v1/dsr/metrics?year=2026");
    const erasures = body.items.find((i) => i.regime === "EU" && i.kind === "erasure");
    expect(erasures).to.include({ received: 2, onTimeShare: 1 });
    clock.set("2026-11-10T09:00:00Z");
  });

  it("answers who holds nothing only after the address is proven, and limits codes without telling", async () => {
    const filed = await file({
      kind: "access",
      country: "IE",
      contact: { kind: "email", value: "stranger@elsewhere.example" },
      sendCode: true,
    });
    expect([filed.state, filed.match]).to.deep.equal(["identity_pending", "unknown"]);
    const code = await codeTo(server, "stranger@elsewhere.example");
    const proven = await act(filed.id, "identity", { method: "code", code });
    expect([proven.body.state, proven.body.reason]).to.deep.equal(["denied", "no_match"]);
    for (let i = 0; i < 4; i++)
      await file({
        kind: "access",
        country: "IE",
        contact: { kind: "email", value: "often@elsewhere.example" },
        sendCode: true,
      });
    const sent = (await letters(server, "request-code")).filter((l) => l.to === "often@elsewhere.example");
    expect(sent).to.have.length(3);
    clock.advance(HOUR);
  });

  it("writes every act into the audit log and keeps no address in plain", async () => {
    const audit = await server.candor.privacy.requests.list({ limit: 200 });
    expect(audit.length).to.be.greaterThan(10);
    expect(JSON.stringify(audit)).to.not.contain("members.example");
  });
});
