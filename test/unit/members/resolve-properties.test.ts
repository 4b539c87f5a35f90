import { expect } from "chai";
import fc from "fast-check";
import { DAY } from "../../../src/kernel/clock.ts";
import { classOf, type IdentifierClass, spaceOf } from "../../../src/kernel/identifier.ts";
import {
  type EvidenceEdge,
  type ResolveInput,
  resolve,
  type SubjectNode,
} from "../../../src/members/resolve.ts";
import { applyChange } from "../../../src/members/resolve-preview.ts";
import { DEFAULT_LIMITS, lifetimeOf, type ResolutionLimits } from "../../../src/members/rules.ts";
import { groupsText } from "./world.ts";

const LIMITS: ResolutionLimits = {
  ...DEFAULT_LIMITS,
  degree: { 1: 6, 2: 6, 3: 5, 4: 5, 5: 5 },
  contactsPerWindow: 2,
};
const START = Date.parse("2023-01-01");
const dayAt = (n: number): Date => new Date(START + n * 30 * DAY);

interface Value {
  readonly bi: string;
  readonly kind: string;
  readonly issuer: string;
}

/** A small universe, so that values collide all the time. */
const VALUES: readonly Value[] = (
  [
    ["member_id", 3, ""],
    ["user_id", 3, ""],
    ["user_id", 2, "shop"],
    ["wechat_unionid", 2, "wx"],
    ["line_user_id", 2, "line"],
    ["email", 4, ""],
    ["phone", 3, ""],
    ["wechat_openid", 3, "wx"],
    ["anonymous_id", 4, "web"],
  ] as const
).flatMap(([kind, count, issuer]) =>
  Array.from({ length: count }, (_, i) => ({ kind, issuer, bi: `${spaceOf(kind)}/${issuer}/${i}` })),
);

const edgeOf = (tag: string): fc.Arbitrary<EvidenceEdge> =>
  fc
    .record({
      subject: fc.constantFrom(...VALUES),
      value: fc.constantFrom(...VALUES),
      verified: fc.boolean(),
      source: fc.constantFrom("s1", "s2"),
      first: fc.nat(30),
      length: fc.nat(10),
      shared: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ subject, value, verified, source, first, length, shared }) => ({
      subject: `${tag}${subject.bi}`,
      ...value,
      bi: `${tag}${value.bi}`,
      class: classOf(value.kind, verified),
      sourceId: source,
      firstDay: dayAt(first),
      lastDay: dayAt(first + length),
      shared: shared === 0,
    }));

function subjectsFor(evidence: readonly EvidenceEdge[], tag: string): SubjectNode[] {
  const found = new Map<string, SubjectNode>();
  for (const { subject } of evidence) {
    const value = VALUES.find((v) => `${tag}${v.bi}` === subject) as Value;
    found.set(subject, {
      ref: subject,
      anchor: { ...value, bi: subject, class: classOf(value.kind, false) },
      firstSeenDay: dayAt(10),
      lastSeenDay: dayAt(12),
    });
  }
  return [...found.values()];
}

const inputOf = (tag = "", decided = true): fc.Arbitrary<ResolveInput> =>
  fc
    .record({
      evidence: fc.array(edgeOf(tag), { minLength: 1, maxLength: 40 }),
      links: fc.array(
        fc.record({ kind: fc.constantFrom("cannot", "cannot", "must"), i: fc.nat(), j: fc.nat() }),
        { maxLength: decided ? 5 : 0 },
      ),
      at: fc.nat(60),
    })
    .map(({ evidence, links, at }) => {
      const subjects = subjectsFor(evidence, tag);
      const refAt = (i: number) => (subjects[i % subjects.length] as SubjectNode).ref;
      const of = (kind: string) =>
        links.filter((l) => l.kind === kind).map(({ i, j }) => ({ left: refAt(i), right: refAt(j) }));
      return {
        subjects,
        evidence,
        cannotLinks: of("cannot"),
        mustLinks: of("must"),
        at: dayAt(at),
        limits: LIMITS,
      };
    });

const RUNS = { numRuns: 100 };

function groupOf(groups: readonly (readonly string[])[]): Map<string, number> {
  return new Map(groups.flatMap((group, i) => group.map((ref) => [ref, i] as const)));
}

