import { createHash } from "node:crypto";
import type { Tx } from "../db/index.ts";
import type { Vault } from "../vault/index.ts";
import { readSealedOfKind } from "./evidence.store.ts";
import { readSubjects } from "./subjects.store.ts";

const PAGE = 2_000;

/**
 * Finds the members that hold an identifier whose plain digest somebody names (lower-case hex over the normalised
 * value). Such a digest has no key, so no index of ours knows it: every sealed value of the kind is opened, hashed and
 * compared in memory, and nothing of it is kept. About 20 µs a value.
 */
export async function findByDigest(
  db: Pick<Tx, "query">,
  vault: Vault,
  ask: { readonly kind: string; readonly algorithm: "md5" | "sha1" | "sha256"; readonly digest: string },
): Promise<string[]> {
  const wanted = ask.digest.toLowerCase();
  const found = new Set<string>();
  let after: { subjectId: string; bi: Buffer } | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof readSealedOfKind>> = await readSealedOfKind(
      db,
      ask.kind,
      after,
      PAGE,
    );
    const subjects = new Map(
      (await readSubjects(db, [...new Set(page.map((e) => e.subjectId))])).map((s) => [s.subjectId, s]),
    );
    const keys = await vault.loadKeys([...new Set([...subjects.values()].map((s) => s.keyId))]);
    for (const e of page) {
      const subject = subjects.get(e.subjectId);
      const key = subject === undefined ? undefined : keys.get(subject.keyId);
      if (subject === undefined || key === undefined) continue;
      const place = {
        table: "evidence",
        column: "cell",
        recordId: `${e.subjectId}/${e.bi.toString("hex")}`,
        category: "identity",
      };
      const value = vault.open(key, place, e.cell);
      if (createHash(ask.algorithm).update(value).digest("hex") === wanted) found.add(subject.memberId);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return [...found].sort();
    after = { subjectId: last.subjectId, bi: last.bi };
  }
}
