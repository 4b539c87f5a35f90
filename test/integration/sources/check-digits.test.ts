import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { quarantineOf, sendFile } from "../files/sending.ts";
import { findProfile, profileOf, sendBatch } from "./reading.ts";

describe("member numbers with a check digit", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("check-digits");
  });
  after(() => server.close());

  const checked = { identifiers: { memberCard: { checkDigit: "luhn" } } };
  const WRONG = "79927398710";

  it("name nobody when a digit is mistyped, and say so without the number", async () => {
    const list = await server.source({ name: "List", kind: "members", ...checked });
    const shown = await server.call<{ identifiers: object }>("GET", `/v1/sources/${list.id}`);
    expect(shown.body.identifiers).to.deep.equal(checked.identifiers);
    const report = await sendFile(server, list, `card,city\n79927398713,Taipei\n${WRONG},Tainan\n`);
    expect(report.body.counts).to.include({ accepted: 1, quarantined: 1 });
    expect(report.body.rejected[0]).to.include({
      code: "invalid-identifier",
      detail: "memberCard has a check digit that does not fit.",
    });
    expect(JSON.stringify([report.body, await quarantineOf(server, list.id)])).not.to.contain(WRONG);
    expect(
      (await profileOf(server, { kind: "member_id", value: "79927398713" })).attributes.city?.value,
    ).to.equal("Taipei");
    expect(await findProfile(server, { kind: "member_id", value: WRONG })).to.equal(null);
  });

  it("are left out of an item that names its person otherwise, and matter to no other source", async () => {
    const shop = await server.source({ name: "Shop", kind: "web", ...checked });
    const identify = { type: "identify", userId: "CHK-1", traits: { memberCard: WRONG } };
    expect((await sendBatch(server, shop.writeKey, [identify]))[0]).to.include({ status: "accepted" });
    const kinds = (await profileOf(server, { kind: "user_id", value: "CHK-1" })).identifiers.map(
      (i) => i.kind,
    );
    expect(kinds).to.deep.equal(["user_id"]);
    const other = await server.source({ name: "Unchecked", kind: "members" });
    expect((await sendFile(server, other, `card\n${WRONG}\n`)).body.counts).to.include({ accepted: 1 });
  });

  it("are checked in ways that are known, and no others", async () => {
    const answer = await server.call("POST", "/v1/sources", {
      body: {
        name: "x",
        kind: "web",
        purposes: ["service"],
        identifiers: { memberCard: { checkDigit: "crc" } },
      },
    });
    expect(answer.status).to.equal(400);
  });
});
