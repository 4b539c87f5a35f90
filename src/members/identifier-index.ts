import type { Tx } from "../db/index.ts";
import { spaceOf } from "../kernel/identifier.ts";
import { AppError } from "../kernel/problems.ts";
import type { Vault } from "../vault/index.ts";
import { type IdentifierEpoch, readEpoch, readLeads } from "./identifier-index.store.ts";
import type { NamedIdentifier } from "./named.ts";

type IndexVault = Pick<Vault, "blindIndexAt" | "indexVersions" | "reloadIndexKeys" | "normaliser">;
type Spelled = Pick<NamedIdentifier, "kind" | "issuer" | "value">;

/** The key of indexes was rotated between the look at the data and the transaction: look again. */
export class StaleIndex extends Error {
  constructor() {
    super("the key of blind indexes was rotated while events were being stored");
    this.name = "StaleIndex";
  }
}

/** Refuses, in a storing transaction, what was indexed under another epoch than the data have now. */
export async function checkEpoch(tx: Pick<Tx, "query">, epoch: IdentifierEpoch): Promise<void> {
  if ((await readEpoch(tx)).version !== epoch.version) throw new StaleIndex();
}

/** Refuses to index anything by older rules of spelling than the data have: what it wrote would not be found. */
export function refuseNewerRules(epoch: IdentifierEpoch, rules: number): void {
  if (epoch.rules <= rules) return;
  throw new AppError("schema-too-new", {
    detail: `Identifiers are spelled by rules ${epoch.rules}; this Candor knows ${rules}. Start the newer version.`,
  });
}

/** The epoch of the data, with its key at hand. */
async function epochWithKeys(db: Pick<Tx, "query">, vault: IndexVault): Promise<IdentifierEpoch> {
  const epoch = await readEpoch(db);
  refuseNewerRules(epoch, vault.normaliser.version);
  if ((vault.indexVersions()[0] ?? 0) < epoch.version) await vault.reloadIndexKeys();
  return epoch;
}

async function indexesIn(
  db: Pick<Tx, "query">,
  vault: IndexVault,
  epoch: IdentifierEpoch,
  asked: readonly Spelled[],
): Promise<readonly Buffer[]> {
  const at = (version: number, { kind, issuer, value }: Spelled) =>
    vault.blindIndexAt(version, spaceOf(kind), issuer, value);
  // Before the first rotation nothing is called otherwise.
  if (epoch.version === 1) return asked.map((a) => at(1, a));
  const versions =
    epoch.complete === epoch.version
      ? [epoch.version]
      : vault.indexVersions().filter((version) => version <= epoch.version);
  const macs = asked.map((a) => versions.map((version) => at(version, a)));
  const { aliases, nodes } = await readLeads(db, macs.flat());
  return macs.map((candidates) => {
    for (const mac of candidates) {
      const hexed = mac.toString("hex");
      const alias = aliases.get(hexed);
      if (alias !== undefined) return alias;
      if (nodes.has(hexed)) return mac;
    }
    return candidates[0] as Buffer;
  });
}

/**
 * The blind index by which each identifier is called in the data, known or new. It stays the same when the key is
 * rotated: under the newer key an identifier is found by its alias; while identifiers are still being indexed anew, and in
 * data that came back from before, by the older keys, too.
 */
export async function stableIndexes(
  db: Pick<Tx, "query">,
  vault: IndexVault,
  asked: readonly Spelled[],
): Promise<readonly Buffer[]> {
  return indexesIn(db, vault, await epochWithKeys(db, vault), asked);
}

/** Calls the identifiers of many events as the data call them. Events that are called so already stay as they are. */
export async function settleIndexes<E extends { readonly named: readonly NamedIdentifier[] }>(
  db: Pick<Tx, "query">,
  vault: IndexVault,
  events: readonly E[],
): Promise<{ readonly epoch: IdentifierEpoch; readonly events: readonly E[] }> {
  const epoch = await epochWithKeys(db, vault);
  // As long as there is one key only, they were all indexed under it.
  if (epoch.version === 1 && vault.indexVersions()[0] === 1) return { epoch, events };
  const all = new Map<string, NamedIdentifier>();
  const keyOf = (n: NamedIdentifier) => `${spaceOf(n.kind)}\u0000${n.issuer}\u0000${n.value}`;
  for (const { named } of events) for (const n of named) all.set(keyOf(n), n);
  const bis = await indexesIn(db, vault, epoch, [...all.values()]);
  const biOf = new Map([...all.keys()].map((key, i) => [key, bis[i] as Buffer]));
  return {
    epoch,
    events: events.map((event) => {
      const isSettled = event.named.every((n) => biOf.get(keyOf(n))?.equals(n.bi) === true);
      if (isSettled) return event;
      const named = event.named.map((n): NamedIdentifier => {
        const bi = biOf.get(keyOf(n)) as Buffer;
        return { ...n, bi, biHex: bi.toString("hex") };
      });
      return { ...event, named };
    }),
  };
}
