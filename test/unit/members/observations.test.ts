import { expect } from "chai";
import fc from "fast-check";
import type { EvidenceKey } from "../../../src/members/evidence.store.ts";
import { createObservations } from "../../../src/members/observations.ts";

interface Seen {
  readonly at: number;
  readonly event: string;
  readonly subjectId: string;
  readonly kind: string;
}

const BI = "00";
/** Times over a few months, often equal, so that months end and ids decide. */
const seen: fc.Arbitrary<Seen> = fc.record({
  at: fc.integer({ min: 0, max: 8 }).map((n) => Date.UTC(2026, n % 3, 1 + n)),
  event: fc.constantFrom("a", "b", "c"),
  subjectId: fc.constantFrom("s1", "s2"),
  kind: fc.constantFrom("user_id", "member_id"),
});

function rowOf({ at, event, subjectId, kind }: Seen): EvidenceKey {
  const firstAt = new Date(at);
  const lastMonth = `${firstAt.toISOString().slice(0, 7)}-01`;
  const issuer = "";
  return {
    subjectId,
    bi: Buffer.of(0),
    kind,
    issuer,
    class: 1,
    sourceId: "w",
    firstAt,
    firstEvent: event,
    lastMonth,
  };
}

describe("what has been observed of identifiers", () => {
  it("never hides an observation that says more than all before it", () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 12 }), (all) => {
        const observations = createObservations();
        const before: EvidenceKey[] = [];
        for (const row of all.map(rowOf)) {
          const same = before.filter((b) => b.subjectId === row.subjectId && b.kind === row.kind);
          const saysMore = same.every(
            (b) => b.firstAt > row.firstAt || (+b.firstAt === +row.firstAt && b.firstEvent > row.firstEvent),
          );
          const saysLater = same.every((b) => b.lastMonth < row.lastMonth);
          if (saysMore || saysLater) expect(observations.covers(BI, row)).to.equal(false);
          observations.committed(BI, row);
          before.push(row);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("spares the store the look at what a person names again and again", () => {
    const observations = createObservations();
    const first = rowOf({ at: Date.UTC(2026, 2, 1), event: "a", subjectId: "s1", kind: "user_id" });
    observations.committed(BI, first);
    const again = rowOf({ at: Date.UTC(2026, 2, 30), event: "b", subjectId: "s1", kind: "user_id" });
    expect(observations.covers(BI, again)).to.equal(true);
    expect(observations.covers(BI, { ...again, sourceId: "other" })).to.equal(false);
    expect(observations.covers(BI, { ...again, subjectId: "s2" })).to.equal(false);
  });

  it("forgets the older half when it holds as much as it may", () => {
    const observations = createObservations(4);
    const row = rowOf({ at: Date.UTC(2026, 2, 1), event: "a", subjectId: "s1", kind: "user_id" });
    const later = { ...row, firstAt: new Date(Date.UTC(2026, 2, 2)) };
    for (let i = 0; i < 5; i++) observations.committed(String(i), row);
    expect(["0", "1", "2", "3", "4"].map((bi) => observations.covers(bi, later))).to.deep.equal([
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});
