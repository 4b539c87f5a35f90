import type { Faker } from "@faker-js/faker";

/** Mean days between two visits of somebody who visits as often as people do. */
const PACE = 42;
/** The larger, the fewer stay away for good after a visit: the second parameter of a beta distribution, the first being 1. */
const FAITH = 3.5;
/** Of all people, those who never come into a shop: they buy on the web or not at all. */
const NEVER = 0.28;

function exponential(faker: Faker, mean: number): number {
  return -mean * Math.log(1 - faker.number.float({ min: 0, max: 0.9999 }));
}

/**
 * The days before today on which somebody who joined so many days ago came to a shop, the first visit first. Each has a
 * pace of their own, and after every visit some never come again, as the models of loyalty suppose (MBG/NBD with
 * r = 1, α = 6 weeks, a = 1, b = 3.5), so that a fit has something to find.
 */
export function inventVisits(faker: Faker, joined: number): number[] {
  const never = faker.number.float() < NEVER;
  const pace = PACE / exponential(faker, 1);
  const leaves = 1 - (1 - faker.number.float()) ** (1 / FAITH);
  if (never) return [];
  const days: number[] = [];
  for (let day = joined; day >= 1; day -= exponential(faker, pace)) {
    const on = Math.ceil(day);
    if (on !== days.at(-1)) days.push(on);
    if (faker.number.float() < leaves) break;
  }
  return days;
}
