import { expect } from "chai";
import fc from "fast-check";
import { decide } from "../../../consent/decide.ts";
import type { DecisionAsk } from "../../../consent/decision.ts";
import type { ConsentRecord } from "../../../consent/ledger.ts";
import { aMember, aPurpose, aRecord, day, rulesWith } from "./builders.ts";
import { naiveAllows } from "./naive-ledger.ts";

const partner = { id: "partner-a", role: "third-party", country: "DE" } as const;
const processor = { id: "mailer", role: "processor", country: "DE" } as const;
const label = { en: "x", "zh-CN": "x", "zh-TW": "x" };
const analytics = aPurpose("analytics", {
  consentExpiresAfter: null,
  recipients: [
    { id: "partner-a", role: "third-party", country: "DE", name: label },
    { id: "partner-b", role: "third-party", country: "DE", name: label },
  ],
});
const marketing = aPurpose("marketing", { consentExpiresAfter: null, doubleOptIn: [] });
const rules = rulesWith({ purposes: [analytics, marketing] });
const SUBJECTS = ["s1", "s2", "s3"];

const asks: DecisionAsk[] = [
  { purposeId: "analytics" },
  { purposeId: "analytics", recipient: partner },
  { purposeId: "analytics", recipient: processor },
  { purposeId: "marketing", channel: "email" },
  { purposeId: "marketing", channel: "sms" },
];

/** Entries over few days, so that ties and every kind of overlap are common. */
const entry = fc
  .record({
    state: fc.constantFrom(
      "given",
      "given",
      "given",
      "renewed",
      "requested",
      "refused",
      "withdrawn",
      "withdrawn",
      "expired",
      "invalidated",
      "objected",
      "objection-lifted",
      "restricted",
      "restriction-lifted",
    ) as fc.Arbitrary<ConsentRecord["state"]>,
    subjectId: fc.constantFrom(...SUBJECTS),
    purpose: fc.constantFrom("analytics", "analytics", "marketing", "marketing", "*", "*marketing"),
    channel: fc.constantFrom(null, "email", "sms") as fc.Arbitrary<ConsentRecord["channel"]>,
    recipientId: fc.constantFrom(null, null, null, "partner-a", "partner-b", "mailer"),
    regime: fc.constantFrom("EU", "EU", "EU", "TW") as fc.Arbitrary<ConsentRecord["regime"]>,
    recorded: fc.integer({ min: 1, max: 6 }),
    occurred: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
    clock: fc.constantFrom("server", "sender", "offline") as fc.Arbitrary<ConsentRecord["clock"]>,
    pending: fc.boolean(),
    refers: fc.option(fc.nat({ max: 11 }), { nil: null }),
  })
  .map((e) => {
    const grants = ["given", "renewed", "requested"].includes(e.state);
    const purposeId = grants && e.purpose.startsWith("*") ? "analytics" : e.purpose;
    return {
      refers: e.refers,
      record: aRecord({
        state: e.state,
        subjectId: e.subjectId,
        purposeId,
        channel: grants && purposeId === "analytics" ? null : e.channel,
        recipientId: e.recipientId,
        regime: e.regime,
        recordedAt: day(e.recorded),
        occurredAt: e.clock === "server" || e.occurred === null ? null : day(e.occurred),
        clock: e.clock,
        proof: {
          doubleOptIn: e.pending && e.state === "given" ? "pending" : "not-required",
        } as ConsentRecord["proof"],
      }),
    };
  });

/** A ledger; expiries and invalidations may name any entry of it, or none. */
const ledger = fc.array(entry, { maxLength: 12 }).map((drawn) =>
  drawn.map(({ record, refers }) => {
    if (record.state !== "expired" && record.state !== "invalidated") return record;
    return { ...record, refersTo: refers === null ? null : (drawn[refers]?.record.id ?? null) };
  }),
);

/** Ways in which three subjects can stand: apart, partly or wholly joined for certain. */
const grouping = fc.constantFrom<string[][]>(
  [["s1"], ["s2"], ["s3"]],
  [["s1", "s2"], ["s3"]],
  [["s1", "s3"], ["s2"]],
  [["s1"], ["s2", "s3"]],
  [["s1", "s2", "s3"]],
);

