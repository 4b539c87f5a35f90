import type { Tx } from "../src/db/index.ts";
import { type Controller, UNKNOWN_CONTROLLER } from "./controller.ts";
import type { ConsentRules } from "./decision.ts";
import { indexNotices, type Notice } from "./notices.ts";
import type { Purpose } from "./purpose.schema.ts";
import { packsAt } from "./regimes/history.ts";
import type { RegimePacks } from "./regimes/regimes.ts";
import {
  readController,
  readNotices,
  readPurposeVersions,
  readRegimeVersions,
  readSourceCategories,
} from "./registry.store.ts";
import type { ContactChannel, Locale } from "./vocabulary.ts";

/** What a category of a consent banner stands for, as it is configured for a source. */
export interface CategoryTarget {
  readonly purpose: string;
  readonly channel?: ContactChannel;
  /** The notice whose words the banner showed; without it a yes proves nothing and is not recorded. */
  readonly notice?: { readonly id: string; readonly locale: Locale };
}
export type SourceCategories = Readonly<Record<string, readonly CategoryTarget[]>>;

/** The registries as they stand: what decisions are made with. */
export interface RegistrySnapshot {
  readonly rules: ConsentRules;
  readonly notices: readonly Notice[];
  readonly controller: Controller;
  readonly sourceCategories: ReadonlyMap<string, SourceCategories>;
  /** Registries as they stood at a past moment. */
  rulesAt(at: Date): ConsentRules;
  /** The newest version of each notice that covers a purpose, by purpose id. */
  noticeFor(purposeId: string): Notice | null;
  /** The purpose in one version; null when no such version was ever applied. */
  purposeVersion(purposeId: string, version: number): Purpose | null;
  findNotice(noticeId: string, version: number): Notice | null;
}

/** Reads the registries with every version that they ever had. `packs`: the laws of today. */
export async function readSnapshot(tx: Pick<Tx, "query">, packs: RegimePacks): Promise<RegistrySnapshot> {
  const [versions, regimes, notices, controller, categories] = [
    await readPurposeVersions(tx),
    await readRegimeVersions(tx),
    await readNotices(tx),
    await readController(tx),
    await readSourceCategories(tx),
  ];
  const index = indexNotices(notices);
  const rulesAt = (at: Date | null): ConsentRules => {
    const inForce = new Map<string, Purpose>();
    for (const v of versions) {
      if (at !== null && v.appliedAt > at) break;
      if (v.definition === null) inForce.delete(v.purposeId);
      else inForce.set(v.purposeId, v.definition);
    }
    return { purposes: inForce, notices: index, regimes: at === null ? packs : packsAt(regimes, at) };
  };
  const newest = new Map<string, Notice>();
  for (const notice of [...notices].sort(
    (a, b) => +a.publishedAt - +b.publishedAt || a.version - b.version,
  )) {
    for (const purpose of notice.purposes) newest.set(purpose, notice);
  }
  return {
    rules: rulesAt(null),
    notices,
    controller: (controller?.details as Controller | undefined) ?? UNKNOWN_CONTROLLER,
    sourceCategories: new Map(categories.map((c) => [c.sourceId, c.categories as SourceCategories])),
    rulesAt,
    noticeFor: (purposeId) => newest.get(purposeId) ?? null,
    purposeVersion: (id, version) =>
      versions.find((v) => v.purposeId === id && v.version === version && v.definition !== null)
        ?.definition ?? null,
    findNotice: (id, version) => notices.find((n) => n.id === id && n.version === version) ?? null,
  };
}
