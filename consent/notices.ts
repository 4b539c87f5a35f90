import { createHash } from "node:crypto";
import { canonicalJson } from "../src/kernel/canonical-json.ts";
import { LOCALES, type Locale } from "./vocabulary.ts";

/** The parts of a notice, in the order in which a person reads them. Each is one or more plain paragraphs. */
export const NOTICE_SECTIONS = [
  "controller",
  "contact",
  "dataProtectionOfficer",
  "purposes",
  "lawfulBasis",
  "legitimateInterests",
  "categories",
  "source",
  "methods",
  "recipients",
  "crossBorder",
  "retention",
  "area",
  "rights",
  "withdrawal",
  "objection",
  "complaint",
  "consequences",
  "automatedDecisions",
  "sensitive",
  "saleOrShare",
  "minors",
] as const;
export type NoticeSection = (typeof NOTICE_SECTIONS)[number];

/** The words in one language, exactly as they are shown. */
export interface NoticeText {
  readonly title: string;
  /** The sentence beside the switch or box: what the person says yes to. Empty for a notice that asks nothing. */
  readonly ask: string;
  readonly sections: Readonly<Partial<Record<NoticeSection, string>>>;
}

/** One version of a notice in all its languages. Never changed once published. */
export interface Notice {
  readonly id: string;
  readonly version: number;
  /** Ids of the purposes that it explains. */
  readonly purposes: readonly string[];
  /** Whether people agreed to less than this version says: older consents become stale. */
  readonly material: boolean;
  readonly publishedAt: Date;
  readonly texts: Readonly<Partial<Record<Locale, NoticeText>>>;
}

/**
 * SHA-256 (hex) over the canonical form of one language of a notice: id, version, locale and every word. Unicode
 * is brought to NFC and line ends to LF first, so that the same words always have the same hash.
 */
export function noticeSha256(
  notice: Pick<Notice, "id" | "version">,
  locale: Locale,
  text: NoticeText,
): string {
  return createHash("sha256")
    .update(noticeCanonicalForm(notice, locale, text))
    .digest("hex");
}

/** The exact bytes that are hashed, as text: what an auditor recomputes. */
export function noticeCanonicalForm(
  notice: Pick<Notice, "id" | "version">,
  locale: Locale,
  text: NoticeText,
): string {
  const sections = Object.fromEntries(
    NOTICE_SECTIONS.flatMap((key) => {
      const words = text.sections[key];
      return words === undefined ? [] : [[key, normaliseWords(words)]];
    }),
  );
  return canonicalJson({
    ask: normaliseWords(text.ask),
    format: "candor-notice/1",
    id: notice.id,
    locale,
    sections,
    title: normaliseWords(text.title),
    version: notice.version,
  });
}

function normaliseWords(text: string): string {
  return text.normalize("NFC").replaceAll("\r\n", "\n").replaceAll("\r", "\n").trim();
}

/** The hashes of every language that a notice has. */
export function noticeHashes(notice: Notice): Readonly<Partial<Record<Locale, string>>> {
  return Object.fromEntries(
    LOCALES.flatMap((locale) => {
      const text = notice.texts[locale];
      return text === undefined ? [] : [[locale, noticeSha256(notice, locale, text)]];
    }),
  );
}

/** Published notices, arranged for asking whether a consent is stale. */
export interface NoticeIndex {
  /** Material versions by notice id, ascending by version. */
  readonly materialById: ReadonlyMap<string, readonly MaterialVersion[]>;
  readonly materialByPurpose: ReadonlyMap<string, readonly MaterialVersion[]>;
}
interface MaterialVersion {
  readonly version: number;
  readonly publishedAt: number;
}

/** Arranges published notices; later versions that change nothing material make nothing stale. */
export function indexNotices(notices: readonly Notice[]): NoticeIndex {
  const materialById = new Map<string, MaterialVersion[]>();
  const materialByPurpose = new Map<string, MaterialVersion[]>();
  for (const notice of [...notices].sort((a, b) => a.version - b.version)) {
    if (!notice.material) continue;
    const entry = { version: notice.version, publishedAt: notice.publishedAt.getTime() };
    append(materialById, notice.id, entry);
    for (const purpose of notice.purposes) append(materialByPurpose, purpose, entry);
  }
  return { materialById, materialByPurpose };
}

function append(map: Map<string, MaterialVersion[]>, key: string, entry: MaterialVersion): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

/**
 * The material version that makes a consent stale at a moment, or null. A consent that names no notice (an import
 * with evidence) is stale once any material notice of its purpose was published after it.
 */
export function staleBecauseOf(
  index: NoticeIndex,
  consent: {
    readonly notice: { readonly id: string; readonly version: number } | null;
    readonly purposeId: string;
    readonly at: number;
  },
  now: number,
): number | null {
  if (consent.notice !== null) {
    const { id, version } = consent.notice;
    for (const newer of index.materialById.get(id) ?? []) {
      if (newer.version > version && newer.publishedAt <= now) return newer.version;
    }
    return null;
  }
  for (const newer of index.materialByPurpose.get(consent.purposeId) ?? []) {
    if (newer.publishedAt > consent.at && newer.publishedAt <= now) return newer.version;
  }
  return null;
}
