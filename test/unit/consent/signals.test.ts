import { expect } from "chai";
import fc from "fast-check";
import { decide } from "../../../consent/decide.ts";
import { entryFrom } from "../../../consent/entry.ts";
import { carriesGpc, gpcEntry } from "../../../consent/signals/gpc.ts";
import { adviseLoyaltyPrompt, loyaltyPromptEntries } from "../../../consent/signals/loyalty-prompt.ts";
import { readSegmentConsent, type SegmentMapping } from "../../../consent/signals/segment.ts";
import { readFollow } from "../../../consent/signals/social.ts";
import { decodeTcf, tcfAllows } from "../../../consent/signals/tcf.ts";
import {
  isOneClick,
  listUnsubscribeHeaders,
  unsubscribeEntry,
} from "../../../consent/signals/unsubscribe.ts";
import { aMember, aPurpose, aRecord, day, rulesWith } from "./builders.ts";

describe("the GPC signal", () => {
  it("is the header Sec-GPC with exactly 1", () => {
    expect(carriesGpc({ "sec-gpc": "1" })).to.equal(true);
    for (const value of ["0", "true", "11", "", undefined])
      expect(carriesGpc({ "sec-gpc": value })).to.equal(false);
  });

  it("leads to one recorded question for a member of a programme that contradicts it", () => {
    const sale = aPurpose("partner-sharing", { programme: "club" });
    const rules = rulesWith({ purposes: [sale] });
    const at = (n: number) => ({ id: `gpc-${n}`, subjectId: "s1", recordedAt: day(n) });
    const signal = entryFrom(gpcEntry("d1"), at(2));
    const before = aMember([signal], { regime: "US-CA" });
    expect(adviseLoyaltyPrompt(rules, before, sale.id)).to.deep.equal({
      ask: true,
      reason: "signal-contradicts-programme",
      signalRecordId: "gpc-2",
    });
    const asked = loyaltyPromptEntries("club", sale.id, "not-affirmed", signal.id).map((d) =>
      entryFrom(d, at(3)),
    );
    const after = aMember([signal, ...asked], { regime: "US-CA" });
    expect(adviseLoyaltyPrompt(rules, after, sale.id).reason).to.equal("already-asked");
    expect(decide(rules, after, { purposeId: sale.id }).kind).to.equal("allowed");
    const affirmed = loyaltyPromptEntries("club", sale.id, "affirmed", signal.id);
    expect(affirmed.map((d) => d.state)).to.deep.equal(["prompted", "withdrawn"]);
    const reasons = [
      adviseLoyaltyPrompt(rules, aMember([signal]), sale.id).reason,
      adviseLoyaltyPrompt(rules, before, "analytics").reason,
      adviseLoyaltyPrompt(rules, aMember([], { regime: "US-CA" }), sale.id).reason,
    ];
    expect(reasons).to.deep.equal(["regime-has-no-prompt", "purpose-has-no-programme", "no-signal"]);
  });
});

