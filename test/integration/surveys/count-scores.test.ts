import { expect } from "chai";
import { column, type Db, sql } from "../../../src/db/index.ts";
import { DIMENSIONS, PERIODS, type ResultFilter } from "../../../surveys/metrics/results.store.ts";
import { countScores, periodOf } from "../../../surveys/metrics/scores.store.ts";
import { testDatabases } from "../../setup/engines.ts";
import { seeded } from "../../unit/surveys/simulate.ts";

const KEY = "00000000-0000-7000-8000-000000000001";
const SURVEY = "counted";
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

interface Answer {
  readonly responseId: string;
  readonly subjectId: string | null;
  readonly value: number;
  readonly at: Date;
  readonly groups: Readonly<Record<(typeof DIMENSIONS)[number], string | null>>;
}

const uuid = (kind: number, n: number): string =>
  `00000000-0000-7000-800${kind}-${String(n).padStart(12, "0")}`;

/** What the statements must come to, worked out answer by answer. */
function naive(
  answers: readonly Answer[],
  memberOf: ReadonlyMap<string, string>,
  filter: ResultFilter,
): Map<string, number> {
  const day = (a: Answer) => a.at.toISOString().slice(0, 10);
  const { only } = filter;
  const inWindow = answers.filter(
    (a) =>
      day(a) >= filter.from &&
      day(a) < filter.to &&
      (only === undefined || a.groups[only.dimension] === only.value),
  );
  const counts = new Map<string, number>();
  const add = (by: string | null, key: string | null, score: number) => {
    const id = `${by}|${key}|${score}`;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  };
  const latestBy = (scope: (a: Answer) => string): Answer[] => {
    const latest = new Map<string, Answer>();
    for (const a of inWindow) {
      const who = a.subjectId === null ? a.responseId : (memberOf.get(a.subjectId) as string);
      const id = `${scope(a)}|${who}`;
      const known = latest.get(id);
      if (known === undefined || a.at > known.at || (+a.at === +known.at && a.responseId > known.responseId))
        latest.set(id, a);
    }
    return [...latest.values()];
  };
  for (const a of latestBy(() => "")) {
    add(null, null, a.value);
    for (const by of DIMENSIONS) add(by, a.groups[by], a.value);
  }
  for (const period of PERIODS)
    for (const a of latestBy((x) => periodOf(period, day(x)))) add(period, periodOf(period, day(a)), a.value);
  return counts;
}

async function fill(db: Db, answers: readonly Answer[], members: ReadonlyMap<string, string>): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`delete from survey_score`);
    await tx.query(sql`delete from subject`);
    const subjects = [...members];
    await tx.query(sql`
      insert into subject (subject_id, anchor_bi, anchor_kind, anchor_issuer, anchor_class, member_id, core_id, key_id, created_at)
      select s, decode(md5(s::text), 'hex'), 'member_id', '', 1, m, s, ${KEY}::uuid, now()
      from unnest(${column.uuid(subjects, ([s]) => s)}, ${column.uuid(subjects, ([, m]) => m)}) as t(s, m)`);
    await tx.query(sql`
      insert into survey_score (survey_id, response_id, question, version, kind, value, scale_min, scale_max, subject_id,
        answered_on, answered_at, channel, store_id, region, category, level, tenure)
      select ${SURVEY}, r, 'nps', 1, 'nps', v, 0, 10, s, at::date, case when s is null then null else at end,
        channel, store, region, category, level, tenure
      from unnest(${column.uuid(answers, (a) => a.responseId)}, ${column.uuid(answers, (a) => a.subjectId)},
        ${column.int(answers, (a) => a.value)}, ${column.time(answers, (a) => a.at)},
        ${column.text(answers, (a) => a.groups.channel)}, ${column.text(answers, (a) => a.groups.store)},
        ${column.text(answers, (a) => a.groups.region)}, ${column.text(answers, (a) => a.groups.category)},
        ${column.text(answers, (a) => a.groups.level)}, ${column.text(answers, (a) => a.groups.tenure)})
        as t(r, s, v, at, channel, store, region, category, level, tenure)`);
  });
}

describe("counting the scores of a survey", () => {
  let database: Awaited<ReturnType<ReturnType<typeof testDatabases>["freshDatabase"]>>;
  before(async () => {
    database = await testDatabases().freshDatabase("count-scores");
  });
  after(() => database.drop());

  it("counts of everybody the latest answer, in all and in each week, month and quarter, however members are joined", async () => {
    for (let round = 1; round <= 6; round++) {
      const random = seeded(round);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
      const subjects = Array.from({ length: 20 }, (_, i) => uuid(1, i + 1));
      // In the first round nobody is joined, in the last nearly everybody.
      const memberOf = new Map<string, string>();
      for (const [i, id] of subjects.entries()) {
        const joined = i > 0 && random() < (round - 1) / 6;
        memberOf.set(id, joined ? (memberOf.get(pick(subjects.slice(0, i))) as string) : id);
      }
      const answers = Array.from({ length: 160 }, (_, i): Answer => {
        const anonymous = random() < 0.2;
        return {
          responseId: uuid(2, Math.floor(random() * 1e6) * 1_000 + i),
          subjectId: anonymous ? null : pick(subjects),
          value: Math.floor(random() * 11),
          // Few moments, so that some answers of a person fall on the same one.
          at: new Date(START + Math.floor(random() * 200) * DAY_MS + Math.floor(random() * 2) * 3_600_000),
          groups: {
            store: pick(["S1", "S2", null]),
            region: pick(["N", "S"]),
            channel: pick(["email", "qr"]),
            category: pick(["C1", null]),
            level: pick(["gold", "basic"]),
            tenure: pick(["0-3m", "1-2y"]),
          },
        };
      });
      await fill(database.db, answers, memberOf);
      for (const filter of [
        { surveyId: SURVEY, question: "nps", from: "2026-01-01", to: "2027-01-01" },
        { surveyId: SURVEY, question: "nps", from: "2026-02-10", to: "2026-05-20" },
        {
          surveyId: SURVEY,
          question: "nps",
          from: "2026-01-15",
          to: "2026-07-01",
          only: { dimension: "channel", value: "qr" },
        },
      ] as const) {
        const { scores } = await countScores(database.db, filter);
        const found = new Map(scores.map((s) => [`${s.by}|${s.key}|${s.score}`, s.n]));
        const sorted = (counts: ReadonlyMap<string, number>) => [...counts].sort();
        expect(sorted(found), `round ${round}`).to.deep.equal(sorted(naive(answers, memberOf, filter)));
      }
    }
  });
});
