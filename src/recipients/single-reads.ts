import { type AuditInput, auditWrites } from "../audit/index.ts";
import { atOnce, type Db, isUnavailable, withRetries } from "../db/index.ts";
import { gather } from "../kernel/gather.ts";
import type { Ids } from "../kernel/ids.ts";
import {
  areUnchanged,
  type BulkMember,
  groupMembers,
  readSubjectsWithSets,
  type SealedPage,
} from "../members/index.ts";
import type { DataKey } from "../vault/index.ts";
import { heldByAliases, readAliases } from "./feeds.store.ts";
import type { AskedFeed } from "./feeds.ts";
import {
  aliasOf,
  type DecidedPage,
  decideMembers,
  loadKeysOf,
  openPage,
  type PageDeps,
  type ProfileLine,
  readAllowed,
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

/** Groups of a feed at once: one is read and decided, one is registered, the commit of one is on its way to the disk. */
const LANES = 3;
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
      together = gather({
        lanes: LANES,
        most: MOST,
        isEverybodys: isUnavailable,
        work: (reads) => readTogether(deps, reads),
      });
      feeds.set(name, together);
    }
    return together(read);
  };
}

async function readTogether(deps: SingleReadDeps, reads: readonly SingleRead[]): Promise<SingleAnswer[]> {
  const { feed } = reads.at(-1) as SingleRead;
  const pageDeps = await deps.pageDeps();
  const { page, keys, memberOf } = await withRetries(() => registerPage(deps, pageDeps, reads));
  const opened = await openPage(pageDeps, feed, page, keys);
  const lines = new Map(opened.map(({ memberId, line }) => [memberId, line]));
  return reads.map(({ alias }) => {
    const memberId = memberOf.get(alias);
    if (memberId === undefined) return { kind: "unknown" };
    const line = lines.get(memberId);
    return line === undefined ? { kind: "gone" } : { kind: "given", line };
  });
}

/** Members by the aliases under which they were asked for, with their statements where these came along. */
interface FoundMembers {
  readonly members: readonly BulkMember[];
  readonly attributes: SealedPage["attributes"];
  readonly memberOf: ReadonlyMap<string, string>;
}

/**
 * Reads and decides with one statement, registers with another: a transaction around them would cost as much again.
 * The second writes nothing and is done again with the first unless the members are still what they were, so that what
 * is registered holds at the moment of its commit. The keys are fetched meanwhile; nothing is opened before.
 */
async function registerPage(
  deps: SingleReadDeps,
  pageDeps: PageDeps,
  reads: readonly SingleRead[],
): Promise<{
  readonly page: DecidedPage;
  readonly keys: ReadonlyMap<string, DataKey>;
  readonly memberOf: ReadonlyMap<string, string>;
}> {
  const { db } = deps;
  const { feed, rules } = reads.at(-1) as SingleRead;
  const { members, attributes, memberOf } = await findMembers(db, pageDeps, reads);
  const decided = await decideMembers(db, pageDeps, rules, feed, members);
  const { page, writes } = await readAllowed(db, pageDeps, feed, decided, {
    attributes,
    alongside: (visible) => {
      const given = new Set(visible.map((v) => v.member.memberId));
      const entries = reads.filter((r) => given.has(memberOf.get(r.alias) ?? "")).map((r) => r.audit);
      return entries.length === 0 ? [] : auditWrites({ ...pageDeps, ids: deps.ids }, entries).writes;
    },
  });
  if (page.members.length === 0) return { page, keys: new Map(), memberOf };
  const [keys] = await Promise.all([
    loadKeysOf(pageDeps, page),
    atOnce(db, writes, { provided: areUnchanged(page.members.map((m) => m.member)) }),
  ]);
  return { page, keys, memberOf };
}

async function findMembers(
  db: Pick<Db, "query">,
  { vault }: Pick<PageDeps, "vault">,
  reads: readonly SingleRead[],
): Promise<FoundMembers> {
  const { key, feed } = reads[0] as SingleRead;
  const aliases = [...new Set(reads.map((r) => r.alias))];
  const { categories } = feed.recipient;
  const held = await readSubjectsWithSets(db, heldByAliases(key, aliases), categories);
  const members = groupMembers(held.subjects);
  const memberOf = new Map(members.map((m) => [aliasOf(vault, feed, m.memberId), m.memberId]));
  // Nobody, somebody who was dropped or has left, or somebody known by an id of an earlier registration.
  const strangers = await readAliases(
    db,
    key,
    aliases.filter((alias) => !memberOf.has(alias)),
  );
  if (strangers.length === 0) return { members, attributes: held.attributes, memberOf };
  const ids = [...new Set([...memberOf.values(), ...strangers.map((s) => s.memberId)])];
  for (const { alias, memberId } of strangers) memberOf.set(alias, memberId);
  const all = await readSubjectsWithSets(db, ids, categories);
  return { members: groupMembers(all.subjects), attributes: all.attributes, memberOf };
}
