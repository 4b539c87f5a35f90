import { expect } from "chai";
import fc from "fast-check";
import { DAY, HOUR } from "../../../src/kernel/clock.ts";
import {
  type AskDecision,
  type AskedMember,
  type AskQuestion,
  decideAsk,
  type PastContact,
  reminderTimes,
} from "../../../surveys/cadence/decide.ts";
import { afterQuietHours, localMinutes, zoneOf } from "../../../surveys/cadence/quiet-hours.ts";
import { type CadenceRules, DEFAULT_CADENCE } from "../../../surveys/cadence/rules.schema.ts";

const NOW = new Date("2026-06-15T10:00:00Z");
const ago = (days: number) => new Date(+NOW - days * DAY);
const aMember = (over: Partial<AskedMember> = {}): AskedMember => ({
  consent: { allowed: true, rule: "not-refused" },
  hasAddress: true,
  timeZone: "UTC",
  level: null,
  region: null,
  country: null,
  firstSeen: ago(400),
  lastSeen: ago(2),
  contacts: [],
  answers: [],
  complaintSince: null,
  ...over,
});
const anAsk = (over: Partial<AskQuestion> = {}): AskQuestion => ({
  surveyId: "after-purchase",
  surveyClass: "transactional",
  running: true,
  wave: null,
  kind: "invitation",
  again: "always",
  at: NOW,
  latest: null,
  orderReturned: false,
  ...over,
});
const contact = (over: Partial<PastContact> = {}): PastContact => ({
  at: ago(10),
  surveyId: "other",
  surveyClass: "transactional",
  wave: null,
  kind: "invitation",
  ...over,
});
const rules = (over: Partial<CadenceRules> = {}): CadenceRules => ({
  ...DEFAULT_CADENCE,
  quietHours: null,
  ...over,
});
const say = (d: AskDecision): string =>
  d.kind === "ask"
    ? "ask"
    : d.kind === "wait"
      ? `wait ${d.reason} ${d.until.toISOString()}`
      : `skip ${d.reason} ${d.again?.toISOString() ?? "-"}`;

