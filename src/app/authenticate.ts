import type { SourceRegistry } from "../../pipelines/index.ts";
import type { Authenticate } from "../http/index.ts";
import type { KeyId } from "../kernel/ids.ts";
import { type createKeyAuthenticator, SOCKET_ADMIN, type Staff } from "../staff/index.ts";

/** Who asks: the operator over the server's own socket, staff by their session, a source by its write key, or a key. */
export function createAuthenticate(deps: {
  readonly staff: Staff;
  readonly registry: SourceRegistry;
  readonly keys: ReturnType<typeof createKeyAuthenticator>;
}): Authenticate {
  const { staff, registry, keys } = deps;
  return async ({ auth, secret, session, overSocket }) => {
    if (overSocket && secret === undefined) return SOCKET_ADMIN;
    if (session !== undefined) return (await staff.authenticate(session)) ?? { kind: "anonymous" };
    if (secret === undefined) return { kind: "anonymous" };
    if (auth.kind === "write-key") {
      const source = await registry.findByWriteKey(secret);
      if (source !== undefined)
        return { kind: "source", sourceId: source.settings.id, keyId: source.settings.id as KeyId };
    }
    return (await keys.authenticateKey(secret)) ?? { kind: "anonymous" };
  };
}
