import { arrivedAskOf } from "./bounces.store.ts";
import type { SendingDeps } from "./context.ts";
import { findMessage } from "./messages.store.ts";
import { settleMessage } from "./outcomes.ts";

/** What a mail system says came back. */
export interface Bounce {
  /** The message it is about: the part of our `Message-ID` before the @. */
  readonly messageId: string;
  readonly kind: "permanent" | "temporary" | "complaint";
  /** Its status (RFC 3463), such as `5.1.1`; a class is enough. */
  readonly status: string | null;
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/**
 * Reads a report of delivery (RFC 3464) or of a complaint (RFC 5965) as it lies in a mailbox. Only our own message id,
 * the action and the status are looked at, never an address. Null for a message that is no such report.
 */
export function readReport(raw: string): Bounce | null {
  // Folded headers are one line.
  const text = raw.replace(/\r\n/g, "\n").replace(/\n[ \t]+/g, " ");
  const header = text.slice(0, Math.max(0, text.indexOf("\n\n")));
  const isDsn = /^content-type:.*report-type="?delivery-status/im.test(header);
  const isComplaint = /^content-type:.*report-type="?feedback-report/im.test(header);
  if (!isDsn && !isComplaint) return null;
  const body = text.slice(header.length);
  const id = new RegExp(`^message-id:\\s*<(${UUID})@`, "im").exec(body)?.[1]?.toLowerCase();
  if (id === undefined) return null;
  if (isComplaint) return { messageId: id, kind: "complaint", status: null };
  const action = /^action:\s*(\w+)/im.exec(body)?.[1]?.toLowerCase();
  const status = /^status:\s*([245]\.\d{1,3}\.\d{1,3})/im.exec(body)?.[1] ?? null;
  if (action !== "failed" && action !== "delayed") return null;
  return {
    messageId: id,
    kind: action === "failed" && (status === null || status.startsWith("5")) ? "permanent" : "temporary",
    status,
  };
}

/** What was done about a bounce. */
export type BounceOutcome = "bounced" | "noted" | "unknown-message";

/**
 * Takes a bounce: after a permanent one, and after a complaint, the address is not written to again about surveys until
 * a message gets through. Taking it twice changes nothing.
 */
export async function takeBounce(deps: SendingDeps, bounce: Bounce): Promise<BounceOutcome> {
  const { db, clock } = deps;
  return db.retryingTx(async (tx) => {
    const message = await findMessage(tx, bounce.messageId);
    if (message === null) return "unknown-message";
    if (bounce.kind === "temporary") return "noted";
    if (message.state === "bounced") return "bounced";
    const error = bounce.kind === "complaint" ? "complaint" : (bounce.status ?? "permanent");
    await settleMessage(tx, deps, bounce.messageId, { state: "bounced", error, at: clock.now() });
    return "bounced";
  });
}

/** What was done about a report that a message arrived. */
export type ArrivalOutcome = "sent" | "noted" | "unknown-message";

/**
 * Takes a gateway's report that a message arrived: one of which nothing was known is then known to have been sent, and is
 * not sent again. Taking it twice changes nothing.
 */
export async function takeArrival(deps: SendingDeps, messageId: string): Promise<ArrivalOutcome> {
  const { db, clock } = deps;
  return db.retryingTx(async (tx) => {
    const message = await findMessage(tx, messageId);
    if (message === null) return "unknown-message";
    if (message.state !== "unknown" && message.state !== "sending") return "noted";
    const at = clock.now();
    await settleMessage(tx, deps, messageId, { state: "sent", error: null, at });
    if (message.askId !== null) await arrivedAskOf(tx, message.subjectId, message.askId, at);
    return "sent";
  });
}
