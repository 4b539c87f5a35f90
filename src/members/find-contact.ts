import type { Tx } from "../db/index.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { readSealedEvidence } from "./evidence.store.ts";
import { readSubjects } from "./subjects.store.ts";

/**
 * The address of a kind by which a subject is known best (verified before typed, newest first), with the key under
 * which a message to it may be sealed; null when it has none. The caller has decided that the person may be written to.
 */
export async function findContact(
  tx: Pick<Tx, "query">,
  vault: Vault,
  subjectId: string,
  kind: "email" | "phone" | "line_user_id" | "wechat_openid",
): Promise<{ readonly address: string; readonly key: DataKey } | null> {
  const [subject] = await readSubjects(tx, [subjectId]);
  if (subject === undefined) return null;
  const key = (await vault.loadKeys([subject.keyId])).get(subject.keyId);
  if (key === undefined) return null;
  const [best] = (await readSealedEvidence(tx, [subjectId]))
    .filter((e) => e.kind === kind)
    .sort((a, b) => a.class - b.class || (a.lastMonth < b.lastMonth ? 1 : -1));
  if (best === undefined) return null;
  const place = {
    table: "evidence",
    column: "cell",
    recordId: `${subjectId}/${best.bi.toString("hex")}`,
    category: "identity",
  };
  return { address: vault.open(key, place, best.cell).toString("utf8"), key };
}
