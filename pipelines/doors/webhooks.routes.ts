import { Type } from "typebox";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, type RouteResponse, route } from "../../src/kernel/route.ts";
import { entryOf } from "../ingest/read-item.ts";
import { dropUnsentCopies, unsentMessages } from "../ingest/unsent.ts";
import { claimNonce } from "../ingest/webhook-nonce.store.ts";
import {
  BODY_LIMITS,
  judgeNonce,
  receiveWebhook,
  replayedWebhook,
  type SocialSecrets,
} from "../sources/social/index.ts";
import { type DoorDeps, parseDepsOf } from "./deps.ts";

const ById = Type.Object({ sourceId: Type.String({ format: "uuid" }) });
const Text = (description: string) => Type.Optional(Type.Unknown({ description }));
/** Judged by the platform's own rules, not here: a parameter in another form is a signature that does not match. */
const PlatformQuery = Type.Object({
  signature: Text("WeChat and Weibo: over secret, timestamp and nonce."),
  msg_signature: Text("WeChat in secure mode: over the ciphertext too."),
  timestamp: Text("WeChat (seconds) and Weibo (milliseconds)."),
  nonce: Text("WeChat and Weibo."),
  echostr: Text("WeChat and Weibo: what a handshake wants to hear back."),
  encrypt_type: Text("WeChat: aes in secure mode."),
  "hub.mode": Text("Meta: subscribe."),
  "hub.verify_token": Text("Meta: the verify token of the source."),
  "hub.challenge": Text("Meta: what a handshake wants to hear back."),
});
const BODY_LIMIT = Math.max(...Object.values(BODY_LIMITS));

/** The doors of the social platforms: each verifies as its platform prescribes, over the raw bytes. */
export function webhookRoutes(deps: DoorDeps): Route[] {
  const take = async (
    method: "GET" | "POST",
    request: {
      params: { sourceId: string };
      query: unknown;
      headers: Readonly<Record<string, string | undefined>>;
      body: Buffer;
    },
  ): Promise<RouteResponse> => {
    const source = await deps.registry.get(request.params.sourceId);
    const { platform } = source.settings;
    const secrets = await deps.registry.secretsOf(source);
    if (platform === null || secrets === null || source.row.state !== "active") {
      throw new AppError("not-found", {
        detail: "There is no active social source with secrets by that id.",
      });
    }
    const now = deps.clock.now();
    const arrival = { receivedAt: now, sentAt: null };
    const received = receiveWebhook(
      platform,
      secrets as unknown as SocialSecrets[typeof platform],
      {
        method,
        query: request.query as Readonly<Record<string, unknown>>,
        headers: request.headers,
        rawBody: request.body,
        now,
      },
      source.settings,
      arrival,
      parseDepsOf(deps),
    );
    switch (received.kind) {
      case "refused":
        deps.meter.count("candor_webhooks_refused_total", { platform, code: received.code });
        throw new AppError(received.code, { detail: received.detail });
      case "handshake":
        return {
          status: received.status,
          headers: { "content-type": received.contentType },
          body: received.body,
        };
      case "items": {
        if (received.nonce !== null) {
          const before = await claimNonce(deps.db, source.settings.id, received.nonce);
          if (judgeNonce(before, received.nonce) === "replayed") {
            const refusal = replayedWebhook();
            throw new AppError(refusal.code, { detail: refusal.detail });
          }
          // A repeat with the same body is the platform's own retry: it may follow a crash, so its items are taken
          // again and found to be duplicates if they were stored.
        }
        await deps.queue.submit(
          received.items.map((item, i) =>
            entryOf(deps.vault, source.settings, item, {
              door: "social",
              place: null,
              raw: received.raw[i],
              arrival,
            }),
          ),
        );
        await dropUnsentCopies(deps, source.settings.id, unsentMessages(received.items));
        const { status, contentType, body } = received.answer;
        return { status, headers: { "content-type": contentType }, body };
      }
    }
  };

  return [
    route({
      method: "GET",
      path: "/v1/webhooks/:sourceId",
      operationId: "answerWebhookHandshake",
      summary: "Answer a platform's verification handshake",
      tag: "webhooks",
      auth: { kind: "public" },
      params: ById,
      query: PlatformQuery,
      responses: { 200: { describe: "What the platform asked to hear back.", contentType: "text/plain" } },
      handle: ({ params, query, headers }) => take("GET", { params, query, headers, body: Buffer.alloc(0) }),
    }),
    route({
      method: "POST",
      path: "/v1/webhooks/:sourceId",
      operationId: "receiveWebhook",
      summary: "Receive a delivery of WeChat, Weibo, LINE or Meta",
      tag: "webhooks",
      auth: { kind: "public" },
      params: ById,
      query: PlatformQuery,
      body: {
        kind: "raw",
        limit: BODY_LIMIT,
        describe: "The platform's own body; its signature is verified over these bytes.",
      },
      responses: { 200: { describe: "What the platform documents as success.", contentType: "text/plain" } },
      handle: ({ params, query, headers, body }) => take("POST", { params, query, headers, body }),
    }),
  ];
}
