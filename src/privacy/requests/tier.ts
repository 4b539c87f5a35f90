import type { RegimePack } from "../../../consent/index.ts";
import type { AnyRequestKind } from "./kinds.ts";

/**
 * How sure we must be who asks: `none`, a code to any contact point that the member has, or a code to one that was
 * verified before the request came.
 */
export type IdentityTier = "none" | "any-contact" | "verified-contact";

export interface IdentityPolicy {
  readonly tier: IdentityTier;
  /** Whether the person must declare, under penalty of perjury where the law says so, to be who they say. */
  readonly declaration: boolean;
  readonly article: string;
}

/**
 * The check that a kind of request needs. Opting out needs none (11 CCR §7026(d); GDPR Art. 7(3): as easy as giving);
 * what only narrows the use of data needs a contact point; what reveals, changes or ends data needs a verified one
 * (GDPR Art. 12(6), Recital 64; 11 CCR §7060 to 7062).
 */
export function identityPolicy(kind: AnyRequestKind, pack: RegimePack): IdentityPolicy {
  const { value: declared, source } = pack.requests.declaration;
  const declaration = declared.includes(kind);
  switch (kind) {
    case "opt-out":
      return { tier: "none", declaration, article: pack.withdrawal.identityCheckAllowed.source };
    case "objection":
    case "restriction":
      return { tier: "any-contact", declaration, article: source };
    case "access":
    case "portability":
    case "rectification":
    case "erasure":
    case "appeal":
      return { tier: "verified-contact", declaration, article: source };
  }
}

/** What a contact point led to, without saying more than is needed. */
export const MATCHES = ["unknown", "none", "one", "contested", "unverified"] as const;
export type Match = (typeof MATCHES)[number];

/**
 * Whether a contact point that somebody proved to control is proof for a request. A value that several members share
 * proves none of them; one that was only typed in is enough for the lower tier alone.
 */
export function decideMatch(
  found: { readonly kind: "none" | "contested" } | { readonly kind: "member"; readonly isVerified: boolean },
  tier: IdentityTier,
): Match {
  if (found.kind !== "member") return found.kind;
  return tier === "verified-contact" && !found.isVerified ? "unverified" : "one";
}
