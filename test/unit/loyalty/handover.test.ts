import { expect } from "chai";
import fc from "fast-check";
import { handOverTiers } from "../../../src/loyalty/handover.ts";
import { DEFAULT_RULES } from "../../../src/loyalty/rules.ts";
import type { TierRow } from "../../../src/loyalty/tiers.store.ts";
import { newTierState } from "../../../src/loyalty/tiers.ts";

const { structures } = DEFAULT_RULES;
const [structure] = structures as [(typeof structures)[number]];
const DAY = 20_000;

function held(
  memberId: string,
  tier: string,
  heldUntil = DAY + 365,
  fixedUntil: number | null = null,
): TierRow {
  return {
    memberId,
    structure: structure.id,
    mode: "scored",
    state: { ...newTierState(structure, DAY), tier, heldUntil },
    carriedBy: null,
    fixedUntil,
    parts: null,
  };
}

/** Groups by the smallest id, as members are. */
function owners(groups: readonly (readonly string[])[]): (id: string) => string | null {
  const of = new Map(groups.flatMap((g) => g.map((id) => [id, [...g].sort()[0] as string] as const)));
  return (id) => of.get(id) ?? null;
}

function apply(rows: readonly TierRow[], ownerOf: (id: string) => string | null): TierRow[] {
  const { saved, dropped } = handOverTiers(structures, rows, ownerOf);
  const gone = new Set([...saved, ...dropped].map((r) => r.memberId));
  return [...rows.filter((r) => !gone.has(r.memberId)), ...saved].sort((a, b) =>
    a.memberId < b.memberId ? -1 : 1,
  );
}

describe("tiers handed over", () => {
  it("give a joined member the better tier, and each its own again when they part", () => {
    const alone = [held("a", "member"), held("b", "gold")];
    const joined = apply(alone, owners([["a", "b"]]));
    expect(joined.map((r) => [r.memberId, r.state.tier])).to.deep.equal([["a", "gold"]]);
    expect(apply(joined, owners([["a"], ["b"]]))).to.deep.equal(alone);
  });

  it("keep what staff fixed over a higher tier, and the longer hold of two alike", () => {
    const fixed = apply(
      [held("a", "platinum"), held("b", "silver", DAY + 30, DAY + 30)],
      owners([["a", "b"]]),
    );
    expect(fixed[0]?.state.tier).to.equal("silver");
    const longer = apply([held("a", "gold", DAY + 10), held("b", "gold", DAY + 90)], owners([["a", "b"]]));
    expect(longer[0]?.state.heldUntil).to.equal(DAY + 90);
  });

  it("keep what was reached together while nobody parts, and drop what belonged to the erased", () => {
    const [joined] = apply([held("b", "silver"), held("c", "member")], owners([["b", "c"]]));
    if (joined === undefined) throw new Error("nobody holds a tier");
    const risen = { ...joined, state: { ...joined.state, tier: "platinum" } };
    const further = apply([held("a", "member"), risen], owners([["a", "b", "c"]]));
    expect(further.map((r) => [r.memberId, r.state.tier])).to.deep.equal([["a", "platinum"]]);
    expect(apply(further, owners([["a"], ["b"]])).map((r) => [r.memberId, r.state.tier])).to.deep.equal([
      ["a", "member"],
      ["b", "silver"],
    ]);
  });

  it("come out the same in whatever order members were joined and parted, as if done at once", () => {
    const ids = ["a", "b", "c", "d", "e"];
    const grouping = fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: ids.length, maxLength: ids.length })
      .map((of) => [0, 1, 2].map((g) => ids.filter((_, i) => of[i] === g)).filter((g) => g.length > 0));
    const tiers = fc.array(
      fc.record({
        tier: fc.constantFrom("member", "silver", "gold", "platinum"),
        until: fc.integer({ min: DAY, max: DAY + 400 }),
      }),
      { minLength: ids.length, maxLength: ids.length },
    );
    fc.assert(
      fc.property(tiers, fc.array(grouping, { minLength: 1, maxLength: 6 }), (own, steps) => {
        const alone = ids.map((id, i) => held(id, own[i]?.tier ?? "member", own[i]?.until));
        const last = steps.at(-1) ?? [];
        const stepwise = steps.reduce((rows, groups) => apply(rows, owners(groups)), alone);
        // Said again, nothing changes.
        expect(apply(stepwise, owners(last))).to.deep.equal(stepwise);
        expect(stepwise).to.deep.equal(apply(alone, owners(last)));
      }),
      { numRuns: 100 },
    );
  });
});
