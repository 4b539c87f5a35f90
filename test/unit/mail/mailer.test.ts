import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { createJobs } from "../../../src/jobs/index.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createMailer, type Mailer } from "../../../src/mail/index.ts";
import { createOutbound } from "../../../src/outbound/index.ts";
import { type DataKey, openVault, rootKeyFromText, type Vault } from "../../../src/vault/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { ROOT_KEY } from "../../setup/server.ts";

/** As much of SMTP (RFC 5321) as taking one message needs. */
function smtp(taken: string[]): Server {
  return createServer((socket: Socket) => {
    let inData = false;
    let text = "";
    socket.write("220 test\r\n");
    socket.on("data", (part: Buffer) => {
      text += part.toString("utf8");
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        if (inData) {
          const done = text.indexOf("\r\n.\r\n");
          if (done < 0) return;
          taken.push(text.slice(0, done));
          text = text.slice(done + 5);
          inData = false;
          socket.write("250 taken\r\n");
          continue;
        }
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (/^DATA/i.test(line)) {
          inData = true;
          socket.write("354 go on\r\n");
        } else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
        else socket.write("250 ok\r\n");
      }
    });
    socket.on("error", () => {});
  });
}

describe("mail", () => {
  let fresh: FreshDatabase;
  let vault: Vault;
  let key: DataKey;
  const mail = { to: "mei@example.com", subject: "Hello", text: "Good day" };

  const mailerWith = (smtpUrl: string | null): Mailer =>
    createMailer({
      db: fresh.db,
      vault,
      jobs: createJobs({ db: fresh.db, log: silentLog }),
      clock: systemClock,
      ids: uuidIds,
      log: silentLog,
      outbound: createOutbound({ allow: [] }),
      settings: { smtpUrl, from: "Shop <shop@shop.example>" },
    });
  const stateOf = async (id: string) =>
    (
      await fresh.db.query<{ state: string; empty: boolean }>(
        sql`select state, cell is null as empty from mail_message where mail_id = ${id}::uuid`,
      )
    )[0];

  before(async () => {
    fresh = await testDatabases().freshDatabase("mail");
    vault = await openVault({
      keystore: fresh.keystoreDb,
      provider: rootKeyFromText(ROOT_KEY),
      clock: systemClock,
      ids: uuidIds,
    });
    key = (await vault.createKeys("subject", 1))[0] as DataKey;
  });
  after(async () => {
    await vault.close();
    await fresh.drop();
  });

  it("stays in the outbox, sealed, where there is no mail server", async () => {
    const mailer = mailerWith(null);
    const id = await fresh.db.tx((tx) => mailer.send(tx, { template: "test", key, mail }));
    expect(await stateOf(id)).to.deep.equal({ state: "kept", empty: false });
    expect(await mailer.open(id)).to.deep.equal(mail);
    const [row] = await fresh.db.query<{ text: string }>(
      sql`select encode(cell, 'escape') as text from mail_message where mail_id = ${id}::uuid`,
    );
    expect(row?.text).to.not.include("mei@example.com");
    expect(mailer.startWorkers()).to.deep.equal([]);
  });

  it("is sent once over SMTP and emptied", async () => {
    const taken: string[] = [];
    const server = smtp(taken);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const mailer = mailerWith(`smtp://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const id = await fresh.db.tx((tx) => mailer.send(tx, { template: "test", key, mail }));
    const workers = mailer.startWorkers();
    const end = performance.now() + 60_000;
    while ((await stateOf(id))?.state !== "sent" && performance.now() < end)
      await new Promise((resolve) => setImmediate(resolve));
    for (const worker of workers) await worker.stop();
    server.close();
    expect(await stateOf(id)).to.deep.equal({ state: "sent", empty: true });
    expect(taken).to.have.length(1);
    expect(taken[0]).to.match(/^To: mei@example\.com$/m);
    expect(taken[0]).to.include(`Message-ID: <${id}@shop.example>`);
    expect(taken[0]).to.include("Good day");
  });

  it("takes no address or header that holds a line break", async () => {
    const mailer = mailerWith(null);
    for (const bad of [
      { ...mail, to: "a@b.example\r\nBcc: c@d.example" },
      { ...mail, subject: "x\nBcc: c@d.example" },
      { ...mail, headers: { "List-Unsubscribe": "<x>\r\nBcc: y" } },
    ]) {
      const error = await fresh.db
        .tx((tx) => mailer.send(tx, { template: "test", key, mail: bad }))
        .then(
          () => null,
          (e: { code?: string }) => e.code,
        );
      expect(error).to.equal("invalid-request");
    }
  });
});
