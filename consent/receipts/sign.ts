import { CompactSign, type CryptoKey, compactVerify, errors, type KeyObject } from "jose";
import { canonicalJson } from "../../src/kernel/canonical-json.ts";

/** Media types of the two receipts, without `application/`, as the JWS `cty` header names them. */
export const RECEIPT_TYPES = { kantara: "consent-receipt+json", iso27560: "ld+json" } as const;
export type ReceiptType = keyof typeof RECEIPT_TYPES;

/** An Ed25519 key and the name under which its public half is published. */
export interface ReceiptSigner {
  readonly key: CryptoKey | KeyObject;
  readonly keyId: string;
}

/** Signs a receipt's canonical JSON as a compact JWS (RFC 7515, EdDSA). */
export async function signReceipt(
  receipt: object,
  type: ReceiptType,
  signer: ReceiptSigner,
): Promise<string> {
  return new CompactSign(Buffer.from(canonicalJson(receipt), "utf8"))
    .setProtectedHeader({ alg: "EdDSA", typ: "JOSE", cty: RECEIPT_TYPES[type], kid: signer.keyId })
    .sign(signer.key);
}

export type ReceiptCheck =
  | {
      readonly kind: "genuine";
      readonly keyId: string;
      readonly type: ReceiptType;
      readonly receipt: unknown;
    }
  | { readonly kind: "not-genuine"; readonly reason: "unreadable" | "unknown-key" | "bad-signature" };

/**
 * Checks a signed receipt. Only EdDSA is accepted and only keys that `findKey` knows; a receipt never brings its
 * own key.
 */
export async function verifyReceipt(
  jws: string,
  findKey: (keyId: string) => CryptoKey | KeyObject | null,
): Promise<ReceiptCheck> {
  let unknownKey = false;
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      (header) => {
        const key = header.kid === undefined ? null : findKey(header.kid);
        if (key === null) {
          unknownKey = true;
          throw new errors.JWKSNoMatchingKey();
        }
        return key;
      },
      { algorithms: ["EdDSA"] },
    );
    const type = (Object.keys(RECEIPT_TYPES) as ReceiptType[]).find(
      (t) => RECEIPT_TYPES[t] === protectedHeader.cty,
    );
    if (type === undefined) return { kind: "not-genuine", reason: "unreadable" };
    return {
      kind: "genuine",
      keyId: protectedHeader.kid ?? "",
      type,
      receipt: JSON.parse(Buffer.from(payload).toString("utf8")),
    };
  } catch (error) {
    if (unknownKey) return { kind: "not-genuine", reason: "unknown-key" };
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return { kind: "not-genuine", reason: "bad-signature" };
    return { kind: "not-genuine", reason: "unreadable" };
  }
}
