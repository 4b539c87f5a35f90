import { STAFF_ROLES, type StaffRole } from "../kernel/route.ts";
import { isSafeAddress } from "./addresses.ts";
import type { SettingsReader } from "./settings-reader.ts";

/** An OpenID Connect provider by which staff may log in, and how its claims become roles and shops. */
export interface SignOnSetting {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  readonly name: string;
  readonly scope: string;
  readonly roleClaim: string | null;
  readonly roles: readonly { readonly value: string; readonly role: StaffRole }[];
  readonly storeClaim: string | null;
}

/** The settings of log-in by OpenID Connect; null when no issuer is named. */
export function readSignOn({ read, need, wrong }: SettingsReader): SignOnSetting | null {
  const issuer = read("CANDOR_OIDC_ISSUER");
  if (issuer === undefined) return null;
  if (!isSafeAddress(issuer))
    wrong("CANDOR_OIDC_ISSUER", "must be the issuer's https URL (http only on this machine)");
  const clientId = need(
    "CANDOR_OIDC_CLIENT_ID",
    "is required with CANDOR_OIDC_ISSUER: the name of Candor at the provider",
  );
  const redirectUri = need(
    "CANDOR_OIDC_REDIRECT_URI",
    "is required with CANDOR_OIDC_ISSUER: this server's address with /sign-on, as registered at the provider",
  );
  if (redirectUri !== "" && !(isSafeAddress(redirectUri) && new URL(redirectUri).pathname === "/sign-on"))
    wrong(
      "CANDOR_OIDC_REDIRECT_URI",
      "must be an https URL (http only on this machine) that ends in /sign-on",
    );
  const scope = read("CANDOR_OIDC_SCOPE") ?? "openid email profile";
  if (!scope.split(" ").includes("openid")) wrong("CANDOR_OIDC_SCOPE", "must hold openid");
  const roleClaim = read("CANDOR_OIDC_ROLE_CLAIM") ?? null;
  const rolesText = read("CANDOR_OIDC_ROLES");
  const roles = (rolesText ?? "").split(",").flatMap((pair) => {
    const at = pair.lastIndexOf("=");
    const role = STAFF_ROLES.find((known) => known === pair.slice(at + 1).trim());
    const value = pair.slice(0, Math.max(0, at)).trim();
    return role === undefined || value === "" ? [] : [{ value, role }];
  });
  if (rolesText !== undefined && roles.length !== rolesText.split(",").length)
    wrong(
      "CANDOR_OIDC_ROLES",
      `must be pairs value=role between commas; roles are ${STAFF_ROLES.join(", ")}`,
    );
  if ((roleClaim === null) !== (rolesText === undefined))
    wrong("CANDOR_OIDC_ROLES", "goes with CANDOR_OIDC_ROLE_CLAIM: set both or neither");
  return {
    issuer,
    clientId,
    clientSecret: read("CANDOR_OIDC_CLIENT_SECRET") ?? null,
    redirectUri,
    name: read("CANDOR_OIDC_NAME") ?? (URL.canParse(issuer) ? new URL(issuer).host : ""),
    scope,
    roleClaim,
    roles,
    storeClaim: read("CANDOR_OIDC_STORE_CLAIM") ?? null,
  };
}
