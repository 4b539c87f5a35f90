import { Webhook } from "standardwebhooks";
import type { Tx } from "../../src/db/index.ts";
import { MINUTE, SECOND } from "../../src/kernel/clock.ts";
import { openPack, sealPack } from "../../src/vault/index.ts";
import { failAskOf } from "./bounces.store.ts";
import { readGateways } from "./campaigns.store.ts";
import type { SendingDeps } from "./context.ts";
import { MAIL_TEMPLATE, placeOfHandOver } from "./make-message.ts";
import {
  claimMessages,
  endMessage,
  type MessageRow,
  type MessageState,
  readInterrupted,
} from "./messages.store.ts";

/** As many as are called at once: whatever was taken is in flight, and nothing else is left unknown by a kill. */
const BATCH = 8;
/** Longer than any call lasts. */
const INTERRUPTED_AFTER = 3 * MINUTE;

const placeOfGateway = (channel: string) => ({
  table: "survey_gateway",
  column: "sealed",
  recordId: channel,
});

/** Seals a gateway's secret under a key of its own. */
export async function sealGateway(
  deps: Pick<SendingDeps, "vault">,
  channel: string,
  secret: string,
): Promise<{ readonly keyId: string; readonly sealed: Buffer }> {
  const [key] = await deps.vault.createKeys("source", 1);
  if (key === undefined) throw new Error("the vault made no key");
  return {
    keyId: key.id,
    sealed: sealPack(deps.vault, key, placeOfGateway(channel), new Map([["secret", secret]])) as Buffer,
  };
}

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

/**
 * Hands links over to gateways, once at most each: a message is taken in a transaction of its own before anybody is
 * called. Answers how many were handed over or given up.
 */
export async function handOver(deps: SendingDeps): Promise<number> {
  const { db, clock, vault } = deps;
  const gateways = new Map((await readGateways(db)).map((g) => [g.channel, g]));
  if (gateways.size === 0) return 0;
  const channels = [...gateways.keys()];
  const wait = db.engine === "pglite" ? 0 : INTERRUPTED_AFTER;
  const lost = await readInterrupted(db, channels, new Date(+clock.now() - wait));
  for (const id of lost) {
    await db.tx((tx) =>
      settleMessage(tx, deps, id, { state: "unknown", error: "interrupted", at: clock.now() }),
    );
  }
  let handed = lost.length;
  for (;;) {
    const taken = await db.tx((tx) => claimMessages(tx, channels, clock.now(), BATCH));
    await Promise.all(taken.map(one));
    handed += taken.length;
    if (taken.length < BATCH) return handed;
  }

  async function one(message: MessageRow): Promise<void> {
    const settle = (state: MessageState, error: string | null) =>
      db.tx((tx) => settleMessage(tx, deps, message.messageId, { state, error, at: clock.now() }));
    const gateway = gateways.get(message.channel);
    const keys = await vault.loadKeys([message.keyId ?? "", gateway?.keyId ?? ""].filter((id) => id !== ""));
    const key = keys.get(message.keyId ?? "");
    const own = keys.get(gateway?.keyId ?? "");
    if (gateway === undefined || key === undefined || own === undefined || message.cell === null) {
      await settle("failed", "key-destroyed");
      return;
    }
    const content = vault.open(key, placeOfHandOver(message.messageId), message.cell).toString("utf8");
    const secret = openPack(vault, own, placeOfGateway(message.channel), gateway.sealed, () => true).get(
      "secret",
    );
    const body = JSON.stringify({
      id: message.messageId,
      type: "survey.link",
      channel: message.channel,
      survey: message.surveyId,
      ...(JSON.parse(content) as object),
    });
    const at = clock.now();
    const answer = await deps.outbound.post({
      url: gateway.url,
      headers: {
        "content-type": "application/json",
        "webhook-id": message.messageId,
        "webhook-timestamp": String(Math.floor(+at / SECOND)),
        "webhook-signature": new Webhook(String(secret)).sign(message.messageId, at, body),
      },
      body,
    });
    if (answer.kind === "answered") {
      const taken = answer.status >= 200 && answer.status < 300;
      await settle(taken ? "sent" : "failed", taken ? null : `http-${answer.status}`);
    } else {
      // A call that was cut off may have been heard.
      await settle(
        answer.code === "timeout" || answer.code === "connection-failed" ? "unknown" : "failed",
        answer.code,
      );
    }
  }
}
