import type { ConsentRules } from "../../consent/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { HOUR, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import {
  groupMembers,
  readChangedSubjects,
  readFeedHead,
  readMemberIds,
  readSubjectsOfMembers,
  takePositions,
} from "../members/index.ts";
import {
  type FeedKey,
  insertNotices,
  letGo,
  type NoticeRow,
  type PositionedMember,
  readFeedChanges,
  readHeld,
  readNotices,
  readNoticesOf,
} from "./feeds.store.ts";
import {
  aliasOf,
  type DecidedMember,
  type DecidedPage,
  decideMembers,
  openPage,
  type PageDeps,
  type ProfileLine,
  readDecided,
} from "./page.ts";
import { type Feed, tellingRule, tombstoneReason } from "./view.ts";

/** One entry of a change feed. An upsert is the whole of a member; a tombstone says to drop it, and why. */
export type ChangeEntry =
  | ({ readonly kind: "upsert"; readonly position: number } & ProfileLine)
  | {
      readonly kind: "tombstone";
      readonly position: number;
      readonly member: string;
      readonly reason: string;
      /** The id of the member it has become part of, when that one may be read. */
      readonly mergedInto: string | null;
      /** To be named when the dropping is acknowledged. */
      readonly notice: string;
      readonly dueAt: string;
    };

/** Members whose line may have changed between two positions, each at its last one. */
export interface ChangedMembers {
  readonly at: ReadonlyMap<string, number>;
  /** Up to here everything is in it. */
  readonly upTo: number;
}

/**
 * Finds the members that changed after a position: by their subjects, by this feed's own changes, and by what was
 * told meanwhile. A member that was merged away is named by the subject whose id it had.
 */
export async function findChanged(
  tx: Tx,
  key: FeedKey,
  after: number,
  head: number,
  limit: number,
): Promise<ChangedMembers> {
  const ask = { after, upTo: head, limit };
  const subjects = await readChangedSubjects(tx, ask);
  const own = await readFeedChanges(tx, key, ask);
  const told = await readNotices(tx, key, ask);
  const positions = [...subjects, ...own, ...told].map((c) => c.position).sort((a, b) => a - b);
  const upTo =
    positions.length > limit
      ? (positions[limit - 1] as number)
      : fullUpTo([subjects, own, told], limit, head);
  const memberOf = new Map(
    (
      await readMemberIds(
        tx,
        subjects.map((s) => s.subjectId),
      )
    ).map((m) => [m.subjectId, m.memberId]),
  );
  const at = new Map<string, number>();
  const note = ({ memberId, position }: PositionedMember): void => {
    if (position <= upTo) at.set(memberId, Math.max(at.get(memberId) ?? 0, position));
  };
  for (const { subjectId, position } of subjects) {
    const memberId = memberOf.get(subjectId);
    if (memberId !== undefined) note({ memberId, position });
    if (memberId !== subjectId) note({ memberId: subjectId, position });
  }
  for (const change of [...own, ...told]) note(change);
  return { at, upTo };
}

/** A list that is as long as it may be says nothing of what follows its last entry. */
function fullUpTo(
  lists: readonly (readonly { readonly position: number }[])[],
  limit: number,
  head: number,
): number {
  return Math.min(head, ...lists.filter((l) => l.length >= limit).map((l) => l.at(-1)?.position ?? head));
}

export interface SettleDeps extends PageDeps {
  readonly ids: Ids;
}

/** The members among some that may be read now. */
export async function decideChanged(
  tx: Tx,
  deps: Pick<PageDeps, "consent">,
  rules: ConsentRules,
  feed: Feed,
  memberIds: readonly string[],
): Promise<DecidedMember[]> {
  const live = groupMembers(await readSubjectsOfMembers(tx, memberIds, { said: true }));
  return decideMembers(tx, deps, rules, feed, live);
}

/**
 * Writes, for members that are held and may no longer be, that they must be dropped. Notices get positions of their
 * own, newer than any cursor that was ever given out: a reader that is ahead of this meets them still. So only one
 * worker of a feed, holding its row, may call it, outside a snapshot. Answers the notices' positions by member.
 */