describe("resolution, for any set of evidence", () => {
  it("depends on the set only: shuffling and repeating every input changes nothing", () => {
    const shuffled = inputOf().chain((input) => {
      const mixed = <T>(items: readonly T[]) =>
        fc.array(fc.nat(), { minLength: items.length, maxLength: items.length }).chain((repeats) =>
          fc
            .shuffledSubarray(
              items.flatMap((item, i) => ((repeats[i] as number) % 2 ? [item, item] : [item])),
              { minLength: 0 },
            )
            .map((some) => [...some, ...items]),
        );
      return fc
        .record({
          subjects: mixed(input.subjects),
          evidence: mixed(input.evidence),
          cannotLinks: mixed(input.cannotLinks),
          mustLinks: mixed(input.mustLinks),
          flip: fc.boolean(),
        })
        .map(({ flip, ...again }) => {
          const turn = (l: { left: string; right: string }) => (flip ? { left: l.right, right: l.left } : l);
          const other = {
            ...input,
            ...again,
            evidence: [...again.evidence].reverse(),
            cannotLinks: again.cannotLinks.map(turn),
            mustLinks: again.mustLinks.map(turn),
          };
          return [input, other] as const;
        });
    });
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(JSON.stringify(resolve(other))).to.equal(JSON.stringify(resolve(one)));
      }),
      RUNS,
    );
  });

  it("gives a partition of the subjects, in canonical order", () => {
    fc.assert(
      fc.property(inputOf(), (input) => {
        const { groups } = resolve(input);
        expect(groups.flat().sort()).to.deep.equal(input.subjects.map((s) => s.ref).sort());
        for (const group of groups) expect([...group].sort()).to.deep.equal(group);
        expect([...groups].sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1))).to.deep.equal(
          groups,
        );
      }),
      RUNS,
    );
  });

  it("never breaks a constraint inside a group", () => {
    fc.assert(
      fc.property(inputOf(), (input) => {
        const result = resolve(input);
        const of = groupOf(result.groups);
        for (const { left, right } of input.cannotLinks)
          if (left !== right) expect(of.get(left), `${left} and ${right}`).to.not.equal(of.get(right));
        const contested = new Map(result.contested.map((c) => [c.bi, c.class]));
        const values = new Map<string, Set<string>>();
        const contacts = new Map<string, Map<string, number>>();
        for (const edge of input.evidence) {
          const own = edge.bi === edge.subject;
          const stands = (contested.get(edge.bi) ?? 9) > edge.class;
          const lifetime = lifetimeOf(edge.kind, edge.class, LIMITS);
          if (!own && (edge.shared || !stands)) continue;
          if (edge.class <= 2) {
            const key = `${of.get(edge.subject)} ${edge.class} ${edge.kind} ${edge.issuer}`;
            values.set(key, (values.get(key) ?? new Set()).add(edge.bi));
          }
          const live = lifetime === null || edge.lastDay.getTime() + lifetime > input.at.getTime();
          if (edge.class === 3 && stands && live) {
            const key = `${of.get(edge.subject)} ${edge.kind}`;
            const known = contacts.get(key) ?? new Map<string, number>();
            contacts.set(
              key,
              known.set(edge.bi, Math.min(edge.firstDay.getTime(), known.get(edge.bi) ?? Infinity)),
            );
          }
        }
        for (const [key, held] of values) expect(held.size, key).to.equal(1);
        if (input.mustLinks.length > 0) return;
        for (const [key, held] of contacts) {
          const days = [...held.values()].sort((a, b) => a - b);
          for (let i = LIMITS.contactsPerWindow; i < days.length; i++)
            expect((days[i] as number) - (days[i - LIMITS.contactsPerWindow] as number), key).to.be.at.least(
              LIMITS.contactWindow,
            );
        }
      }),
      { numRuns: 150 },
    );
  });

  it("never joins two known members by unverified evidence or by a device", () => {
    fc.assert(
      fc.property(inputOf(), (input) => {
        const strongOnly = { ...input, evidence: input.evidence.filter((e) => e.class <= 3) };
        const strong = groupOf(resolve(strongOnly).groups);
        const lasting = new Set(
          input.evidence
            .filter((e) => e.class <= 3 && (!e.shared || e.bi === e.subject))
            .filter((e) => {
              const lifetime = lifetimeOf(e.kind, e.class, LIMITS);
              return lifetime === null || e.lastDay.getTime() + lifetime > input.at.getTime();
            })
            .map((e) => e.subject),
        );
        for (const group of resolve(input).groups) {
          const members = new Set(group.filter((ref) => lasting.has(ref)).map((ref) => strong.get(ref)));
          expect(members.size).to.be.at.most(1);
        }
      }),
      RUNS,
    );
  });

  it("never separates by weaker evidence what stronger evidence joined", () => {
    const levels = fc.constantFrom<IdentifierClass>(1, 2, 3, 4);
    fc.assert(
      fc.property(inputOf(), levels, (input, level) => {
        const strong = resolve({ ...input, evidence: input.evidence.filter((e) => e.class <= level) });
        // The weaker anchors that are implied for subjects left without evidence are not part of the comparison.
        const all = groupOf(resolve(input).groups);
        for (const join of strong.joins) {
          if (join.class > level) continue;
          expect(new Set(join.subjects.map((ref) => all.get(ref))).size, join.bi).to.equal(1);
        }
      }),
      RUNS,
    );
  });

  it("never undoes a link by a new value that was observed later at the same strength", () => {
    fc.assert(
      fc.property(inputOf(), fc.array(fc.nat(), { minLength: 2, maxLength: 4 }), (input, picks) => {
        const base = { ...input, evidence: input.evidence.filter((e) => e.class <= 3) };
        const late = picks.map((i) => ({
          subject: (base.subjects[i % base.subjects.length] as SubjectNode).ref,
          bi: "email/new",
          kind: "email",
          issuer: "",
          class: 3 as const,
          sourceId: "s1",
          firstDay: dayAt(70),
          lastDay: dayAt(70),
        }));
        const before = resolve(base);
        const after = groupOf(resolve({ ...base, evidence: [...base.evidence, ...late] }).groups);
        for (const join of before.joins)
          if (join.class <= 3) expect(new Set(join.subjects.map((ref) => after.get(ref))).size).to.equal(1);
      }),
      RUNS,
    );
  });

  it("stays split after an unmerge, whatever is sent again", () => {
    fc.assert(
      fc.property(inputOf("", false), fc.nat(), (input, pick) => {
        const group = resolve(input).groups.find((g) => g.length > 1);
        if (!group) return;
        const out = group[pick % group.length] as string;
        const cannotLinks = group.filter((ref) => ref !== out).map((ref) => ({ left: out, right: ref }));
        const split = applyChange(input, { add: { cannotLinks, evidence: input.evidence } });
        const of = groupOf(resolve(split).groups);
        for (const { left, right } of cannotLinks) expect(of.get(left)).to.not.equal(of.get(right));
        const undone = applyChange(split, { remove: { cannotLinks } });
        expect(groupsText(resolve(undone))).to.equal(groupsText(resolve(input)));
      }),
      RUNS,
    );
  });

  it("resolves components apart exactly as together", () => {
    fc.assert(
      fc.property(inputOf("x"), inputOf("y"), (x, other) => {
        const y = { ...other, at: x.at };
        const together = resolve({
          ...x,
          subjects: [...y.subjects, ...x.subjects],
          evidence: [...y.evidence, ...x.evidence],
          cannotLinks: [...y.cannotLinks, ...x.cannotLinks],
          mustLinks: [...y.mustLinks, ...x.mustLinks],
        });
        const [one, two] = [resolve(x), resolve(y)];
        expect(together.groups).to.deep.equal([...one.groups, ...two.groups]);
        expect(together.contested).to.deep.equal([...one.contested, ...two.contested]);
        const next = [one.nextChangeAt, two.nextChangeAt].filter((d) => d !== null).map((d) => d.getTime());
        expect(together.nextChangeAt?.getTime() ?? Infinity).to.equal(Math.min(Infinity, ...next));
      }),
      RUNS,
    );
  });

  it("changes nothing before the moment it names as the next change", () => {
    fc.assert(
      fc.property(inputOf(), fc.nat(1_000), (input, share) => {
        const now = resolve(input);
        const from = input.at.getTime();
        const until = now.nextChangeAt?.getTime() ?? from + 10_000 * DAY;
        expect(until).to.be.greaterThan(from);
        for (const at of [until - 1, from + Math.floor(((until - 1 - from) * share) / 1_000)]) {
          const later = resolve({ ...input, at: new Date(at) });
          expect(later.groups).to.deep.equal(now.groups);
          expect(later.contested).to.deep.equal(now.contested);
        }
      }),
      { numRuns: 150 },
    );
  });
});
