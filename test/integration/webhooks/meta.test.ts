import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { countsOf, eventsOf, findProfile, profileOf } from "../sources/reading.ts";
import { handshakeOf, NOW, post, SECRETS, sign } from "./deliver.ts";

const ACCOUNT = "17841400000000001";
const SENT = NOW.getTime() / 1000 - 5;
const ISSUER = `instagram:${ACCOUNT}`;

const entry = (part: Record<string, unknown>) => ({
  object: "instagram",
  entry: [{ id: ACCOUNT, time: SENT, ...part }],
});
const comment = (id: string, from: string, text: string) => ({
  field: "comments",
  value: {
    id,
    text,
    from: { id: from, username: "invented.person" },
    media: { id: "1788", media_product_type: "FEED" },
  },
});

describe("Meta over HTTP", () => {
  let server: TestServer;
  let account: { id: string };
  before(async () => {
    server = await startTestServer("meta", { clock: fixedClock(NOW) });
    account = await server.source({
      name: "Instagram",
      kind: "social",
      platform: "meta",
      secrets: SECRETS.meta,
    });
  });
  after(() => server.close());

  const user = (value: string) => ({ kind: "meta_user_id", value, issuer: ISSUER });

  it("answers the handshake with the challenge, and only to its own verify token", async () => {
    const answer = await post(server, account.id, handshakeOf("meta", "1158201444"));
    expect([answer.status, answer.body]).to.deep.equal([200, "1158201444"]);
    const secrets = { ...SECRETS.meta, verifyToken: "not-it" };
    const refused = await post(server, account.id, handshakeOf("meta", "1158201444", { secrets }));
    expect([refused.status, refused.body.code]).to.deep.equal([401, "bad-signature"]);
  });

  it("reads all three shapes: changes, a single field, and messaging", async () => {
    const messaging = {
      messaging: [
        {
          sender: { id: "5003" },
          recipient: { id: ACCOUNT },
          timestamp: NOW.getTime() - 10,
          message: { mid: "mid.1", text: "Is it in stock?" },
        },
      ],
    };
    for (const payload of [
      entry({ changes: [comment("c-1", "5001", "Lovely")] }),
      entry(comment("c-2", "5002", "Pretty")),
      entry(messaging),
    ]) {
      const answer = await post(server, account.id, sign("meta", payload));
      expect([answer.status, answer.body]).to.deep.equal([200, "EVENT_RECEIVED"]);
    }
    const types: string[][] = [];
    for (const id of ["5001", "5002", "5003"]) {
      const { facts } = await profileOf(server, user(id));
      types.push(Object.keys(facts.eventCounts));
    }
    expect(types).to.deep.equal([["social.comment"], ["social.comment"], ["social.message"]]);
  });

  it("keeps the words of a comment sealed, and its author's name among the attributes", async () => {
    await post(
      server,
      account.id,
      sign("meta", entry({ changes: [comment("c-3", "5004", "My own words")] })),
    );
    const profile = await profileOf(server, user("5004"));
    expect(profile.attributes.username?.value).to.equal("invented.person");
    const [event] = await eventsOf(server, profile.memberId);
    expect(event?.sealed.social?.properties).to.deep.include({ text: "My own words", comment_id: "c-3" });
    expect(JSON.stringify(event?.plain)).not.to.contain("My own words");
  });

  it("stores a repeated delivery once and takes all updates of a batch", async () => {
    const before = await countsOf(server, account.id);
    const signed = sign("meta", {
      object: "instagram",
      entry: [
        { id: ACCOUNT, time: SENT, changes: [comment("c-4", "5005", "one"), comment("c-5", "5005", "two")] },
        { id: ACCOUNT, time: SENT, changes: [comment("c-6", "5006", "three")] },
      ],
    });
    await post(server, account.id, signed);
    await post(server, account.id, signed);
    const after = await countsOf(server, account.id);
    expect([after.accepted - before.accepted, after.duplicate - before.duplicate]).to.deep.equal([3, 3]);
  });

  it("refuses a body signed with another secret", async () => {
    const secrets = { ...SECRETS.meta, appSecret: "anotherSecret" };
    const payload = entry({ changes: [comment("c-7", "5007", "forged")] });
    const answer = await post(server, account.id, sign("meta", payload, { secrets }));
    expect([answer.status, answer.body.code]).to.deep.equal([401, "bad-signature"]);
    expect(await findProfile(server, user("5007"))).to.equal(null);
  });
});
