import { createCandor } from "../../src/app/candor.ts";
import type { Stores } from "../../src/app/index.ts";
import type { Locale } from "../../src/i18n/index.ts";
import { DAY, fixedClock } from "../../src/kernel/clock.ts";
import { uuidIds } from "../../src/kernel/ids.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { readNextMembers } from "../../src/members/index.ts";
import { createMetrics } from "../../src/metrics.ts";
import { closeOldCases } from "./survey-cases.ts";

/** The places of the demo's surveys: the stores of its tills. */
const PLACES = [
  ...placesOf("SH", ["上海一店", "上海二店", "上海三店"], "east-china", "Asia/Shanghai", "zh-CN", 0.55),
  ...placesOf("TP", ["臺北一店", "臺北二店", "臺北三店"], "taiwan", "Asia/Taipei", "zh-TW", 0.7),
  ...placesOf("LDN", ["London Bridge", "Camden", "Greenwich"], "britain", "Europe/London", "en", 0.58),
];

function placesOf(
  prefix: string,
  names: readonly string[],
  region: string,
  timeZone: string,
  locale: Locale,
  lean: number,
) {
  // The first of a region does best: with the same mood everywhere there would be nothing to compare.
  return names.map((name, i) => ({
    id: `${prefix}${i + 1}`,
    name,
    region,
    timeZone,
    locale,
    lean: lean + 0.08 - i * 0.08,
  }));
}
const CATEGORIES = ["bread", "tea", "household"] as const;

const PRAISE = {
  en: ["Friendly staff and a good selection", "Delicious tea, great value", "Quick service, very clean shop"],
  "zh-CN": ["店员很热情，环境很好", "质量好，价格合理", "结账快，种类多"],
  "zh-TW": ["店員很親切，環境舒適", "東西好吃，價格合理", "種類多，服務好"],
};
const COMPLAINTS = {
  en: [
    "The queue was far too long and nobody helped",
    "Overpriced, and half the shelf was out of stock",
    "The cashier was rude",
  ],
  "zh-CN": ["排队太久，店员态度不好", "价格太贵，还缺货", "退货麻烦，退款慢"],
  "zh-TW": ["排隊太久，店員態度不好", "太貴了，而且缺貨", "退貨麻煩，一直沒有回覆"],
};

const words = (en: string, cn: string, tw: string) => ({ default: en, "zh-cn": cn, "zh-tw": tw });
const rating = (name: string, min: number, max: number, title: ReturnType<typeof words>) => ({
  type: "rating",
  name,
  title,
  rateMin: min,
  rateMax: max,
  isRequired: true,
});
const why = {
  type: "comment",
  name: "why",
  title: words("What is the main reason?", "主要原因是什么？", "主要原因是什麼？"),
};

const SURVEYS = [
  {
    id: "demo-relationship",
    name: { en: "How we are doing", "zh-CN": "总体评价", "zh-TW": "整體評價" },
    class: "relational",
    definition: {
      elements: [
        rating(
          "nps",
          0,
          10,
          words(
            "How likely are you to recommend us to a friend?",
            "您有多大可能向朋友推荐我们？",
            "您有多大可能向朋友推薦我們？",
          ),
        ),
        why,
      ],
    },
    metrics: [
      { question: "nps", kind: "nps" },
      { question: "why", kind: "comment" },
    ],
  },
  {
    id: "demo-purchase",
    name: { en: "After your purchase", "zh-CN": "购物之后", "zh-TW": "購物之後" },
    class: "transactional",
    definition: {
      elements: [
        rating(
          "csat",
          1,
          5,
          words("How satisfied are you with your purchase?", "您对这次购物满意吗？", "您對這次購物滿意嗎？"),
        ),
        why,
      ],
    },
    metrics: [
      { question: "csat", kind: "csat" },
      { question: "why", kind: "comment" },
    ],
  },
  {
    id: "demo-return",
    name: { en: "After your return", "zh-CN": "退货之后", "zh-TW": "退貨之後" },
    class: "transactional",
    definition: {
      elements: [
        rating(
          "ces",
          1,
          7,
          words("It was easy to return the goods.", "退货过程很轻松。", "退貨過程很輕鬆。"),
        ),
        why,
      ],
    },
    metrics: [
      { question: "ces", kind: "ces" },
      { question: "why", kind: "comment" },
    ],
  },
] as const;

const MONTHS = 12;
const A_MONTH = 18;

