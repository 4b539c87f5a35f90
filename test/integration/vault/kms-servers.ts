import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/*
 * Two key management services as their documentation describes them, as far as Candor uses them: HashiCorp Vault's transit
 * engine (/api-docs/secret/transit) and AWS KMS (API reference: Encrypt, Decrypt, ReEncrypt, DescribeKey; errors as AWS
 * JSON 1.1 has them; Signature Version 4 checked by a computation of its own). The real ones cannot be installed here.
 */

export interface KmsServer {
  readonly url: string;
  /** What it was asked, newest last. */
  readonly calls: string[];
  /** `away` closes connections, `silent` never answers, the rest is what the service itself would refuse. */
  behave(as: "well" | "away" | "silent" | "sealed" | "forbidden" | "disabled" | "throttled"): void;
  stop(): Promise<void>;
}

function seal(key: Buffer, plain: Buffer, associated: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(associated);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

function unseal(key: Buffer, sealed: Buffer, associated: Buffer): Buffer | null {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
    decipher.setAAD(associated);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch {
    return null;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}

type Mood = Parameters<KmsServer["behave"]>[0];

async function start(
  handle: (
    request: IncomingMessage,
    body: string,
    mood: Mood,
    calls: string[],
  ) => { status: number; body?: unknown },
): Promise<KmsServer> {
  let mood: Mood = "well";
  const calls: string[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    if (mood === "away") return request.socket.destroy();
    if (mood === "silent") return undefined;
    const answer = handle(request, await bodyOf(request), mood, calls);
    response.writeHead(answer.status, { "content-type": "application/json" });
    return response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    behave: (as) => {
      mood = as;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Vault with one transit key. `type` ecdsa-p256 stands for a key that cannot encrypt this way. */
export function startVault(options: { token: string; type?: string }): Promise<KmsServer> {
  const versions: Buffer[] = [randomBytes(32)];
  const errors = (status: number, ...all: string[]) => ({ status, body: { errors: all } });
  interface Item {
    readonly plaintext?: string;
    readonly ciphertext?: string;
    readonly associated_data?: string;
  }
  const encrypt = (item: Item) => {
    const key = versions.at(-1) as Buffer;
    const aad = Buffer.from(item.associated_data ?? "", "base64");
    const sealed = seal(key, Buffer.from(item.plaintext ?? "", "base64"), aad);
    return {
      ciphertext: `vault:v${versions.length}:${sealed.toString("base64")}`,
      key_version: versions.length,
    };
  };
  const decrypt = (item: Item) => {
    const [, version, text] = /^vault:v(\d+):(.+)$/.exec(item.ciphertext ?? "") ?? [];
    const key = versions[Number(version) - 1];
    if (key === undefined || text === undefined) return { error: "invalid ciphertext: no prefix" };
    const plain = unseal(key, Buffer.from(text, "base64"), Buffer.from(item.associated_data ?? "", "base64"));
    return plain === null
      ? { error: "cipher: message authentication failed" }
      : { plaintext: plain.toString("base64") };
  };
  return start((request, body, mood, calls) => {
    calls.push(`${request.method} ${request.url}`);
    if (mood === "sealed") return errors(503, "Vault is sealed");
    if (request.headers["x-vault-token"] !== options.token || mood === "forbidden")
      return errors(403, "permission denied");
    const input = (body === "" ? {} : JSON.parse(body)) as { batch_input?: Item[] };
    switch (`${request.method} ${request.url}`) {
      case "GET /v1/transit/keys/candor":
        return {
          status: 200,
          body: {
            data: {
              type: options.type ?? "aes256-gcm96",
              latest_version: versions.length,
              min_decryption_version: 1,
              supports_encryption: true,
            },
          },
        };
      case "POST /v1/transit/keys/candor/rotate":
        versions.push(randomBytes(32));
        return { status: 204 };
      case "POST /v1/transit/encrypt/candor":
        return { status: 200, body: { data: { batch_results: (input.batch_input ?? []).map(encrypt) } } };
      case "POST /v1/transit/decrypt/candor": {
        const results = (input.batch_input ?? []).map(decrypt);
        return {
          status: results.some((r) => "error" in r) ? 400 : 200,
          body: { data: { batch_results: results } },
        };
      }
      default:
        return errors(404);
    }
  });
}

interface AwsInput {
  readonly KeyId?: string;
  readonly Plaintext?: string;
  readonly CiphertextBlob?: string;
  readonly EncryptionContext?: Record<string, string>;
  readonly SourceEncryptionContext?: Record<string, string>;
  readonly DestinationEncryptionContext?: Record<string, string>;
  readonly SourceKeyId?: string;
  readonly DestinationKeyId?: string;
}

/** AWS KMS with two symmetric keys; `alias/candor` stands for the first until `turnAlias`. */
export async function startAwsKms(options: {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}): Promise<KmsServer & { turnAlias(): void }> {
  const arns = ["1111", "2222"].map((id) => `arn:aws:kms:${options.region}:123456789012:key/${id}`);
  const keys = new Map(arns.map((arn) => [arn, randomBytes(32)]));
  let alias = arns[0] as string;
  const arnOf = (id: string | undefined) => (id === "alias/candor" ? alias : (id ?? ""));
  const aad = (context: Record<string, string> = {}) =>
    Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
  const problem = (name: string, message = "refused") => ({
    status: 400,
    body: { __type: `com.amazonaws.kms#${name}`, message },
  });

  /** "Create a signed AWS API request": from what arrived, not from what the client meant to send. */
  const isSigned = (request: IncomingMessage, body: string): boolean => {
    const parsed =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/kms\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
        request.headers.authorization ?? "",
      );
    const [, id, day, region, names = "", signature] = parsed ?? [];
    if (id !== options.accessKeyId || region !== options.region || day === undefined) return false;
    if (!["host", "x-amz-date", "x-amz-target"].every((name) => names.split(";").includes(name)))
      return false;
    let canonical = `${request.method}\n${request.url}\n\n`;
    for (const name of names.split(";"))
      canonical += `${name}:${String(request.headers[name] ?? "").trim()}\n`;
    canonical += `\n${names}\n${createHash("sha256").update(body).digest("hex")}`;
    let key: Buffer = Buffer.from(`AWS4${options.secretAccessKey}`);
    for (const part of [day, options.region, "kms", "aws4_request"])
      key = createHmac("sha256", key).update(part).digest();
    const scope = `${day}/${options.region}/kms/aws4_request`;
    const text = `AWS4-HMAC-SHA256\n${request.headers["x-amz-date"]}\n${scope}\n${createHash("sha256").update(canonical).digest("hex")}`;
    return createHmac("sha256", key).update(text).digest("hex") === signature;
  };
  const encrypt = (arn: string, plain: Buffer, context?: Record<string, string>) => {
    const key = keys.get(arn);
    if (key === undefined) return problem("NotFoundException");
    const blob = Buffer.concat([createHash("sha256").update(arn).digest(), seal(key, plain, aad(context))]);
    return {
      status: 200,
      body: { CiphertextBlob: blob.toString("base64"), KeyId: arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" },
    };
  };
  const open = (text: string | undefined, keyId: string | undefined, context?: Record<string, string>) => {
    const blob = Buffer.from(text ?? "", "base64");
    const arn = arns.find((a) => createHash("sha256").update(a).digest().equals(blob.subarray(0, 32)));
    if (arn === undefined) return "InvalidCiphertextException";
    if (keyId !== undefined && arnOf(keyId) !== arn) return "IncorrectKeyException";
    const plain = unseal(keys.get(arn) as Buffer, blob.subarray(32), aad(context));
    return plain === null ? "InvalidCiphertextException" : { arn, plain };
  };

  const server = await start((request, body, mood, calls) => {
    const operation = String(request.headers["x-amz-target"]).replace(/^TrentService\./, "");
    calls.push(operation);
    if (request.headers["content-type"] !== "application/x-amz-json-1.1")
      return problem("SerializationException");
    if (!isSigned(request, body)) return problem("InvalidSignatureException");
    if (mood === "forbidden") return problem("AccessDeniedException");
    if (mood === "throttled") return problem("ThrottlingException");
    if (mood === "disabled" && operation !== "DescribeKey") return problem("DisabledException");
    const input = JSON.parse(body) as AwsInput;
    switch (operation) {
      case "DescribeKey": {
        const arn = arnOf(input.KeyId);
        if (!keys.has(arn)) return problem("NotFoundException");
        return {
          status: 200,
          body: { KeyMetadata: { Arn: arn, KeyState: mood === "disabled" ? "Disabled" : "Enabled" } },
        };
      }
      case "Encrypt":
        return encrypt(
          arnOf(input.KeyId),
          Buffer.from(input.Plaintext ?? "", "base64"),
          input.EncryptionContext,
        );
      case "Decrypt": {
        const found = open(input.CiphertextBlob, input.KeyId, input.EncryptionContext);
        if (typeof found === "string") return problem(found);
        return { status: 200, body: { Plaintext: found.plain.toString("base64"), KeyId: found.arn } };
      }
      case "ReEncrypt": {
        const found = open(input.CiphertextBlob, input.SourceKeyId, input.SourceEncryptionContext);
        if (typeof found === "string") return problem(found);
        const again = encrypt(arnOf(input.DestinationKeyId), found.plain, input.DestinationEncryptionContext);
        return { ...again, body: { ...again.body, SourceKeyId: found.arn } };
      }
      default:
        return problem("UnknownOperationException");
    }
  });
  return {
    ...server,
    turnAlias: () => {
      alias = arns.find((a) => a !== alias) as string;
    },
  };
}
