import { expect } from "chai";
import fc from "fast-check";
import {
  type ChainLink,
  commitTo,
  linkAfter,
  newSalt,
  type OpenedLink,
  verifyChain,
} from "../../../consent/chain.ts";
import { entryFrom, refusalForAll } from "../../../consent/entry.ts";
import { checkEntry } from "../../../consent/ledger.ts";
import { aRecord, day } from "./builders.ts";

function aChain(length: number): OpenedLink[] {
  const links: OpenedLink[] = [];
  let tip: ChainLink | null = null;
  for (let i = 0; i < length; i++) {
    const record = aRecord({ recordedAt: day(1 + (i % 28)) });
    const salt = newSalt();
    tip = linkAfter(tip, record.subjectId, commitTo(record, salt));
    links.push({ link: tip, opened: { record, salt } });
  }
  return links;
}

describe("a subject's chain", () => {
  it("is intact in any order of reading, and stays so when records are erased", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.array(fc.nat({ max: 11 })),
        fc.boolean(),
        (n, erased, turn) => {
          const chain = aChain(n).map((l, i) => (erased.includes(i) ? { ...l, opened: null } : l));
          const gone = chain.filter((l) => l.opened === null).length;
          expect(verifyChain(turn ? [...chain].reverse() : chain)).to.deep.include({
            kind: "intact",
            length: n,
            erased: gone,
          });
        },
      ),
    );
  });

  it("betrays any change of a record, a salt or a link, by its place", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(), fc.nat({ max: 5 }), (n, where, how) => {
        const chain = aChain(n);
        const at = where % n;
        const { link, opened } = chain[at] as OpenedLink;
        if (opened === null) throw new Error("fixture");
        const other = "f".repeat(64);
        const tampered: OpenedLink[] = [
          { link, opened: { ...opened, record: { ...opened.record, state: "withdrawn" } } },
          { link, opened: { ...opened, salt: newSalt() } },
          { link: { ...link, commitment: other }, opened },
          { link: { ...link, previous: other }, opened },
          { link: { ...link, hash: other }, opened },
          { link: { ...link, subjectId: "s2" }, opened },
        ];
        chain[at] = tampered[how] as OpenedLink;
        const verdict = verifyChain(chain);
        expect(verdict.kind).to.equal("broken");
        if (verdict.kind === "broken") expect(verdict.sequence).to.be.within(at + 1, at + 2);
      }),
    );
  });

  it("betrays a link that was taken out of the middle", () => {
    const chain = aChain(5);
    expect(verifyChain([...chain.slice(0, 2), ...chain.slice(3)])).to.deep.equal({
      kind: "broken",
      sequence: 3,
      fault: "gap",
    });
  });

  it("hides equal records behind different commitments", () => {
    const record = aRecord();
    expect(commitTo(record, newSalt())).to.not.equal(commitTo(record, newSalt()));
    expect(() => commitTo(record, Buffer.alloc(4))).to.throw(RangeError);
    expect(() => linkAfter(linkAfter(null, "s1", "c"), "s2", "c")).to.throw(RangeError);
  });
});

describe("a ledger entry", () => {
  const active = { erased: false };

  it("is refused with every reason at once when it proves nothing", () => {
    const bare = entryFrom(
      { state: "given", purposeId: "*", method: "api" },
      { id: "r", subjectId: "s1", recordedAt: day(1) },
    );
    expect(checkEntry(bare, active)).to.have.members([
      "wildcard-needs-refusal",
      "grant-needs-notice",
      "grant-needs-purpose-version",
      "grant-needs-regime",
    ]);
    expect(checkEntry(aRecord(), active)).to.deep.equal([]);
  });

  it("can still refuse for an erased person, and never grant", () => {
    const gone = { erased: true };
    for (const state of ["given", "renewed", "objection-lifted", "restriction-lifted"] as const)
      expect(checkEntry(aRecord({ state }), gone)).to.deep.equal(["erased-subject-takes-no-grant"]);
    for (const state of ["withdrawn", "refused", "objected", "restricted"] as const)
      expect(checkEntry(aRecord({ state, notice: null, purposeId: "*" }), gone)).to.deep.equal([]);
  });

  it("takes evidence in place of a notice for an import", () => {
    const listed = aRecord({ method: "import", notice: null });
    expect(checkEntry(listed, active)).to.deep.equal(["grant-needs-notice"]);
    const proven = { ...listed, proof: { ...listed.proof, evidenceSha256: "e".repeat(64) } };
    expect(checkEntry(proven, active)).to.deep.equal([]);
  });

  it("is written to every subject of the member when it refuses", () => {
    let n = 0;
    const copies = refusalForAll(
      { state: "withdrawn", purposeId: "*", method: "preference-centre" },
      ["s2", "s1", "s2"],
      day(3),
      () => `id-${++n}`,
    );
    expect(copies.map((c) => [c.subjectId, c.id])).to.deep.equal([
      ["s1", "id-1"],
      ["s2", "id-2"],
    ]);
  });
});