/** A seeded generator (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface ShownSurveys {
  readonly surveys: number;
  readonly answers: number;
}

/**
 * Runs three surveys through a year: a server of its own over the same stores, whose clock is set to each day in turn,
 * takes the answers at its doors. A second run over the same data changes nothing.
 */
export async function showSurveys(run: {
  readonly stores: Stores;
  readonly adminKey: string;
  readonly now: Date;
  readonly seed: number;
}): Promise<ShownSurveys> {
  const clock = fixedClock(new Date(+run.now - MONTHS * 30 * DAY));
  const candor = createCandor({
    ...run.stores,
    clock,
    ids: uuidIds,
    log: silentLog,
    meter: createMetrics({ processMetrics: false }),
    adminKey: run.adminKey,
  });
  const { url } = await candor.http.listen(0, "127.0.0.1");
  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${run.adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const must = async (method: string, path: string, body?: unknown): Promise<string> => {
    const { status, text } = await call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
    return text;
  };
  try {
    if ((await call("GET", `/v1/surveys/${SURVEYS[0].id}`)).status === 200)
      return { surveys: SURVEYS.length, answers: 0 };
    for (const { id, lean: _lean, ...place } of PLACES) await must("PUT", `/v1/survey-places/${id}`, place);
    // Whoever tries the demo at night is not kept waiting until its members wake.
    const rules = JSON.parse(await must("GET", "/v1/survey-cadence")) as object;
    await must("PUT", "/v1/survey-cadence", { ...rules, quietHours: null });
    for (const survey of SURVEYS) {
      await must("POST", "/v1/surveys", survey);
      await must("POST", `/v1/surveys/${survey.id}/publish`);
    }
    const answers = await answerForAYear(run, candor, clock, must);
    await closeOldCases({ clock, now: run.now, call: must });
    while ((await candor.surveys.tellEvents()) > 0);
    return { surveys: SURVEYS.length, answers };
  } finally {
    await candor.close();
  }
}

async function answerForAYear(
  run: { readonly stores: Stores; readonly now: Date; readonly seed: number },
  candor: ReturnType<typeof createCandor>,
  clock: ReturnType<typeof fixedClock>,
  must: (method: string, path: string, body?: unknown) => Promise<string>,
): Promise<number> {
  const random = seeded(run.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const known = await readNextMembers(run.stores.db, null, 1_000);
  const members = [...new Map(known.map((s) => [s.memberId, s])).values()];
  if (members.length === 0) return 0;
  let answers = 0;
  for (let month = 0; month < MONTHS; month++) {
    for (const survey of SURVEYS) {
      for (let i = 0; i < A_MONTH; i++) {
        clock.set(new Date(+run.now - (MONTHS - month) * 30 * DAY + Math.floor(random() * 29 * DAY)));
        const place = pick(PLACES);
        const member = pick(members);
        const [made] = await run.stores.db.tx((tx) =>
          candor.surveys.doors.createInvitations(tx, [
            {
              surveyId: survey.id,
              version: 1,
              subjectId: member.subjectId,
              memberId: member.memberId,
              channel: "email",
              locale: place.locale,
              wave: null,
              // Nobody was scored in that year, so that no answer of it carries a loyalty level; those to a campaign of
              // today carry the true one.
              context: { store: place.id, region: place.region, category: pick(CATEGORIES) },
              orderKey: null,
              expiresAt: new Date(+clock.now() + 14 * DAY),
            },
          ]),
        );
        if (made === undefined || random() > 0.6) continue;
        // Things get better over the year, and faster where somebody worked on it.
        const mood = Math.min(
          1,
          Math.max(
            0,
            place.lean +
              (month / MONTHS) * (place.region === "east-china" ? 0.3 : 0.08) +
              (random() - 0.5) * 0.9,
          ),
        );
        const { question, kind } = survey.metrics[0];
        const score =
          kind === "nps"
            ? Math.round(mood * 10)
            : kind === "csat"
              ? 1 + Math.round(mood * 4)
              : 1 + Math.round(mood * 6);
        const comment = random() < 0.5 ? pick((mood < 0.5 ? COMPLAINTS : PRAISE)[place.locale]) : undefined;
        await must("POST", `${made.path}/answers`, {
          answers: { [question]: score, ...(comment === undefined ? {} : { why: comment }) },
        });
        answers++;
      }
    }
  }
  return answers;
}
