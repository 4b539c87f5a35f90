import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { SMTPServer } from "smtp-server";
import { sql } from "../../../src/db/index.ts";
import { createJobs } from "../../../src/jobs/index.ts";
import { fixedClock, MINUTE, SECOND } from "../../../src/kernel/clock.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { RealServer } from "../../setup/real-server.ts";
import { ADMIN_KEY } from "../../setup/server.ts";
import { A_SHOP } from "../consent/shop.ts";
import { NAME, NINE, NINE_METRICS } from "../surveys/a-survey.ts";
import { type LastingStores, lastingStores } from "./stores.ts";

const MEMBERS = 30;
/** The server is killed while this message is being handed over, and the one before it has just been taken. */
const KILL_AT = 8;

interface Figures {
  readonly members: readonly { readonly state: string; readonly n: number }[];
  readonly messages: readonly { readonly kind: string; readonly state: string; readonly n: number }[];
}

describe("a campaign, when the server is killed while it is being sent", function () {
  this.timeout(240_000);
  let stores: LastingStores;
  let server: RealServer;
  let smtp: SMTPServer;
  /** To whom a message was handed over as a whole, in the order of their arrival. */
  const taken: string[] = [];
  let onMessage: (count: number) => "answer" | "hang" = () => "answer";

  before(async () => {
    smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData(stream, session, done) {
        stream.resume();
        stream.on("end", () => {
          taken.push(session.envelope.rcptTo[0]?.address ?? "");
          if (onMessage(taken.length) === "answer") done();
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
  /** Starts again after the time has passed for which a dead process keeps the jobs it had taken. */
  const restart = async () => {
    await stores.look(async ({ database: { db } }) => {
      const hourAgo = sql`interval '1 hour'`;
      await db.query(
        sql`update pgboss.job set started_on = started_on - ${hourAgo} where name = 'mail' and state = 'active'`,
      );
      await createJobs({ db, log: silentLog }).maintain();
      await db.query(
        sql`update pgboss.job set start_after = start_after - ${hourAgo} where name = 'mail' and state = 'retry'`,
      );
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
  /** Starts again after the time has passed for which a dead process keeps the jobs it had taken. */
  const restart = async () => {
    await stores.look(async ({ database: { db } }) => {
      await db.query(sql`
        update pgboss.job set started_on = started_on - interval '1 hour', start_after = start_after - interval '1 hour'
        where state = 'active'`);
      await createJobs({ db, log: silentLog }).maintain();
    });
    server = stores.start();
    await server.serving;
  };

  it("forgets nobody, asks nobody twice, and lists what was in flight as unknown", async () => {
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

    // First the power goes in the moment in which the start is acknowledged: before, or while everybody is decided.
    await call("POST", `/v1/survey-campaigns/${id}/start`);
    await server.end("SIGKILL");
    let killed: Promise<void> | undefined;
    onMessage = (count) => {
      if (count < KILL_AT) return "answer";
      // Then while messages are being handed over: these have arrived, and nobody was told so.
      killed ??= server.end("SIGKILL");
      return "hang";
    };
    await restart();
    const deadline = performance.now() + 90 * SECOND;
    while (killed === undefined) {
      if (performance.now() > deadline) throw new Error("no message was sent after the first restart");
      await pause(50);
    }
    await killed;
    onMessage = () => "answer";
    await restart();
    const figures = () => call<Figures>("GET", `/v1/survey-campaigns/${id}`);
    const settled = ({ messages }: Figures) =>
      messages.reduce((n, m) => n + (m.state === "queued" ? 0 : m.n), 0) === MEMBERS;
    while (!settled(await figures())) {
      if (performance.now() > deadline + 60 * SECOND)
        throw new Error(`not everybody was asked: ${JSON.stringify(await figures())}`);
      await pause(200);
    }

    // On PostgreSQL another process might still be sending: only after three minutes is a message given up as unknown.
    await server.end("SIGTERM");
    await stores.look(
      async (look) => {
        await look.candor.mailer.settleInterrupted();
        await look.candor.surveys.sending.decideRounds();
        await look.candor.surveys.sending.sendDue();
        const told = (await look.call<Figures>("GET", `/v1/survey-campaigns/${id}`)).body;
        const count = (state: string) => told.messages.find((m) => m.state === state)?.n ?? 0;
        expect(told.members.reduce((n, m) => n + m.n, 0)).to.equal(MEMBERS);
        expect(count("sent") + count("unknown"), JSON.stringify(told)).to.equal(MEMBERS);
        expect(count("unknown")).to.be.greaterThan(0);
        const unknown = await look.call<{ items: { id: string; error: string }[] }>(
          "GET",
          `/v1/survey-campaigns/${id}/messages?state=unknown`,
        );
        expect(unknown.body.items).to.have.length(count("unknown"));
        expect(new Set(unknown.body.items.map((m) => m.error))).to.deep.equal(new Set(["interrupted"]));
        const again = await look.call("POST", `/v1/survey-messages/${unknown.body.items[0]?.id}/resend`);
        expect(again.status, JSON.stringify(again.body)).to.equal(200);
      },
      fixedClock(new Date(Date.now() + 5 * MINUTE)),
    );
    expect(taken.filter((address, i) => taken.indexOf(address) !== i)).to.deep.equal([]);
    // What was sent has arrived; of what is unknown some may have, none twice.
    expect(taken.length).to.be.within(KILL_AT, MEMBERS);
  });
});
