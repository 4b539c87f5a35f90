import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Vault } from "../src/vault/index.ts";
import type { ConsentProof } from "./ledger.ts";

export type Guardian = NonNullable<ConsentProof["guardian"]>;

const LABEL = "consent-guardian";
const NONCE = 16;
const TAG = 16;

/** A key for one link alone: from a MAC that only this installation can make over the link's own random part. */
function keyOf(mac: Buffer): Buffer {
  return createHash("sha256").update("candor/guardian-link/1\0").update(mac).digest();
}

/**
 * What a link says of a guardian, unreadable to whoever sees the address: AES-256-GCM under a key of its own for each
 * link, so that the constant nonce is never used twice under one key.
 */
export function sealGuardian(vault: Pick<Vault, "mac">, guardian: Guardian): string {
  const own = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", keyOf(vault.mac(LABEL, own)), Buffer.alloc(12));
  const { ref, relation, method, evidenceSha256 } = guardian;
  const body = Buffer.concat([
    cipher.update(JSON.stringify([ref, relation, method, evidenceSha256]), "utf8"),
    cipher.final(),
  ]);
  return Buffer.concat([own, cipher.getAuthTag(), body]).toString("base64url");
}

/** Opens what `sealGuardian` made, also under older versions of the key; null for anything else. */
export function openGuardian(vault: Pick<Vault, "macVersions">, sealed: string): Guardian | null {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length <= NONCE + TAG) return null;
  for (const { mac } of vault.macVersions(LABEL, bytes.subarray(0, NONCE))) {
    try {
      const decipher = createDecipheriv("aes-256-gcm", keyOf(mac), Buffer.alloc(12));
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString(
        "utf8",
      );
      const [ref, relation, method, evidenceSha256] = JSON.parse(text) as [
        string,
        Guardian["relation"],
        string,
        string | null,
      ];
      return { ref, relation, method, evidenceSha256 };
    } catch {
      // Sealed under another version of the key.
    }
  }
  return null;
}
