import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { fixedClock, MINUTE } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aMember } from "../consent/people.ts";
import { A_SHOP } from "../consent/shop.ts";
import { aSurvey } from "./a-survey.ts";

/** What the gateway is told to do with each number, one after another; the last holds. */
const BEHAVIOUR: Readonly<Record<string, readonly (number | "cut")[]>> = {
  "+447400123400": [200],
  "+447400123401": [503, 200],
  "+447400123402": ["cut"],
  "+447400123403": [500, 200],
  "+447400123404": [400],
};

interface Handed {
  readonly id: string;
  readonly to: string;
  readonly link: string;
  readonly channel: string;
  readonly survey: string;
}

describe("links handed over to a gateway", () => {
  const clock = fixedClock("2026-11-10T10:00:00Z");
  const calls: { readonly body: Handed; readonly raw: string; readonly headers: Record<string, string> }[] =
    [];
  let gateway: Server;
  let server: TestServer;
  let secret: string;
  let campaign: string;

  before(async () => {
    gateway = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const raw = Buffer.concat(parts).toString("utf8");
        const body = JSON.parse(raw) as Handed;
        const before = calls.filter((c) => c.body.to === body.to).length;
        calls.push({ body, raw, headers: request.headers as Record<string, string> });
        const answers = BEHAVIOUR[body.to] ?? [200];
        const answer = answers[Math.min(before, answers.length - 1)] ?? 200;
        if (answer === "cut") request.socket.destroy();
        else response.writeHead(answer).end();
      });
    });
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    const { port } = gateway.address() as AddressInfo;
    server = await startTestServer("survey-gateways", {
      clock,
      workers: false,
      outboundAllow: [`127.0.0.1:${port}`],
    });
    await server.call("PUT", "/v1/controller", {
      body: { ...A_SHOP, publicUrl: "https://feedback.example" },
    });
    const rules = await server.call<Record<string, unknown>>("GET", "/v1/survey-cadence");
    await server.call("PUT", "/v1/survey-cadence", { body: { ...rules.body, quietHours: null } });
    await aSurvey(server, "visit");
    const set = await server.call<{ secret: string }>("PUT", "/v1/survey-gateways/sms", {
      body: { url: `http://127.0.0.1:${port}/sms` },
    });
    expect(set.status, JSON.stringify(set.body)).to.equal(200);
    secret = set.body.secret;
    const memberIds: string[] = [];
    for (const [i, phone] of Object.keys(BEHAVIOUR).entries()) {
      const listWith = { country: "GB", phone };
      memberIds.push((await aMember(server, { card: `G-${i}`, region: "GB", listWith })).memberId);
    }
    const made = await server.call<{ id: string }>("POST", "/v1/survey-campaigns", {
      body: {
        name: "By text",
        surveyId: "visit",
        kind: "once",
        channel: "sms",
        settings: { audience: { kind: "list", memberIds } },
      },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    campaign = made.body.id;
    await server.call("POST", `/v1/survey-campaigns/${campaign}/start`);
  });
  after(async () => {
    await server.close();
    await new Promise<void>((resolve) => gateway.close(() => resolve()));
  });

  const work = async () => {
    const { sending } = server.candor.surveys;
    await sending.decideRounds();
    await sending.sendDue();
    await sending.handOver();
  };
  const callsTo = (to: string) => calls.filter((c) => c.body.to === to);
  /** The states of the campaign's messages to a number, by the ids that the gateway got. */
  const statesOf = async (to: string) => {
    const { body } = await server.call<{ items: { id: string; state: string; error: string | null }[] }>(
      "GET",
      `/v1/survey-campaigns/${campaign}/messages`,
    );
    const ids = [...new Set(callsTo(to).map((c) => c.body.id))];
    return ids.map((id) => body.items.find((m) => m.id === id)).map((m) => `${m?.state} ${m?.error}`);
  };
  const [taken = "", later = "", cut = "", broken = "", refused = ""] = Object.keys(BEHAVIOUR);

  it("are signed, and each answer is taken for what it says", async () => {
    await work();
    const [first] = callsTo(taken);
    const { id = "" } = first?.body ?? {};
    expect(first?.headers).to.include({
      "webhook-id": id,
      "webhook-signature": new Webhook(secret).sign(id, clock.now(), first?.raw ?? ""),
    });
    expect(first?.body).to.include({ channel: "sms", survey: "visit", to: taken });
    expect(first?.body.link).to.match(/^https:\/\/feedback\.example\/s\/[\w-]{43}$/);
    expect(await statesOf(taken)).to.deep.equal(["sent null"]);
    expect(await statesOf(later)).to.deep.equal(["queued http-503"]);
    expect(await statesOf(cut)).to.deep.equal(["unknown connection-failed"]);
    expect(await statesOf(broken)).to.deep.equal(["unknown http-500"]);
    expect(await statesOf(refused)).to.deep.equal(["failed http-400"]);
  });

  it("are offered again a minute later where they were not taken, and nothing else is", async () => {
    await work();
    expect(calls).to.have.length(5);
    clock.advance(MINUTE);
    await work();
    expect(await statesOf(later)).to.deep.equal(["sent null"]);
    expect(calls.map((c) => c.body.to).slice(5)).to.deep.equal([later]);
    expect(new Set(callsTo(later).map((c) => c.body.id)).size).to.equal(1);
  });

  it("are known to be sent once the gateway says so, and are not sent again then", async () => {
    const id = callsTo(cut)[0]?.body.id ?? "";
    const stranger = "01900000-0000-7000-8000-000000000000";
    const resent = () => server.call<{ code: string }>("POST", `/v1/survey-messages/${id}/resend`);
    expect((await resent()).status).to.equal(202);
    const told = await server.call("POST", "/v1/survey-arrivals", {
      body: { messageIds: [id, id, stranger] },
    });
    expect(told.body).to.deep.equal({ results: ["sent", "noted", "unknown-message"] });
    await work();
    expect(callsTo(cut)).to.have.length(1);
    expect(await statesOf(cut)).to.deep.equal(["sent null"]);
    expect((await resent()).body.code).to.equal("conflict");
  });

  it("are sent again with the same link when staff decide so", async () => {
    const id = callsTo(broken)[0]?.body.id;
    await server.call("POST", `/v1/survey-messages/${id}/resend`);
    await work();
    const [before, after] = callsTo(broken);
    expect(after?.body.link).to.equal(before?.body.link);
    expect(await statesOf(broken)).to.deep.equal(["unknown http-500", "sent null"]);
  });

  it("that came back end the invitation", async () => {
    const id = callsTo(taken)[0]?.body.id;
    const told = await server.call("POST", "/v1/survey-bounces", {
      body: { bounces: [{ messageId: id, kind: "permanent" }] },
    });
    expect(told.body).to.deep.equal({ results: ["bounced"] });
    expect(await statesOf(taken)).to.deep.equal(["bounced permanent"]);
  });
});
