import { createTransport, type Transporter } from "nodemailer";
import type { Db, Tx } from "../db/index.ts";
import { type Jobs, startTicker, type Ticker } from "../jobs/index.ts";
import { type Clock, DAY, MINUTE, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { AppError } from "../kernel/problems.ts";
import type { Outbound } from "../outbound/index.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import {
  claimOnce,
  deleteEndedMail,
  findMail,
  insertMail,
  type MailState,
  noteAttempt,
  readInterrupted,
} from "./mail.store.ts";
import { isPhone, sendText, type TextSettings } from "./text-gateway.ts";

/** A message to one person. */
export interface Mail {
  /** An e-mail address, or a telephone number in E.164, to which only the text goes. */
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
  /** The gateway for messages to telephone numbers; absent: they stay in the outbox. */
  readonly texts?: TextSettings | null;
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
      /** Sent once at most: what was in flight when a process died becomes `unknown` instead of being sent again. */
      readonly once?: true;
    },
  ): Promise<string>;
  /** Whether there is a mail server; without one messages are kept. */
  readonly sends: boolean;
  /** Whether there is a gateway for text messages. */
  readonly texts: boolean;
  /** Tells what became of messages of one template, in the transaction that notes it. */
  whenEnded(template: string, listener: MailListener): void;
  /** Opens a message that has not been sent; null when its text is gone or it never was. */
  open(mailId: string): Promise<Mail | null>;
  startWorkers(): Ticker[];
}

/** What became of a message: `waiting` is never told. */
export type MailListener = (
  tx: Tx,
  ended: {
    readonly mailId: string;
    readonly state: MailState;
    readonly error: string | null;
    readonly at: Date;
  },
) => Promise<void>;

