import type { FileMapping } from "../../pipelines/mapping/mapping.schema.ts";
import { type Calendar, WRITTEN } from "./calendar.ts";
import type { Market } from "./markets.ts";
import { chance, type Person, pick } from "./people.ts";
import type { BatchStep, DemoSource, DemoStep } from "./plan.ts";
import { tableText } from "./table.ts";

const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7] } as const;
type Kind = keyof typeof SCALES;

const COMMENTS = {
  cn: ["服务很好", "排队太久", "味道一般", "店员很热情"],
  tw: ["服務很好", "等太久了", "味道普通", "店員很親切"],
  gb: ["Friendly staff", "Queue was far too long", "Good, but pricey", "Delivery came late"],
} as const;

const MAPPING: FileMapping = {
  format: "csv",
  event: "survey",
  dateFormats: ["yyyy-MM-dd HH:mm:ss"],
  fields: {
    answerId: "answer_id",
    surveyId: "survey",
    questionKind: "kind",
    score: "score",
    comment: "comment",
    occurredAt: "answered",
    memberCard: "card",
    email: "email",
    storeId: "store",
  },
};

export function surveySource(market: Market): DemoSource {
  const { code, locale, region, timeZone, currency } = market;
  return {
    name: `Survey ${code.toUpperCase()}`,
    kind: "survey",
    locale,
    region,
    timeZone,
    currency,
    purposes: ["service"],
    // One market's answers come as files, the others' as JSON.
    ...(code === "gb" ? { mapping: MAPPING } : {}),
  };
}

interface Answer {
  readonly person: Person;
  readonly id: string;
  readonly kind: Kind;
  readonly score: number;
  readonly comment: string;
  readonly daysBefore: number;
}

function answersOf(market: Market, people: readonly Person[]): Answer[] {
  const { faker, code } = market;
  const asked = people.filter((p) => (p.card !== null || p.email !== null) && chance(faker, 0.3));
  return asked.map((person, i): Answer => {
    const kind = pick(faker, ["nps", "nps", "csat", "ces"] as const);
    const [low, high] = SCALES[kind];
    // Most are content: the better of two throws.
    const throws = () => faker.number.int({ min: low, max: high });
    return {
      person,
      id: `${code}-a${10_000 + i}`,
      kind,
      score: chance(faker, 0.7) ? Math.max(throws(), throws()) : throws(),
      comment: chance(faker, 0.4) ? pick(faker, COMMENTS[code]) : "",
      daysBefore: faker.number.int({ min: 1, max: 300 }),
    };
  });
}

function asJson(market: Market, answers: readonly Answer[], calendar: Calendar): BatchStep {
  const items: unknown[] = answers.map((a) => ({
    answerId: a.id,
    surveyId: "visit-2026",
    kind: a.kind,
    score: a.score,
    ...(a.comment === "" ? {} : { comment: a.comment }),
    answeredAt: calendar.utc(a.daysBefore, 40_000 + a.person.index).toISOString(),
    storeId: a.person.homeStore,
    who: { memberId: a.person.card ?? undefined, email: a.person.card === null ? a.person.email : undefined },
  }));
  const [first] = items as [object?];
  // A score beyond the scale, an unknown kind, nobody named, and one sent twice.
  if (first !== undefined) {
    items.push({ ...first, answerId: "bad-1", kind: "nps", score: 11 });
    items.push({ ...first, answerId: "bad-2", kind: "stars", score: 3 });
    items.push({ ...first, answerId: "bad-3", who: {} });
    items.push(first);
  }
  const source = `Survey ${market.code.toUpperCase()}`;
  return { door: "batch", source, shape: "json", items, encoding: "utf-8", gzip: false };
}

/** A market's answers to satisfaction questions asked elsewhere. */
export function surveyAnswers(market: Market, people: readonly Person[], calendar: Calendar): DemoStep[] {
  const answers = answersOf(market, people);
  if (market.code !== "gb") return [asJson(market, answers, calendar)];
  const header = ["answer_id", "survey", "kind", "score", "comment", "answered", "card", "email", "store"];
  const rows = answers.map((a) => [
    a.id,
    "visit-2026",
    a.kind.toUpperCase(),
    String(a.score),
    a.comment,
    WRITTEN["yyyy-MM-dd HH:mm:ss"](calendar.wall(a.daysBefore, 40_000 + a.person.index)),
    a.person.card ?? "",
    a.person.card === null ? (a.person.email ?? "") : "",
    a.person.homeStore,
  ]);
  const [first] = rows;
  if (first !== undefined) {
    rows.push([...first.slice(0, 2), "CSAT", "9", ...first.slice(4)].with(0, "gb-bad-1"));
    rows.push(first.with(0, "gb-bad-2").with(3, "very"));
    rows.push(first.with(0, "gb-bad-3").with(6, "").with(7, ""));
  }
  return [
    {
      door: "file",
      source: "Survey GB",
      fileName: "survey-gb.csv",
      body: Buffer.from(tableText([header, ...rows]), "utf8"),
      encoding: "utf-8",
      gzip: false,
    },
  ];
}
