import { expect } from "chai";
import { describeProfile, type ShownProfile } from "../../../src/cli/profile-text.ts";

const WEB = "0192a000-0000-7000-8000-000000000001";
const TILL = "0192a000-0000-7000-8000-000000000002";
const [ONE, TWO] = ["0192a000-0000-7000-8000-00000000000a", "0192a000-0000-7000-8000-00000000000b"];

function lineage(source: string, subject: string, lastObserved: string) {
  const event = { eventId: "e1", firstObserved: "2026-10-01T00:00:00.000Z", lastObserved };
  return { source, subject, ...event, verified: false, basis: null, ended: false };
}

function aProfile(): ShownProfile {
  const [later, earlier] = ["2026-10-03T10:00:00.000Z", "2026-10-01T00:00:00.000Z"];
  const candidate = (value: string, from: ReturnType<typeof lineage>) => ({
    value,
    valueHash: `hash of ${value}`,
    verified: false,
    firstObserved: from.firstObserved,
    lastObserved: from.lastObserved,
    ended: false,
    lineage: [from],
  });
  return {
    memberId: ONE,
    purpose: "service",
    withheld: {},
    sources: { [WEB]: { name: "Shop", kind: "web" }, [TILL]: null },
    subjects: [
      { id: ONE, anchorKind: "member_id", anchorIssuer: "", anchorClass: 1 },
      { id: TWO, anchorKind: "wechat_openid", anchorIssuer: "wx1", anchorClass: 2 },
    ],
    identifiers: [
      {
        kind: "phone",
        issuer: "",
        value: "+886912345678",
        class: 4,
        verified: false,
        contested: { rule: "degree-exceeded", because: "Too many share it." },
        evidence: [
          { subject: TWO, source: WEB, eventId: "e2", firstObserved: earlier, lastObservedMonth: "2026-10" },
        ],
      },
    ],
    attributes: {
      firstName: {
        value: "小\u001b明",
        category: "identity",
        because: "latest",
        source: WEB,
        eventId: "e1",
        observedAt: later,
        verified: false,
        candidates: [
          candidate("小\u001b明", lineage(WEB, ONE, later)),
          candidate("Ming", lineage(TILL, TWO, earlier)),
        ],
        unsets: [],
      },
    },
    facts: {
      orders: 2,
      returns: 1,
      spend: [
        { amount: 45_000, currency: "TWD" },
        { amount: -300, currency: "JPY" },
      ],
      firstSeen: earlier,
      lastSeen: later,
      firstOrderDay: "2026-10-01",
      lastOrderDay: "2026-10-03",
      favouriteStore: "S1",
      favouriteCategory: null,
      stores: { S1: 2 },
      categories: {},
      channels: { store: 2 },
      eventCounts: { "order.completed": 2 },
    },
  };
}

describe("cli: a profile for people", () => {
  const text = describeProfile(aProfile()).join("\n");

  it("says of every value why it won, who stated it, and what else was stated", () => {
    expect(text).to.include("  firstName: 小\\u001b明\n    why: it was observed last; category identity");
    expect(text).to.include(
      "    from Shop (web), 2026-10-01 00:00:00Z to 2026-10-03 10:00:00Z, subject #1, event e1",
    );
    expect(text).to.include("    other: Ming");
    expect(text).to.include(`from ${TILL}, 2026-10-01 00:00:00Z, subject #2`);
  });

  it("says why an identifier links nobody", () => {
    expect(text).to.include("  phone: +886912345678 (unverified)");
    expect(text).to.include("links nobody, degree-exceeded: Too many share it.");
  });

  it("gives exact amounts, and the ids by which subjects can be split", () => {
    expect(text).to.include("450.00 TWD, -300 JPY");
    expect(text).to.include(`#2  ${TWO}  known by wechat_openid of wx1`);
  });

  it("shows a field that was emptied, and by whom", () => {
    const profile = aProfile();
    const field = profile.attributes.firstName;
    if (field === undefined) throw new Error("no field");
    const emptied = {
      ...field,
      value: null,
      because: "unset" as const,
      candidates: field.candidates.map((c) => ({ ...c, ended: true })),
      unsets: [lineage(WEB, ONE, "2026-10-05T00:00:00.000Z")],
    };
    const shown = describeProfile({ ...profile, attributes: { firstName: emptied } }).join("\n");
    expect(shown).to.include("firstName: (empty)\n    why: a source emptied the field");
    expect(shown).to.include("other: Ming (ended: emptied since)");
    expect(shown).to.include("emptied by Shop (web), 2026-10-05 00:00:00Z");
  });
});
