import { expect } from "chai";
import { decide, decideBySubject, decideOnce } from "../../../consent/decide.ts";
import { ACTIVE_MEMBER, type DecisionAsk } from "../../../consent/decision.ts";
import { strongGroups } from "../../../consent/fold.ts";
import type { ConsentRecord } from "../../../consent/ledger.ts";
import { builtInPurposes } from "../../../consent/purposes.ts";
import { CONTACT_CHANNELS, REGIME_IDS } from "../../../consent/vocabulary.ts";
import { aMember, aNotice, aPurpose, aRecord, day, rulesWith } from "./builders.ts";

const rules = rulesWith();
const label = { en: "A", "zh-CN": "A", "zh-TW": "A" };
const sale = aPurpose("partner-sharing", {
  recipients: [
    { id: "p", role: "third-party", country: "US", name: label },
    { id: "q", role: "third-party", country: "CN", name: label },
  ],
  programme: "club",
});
const saleRules = rulesWith({ purposes: [sale] });
const proof = (p: Partial<ConsentRecord["proof"]>) => ({ proof: p as ConsentRecord["proof"] });
const gpc = (n: number, subjectId = "s1") =>
  aRecord({
    state: "signalled",
    purposeId: "*",
    subjectId,
    recordedAt: day(n),
    signal: { kind: "gpc", device: "d1" },
  });

