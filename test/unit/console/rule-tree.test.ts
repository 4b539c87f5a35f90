import { expect } from "chai";
import fc from "fast-check";
import { DEFAULT_RULES, faultsOfRules, RulesSchema } from "../../../src/loyalty/rules.ts";
import { RULE_SCHEMA } from "../../../src/segments/index.ts";
import { parseRule } from "../../../src/segments/rule.ts";
import { limitsAt, withAt } from "../../../web/src/areas/loyalty/settings/document.ts";
import { formsOf, freshOf, offered } from "../../../web/src/areas/segments/forms.ts";
import {
  type Group,
  type Item,
  isGroup,
  JOINS,
  placeIn,
  readRule,
  writeRule,
} from "../../../web/src/areas/segments/rule-tree.ts";

const every = {
  categories: ["transaction", "derived", "survey", "demographic", "location", "online", "preference"],
};
const registered = { has: () => true };

const condition = fc.integer({ min: 1, max: 9 }).map((n): Item => ({ measure: "orders", atLeast: n }));
const tree = fc.letrec<{ group: Group; item: Item }>((tie) => ({
  item: fc.oneof({ maxDepth: 2, withCrossShrink: true }, condition, tie("group")),
  group: fc.record({
    join: fc.constantFrom(...JOINS),
    items: fc.array(tie("item"), { minLength: 1, maxLength: 3 }),
  }),
})).group;

/** Whether a tree holds for what is true of single conditions. */
function holds(item: Item, isTrue: (n: number) => boolean): boolean {
  if (!isGroup(item)) return isTrue(Number(item.atLeast));
  const parts = item.items.map((part) => holds(part, isTrue));
  if (item.join === "all") return parts.every(Boolean);
  return item.join === "any" ? parts.some(Boolean) : !parts.some(Boolean);
}

describe("a segment's rule in forms", () => {
  it("means the same after it was written and read again, whatever groups lie in one another", () => {
    fc.assert(
      fc.property(tree, fc.integer({ min: 0, max: 511 }), (group, truths) => {
        const isTrue = (n: number) => ((truths >> (n - 1)) & 1) === 1;
        const again = readRule(writeRule(group));
        expect(again).not.to.equal(null);
        expect(holds(again as Group, isTrue)).to.equal(holds(group, isTrue));
        expect(writeRule(again as Group)).to.deep.equal(writeRule(group));
      }),
    );
  });

  it("finds each of its parts where the server names it", () => {
    fc.assert(
      fc.property(tree, (group) => {
        const rule = { rule: writeRule(group) };
        const look = (item: Item, place: string): void => {
          const found = place
            .split("/")
            .slice(1)
            .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], rule);
          expect(found).to.deep.equal(writeRule(item));
          if (isGroup(item))
            item.items.forEach((part, i) => {
              look(part, placeIn(item, place, i));
            });
        };
        look(group, "/rule");
      }),
    );
  });

  it("offers every condition that the server's schema knows, each with a start that the schema takes or names the gap of", () => {
    const forms = formsOf(RULE_SCHEMA);
    expect([...forms.keys()]).to.deep.equal([
      "attribute",
      "measure",
      "bought",
      "event",
      "consent",
      "score",
      "loyalty",
    ]);
    expect(offered(forms, "attribute", "attribute")).to.include("ageBand");
    for (const form of forms.keys()) {
      const parsed = parseRule(freshOf(forms, form), every, registered);
      if (parsed.kind === "bad")
        expect(["minItems", "minLength"]).to.include.members(parsed.errors.map((e) => e.code));
    }
  });

  it("leaves what is no tree to the experts", () => {
    for (const rule of [null, 5, "x", [], { all: 5 }, { any: [{ all: [null] }] }, { not: [] }])
      expect(readRule(rule), JSON.stringify(rule)).to.equal(null);
  });
});

describe("loyalty rules in fields", () => {
  it("change where they are changed and nowhere else", () => {
    const changed = withAt(DEFAULT_RULES, ["structures", 0, "tiers", 1, "cut"], 70) as typeof DEFAULT_RULES;
    expect(changed.structures[0]?.tiers.map((t) => t.cut)).to.deep.equal([50, 70, 80]);
    expect(withAt(changed, ["structures", 0, "tiers", 1, "cut"], 65)).to.deep.equal(DEFAULT_RULES);
    expect(
      faultsOfRules(withAt(changed, ["structures", 0, "tiers", 1, "cut"], 90) as typeof DEFAULT_RULES),
    ).to.have.length(1);
  });

  it("take the limits of their figures from the server's schema", () => {
    expect(limitsAt(RulesSchema, ["structures", 0, "tiers", 2, "visits"])).to.deep.equal({
      min: 1,
      max: 366,
      whole: true,
    });
    expect(limitsAt(RulesSchema, ["attitude", "high"])).to.deep.equal({ min: 0, max: 1, whole: false });
    expect(limitsAt(RulesSchema, ["nowhere"])).to.deep.equal({ whole: false });
  });
});