export async function dropClosed(
  tx: Tx,
  deps: SettleDeps,
  rules: ConsentRules,
  feed: Feed,
  decided: readonly DecidedMember[],
  memberIds: readonly string[],
): Promise<Map<string, number>> {
  const viewOf = new Map(decided.map((d) => [d.member.memberId, d.view]));
  const key = { recipientId: feed.recipient.id, purposeId: feed.purposeId };
  const dropped = [
    ...(await letGo(
      tx,
      key,
      memberIds.filter((id) => viewOf.get(id)?.visible !== true),
    )),
  ];
  if (dropped.length === 0) return new Map();
  const vanished = dropped.filter((id) => !viewOf.has(id));
  const into = new Map((await readMemberIds(tx, vanished)).map((m) => [m.subjectId, m.memberId]));
  const targets = await decideChanged(tx, deps, rules, feed, [...new Set(into.values())]);
  const readable = new Set(targets.flatMap((d) => (d.view.visible ? [d.member.memberId] : [])));
  const at = deps.clock.now();
  const last = await takePositions(tx, dropped.length);
  const notices = dropped.map((memberId, i) => {
    const view = viewOf.get(memberId);
    const target = into.get(memberId);
    return {
      ...key,
      noticeId: deps.ids.next(),
      memberId,
      alias: aliasOf(deps.vault, feed, memberId),
      position: last - dropped.length + 1 + i,
      reason:
        view !== undefined
          ? tombstoneReason(tellingRule(view))
          : target === undefined
            ? "erased"
            : "merged_into",
      mergedInto: target !== undefined && readable.has(target) ? aliasOf(deps.vault, feed, target) : null,
      noticedAt: at,
      dueAt: new Date(at.getTime() + feed.recipient.ackHours * HOUR),
    };
  });
  await insertNotices(tx, notices);
  return new Map(notices.map((n) => [n.memberId, n.position]));
}

export interface ChangesPage {
  readonly entries: readonly ChangeEntry[];
  /** The position from which to go on. */
  readonly upTo: number;
  readonly more: boolean;
}

/** How old a decision may be when its line leaves, with room for the answer to be written. */
export const FRESH_FOR = 0.8 * SECOND;

/**
 * Reads a page of a feed: at most `limit` changes after a position, one entry for each member, in order. Everything
 * the recipient is told here is registered before this resolves. Reading the same position again tells the same, or
 * what has become of it.
 */
export async function readChanges(
  db: Db,
  deps: SettleDeps,
  rules: ConsentRules,
  feed: Feed,
  ask: {
    readonly after: number;
    readonly limit: number;
    readonly audit: (tx: Tx, entries: number) => Promise<void>;
  },
): Promise<ChangesPage> {
  const key = { recipientId: feed.recipient.id, purposeId: feed.purposeId };
  for (let attempt = 0; ; attempt++) {
    const began = performance.now();
    const read = await db.retryingTx(async (tx) => {
      await tx.exec("set transaction isolation level repeatable read");
      const head = await readFeedHead(tx);
      if (ask.after > head) throw resync("The position lies beyond everything that was ever given out.");
      const { at, upTo } = await findChanged(tx, key, ask.after, head, ask.limit);
      const decided = await decideChanged(tx, deps, rules, feed, [...at.keys()]);
      const visible = decided.filter((d) => d.view.visible);
      const page: DecidedPage = await readDecided(tx, deps, feed, visible);
      const seen = new Set(visible.map((d) => d.member.memberId));
      const closed = [...at.keys()].filter((id) => !seen.has(id));
      const told = await readNoticesOf(tx, key, closed, { after: ask.after, upTo });
      await ask.audit(tx, seen.size + told.length);
      return { page, told, at, upTo, more: upTo < head };
    });
    const lines = await openPage(deps, feed, read.page);
    // A slow machine decides again rather than telling what may no longer hold.
    if (performance.now() - began > FRESH_FOR && attempt < 3 && lines.length > 0) continue;
    const entries: ChangeEntry[] = [
      ...lines.map(({ memberId, line }) => ({
        kind: "upsert" as const,
        position: read.at.get(memberId) as number,
        ...line,
      })),
      ...read.told.map((notice) => tombstoneOf(notice)),
    ].sort((a, b) => a.position - b.position);
    return { entries, upTo: read.upTo, more: read.more };
  }
}

export function tombstoneOf(notice: NoticeRow): ChangeEntry & { kind: "tombstone" } {
  return {
    kind: "tombstone",
    position: notice.position,
    member: notice.alias,
    reason: notice.reason,
    mergedInto: notice.mergedInto,
    notice: notice.noticeId,
    dueAt: notice.dueAt.toISOString(),
  };
}

/** 410: what the cursor names is no longer there. */
export function resync(detail: string): AppError {
  return new AppError("resync-required", {
    detail: `${detail} Pull all profiles again (GET /v1/profiles), drop what the pull does not bring, and go on from the position that it returns.`,
  });
}

/** Of some members those that the recipient holds. */
export async function heldAmong(tx: Tx, key: FeedKey, memberIds: readonly string[]): Promise<Set<string>> {
  return new Set((await readHeld(tx, key, memberIds)).map((h) => h.memberId));
}
