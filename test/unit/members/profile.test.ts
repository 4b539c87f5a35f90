import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import { type AttributeCandidate, foldProfile, type ProfileInput } from "../../../src/members/profile.ts";

type Statement = Partial<Omit<AttributeCandidate, "lastObserved" | "firstObserved">> & {
  readonly on?: string;
  readonly since?: string;
};

function candidate({ on = "2026-01-01", since = on, ...rest }: Statement): AttributeCandidate {
  const value = rest.value ?? null;
  return {
    field: "city",
    value,
    valueHash: Buffer.from(canonicalJson(value)).toString("hex"),
    sourceId: "shop",
    eventId: `e-${on}`,
    firstObserved: new Date(since),
    lastObserved: new Date(on),
    verified: false,
    unset: false,
    subject: "s1",
    ...rest,
  };
}

function fold(statements: readonly Statement[], more: Partial<ProfileInput> = {}) {
  return foldProfile({ candidates: statements.map(candidate), priorities: {}, categories: {}, ...more });
}

describe("folding statements into a profile", () => {
  it("takes the latest of equals and says so", () => {
    const { city } = fold([
      { value: "Lyon", on: "2026-01-01" },
      { value: "Nice", on: "2026-02-01", sourceId: "till" },
    ]);
    expect(city).to.include({ value: "Nice", because: "latest", source: "till", category: "unclassified" });
    expect(city?.candidates.map((c) => c.value)).to.deep.equal(["Nice", "Lyon"]);
  });

  it("case 4: adds a late-arriving older statement to the history and keeps the current value", () => {
    const before = fold([{ value: "Nice", on: "2026-02-01" }]);
    const after = fold([
      { value: "Nice", on: "2026-02-01" },
      { value: "Lyon", on: "2025-02-01" },
    ]);
    expect(after.city?.value).to.equal(before.city?.value);
    expect(after.city?.candidates).to.have.length(2);
  });

  it("puts source priority before verification, verification before time, time before hash", () => {
    const statements: Statement[] = [
      { value: "a", sourceId: "crm", on: "2024-01-01" },
      { value: "b", sourceId: "till", verified: true, on: "2025-01-01" },
      { value: "c", sourceId: "web", on: "2026-01-01" },
    ];
    expect(fold(statements, { priorities: { city: ["crm"] } }).city).to.include({
      value: "a",
      because: "source-priority",
    });
    expect(fold(statements).city).to.include({ value: "b", because: "verified" });
    expect(fold(statements.slice(2)).city).to.include({ value: "c", because: "only-candidate" });
    const tied = fold([{ value: "y" }, { value: "x" }]);
    expect(tied.city).to.include({ value: "x", because: "hash" });
  });

  it("lets priorities name a kind of source and a default for fields not listed", () => {
    const statements: Statement[] = [
      { value: "till", sourceId: "t", sourceKind: "pos", on: "2024-01-01" },
      { value: "web", sourceId: "w", sourceKind: "web", on: "2026-01-01" },
    ];
    expect(fold(statements, { priorities: { "*": ["pos"] } }).city?.value).to.equal("till");
    expect(fold(statements, { priorities: { "*": ["pos"], city: ["w"] } }).city?.value).to.equal("web");
  });

  it("never lets a null overwrite, and lets an explicit unset end what is older", () => {
    expect(fold([{ value: "Lyon" }, { value: null, on: "2026-05-01" }]).city?.value).to.equal("Lyon");
    expect(Object.keys(fold([{ value: null }]))).to.deep.equal([]);
    const { city } = fold([{ value: "Lyon" }, { unset: true, on: "2026-05-01", eventId: "emptied" }]);
    expect(city).to.include({ value: null, because: "unset", eventId: "emptied" });
    expect(city?.candidates[0]).to.include({ value: "Lyon", ended: true });
  });

  it("lets no unset end what a source of higher priority says, or what is stated at that moment or after", () => {
    const emptied: Statement = { unset: true, on: "2026-05-01", sourceId: "web" };
    const priorities = { city: ["crm", "web"] };
    expect(fold([{ value: "Lyon", sourceId: "crm" }, emptied], { priorities }).city?.value).to.equal("Lyon");
    expect(fold([{ value: "Lyon", sourceId: "till" }, emptied], { priorities }).city?.value).to.equal(null);
    expect(
      fold([{ value: "Lyon", sourceId: "web", on: "2026-05-01" }, emptied], { priorities }).city?.value,
    ).to.equal("Lyon");
    const again = fold([{ value: "Lyon", sourceId: "web", since: "2026-01-01", on: "2026-06-01" }, emptied]);
    expect(again.city).to.include({ value: "Lyon", because: "only-candidate" });
  });

  it("shows equal values once, with everyone who stated them and on what basis", () => {
    const basis = { rule: "consent", basis: "consent", recordId: "r1", notice: null, regime: "EU" };
    const { city } = fold([
      { value: "Lyon", sourceId: "web", on: "2026-01-01", basis },
      { value: "Lyon", sourceId: "till", on: "2026-03-01", since: "2025-01-01", subject: "s2" },
      { value: "Nice", sourceId: "crm", on: "2026-02-01" },
    ]);
    expect(city?.candidates).to.have.length(2);
    const [lyon] = city?.candidates ?? [];
    expect(lyon).to.include({
      firstObserved: "2025-01-01T00:00:00.000Z",
      lastObserved: "2026-03-01T00:00:00.000Z",
    });
    expect(lyon?.lineage.map((l) => [l.source, l.subject, l.basis])).to.deep.equal([
      ["till", "s2", null],
      ["web", "s1", basis],
    ]);
  });

  it("carries categories, and takes any field name as a name", () => {
    const fields = fold(
      [
        { field: "__proto__", value: "x" },
        { field: "constructor", value: "y" },
      ],
      { categories: { constructor: "contact" } },
    );
    expect(Object.keys(fields)).to.deep.equal(["__proto__", "constructor"]);
    expect(fields.constructor).to.include({ value: "y", category: "contact" });
    expect(Object.getOwnPropertyDescriptor(fields, "__proto__")?.value.category).to.equal("unclassified");
  });

  it("is byte-identical for the same set of statements, however ordered or repeated", () => {
    const statement: fc.Arbitrary<Statement> = fc.record({
      field: fc.constantFrom("city", "name"),
      value: fc.constantFrom<unknown>("a", "b", 7, { z: 1 }, null),
      sourceId: fc.constantFrom("crm", "till", "web"),
      verified: fc.boolean(),
      unset: fc.boolean(),
      subject: fc.constantFrom("s1", "s2"),
      on: fc.constantFrom("2026-01-01", "2026-02-01", "2026-03-01"),
      eventId: fc.constantFrom("e1", "e2"),
    });
    const mixed = fc.array(statement, { maxLength: 12 }).chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc
          .shuffledSubarray([...all, ...all], { minLength: 0 })
          .map((some) => [...some, ...[...all].reverse()]),
      ),
    );
    // Once, values that came along with two unsets decided their order.
    const unset = { field: "name", verified: false, unset: true, on: "2026-03-01", eventId: "e1" };
    const emptied = [
      { ...unset, value: "a", sourceId: "web", subject: "s2" },
      { ...unset, value: 7, sourceId: "crm", subject: "s1" },
      { ...unset, value: null, sourceId: "web", subject: "s2" },
    ];
    fc.assert(
      fc.property(mixed, ([one, other]) => {
        const priorities = { city: ["crm", "till"] };
        const first = fold(one, { priorities });
        expect(canonicalJson(fold(other, { priorities }))).to.equal(canonicalJson(first));
        expect(JSON.stringify(fold(other, { priorities }))).to.equal(JSON.stringify(first));
      }),
      { examples: [[[[...emptied], [...emptied].reverse()]]] },
    );
  });
});
