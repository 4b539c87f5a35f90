import { createHash, createHmac } from "node:crypto";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export interface SignedRequest {
  readonly method: string;
  /** Without a query. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}

/**
 * The headers of a request signed with AWS Signature Version 4 ("Create a signed AWS API request", AWS IAM User Guide):
 * the given ones, `host`, `x-amz-date`, the session token, and `authorization`. Every header is signed.
 */
export function signAws(
  request: SignedRequest,
  to: {
    readonly credentials: AwsCredentials;
    readonly region: string;
    readonly service: string;
    readonly at: Date;
  },
): Record<string, string> {
  const time = to.at.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = {
    host: request.url.host,
    "x-amz-date": time,
    ...(to.credentials.sessionToken === null ? {} : { "x-amz-security-token": to.credentials.sessionToken }),
  };
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value.trim();
  const names = Object.keys(headers).sort();
  const signed = names.join(";");
  const canonical = [
    request.method,
    request.url.pathname,
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    signed,
    sha256(request.body),
  ].join("\n");
  const scope = `${day}/${to.region}/${to.service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = [day, to.region, to.service, "aws4_request"].reduce<Buffer | string>(
    (k, part) => hmac(k, part),
    `AWS4${to.credentials.secretAccessKey}`,
  );
  const signature = hmac(key, toSign).toString("hex");
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${to.credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
  };
}
