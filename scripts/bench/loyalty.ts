/**
 * Measures the loyalty models and scores: `node --import tsx scripts/bench/loyalty.ts [members of the re-score] [members
 * of the fit]`, on the PostgreSQL that CANDOR_BENCH_DATABASE_URL names (it makes a database of its own and removes it).
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { migrateStore } from "../../src/app/index.ts";
import { type Db, openPostgres, sql, type Tx } from "../../src/db/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { uuidIds } from "../../src/kernel/ids.ts";
import { freezeRanks, rateOf } from "../../src/loyalty/behaviour.ts";
import { gatherFor, publishedModel } from "../../src/loyalty/fit-model.ts";
import { expectedSpend, fitPurchases, summarise } from "../../src/loyalty/models/index.ts";
import { DEFAULT_RULES } from "../../src/loyalty/rules.ts";
import { scoreCohort, scoreCohorts } from "../../src/loyalty/score.store.ts";
import { dayOf, type Scoring } from "../../src/loyalty/scoring.ts";
import { settleLevels } from "../../src/loyalty/settle-levels.ts";
import { insertModel, readFeaturePage } from "../../src/loyalty/versions.store.ts";
import { say } from "./report.ts";

const [rescored = 100_000, fitted = 1_000_000] = process.argv.slice(2).map(Number);

/** Uniform numbers in (0, 1) from a seed: the same members at every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 4_294_967_296;
  };
}

async function timed<T>(work: () => Promise<T> | T): Promise<[ms: number, result: T]> {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
}

/** Two years of members who buy at rates that differ and stop at times that differ. */
function* histories(members: number) {
  const random = seeded(5);
  for (let i = 0; i < members; i++) {
    const days = 30 + Math.floor(random() * 700);
    const rate = -Math.log(random()) * 0.03;
    const until = random() < 0.5 ? days : Math.floor(days * random());
    let [x, last] = [0, 0];
    for (let at = -Math.log(random()) / rate; at <= until; at += -Math.log(random()) / rate) {
      const day = Math.floor(at);
      if (day > last) {
        x++;
        last = day;
      }
    }
    yield { x, tx: last / 7, t: days / 7 };
  }
}

async function measureFit(): Promise<void> {
  const [grouping, data] = await timed(() => summarise(histories(fitted)));
  const [ms, fit] = await timed(() => fitPurchases("mbg-nbd", data));
  say(
    `Fit of MBG/NBD to ${fitted.toLocaleString("en-US")} members (${data.groups.toLocaleString("en-US")} distinct histories): ` +
      `${(ms / 1_000).toFixed(2)} s (making and grouping them ${(grouping / 1_000).toFixed(2)} s), ${fit.kind}` +
      `${fit.kind === "fitted" ? `, ${fit.iterations} iterations, ${fit.startsAgreeing} of ${fit.starts} starts agree` : ""}.`,
  );
}

async function fill(db: Db, members: number): Promise<void> {
  const today = dayOf(systemClock.now());
  await db.query(sql`
    insert into loyalty_feature (member_id, cohort, currency, unit, days, amounts, x, first_day, last_day, repeat_minor, refreshed_at)
    select md5(i::text)::uuid, '2026Q' || (1 + i % 3) || '|TWD', 'TWD', 100, d.days, d.amounts, cardinality(d.days) - 1, d.days[1],
      d.days[cardinality(d.days)], (select coalesce(sum(v), 0) from unnest(d.amounts[2:]) v), now()
    from generate_series(1, ${members}) i
    cross join lateral (
      select array_agg(day order by day) as days, array_agg(1000 + (hashint4(i + day) & 65535)::bigint order by day) as amounts
      from (select distinct ${today}::int - 30 - (hashint4(i * 31 + k) & 511) as day from generate_series(0, (hashint4(i) & 7)) k) u
    ) d`);
  await db.query(sql`
    insert into loyalty_answer (member_id, event_id, kind, relational, y, answered_at)
    select md5(i::text)::uuid, gen_random_uuid(), (array['nps','csat','ces'])[1 + k % 3], k % 2 = 0,
      (hashint4(i + k * 7) & 7) / 7.0, now() - (hashint4(i * k) & 255) * interval '1 day'
    from generate_series(1, ${members}) i, generate_series(1, 2) k where (hashint4(i) & 3) > 0`);
  await db.query(sql`analyze`);
}

/**
 * What the statements of some work cost inside the database, in milliseconds: each is run under `explain (analyze)`.
 * They answer no rows, as they do for a member of whom nothing changes.
 */
async function databaseTime(db: Db, work: (tx: Tx) => Promise<void>): Promise<number> {
  let total = 0;
  await db.tx(async (tx) => {
    const explained: Tx = {
      ...tx,
      query: async (statement) => {
        const [row] = await tx.query<{
          "QUERY PLAN": { "Planning Time": number; "Execution Time": number }[];
        }>(sql`explain (analyze, format json) ${statement}`);
        const [plan] = row?.["QUERY PLAN"] ?? [];
        total += (plan?.["Planning Time"] ?? 0) + (plan?.["Execution Time"] ?? 0);
        return [];
      },
    };
    await work(explained);
  });
  return total;
}

