import type { Tx } from "../db/index.ts";
import { DAY } from "../kernel/clock.ts";
import { spaceOf } from "../kernel/identifier.ts";
import type { Vault } from "../vault/index.ts";
import type { NamedIdentifier } from "./named.ts";
import {
  hasSuppressions,
  readSuppressions,
  type SuppressionRow,
  shareSuppressions,
} from "./suppression.store.ts";

/** How much an identifier of an erased person says by itself. */
export type SuppressionStrength = SuppressionRow["strength"];

/** Kinds beyond classes 1 and 2 whose values name one account for good. */
const ACCOUNTS: ReadonlySet<string> = new Set(["line_user_id", "wechat_openid", "weibo_uid", "meta_user_id"]);

/**
 * Contact points and devices pass from one person to another (docs/identity.md): after this time an identifier that
 * only an erased person held no longer speaks by itself.
 */
export const WEAK_LASTS = 730 * DAY;

/** Cards and accounts name one person for good; e-mails, phones, devices and kinds of the sender's own may pass on. */
export function strengthOf(identifier: {
  readonly kind: string;
  readonly class: number;
}): SuppressionStrength {
  return identifier.class <= 2 || ACCOUNTS.has(identifier.kind) ? "strong" : "weak";
}

/** The keyed hashes of an identifier under every version of the suppression key, newest first. */
export function suppressionMacs(
  vault: Pick<Vault, "macVersions">,
  identifier: Pick<NamedIdentifier, "kind" | "issuer" | "value">,
): Buffer[] {
  const { kind, issuer, value } = identifier;
  return vault.macVersions("suppression/identifier", spaceOf(kind), issuer, value).map((v) => v.mac);
}

/** An identifier of an event with what the list says of it. */
export interface Listed {
  readonly strength: SuppressionStrength;
  readonly entries: readonly Pick<SuppressionRow, "erasedAt" | "rejoinedAt" | "strength">[];
}

/**
 * Whether an event would bring back somebody who was erased. A card or account that only the erased person held
 * suffices. A contact point or device of theirs suffices only while nothing in the event names somebody else for good,
 * and only for two years: a family member with a card of its own, or the next owner of the number, is not shut out.
 * Whoever has joined again is admitted with what happens from that moment on. Pure.
 */
export function wouldBringBack(occurredAt: Date, identifiers: readonly Listed[]): boolean {
  const standing = (listed: Listed) =>
    listed.entries.filter((e) => e.rejoinedAt === null || occurredAt < e.rejoinedAt);
  let weak = false;
  let somebodyElse = false;
  for (const listed of identifiers) {
    const entries = standing(listed);
    if (entries.some((e) => e.strength === "strong")) return true;
    weak ||= entries.some((e) => occurredAt.getTime() < e.erasedAt.getTime() + WEAK_LASTS);
    if (entries.length === 0 && listed.strength === "strong") somebodyElse = true;
  }
  return weak && !somebodyElse;
}

interface Suspect {
  readonly named: readonly NamedIdentifier[];
  readonly event: { readonly occurredAt: Date };
}

/**
 * Which of these events would bring back somebody erased, by their places. In a transaction (`lock`) it holds, against
 * suppressions that are being written, until the commit: an erasure begun later sees what this one stores.
 */
export async function findSuppressed(
  db: Pick<Tx, "query">,
  vault: Pick<Vault, "macVersions">,
  events: readonly Suspect[],
  lock: boolean,
): Promise<ReadonlySet<number>> {
  if (events.length === 0) return new Set();
  if (lock) await shareSuppressions(db);
  if (!(await hasSuppressions(db))) return new Set();
  const macsOf = new Map<string, string[]>();
  const keyOf = (n: NamedIdentifier) => `${spaceOf(n.kind)} ${n.biHex}`;
  for (const { named } of events) {
    for (const n of named) {
      const key = keyOf(n);
      if (!macsOf.has(key))
        macsOf.set(
          key,
          // Of people whose rows came back with a backup only the blind index is known; it stands for their identifiers.
          [...suppressionMacs(vault, n), n.bi].map((m) => m.toString("hex")),
        );
    }
  }
  const byMac = new Map<string, SuppressionRow[]>();
  for (const row of await readSuppressions(db, [...macsOf.values()].flat())) {
    const mac = row.mac.toString("hex");
    const known = byMac.get(mac);
    if (known === undefined) byMac.set(mac, [row]);
    else known.push(row);
  }
  if (byMac.size === 0) return new Set();
  const found = new Set<number>();
  events.forEach(({ named, event }, i) => {
    const listed = named.map((n) => ({
      strength: strengthOf(n),
      entries: (macsOf.get(keyOf(n)) ?? []).flatMap((mac) => byMac.get(mac) ?? []),
    }));
    if (wouldBringBack(event.occurredAt, listed)) found.add(i);
  });
  return found;
}
