import type { CanonicalEvent } from "../events/index.ts";
import { classOf, type IdentifierClass, spaceOf } from "../kernel/identifier.ts";
import type { Vault } from "../vault/index.ts";
import { normaliseIdentifier } from "../vault/index.ts";

/** An identifier as evidence: normalised, indexed, classed. */
export interface NamedIdentifier {
  readonly kind: string;
  readonly issuer: string;
  readonly class: IdentifierClass;
  readonly value: string;
  readonly bi: Buffer;
  readonly biHex: string;
}

/** Which of two identifiers of one class anchors a subject: the earlier in this list, then by kind name. */
const FIRST = [
  "member_id",
  "user_id",
  "wechat_unionid",
  "line_user_id",
  "wechat_openid",
  "weibo_uid",
  "meta_user_id",
];
/** Values that pass from person to person anchor last: a shop's own number must not gather everybody's events. */
const LAST = ["email", "phone"];

function rank(kind: string): number {
  const first = FIRST.indexOf(kind);
  if (first !== -1) return first;
  return FIRST.length + 1 + LAST.indexOf(kind);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Whether an anchor is rather named `a` than `b`: one value may be seen at several strengths, and as a card's and an
 * account's number. Its subject is known by the strongest, whichever came first.
 */
export function isStrongerAnchor(
  a: { readonly kind: string; readonly class: number },
  b: { readonly kind: string; readonly class: number },
): boolean {
  return (a.class - b.class || rank(a.kind) - rank(b.kind) || compareText(a.kind, b.kind)) < 0;
}

/**
 * The identifiers of an event in canonical order: the first anchors its subject. The order depends on nothing but
 * the identifiers themselves, so the same event finds the same subject whenever it arrives.
 * Blocked and malformed ones have been taken out by the source's parser; any left here are skipped.
 */
export function nameIdentifiers(
  event: Pick<CanonicalEvent, "identifiers">,
  region: string | null,
  blocked: readonly string[],
  vault: Pick<Vault, "blindIndex">,
): NamedIdentifier[] {
  const named = new Map<string, NamedIdentifier>();
  for (const identifier of event.identifiers) {
    const result = normaliseIdentifier(identifier.kind, identifier.value, {
      ...(region === null ? {} : { region }),
      blocked,
    });
    if (result.kind !== "ok") continue;
    const cls = classOf(identifier.kind, identifier.verified);
    const key = `${identifier.kind}\u0000${identifier.issuer}\u0000${result.value}`;
    const known = named.get(key);
    if (known !== undefined && known.class <= cls) continue;
    const bi = vault.blindIndex(spaceOf(identifier.kind), identifier.issuer, result.value);
    named.set(key, {
      kind: identifier.kind,
      issuer: identifier.issuer,
      class: cls,
      value: result.value,
      bi,
      biHex: bi.toString("hex"),
    });
  }
  return [...named.values()].sort(
    (a, b) =>
      a.class - b.class ||
      rank(a.kind) - rank(b.kind) ||
      compareText(a.kind, b.kind) ||
      compareText(a.issuer, b.issuer) ||
      compareText(a.value, b.value),
  );
}