describe("a TC string", () => {
  /** A TC string (core segment) written bit by bit from the table of the IAB specification. */
  const encode = (consents: number[]) => {
    const bits = (value: number, width: number) => value.toString(2).padStart(width, "0");
    const letters = (text: string) => [...text].map((c) => bits(c.charCodeAt(0) - 65, 6)).join("");
    const set = (ids: number[], width: number) =>
      Array.from({ length: width }, (_, i) => (ids.includes(i + 1) ? "1" : "0")).join("");
    const deciseconds = Date.UTC(2026, 5, 1) / 100;
    const core = [
      bits(2, 6),
      bits(deciseconds, 36),
      bits(deciseconds, 36),
      bits(10, 12), // CMP id
      bits(1, 12), // CMP version
      bits(1, 6), // screen
      letters("EN"),
      bits(48, 12), // vendor list version
      bits(4, 6), // policy version
      "1", // service specific
      "0", // non-standard texts
      set([], 12), // special features
      set(consents, 24),
      set([2], 24), // legitimate interests
      "0", // purpose one treatment
      letters("DE"),
      `${bits(0, 16)}0`, // vendor consents: none
      `${bits(0, 16)}0`, // vendor legitimate interests: none
      bits(0, 12), // publisher restrictions: none
    ].join("");
    const padded = core.padEnd(Math.ceil(core.length / 8) * 8, "0");
    const bytes = (padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
    return Buffer.from(bytes).toString("base64url");
  };

  it("is decoded to its purposes", () => {
    const decoded = decodeTcf(encode([1, 3, 7]));
    expect(decoded).to.include({ version: 2, cmpId: 10, vendorListVersion: 48 });
    expect(decoded?.purposeConsents).to.deep.equal([1, 3, 7]);
    expect(decoded?.purposeLegitimateInterests).to.deep.equal([2]);
    expect(decoded?.created).to.equal("2026-06-01T00:00:00.000Z");
  });

  it("allows a purpose only when it consents to all of its TCF purposes, and never one that has none", () => {
    const decoded = decodeTcf(encode([1, 3, 7]));
    if (decoded === null) throw new Error("not decoded");
    expect([tcfAllows(decoded, [3, 7]), tcfAllows(decoded, [2, 3]), tcfAllows(decoded, [])]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  it("is nothing when it is not one", () => {
    expect(decodeTcf("x".repeat(20_000))).to.equal(null);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const decoded = decodeTcf(text);
        if (decoded !== null) expect(decoded.version).to.equal(2);
      }),
    );
  });
});

describe("Segment's consent preferences", () => {
  const notice = { id: "banner", version: 2, locale: "en", sha256: "a".repeat(64) } as const;
  const target = { purposeId: "analytics", purposeVersion: 1, channel: null, notice } as const;
  const mapping: SegmentMapping = {
    Analytics: [target],
    Ads: [{ ...target, purposeId: "partner-sharing", notice: null }],
  };
  const event = (name: string | null, preferences: unknown, n = 5) => ({
    name,
    context: { consent: { categoryPreferences: preferences } },
    occurredAt: day(n),
  });
  const act = "Segment Consent Preference Updated";

  it("are acts at their own time in the preference event", () => {
    const reading = readSegmentConsent(event(act, { Analytics: true }), mapping, "EU");
    expect(reading.entries).to.have.lengthOf(1);
    expect(reading.entries[0]?.dedupeKey).to.equal(null);
    expect(reading.entries[0]?.draft).to.deep.include({ state: "given", occurredAt: day(5), notice });
  });

  it("report what is not mapped, not proven or not a choice, and guess nothing", () => {
    const reading = readSegmentConsent(
      event(act, { Analytics: "yes", Ads: true, Other: true, constructor: true }),
      mapping,
      "EU",
    );
    expect(reading).to.deep.equal({
      entries: [],
      unmapped: ["Other", "constructor"],
      unproven: ["Ads"],
      malformed: ["Analytics"],
    });
    expect(readSegmentConsent(event(act, { Ads: false }), mapping, null).entries[0]?.draft.state).to.equal(
      "withdrawn",
    );
    expect(readSegmentConsent(event(act, { Analytics: true }), mapping, null).unproven).to.deep.equal([
      "Analytics",
    ]);
    for (const context of [{}, { consent: null }, { consent: { categoryPreferences: [true] } }])
      expect(
        readSegmentConsent({ name: null, context, occurredAt: day(1) }, mapping, "EU").entries,
      ).to.deep.equal([]);
  });

  it("are snapshots elsewhere, one a day, and in any order err only towards refusal", () => {
    const states = fc.array(fc.record({ n: fc.integer({ min: 1, max: 4 }), yes: fc.boolean() }), {
      maxLength: 8,
    });
    const withOrder = states.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    const rules = rulesWith({ notices: [] });
    fc.assert(
      fc.property(withOrder, ([list, arrival]) => {
        const written = new Map<string, ReturnType<typeof aRecord>>();
        for (const [i, s] of arrival.entries()) {
          const { entries } = readSegmentConsent(event("Page", { Analytics: s.yes }, s.n), mapping, "EU");
          const entry = entries[0];
          if (entry?.dedupeKey === null || entry === undefined || written.has(entry.dedupeKey)) continue;
          written.set(
            entry.dedupeKey,
            entryFrom(entry.draft, {
              id: `r${i}`,
              subjectId: "s1",
              recordedAt: new Date(day(10).getTime() + i),
            }),
          );
        }
        const allowed =
          decide(rules, aMember([...written.values()]), { purposeId: "analytics" }).kind === "allowed";
        const lastDay = Math.max(0, ...list.map((s) => s.n));
        const saidNo = list.some((s) => s.n === lastDay && !s.yes);
        if (saidNo || list.length === 0) expect(allowed).to.equal(false);
        expect(written.size).to.be.at.most(8);
      }),
    );
  });
});

describe("following and leaving a social account", () => {
  it("opens and closes that channel and says nothing else", () => {
    const follow = { type: "social.followed", channel: "line", occurredAt: day(2), identifiers: [] } as const;
    const read = (event: Parameters<typeof readFollow>[0]) => readFollow(event, (account) => `<${account}>`);
    expect(read(follow)).to.deep.include({ state: "channel-opened", channel: "line", purposeId: "*" });
    expect(read({ ...follow, type: "social.unfollowed" })?.state).to.equal("channel-closed");
    expect(read({ ...follow, type: "social.message" })).to.equal(null);
    expect(read({ ...follow, channel: "store" })).to.equal(null);
    const wide = { kind: "wechat_unionid", issuer: "", value: "u", verified: true };
    const own = { kind: "wechat_openid", issuer: "wx1", value: "o", verified: true };
    const account = (...identifiers: (typeof wide)[]) =>
      read({ ...follow, channel: "wechat", identifiers })?.signal;
    expect(account(wide, own)).to.deep.equal({ kind: "account", account: "<wechat_openid wx1 o>" });
    expect(account(own)).to.deep.equal(account(wide, own));
  });
});

describe("one-click unsubscription", () => {
  it("offers both headers and only an https address", () => {
    expect(listUnsubscribeHeaders("https://shop.example/u/abc", "u@shop.example")).to.deep.equal({
      "List-Unsubscribe": "<https://shop.example/u/abc>, <mailto:u@shop.example>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    });
    expect(() => listUnsubscribeHeaders("http://shop.example/u")).to.throw(RangeError);
    expect(() => listUnsubscribeHeaders("https://shop.example/u>\r\nBcc: x")).to.throw(RangeError);
  });

  it("is a POST with the one form field, and never a GET", () => {
    const form = "application/x-www-form-urlencoded";
    expect(isOneClick("POST", form, "List-Unsubscribe=One-Click")).to.equal(true);
    expect(isOneClick("POST", undefined, "List-Unsubscribe=One-Click\r\n")).to.equal(true);
    const multipart =
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
    expect(isOneClick("POST", "multipart/form-data; boundary=b", multipart)).to.equal(true);
    expect(isOneClick("GET", form, "List-Unsubscribe=One-Click")).to.equal(false);
    expect(isOneClick("POST", form, "")).to.equal(false);
    expect(isOneClick("POST", form, "List-Unsubscribe=Two-Click")).to.equal(false);
  });

  it("withdraws that channel and leaves the others", () => {
    const grant = (channel: "email" | "sms") => {
      const record = aRecord({ purposeId: "marketing", channel });
      return { ...record, proof: { ...record.proof, doubleOptIn: "confirmed" as const } };
    };
    const gone = entryFrom(unsubscribeEntry("marketing", "email"), {
      id: "u",
      subjectId: "s1",
      recordedAt: day(4),
    });
    const member = aMember([grant("email"), grant("sms"), gone]);
    const rules = rulesWith();
    expect(decide(rules, member, { purposeId: "marketing", channel: "email" }).rule).to.equal("withdrawn");
    expect(decide(rules, member, { purposeId: "marketing", channel: "sms" }).kind).to.equal("allowed");
  });
});
