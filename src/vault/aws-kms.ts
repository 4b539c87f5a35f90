import { type Clock, SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import type { RootKeyProvider, ToUnwrap, WrapContext, WrappedKey } from "./provider.ts";
import { type AwsCredentials, signAws } from "./sigv4.ts";

export interface AwsKmsSettings {
  /** A symmetric key: its id, its ARN, or an alias (`alias/candor`). */
  readonly keyId: string;
  readonly region: string;
  /** Another address than `https://kms.<region>.amazonaws.com`, such as a private endpoint. */
  readonly endpoint: string | null;
  readonly credentials: AwsCredentials;
}

const PATIENCE = 8 * SECOND;
const FORMAT = 1;
/** Calls at once: a keystore has a handful of keys that the root key wraps. */
const AT_ONCE = 8;

function away(detail: string, cause?: unknown): AppError {
  return new AppError("keystore-unavailable", cause === undefined ? { detail } : { detail, cause });
}

/** The name of an AWS error, without the namespace it may stand in. */
function errorName(body: unknown): string {
  const type = (body as { __type?: unknown } | null)?.__type;
  const name = typeof type === "string" ? type.split("#").at(-1) : undefined;
  return name !== undefined && /^[A-Za-z]{1,60}$/.test(name) ? name : "unknown error";
}

/** KMS does not say in a ciphertext which key made it: its ARN stands before. `1 | length u16 | ARN | ciphertext`. */
function pack(arn: string, blob: Buffer): Buffer {
  const name = Buffer.from(arn, "utf8");
  const head = Buffer.alloc(3);
  head[0] = FORMAT;
  head.writeUInt16BE(name.length, 1);
  return Buffer.concat([head, name, blob]);
}

function unpack(bytes: Buffer): { readonly arn: string; readonly blob: string } {
  const length = bytes.length > 3 && bytes[0] === FORMAT ? bytes.readUInt16BE(1) : 0;
  const arn = bytes.toString("utf8", 3, 3 + length);
  if (!arn.startsWith("arn:") || bytes.length <= 3 + length) {
    throw new AppError("invalid-settings", {
      detail: "The keystore holds a key that was not wrapped by AWS KMS.",
    });
  }
  return { arn, blob: bytes.subarray(3 + length).toString("base64") };
}

/**
 * The root key in AWS KMS: it wraps and unwraps there and never comes here. What a key is for is its encryption context.
 * The version of a wrapped key is the ARN of the KMS key that wrapped it, so a new key behind an alias is a new version,
 * and rewrapping (ReEncrypt) shows no key to this process. Rotation of a KMS key's own material is KMS's affair.
 */
export function awsKms(settings: AwsKmsSettings, clock: Clock): RootKeyProvider {
  const url = new URL(settings.endpoint ?? `https://kms.${settings.region}.amazonaws.com/`);

  const call = async (operation: string, input: object): Promise<Record<string, unknown>> => {
    const body = JSON.stringify(input);
    const headers = signAws(
      {
        method: "POST",
        url,
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `TrentService.${operation}`,
        },
        body,
      },
      { credentials: settings.credentials, region: settings.region, service: "kms", at: clock.now() },
    );
    // The connection's own name; what was signed is the same.
    const { host: _, ...sent } = headers;
    let answer: Response;
    let parsed: unknown;
    try {
      answer = await fetch(url, {
        method: "POST",
        headers: sent,
        body,
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE),
      });
      parsed = await answer.json();
    } catch (cause) {
      throw away("AWS KMS does not answer.", cause);
    }
    if (answer.ok && typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
    const name = errorName(parsed);
    if (name === "InvalidCiphertextException" || name === "IncorrectKeyException")
      throw away(
        "A key in the keystore was altered, or wrapped by another KMS key, and cannot be unwrapped.",
      );
    throw away(`AWS KMS refused ${operation}: ${name} (HTTP ${answer.status}).`);
  };

  const each = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
    const all: R[] = [];
    for (let i = 0; i < items.length; i += AT_ONCE)
      all.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(work))));
    return all;
  };

  const wrappedOf = (answer: Record<string, unknown>): WrappedKey => {
    const { CiphertextBlob: blob, KeyId: arn } = answer;
    if (typeof blob !== "string" || typeof arn !== "string") throw away("AWS KMS did not wrap a key.");
    return { bytes: pack(arn, Buffer.from(blob, "base64")), version: arn };
  };

  const wrapOne = async (plain: Buffer, context: WrapContext): Promise<WrappedKey> =>
    wrappedOf(
      await call("Encrypt", {
        KeyId: settings.keyId,
        Plaintext: plain.toString("base64"),
        EncryptionContext: context,
      }),
    );

  const unwrapOne = async ({ bytes, context }: ToUnwrap): Promise<Buffer> => {
    const { arn, blob } = unpack(bytes);
    const answer = await call("Decrypt", { CiphertextBlob: blob, KeyId: arn, EncryptionContext: context });
    if (typeof answer.Plaintext !== "string") throw away("AWS KMS did not unwrap a key.");
    return Buffer.from(answer.Plaintext, "base64");
  };

  return {
    name: "aws-kms",
    async currentVersion() {
      const { KeyMetadata: about } = await call("DescribeKey", { KeyId: settings.keyId });
      const { Arn: arn, KeyState: state } = (about ?? {}) as { Arn?: unknown; KeyState?: unknown };
      if (typeof arn !== "string") throw away("AWS KMS did not describe the key.");
      if (state !== "Enabled") throw away("The KMS key is not enabled.");
      return arn;
    },
    versionOf: async (wrapped) => wrapped.map((bytes) => unpack(bytes).arn),
    wrap: (items) => each(items, (item) => wrapOne(item.plain, item.context)),
    unwrap: (items) => each(items, unwrapOne),
    rewrap: (items) =>
      each(items, async ({ bytes, context }) => {
        const { arn, blob } = unpack(bytes);
        return wrappedOf(
          await call("ReEncrypt", {
            CiphertextBlob: blob,
            SourceKeyId: arn,
            SourceEncryptionContext: context,
            DestinationKeyId: settings.keyId,
            DestinationEncryptionContext: context,
          }),
        );
      }),
  };
}
