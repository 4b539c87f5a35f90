import { expect } from "chai";
import fc from "fast-check";
import { decideCategories } from "../../../consent/decide.ts";
import { listKeyStates } from "../../../consent/key-states.ts";
import { adviseAsking } from "../../../consent/reask.ts";
import { aMember, aRecord, day, rulesWith } from "./builders.ts";

const rules = rulesWith();
const isMarketing = (id: string) => rules.purposes.get(id)?.marketing ?? false;

describe("the states of a member's keys", () => {
  it("show what was said last, also where a wider refusal ended a grant", () => {
    const [email, sms] = (["email", "sms"] as const).map((channel) =>
      aRecord({ purposeId: "marketing", channel }),
    );
    const stop = aRecord({ state: "withdrawn", purposeId: "*marketing", channel: "sms", recordedAt: day(3) });
    const asked = aRecord({
      state: "requested",
      purposeId: "marketing",
      channel: "line",
      recordedAt: day(4),
    });
    const ledger = aMember([email, sms, stop, asked].filter((e) => e !== undefined)).ledger;
    const states = listKeyStates(ledger, isMarketing).map((k) => [
      k.purposeId,
      k.channel,
      k.state,
      k.recordId,
    ]);
    expect(states).to.deep.equal([
      ["*marketing", "sms", "withdrawn", stop.id],
      ["marketing", "email", "given", email?.id],
      ["marketing", "line", "pending", asked.id],
      ["marketing", "sms", "withdrawn", stop.id],
    ]);
  });

  it("show one row per key and regime, and a refusal without a grant in a row of its own", () => {
    const entries = [
      aRecord(),
      aRecord({ regime: "TW" }),
      aRecord({ state: "withdrawn", recordedAt: day(2) }),
      aRecord({ state: "refused", purposeId: "profiling" }),
      aRecord({ state: "objected", purposeId: "analytics", recordedAt: day(3) }),
    ];
    const rows = listKeyStates(aMember(entries).ledger, isMarketing);
    expect(rows.map((k) => [k.purposeId, k.regime, k.state])).to.deep.equal([
      ["analytics", null, "objected"],
      ["analytics", "EU", "withdrawn"],
      ["analytics", "TW", "withdrawn"],
      ["profiling", null, "refused"],
    ]);
  });

  it("keep showing a grant that a later request would only renew", () => {
    const rows = listKeyStates(
      aMember([aRecord(), aRecord({ state: "requested", recordedAt: day(4) })]).ledger,
      isMarketing,
    );
    expect(rows.map((k) => k.state)).to.deep.equal(["given"]);
  });

  it("come in one order, whatever the order of entries", () => {
    const entries = [
      aRecord(),
      aRecord({ subjectId: "s2", state: "withdrawn", recordedAt: day(2) }),
      aRecord({ purposeId: "profiling" }),
      aRecord({ purposeId: "marketing", channel: "sms", state: "objected" }),
      aRecord({ regime: "TW" }),
    ];
    const groups = [["s1"], ["s2"]];
    const expected = listKeyStates(aMember(entries, { groups }).ledger, isMarketing);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(listKeyStates(aMember(shuffled, { groups }).ledger, isMarketing)).to.deep.equal(expected);
      }),
    );
  });
});

describe("a decision by category", () => {
  it("opens what the purpose holds and says of the rest why not", () => {
    const result = decideCategories(rules, aMember([aRecord()]), { purposeId: "analytics" }, [
      "online",
      "contact",
      "unclassified",
    ]);
    expect(result.allowed.map((c) => c.category)).to.deep.equal(["online"]);
    expect(result.withheld.map((c) => [c.category, c.decision.rule])).to.deep.equal([
      ["contact", "category-outside-purpose"],
      ["unclassified", "category-unclassified"],
    ]);
  });
});

describe("asking again", () => {
  const refused = aRecord({ state: "refused", purposeId: "partner-sharing", recordedAt: day(1) });
  const ask = (at: string, regime: "US-CA" | "EU" | null = "US-CA", entries = [refused]) =>
    adviseAsking(rules, aMember(entries, { regime, at: new Date(at) }), "partner-sharing", null);

  it("leaves a refusal in peace for a year in California", () => {
    expect(ask("2026-12-01T00:00:00Z")).to.deep.equal({
      mayAsk: false,
      reason: "refusal-is-recent",
      notBefore: new Date("2027-06-01T12:00:00Z"),
    });
    expect(ask("2027-06-01T12:00:00Z")).to.include({ mayAsk: true, reason: "refusal-is-old" });
  });

  it("knows where no period is stated, nobody was asked or nobody may be", () => {
    expect(ask("2026-12-01T00:00:00Z", "EU").reason).to.equal("no-period");
    expect(ask("2026-12-01T00:00:00Z", "US-CA", []).reason).to.equal("never-asked");
    expect(ask("2026-12-01T00:00:00Z", null).mayAsk).to.equal(false);
    const held = aMember([], { status: { restricted: true } });
    expect(adviseAsking(rules, held, "analytics", null).reason).to.equal("status");
  });
});
