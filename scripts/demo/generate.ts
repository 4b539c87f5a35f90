import { calendarUntil } from "./calendar.ts";
import { openMarkets } from "./markets.ts";
import { memberLists, memberSource } from "./member-lists.ts";
import { inventPeople, sharesFamilyPhone, truthOf } from "./people.ts";
import { type DemoPlan, MARKET_CODES } from "./plan.ts";
import { lateUnionIds, socialSources, socialWebhooks } from "./social-webhooks.ts";
import { surveyAnswers, surveySource } from "./survey-answers.ts";
import { tillFiles, tillSource } from "./till-files.ts";
import { KIOSK, kioskBatches, kioskSource, TABLET, webBatches, webSource } from "./web-batches.ts";

export interface DemoOptions {
  /** How many people to invent; at least 3. */
  readonly people: number;
  readonly seed: number;
  /** The year of history ends on the day before. */
  readonly now: Date;
}

/** Beyond this the invented telephone numbers of a market would repeat. */
const MOST_PEOPLE = 25_000;

/**
 * Invents a year of a small retailer in three markets, as its systems would send it: the same for the same options.
 * Nobody in it exists: names come from faker, addresses stand under example.com, .org and .net, and British
 * numbers are of the ranges kept for drama.
 */
export function generateDemo(options: DemoOptions): DemoPlan {
  const { seed, now } = options;
  const count = Math.min(Math.max(3, Math.floor(options.people)), MOST_PEOPLE);
  const calendar = calendarUntil(now);
  const markets = openMarkets(seed);
  const all = MARKET_CODES.map((code) => markets[code]);
  const people = inventPeople(all, count);
  const of = (code: (typeof MARKET_CODES)[number]) => people.filter((p) => p.market.code === code);
  const sources = [
    ...all.flatMap((market) => [memberSource(market), tillSource(market), surveySource(market)]),
    webSource(markets.tw),
    webSource(markets.gb),
    kioskSource(markets.gb),
    ...socialSources(markets),
  ];
  const steps = [
    ...all.flatMap((market) => memberLists(market, of(market.code), calendar)),
    ...all.flatMap((market) => tillFiles(market, of(market.code), calendar)),
    ...webBatches(markets.tw, of("tw"), calendar),
    ...webBatches(markets.gb, of("gb"), calendar),
    ...kioskBatches(markets.gb, of("gb"), calendar),
    ...socialWebhooks(people, calendar),
    ...all.flatMap((market) => surveyAnswers(market, of(market.code), calendar)),
    ...lateUnionIds(people, calendar),
  ];
  const shared = people.filter(sharesFamilyPhone).flatMap((p) => (p.phone === null ? [] : [p.phone]));
  return {
    sources,
    steps,
    people: people.map(truthOf),
    traps: {
      familyPhones: [...new Set(shared)],
      shopPhones: all.map((market) => market.shopPhone),
      kioskIds: [TABLET, KIOSK],
    },
  };
}
