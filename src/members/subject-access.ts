import type { Tx } from "../db/index.ts";
import { classOf, type Identifier } from "../kernel/identifier.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { readSealedAnchors } from "./evidence.store.ts";
import { lockLiveSubjects, readSubjects } from "./subjects.store.ts";

/** A subject that may be written to: its key, and the member it belongs to now. */
export interface OpenSubject {
  readonly memberId: string;
  readonly key: DataKey;
}

/**
 * Locks subjects until the transaction ends and gives the keys under which their cells are sealed. Those that are being
 * erased, are gone, or whose key is destroyed are missing: nothing may be sealed for them any more.
 */
export async function lockSubjects(
  tx: Tx,
  vault: Pick<Vault, "loadKeys">,
  subjectIds: readonly string[],
): Promise<Map<string, OpenSubject>> {
  const subjects = await lockLiveSubjects(tx, subjectIds);
  const keys = await vault.loadKeys(subjects.map((s) => s.keyId));
  return new Map(
    subjects.flatMap((s) => {
      const key = keys.get(s.keyId);
      return key === undefined ? [] : [[s.subjectId, { memberId: s.memberId, key }] as const];
    }),
  );
}

/**
 * The identifier that anchors each subject, opened: an event that names it alone is that subject's. Subjects that are
 * gone, or whose key is destroyed, are missing.
 */
export async function openAnchors(
  db: Pick<Tx, "query">,
  vault: Pick<Vault, "loadKeys" | "open">,
  subjectIds: readonly string[],
): Promise<Map<string, Identifier>> {
  const subjects = await readSubjects(db, [...new Set(subjectIds)]);
  const keys = await vault.loadKeys(subjects.map((s) => s.keyId));
  const anchors = await readSealedAnchors(
    db,
    subjects.map((s) => s.subjectId),
  );
  return new Map(
    subjects.flatMap((s) => {
      const key = keys.get(s.keyId);
      const anchor = anchors.get(s.subjectId);
      if (key === undefined || anchor === undefined) return [];
      const place = {
        table: "evidence",
        column: "cell",
        recordId: `${s.subjectId}/${anchor.bi.toString("hex")}`,
        category: "identity",
      };
      const value = vault.open(key, place, anchor.cell).toString("utf8");
      return [
        [
          s.subjectId,
          {
            kind: anchor.kind,
            issuer: anchor.issuer,
            value,
            verified: anchor.class < classOf(anchor.kind, false),
          },
        ] as const,
      ];
    }),
  );
}
