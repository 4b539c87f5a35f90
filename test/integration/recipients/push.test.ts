import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { fixedClock, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { PAUSES } from "../../../src/recipients/webhooks.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import { aRecipient, follow, memberOf, members, pull, type TestRecipient } from "./shop.ts";

interface Hook {
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: { type: string; data: { member: string; reason: string; fields: Record<string, unknown> } };
}

/** Waits for what background work brings about. */
async function until(done: () => boolean): Promise<void> {
  const began = performance.now();
  while (!done()) {
    if (performance.now() - began > 60_000) throw new Error("it did not come about");
    await pause(20);
  }
}

describe("webhooks and deadlines", () => {
  let server: TestServer;
  let hooks: Server;
  let url: string;
  let answer = 200;
  let seen: Hook[] = [];
  let crm: TestRecipient;
  const clock = fixedClock("2026-11-20T08:00:00Z");
  const id: Record<string, string> = {};

  const settle = async () => {
    while ((await sequenceChanges(server.database.db)) > 0);
    await server.candor.recipients.notice();
  };
  const push = async () => {
    while ((await server.candor.recipients.push()) > 0);
  };
  const deliveries = async (state: string) =>
    (
      await server.call<{ items: { id: string; attempts: number; lastStatus: number | null }[] }>(
        "GET",
        `/v1/recipients/crm/deliveries?state=${state}`,
      )
    ).body.items;

  before(async () => {
    hooks = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on("data", (part: Buffer) => parts.push(part));
      req.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        seen.push({ headers: req.headers, text, body: JSON.parse(text) as Hook["body"] });
        res.writeHead(answer, answer === 302 ? { location: "/elsewhere" } : {}).end();
      });
    });
    await new Promise<void>((resolve) => hooks.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/hook`;
    server = await startTestServer("push", { clock, outboundAllow: ["127.0.0.1"] });
    const list = await server.source({ name: "List", kind: "members", region: "TW" });
    await members(server, list, [
      { memberId: "M-1", firstName: "Mei", phone: "0912345678" },
      { memberId: "M-2", firstName: "Bo", phone: "0912345679" },
    ]);
    for (const n of ["1", "2"]) id[n] = await memberOf(server, `M-${n}`);
    await settle();
    crm = await aRecipient(server, {
      id: "crm",
      purposes: ["marketing"],
      categories: ["identity", "contact"],
      webhookUrl: url,
      ackHours: 24,
    });
    await settle();
  });
  beforeEach(() => {
    seen = [];
    answer = 200;
  });
  after(async () => {
    await server.close();
    hooks.close();
  });

  it("refuse a target inside, and one that is not HTTPS", async () => {
    for (const webhookUrl of [
      "http://shop.example/hook",
      "https://10.0.0.1/hook",
      "https://[::1]/",
      "nonsense",
    ]) {
      const refused = await server.call("PATCH", "/v1/recipients/crm", { body: { webhookUrl } });
      expect(refused.status, webhookUrl).to.equal(400);
    }
  });

  it("tell of members that may be read, signed, and of those that must be dropped, in order", async () => {
    for (const n of ["1", "2"]) await say(server, aGrant(id[n] as string, "marketing", { channel: "sms" }));
    await settle();
    await push();
    expect(seen.map((h) => h.body.type)).to.deep.equal(["profile.upserted", "profile.upserted"]);
    const hook = seen.find((h) => Object.values(h.body.data.fields).includes("Mei")) as Hook;
    // Throws unless signature, id and timestamp fit; the timestamp is that of the test's clock.
    const signed = new Webhook(crm.webhookSecret as string).sign(
      hook.headers["webhook-id"] as string,
      clock.now(),
      hook.text,
    );
    expect(hook.headers["webhook-signature"]).to.equal(signed);
    expect(hook.headers["webhook-timestamp"]).to.equal(String(clock.now().getTime() / 1_000));
    const mei = hook.body.data.member;
    seen = [];
    clock.advance(MINUTE);
    await say(server, { memberId: id["1"], state: "withdrawn", purpose: "marketing" });
    await settle();
    await push();
    expect(seen.map((h) => [h.body.type, h.body.data.member, h.body.data.reason])).to.deep.equal([
      ["profile.removed", mei, "withdrawn"],
    ]);
  });

  it("are tried again with growing pauses, follow no redirect, and overtake nothing", async () => {
    clock.advance(MINUTE);
    answer = 302;
    await say(server, aGrant(id["1"] as string, "marketing", { channel: "sms" }));
    await settle();
    await push();
    clock.advance(MINUTE);
    // Another change of the same member must wait behind the one that failed.
    await say(server, aGrant(id["1"] as string, "marketing", { channel: "call" }));
    await settle();
    expect(seen).to.have.length(1);
    await push();
    expect(seen).to.have.length(2);
    expect(new Set(seen.map((h) => h.headers["webhook-id"])).size).to.equal(1);
    answer = 200;
    await push();
    expect(seen).to.have.length(2);
    clock.advance(10 * MINUTE);
    await push();
    expect(seen).to.have.length(4);
    expect(await deliveries("waiting")).to.deep.equal([]);
  });

  it("end as dead letters and can be replayed", async () => {
    clock.advance(MINUTE);
    answer = 500;
    await say(server, { memberId: id["1"], state: "withdrawn", purpose: "marketing" });
    await settle();
    for (let n = 0; n <= PAUSES.length; n++) {
      await push();
      clock.advance(30 * HOUR);
    }
    const dead = await deliveries("dead");
    expect(dead).to.have.length(1);
    expect(dead[0]).to.deep.include({ attempts: PAUSES.length + 1, lastStatus: 500 });
    answer = 200;
    seen = [];
    const replay = await server.call("POST", "/v1/recipients/crm/deliveries/replay", { body: {} });
    expect(replay.body).to.deep.equal({ replayed: 1 });
    await push();
    expect(seen.map((h) => h.body.type)).to.deep.equal(["profile.removed"]);
  });

  it("skip nothing when the sender dies between taking and sending", async () => {
    clock.advance(MINUTE);
    await say(server, aGrant(id["1"] as string, "marketing", { channel: "sms" }));
    await settle();
    // A sender that took the message and never came back.
    const { leaseMessages } = await import("../../../src/recipients/webhooks.store.ts");
    const at = clock.now();
    const lease = (until: Date) =>
      server.database.db.tx((tx) => leaseMessages(tx, "crm", clock.now(), until, 10));
    expect(await lease(new Date(at.getTime() + MINUTE))).to.have.length(1);
    await push();
    expect(seen).to.have.length(0);
    clock.advance(2 * MINUTE);
    const restarted = await startTestServer("push", {
      clock,
      outboundAllow: ["127.0.0.1"],
      database: server.database,
    });
    while ((await restarted.candor.recipients.push()) > 0);
    await restarted.close();
    expect(seen.map((h) => h.body.type)).to.deep.equal(["profile.upserted"]);
  });

  it("hold up nobody else while one recipient does not answer", async () => {
    const deaf: ServerResponse[] = [];
    const slow = createServer((req, res) => {
      req.resume();
      deaf.push(res);
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    await aRecipient(server, {
      id: "absent",
      purposes: ["marketing"],
      categories: ["identity", "contact"],
      webhookUrl: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/hook`,
    });
    const workers = server.candor.recipients.startWorkers();
    try {
      clock.advance(MINUTE);
      for (const n of ["1", "2"]) await say(server, aGrant(id[n] as string, "marketing", { channel: "sms" }));
      await settle();
      await until(() => deaf.length >= 2 && seen.length >= 2);
      clock.advance(MINUTE);
      await say(server, { memberId: id["2"], state: "withdrawn", purpose: "marketing" });
      await settle();
      await until(() => seen.some((h) => h.body.type === "profile.removed"));
      expect(deaf).to.have.length(2);
    } finally {
      for (const res of deaf) res.destroy();
      for (const worker of workers) await worker.stop();
      await server.call("PATCH", "/v1/recipients/absent", { body: { state: "ended" } });
      slow.close();
    }
  });

  it("go out at once when a recipient is back, however long their pauses had become", async () => {
    answer = 503;
    clock.advance(MINUTE);
    await say(server, { memberId: id["1"], state: "withdrawn", purpose: "marketing" });
    await settle();
    for (let n = 0; n < 6; n++) {
      await push();
      clock.advance(HOUR);
    }
    await say(server, aGrant(id["2"] as string, "marketing", { channel: "sms" }));
    await settle();
    await push();
    expect((await deliveries("waiting")).map((m) => m.attempts).sort()).to.deep.equal([1, 6]);
    answer = 200;
    seen = [];
    clock.advance(MINUTE);
    await push();
    expect(seen.map((h) => h.body.type).sort()).to.deep.equal(["profile.removed", "profile.upserted"]);
  });

  it("list recipients that let a deadline pass, write to them once, and take their acknowledgement", async () => {
    // What was left open above has long been late; a clean slate first.
    clock.advance(MINUTE);
    await say(server, aGrant(id["1"] as string, "marketing", { channel: "sms" }));
    await settle();
    const { position } = await pull(server, crm.key, "marketing");
    await server.call("POST", "/v1/acknowledgements", {
      key: crm.key,
      body: { purpose: "marketing", position },
    });
    clock.advance(MINUTE);
    await say(server, { memberId: id["1"], state: "withdrawn", purpose: "marketing" });
    await settle();
    const late = () =>
      server.call<{ items: { recipient: string; notices: number }[] }>("GET", "/v1/recipients/late");
    expect((await late()).body.items).to.deep.equal([]);
    clock.advance(23 * HOUR);
    expect(await server.candor.recipients.escalate()).to.equal(0);
    clock.advance(2 * HOUR);
    expect((await late()).body.items.map((l) => [l.recipient, l.notices])).to.deep.equal([["crm", 1]]);
    expect(await server.candor.recipients.escalate()).to.equal(1);
    expect(await server.candor.recipients.escalate()).to.equal(0);
    const outbox = await server.call<{ items: { id: string; template: string; state: string }[] }>(
      "GET",
      "/v1/outbox",
    );
    expect(outbox.body.items.map((m) => [m.template, m.state])).to.deep.equal([["recipient-late", "kept"]]);
    const mail = await server.call<{ to: string; text: string }>(
      "GET",
      `/v1/outbox/${outbox.body.items[0]?.id}`,
    );
    expect(mail.body.to).to.equal("crm@partner.example");
    expect(mail.body.text).to.include("1 member(s)");
    const { next } = await follow(server, crm.key, "marketing", position);
    const ack = await server.call("POST", "/v1/acknowledgements", {
      key: crm.key,
      body: { purpose: "marketing", position: next },
    });
    expect(ack.body).to.deep.include({ confirmed: 1 });
    expect((await late()).body.items).to.deep.equal([]);
    const notices = await server.call<{ items: { state: string; escalatedAt: string | null }[] }>(
      "GET",
      "/v1/recipients/crm/notices",
    );
    expect(notices.body.items[0]).to.deep.include({ state: "acknowledged" });
    expect(notices.body.items[0]?.escalatedAt).to.be.a("string");
  });
});
