import { Readable } from "node:stream";
import { type AuditActor, auditWrites } from "../audit/index.ts";
import { type Db, planAllOnceInSnapshot } from "../db/index.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { readFeedHead, readMembersAfter } from "../members/index.ts";
import { FRESH_FOR } from "./changes.ts";
import { sealCursor, writePosition } from "./cursor.ts";
import type { OpenFeed } from "./feeds.ts";
import {
  type OpenedPage,
  openPageForLines,
  type PageDeps,
  type ProfileLine,
  readDecided,
  type VisibleMember,
} from "./page.ts";
import { decideKnownMembers } from "./steady.ts";

/** How the lines of a pull are written. */
export interface PullFormat {
  begin(about: { readonly purpose: string; readonly position: string }): string;
  line(line: ProfileLine): string;
  /** After every page: from here the pull can be resumed. */
  cursor(cursor: string): string;
  end(about: { readonly position: string; readonly members: number }): string;
}

export interface PullDeps extends PageDeps {
  readonly db: Db;
  readonly ids: Ids;
}

export interface PullAsk {
  readonly open: OpenFeed;
  /** The same feed under the rules and the registration of this moment: asked before every page. */
  readonly refresh: () => Promise<Pick<OpenFeed, "feed" | "rules">>;
  /** Where a pull that was cut goes on. */
  readonly resume: { readonly after: string; readonly position: number } | null;
  readonly format: PullFormat;
  readonly actor: AuditActor;
  readonly requestId: string;
}

/** Members a page holds at most: one snapshot, one registration, one audit entry. */
export const PAGE = 1_000;
const FIRST_PAGE = 500;
/** How long reading and opening a page should take, in milliseconds: a slow machine takes smaller ones. */
const PAGE_TAKES = 200;
/** Pages that are under way behind the one that is written: the store works on one while another is decided. */
const AHEAD = 2;
/** Before every member's id. */
const FIRST = "00000000-0000-0000-0000-000000000000";
/** Characters that are handed on at once; between two of them the age of the decisions is looked at. */
const CHUNK = 64 * 1024;

interface Page {
  /** When its snapshot was taken, on the monotonic clock, and how long it took from there to the last line. */
  readonly began: number;
  readonly took: number;
  /** How many members were asked for. */
  readonly size: number;
  /** The last member that was looked at; null when there was none left. */
  readonly last: string | null;
  readonly lines: OpenedPage;
}

const NO_LINES: OpenedPage = {
  members: [],
  line: () => {
    throw new RangeError("nobody is given in this page");
  },
};

/** A page under way. */
interface ReadPage {
  /** The last member that it looks at, known long before it is read, decided and registered. */
  readonly last: Promise<string | null>;
  readonly opened: Promise<Page>;
}

/** The feed's position now: what a pull that begins at this moment returns. */
export async function startPosition(db: Db): Promise<number> {
  return readFeedHead(db);
}

/**
 * Streams every member that may be read, page by page in the order of their ids, each page a transaction of its own.
 * A page is registered as disclosed and audited before its first byte is handed on. Lines are handed on only while
 * the decisions behind them are younger than a second: what waited longer is read and decided again.
 */
