import { createTransport, type Transporter } from "nodemailer";
import type { Db, Tx } from "../db/index.ts";
import type { Jobs, Ticker } from "../jobs/index.ts";
import { type Clock, DAY, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { AppError } from "../kernel/problems.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { deleteEndedMail, findMail, insertMail, noteAttempt } from "./mail.store.ts";

/** A message to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Further headers, such as `List-Unsubscribe`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface MailSettings {
  /** `smtp://` or `smtps://` with user and password; null: messages stay in the outbox. */
  readonly smtpUrl: string | null;
  readonly from: string;
}

export interface Mailer {
  /**
   * Writes a message, sealed under `key`, and the job that sends it into the acting transaction. Without a mail
   * server it stays in the outbox as `kept`. `template` is what kind of message it is; `subjectId` whose it is, when
   * it is a member's. Throws `invalid-request` for an address or a header that holds a line break.
   */
  send(
    tx: Tx,
    message: {
      readonly template: string;
      readonly key: DataKey;
      readonly subjectId?: string;
      readonly mail: Mail;
    },
  ): Promise<string>;
  /** Opens a message that has not been sent; null when its text is gone or it never was. */
  open(mailId: string): Promise<Mail | null>;
  startWorkers(): Ticker[];
}

/** The queue of the messages; made by the migration. */
const QUEUE = "mail";
const KEPT_FOR = 30 * DAY;
const LAST_ATTEMPT = 8;

const placeOf = (mailId: string) => ({
  table: "mail_message",
  column: "cell",
  recordId: mailId,
  category: "contact",
});

/** Sends mail over SMTP, or keeps it where there is no mail server. */
export function createMailer(deps: {
  readonly db: Db;
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings: MailSettings;
}): Mailer {
  const { db, vault, jobs, clock, ids, log, settings } = deps;
  let transport: Transporter | undefined;
  const transporter = (url: string): Transporter => {
    transport ??= createTransport(url, {
      from: settings.from,
      // Text comes from templates and people; nothing in it may make the server read a file or a URL.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return transport;
  };

  const open: Mailer["open"] = async (mailId) => {
    const row = await findMail(db, mailId);
    if (row?.cell == null) return null;
    const key = (await vault.loadKeys([row.keyId])).get(row.keyId);
    // The key of an erased person: there is nobody to write to.
    if (key === undefined) return null;
    return JSON.parse(vault.open(key, placeOf(mailId), row.cell).toString("utf8")) as Mail;
  };

  const deliver = async (mailId: string, url: string): Promise<void> => {
    const row = await findMail(db, mailId);
    if (row === null || row.state === "sent" || row.state === "failed") return;
    const mail = await open(mailId);
    if (mail === null) {
      await noteAttempt(db, mailId, { state: "failed", error: "key-destroyed", at: clock.now() });
      return;
    }
    try {
      await transporter(url).sendMail({
        ...mail,
        // The same message sent twice after a crash has one id, by which mail programs show it once.
        messageId: `<${mailId}@${settings.from.split("@").at(-1)?.replace(/>.*$/, "") ?? "candor"}>`,
      });
    } catch (error) {
      const last = row.attempts + 1 >= LAST_ATTEMPT;
      await noteAttempt(db, mailId, {
        state: last ? "failed" : "waiting",
        error: smtpCode(error),
        at: clock.now(),
      });
      log.warn("mail_failed", { mail: mailId, template: row.template, code: smtpCode(error), last });
      if (!last) throw new Error("the message was not taken");
      return;
    }
    await noteAttempt(db, mailId, { state: "sent", error: null, at: clock.now() });
  };

  return {
    open,
    async send(tx, { template, key, subjectId, mail }) {
      const lines = [mail.to, mail.subject, ...Object.entries(mail.headers ?? {}).flat()];
      if (lines.some((line) => /[\r\n]/.test(line)))
        throw new AppError("invalid-request", { detail: "An address or a header holds a line break." });
      const mailId = ids.next();
      await insertMail(tx, {
        mailId,
        template,
        subjectId: subjectId ?? null,
        keyId: key.id,
        cell: vault.seal(key, placeOf(mailId), Buffer.from(JSON.stringify(mail), "utf8")),
        state: settings.smtpUrl === null ? "kept" : "waiting",
        createdAt: clock.now(),
      });
      if (settings.smtpUrl !== null) await jobs.enqueue(tx, QUEUE, { mailId });
      return mailId;
    },
    startWorkers() {
      const url = settings.smtpUrl;
      if (url === null) return [];
      return [
        jobs.startWorker<{ mailId: string }>({
          queue: QUEUE,
          batch: 50,
          everyMs: SECOND,
          work: ({ data }) => deliver(data.mailId, url),
        }),
      ];
    },
  };
}

/** SMTP's own code of a failure; the text may quote the address. */
function smtpCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  if ("responseCode" in error && typeof error.responseCode === "number") return `smtp-${error.responseCode}`;
  return "code" in error && typeof error.code === "string" ? error.code.toLowerCase() : "unknown";
}

/** Deletes messages that ended more than 30 days ago, kept ones with them. */
export function purgeMail(deps: { readonly db: Db; readonly clock: Clock }): Promise<number> {
  return deleteEndedMail(deps.db, new Date(deps.clock.now().getTime() - KEPT_FOR));
}
