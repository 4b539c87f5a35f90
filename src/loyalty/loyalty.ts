import type { Consent, Standing } from "../../consent/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { LOCALES } from "../i18n/index.ts";
import { startTicker, type Ticker } from "../jobs/index.ts";
import { type Clock, DAY, HOUR, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Route } from "../kernel/route.ts";
import {
  type createCoarseReader,
  createDeferral,
  type Deferral,
  followChanges,
  groupMembers,
  PROFILING,
  readSubjectsOfMembers,
} from "../members/index.ts";
import { readCohortNames, readPublishedPage, readScoredPage } from "./everyone.store.ts";
import { showLevel } from "./level.ts";
import { refreshMembers } from "./rescore.ts";
import { loyaltyRoutes } from "./routes.ts";
import { readScores, scoreCohorts } from "./score.store.ts";
import { MICRO } from "./score.ts";
import { dayOf, modelFor, type Scoring, subjectsAllowing } from "./scoring.ts";
import { settleLevels } from "./settle-levels.ts";
import { readTiers } from "./tiers.store.ts";
import { lockCurrent, readCurrent, setEveryoneOn } from "./versions.store.ts";
import { createVersions, type Versions } from "./versions.ts";

const PAGE = 500;
const FOLLOW_EVERY = SECOND / 2;
const SWEEP_EVERY = HOUR / 4;
/** A fitted model is fitted anew after so long. */
const REFIT_AFTER = 30 * DAY;

export interface LoyaltyDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly consent: Consent;
  readonly coarse: ReturnType<typeof createCoarseReader>;
  /** Whether events wait to be stored here, so that what follows from them had better wait too. */
  readonly isBusy?: () => boolean;
}

/** A member's level as other rooms may use it: what segments ask, and what is shown on a profile. */
export interface LevelView {
  readonly condition: string | null;
  readonly tiers: Readonly<Record<string, string>>;
  readonly score: number | null;
  readonly behaviour: number | null;
  readonly attitude: number | null;
  readonly pAlive: number | null;
}

export interface Loyalty {
  readonly routes: readonly Route[];
  readonly versions: Versions;
  /** Levels of some members, of those that have one. Whoever shows them decides whether the purpose allows it. */
  readLevels(tx: Pick<Tx, "query">, memberIds: readonly string[]): Promise<Map<string, LevelView>>;
  /** For the package that a person is given: the level with its sum and its explanation, in every language. */
  exportRows(subjectIds: readonly string[]): Promise<Readonly<Record<string, unknown>>[]>;
  /** Works what changed since the last call; answers how many members it looked at. */
  follow(): Promise<number>;
  /** Scores everybody anew when that is due today; answers how many members changed level, or null when it was not due. */
  everyone(options?: { readonly force?: boolean }): Promise<number | null>;
  startWorkers(): Ticker[];
}

