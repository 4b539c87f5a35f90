import { Webhook } from "standardwebhooks";
import type { Clock } from "../kernel/clock.ts";
import type { Outbound } from "../outbound/index.ts";

/** Where text messages go: the company's own bridge to its SMS provider. */
export interface TextSettings {
  readonly url: string;
  /** `whsec_…`, by which the gateway knows that a message is from here (Standard Webhooks). */
  readonly secret: string;
}

/** Whether an address is a telephone number in E.164. */
export function isPhone(address: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(address);
}

/** What came of one attempt: null when the gateway took it, else a code, and whether to ask again. */
export type TextFailure = { readonly code: string; readonly isFinal: boolean } | null;

/**
 * Hands one text message to the gateway: a signed POST of `{"id","to","text"}`. 2xx means taken; 408, 429 and 5xx are
 * asked again, any other answer is final. The id is the same at every attempt, so that none is sent twice.
 */
export async function sendText(
  deps: { readonly outbound: Outbound; readonly clock: Clock },
  settings: TextSettings,
  message: { readonly id: string; readonly to: string; readonly text: string },
): Promise<TextFailure> {
  const body = JSON.stringify(message);
  const at = deps.clock.now();
  const answer = await deps.outbound.post({
    url: settings.url,
    headers: {
      "content-type": "application/json",
      "webhook-id": message.id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": new Webhook(settings.secret).sign(message.id, at, body),
    },
    body,
  });
  if (answer.kind === "failed") return { code: answer.code, isFinal: false };
  if (answer.status >= 200 && answer.status < 300) return null;
  const isFinal = answer.status < 500 && answer.status !== 408 && answer.status !== 429;
  return { code: `gateway-${answer.status}`, isFinal };
}
