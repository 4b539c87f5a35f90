import type { Consent, ConsentRules, Standing } from "../../consent/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { startTicker, type Ticker } from "../jobs/index.ts";
import { type Clock, DAY, HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Route } from "../kernel/route.ts";
import {
  type createCoarseReader,
  createDeferral,
  type Deferral,
  followChanges,
  groupMembers,
  readSubjectsOfMembers,
  stageChanges,
} from "../members/index.ts";
import { type FactDeps, type LevelFact, mayAsk, refreshFacts } from "./facts.ts";
import { segmentRoutes } from "./routes.ts";
import { isTimeBound } from "./rule.ts";
import {
  evaluateSegment,
  findSegment,
  forgetMembers,
  readActiveSegments,
  readSegmentMembers,
  readSegmentsOf,
  readStaleFacts,
  type SegmentRow,
} from "./segments.store.ts";

const BATCH = 500;
const FOLLOW_EVERY = SECOND / 2;
/** Facts are written anew daily, for consents that expire and ages that pass. */
const FACTS_LAST = DAY;
/** How many members one staging of changes names. */
const STAGED = 1_000;

export interface SegmentsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly consent: Consent;
  readonly coarse: ReturnType<typeof createCoarseReader>;
  /** Whether events wait to be stored here, so that what follows from them had better wait too. */
  readonly isBusy?: () => boolean;
  /** Loyalty of some members, where it is worked out. */
  readonly readLevels?: (tx: Tx, memberIds: readonly string[]) => Promise<ReadonlyMap<string, LevelFact>>;
}

/** A page of a segment: only members whom its purpose allows at this very moment. */
export interface SegmentPage {
  readonly memberIds: readonly string[];
  /** Where the next page goes on; null at the end. */
  readonly next: string | null;
}

export interface Segments {
  readonly routes: readonly Route[];
  /** The segment by that id, or null when there is none or it has ended. */
  find(tx: Pick<Tx, "query">, id: string): Promise<SegmentRow | null>;
  /**
   * Reads the members of a segment page by page, in the order of their ids, at most `limit` at a time. Consent is
   * decided anew for each: a page may hold fewer. `rules` come from `consent.rules()`, read before the transaction.
   */
  page(
    tx: Pick<Tx, "query">,
    rules: ConsentRules,
    ask: { readonly segmentId: string; readonly after: string | null; readonly limit: number },
  ): Promise<SegmentPage>;
  /** The names of the segments of a purpose that members are in, by member. */
  segmentsOf(
    tx: Pick<Tx, "query">,
    memberIds: readonly string[],
    purposeId: string,
  ): Promise<Map<string, string[]>>;
  /** Works what changed since the last call; answers how many members it looked at. */
  follow(): Promise<number>;
  /** Looks again at what time alone may have changed; answers how many members came in or left. */
  sweep(): Promise<number>;
  startWorkers(): Ticker[];
}

