import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { DAY, fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER, letters } from "../privacy/people.ts";
import { send, whoIs } from "./acts.ts";

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly history: readonly { readonly act: string; readonly code: string | null }[];
}

describe("an erasure that was approved and cools down", () => {
  const clock = fixedClock("2026-11-02T09:00:00Z");
  let server: TestServer;
  let shop: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("approved", { clock });
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
    shop = await server.source({ name: "Shop", kind: "web", region: "IE" });
  });
  after(() => server.close());

  const happens = (item: Record<string, unknown>) =>
    send(server, shop, [{ type: "identify", traits: { firstName: "Ann" }, ...item }]);
  const visitor = (name: string) =>
    server
      .call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
        body: { kind: "anonymous_id", value: name, issuer: shop.id },
      })
      .then((found) => found.body.memberId);
  const show = async (id: string) => (await server.call<Shown>("GET", `/v1/dsr/${id}`)).body;
  const approve = async (id: string) => {
    const { body } = await server.call<{ fingerprint: string }>("GET", `/v1/dsr/${id}/preview`);
    await server.call("POST", `/v1/dsr/${id}/approve`, { body: { fingerprint: body.fingerprint } });
  };
  /** An erasure that is approved and confirmed; three days later it begins. */
  const begin = async (card: string): Promise<string> => {
    await happens({ userId: card });
    const filed = await server.call<Shown>("POST", "/v1/dsr", {
      body: {
        kind: "erasure",
        memberId: await whoIs(server, "member_id", card),
        contact: { kind: "email", value: "ann@members.example" },
        country: "IE",
        identity: { method: "in-person" },
      },
    });
    const { id } = filed.body;
    await approve(id);
    await server.call("POST", `/v1/dsr/${id}/confirm`, { body: { note: "at the counter" } });
    return id;
  };
  const coolDown = async () => {
    clock.advance(3 * DAY);
    await server.candor.privacy.requests.time.pass();
    await server.candor.fulfil.work();
  };

  it("reaches what the person did since, but nobody whom staff joined with them since, until it is looked at again", async () => {
    await happens({ anonymousId: "stranger" });
    const stranger = await visitor("stranger");
    const id = await begin("A-1");
    await happens({ userId: "A-1", anonymousId: "own-visit" });
    const memberId = (await whoIs(server, "member_id", "A-1")) as string;
    const joined = await server.call("POST", "/v1/members/join", {
      body: { subjects: [memberId, stranger] },
    });
    expect(joined.status, JSON.stringify(joined.body)).to.equal(200);

    await coolDown();
    expect((await show(id)).state).to.equal("assessing");
    expect((await show(id)).history.at(-1)).to.include({ act: "look-again", code: "member-joined" });
    const [letter] = await letters(server, "request-joined");
    expect(letter?.text).to.contain(`candor requests preview ${id}`);
    const both = await whoIs(server, "member_id", "A-1");
    expect(both, "nothing is erased yet").to.be.a("string");

    const split = await server.call("POST", `/v1/members/${both}/split`, { body: { subjects: [stranger] } });
    expect(split.status, JSON.stringify(split.body)).to.equal(200);
    await approve(id);
    await server.candor.privacy.requests.time.pass();
    await server.candor.fulfil.work();
    expect((await show(id)).state, "the person had confirmed before").to.equal("completed");
    expect(await whoIs(server, "member_id", "A-1")).to.equal(null);
    expect(await visitor("own-visit")).to.equal(undefined);
    expect(await visitor("stranger"), "stays").to.equal(stranger);
  });

  it("asks anew whose request it is when the member was divided since", async () => {
    await happens({ anonymousId: "half" });
    await happens({ userId: "A-2", anonymousId: "half" });
    const id = await begin("A-2");
    const half = await visitor("half");
    const [subject] = await server.database.db.query<{ id: string }>(sql`
      select subject_id as id from subject where member_id = ${half}::uuid and anchor_kind = 'anonymous_id'`);
    const split = await server.call("POST", `/v1/members/${half}/split`, {
      body: { subjects: [subject?.id] },
    });
    expect(split.status, JSON.stringify(split.body)).to.equal(200);
    await coolDown();
    expect((await show(id)).state, "of which of the two?").to.equal("identity_pending");
    const [letter] = await letters(server, "request-divided");
    expect(letter?.text).to.contain(`candor requests verify ${id}`);
    const card = await whoIs(server, "member_id", "A-2");
    const verified = await server.call("POST", `/v1/dsr/${id}/identity`, {
      body: { memberId: card, method: "call-back" },
    });
    expect(verified.status, JSON.stringify(verified.body)).to.equal(200);
    await approve(id);
    await coolDown();
    expect((await show(id)).state).to.equal("completed");
    expect(await whoIs(server, "member_id", "A-2")).to.equal(null);
    expect(await visitor("half"), "the part that was split off stays").to.equal(subject?.id);
  });
});
