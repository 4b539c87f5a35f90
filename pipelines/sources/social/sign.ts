import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import type { Platform } from "../../adapter.ts";
import type { SocialSecrets, WechatSecrets } from "./secrets.schema.ts";
import { hmacSha256, sortedSha1 } from "./signature.ts";
import { sealMessage } from "./wechat-cipher.ts";
import { buildWechatXml, type XmlFields } from "./wechat-xml.ts";

/** A request as a platform would send it. */
export interface SignedRequest {
  readonly method: "GET" | "POST";
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface SigningOptions {
  readonly now: Date;
  /** Unique per message; WeChat and Weibo only. */
  readonly nonce: string;
  /** The 16 random bytes of an encrypted WeChat message; drawn when absent. */
  readonly random?: Buffer;
}

/**
 * The delivery a platform would make: for the demo, for tests, and for an operator who checks a configuration.
 *
 * `payload` is the body as it stands (text or bytes), or an object: fields of a WeChat message (all texts), or JSON of
 * the others, where a bigint writes a number beyond 2^53. A WeChat source with an EncodingAESKey gets
 * secure mode.
 */
export function signedWebhook<P extends Platform>(
  platform: P,
  secrets: SocialSecrets[P],
  payload: string | Buffer | Readonly<Record<string, unknown>>,
  options: SigningOptions,
): SignedRequest {
  return SIGNERS[platform](secrets, bodyOf(platform, payload), options);
}

function bodyOf(platform: Platform, payload: string | Buffer | Readonly<Record<string, unknown>>): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  if (typeof payload === "string") return Buffer.from(payload, "utf8");
  return Buffer.from(
    platform === "wechat" ? buildWechatXml(payload as XmlFields) : canonicalJson(payload),
    "utf8",
  );
}

type Signer<P extends Platform> = (
  secrets: SocialSecrets[P],
  body: Buffer,
  options: SigningOptions,
) => SignedRequest;

const JSON_TYPE = "application/json; charset=utf-8";

const SIGNERS: { readonly [P in Platform]: Signer<P> } = {
  wechat: (secrets, body, options) => {
    const url = wechatUrl(secrets, options);
    const headers = { "content-type": "text/xml" };
    if (secrets.encodingAesKey === undefined) return { method: "POST", query: url, headers, body };
    const encrypted = sealMessage(secrets.encodingAesKey, secrets.appId, body, options.random);
    const { timestamp = "", nonce = "" } = url;
    return {
      method: "POST",
      query: {
        ...url,
        encrypt_type: "aes",
        msg_signature: sortedSha1(secrets.token, timestamp, nonce, encrypted),
      },
      headers,
      body: Buffer.from(buildWechatXml({ ToUserName: "gh_account", Encrypt: encrypted }), "utf8"),
    };
  },
  weibo: (secrets, body, { now, nonce }) => {
    const timestamp = String(now.getTime());
    const query = { timestamp, nonce, signature: sortedSha1(secrets.appSecret, timestamp, nonce) };
    return { method: "POST", query, headers: { "content-type": JSON_TYPE }, body };
  },
  line: (secrets, body) => ({
    method: "POST",
    query: {},
    headers: {
      "content-type": JSON_TYPE,
      "x-line-signature": hmacSha256(secrets.channelSecret, body, "base64"),
    },
    body,
  }),
  meta: (secrets, body) => ({
    method: "POST",
    query: {},
    headers: {
      "content-type": "application/json",
      "x-hub-signature-256": `sha256=${hmacSha256(secrets.appSecret, body, "hex")}`,
    },
    body,
  }),
};

function wechatUrl(secrets: WechatSecrets, options: SigningOptions): Record<string, string> {
  const timestamp = String(Math.floor(options.now.getTime() / 1000));
  const { nonce } = options;
  return { timestamp, nonce, signature: sortedSha1(secrets.token, timestamp, nonce) };
}

/** The handshake a platform makes when the URL is registered; null for LINE, which has none. */
export function signedHandshake<P extends Platform>(
  platform: P,
  secrets: SocialSecrets[P],
  challenge: string,
  options: SigningOptions,
): SignedRequest | null {
  const get = (query: Readonly<Record<string, string>>): SignedRequest => ({
    method: "GET",
    query,
    headers: {},
    body: Buffer.alloc(0),
  });
  if (platform === "line") return null;
  if (platform === "meta") {
    const { verifyToken } = secrets as SocialSecrets["meta"];
    return get({ "hub.mode": "subscribe", "hub.verify_token": verifyToken, "hub.challenge": challenge });
  }
  const signed =
    platform === "weibo"
      ? SIGNERS.weibo(secrets as SocialSecrets["weibo"], Buffer.alloc(0), options).query
      : wechatUrl(secrets as SocialSecrets["wechat"], options);
  return get({ ...signed, echostr: challenge });
}
