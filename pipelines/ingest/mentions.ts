import type { Db, Tx } from "../../src/db/index.ts";
import type { Vault } from "../../src/vault/index.ts";
import { dropItems, readFilled } from "./quarantine.store.ts";
import { openItems } from "./replay.ts";

/** A quarantined item in which one of the texts asked for stands. */
export interface Mention {
  readonly id: string;
  readonly receivedAt: Date;
  readonly code: string;
  readonly raw: unknown;
  readonly texts: readonly string[];
}

const PAGE = 500;

/** Everything that an item says, in lower case, with spaces taken out of what looks like a number. */
function wordsOf(raw: unknown): string {
  const text = (typeof raw === "string" ? raw : JSON.stringify(raw)).toLowerCase();
  return `${text} ${text.replace(/(?<=\d)[ ()-]+(?=\d)/g, "")}`;
}

/** What a text may be written as: a number also without its plus sign and country code. */
function spellings(text: string): string[] {
  return /^\+\d{9,15}$/.test(text) ? [text.slice(1), text.slice(-8)] : [text];
}

/**
 * Finds quarantined items that mention one of these texts (lower case) by opening every item that still holds
 * something: nothing in quarantine is indexed, because nobody knows yet what it is.
 */
export async function findMentions(
  deps: { readonly db: Db; readonly vault: Vault },
  texts: readonly string[],
): Promise<Mention[]> {
  if (texts.length === 0) return [];
  const wanted = [...new Set(texts)].map((text) => ({ text, spellings: spellings(text) }));
  const found: Mention[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await readFilled(deps.db, after, PAGE);
    const opened = await openItems(deps, page);
    for (const q of page) {
      const item = opened.get(q.quarantineId);
      if (item === undefined) continue;
      const words = wordsOf(item.raw);
      const named = wanted.filter((w) => w.spellings.some((s) => words.includes(s))).map((w) => w.text);
      if (named.length > 0)
        found.push({
          id: q.quarantineId,
          receivedAt: q.receivedAt,
          code: q.code,
          raw: item.raw,
          texts: named,
        });
    }
    if (page.length < PAGE) return found;
    after = page.at(-1)?.quarantineId ?? null;
  }
}

/** Quarantine as an erasure and an export search it. */
export function quarantineSearch(deps: { readonly db: Db; readonly vault: Vault }) {
  return {
    mentioning: (texts: readonly string[]) => findMentions(deps, texts),
    drop: (tx: Tx, ids: readonly string[]) => dropItems(tx, ids),
  };
}