export function streamPull(deps: PullDeps, ask: PullAsk, position: number): Readable {
  const { open, format } = ask;
  const told = writePosition(open.row.epoch, position);
  const chunks = produce();
  // A high-water mark of nothing: a chunk is made when it is asked for and never waits here.
  return new Readable({
    highWaterMark: 0,
    read() {
      chunks.next().then(
        ({ value, done }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error("the pull broke off")),
      );
    },
    destroy(error, done) {
      chunks.return(undefined).then(
        () => done(error),
        () => done(error),
      );
    },
  });

  async function* produce(): AsyncGenerator<string, undefined> {
    yield format.begin({ purpose: open.key.purposeId, position: told });
    let after = ask.resume?.after ?? FIRST;
    let members = 0;
    let size = FIRST_PAGE;
    let ahead: ReadPage[] = [];
    for (;;) {
      // While a page is opened and written, the next ones are read.
      while (ahead.length <= AHEAD)
        ahead.push(readPage(deps, ask, ahead.at(-1)?.last ?? Promise.resolve(after), size));
      let read = ahead.shift() as ReadPage;
      let page = await read.opened;
      // Read ahead and overtaken by the reader's slowness, or more than this machine reads in time.
      while (isStale(page)) {
        if (page.size === 1) throw new AppError("store-unavailable");
        size = Math.max(1, Math.min(size, page.size) >> 1);
        ahead = [];
        read = readPage(deps, ask, Promise.resolve(after), size);
        page = await read.opened;
      }
      const { last } = page;
      if (last === null) break;
      // A page that was read anew after a conflict may end elsewhere than the next one was told.
      if ((await read.last) !== last) ahead = [];
      const from = performance.now();
      let text = "";
      const { members: given } = page.lines;
      for (let i = 0; i < given.length; i++) {
        text += format.line(page.lines.line(i));
        members++;
        after = (given[i] as VisibleMember).member.memberId;
        if (text.length < CHUNK) continue;
        yield text;
        text = "";
        if (isStale(page)) break;
      }
      const finished = given.length === 0 || after === given.at(-1)?.member.memberId;
      if (finished) after = last;
      else ahead = [];
      yield text + (after === FIRST ? "" : format.cursor(cursorAt(after)));
      size = nextSize(page, performance.now() - from);
    }
    yield format.end({ position: told, members });
    return undefined;
  }

  function cursorAt(after: string): string {
    return sealCursor(deps.vault, {
      recipientId: open.key.recipientId,
      purposeId: open.key.purposeId,
      epoch: open.row.epoch,
      after,
      position,
    });
  }
}

function isStale(page: Page): boolean {
  return performance.now() - page.began > FRESH_FOR;
}

/**
 * As many members as take the time that a page should, going by how long the last one took to read and open and by how
 * long its reader took; at most twice as many at once.
 */
function nextSize({ size, took }: Page, written: number): number {
  return Math.max(1, Math.min(PAGE, size * 2, Math.round((size * PAGE_TAKES) / Math.max(1, took, written))));
}

/** Reads a page after a member as soon as it is known which; null: there is nothing left. */
function readPage(deps: PullDeps, ask: PullAsk, after: Promise<string | null>, size: number): ReadPage {
  let opened: Promise<Page> | undefined;
  const last = new Promise<string | null>((resolve, reject) => {
    opened = readAndOpen(deps, ask, after, size, resolve);
    opened.catch(reject);
  });
  // Whoever waits for it sees the error; without this it would count as unhandled before.
  last.catch(() => {});
  return { last, opened: opened as Promise<Page> };
}

async function readAndOpen(
  deps: PullDeps,
  ask: PullAsk,
  after: Promise<string | null>,
  size: number,
  tellLast: (last: string | null) => void,
): Promise<Page> {
  const from = await after;
  if (from === null) {
    tellLast(null);
    return { began: performance.now(), took: 0, size, last: null, lines: NO_LINES };
  }
  const { feed, rules } = await ask.refresh();
  const began = performance.now();
  const { page, last } = await deps.db.retryingTx(async (tx) => {
    await planAllOnceInSnapshot(tx);
    const members = await readMembersAfter(tx, from, size);
    const last = members.at(-1)?.memberId ?? null;
    tellLast(last);
    const decided = await decideKnownMembers(tx, deps, rules, feed, members);
    const page = await readDecided(tx, deps, feed, decided, (visible) =>
      visible.length === 0
        ? []
        : auditWrites(deps, [
            {
              actor: ask.actor,
              action: "profiles.pulled",
              purpose: feed.purposeId,
              targets: [{ kind: "recipient", id: feed.recipient.id }],
              counts: { members: visible.length },
              requestId: ask.requestId,
            },
          ]).writes,
    );
    return { page, last };
  });
  const lines = await openPageForLines(deps, feed, page);
  return { began, took: performance.now() - began, size, last, lines };
}
