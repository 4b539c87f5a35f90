import { ImapFlow } from "imapflow";
import { MINUTE } from "../../src/kernel/clock.ts";
import { LARGEST_REPORT, MOST_REPORTS, type TakeReport } from "./mailbox-reports.ts";

/**
 * Reads the reports in a folder over IMAP (RFC 9051, 3501) and deletes those that `take` settled; see `readMailbox`. The
 * server is asked for reports (RFC 6522) alone, and they are read without being marked as seen.
 */
export async function readOverImap(url: URL, take: TakeReport): Promise<number> {
  const client = new ImapFlow({
    host: url.hostname,
    port: Number(url.port) || (url.protocol === "imaps:" ? 993 : 143),
    secure: url.protocol === "imaps:",
    doSTARTTLS: false,
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    // It would log addresses and commands.
    logger: false,
    connectionTimeout: MINUTE,
    greetingTimeout: MINUTE,
    socketTimeout: MINUTE,
  });
  // The command under way fails with the connection; nobody else has to hear of it.
  client.on("error", () => {});
  try {
    await client.connect();
    const settled = await readFolder(client, decodeURIComponent(url.pathname.slice(1)) || "INBOX", take);
    await client.logout();
    return settled;
  } catch {
    // What the library throws quotes the server.
    throw new Error("the mailbox could not be read");
  } finally {
    client.close();
  }
}

async function readFolder(client: ImapFlow, folder: string, take: TakeReport): Promise<number> {
  await client.mailboxOpen(folder);
  const found = await client.search({ header: { "content-type": "multipart/report" } }, { uid: true });
  // Ids ascend with arrival: reports about others' mail, which stay, do not hide what arrives.
  const newest = (found || []).slice(-MOST_REPORTS);
  let settled = 0;
  for (const uid of newest) {
    const { size = 0 } = (await client.fetchOne(`${uid}`, { size: true }, { uid: true })) || {};
    if (size > LARGEST_REPORT) continue;
    const message = await client.fetchOne(`${uid}`, { source: true }, { uid: true });
    // Gone meanwhile: a person reads this mailbox too.
    const raw = message ? message.source : undefined;
    if (raw === undefined || !(await take(raw.toString("latin1")))) continue;
    await client.messageDelete(`${uid}`, { uid: true });
    settled++;
  }
  return settled;
}
