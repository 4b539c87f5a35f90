import { createPublicKey, verify } from "node:crypto";
import { canonicalJson } from "../kernel/canonical-json.ts";

/** What a signed tree head says: the log had this many entries, with this root, at this time. */
export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
  readonly at: Date;
}

/** A key that signs tree heads: Ed25519, named by its RFC 7638 thumbprint. */
export interface AuditSigner {
  readonly keyId: string;
  sign(bytes: Buffer): Buffer;
}

/** A public key as RFC 7517 writes it. */
export type PublicJwk = Readonly<Record<string, unknown>>;

const TYPE = "candor-tree-head";

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}

/** Signs a head as a compact JWS (RFC 7515) with EdDSA (RFC 8037); the payload is canonical JSON. */
export function signTreeHead(signer: AuditSigner, head: TreeHead): string {
  const header = encode(canonicalJson({ alg: "EdDSA", kid: signer.keyId, typ: TYPE }));
  const payload = encode(
    canonicalJson({ v: 1, size: head.size, root: head.root.toString("hex"), at: head.at }),
  );
  const signature = signer.sign(Buffer.from(`${header}.${payload}`, "ascii"));
  return `${header}.${payload}.${signature.toString("base64url")}`;
}

function parseJson(part: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The id of the key that a head claims to be signed with; null for what is no signed head. */
export function keyIdOfHead(jws: string): string | null {
  const kid = parseJson(jws.split(".")[0])?.kid;
  return typeof kid === "string" ? kid : null;
}

/**
 * The payload of a compact JWS (RFC 7515, EdDSA with Ed25519) whose protected header has these members, when one of the
 * keys signed exactly this; null otherwise.
 */
export function openJws(
  jws: string,
  expected: Readonly<Record<string, string>>,
  keys: readonly PublicJwk[],
): string | null {
  const parts = jws.split(".");
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined)
    return null;
  const about = parseJson(header);
  if (about?.alg !== "EdDSA" || Object.entries(expected).some(([name, value]) => about[name] !== value))
    return null;
  const jwk = keys.find((k) => k.kid === about.kid);
  if (jwk === undefined || jwk.kty !== "OKP" || jwk.crv !== "Ed25519") return null;
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: String(jwk.x) }, format: "jwk" });
    const signed = Buffer.from(`${header}.${payload}`, "ascii");
    return verify(null, signed, key, Buffer.from(signature, "base64url"))
      ? Buffer.from(payload, "base64url").toString("utf8")
      : null;
  } catch {
    return null;
  }
}

/** Checks a signed head against public keys; null unless one of them signed exactly this. */
export function openTreeHead(jws: string, keys: readonly PublicJwk[]): TreeHead | null {
  const payload = openJws(jws, { typ: TYPE }, keys);
  if (payload === null) return null;
  const { v, size, root, at } = parseJson(Buffer.from(payload, "utf8").toString("base64url")) ?? {};
  if (v !== 1 || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return null;
  if (typeof root !== "string" || !/^[0-9a-f]{64}$/.test(root) || typeof at !== "string") return null;
  return { size, root: Buffer.from(root, "hex"), at: new Date(at) };
}