/** Longer than any send lasts: connections are given up after one minute, idle sockets after one. */
const INTERRUPTED_AFTER = 3 * MINUTE;
const SEND_TIMEOUT = MINUTE;

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
  readonly outbound: Outbound;
  readonly settings: MailSettings;
}): Mailer {
  const { db, vault, jobs, clock, ids, log, settings } = deps;
  const gateway = settings.texts ?? null;
  let transport: Transporter | undefined;
  const transporter = (url: string): Transporter => {
    transport ??= createTransport(
      {
        url,
        connectionTimeout: SEND_TIMEOUT,
        greetingTimeout: SEND_TIMEOUT,
        socketTimeout: SEND_TIMEOUT,
      },
      {
        from: settings.from,
        // Text comes from templates and people; nothing in it may make the server read a file or a URL.
        disableFileAccess: true,
        disableUrlAccess: true,
      },
    );
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

  const listeners = new Map<string, MailListener>();
  const note = (
    mailId: string,
    template: string,
    outcome: { readonly state: MailState; readonly error: string | null },
  ): Promise<void> =>
    db.tx(async (tx) => {
      const at = clock.now();
      await noteAttempt(tx, mailId, { ...outcome, at });
      if (outcome.state !== "waiting") await listeners.get(template)?.(tx, { mailId, ...outcome, at });
    });

  /** Messages that this process is sending now: they are not interrupted. */
  const inFlight = new Set<string>();
  const giveUp = async (mailId: string, template: string): Promise<void> => {
    await note(mailId, template, { state: "unknown", error: "interrupted" });
    log.warn("mail_unknown", { mail: mailId, template });
  };
  /** For messages whose job was given up, so that no other process takes it over. */
  const settleInterrupted = async (): Promise<void> => {
    const found = await readInterrupted(db, new Date(clock.now().getTime() - INTERRUPTED_AFTER));
    for (const { mailId, template } of found) if (!inFlight.has(mailId)) await giveUp(mailId, template);
  };

  /** One conversation with the server; the error by which it ended, if any. */
  const attempt = async (url: string, mailId: string, mail: Mail): Promise<unknown> => {
    try {
      await transporter(url).sendMail({
        ...mail,
        // The same message sent twice after a crash has one id, by which mail programs show it once.
        messageId: `<${mailId}@${settings.from.split("@").at(-1)?.replace(/>.*$/, "") ?? "candor"}>`,
      });
      return null;
    } catch (error) {
      return error ?? new Error("the message was not taken");
    }
  };

  const deliverText = async (
    mailId: string,
    template: string,
    attempts: number,
    mail: Mail,
  ): Promise<void> => {
    if (gateway === null) return;
    const failure = await sendText(deps, gateway, { id: mailId, to: mail.to, text: mail.text });
    if (failure === null) {
      await note(mailId, template, { state: "sent", error: null });
      return;
    }
    const last = failure.isFinal || attempts + 1 >= LAST_ATTEMPT;
    await note(mailId, template, { state: last ? "failed" : "waiting", error: failure.code });
    log.warn("mail_failed", { mail: mailId, template, code: failure.code, last });
    if (!last) throw new Error("the message was not taken");
  };

  const deliver = async (mailId: string): Promise<void> => {
    const row = await findMail(db, mailId);
    if (row === null) return;
    // Its job was taken over: whoever was sending it died, and only the server knows whether it has it.
    if (row.state === "sending" && !inFlight.has(mailId)) return giveUp(mailId, row.template);
    if (row.state !== "waiting") return;
    const mail = await open(mailId);
    if (mail === null) {
      await note(mailId, row.template, { state: "failed", error: "key-destroyed" });
      return;
    }
    if (isPhone(mail.to)) return deliverText(mailId, row.template, row.attempts, mail);
    const url = settings.smtpUrl;
    if (url === null) return;
    if (row.once) {
      // Before the claim, so that a sweep in this process never takes it for a dead one's.
      inFlight.add(mailId);
      if (!(await claimOnce(db, mailId, clock.now()))) {
        inFlight.delete(mailId);
        return;
      }
    }
    try {
      const failure = await attempt(url, mailId, mail);
      if (failure === null) {
        await note(mailId, row.template, { state: "sent", error: null });
        return;
      }
      const code = smtpCode(failure);
      if (row.once && mayHaveArrived(failure)) {
        await note(mailId, row.template, { state: "unknown", error: code });
        return;
      }
      // A refusal for good (RFC 5321 §4.2.1: 5yz) is not asked again.
      const last = row.attempts + 1 >= LAST_ATTEMPT || /^smtp-5/.test(code);
      await note(mailId, row.template, { state: last ? "failed" : "waiting", error: code });
      log.warn("mail_failed", { mail: mailId, template: row.template, code, last });
      if (!last) throw new Error("the message was not taken");
    } finally {
      inFlight.delete(mailId);
    }
  };

  return {
    open,
    sends: settings.smtpUrl !== null,
    texts: gateway !== null,
    whenEnded: (template, listener) => void listeners.set(template, listener),
    async send(tx, { template, key, subjectId, mail, once }) {
      const lines = [mail.to, mail.subject, ...Object.entries(mail.headers ?? {}).flat()];
      if (lines.some((line) => /[\r\n]/.test(line)))
        throw new AppError("invalid-request", { detail: "An address or a header holds a line break." });
      const mailId = ids.next();
      const leaves = isPhone(mail.to) ? gateway !== null : settings.smtpUrl !== null;
      await insertMail(tx, {
        mailId,
        template,
        subjectId: subjectId ?? null,
        keyId: key.id,
        cell: vault.seal(key, placeOf(mailId), Buffer.from(JSON.stringify(mail), "utf8")),
        state: leaves ? "waiting" : "kept",
        createdAt: clock.now(),
        once: once === true,
      });
      if (leaves) await jobs.enqueue(tx, QUEUE, { mailId });
      return mailId;
    },
    startWorkers() {
      if (settings.smtpUrl === null && gateway === null) return [];
      return [
        jobs.startWorker<{ mailId: string }>({
          queue: QUEUE,
          batch: 50,
          everyMs: SECOND,
          work: ({ data }) => deliver(data.mailId),
        }),
        startTicker({
          name: "mail-interrupted",
          everyMs: MINUTE,
          log,
          work: settleInterrupted,
        }),
      ];
    },
  };
}

/** Whether the connection broke when the message itself was under way: then the server may have it. */
function mayHaveArrived(error: unknown): boolean {
  if (/^smtp-/.test(smtpCode(error))) return false;
  return (
    typeof error === "object" &&
    error !== null &&
    "command" in error &&
    typeof error.command === "string" &&
    /^DATA/.test(error.command)
  );
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
