import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { countsOf, eventsOf, findProfile, profileOf, sendBatch } from "../sources/reading.ts";
import { NOW, post, SECRETS, sign } from "./deliver.ts";

const PROVIDER = "line-provider-1";
let ids = 0;

function lineEvent(type: string, userId: string, change: Record<string, unknown> = {}) {
  return {
    type,
    timestamp: NOW.getTime() - 60_000,
    mode: "active",
    webhookEventId: `01J${String(++ids).padStart(23, "0")}`,
    deliveryContext: { isRedelivery: false },
    source: { type: "user", userId },
    replyToken: "reply-me-once",
    ...change,
  };
}

const message = (id: string, text: string) => ({ message: { id, type: "text", text, quoteToken: "q" } });

describe("LINE over HTTP", () => {
  let server: TestServer;
  let channel: { id: string };
  let shop: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("line", { clock: fixedClock(NOW) });
    channel = await server.source({
      name: "LINE",
      kind: "social",
      platform: "line",
      secrets: SECRETS.line,
      identifiers: { line_user_id: { namespace: PROVIDER } },
    });
    shop = await server.source({
      name: "Shop",
      kind: "web",
      identifiers: { line_user_id: { namespace: PROVIDER, verified: true } },
    });
  });
  after(() => server.close());

  const send = (...events: unknown[]) =>
    post(server, channel.id, sign("line", { destination: "U0", events }));
  const lineUser = (value: string) => ({ kind: "line_user_id", value, issuer: PROVIDER });
  const anyUser = (n: number) => `U${n.toString(16).padStart(32, "0")}`;

  it("answers the console's empty delivery with 200, and has no handshake", async () => {
    expect((await send()).status).to.equal(200);
    const get = await server.call<{ code: string }>("GET", `/v1/webhooks/${channel.id}`, { key: null });
    expect([get.status, get.body.code]).to.deep.equal([405, "method-not-allowed"]);
  });

  it("turns a follow, messages, postbacks and beacons of one delivery into profiles", async () => {
    const [one, two] = [anyUser(1), anyUser(2)];
    const answer = await send(
      lineEvent("follow", one, { follow: { isUnblocked: false } }),
      lineEvent("message", one, message("9001", "請問還有位子嗎")),
      lineEvent("postback", two, { postback: { data: "action=reserve" } }),
      lineEvent("beacon", two, { beacon: { hwid: "d41d8cd98f", type: "enter" } }),
    );
    expect([answer.status, answer.body]).to.deep.equal([200, ""]);
    expect((await profileOf(server, lineUser(one))).facts.eventCounts).to.deep.equal({
      "social.followed": 1,
      "social.message": 1,
    });
    expect((await profileOf(server, lineUser(two))).facts.eventCounts).to.deep.equal({
      "social.beacon": 1,
      "social.postback": 1,
    });
  });

  it("keeps people of two providers apart who have the same id", async () => {
    const elsewhere = await server.source({
      name: "Other provider",
      kind: "social",
      platform: "line",
      secrets: SECRETS.line,
    });
    const user = anyUser(3);
    await send(lineEvent("follow", user));
    await post(
      server,
      elsewhere.id,
      sign("line", { destination: "U0", events: [lineEvent("follow", user)] }),
    );
    const here = await profileOf(server, lineUser(user));
    const there = await profileOf(server, { kind: "line_user_id", value: user, issuer: elsewhere.id });
    expect(here.memberId).not.to.equal(there.memberId);
  });

  it("joins a LINE user to a card when the account link is confirmed", async () => {
    const user = anyUser(4);
    await send(lineEvent("follow", user), lineEvent("message", user, message("9002", "hello")));
    const before = await profileOf(server, lineUser(user));
    expect(before.identifiers.map((i) => i.kind)).to.deep.equal(["line_user_id"]);

    // The shop's log-in page knows the card and, from LINE's log-in, the user's id.
    const [sent] = await sendBatch(server, shop.writeKey, [
      {
        type: "identify",
        userId: "CARD-77",
        traits: { lineUserId: user, firstName: "Hsin" },
        timestamp: "2026-11-21T09:58:00Z",
      },
    ]);
    expect(sent?.status, JSON.stringify(sent)).to.equal("accepted");
    await send(lineEvent("accountLink", user, { link: { result: "ok", nonce: "n0nce-of-the-shop" } }));

    const card = await profileOf(server, { kind: "member_id", value: "CARD-77" });
    expect(card.facts.eventCounts).to.deep.equal({
      identify: 1,
      "social.account-linked": 1,
      "social.followed": 1,
      "social.message": 1,
    });
    expect((await profileOf(server, lineUser(user))).memberId).to.equal(card.memberId);
    expect(card.identifiers.find((i) => i.kind === "line_user_id")?.class).to.equal(2);
  });

  it("does not take a failed account link for evidence", async () => {
    const user = anyUser(5);
    await send(lineEvent("accountLink", user, { link: { result: "failed", nonce: "x" } }));
    const profile = await profileOf(server, lineUser(user));
    expect(profile.identifiers.find((i) => i.kind === "line_user_id")?.class).to.equal(4);
  });

  it("stores a redelivery once, whatever its body", async () => {
    const user = anyUser(6);
    const event = lineEvent("message", user, message("9003", "only once"));
    const before = await countsOf(server, channel.id);
    await send(event);
    const again = await send(
      { ...event, deliveryContext: { isRedelivery: true }, replyToken: "another" },
      lineEvent("message", user, message("9004", "and a new one")),
    );
    expect(again.status).to.equal(200);
    const after = await countsOf(server, channel.id);
    expect([after.accepted - before.accepted, after.duplicate - before.duplicate]).to.deep.equal([2, 1]);
    expect((await profileOf(server, lineUser(user))).facts.eventCounts).to.deep.equal({
      "social.message": 2,
    });
  });

  it("refuses a body that was touched after it was signed, and nothing of it is stored", async () => {
    const user = anyUser(7);
    const signed = sign("line", { destination: "U0", events: [lineEvent("follow", anyUser(8))] });
    const forged = { ...signed, body: Buffer.from(signed.body.toString().replace(anyUser(8), user)) };
    const answer = await post(server, channel.id, forged);
    expect([answer.status, answer.body.code]).to.deep.equal([401, "bad-signature"]);
    expect(await findProfile(server, lineUser(user))).to.equal(null);
    expect(await findProfile(server, lineUser(anyUser(8)))).to.equal(null);
  });

  it("keeps the good events of a delivery that holds a bad one", async () => {
    const user = anyUser(9);
    const before = await countsOf(server, channel.id);
    const answer = await send(
      lineEvent("follow", user),
      null,
      lineEvent("message", user, { timestamp: "whenever", ...message("9005", "late") }),
      { type: "message" },
      lineEvent("message", user, message("9006", "fine")),
    );
    expect(answer.status).to.equal(200);
    const after = await countsOf(server, channel.id);
    expect([after.accepted - before.accepted, after.quarantined - before.quarantined]).to.deep.equal([2, 3]);
  });

  it("drops what a message said when it is unsent, whichever arrives first, and keeps that it was sent", async () => {
    const sent = (user: string) => send(lineEvent("message", user, message("9007", "to be taken back")));
    const unsent = (user: string) => send(lineEvent("unsend", user, { unsend: { messageId: "9007" } }));
    for (const [n, acts] of [
      [10, [sent, unsent]],
      [11, [unsent, sent]],
    ] as const) {
      const user = anyUser(n);
      await send(lineEvent("message", user, message("9008", "stays")));
      for (const act of acts) await act(user);
      const profile = await profileOf(server, lineUser(user));
      expect(profile.facts.eventCounts).to.deep.equal({ "social.message": 2, "social.message.unsent": 1 });
      const text = JSON.stringify(await eventsOf(server, profile.memberId));
      expect(text).to.include("stays");
      expect(text).to.not.include("to be taken back");
    }
  });

  it("keeps no quarantined copy of a message that was taken back", async () => {
    const user = anyUser(77);
    const later = NOW.getTime() + 5 * 86_400_000;
    await send(lineEvent("message", user, { ...message("9901", "only a slip"), timestamp: later }));
    await send(lineEvent("message", user, { ...message("9902", "another one"), timestamp: later }));
    const open = () =>
      server.call<{ items: { id: string }[] }>(
        "GET",
        `/v1/quarantine?source=${channel.id}&code=time-in-future`,
      );
    const ids = (await open()).body.items.map((i) => i.id);
    expect(ids).to.have.length(2);
    await send(lineEvent("unsend", user, { unsend: { messageId: "9901" } }));
    const left = (await open()).body.items.map((i) => i.id);
    expect(left).to.have.length(1);
    const shown = await Promise.all(ids.map((id) => server.call("GET", `/v1/quarantine/${id}`)));
    const text = JSON.stringify(shown.map((s) => s.body));
    expect(text).to.contain("another one").and.not.contain("only a slip");
  });
});