/** Wires the room of loyalty: models, scores, tiers, and what is told of them. */
export function createLoyalty(deps: LoyaltyDeps): Loyalty {
  const { db, clock, consent } = deps;
  const versions = createVersions(deps);

  const follow = async (defer?: Deferral): Promise<number> => {
    let rules = await consent.rules();
    let scoring = await versions.scoring();
    return followChanges(
      db,
      "loyalty",
      async (tx, { members, gone }) => void (await refreshMembers(tx, deps, rules, scoring, members, gone)),
      {
        batch: PAGE,
        ...(defer === undefined ? {} : { defer }),
        before: async () => {
          rules = await consent.rules();
          scoring = await versions.scoring();
        },
      },
    );
  };

  /** Members whose consent ran out by time alone, and members on the published rule: page by page, each a transaction. */
  const recheck = async (scoring: Scoring): Promise<void> => {
    for (let after: string | null = null; ; ) {
      const rules = await consent.rules();
      const page = await readScoredPage(db, after, PAGE);
      await db.retryingTx(async (tx) => {
        const members = groupMembers(await readSubjectsOfMembers(tx, page));
        const standings = await consent.standings(tx, members);
        // Where only some accounts allow it, which of them they are may have changed.
        const ended = members.flatMap(({ memberId, subjects }) =>
          subjectsAllowing(rules, standings.get(memberId) as Standing, PROFILING).size < subjects.length
            ? [memberId]
            : [],
        );
        if (ended.length > 0) await refreshMembers(tx, deps, rules, scoring, ended);
      });
      if (page.length < PAGE) break;
      after = page.at(-1) ?? null;
    }
    for (let after: string | null = null; ; ) {
      const rules = await consent.rules();
      const page = await readPublishedPage(db, after, PAGE);
      if (page.length > 0) await db.retryingTx((tx) => refreshMembers(tx, deps, rules, scoring, page));
      if (page.length < PAGE) break;
      after = page.at(-1) ?? null;
    }
  };

  const everyone: Loyalty["everyone"] = async (options = {}) => {
    const today = dayOf(clock.now());
    if (options.force !== true && ((await readCurrent(db)).everyoneOn ?? 0) >= today) return null;
    const scoring = await versions.scoring();
    await recheck(scoring);
    return db.retryingTx(async (tx) => {
      // One process scores everybody; the others find it done.
      const current = await lockCurrent(tx);
      if (current.modelId !== scoring.modelId) return 0;
      if (options.force !== true && (current.everyoneOn ?? 0) >= today) return 0;
      const groups = new Map<Scoring["cohorts"] extends ReadonlyMap<string, infer M> ? M : never, string[]>();
      for (const name of await readCohortNames(tx)) {
        const model = modelFor(scoring, name);
        if (model === undefined) continue;
        const known = groups.get(model);
        if (known === undefined) groups.set(model, [name]);
        else known.push(name);
      }
      const everybody = [...groups].map(([cohort, cohorts]) => ({ cohort, cohorts, memberIds: null }));
      const changed = await scoreCohorts(tx, { ...scoring, at: clock.now() }, everybody);
      const moved = await settleLevels(tx, deps, scoring, changed, null);
      await setEveryoneOn(tx, today);
      return moved;
    });
  };

  const readLevels: Loyalty["readLevels"] = async (tx, memberIds) => {
    const levels = new Map<string, LevelView>();
    const tiers = new Map<string, Record<string, string>>();
    for (const { memberId, structure, state } of await readTiers(tx, memberIds)) {
      const own = tiers.get(memberId) ?? {};
      tiers.set(memberId, own);
      own[structure] = state.tier;
    }
    const scores = new Map((await readScores(tx, memberIds)).map((s) => [s.memberId, s]));
    for (const id of new Set([...tiers.keys(), ...scores.keys()])) {
      const s = scores.get(id);
      levels.set(id, {
        condition: s?.condition ?? null,
        tiers: tiers.get(id) ?? {},
        score: s?.scoreMicro == null ? null : s.scoreMicro / MICRO,
        behaviour: s?.b ?? null,
        attitude: s?.a ?? null,
        pAlive: s?.alive ?? null,
      });
    }
    return levels;
  };

  return {
    routes: loyaltyRoutes({ ...deps, versions, everyone }),
    versions,
    readLevels,
    async exportRows(subjectIds) {
      const scoring = await versions.scoring();
      const today = dayOf(clock.now());
      const rules = await consent.rules();
      const scored = (await readScores(db, subjectIds)).map((s) => s.memberId);
      const members = groupMembers(await readSubjectsOfMembers(db, scored));
      const standings = await consent.standings(db, members);
      const told: Readonly<Record<string, unknown>>[] = [];
      for (const { memberId, subjects } of members) {
        const open = subjectsAllowing(rules, standings.get(memberId) as Standing, PROFILING);
        const leftOut = subjects.length - open.size;
        const ask = { memberId, allowed: true, tiers: true, leftOut, today };
        const words: Record<string, unknown> = {};
        for (const locale of LOCALES)
          words[`explanation_${locale}`] = (await showLevel(db, scoring, { ...ask, locale })).explanation;
        const level = await showLevel(db, scoring, { ...ask, locale: "en" });
        const { memberId: _id, explanation: _e, decisions: _d, history: _h, tiers: _t, ...rest } = level;
        told.push({ ...rest, ...words });
      }
      return told;
    },
    follow: () => follow(),
    everyone,
    startWorkers() {
      const defer = createDeferral({ clock, isBusy: deps.isBusy ?? (() => false) });
      return [
        startTicker({
          name: "loyalty",
          everyMs: FOLLOW_EVERY,
          log: deps.log,
          work: async () => void (await follow(defer)),
        }),
        startTicker({
          name: "loyalty-everyone",
          everyMs: SWEEP_EVERY,
          log: deps.log,
          work: async () => {
            await versions.refitDue(REFIT_AFTER);
            await everyone();
          },
        }),
      ];
    },
  };
}
