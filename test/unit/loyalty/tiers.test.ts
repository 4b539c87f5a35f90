import { expect } from "chai";
import fc from "fast-check";
import { attitudeOf } from "../../../src/loyalty/attitude.ts";
import { behaviourOf, freezeRanks } from "../../../src/loyalty/behaviour.ts";
import { PUBLISHED_DEFAULTS, publishedSpend } from "../../../src/loyalty/model.ts";
import { DEFAULT_RULES, type TierStructure } from "../../../src/loyalty/rules.ts";
import { lift, MICRO, scoreOf } from "../../../src/loyalty/score.ts";
import {
  addMonths,
  newTierState,
  publishedTier,
  stepTier,
  type TierState,
} from "../../../src/loyalty/tiers.ts";

const STRUCTURE = DEFAULT_RULES.structures[0] as TierStructure;
const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const start = dayOf("2026-01-15");

/** Looks at the figures on the given days, and tells what was written into the history. */
function live(looks: [day: string, figure: number, stillReached?: boolean][], from?: TierState) {
  let state = from ?? newTierState(STRUCTURE, start);
  const told: string[] = [];
  for (const [day, figure, stillReached] of looks) {
    const step = stepTier(STRUCTURE, state, {
      figure,
      on: dayOf(day),
      ...(stillReached === undefined ? {} : { stillReached }),
    });
    state = step.state;
    if (step.reason !== null) told.push(`${day} ${step.reason} ${state.tier}`);
  }
  return { state, told };
}