describe("a consent decision", () => {
  describe("on bases of their own", () => {
    it("serves a member who refused everything", () => {
      const member = aMember([
        aRecord({ state: "objected", purposeId: "*" }),
        aRecord({ state: "withdrawn", purposeId: "*" }),
      ]);
      expect(decide(rules, member, { purposeId: "service", category: "contact" })).to.include({
        kind: "allowed",
        rule: "contract",
      });
      expect(decide(rules, member, { purposeId: "legal-obligation", category: "contact" }).kind).to.equal(
        "allowed",
      );
    });

    it("keeps the handling of rights open under restriction and stops service", () => {
      for (const member of [
        aMember([], { status: { restricted: true } }),
        aMember([aRecord({ state: "restricted", purposeId: "*" })]),
      ]) {
        expect(decide(rules, member, { purposeId: "legal-obligation" }).kind).to.equal("allowed");
        expect(decide(rules, member, { purposeId: "service" })).to.include({
          kind: "denied",
          rule: "restricted",
        });
      }
    });

    it("allows nothing at all for somebody erased", () => {
      const member = aMember([aRecord()], { status: { erased: true } });
      for (const purpose of builtInPurposes()) {
        const channel = purpose.channels[0] ?? null;
        expect(decide(rules, member, { purposeId: purpose.id, channel }).rule).to.equal("erased");
      }
    });

    it("needs no regime for a contract, and denies consent without one", () => {
      const member = aMember([aRecord({ regime: null })], { regime: null });
      expect(decide(rules, member, { purposeId: "service" }).kind).to.equal("allowed");
      expect(decide(rules, member, { purposeId: "analytics" }).rule).to.equal("regime-unknown");
    });
  });

  describe("stays inside the purpose", () => {
    const member = aMember([aRecord()]);
    const cases: [DecisionAsk, string][] = [
      [{ purposeId: "nothing" }, "unknown-purpose"],
      [{ purposeId: "analytics", category: "contact" }, "category-outside-purpose"],
      [{ purposeId: "analytics", category: "unclassified" }, "category-unclassified"],
      [{ purposeId: "legal-obligation", category: "unclassified" }, "category-unclassified"],
      [{ purposeId: "analytics", channel: "sms" }, "channel-outside-purpose"],
      [{ purposeId: "marketing" }, "channel-required"],
      [
        { purposeId: "analytics", recipient: { id: "x", role: "third-party", country: "DE" } },
        "recipient-outside-purpose",
      ],
    ];
    for (const [ask, rule] of cases) {
      it(`denies ${rule} for ${ask.purposeId}`, () =>
        expect(decide(rules, member, ask)).to.include({ kind: "denied", rule }));
    }
  });

  describe("on consent", () => {
    it("names the record and the notice that allow it", () => {
      const record = aRecord();
      expect(
        decide(rules, aMember([record]), { purposeId: "analytics", category: "online" }),
      ).to.deep.include({
        kind: "allowed",
        rule: "consent-given",
        basis: "consent",
        recordId: record.id,
        noticeId: "n",
        noticeVersion: 1,
      });
    });

    it("says no while nothing was said, under every opt-in regime", () => {
      for (const regime of REGIME_IDS) {
        const decision = decide(rules, aMember([], { regime }), { purposeId: "personalisation" });
        expect(decision.rule).to.equal(regime === "US-CA" ? "not-refused" : "no-consent");
      }
    });

    it("lets a withdrawal under any regime end a consent under another", () => {
      const member = aMember([aRecord(), aRecord({ state: "withdrawn", regime: "TW", recordedAt: day(2) })]);
      expect(decide(rules, member, { purposeId: "analytics" }).rule).to.equal("withdrawn");
    });

    it("does not take a consent under one regime for another", () => {
      const member = aMember([aRecord({ regime: "TW" })]);
      expect(decide(rules, member, { purposeId: "analytics" }).rule).to.equal("no-consent");
    });

    it("never lets a late-arriving old grant beat a newer withdrawal", () => {
      const member = aMember([
        aRecord({ state: "withdrawn", recordedAt: day(5) }),
        aRecord({ recordedAt: day(9), occurredAt: day(3), clock: "offline", method: "pos" }),
      ]);
      expect(decide(rules, member, { purposeId: "analytics" }).rule).to.equal("withdrawn");
    });

    it("does not believe a till clock that runs ahead", () => {
      const member = aMember([
        aRecord({ recordedAt: day(3), occurredAt: day(19), clock: "offline" }),
        aRecord({ state: "withdrawn", recordedAt: day(5) }),
      ]);
      expect(decide(rules, member, { purposeId: "analytics" }).kind).to.equal("denied");
    });

    it("counts an offline refusal from when it was learnt, however old its clock says it is", () => {
      const member = aMember([
        aRecord({ recordedAt: day(5) }),
        aRecord({ state: "withdrawn", recordedAt: day(6), occurredAt: new Date(0), clock: "offline" }),
      ]);
      expect(decide(rules, member, { purposeId: "analytics" }).kind).to.equal("denied");
    });

    it("settles two words of the same moment as a no", () => {
      const member = aMember([
        aRecord({ recordedAt: day(2) }),
        aRecord({ state: "refused", recordedAt: day(2) }),
      ]);
      expect(decide(rules, member, { purposeId: "analytics" }).rule).to.equal("refused");
    });

    it("gives a withdrawn purpose back with a newer grant", () => {
      const again = aRecord({ state: "renewed", recordedAt: day(7) });
      const member = aMember([aRecord(), aRecord({ state: "withdrawn", recordedAt: day(4) }), again]);
      expect(decide(rules, member, { purposeId: "analytics" })).to.include({
        kind: "allowed",
        recordId: again.id,
      });
    });

    it("waits for the confirmation of a double opt-in", () => {
      const base = { purposeId: "marketing", channel: "email" } as const;
      const asked = aRecord({ ...base, state: "requested" });
      const unconfirmed = aRecord({ ...base, ...proof({ doubleOptIn: "pending" }) });
      const plain = aRecord({ ...base, recordedAt: day(2) });
      const confirmed = aRecord({ ...base, recordedAt: day(3), ...proof({ doubleOptIn: "confirmed" }) });
      for (const entries of [[asked], [unconfirmed], [asked, plain]])
        expect(decide(rules, aMember(entries), base).rule).to.equal("consent-pending");
      expect(decide(rules, aMember([asked, confirmed]), base).kind).to.equal("allowed");
      expect(decide(rules, aMember([confirmed, { ...asked, recordedAt: day(5) }]), base).kind).to.equal(
        "allowed",
      );
      // In an opt-out regime, too, an unconfirmed address stays silent.
      const california = aMember([{ ...asked, regime: "US-CA" }], { regime: "US-CA" });
      expect(decide(rules, california, base).rule).to.equal("consent-pending");
    });

    it("keeps channels apart", () => {
      const member = aMember([
        aRecord({ purposeId: "marketing", channel: "sms" }),
        aRecord({ purposeId: "marketing", channel: "line", recordedAt: day(1) }),
        aRecord({ purposeId: "marketing", channel: "line", state: "withdrawn", recordedAt: day(2) }),
      ]);
      const allowed = CONTACT_CHANNELS.filter(
        (channel) => decide(rules, member, { purposeId: "marketing", channel }).kind === "allowed",
      );
      expect(allowed).to.deep.equal(["sms"]);
    });

    it("ends with its period, its own end and a material change of the words", () => {
      const at = new Date("2026-06-20T12:00:00Z");
      const old = aRecord({ recordedAt: new Date("2024-06-20T12:00:00Z") });
      expect(decide(rules, aMember([old], { at }), { purposeId: "analytics" }).rule).to.equal(
        "consent-expired",
      );
      const justBefore = new Date(at.getTime() - 1);
      expect(decide(rules, aMember([old], { at: justBefore }), { purposeId: "analytics" }).kind).to.equal(
        "allowed",
      );
      const own = aRecord({ validUntil: day(3) });
      expect(decide(rules, aMember([own], { at: day(3) }), { purposeId: "analytics" }).rule).to.equal(
        "consent-expired",
      );

      const notices = [aNotice(), aNotice({ version: 2, material: false, publishedAt: day(5) })];
      const changed = [...notices, aNotice({ version: 3, publishedAt: day(10) })];
      const fresh = aMember([aRecord()]);
      expect(decide(rulesWith({ notices }), fresh, { purposeId: "analytics" }).kind).to.equal("allowed");
      expect(decide(rulesWith({ notices: changed }), fresh, { purposeId: "analytics" })).to.deep.include({
        rule: "consent-stale",
      });
      const before = aMember([aRecord()], { at: day(9) });
      expect(decide(rulesWith({ notices: changed }), before, { purposeId: "analytics" }).kind).to.equal(
        "allowed",
      );
      const wider = rulesWith({ purposes: [aPurpose("analytics", { version: 2, materialVersion: 2 })] });
      expect(decide(wider, fresh, { purposeId: "analytics" }).rule).to.equal("consent-stale");
    });

    it("lets an invalidation end one grant without reviving an older one or touching a newer", () => {
      const [first, bad, good] = [1, 2, 4].map((n) => aRecord({ recordedAt: day(n) })) as [
        ConsentRecord,
        ConsentRecord,
        ConsentRecord,
      ];
      const ruling = aRecord({ state: "invalidated", refersTo: bad.id, recordedAt: day(6) });
      expect(decide(rules, aMember([first, bad, ruling]), { purposeId: "analytics" }).rule).to.equal(
        "ended-invalidated",
      );
      expect(decide(rules, aMember([first, bad, good, ruling]), { purposeId: "analytics" }).kind).to.equal(
        "allowed",
      );
    });
  });

  describe("before all consent", () => {
    it("honours an objection until it is lifted, whatever is granted in between", () => {
      const base = { purposeId: "survey-contact", channel: "sms" } as const;
      const objection = aRecord({ ...base, state: "objected", channel: null, recordedAt: day(2) });
      const granted = aRecord({ ...base, recordedAt: day(3) });
      const lifted = aRecord({ ...base, state: "objection-lifted", channel: null, recordedAt: day(4) });
      expect(decide(rules, aMember([]), base).rule).to.equal("not-refused");
      expect(decide(rules, aMember([objection]), base).rule).to.equal("objected");
      expect(decide(rules, aMember([objection, granted]), base).rule).to.equal("objected");
      expect(decide(rules, aMember([objection, granted, lifted]), base).kind).to.equal("allowed");
    });

    it("takes one refusal of all marketing for every channel", () => {
      const member = aMember([
        aRecord({ purposeId: "marketing", channel: "sms" }),
        aRecord({ state: "objected", purposeId: "*marketing", recordedAt: day(2) }),
        aRecord(),
      ]);
      expect(decide(rules, member, { purposeId: "marketing", channel: "sms" }).rule).to.equal(
        "marketing-refused",
      );
      expect(decide(rules, member, { purposeId: "analytics" }).kind).to.equal("allowed");
    });

    it("takes unfollowing for that channel only, and following for no consent", () => {
      const line = { purposeId: "*", channel: "line" } as const;
      const grants = [
        aRecord({ purposeId: "marketing", channel: "line" }),
        aRecord({ purposeId: "marketing", channel: "sms" }),
      ];
      const left = aRecord({ ...line, state: "channel-closed", recordedAt: day(3) });
      const back = aRecord({ ...line, state: "channel-opened", recordedAt: day(5) });
      const ask = (channel: "line" | "sms") => ({ purposeId: "marketing", channel });
      expect(decide(rules, aMember([...grants, left]), ask("line")).rule).to.equal("channel-closed");
      expect(decide(rules, aMember([...grants, left]), ask("sms")).kind).to.equal("allowed");
      expect(decide(rules, aMember([...grants, left, back]), ask("line")).kind).to.equal("allowed");
      expect(decide(rules, aMember([back]), ask("line")).rule).to.equal("no-consent");
      // Platforms tell time in whole seconds: who follows and leaves within one has left, whichever is written first.
      const [sooner, later] = [back, left].map((e) => ({ ...e, recordedAt: day(4) })) as [
        typeof back,
        typeof left,
      ];
      for (const both of [
        [sooner, later],
        [later, sooner],
        [{ ...sooner, id: "z" }, later],
      ])
        expect(decide(rules, aMember([...grants, ...both]), ask("line")).rule).to.equal("channel-closed");
      const otherAccount = { ...back, subjectId: "s2", recordedAt: day(1) };
      expect(decide(rules, aMember([...grants, left, otherAccount]), ask("line")).kind).to.equal("allowed");
    });

    it("takes a follow that names no account for the one that was left since, and no other for it", () => {
      const wechat = { purposeId: "*", channel: "wechat" } as const;
      const account = (name: string) => ({ signal: { kind: "account", account: name } as const });
      const grant = aRecord({ purposeId: "marketing", channel: "wechat" });
      const unnamed = aRecord({ ...wechat, state: "channel-opened", subjectId: "s2", recordedAt: day(2) });
      const left = aRecord({ ...wechat, ...account("a"), state: "channel-closed", recordedAt: day(4) });
      const rule = (...entries: ConsentRecord[]) =>
        decide(rules, aMember([grant, ...entries]), { purposeId: "marketing", channel: "wechat" }).rule;
      expect(rule(unnamed, left)).to.equal("channel-closed");
      expect(rule({ ...unnamed, recordedAt: day(5) }, left)).to.equal("consent-given");
      expect(rule({ ...unnamed, ...account("b") }, left)).to.equal("consent-given");
    });

    it("wants a guardian below the age of consent of the country, and the person itself from then on", () => {
      const guardian = { ref: "g", relation: "parent", method: "signed-form", evidenceSha256: null } as const;
      const alone = aRecord();
      const guarded = aRecord(proof({ guardian }));
      const ask = { purposeId: "analytics" };
      const at = (age: number | null, record: ConsentRecord, country: string | null) =>
        decide(rules, aMember([record], { country, status: { age } }), ask).rule;
      expect(at(15, alone, "DE")).to.equal("guardian-missing");
      expect(at(15, guarded, "DE")).to.equal("consent-given");
      expect(at(15, alone, "FR")).to.equal("consent-given");
      expect(at(15, alone, null)).to.equal("guardian-missing");
      expect(at(16, guarded, "DE")).to.equal("guardian-consent-ended");
      expect(at(16, alone, "DE")).to.equal("consent-given");
      expect(at(null, alone, "DE")).to.equal("consent-given");
    });

    it("wants separate consents in mainland China: to share, naming whom, and to send abroad", () => {
      const base = { purposeId: "partner-sharing", regime: "CN" } as const;
      const main = aRecord(base);
      const share = (id: string) => aRecord({ ...base, recipientId: id, separateConsent: "sharing" });
      const abroad = aRecord({ ...base, recipientId: "p", separateConsent: "cross-border" });
      const ask = (id: string, country: string): DecisionAsk => ({
        purposeId: "partner-sharing",
        recipient: { id, role: "third-party", country },
      });
      const decideWith = (entries: ConsentRecord[], a: DecisionAsk) =>
        decide(saleRules, aMember(entries, { regime: "CN" }), a);
      expect(decideWith([main], ask("q", "CN"))).to.deep.include({ rule: "separate-consent-missing" });
      expect(decideWith([main, share("p")], ask("q", "CN")).kind).to.equal("denied");
      expect(decideWith([main, share("q")], ask("q", "CN")).kind).to.equal("allowed");
      const lacking = decideWith([main, share("p")], ask("p", "US"));
      expect([lacking.rule, lacking.because.detail]).to.deep.equal([
        "separate-consent-missing",
        "cross-border",
      ]);
      expect(decideWith([main, share("p"), abroad], ask("p", "US")).kind).to.equal("allowed");
      const withdrawn = aRecord({
        ...base,
        state: "withdrawn",
        separateConsent: "cross-border",
        recordedAt: day(2),
      });
      expect(decideWith([main, share("p"), abroad, withdrawn], ask("p", "US")).kind).to.equal("denied");
      expect(decideWith([main, share("q"), withdrawn], ask("q", "CN")).kind).to.equal("allowed");
    });

    it("keeps a refusal of one recipient through a later general consent", () => {
      const base = { purposeId: "partner-sharing" } as const;
      const entries = [
        aRecord({ ...base, state: "withdrawn", recipientId: "p", recordedAt: day(2) }),
        aRecord({ ...base, recordedAt: day(3) }),
      ];
      const ask = (id: string): DecisionAsk => ({
        ...base,
        recipient: { id, role: "third-party", country: "DE" },
      });
      expect(decide(saleRules, aMember(entries), ask("p")).kind).to.equal("denied");
      expect(decide(saleRules, aMember(entries), ask("q")).kind).to.equal("allowed");
      const named = aRecord({ ...base, recipientId: "p", recordedAt: day(4) });
      expect(decide(saleRules, aMember([...entries, named]), ask("p")).kind).to.equal("allowed");
    });
  });

  describe("on signals", () => {
    const ask = { purposeId: "partner-sharing" };
    const california = (entries: ConsentRecord[], age: number | null = null) =>
      aMember(entries, { regime: "US-CA", status: { age } });
    const given = (n: number, conflictShown: boolean) =>
      aRecord({ purposeId: "partner-sharing", regime: "US-CA", recordedAt: day(n), conflictShown });

    it("stops sale and sharing in California, now and for the known member later", () => {
      expect(decide(saleRules, california([]), ask).rule).to.equal("not-refused");
      expect(decide(saleRules, california([]), { ...ask, signals: { gpc: true } }).rule).to.equal(
        "signal-gpc",
      );
      expect(decide(saleRules, california([gpc(2)]), ask).rule).to.equal("signal-gpc");
      expect(decide(saleRules, california([gpc(2)]), { ...ask, signals: { gpc: false } }).rule).to.equal(
        "signal-gpc",
      );
      expect(decide(saleRules, california([gpc(2)]), { purposeId: "analytics" }).kind).to.equal("allowed");
    });

    it("yields only to a later consent that showed the conflict, and that can be withdrawn again", () => {
      expect(decide(saleRules, california([given(1, true), gpc(2)]), ask).rule).to.equal("signal-gpc");
      expect(decide(saleRules, california([gpc(2), given(3, false)]), ask).rule).to.equal("signal-gpc");
      const kept = [gpc(2), given(3, true), gpc(5)];
      expect(decide(saleRules, california(kept), ask).rule).to.equal("consent-given");
      const over = aRecord({ state: "withdrawn", purposeId: "partner-sharing", recordedAt: day(6) });
      expect(decide(saleRules, california([...kept, over]), ask).kind).to.equal("denied");
      const expired = { ...given(3, true), validUntil: day(4) };
      expect(decide(saleRules, california([gpc(2), expired]), ask).rule).to.equal("signal-gpc");
    });

    it("may be set aside for a programme only once the member was asked and did not affirm", () => {
      const prompt = (outcome: "asked" | "affirmed" | "not-affirmed", programme = "club") =>
        aRecord({
          state: "prompted",
          purposeId: "partner-sharing",
          recordedAt: day(4),
          prompt: { kind: "loyalty-carve-out", programme, outcome },
        });
      expect(decide(saleRules, california([gpc(2), prompt("asked")]), ask).rule).to.equal("signal-gpc");
      expect(decide(saleRules, california([gpc(2), prompt("affirmed")]), ask).rule).to.equal("signal-gpc");
      expect(decide(saleRules, california([gpc(2), prompt("not-affirmed")]), ask).kind).to.equal("allowed");
      expect(decide(saleRules, california([gpc(2), prompt("not-affirmed", "other")]), ask).kind).to.equal(
        "denied",
      );
    });

    it("asks the young in California to opt in, and a parent below 13", () => {
      const parent = { ref: "g", relation: "parent", method: "form", evidenceSha256: null } as const;
      expect(decide(saleRules, california([], 15), ask).rule).to.equal("no-consent");
      expect(decide(saleRules, california([given(1, false)], 15), ask).kind).to.equal("allowed");
      expect(decide(saleRules, california([given(1, false)], 12), ask).rule).to.equal("guardian-missing");
      const guarded = { ...given(1, false), proof: { ...given(1, false).proof, guardian: parent } };
      expect(decide(saleRules, california([guarded], 12), ask).kind).to.equal("allowed");
      expect(decide(saleRules, california([], 16), ask).kind).to.equal("allowed");
    });

    it("takes a recorded TC string for online data on its own device only", () => {
      const tcf = (purposeConsents: number[]) => ({
        version: 2,
        policyVersion: 4,
        cmpId: 1,
        vendorListVersion: 1,
        created: "2026-06-01T00:00:00.000Z",
        lastUpdated: "2026-06-01T00:00:00.000Z",
        purposeConsents,
        purposeLegitimateInterests: [],
        specialFeatures: [],
        publisherConsents: [],
      });
      const yes = tcf([1, 2, 3, 4, 7]);
      const entry = aRecord({
        state: "signalled",
        purposeId: "*",
        signal: { kind: "tcf", device: "d1", tcf: yes },
      });
      const online = { ...ask, category: "online", device: "d1" };
      expect(decide(saleRules, aMember([entry]), online)).to.include({ kind: "allowed", recordId: entry.id });
      expect(decide(saleRules, aMember([entry]), { ...online, device: "d2" }).kind).to.equal("denied");
      expect(decide(saleRules, aMember([entry]), { ...online, category: "contact" }).kind).to.equal("denied");
      expect(decide(saleRules, aMember([entry]), { ...online, signals: { tcf: tcf([1]) } }).rule).to.equal(
        "tcf-refused",
      );
      expect(decide(saleRules, aMember([]), { ...online, signals: { tcf: yes } }).kind).to.equal("denied");
      const no = aRecord({ state: "refused", purposeId: "partner-sharing" });
      expect(decide(saleRules, aMember([entry, no]), online).rule).to.equal("refused");
    });
  });

  describe("on merged members", () => {
    const groups = [["s1"], ["s2"]];
    const ask = { purposeId: "analytics" };

    it("keeps a grant on its side of a weak merge and carries a withdrawal across", () => {
      const grant = aRecord();
      const member = aMember([grant], { groups });
      expect(decideBySubject(rules, member, ask).map((d) => d.decision.kind)).to.deep.equal([
        "allowed",
        "denied",
      ]);
      expect(decide(rules, member, ask).kind).to.equal("denied");
      expect(decide(rules, aMember([grant], { groups: [["s1", "s2"]] }), ask).kind).to.equal("allowed");
      const withdrawal = aRecord({ state: "withdrawn", subjectId: "s2", recordedAt: day(3) });
      const after = aMember([grant, withdrawal], { groups });
      expect(decideBySubject(rules, after, ask).map((d) => d.decision.kind)).to.deep.equal([
        "denied",
        "denied",
      ]);
    });

    it("leaves each side its own copy of a refusal when they are parted", () => {
      const entries = ["s1", "s2"].flatMap((subjectId) => [
        aRecord({ subjectId }),
        aRecord({ subjectId, state: "withdrawn", recordedAt: day(3) }),
      ]);
      for (const id of ["s1", "s2"]) {
        const alone = aMember(
          entries.filter((e) => e.subjectId === id),
          { groups: [[id]] },
        );
        expect(decide(rules, alone, ask).rule).to.equal("withdrawn");
      }
    });

    it("groups subjects by strong or confirmed bonds alone", () => {
      const bond = (a: string, b: string, evidenceClass: 1 | 2 | 3 | 4 | 5, confirmed = false) => ({
        a,
        b,
        evidenceClass,
        confirmed,
      });
      const bonds = [bond("d", "a", 2), bond("b", "c", 3), bond("c", "e", 4, true), bond("a", "zz", 1)];
      expect(strongGroups(["e", "d", "c", "b", "a"], bonds)).to.deep.equal([["a", "d"], ["b"], ["c", "e"]]);
    });

    it("answers one question in one step as it does in two", () => {
      const entries = [aRecord(), aRecord({ subjectId: "s2" })];
      const question = {
        entries,
        groups,
        at: day(20),
        regime: "EU",
        country: null,
        status: ACTIVE_MEMBER,
      } as const;
      expect(decideOnce(rules, { ...question, ...ask })).to.deep.equal(
        decide(rules, aMember(entries, { groups }), ask),
      );
    });
  });
});
