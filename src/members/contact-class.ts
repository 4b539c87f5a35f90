import type { Tx } from "../db/index.ts";
import type { IdentifierClass } from "../kernel/identifier.ts";
import type { Vault } from "../vault/index.ts";
import { readSealedEvidence } from "./evidence.store.ts";
import { identifierIndexes } from "./find-members.ts";

/** The least class that still counts as verified: somebody vouched that the person controls the contact point. */
const VERIFIED: IdentifierClass = 3;

/**
 * Whether any of these subjects holds a contact point as verified. Rejects with `invalid-request` for a value that is
 * not of its kind.
 */
export async function holdsVerified(
  db: Pick<Tx, "query">,
  deps: { readonly vault: Vault; readonly regions: readonly string[] },
  subjectIds: readonly string[],
  contact: { readonly kind: "email" | "phone"; readonly value: string },
): Promise<boolean> {
  const indexes = await identifierIndexes(db, deps, contact);
  const evidence = await readSealedEvidence(db, subjectIds);
  return evidence.some((e) => e.class <= VERIFIED && indexes.some((bi) => bi.equals(e.bi)));
}
