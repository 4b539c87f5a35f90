import { KeyObject, sign } from "node:crypto";
import type { Consent } from "../../consent/index.ts";
import type { AuditKeys } from "../audit/index.ts";

/** The installation's signing keys, which the consent room keeps, as the audit log signs its heads with them. */
export function auditKeys(signing: Consent["signing"]): AuditKeys {
  return {
    async signer() {
      const { key, keyId } = await signing.signer();
      if (!(key instanceof KeyObject)) throw new TypeError("the signing key is not in this process");
      return { keyId, sign: (bytes) => sign(null, bytes, key) };
    },
    jwks: () => signing.jwks(),
  };
}
