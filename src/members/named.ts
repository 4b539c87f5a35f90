import type { CanonicalEvent } from "../events/index.ts";
import { classOf, type IdentifierClass, spaceOf } from "../kernel/identifier.ts";
import { compareText, sortFew } from "../kernel/sort-few.ts";
import type { Vault } from "../vault/index.ts";

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

const RANKS: ReadonlyMap<string, number> = new Map([
  ...FIRST.map((kind, i) => [kind, i] as const),
  ...LAST.map((kind, i) => [kind, FIRST.length + 1 + i] as const),
]);

function rank(kind: string): number {
  return RANKS.get(kind) ?? FIRST.length;
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
  vault: Pick<Vault, "blindIndex" | "normaliser">,
): NamedIdentifier[] {
  const named: NamedIdentifier[] = [];
  const options = region === null ? { blocked } : { region, blocked };
  for (const { kind, issuer, value: written, verified } of event.identifiers) {
    const result = vault.normaliser.normalise(kind, written, options);
    if (result.kind !== "ok") continue;
    const { value } = result;
    const cls = classOf(kind, verified);
    const at = named.findIndex((n) => n.kind === kind && n.issuer === issuer && n.value === value);
    if (at !== -1 && (named[at] as NamedIdentifier).class <= cls) continue;
    const bi = vault.blindIndex(spaceOf(kind), issuer, value);
    named[at === -1 ? named.length : at] = { kind, issuer, class: cls, value, bi, biHex: bi.toString("hex") };
  }
  return sortFew(named, compareNamed);
}

function compareNamed(a: NamedIdentifier, b: NamedIdentifier): number {
  return (
    a.class - b.class ||
    rank(a.kind) - rank(b.kind) ||
    compareText(a.kind, b.kind) ||
    compareText(a.issuer, b.issuer) ||
    compareText(a.value, b.value)
  );
}