async function measureScores(db: Db): Promise<void> {
  await fill(db, rescored);
  const gathered = gatherFor(dayOf(systemClock.now()));
  for (let after: string | null = null; ; ) {
    const page = await readFeaturePage(db, after, 5_000);
    for (const f of page) gathered.add(f.cohort, f);
    if (page.length < 5_000) break;
    after = page.at(-1)?.member_id ?? null;
  }
  // Frozen distributions of these members under the published figures: scoring does not care where parameters come from.
  const [published] = publishedModel(DEFAULT_RULES).cohorts;
  if (published === undefined) throw new Error("there is no published model");
  const { parameters, spend } = published;
  const frozen = [...gathered.cohorts].map(([cohort, { features }]) => ({
    ...published,
    cohort,
    members: features.length,
    rates: freezeRanks(features.map((f) => rateOf(parameters, f))),
    spends: freezeRanks(features.filter((f) => f.x > 0).map((f) => expectedSpend(spend, f.x, f.z))),
  }));
  const model = { kind: published.model, members: gathered.members, cohorts: frozen };
  const id = uuidIds.next();
  const at = systemClock.now();
  await db.tx((tx) =>
    insertModel(
      tx,
      {
        id,
        kind: model.kind,
        fittedOn: dayOf(at),
        members: model.members,
        report: {},
        createdAt: at,
        by: "bench",
      },
      model.cohorts,
    ),
  );
  const cohorts = new Map(model.cohorts.map((c) => [c.cohort, c]));
  const scoring: Scoring = { rulesVersion: 1, rules: DEFAULT_RULES, modelId: id, cohorts };
  const deps = { clock: systemClock, ids: uuidIds, consent: { standings: async () => new Map() } };
  const names = [...cohorts.keys()].filter((c) => !c.startsWith("*"));
  const score = (memberIds: readonly string[] | null) =>
    db.tx(async (tx) => {
      const groups = names.flatMap((name) => {
        const cohort = cohorts.get(name);
        return cohort === undefined ? [] : [{ cohort, cohorts: [name], memberIds }];
      });
      const changed = await scoreCohorts(tx, { ...scoring, at: systemClock.now() }, groups);
      return settleLevels(tx, deps, scoring, changed, memberIds);
    });
  const [first] = await timed(() => score(null));
  await db.query(sql`vacuum analyze loyalty_score`);
  const runs: number[] = [];
  const plain: number[] = [];
  for (let i = 0; i < 3; i++) {
    runs.push((await timed(() => score(null)))[0]);
    await db.query(sql`vacuum loyalty_score`);
    plain.push((await timed(() => db.query(sql`update loyalty_score set b = b + 0, scored_at = now()`)))[0]);
    await db.query(sql`vacuum loyalty_score`);
  }
  const middle = (times: number[]) => ([...times].sort((a, b) => a - b)[1] as number) / 1_000;
  say(
    `Re-score of ${rescored.toLocaleString("en-US")} members: ${middle(runs).toFixed(2)} s (the first time, with new rows and tiers, ` +
      `${(first / 1_000).toFixed(2)} s); one plain UPDATE over the same rows: ${middle(plain).toFixed(2)} s.`,
  );
  const [{ id: one } = { id: "" }] = await db.query<{ id: string }>(
    sql`select member_id as id from loyalty_feature where cohort = ${names[0] ?? ""} limit 1`,
  );
  const cohort = cohorts.get(names[0] ?? "");
  const single: number[] = [];
  for (let i = 0; i < 31 && cohort !== undefined; i++) {
    const ask = { ...scoring, cohort, cohorts: [cohort.cohort], memberIds: [one], at: systemClock.now() };
    single.push(
      (
        await timed(() =>
          db.tx(async (tx) => settleLevels(tx, deps, scoring, await scoreCohort(tx, ask), [one])),
        )
      )[0],
    );
  }
  const inside: number[] = [];
  for (let i = 0; i < 31 && cohort !== undefined; i++) {
    const ask = { ...scoring, cohort, cohorts: [cohort.cohort], memberIds: [one], at: systemClock.now() };
    inside.push(
      await databaseTime(db, async (tx) => {
        await settleLevels(tx, deps, scoring, await scoreCohort(tx, ask), [one]);
      }),
    );
  }
  inside.sort((a, b) => a - b);
  say(
    `Re-score of one member, planning and execution as PostgreSQL itself counts them: median ${(inside[15] as number).toFixed(1)} ms, ` +
      `worst of 31 ${(inside[30] as number).toFixed(1)} ms.`,
  );
  single.sort((a, b) => a - b);
  say(
    `Re-score of one member, transaction and round trips included: median ${(single[15] as number).toFixed(1)} ms, worst of 31 ${(single[30] as number).toFixed(1)} ms.`,
  );
}

const url = process.env.CANDOR_BENCH_DATABASE_URL;
await measureFit();
if (url === undefined || url === "") say("CANDOR_BENCH_DATABASE_URL is not set: scores are not measured.");
else {
  const name = `candor_bench_${randomBytes(5).toString("hex")}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const db = openPostgres(own.toString(), { max: 2 });
  try {
    await migrateStore(db);
    await measureScores(db);
  } finally {
    await db.close();
    await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
  }
}