describe("the ledger fold", () => {
  it("agrees with a model written from first principles, for every group, question and moment", () => {
    fc.assert(
      fc.property(ledger, grouping, fc.integer({ min: 1, max: 10 }), (entries, groups, at) => {
        const member = aMember(entries, { groups, at: day(at) });
        for (const ask of asks) {
          const purpose = ask.purposeId === "marketing" ? marketing : analytics;
          for (const group of groups) {
            const decision = decide(rules, member, { ...ask, subjectId: group[0] as string });
            const expected = naiveAllows(entries, group, purpose, ask, "EU", day(at));
            expect(decision.kind === "allowed", JSON.stringify({ ask, group, rule: decision.rule })).to.equal(
              expected,
            );
          }
        }
      }),
      { numRuns: 700 },
    );
  });

  it("does not depend on the order in which entries arrive or are read", () => {
    fc.assert(
      fc.property(
        ledger.chain((entries) =>
          fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
        ),
        grouping,
        ([entries, shuffled], groups) => {
          const [a, b] = [aMember(entries, { groups }), aMember(shuffled, { groups })];
          for (const ask of asks) {
            for (const subjectId of SUBJECTS)
              expect(decide(rules, a, { ...ask, subjectId })).to.deep.equal(
                decide(rules, b, { ...ask, subjectId }),
              );
          }
        },
      ),
    );
  });

  it("allows nothing on consent without naming the record that allows it", () => {
    fc.assert(
      fc.property(ledger, grouping, (entries, groups) => {
        const member = aMember(entries, { groups });
        for (const ask of asks) {
          const decision = decide(rules, member, ask);
          if (decision.kind === "denied") continue;
          const record = entries.find((e) => e.id === decision.recordId);
          expect(record?.state).to.be.oneOf(["given", "renewed"]);
          expect(decision.noticeVersion).to.equal(1);
        }
      }),
    );
  });

  it("never allows more after a withdrawal, until a newer grant comes", () => {
    fc.assert(
      fc.property(ledger, grouping, fc.constantFrom(...SUBJECTS), (entries, groups, subjectId) => {
        const withdrawal = aRecord({ state: "withdrawn", purposeId: "*", subjectId, recordedAt: day(10) });
        const later = aMember([...entries, withdrawal], { groups });
        for (const ask of asks) expect(decide(rules, later, ask).kind).to.equal("denied");

        const before = aMember(entries, { groups });
        const group = groups.find((g) => g.includes("s1")) as string[];
        const again = aRecord({ subjectId: "s1", recordedAt: day(11) });
        const regranted = aMember([...entries, withdrawal, again], { groups });
        const question = { purposeId: "analytics", subjectId: group[0] as string };
        const blockers = ["objected", "restricted"];
        if (!blockers.includes(decide(rules, before, question).rule)) {
          expect(decide(rules, regranted, question)).to.include({ kind: "allowed", recordId: again.id });
        }
      }),
    );
  });

  it("merges and unmerges without a trace: each side answers as it did before", () => {
    fc.assert(
      fc.property(ledger, (entries) => {
        const alone = (id: string) =>
          aMember(
            entries.filter((e) => e.subjectId === id).map((e) => e),
            { groups: [[id]] },
          );
        const apart = SUBJECTS.map(alone);
        aMember(entries, { groups: [SUBJECTS] });
        const again = SUBJECTS.map(alone);
        for (const ask of asks)
          expect(again.map((m) => decide(rules, m, ask))).to.deep.equal(
            apart.map((m) => decide(rules, m, ask)),
          );
      }),
    );
  });

  it("lets a weak merge only take away: nobody is allowed more by it than alone", () => {
    const groups = SUBJECTS.map((id) => [id]);
    const plain = ledger.map((entries) =>
      entries.filter((e) => e.state !== "expired" && e.state !== "invalidated"),
    );
    fc.assert(
      fc.property(plain, (entries) => {
        const merged = aMember(entries, { groups });
        for (const subjectId of SUBJECTS) {
          const alone = aMember(
            entries.filter((e) => e.subjectId === subjectId),
            { groups: [[subjectId]] },
          );
          for (const ask of asks) {
            if (decide(rules, merged, { ...ask, subjectId }).kind === "allowed")
              expect(decide(rules, alone, { ...ask, subjectId }).kind).to.equal("allowed");
          }
        }
      }),
    );
  });

  it("gives the same answer for a past moment, whatever was written since", () => {
    fc.assert(
      fc.property(ledger, ledger, grouping, (entries, later, groups) => {
        const since = later.map((e) => ({
          ...e,
          recordedAt: new Date(e.recordedAt.getTime() + 30 * 86_400_000),
        }));
        const then = aMember(entries, { groups, at: day(10) });
        const now = aMember([...entries, ...since], { groups, at: day(10) });
        for (const ask of asks) expect(decide(rules, now, ask)).to.deep.equal(decide(rules, then, ask));
      }),
    );
  });
});