/** Wires the room of segments: rules over plain facts, with membership kept up to date behind every change. */
export function createSegments(deps: SegmentsDeps): Segments {
  const { db, clock, ids, consent } = deps;
  const factDeps: FactDeps = {
    consent,
    readCoarse: deps.coarse.read,
    readLevels: deps.readLevels ?? (async () => new Map()),
  };

  const note = async (tx: Tx, changed: ReadonlySet<string>): Promise<void> => {
    const all = [...changed];
    for (let i = 0; i < all.length; i += STAGED)
      await stageChanges(tx, { clock, ids }, "segment.changed", all.slice(i, i + STAGED));
  };
  const evaluate = async (
    tx: Tx,
    memberIds: readonly string[] | null,
    only?: SegmentRow,
  ): Promise<number> => {
    const at = clock.now();
    const changed = new Set<string>();
    for (const segment of only === undefined ? await readActiveSegments(tx) : [only])
      for (const id of await evaluateSegment(tx, segment, memberIds, at)) changed.add(id);
    await note(tx, changed);
    return changed.size;
  };
  const refresh = async (tx: Tx, rules: ConsentRules, memberIds: readonly string[]): Promise<number> => {
    await refreshFacts(tx, factDeps, rules, memberIds, clock.now());
    return evaluate(tx, memberIds);
  };

  /** Of some members those about whom a segment may ask at this moment. */
  const allowedAmong = async (
    tx: Pick<Tx, "query">,
    rules: ConsentRules,
    memberIds: readonly string[],
    segment: Pick<SegmentRow, "purposeId" | "rule">,
  ): Promise<string[]> => {
    const members = groupMembers(await readSubjectsOfMembers(tx, memberIds, { said: true }));
    const standings = await consent.standings(tx, members);
    return members
      .map((m) => m.memberId)
      .filter((id) => mayAsk(rules, standings.get(id) as Standing, segment));
  };

  const follow = async (defer?: Deferral): Promise<number> => {
    let rules = await consent.rules();
    return followChanges(
      db,
      "segments",
      async (tx, { members, gone }) => {
        await forgetMembers(tx, gone);
        await refresh(tx, rules, members);
      },
      {
        batch: BATCH,
        ...(defer === undefined ? {} : { defer }),
        before: async () => {
          rules = await consent.rules();
          await deps.coarse.refresh();
        },
      },
    );
  };

  const sweep = async (): Promise<number> => {
    let changed = 0;
    const now = clock.now();
    for (;;) {
      const rules = await consent.rules();
      await deps.coarse.refresh();
      const stale = await readStaleFacts(db, new Date(now.getTime() - FACTS_LAST), BATCH);
      if (stale.length === 0) break;
      changed += await db.retryingTx((tx) => refresh(tx, rules, stale));
    }
    for (const segment of await readActiveSegments(db)) {
      const last = segment.evaluatedAt?.getTime() ?? 0;
      if (segment.evaluatedAt !== null && (!isTimeBound(segment.rule) || now.getTime() - last < HOUR))
        continue;
      changed += await db.retryingTx((tx) => evaluate(tx, null, segment));
    }
    return changed;
  };

  return {
    routes: segmentRoutes({
      db,
      clock,
      ids,
      consent,
      evaluate: (tx, row) => evaluate(tx, null, row),
      note,
      allowedAmong,
    }),
    async find(tx, id) {
      const row = await findSegment(tx, id);
      return row?.state === "active" ? row : null;
    },
    async page(tx, rules, ask) {
      const segment = await findSegment(tx, ask.segmentId);
      if (segment?.state !== "active") return { memberIds: [], next: null };
      const rowsOfPage = await readSegmentMembers(tx, ask.segmentId, ask);
      return {
        memberIds: await allowedAmong(
          tx,
          rules,
          rowsOfPage.map((r) => r.memberId),
          segment,
        ),
        next: rowsOfPage.length < ask.limit ? null : (rowsOfPage.at(-1)?.memberId ?? null),
      };
    },
    async segmentsOf(tx, memberIds, purposeId) {
      const found = new Map<string, string[]>();
      for (const row of await readSegmentsOf(tx, memberIds)) {
        if (row.purposeId !== purposeId) continue;
        const names = found.get(row.memberId);
        if (names === undefined) found.set(row.memberId, [row.name]);
        else names.push(row.name);
      }
      return found;
    },
    follow: () => follow(),
    sweep,
    startWorkers() {
      const defer = createDeferral({ clock, isBusy: deps.isBusy ?? (() => false) });
      return [
        startTicker({
          name: "segments",
          everyMs: FOLLOW_EVERY,
          log: deps.log,
          work: async () => void (await follow(defer)),
        }),
        startTicker({
          name: "segment-sweep",
          everyMs: MINUTE,
          log: deps.log,
          work: async () => void (await sweep()),
        }),
      ];
    },
  };
}
