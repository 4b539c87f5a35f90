import type { StaffRole } from "../kernel/route.ts";

/** How a provider's claims become a role and shops here. */
export interface ClaimMapping {
  /** The claim that decides over the role at each log-in, such as `groups`; null: roles are kept here. */
  readonly roleClaim: string | null;
  /** Values of that claim and their roles; of several that hold, the first in this order counts. */
  readonly roles: readonly { readonly value: string; readonly role: StaffRole }[];
  /** The claim that names the shops of store staff; null: they are kept here. */
  readonly storeClaim: string | null;
}

/** Who came back from the provider. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Null unless the provider says that it verified the address. */
  readonly verifiedEmail: string | null;
  /** Undefined: the claim does not decide. Null: it decides, and gives no role. */
  readonly role: StaffRole | null | undefined;
  readonly stores: readonly string[] | undefined;
}

const LONGEST_STORE = 100;
const MOST_STORES = 200;

/** The texts of a claim: one text, or the texts of a list. A claim inside another is written `outer.inner`. */
function textsOf(claims: Readonly<Record<string, unknown>>, name: string): string[] | undefined {
  let value: unknown = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined && name.includes(".")) {
    value = claims;
    for (const part of name.split("."))
      value =
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined;
  }
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === "string") : undefined;
}

/** Whether something that decides is not among these claims, so that the provider has to be asked for more. */
export function wantsMoreThan(claims: Readonly<Record<string, unknown>>, mapping: ClaimMapping): boolean {
  const wanted = ["email", mapping.roleClaim, mapping.storeClaim].filter((name) => name !== null);
  return claims.email_verified === undefined || wanted.some((name) => textsOf(claims, name) === undefined);
}

/**
 * Who the claims of an ID token and of UserInfo (OpenID Connect Core 1.0 §5.1) say it is. An address counts only with
 * `email_verified` true: anybody can write somebody else's into a profile.
 */
export function identityFrom(
  claims: Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string },
  mapping: ClaimMapping,
): Identity {
  const { iss, sub, email, email_verified } = claims;
  const held = mapping.roleClaim === null ? undefined : (textsOf(claims, mapping.roleClaim) ?? []);
  const stores = mapping.storeClaim === null ? undefined : (textsOf(claims, mapping.storeClaim) ?? []);
  return {
    issuer: iss,
    subject: sub,
    verifiedEmail: typeof email === "string" && email_verified === true ? email : null,
    role: held && (mapping.roles.find(({ value }) => held.includes(value))?.role ?? null),
    stores: stores?.filter((s) => s !== "" && s.length <= LONGEST_STORE).slice(0, MOST_STORES),
  };
}
