import { type AuditInput, auditWrites } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { gather } from "../kernel/gather.ts";
import type { Ids } from "../kernel/ids.ts";
import { groupMembers, readSubjectsOfMembers } from "../members/index.ts";
import { heldByAliases, readAliases } from "./feeds.store.ts";
import type { AskedFeed } from "./feeds.ts";
import {
  aliasOf,
  type DecidedPage,
  decideMembers,
  openPage,
  type PageDeps,
  type ProfileLine,
  readDecided,
} from "./page.ts";

/** One read of one member by the id under which the recipient knows it. */
export interface SingleRead extends Pick<AskedFeed, "feed" | "key" | "rules"> {
  readonly alias: string;
  /** What the audit log is told when the member is given. */
  readonly audit: AuditInput;
}

/** `gone`: known once, and not to be read any more. */
export type SingleAnswer =
  | { readonly kind: "given"; readonly line: ProfileLine }
  | { readonly kind: "gone" | "unknown" };

export interface SingleReadDeps {
  readonly db: Db;
  readonly ids: Ids;
  readonly pageDeps: () => Promise<PageDeps>;
}

/** Two groups of a feed at once: one is read while the other's commit reaches the disk. */
const LANES = 2;
const MOST = 100;

/**
 * Reads single members for recipients. Reads of one feed that come at the same time go as one page: one snapshot, one
 * registration of what is disclosed, an audit entry for each read, all committed before the first byte of any leaves.
 */
export function createSingleReads(deps: SingleReadDeps): (read: SingleRead) => Promise<SingleAnswer> {
  const feeds = new Map<string, (read: SingleRead) => Promise<SingleAnswer>>();
  return (read) => {
    const name = JSON.stringify([read.key.recipientId, read.key.purposeId, read.feed.channel]);
    let together = feeds.get(name);
    if (together === undefined) {
      together = gather({ lanes: LANES, most: MOST, work: (reads) => readTogether(deps, reads) });
      feeds.set(name, together);
    }
    return together(read);
  };
}

async function readTogether(deps: SingleReadDeps, reads: readonly SingleRead[]): Promise<SingleAnswer[]> {
  const { feed, rules } = reads.at(-1) as SingleRead;
  const pageDeps = await deps.pageDeps();
  const { page, memberOf } = await deps.db.retryingTx(async (tx) => {
    await tx.exec("set transaction isolation level repeatable read");
    return readPage(tx, deps, pageDeps, { feed, rules, reads });
  });
  const lines = new Map((await openPage(pageDeps, feed, page)).map(({ memberId, line }) => [memberId, line]));
  return reads.map(({ alias }) => {
    const memberId = memberOf.get(alias);
    if (memberId === undefined) return { kind: "unknown" };
    const line = lines.get(memberId);
    return line === undefined ? { kind: "gone" } : { kind: "given", line };
  });
}

async function readPage(
  tx: Tx,
  deps: SingleReadDeps,
  pageDeps: PageDeps,
  { feed, rules, reads }: Pick<SingleRead, "feed" | "rules"> & { readonly reads: readonly SingleRead[] },
): Promise<{ page: DecidedPage; memberOf: ReadonlyMap<string, string> }> {
  const { key } = reads[0] as SingleRead;
  const aliases = [...new Set(reads.map((r) => r.alias))];
  const members = groupMembers(await readSubjectsOfMembers(tx, heldByAliases(key, aliases)));
  const memberOf = new Map(members.map((m) => [aliasOf(pageDeps.vault, feed, m.memberId), m.memberId]));
  // Nobody, somebody who was dropped or has left, or somebody known by an id of an earlier registration.
  const strangers = await readAliases(
    tx,
    key,
    aliases.filter((alias) => !memberOf.has(alias)),
  );
  const seen = new Set(memberOf.values());
  const dropped = strangers.map((s) => s.memberId).filter((id) => !seen.has(id));
  members.push(...groupMembers(await readSubjectsOfMembers(tx, [...new Set(dropped)])));
  for (const { alias, memberId } of strangers) memberOf.set(alias, memberId);
  const decided = await decideMembers(tx, pageDeps, rules, feed, members);
  const page = await readDecided(tx, pageDeps, feed, decided, (visible) => {
    const given = new Set(visible.map((v) => v.member.memberId));
    const entries = reads.filter((r) => given.has(memberOf.get(r.alias) ?? "")).map((r) => r.audit);
    return entries.length === 0 ? [] : auditWrites({ ...pageDeps, ids: deps.ids }, entries).writes;
  });
  return { page, memberOf };
}