describe("a tier", () => {
  it("is reached at once, held for twelve months, and lost only by breach, grace and one step at a time", () => {
    const { told } = live([
      ["2026-02-01", 81],
      ["2026-08-01", 20],
      ["2027-01-31", 20],
      ["2027-02-01", 20],
      ["2027-02-20", 20],
      ["2027-03-01", 20],
      ["2027-05-01", 20],
      ["2027-05-30", 20],
      ["2027-05-31", 20],
      ["2027-06-01", 20],
      ["2027-07-01", 20],
      ["2027-10-01", 20],
    ]);
    expect(told).to.deep.equal([
      "2026-02-01 reached-cut platinum",
      "2027-03-01 grace-began platinum",
      "2027-05-31 stepped-down gold",
      "2027-07-01 grace-began gold",
      "2027-10-01 stepped-down silver",
    ]);
  });

  it("forgets breaches and grace as soon as the figure has recovered", () => {
    const { told, state } = live([
      ["2026-02-01", 66],
      ["2027-03-01", 59],
      ["2027-04-01", 59],
      ["2027-04-10", 60],
      ["2027-05-01", 59],
    ]);
    expect(told).to.deep.equal([
      "2026-02-01 reached-cut gold",
      "2027-04-01 grace-began gold",
      "2027-04-10 recovered gold",
    ]);
    expect(state).to.include({ tier: "gold", breaches: 1, graceUntil: null });
  });

  it("goes back without grace when the purchase that carried it was taken back, and not for anything else", () => {
    const { told } = live([
      ["2026-02-01", 66],
      ["2026-02-05", 55, true],
      ["2026-02-06", 55, false],
    ]);
    // 55 points are worth silver, which it had not held before.
    expect(told).to.deep.equal(["2026-02-01 reached-cut gold", "2026-02-06 reached-cut silver"]);
    const back = live([
      ["2026-02-01", 66],
      ["2026-02-06", 40, false],
    ]);
    expect(back.told.at(-1)).to.equal("2026-02-06 purchase-reversed member");
  });

  it("is as if nothing had happened when what was returned is bought again on the same day", () => {
    const once = live([["2026-02-01", 66]]).state;
    const step = stepTier(STRUCTURE, once, { figure: 66, on: dayOf("2026-02-03"), stillReached: true });
    expect(step).to.deep.equal({ state: once, reason: null });
    const sameLook = stepTier(STRUCTURE, once, { figure: 66, on: dayOf("2026-02-03"), stillReached: false });
    expect(sameLook).to.deep.equal({ state: once, reason: null });
  });

  it("never moves while the figure stays inside the band, whatever the noise", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("silver", "gold", "platinum"),
        fc.array(
          fc.record({
            by: fc.double({ min: 0, max: 1, noNaN: true }),
            days: fc.integer({ min: 0, max: 90 }),
          }),
          {
            maxLength: 60,
          },
        ),
        (tier, looks) => {
          const place = STRUCTURE.tiers.findIndex((t) => t.id === tier);
          const low = (STRUCTURE.tiers[place]?.cut ?? 0) - STRUCTURE.margin;
          const high = STRUCTURE.tiers[place + 1]?.cut ?? 100;
          let state: TierState = { ...newTierState(STRUCTURE, start), tier };
          let on = start;
          for (const { by, days } of looks) {
            on += days;
            const figure = Math.min(low + by * (high - low), high - 1e-9);
            const step = stepTier(STRUCTURE, state, { figure, on });
            expect(step.reason).to.equal(null);
            state = step.state;
          }
          expect(state.tier).to.equal(tier);
        },
      ),
    );
  });

  it("changes nothing when it is looked at twice on one day, and never falls more than one step at a time", () => {
    const places = [STRUCTURE.base.id, ...STRUCTURE.tiers.map((t) => t.id)];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ figure: fc.integer({ min: 0, max: 100 }), days: fc.integer({ min: 0, max: 200 }) }),
          {
            maxLength: 40,
          },
        ),
        (looks) => {
          let state = newTierState(STRUCTURE, start);
          let on = start;
          for (const { figure, days } of looks) {
            on += days;
            const step = stepTier(STRUCTURE, state, { figure, on });
            expect(stepTier(STRUCTURE, step.state, { figure, on })).to.deep.equal({
              state: step.state,
              reason: null,
            });
            expect(places.indexOf(step.state.tier)).to.be.at.least(places.indexOf(state.tier) - 1);
            state = step.state;
          }
        },
      ),
    );
  });

  it("is never lowered by a complaint under the default rules", () => {
    const cohort = {
      cohort: "*|USD",
      model: "mbg-nbd",
      parameters: PUBLISHED_DEFAULTS["mbg-nbd"],
      spend: publishedSpend(35),
      origin: { purchases: "published-default", spend: "published-default" },
      mean: 0.72,
      members: 3,
      rates: freezeRanks([0.01, 0.05, 0.1]),
      spends: freezeRanks([20, 30, 40]),
    } as const;
    const at = new Date("2026-11-21T00:00:00Z");
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 6 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 600 }),
        (scores, x, heldFor) => {
          const behaviour = behaviourOf(DEFAULT_RULES.behaviour, cohort, {
            x,
            tx: x === 0 ? 0 : 30,
            t: 40,
            z: 30,
          });
          const answers = [...scores, 0].map((s, i) => ({
            id: `a${i}`,
            kind: "nps" as const,
            relational: true,
            y: s / 10,
            at,
          }));
          const tierAfter = (n: number) => {
            const attitude = attitudeOf(DEFAULT_RULES.attitude, 0.72, answers.slice(0, n), at);
            const { tierMicro } = scoreOf(DEFAULT_RULES, attitude, behaviour);
            const held = { ...newTierState(STRUCTURE, start), tier: "gold", breaches: 1 };
            return stepTier(STRUCTURE, held, { figure: tierMicro / MICRO, on: start + heldFor }).state;
          };
          expect(tierAfter(answers.length)).to.deep.equal(tierAfter(scores.length));
        },
      ),
    );
  });

  it("may be lifted by a good attitude where the rules say so, by at most ten points and never downwards", () => {
    const rules = DEFAULT_RULES.attitude;
    expect([null, 0, 0.75, 0.85, 1].map((a) => +lift(rules, a).toFixed(9))).to.deep.equal([0, 0, 0, 4, 10]);
  });

  it("follows purchase days alone for members who are not profiled, and is kept until its day", () => {
    expect(publishedTier(STRUCTURE, 7, null, start)).to.equal("silver");
    const kept = { tier: "platinum", until: addMonths(start, 12) };
    expect(publishedTier(STRUCTURE, 7, kept, start)).to.equal("platinum");
    expect(publishedTier(STRUCTURE, 7, kept, kept.until)).to.equal("silver");
    expect(publishedTier(STRUCTURE, 30, { ...kept, tier: "silver" }, start)).to.equal("platinum");
  });

  it("reckons months by the calendar", () => {
    expect(addMonths(dayOf("2026-01-31"), 1)).to.equal(dayOf("2026-02-28"));
    expect(addMonths(dayOf("2026-11-30"), 12)).to.equal(dayOf("2027-11-30"));
  });
});
