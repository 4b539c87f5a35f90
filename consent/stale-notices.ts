import { lintNotice } from "./notice-lint.ts";
import type { Notice } from "./notices.ts";
import type { Purpose } from "./purpose.schema.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";

/** A purpose whose words no longer fit what is done. */
export interface StaleNotice {
  readonly purposeId: string;
  /** The newest notice of the purpose; null when there is none. */
  readonly notice: Pick<Notice, "id" | "version" | "publishedAt"> | null;
  readonly reason: "no-notice" | "purpose-changed" | "lacks-something";
  /** How many errors the linter finds in it now. */
  readonly errors: number;
}

/**
 * The purposes that nobody is told about rightly: without a notice, changed since its newest notice was published, or
 * with a notice in which the linter finds errors. Looked at are those in force, or those that somebody is about to
 * apply. By purpose id.
 */
export function staleNotices(
  snapshot: Pick<RegistrySnapshot, "rules" | "rulesAt" | "noticeFor">,
  purposes: readonly Purpose[] = [...snapshot.rules.purposes.values()],
): StaleNotice[] {
  return [...purposes]
    .flatMap((purpose): StaleNotice[] => {
      const newest = snapshot.noticeFor(purpose.id);
      if (newest === null) return [{ purposeId: purpose.id, notice: null, reason: "no-notice", errors: 0 }];
      const { id, version, publishedAt } = newest;
      const told = snapshot.rulesAt(publishedAt).purposes.get(purpose.id);
      const errors = lintNotice(newest, purposes, snapshot.rules.regimes).filter(
        (f) => f.severity === "error",
      ).length;
      const found = { purposeId: purpose.id, notice: { id, version, publishedAt }, errors };
      // A notice may be published before its purpose is applied: then it tells of what was to come.
      if (told !== undefined && told.version !== purpose.version)
        return [{ ...found, reason: "purpose-changed" }];
      return errors > 0 ? [{ ...found, reason: "lacks-something" }] : [];
    })
    .sort((a, b) => (a.purposeId < b.purposeId ? -1 : 1));
}
