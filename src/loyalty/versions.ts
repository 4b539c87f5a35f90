import type { Db, Tx } from "../db/index.ts";
import { type Clock, DAY } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { type BacktestReport, type Foretold, foretell, reportBacktest } from "./backtest.ts";
import type { PurchaseDays } from "./behaviour.ts";
import { type FittedModel, fitModel, gatherFor, meansOf, publishedModel } from "./fit-model.ts";
import type { CohortModel } from "./model.ts";
import type { PurchaseModelKind } from "./models/index.ts";
import { DEFAULT_RULES, type Rules } from "./rules.ts";
import { dayOf, modelFor, type Scoring } from "./scoring.ts";
import {
  findModel,
  insertBacktest,
  insertModel,
  insertRules,
  lockCurrent,
  readCohortMeans,
  readCohorts,
  readCurrent,
  readFeaturePage,
  readRules,
  setCurrentModel,
  setEveryoneOn,
} from "./versions.store.ts";

const PAGE = 5_000;
const DAY_MS = DAY;

export interface VersionDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface FitOutcome {
  readonly modelId: string;
  readonly model: FittedModel;
}

/** Versions of rules and models: immutable, one of each in force. */
export interface Versions {
  /** What scores now. Inside a transaction, give it: the embedded engine has one connection. */
  scoring(tx?: Pick<Tx, "query">): Promise<Scoring>;
  /** Publishes rules and makes everybody due to be scored again; answers their number. */
  publish(tx: Tx, rules: Rules, by: string): Promise<number>;
  /** Fits to the features of all members whose profiling is allowed and makes it the model that scores, unless told not to. */
  fit(
    by: string,
    options?: { readonly kind?: PurchaseModelKind; readonly keep?: boolean },
  ): Promise<FitOutcome>;
  /** Fits up to `weeks` weeks ago, foretells those weeks, compares with what came, and keeps the report with the current model. */
  backtest(weeks: number, kind?: PurchaseModelKind): Promise<{ id: string; report: BacktestReport }>;
  /** Fits anew when the current model was fitted to data and is older than `age` milliseconds. */
  refitDue(age: number): Promise<boolean>;
}

export function createVersions(deps: VersionDeps): Versions {
  const { db, clock, ids } = deps;
  let known: Scoring | null = null;

  /** Rules and a model of published figures for an installation that has none yet. */
  const begin = async (): Promise<void> => {
    await db.retryingTx(async (tx) => {
      const current = await lockCurrent(tx);
      if (current.modelId !== null) return;
      const rules = (await readRules(tx))?.rules ?? DEFAULT_RULES;
      if ((await readRules(tx)) === null) await insertRules(tx, rules, clock.now(), "candor");
      await store(tx, publishedModel(rules), "candor", true);
    });
  };
  const store = async (tx: Tx, model: FittedModel, by: string, inForce: boolean): Promise<string> => {
    const id = ids.next();
    const at = clock.now();
    const report = { fits: model.fits };
    await insertModel(
      tx,
      { id, kind: model.kind, fittedOn: dayOf(at), members: model.members, report, createdAt: at, by },
      model.cohorts,
    );
    if (inForce) await setCurrentModel(tx, id);
    return id;
  };
  const scoring: Versions["scoring"] = async (tx) => {
    const reader = tx ?? db;
    let { modelId } = await readCurrent(reader);
    if (modelId === null && tx === undefined) {
      await begin();
      modelId = (await readCurrent(db)).modelId;
    }
    const rules = await readRules(reader);
    if (modelId === null || rules === null)
      return { rulesVersion: 0, rules: DEFAULT_RULES, modelId: "", cohorts: new Map() };
    if (known?.modelId === modelId && known.rulesVersion === rules.version) return known;
    const cohorts: CohortModel[] =
      known?.modelId === modelId ? [...known.cohorts.values()] : await readCohorts(reader, modelId);
    known = {
      rulesVersion: rules.version,
      rules: rules.rules,
      modelId,
      cohorts: new Map(cohorts.map((c) => [c.cohort, c])),
    };
    return known;
  };

  /** All members' purchase days, a page at a time. */
  async function* everybody(): AsyncGenerator<{ cohort: string; purchases: PurchaseDays }> {
    for (let after: string | null = null; ; ) {
      const page = await readFeaturePage(db, after, PAGE);
      for (const f of page) yield { cohort: f.cohort, purchases: f };
      if (page.length < PAGE) return;
      after = page.at(-1)?.member_id ?? null;
    }
  }

  return {
    scoring,
    async publish(tx, rules, by) {
      await lockCurrent(tx);
      const version = await insertRules(tx, rules, clock.now(), by);
      await setEveryoneOn(tx, null);
      return version;
    },
    async fit(by, options = {}) {
      const { rules } = await scoring();
      const gathered = gatherFor(dayOf(clock.now()));
      for await (const { cohort, purchases } of everybody()) gathered.add(cohort, purchases);
      const means = meansOf(await readCohortMeans(db));
      const model = fitModel(rules, gathered, means, options.kind);
      // Pareto/NBD is fitted to be compared with; scores are made in SQL, which cannot state its P(alive).
      const inForce = options.keep !== true && model.kind !== "pareto-nbd";
      const modelId = await db.retryingTx(async (tx) => {
        await lockCurrent(tx);
        return store(tx, model, by, inForce);
      });
      return { modelId, model };
    },
    async backtest(weeks, kind) {
      const now = await scoring();
      const day = dayOf(clock.now()) - 7 * weeks;
      const gathered = gatherFor(day);
      for await (const { cohort, purchases } of everybody()) gathered.add(cohort, purchases);
      const fitted = fitModel(now.rules, gathered, new Map(), kind);
      const cohorts = new Map(fitted.cohorts.map((c) => [c.cohort, c]));
      const foretold: Foretold[] = [];
      for await (const { cohort, purchases } of everybody()) {
        const model = modelFor({ cohorts }, cohort);
        const told = model === undefined ? null : foretell(model, purchases, day, weeks);
        if (told !== null) foretold.push(told);
      }
      const report = reportBacktest(foretold, {
        fittedUntil: new Date(day * DAY_MS).toISOString().slice(0, 10),
        weeks,
      });
      const id = ids.next();
      await db.tx((tx) => insertBacktest(tx, { id, modelId: now.modelId, report, at: clock.now() }));
      return { id, report };
    },
    async refitDue(age) {
      const { modelId } = await scoring();
      const model = await findModel(db, modelId);
      if (model === null || model.members === 0) return false;
      if (clock.now().getTime() - model.createdAt.getTime() < age) return false;
      await this.fit("candor");
      return true;
    },
  };
}
