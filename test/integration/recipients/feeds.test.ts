import { expect } from "chai";
import { sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import {
  aRecipient,
  follow,
  type Line,
  memberOf,
  members,
  pull,
  pullText,
  type TestRecipient,
} from "./shop.ts";

describe("recipients", () => {
  let server: TestServer;
  let mailer: TestRecipient;
  let bi: TestRecipient;
  let list: { id: string; writeKey: string };
  const id: Record<string, string> = {};

  /** Everything staged becomes part of the feeds. */
  const settle = async () => {
    while ((await sequenceChanges(server.database.db)) > 0);
  };
  const ok = async (answer: Promise<{ status: number; body: unknown }>, status = 201) => {
    const { status: got, body } = await answer;
    expect(got, JSON.stringify(body)).to.equal(status);
  };
  const byName = (lines: readonly Line[], name: string) => lines.find((l) => l.fields.firstName === name);

  before(async () => {
    server = await startTestServer("recipients");
    list = await server.source({ name: "List", kind: "members", region: "TW" });
    await members(server, list, [
      {
        memberId: "M-1",
        firstName: "=Mei",
        email: "mei@example.com",
        phone: "0912345678",
        tier: "gold",
        city: "Taipei",
      },
      { memberId: "M-2", firstName: "Bo", email: "bo@example.com", phone: "0912345679", tier: "silver" },
      { memberId: "M-3", firstName: "Cy", email: "cy@example.com" },
    ]);
    for (const n of ["1", "2", "3"]) id[n] = await memberOf(server, `M-${n}`);
    for (const n of ["1", "2"]) {
      await ok(say(server, aGrant(id[n] as string, "marketing", { channel: "sms" })));
      await ok(say(server, aGrant(id[n] as string, "personalisation")));
    }
    mailer = await aRecipient(server, {
      id: "mailer",
      purposes: ["marketing"],
      categories: ["identity", "contact", "transaction"],
    });
    bi = await aRecipient(server, {
      id: "bi",
      purposes: ["personalisation"],
      categories: ["transaction", "preference", "derived"],
    });
  });
  after(() => server.close());

  it("give two recipients different views of one member under different ids", async () => {
    const forMail = await pull(server, mailer.key, "marketing");
    const forBi = await pull(server, bi.key, "personalisation");
    expect(forMail.status).to.equal(200);
    expect(forMail.profiles).to.have.length(2);
    expect(forBi.profiles).to.have.length(2);
    const mei = byName(forMail.profiles, "=Mei") as Line;
    expect(mei.channels).to.deep.equal(["sms"]);
    // Only the channel that was agreed to is reached: the e-mail address stays here.
    expect(mei.fields).to.deep.equal({ firstName: "=Mei", memberCard: "M-1", phone: mei.fields.phone });
    expect(mei.basis.contact?.rule).to.equal("consent-given");
    expect(mei.basis.contact?.record).to.be.a("string");
    expect(mei.withheld).to.deep.equal({ transaction: "category-outside-purpose" });
    expect(mei).to.not.have.property("facts");
    for (const line of forBi.profiles) {
      expect(line.fields).to.have.property("tier");
      expect(line.fields).to.not.have.any.keys("firstName", "email", "phone");
      expect(line.facts?.orders).to.equal(0);
    }
    const ids = [...forMail.profiles, ...forBi.profiles].map((l) => l.member);
    expect(new Set(ids).size).to.equal(4);
    for (const n of ["1", "2", "3"]) expect(ids).to.not.include(id[n]);
    expect(forMail.end?.members).to.equal(2);
    expect(forMail.end?.position).to.equal(forMail.position);
  });

  it("read nothing with a foreign key, a foreign purpose or none", async () => {
    expect((await pull(server, mailer.key, "personalisation")).status).to.equal(403);
    expect((await pull(server, mailer.key, "service")).status).to.equal(403);
    expect((await pull(server, mailer.key, "")).status).to.equal(400);
    expect((await pull(server, "ck_unknown", "marketing")).status).to.equal(401);
    const admin = await server.call("GET", "/v1/profiles?purpose=marketing");
    expect(admin.status).to.equal(403);
    const foreign = await server.call("GET", "/v1/changes?purpose=marketing", { key: bi.key });
    expect(foreign.status).to.equal(403);
    const [mine] = (await pull(server, mailer.key, "marketing")).profiles;
    const elsewhere = await server.call("GET", `/v1/profiles/${mine?.member}?purpose=personalisation`, {
      key: bi.key,
    });
    expect(elsewhere.status).to.equal(404);
    for (const path of [
      `/v1/members/${id["1"]}?purpose=marketing`,
      `/v1/members/${id["1"]}/events?purpose=marketing`,
    ]) {
      const inside = await server.call("GET", path, { key: mailer.key });
      expect(inside.status, path).to.equal(403);
    }
  });

  it("pull as CSV that no spreadsheet takes for formulas, compressed when asked", async () => {
    const text = await pullText(server, mailer.key, "purpose=marketing&format=csv");
    const [header, ...rows] = text.trim().split("\r\n");
    expect(header).to.match(/^member,channels,.*firstName,.*,cursor$/);
    expect(rows.some((r) => r.includes("'=Mei"))).to.equal(true);
    expect(text).to.not.include("mei@example.com");
    expect(await pullText(server, mailer.key, "purpose=marketing")).to.include('"type":"end"');
  });

  it("go on after a cut where the last cursor was", async () => {
    const whole = await pull(server, mailer.key, "marketing");
    const cursor = whole.lines.find((l) => l.type === "cursor")?.cursor as string;
    const rest = await pull(server, mailer.key, "marketing", `&cursor=${cursor}`);
    expect(rest.profiles).to.have.length(0);
    expect(rest.position).to.equal(whole.position);
    expect((await pull(server, bi.key, "personalisation", `&cursor=${cursor}`)).status).to.equal(400);
    expect((await pull(server, mailer.key, "marketing", "&cursor=AAAA")).status).to.equal(400);
  });

  it("hear of a withdrawal in one feed while the member stays in the other", async () => {
    await settle();
    const forMail = await pull(server, mailer.key, "marketing");
    const forBi = await pull(server, bi.key, "personalisation");
    const mei = byName(forMail.profiles, "=Mei") as Line;
    await ok(say(server, { memberId: id["1"], state: "withdrawn", purpose: "marketing" }));
    // Reads know at once.
    expect(
      (await pull(server, mailer.key, "marketing")).profiles.map((l) => l.fields.firstName),
    ).to.deep.equal(["Bo"]);
    const gone = await server.call("GET", `/v1/profiles/${mei.member}?purpose=marketing`, {
      key: mailer.key,
    });
    expect(gone.status).to.equal(410);
    await settle();
    const inMail = await follow(server, mailer.key, "marketing", forMail.position);
    const told = inMail.changes.filter((c) => c.kind === "tombstone");
    expect(told.map((c) => [c.member, c.reason])).to.deep.equal([[mei.member, "withdrawn"]]);
    const inBi = await follow(server, bi.key, "personalisation", forBi.position);
    expect(inBi.changes.filter((c) => c.kind === "tombstone")).to.deep.equal([]);
    // Once told, not told again; read from the old position, told again.
    expect((await follow(server, mailer.key, "marketing", inMail.next)).changes).to.deep.equal([]);
    const again = await follow(server, mailer.key, "marketing", forMail.position);
    expect(again.changes.some((c) => c.notice === told[0]?.notice)).to.equal(true);
    const ack = await server.call("POST", "/v1/acknowledgements", {
      key: mailer.key,
      body: { notices: [told[0]?.notice] },
    });
    expect(ack.body).to.deep.equal({ confirmed: 1, known: 1 });
  });

  it("hear nothing of members that they never had", async () => {
    const { position } = await pull(server, mailer.key, "marketing");
    await ok(say(server, { memberId: id["3"], state: "withdrawn", purpose: "marketing" }));
    await settle();
    expect((await follow(server, mailer.key, "marketing", position)).changes).to.deep.equal([]);
  });

  it("are sent back to a new pull by a cursor of another epoch or from the future", async () => {
    const { position } = await pull(server, mailer.key, "marketing");
    const [epoch, number] = position.split(".");
    const ahead = await server.call(
      "GET",
      `/v1/changes?purpose=marketing&after=${epoch}.${Number(number) + 1000}`,
      {
        key: mailer.key,
      },
    );
    expect(ahead.status).to.equal(410);
    expect(ahead.body.code).to.equal("resync-required");
    await server.call("POST", "/v1/recipients/mailer/resync");
    const old = await server.call("GET", `/v1/changes?purpose=marketing&after=${position}`, {
      key: mailer.key,
    });
    expect(old.status).to.equal(410);
  });
});
