import type { Platform } from "../../../pipelines/adapter.ts";
import {
  type SignedRequest,
  type SocialSecrets,
  signedHandshake,
  signedWebhook,
} from "../../../pipelines/sources/social/index.ts";
import type { Answer, TestServer } from "../../setup/server.ts";
import { decisions } from "../consent/people.ts";

/** The moment at which all deliveries of these tests are signed. */
export const NOW = new Date("2026-11-21T10:00:00.000Z");

export const SECRETS: SocialSecrets = {
  wechat: { appId: "wx0a1b2c3d4e5f6071", token: "tok3nForTests" },
  weibo: { appSecret: "weiboSecret0987" },
  line: { channelSecret: "0123456789abcdef0123456789abcdef" },
  meta: { appSecret: "metaAppSecret01", verifyToken: "verify-me" },
};

type Payload = string | Buffer | Readonly<Record<string, unknown>>;

/** Sends a request as it was signed, with no key of ours: the platforms have none. */
export async function post(
  server: TestServer,
  sourceId: string,
  signed: SignedRequest,
): Promise<Answer<string & { code?: string }>> {
  return server.call(signed.method, `/v1/webhooks/${sourceId}?${new URLSearchParams(signed.query)}`, {
    key: null,
    headers: { ...signed.headers },
    ...(signed.method === "POST" ? { raw: new Uint8Array(signed.body) } : {}),
  });
}

let nonces = 0;

/** A delivery as the platform signs it; every call uses a nonce of its own unless one is named. */
export function sign<P extends Platform>(
  platform: P,
  payload: Payload,
  options: { secrets?: SocialSecrets[P]; nonce?: string; now?: Date } = {},
): SignedRequest {
  return signedWebhook(platform, options.secrets ?? SECRETS[platform], payload, {
    now: options.now ?? NOW,
    nonce: options.nonce ?? `nonce-${++nonces}`,
  });
}

/** The handshake that the platform makes when the URL is registered; throws for LINE, which makes none. */
export function handshakeOf<P extends Platform>(
  platform: P,
  challenge: string,
  options: { secrets?: SocialSecrets[P]; now?: Date } = {},
): SignedRequest {
  const signed = signedHandshake(platform, options.secrets ?? SECRETS[platform], challenge, {
    now: options.now ?? NOW,
    nonce: `nonce-${++nonces}`,
  });
  if (signed === null) throw new Error(`${platform} makes no handshake`);
  return signed;
}

/** The rules by which marketing on some channels is decided for a member. */
export async function rulesOf(
  server: TestServer,
  memberId: string,
  ...channels: readonly string[]
): Promise<string[]> {
  const asked = channels.map((channel) => ({ memberId, purpose: "marketing", channel }));
  return (await decisions(server, asked)).map((d) => d.rule);
}
