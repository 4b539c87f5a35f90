import { Webhook } from "standardwebhooks";
import { DAY, MINUTE, SECOND } from "../../src/kernel/clock.ts";
import { openPack, sealPack } from "../../src/vault/index.ts";
import { readGateways } from "./campaigns.store.ts";
import type { PostAnswer, SendingDeps } from "./context.ts";
import { placeOfHandOver } from "./make-message.ts";
import { claimMessages, type MessageRow, putOffMessage, readInterrupted } from "./messages.store.ts";
import { settleMessage } from "./outcomes.ts";

/** As many as are called at once: whatever was taken is in flight, and nothing else is left unknown by a kill. */
const BATCH = 8;
/** A gateway may pass a message on before it answers, which takes longer than noting it. */
const CALL_TIMEOUT = MINUTE;
/** Longer than any call lasts. */
const INTERRUPTED_AFTER = 3 * MINUTE;
/** What was certainly not taken is offered again so much later, for a day. */
const AGAIN_AFTER = MINUTE;
const OFFERED_FOR = DAY;

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

/** What a gateway's answer, or its silence, says of a message. */
export type HandedOver =
  | { readonly state: "sent" }
  /** Certainly not taken: it may be offered again. */
  | { readonly state: "queued"; readonly error: string }
  /** Refused. */
  | { readonly state: "failed"; readonly error: string }
  /** It may have been taken: a person decides. */
  | { readonly state: "unknown"; readonly error: string };

/** Not taken, by the words of RFC 9110 and RFC 6585: too many requests, no service just now. */
const NOT_NOW: readonly number[] = [429, 503];

/**
 * What to make of a gateway's answer. Any other answer of a server that failed, and a call that was cut off once the
 * connection stood, may come after the message was passed on.
 */
export function readHandOver(answer: PostAnswer): HandedOver {
  if (answer.kind === "answered") {
    const { status } = answer;
    if (status >= 200 && status < 300) return { state: "sent" };
    const error = `http-${status}`;
    if (NOT_NOW.includes(status)) return { state: "queued", error };
    return { state: status >= 500 || status === 408 ? "unknown" : "failed", error };
  }
  const { code, heard } = answer;
  if (heard === true) return { state: "unknown", error: code };
  const mayPass = code === "timeout" || code === "connection-failed" || code === "name-not-found";
  return { state: mayPass ? "queued" : "failed", error: code };
}

/**
 * Hands links over to gateways, once at most each: a message is taken in a transaction of its own before anybody is
 * called. A gateway that takes nothing just now is left in peace until the next round. Answers how many were handed over
 * or given up.
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
    const settled = await Promise.all(taken.map(one));
    handed += settled.filter(Boolean).length;
    if (taken.length < BATCH || settled.includes(false)) return handed;
  }

  /** Answers whether the message is settled; else it is offered again later. */
  async function one(message: MessageRow): Promise<boolean> {
    const settle = async (state: "sent" | "failed" | "unknown", error: string | null): Promise<true> => {
      await db.tx((tx) => settleMessage(tx, deps, message.messageId, { state, error, at: clock.now() }));
      return true;
    };
    const gateway = gateways.get(message.channel);
    const keys = await vault.loadKeys([message.keyId ?? "", gateway?.keyId ?? ""].filter((id) => id !== ""));
    const key = keys.get(message.keyId ?? "");
    const own = keys.get(gateway?.keyId ?? "");
    if (gateway === undefined || key === undefined || own === undefined || message.cell === null)
      return settle("failed", "key-destroyed");
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
    const handedOver = readHandOver(
      await deps.outbound.post({
        url: gateway.url,
        headers: {
          "content-type": "application/json",
          "webhook-id": message.messageId,
          "webhook-timestamp": String(Math.floor(+at / SECOND)),
          "webhook-signature": new Webhook(String(secret)).sign(message.messageId, at, body),
        },
        body,
        timeoutMs: CALL_TIMEOUT,
      }),
    );
    if (handedOver.state === "sent") return settle("sent", null);
    const { state, error } = handedOver;
    if (state !== "queued") return settle(state, error);
    if (+clock.now() - +message.at > OFFERED_FOR) return settle("failed", error);
    await db.tx((tx) =>
      putOffMessage(tx, message.messageId, { error, until: new Date(+clock.now() + AGAIN_AFTER) }),
    );
    return false;
  }
}
