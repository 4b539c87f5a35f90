import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { SMTPServer } from "smtp-server";
import type { RealServer } from "../../setup/real-server.ts";
import { ADMIN_KEY } from "../../setup/server.ts";
import { A_SHOP } from "../consent/shop.ts";
import { NAME, NINE, NINE_METRICS } from "../surveys/a-survey.ts";
import { type LastingStores, lastingStores } from "./stores.ts";

const MEMBERS = 30;
/** From this message on the mail server takes messages and says nothing: these are in flight when the power goes. */
const SILENT_FROM = 8;
/** Messages that one process hands over at a time. */
const AT_A_TIME = 4;

interface Figures {
  readonly members: readonly { readonly state: string; readonly n: number }[];
  readonly messages: readonly { readonly kind: string; readonly state: string; readonly n: number }[];
}

const countOf = (figures: Figures, state: string): number =>
  figures.messages.reduce((n, m) => n + (m.state === state ? m.n : 0), 0);

describe("a campaign, when the server is killed while it is being sent", function () {
  this.timeout(600_000);
  let stores: LastingStores;
  let server: RealServer;
  let smtp: SMTPServer;
  /** To whom a message was handed over as a whole, in the order of their arrival. */
  const arrived: string[] = [];
  let onArrival: () => "answer" | "say nothing" = () => "answer";

  before(async () => {
    smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData(stream, session, done) {
        stream.resume();
        stream.on("end", () => {
          arrived.push(session.envelope.rcptTo[0]?.address ?? "");
          if (onArrival() === "answer") done();
        });
      },
    });
    // Whoever is killed leaves its connections broken.
    smtp.on("error", () => {});
    await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
    const address = smtp.server.address();
    const port = typeof address === "object" ? address?.port : 0;
    stores = await lastingStores("crash-campaign", {
      CANDOR_SMTP_URL: `smtp://127.0.0.1:${port}`,
      CANDOR_MAIL_FROM: "Shop <surveys@shop.example>",
    });
    server = stores.start();
  });
  after(async () => {
    await server.end("SIGKILL");
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
    await stores.drop();
  });

  const call = async <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${await server.serving}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const read = (await answer.json()) as T;
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(read)}`);
    return read;
  };
  const figuresOf = (campaignId: string) => call<Figures>("GET", `/v1/survey-campaigns/${campaignId}`);
  const until = async (campaignId: string, holds: (figures: Figures) => boolean): Promise<Figures> => {
    for (;;) {
      const figures = await figuresOf(campaignId);
      if (holds(figures)) return figures;
      await pause(100);
    }
  };

  it("forgets nobody, lists what was in flight as unknown, and sends that again only when told to", async () => {
    await call("PUT", "/v1/controller", A_SHOP);
    const rules = await call("GET", "/v1/survey-cadence");
    await call("PUT", "/v1/survey-cadence", { ...rules, quietHours: null });
    const list = await call<{ id: string }>("POST", "/v1/sources", {
      name: "List",
      kind: "members",
      region: "GB",
      purposes: ["service"],
    });
    await call("POST", `/v1/batch?source=${list.id}`, {
      batch: Array.from({ length: MEMBERS }, (_, i) => ({
        memberId: `M-${i}`,
        email: `m${i}@buyer.example`,
        country: "GB",
        updatedAt: "2026-10-01T00:00:00Z",
      })),
    });
    await call("POST", "/v1/surveys", {
      id: "visit",
      name: NAME,
      class: "relational",
      definition: NINE,
      metrics: NINE_METRICS,
    });
    await call("POST", "/v1/surveys/visit/publish");
    const { id } = await call<{ id: string }>("POST", "/v1/survey-campaigns", {
      name: "All",
      surveyId: "visit",
      kind: "once",
      channel: "email",
      settings: { audience: { kind: "everybody" }, reminders: false },
    });

    // The power goes once when the start has just been acknowledged: before, or while everybody is decided.
    await call("POST", `/v1/survey-campaigns/${id}/start`);
    await server.end("SIGKILL");

    // And once while messages are being handed over: these have arrived, and nobody was told so.
    const killed = new Promise<void>((resolve) => {
      onArrival = () => {
        if (arrived.length < SILENT_FROM) return "answer";
        resolve(server.end("SIGKILL"));
        return "say nothing";
      };
    });
    server = stores.start();
    await killed;
    onArrival = () => "answer";

    // The next server goes on by itself with what nobody had begun.
    server = stores.start();
    const settled = await until(
      id,
      (f) => countOf(f, "sent") + countOf(f, "unknown") + countOf(f, "failed") === MEMBERS,
    );
    expect(settled.members.reduce((n, m) => n + m.n, 0)).to.equal(MEMBERS);
    expect(countOf(settled, "unknown")).to.be.within(1, AT_A_TIME);
    expect(countOf(settled, "sent")).to.equal(MEMBERS - countOf(settled, "unknown"));
    expect(new Set(arrived).size, "nobody got two").to.equal(arrived.length);
    expect(arrived.length).to.be.within(countOf(settled, "sent"), MEMBERS);

    const unknown = await call<{ items: { id: string; error: string }[] }>(
      "GET",
      `/v1/survey-campaigns/${id}/messages?state=unknown`,
    );
    expect(unknown.items).to.have.length(countOf(settled, "unknown"));
    expect(new Set(unknown.items.map((m) => m.error))).to.deep.equal(new Set(["interrupted"]));
    for (const message of unknown.items) await call("POST", `/v1/survey-messages/${message.id}/resend`);
    // What was unknown stays so in the list; the message that follows leads to the same link.
    await until(id, (f) => countOf(f, "sent") === MEMBERS);
    expect(new Set(arrived).size, "nobody was forgotten").to.equal(MEMBERS);
    const sent = await call<{ items: { kind: string }[] }>(
      "GET",
      `/v1/survey-campaigns/${id}/messages?state=sent`,
    );
    expect(
      new Set(sent.items.map((m) => m.kind)),
      "nobody is reminded of what they did not get",
    ).to.deep.equal(new Set(["invitation"]));
  });
});
