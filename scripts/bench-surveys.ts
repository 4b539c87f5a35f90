import { sql } from "../src/db/index.ts";
import { readResults } from "../surveys/metrics/read-results.ts";
import { testDatabases } from "../test/setup/engines.ts";
import { startTestServer } from "../test/setup/server.ts";

/**
 * How long results over many answers and the decisions of a large campaign take, each beside a limit measured in the same
 * run. `node --import tsx scripts/bench-surveys.ts [answers] [members]`; the engine is that of the tests: PGlite, or the
 * server that CANDOR_TEST_DATABASE_URL names.
 */
const ANSWERS = Number(process.argv[2] ?? 1_000_000);
const MEMBERS = Number(process.argv[3] ?? 100_000);
const KEY = "00000000-0000-7000-8000-000000000001";

const ms = (from: bigint) => Number(process.hrtime.bigint() - from) / 1e6;
const say = (what: string, value: string) => process.stdout.write(`${what.padEnd(52)} ${value}\n`);
const seconds = (t: number) => `${(t / 1_000).toFixed(2)} s`;

const database = await testDatabases().freshDatabase("bench-surveys");
const { db } = database;
say("engine", db.engine);

// Members as ingestion would leave them, without what no decision opens.
await db.tx(async (tx) => {
  await tx.query(sql`
    insert into subject (subject_id, anchor_bi, anchor_kind, anchor_issuer, anchor_class, member_id, core_id, key_id, created_at)
    select id, decode(md5('a' || i), 'hex'), 'member_id', '', 1, id, id, ${KEY}::uuid, now()
    from (select i, md5('m' || i)::uuid as id from generate_series(1, ${MEMBERS}::int) i) m`);
  await tx.query(sql`
    insert into evidence (subject_id, bi, kind, issuer, class, source_id, first_at, first_event, last_month, cell)
    select md5('m' || i)::uuid, decode(md5('e' || i), 'hex'), 'email', '', 3, ${KEY}::uuid, now(), md5('v' || i)::uuid,
      '2026-10-01', '\\x00' from generate_series(1, ${MEMBERS}::int) i`);
  await tx.query(sql`
    insert into subject_clue (subject_id, clue, value, first_on, last_on, recorded_at)
    select md5('m' || i)::uuid, 'country', 'GB', '2026-10-01', '2026-10-01', now() from generate_series(1, ${MEMBERS}::int) i`);
  await tx.query(sql`
    insert into survey (survey_id, name, class, anonymous, state, current_version, settings, created_at, updated_at)
    values ('bench', '{"en":"Bench","zh-CN":"Bench","zh-TW":"Bench"}', 'relational', false, 'draft', null, '{}', now(), now())`);
  await tx.query(sql`
    insert into survey_version (survey_id, version, document, sha256, key_id, created_at, published_at)
    values ('bench', 1, ${JSON.stringify({
      definition: { elements: [{ type: "rating", name: "nps", rateMin: 0, rateMax: 10 }] },
      metrics: [{ question: "nps", kind: "nps" }],
    })}::jsonb, '\\x00', ${KEY}::uuid, now(), now())`);
  await tx.query(sql`update survey set state = 'running', current_version = 1 where survey_id = 'bench'`);
  await tx.query(sql`
    insert into survey_score (survey_id, response_id, question, version, kind, value, scale_min, scale_max, subject_id,
      answered_on, answered_at, channel, store_id, region, category, level, tenure)
    select 'bench', md5('r' || i)::uuid, 'nps', 1, 'nps', least(10, floor(random() * 13)), 0, 10,
      md5('m' || (1 + floor(random() * ${MEMBERS}::int))::int)::uuid, at::date, at,
      (array['email', 'link', 'qr'])[1 + floor(random() * 3)::int], 'S' || s, 'R' || (s % 5), 'C' || floor(random() * 10)::int,
      (array['basic', 'silver', 'gold'])[1 + floor(random() * 3)::int], (array['0-3m', '3-12m', '1-2y'])[1 + floor(random() * 3)::int]
    from (select i, floor(random() * 50)::int as s, '2025-11-22'::timestamptz + random() * interval '364 days' as at
          from generate_series(1, ${ANSWERS}::int) i) g`);
});
for (const table of [
  // What autovacuum does behind a year of answers: only then are they read from their index alone.
  sql`vacuum (analyze) survey_score`,
  sql`analyze subject`,
  sql`analyze evidence`,
  sql`analyze subject_clue`,
])
  await db.query(table);

const server = await startTestServer("bench-surveys", { database });
const survey = await server.candor.surveys.doors.published("bench");
if (survey === null) throw new Error("the survey does not run");

const scans: number[] = [];
const runs: number[] = [];
for (let round = 0; round < 3; round++) {
  let at = process.hrtime.bigint();
  await db.query(sql`select count(*), sum(value), max(store_id), min(answered_at) from survey_score`);
  scans.push(ms(at));
  at = process.hrtime.bigint();
  const { results } = await readResults(db, survey, { from: "2025-11-01", to: "2026-12-01", options: {} });
  runs.push(ms(at));
  if (round === 0) say("members counted", String(results.total?.n));
}
say(`plain scan of ${ANSWERS} answers (limit)`, seconds(Math.min(...scans)));
say(
  "results, all groupings and periods, drivers",
  `${seconds(Math.min(...runs))} (worst of three ${seconds(Math.max(...runs))})`,
);

const made = await server.call<{ id: string }>("POST", "/v1/survey-campaigns", {
  body: {
    name: "bench",
    surveyId: "bench",
    kind: "once",
    channel: "email",
    settings: { audience: { kind: "everybody" } },
  },
});
await db.query(
  sql`update survey_campaign set state = 'running', next_run_at = now() where campaign_id = ${made.body.id}::uuid`,
);
global.gc?.();
const before = process.memoryUsage().heapUsed;
let highest = before;
const watch = setInterval(() => {
  highest = Math.max(highest, process.memoryUsage().heapUsed);
}, 50);
const at = process.hrtime.bigint();
const looked = await server.candor.surveys.sending.decideRounds();
const took = ms(at);
clearInterval(watch);
const figures = await server.call<{ members: { state: string; n: number }[] }>(
  "GET",
  `/v1/survey-campaigns/${made.body.id}`,
);
say(`campaign decided for ${looked} members`, seconds(took));
say("members waiting to be asked", String(figures.body.members.find((m) => m.state === "waiting")?.n ?? 0));
say("memory above the start, at its highest", `${((highest - before) / 2 ** 20).toFixed(0)} MB`);
await server.close();
await database.drop();