describe("cadence: whether a member is asked", () => {
  it("asks somebody whom nothing stands against", () => {
    expect(say(decideAsk(rules(), aMember(), anAsk()))).to.equal("ask");
  });
  it("does not ask without consent, and names the consent rule", () => {
    const d = decideAsk(rules(), aMember({ consent: { allowed: false, rule: "withdrawn" } }), anAsk());
    expect(d).to.deep.equal({ kind: "skip", reason: "consent", again: null, detail: "withdrawn" });
  });
  it("counts one invitation in 30 days over all surveys and says from when on again", () => {
    const member = aMember({ contacts: [contact({ surveyClass: "research" })] });
    expect(say(decideAsk(rules(), member, anAsk()))).to.equal("skip global-cap 2026-07-05T10:00:00.000Z");
  });
  it("keeps a class of its own, so that a frequent survey does not starve the quarterly one", () => {
    const own = rules({ global: { days: 7, invitations: 1, messages: 5 } });
    const member = aMember({ contacts: [contact({ at: ago(10), surveyClass: "transactional" })] });
    expect(say(decideAsk(own, member, anAsk({ surveyClass: "relational" })))).to.equal("ask");
    expect(say(decideAsk(own, member, anAsk()))).to.equal("skip class-cap 2026-07-05T10:00:00.000Z");
  });
  it("counts reminders, and lets a reminder through while messages are left", () => {
    const sent = [contact({ at: ago(3) }), contact({ at: ago(1), kind: "reminder" })];
    const ask = anAsk({ kind: "reminder", wave: "w" });
    expect(say(decideAsk(rules(), aMember({ contacts: sent }), ask))).to.equal("ask");
    const three = [...sent, contact({ at: ago(2), kind: "reminder" })];
    expect(say(decideAsk(rules(), aMember({ contacts: three }), ask))).to.equal(
      "skip message-cap 2026-07-12T10:00:00.000Z",
    );
  });
  it("counts what is planned like what was sent", () => {
    const planned = aMember({ contacts: [contact({ at: new Date(+NOW + 2 * DAY) })] });
    expect(say(decideAsk(rules(), planned, anAsk()))).to.match(/^skip global-cap/);
  });
  it("delays instead of leaving out where the rules say so, but not beyond the longest delay", () => {
    const member = aMember({ contacts: [contact({ at: ago(25) })] });
    const delay = (maxDays: number) => rules({ quarantine: { kind: "delay", maxDays } });
    expect(say(decideAsk(delay(7), member, anAsk()))).to.equal("wait global-cap 2026-06-20T10:00:00.000Z");
    expect(say(decideAsk(delay(2), member, anAsk()))).to.equal("skip global-cap 2026-06-20T10:00:00.000Z");
  });
  it("never asks for a second answer unless that is allowed, and in a recurring survey once a round", () => {
    const member = aMember({
      answers: [{ at: ago(100), surveyId: "after-purchase", wave: "2026-Q1", kind: "answered" }],
    });
    expect(say(decideAsk(rules(), member, anAsk({ again: "never" })))).to.equal("skip answered -");
    expect(say(decideAsk(rules(), member, anAsk({ again: "per-wave", wave: "2026-Q1" })))).to.equal(
      "skip answered -",
    );
    expect(say(decideAsk(rules(), member, anAsk({ again: "per-wave", wave: "2026-Q2" })))).to.equal("ask");
  });
  it("stops reminders on an answer, a refusal, a withdrawal and a complaint", () => {
    const ask = anAsk({ kind: "reminder", again: "always", wave: null });
    for (const kind of ["answered", "declined"] as const) {
      const member = aMember({ answers: [{ at: ago(1), surveyId: "after-purchase", wave: null, kind }] });
      expect(say(decideAsk(rules(), member, ask))).to.equal(`skip ${kind} -`);
    }
    expect(say(decideAsk(rules(), aMember({ complaintSince: ago(1) }), ask))).to.equal("skip complaint -");
    expect(
      say(decideAsk(rules(), aMember({ consent: { allowed: false, rule: "withdrawn" } }), ask)),
    ).to.equal("skip consent -");
  });
  it("leaves out returned orders, occasions too old, newcomers and those not seen lately", () => {
    expect(say(decideAsk(rules(), aMember(), anAsk({ orderReturned: true })))).to.equal(
      "skip order-returned -",
    );
    expect(say(decideAsk(rules(), aMember(), anAsk({ latest: ago(1) })))).to.equal("skip too-late -");
    const eligible = rules({ eligible: { memberForDays: 30, seenWithinDays: 30 } });
    expect(say(decideAsk(eligible, aMember({ firstSeen: ago(10) }), anAsk()))).to.equal(
      "skip not-eligible-new 2026-07-05T10:00:00.000Z",
    );
    expect(say(decideAsk(eligible, aMember({ lastSeen: ago(31) }), anAsk()))).to.equal(
      "skip not-eligible-inactive -",
    );
  });
  it("applies the first attribute rule that fits", () => {
    const own = rules({
      attributeRules: [
        { when: { level: ["platinum"] }, globalDays: 0, classDays: 0 },
        { when: { country: ["DE"] }, never: true },
      ],
    });
    const contacts = [contact()];
    expect(say(decideAsk(own, aMember({ contacts, level: "platinum", country: "DE" }), anAsk()))).to.equal(
      "ask",
    );
    expect(say(decideAsk(own, aMember({ country: "DE" }), anAsk()))).to.equal("skip attribute-rule -");
  });
  it("waits for the member's own morning", () => {
    const own = rules({ quietHours: { from: "21:00", to: "09:00" } });
    const at = new Date("2026-06-15T14:30:00Z");
    expect(say(decideAsk(own, aMember({ timeZone: "Asia/Taipei" }), anAsk({ at })))).to.equal(
      "wait quiet-hours 2026-06-16T01:00:00.000Z",
    );
    expect(say(decideAsk(own, aMember({ timeZone: "Europe/London" }), anAsk({ at })))).to.equal("ask");
  });
  it("does not depend on the order of the history, and when it says again, that reason is gone by then", () => {
    const history = fc.array(
      fc.record({
        days: fc.integer({ min: -5, max: 120 }),
        surveyClass: fc.constantFrom("relational" as const, "transactional" as const, "research" as const),
        kind: fc.constantFrom("invitation" as const, "reminder" as const),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(history, fc.constantFrom("invitation" as const, "reminder" as const), (list, kind) => {
        const contacts = list.map((c) =>
          contact({ at: ago(c.days), surveyClass: c.surveyClass, kind: c.kind }),
        );
        const d = decideAsk(DEFAULT_CADENCE, aMember({ contacts }), anAsk({ kind }));
        expect(
          decideAsk(DEFAULT_CADENCE, aMember({ contacts: [...contacts].reverse() }), anAsk({ kind })),
        ).to.deep.equal(d);
        if (d.kind === "skip" && d.again !== null)
          expect(
            decideAsk(DEFAULT_CADENCE, aMember({ contacts }), anAsk({ kind, at: d.again })).kind,
          ).to.equal("ask");
      }),
    );
  });
});

describe("cadence: quiet hours", () => {
  it("are left at the first minute outside them, in any zone, on any day of the year", () => {
    const zones = fc.constantFrom(
      "UTC",
      "Asia/Taipei",
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
    );
    fc.assert(
      fc.property(
        fc.date({ min: new Date("2026-01-01"), max: new Date("2026-12-31"), noInvalidDate: true }),
        zones,
        (at, zone) => {
          const open = afterQuietHours(at, zone, { from: "21:00", to: "09:00" });
          const minute = localMinutes(open, zone);
          expect(minute >= 9 * 60 && minute < 21 * 60).to.equal(true);
          expect(+open - +at).to.be.within(0, 14 * HOUR);
        },
      ),
    );
  });
  it("fall back from the member's zone to the store's, then the country's", () => {
    expect(zoneOf("Asia/Tokyo", "TW")).to.equal("Asia/Tokyo");
    expect(zoneOf("Not/AZone", null, "TW")).to.equal("Asia/Taipei");
    expect(zoneOf(null, undefined)).to.equal("UTC");
  });
});

describe("cadence: reminders", () => {
  it("fall on the third and seventh day while the invitation is open", () => {
    const times = reminderTimes(DEFAULT_CADENCE, NOW, new Date(+NOW + 5 * DAY));
    expect(times).to.deep.equal([new Date(+NOW + 3 * DAY)]);
  });
});
