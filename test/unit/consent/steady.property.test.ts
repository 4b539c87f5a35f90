import { expect } from "chai";
import fc from "fast-check";
import { steadyUntil } from "../../../consent/conditions.ts";
import { decide } from "../../../consent/decide.ts";
import type { DecisionAsk } from "../../../consent/decision.ts";
import { DAY } from "../../../src/kernel/clock.ts";
import { aMember, aNotice, aPurpose, aRecord, day, rulesWith } from "./builders.ts";

const NOW = day(20);
const asks: DecisionAsk[] = [
  { purposeId: "analytics" },
  { purposeId: "analytics", category: "identity" },
  { purposeId: "analytics", recipient: { id: "bi", role: "processor", country: "DE" } },
];

const record = fc
  .record({
    state: fc.constantFrom("given", "given", "renewed", "withdrawn", "objected", "requested"),
    on: fc.integer({ min: 1, max: 20 }),
    until: fc.option(fc.integer({ min: 15, max: 60 }), { nil: null }),
    notice: fc.constantFrom(null, 1, 2),
    regime: fc.constantFrom("EU", "EU", "TW", "US-CA"),
  })
  .map(({ state, on, until, notice, regime }) =>
    aRecord({
      state,
      regime,
      recordedAt: day(on),
      validUntil: until === null ? null : day(until),
      notice: notice === null ? null : { id: "n", version: notice, locale: "en", sha256: "0".repeat(64) },
    } as Parameters<typeof aRecord>[0]),
  );

const world = fc.record({
  records: fc.array(record, { maxLength: 6 }),
  expiresAfter: fc.constantFrom(null, "P5D", "P1M"),
  published: fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 3 }),
  regime: fc.constantFrom("EU", "TW", "US-CA"),
  /** How far between now and the end of what is steady to look. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("until when a decision stays what it is", () => {
  it("changes no decision by time alone before the moment that is named", () => {
    fc.assert(
      fc.property(world, ({ records, expiresAfter, published, regime, share }) => {
        const purpose = aPurpose("analytics", { consentExpiresAfter: expiresAfter });
        const rules = rulesWith({
          purposes: [purpose],
          notices: published.map((on, i) => aNotice({ version: i + 1, publishedAt: day(on) })),
        });
        const at = (moment: Date) =>
          aMember(records, { at: moment, regime: regime as "EU", groups: [["s1"]] });
        const until = steadyUntil(rules, purpose, at(NOW));
        expect(until).to.be.above(NOW.getTime());
        const later = new Date(NOW.getTime() + Math.floor((until - 1 - NOW.getTime()) * share));
        for (const ask of asks)
          expect(decide(rules, at(later), ask)).to.deep.equal(decide(rules, at(NOW), ask));
      }),
      { numRuns: 100 },
    );
  });

  it("names the very moment at which a consent ends, and the year's end where nothing ends before", () => {
    const purpose = aPurpose("analytics", { consentExpiresAfter: null });
    const rules = rulesWith({ purposes: [purpose], notices: [] });
    const end = new Date(NOW.getTime() + 3 * DAY);
    expect(steadyUntil(rules, purpose, aMember([aRecord({ validUntil: end })]))).to.equal(end.getTime());
    expect(steadyUntil(rules, purpose, aMember([aRecord()]))).to.equal(Date.UTC(2027, 0, 1));
  });
});
