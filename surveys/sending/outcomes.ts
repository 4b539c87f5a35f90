import type { Tx } from "../../src/db/index.ts";
import { failAskOf } from "./bounces.store.ts";
import type { SendingDeps } from "./context.ts";
import { MAIL_TEMPLATE } from "./make-message.ts";
import { endMessage, type MessageRow, type MessageState } from "./messages.store.ts";

/** Notes what became of a message, tells the profile of an invitation that went out, and ends what cannot arrive. */
export async function settleMessage(
  tx: Tx,
  deps: SendingDeps,
  messageId: string,
  ended: { readonly state: MessageState; readonly error: string | null; readonly at: Date },
): Promise<MessageRow | null> {
  const message = await endMessage(tx, messageId, ended);
  if (message === null) return null;
  const event = {
    subjectId: message.subjectId,
    occurredAt: ended.at,
    surveyId: message.surveyId,
    storeId: null,
    properties: {
      survey_id: message.surveyId,
      channel: message.channel,
      kind: message.kind,
      ...(ended.error === null ? {} : { code: ended.error }),
    },
  };
  if (ended.state === "sent" || ended.state === "kept")
    await deps.doors.noteEvents(tx, [
      { ...event, messageId: `invited:${message.messageId}`, type: "survey.invited" },
    ]);
  if (ended.state === "bounced")
    await deps.doors.noteEvents(tx, [
      { ...event, messageId: `bounced:${message.messageId}`, type: "survey.bounced" },
    ]);
  // What did not arrive, or may not have, is not followed by a reminder of its own accord.
  if (ended.state === "failed" || ended.state === "bounced" || ended.state === "unknown") {
    if (message.askId !== null)
      await failAskOf(tx, message.subjectId, message.askId, {
        state: ended.state === "unknown" ? "asked" : "failed",
        reason: ended.state,
        at: ended.at,
      });
  }
  return message;
}

/** Listens to the mailer: what the server says of an invitation is noted with it. */
export function listenToMail(deps: SendingDeps): void {
  deps.mailer.whenEnded(MAIL_TEMPLATE, async (tx, mail) => {
    if (mail.state === "waiting" || mail.state === "sending") return;
    const refused = mail.state === "failed" && /^smtp-55[0134]$/.test(mail.error ?? "");
    await settleMessage(tx, deps, mail.mailId, {
      state: refused ? "bounced" : mail.state,
      error: mail.error,
      at: mail.at,
    });
  });
}
