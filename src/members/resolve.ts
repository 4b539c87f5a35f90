import type { IdentifierClass } from "../kernel/identifier.ts";
import { compareText } from "../kernel/sort-few.ts";
import { type Claim, type Contact, createGroups, type Gain, type Groups, NO_GAIN } from "./resolve-groups.ts";
import { type Edge, LEVELS, type Node, nextExpiry, readEvidence, subjectsOf } from "./resolve-nodes.ts";
import type {
  ContestedIdentifier,
  Join,
  RefusedMustLink,
  ResolveInput,
  ResolveResult,
} from "./resolve-types.ts";
import type { ResolutionLimits, ResolutionRule } from "./rules.ts";

export type {
  CannotLink,
  ContestedIdentifier,
  EvidenceEdge,
  Join,
  MustLink,
  RefusedMustLink,
  ResolveInput,
  ResolveResult,
  SubjectNode,
} from "./resolve-types.ts";

/** One identifier at one strength of evidence. */
interface Step {
  readonly node: Node;
  readonly level: IdentifierClass;
  /** First day of live evidence of at least this strength. */
  readonly first: number;
}

/** What the fold carries from step to step. */
interface Fold {
  readonly groups: Groups;
  readonly limits: ResolutionLimits;
  /** Subjects with live evidence of class 1 to 3, and of class 1 to 4. */
  readonly known: Uint8Array;
  readonly named: Uint8Array;
  readonly contested: Map<Node, { level: IdentifierClass; rule: ResolutionRule }>;
  readonly joins: { node: Node; level: IdentifierClass; subjects: readonly number[] }[];
}

/**
 * Groups subjects into members: a pure function of the *set* of evidence and decisions and of the time asked about.
 * Permuting or repeating any input changes nothing, and parts of the input that share no value resolve apart.
 *
 * Staff confirmations come first; then every identifier, strongest evidence first, then by first day and blind index.
 * An identifier either joins all the groups it touches or, where that would break a constraint, none of them: what is
 * accepted early is never undone by what comes later in this order, so the weakest link of a contradiction is the one
 * that gives way. The constraints: no signed cannot-link inside a group; one value per (kind, issuer) of class 1 and
 * of class 2; a limited number of new verified contact points a year; unverified values join at most one known
 * profile; devices attach to exactly one. Rejected identifiers are reported with the rule that fired.
 *
 * Where signed cannot-links place the holders of a value on separate sides, each side stays joined by it, so that a
 * split gives back exactly what was there before the merge.
 */
export function resolve(input: ResolveInput): ResolveResult {
  const evidence = readEvidence(input);
  const { refs, indexOf, nodes } = evidence;
  const pairs = (links: readonly { left: string; right: string }[]): [number, number][] => {
    const known = new Map<string, [number, number]>();
    for (const link of links) {
      const [a, b] = [indexOf.get(link.left), indexOf.get(link.right)];
      if (a === undefined || b === undefined || a === b) continue;
      known.set(`${Math.min(a, b)} ${Math.max(a, b)}`, [Math.min(a, b), Math.max(a, b)]);
    }
    return [...known.values()].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  };

  const fold: Fold = {
    groups: createGroups(refs.length, pairs(input.cannotLinks), input.limits),
    limits: input.limits,
    known: new Uint8Array(refs.length),
    named: new Uint8Array(refs.length),
    contested: new Map(),
    joins: [],
  };
  seedAnchors(fold, nodes);

  const mustLinks = pairs(input.mustLinks);
  const refusedMustLinks: RefusedMustLink[] = [];
  for (const [a, b] of mustLinks) {
    const parts = rootsOf(fold.groups, [a, b]);
    if (parts.length < 2) continue;
    const rule = fold.groups.judge(parts, NO_GAIN, true);
    if (rule) refusedMustLinks.push({ left: refs[a] as string, right: refs[b] as string, rule });
    else fold.groups.unite(parts, NO_GAIN);
  }

  const { known, named } = fold;
  for (const node of nodes)
    for (const edge of [...node.edges, ...ownOf(node, [...node.sharedEdges, ...node.closedEdges])]) {
      if (edge.class <= 3) known[edge.subject] = 1;
      if (edge.class <= 4) named[edge.subject] = 1;
    }
  spreadFlags(fold);
  for (const step of stepsOf(nodes)) if (!fold.contested.has(step.node)) takeStep(fold, step);

  const crowded = new Set<number>();
  for (const [node, { rule }] of fold.contested)
    if (rule === "too-many-contacts") for (const subject of subjectsOf(node.edges)) crowded.add(subject);
  return {
    groups: fold.groups
      .toArray()
      .map((group) => group.map((subject) => refs[subject] as string))
      .sort((a, b) => compareText(a[0] as string, b[0] as string)),
    contested: contestedOf(fold, nodes, refs),
    joins: joinsOf(fold, refs),
    refusedMustLinks,
    nextChangeAt: nextExpiry(evidence, mustLinks.flat(), crowded),
  };
}

function rootsOf(groups: Groups, subjects: readonly number[]): number[] {
  return [...new Set(subjects.map((subject) => groups.find(subject)))].sort((a, b) => a - b);
}

/** A subject holds the value that anchors it, whatever else happens, even one that is shared by design. */
function seedAnchors(fold: Fold, nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (node.anchored < 0) continue;
    const own = ownOf(node, [...node.edges, ...node.sharedEdges, ...node.closedEdges]);
    for (const level of [1, 2, 3] as const) fold.groups.gain(node.anchored, gainOf(node, own, level));
  }
}

/** The edges of the subject that the value anchors. */
function ownOf(node: Node, edges: readonly Edge[]): Edge[] {
  return edges.filter((edge) => edge.subject === node.anchored);
}

/** What the edges of exactly this level add to a group that accepts the value. */
function gainOf(node: Node, edges: readonly Edge[], level: IdentifierClass): Gain {
  if (level > 3) return NO_GAIN;
  const claims = new Map<string, Claim>();
  const contacts = new Map<string, Contact>();
  for (const edge of edges) {
    if (edge.class !== level) continue;
    if (level === 3) {
      const first = Math.min(edge.first, contacts.get(edge.kind)?.first ?? edge.first);
      contacts.set(edge.kind, { kind: edge.kind, bi: node.bi, first });
    } else {
      const key = `${level}\u0000${edge.kind}\u0000${edge.issuer}`;
      const rule = level === 1 ? "class1-conflict" : "class2-conflict";
      claims.set(key, { rule, key, bi: node.bi });
    }
  }
  return { claims: [...claims.values()], contacts: [...contacts.values()] };
}

function spreadFlags({ groups, known, named }: Fold): void {
  for (let subject = 0; subject < known.length; subject++) {
    const root = groups.find(subject);
    if (known[subject]) known[root] = 1;
    if (named[subject]) named[root] = 1;
  }
}

function stepsOf(nodes: readonly Node[]): Step[] {
  const steps: Step[] = [];
  for (const node of nodes) {
    const [only] = node.edges;
    // The anchor of a subject and nothing else: it joins nobody and adds nothing.
    if (node.edges.length === 1 && only?.subject === node.anchored) continue;
    let first = Number.POSITIVE_INFINITY;
    for (const level of LEVELS) {
      const before = first;
      let found = false;
      for (const edge of node.edges) {
        if (edge.class !== level) continue;
        found = true;
        first = Math.min(first, edge.first);
      }
      if (found) steps.push({ node, level, first: Math.min(first, before) });
    }
  }
  return steps.sort((a, b) => a.level - b.level || a.first - b.first || compareText(a.node.bi, b.node.bi));
}

function takeStep(fold: Fold, { node, level }: Step): void {
  const { groups } = fold;
  const edges = node.edges.filter((edge) => edge.class <= level);
  const subjects = subjectsOf(edges);

  const parts = rootsOf(groups, subjects);
  const full = gainOf(node, edges, level);
  const gain = withoutOwn(node, edges, level, full);
  const rule = judgeStep(fold, level, node, parts, gain);
  if (rule === null) {
    unite(fold, parts, gain);
    if (subjects.length > 1) fold.joins.push({ node, level, subjects });
    return;
  }
  fold.contested.set(node, { level, rule });
  if (rule === "class1-conflict" || rule === "class2-conflict")
    for (const subject of subjectsOf(edges.filter((edge) => edge.class === level)))
      groups.dispute(groups.find(subject), full.claims);
  if (rule !== "cannot-link" || level === 5) return;
  for (const side of signedSides(groups, parts)) {
    if (judgeStep(fold, level, node, side, gain) !== null) continue;
    const roots = new Set(side);
    const together = subjects.filter((subject) => roots.has(groups.find(subject)));
    unite(fold, side, gain);
    fold.joins.push({ node, level, subjects: together });
  }
}

/** The anchored subject already speaks for its own value. */
function withoutOwn(node: Node, edges: readonly Edge[], level: IdentifierClass, gain: Gain): Gain {
  if (gain.claims.length === 0) return gain;
  const own = gainOf(node, ownOf(node, edges), level);
  return { ...gain, claims: gain.claims.filter((claim) => !own.claims.some(({ key }) => key === claim.key)) };
}

function unite({ groups, known, named }: Fold, parts: readonly number[], gain: Gain): void {
  const isKnown = parts.some((part) => known[part]);
  const isNamed = parts.some((part) => named[part]);
  groups.unite(parts, gain);
  const root = groups.find(parts[0] as number);
  if (isKnown) known[root] = 1;
  if (isNamed) named[root] = 1;
}

function judgeStep(
  { groups, known, named }: Fold,
  level: IdentifierClass,
  node: Node,
  parts: readonly number[],
  gain: Gain,
): ResolutionRule | null {
  const rule = groups.judge(parts, gain);
  if (rule === "cannot-link" || parts.length === 1) return rule;
  if (level === 4 && parts.filter((part) => known[part]).length > 1) return "shared-by-known-profiles";
  if (level === 5) {
    // A device attaches its own anonymous activity to one other group, and never joins two people.
    const own = node.anchored >= 0 && parts.includes(groups.find(node.anchored));
    const people = parts.filter((part) => named[part]).length;
    if (!own || parts.length > 2 || people > 1) return "several-people-on-one-device";
  }
  return rule;
}

/**
 * The sides on which signed cannot-links place these groups. Groups without any are in doubt and on no side; when the
 * decisions contradict (A is not B, yet both may be C), there are no sides. Only sides of two or more are given.
 */
function signedSides(groups: Groups, parts: readonly number[]): number[][] {
  const decided = parts.filter((part) =>
    parts.some((other) => other !== part && groups.areEnemies(part, other)),
  );
  const sides: number[][] = [];
  for (const part of decided) {
    const friendly = sides.filter((side) => side.some((other) => !groups.areEnemies(part, other)));
    if (friendly.length === 0) sides.push([part]);
    else if (friendly.length > 1) return [];
    else {
      const side = friendly[0] as number[];
      if (side.some((other) => groups.areEnemies(part, other))) return [];
      side.push(part);
    }
  }
  return sides.filter((side) => side.length > 1);
}

function contestedOf(
  { groups, limits, contested }: Fold,
  nodes: readonly Node[],
  refs: readonly string[],
): ContestedIdentifier[] {
  const found: ContestedIdentifier[] = [];
  for (const node of nodes) {
    if (node.closing !== null) {
      const { level, subjects } = node.closing;
      found.push({
        bi: node.bi,
        ...nameOf([...node.edges, ...node.closedEdges], level),
        class: level,
        rule: "degree-exceeded",
        parties: subjects.slice(0, limits.partiesListed).map((subject) => refs[subject] as string),
        count: subjects.length,
        review: level < 5,
      });
    }
    const entry = contested.get(node);
    const edges = entry ? node.edges : node.sharedEdges;
    const subjects = subjectsOf(edges);
    const level = entry?.level ?? (Math.min(...edges.map((edge) => edge.class)) as IdentifierClass);
    const rule = entry?.rule ?? "shared-by-design";
    if (!entry && subjects.length < 2) continue;
    const roots = rootsOf(groups, subjects);
    // Everyone on the device turned out to be one person by stronger evidence: nothing is left to contest.
    if (rule === "several-people-on-one-device" && roots.length === 1) continue;
    found.push({
      bi: node.bi,
      ...nameOf(edges, level),
      class: level,
      rule,
      parties: subjects.slice(0, limits.partiesListed).map((subject) => refs[subject] as string),
      count: subjects.length,
      review: entry !== undefined && level < 5 && !isDecided(groups, roots),
    });
  }
  return found.sort((a, b) => compareText(a.bi, b.bi) || a.class - b.class);
}

/** Whether signed decisions already separate everyone who holds the value. */
function isDecided(groups: Groups, roots: readonly number[]): boolean {
  if (roots.length < 2) return false;
  return roots.every((a, i) => roots.every((b, j) => j <= i || groups.areEnemies(a, b)));
}

/** A value may be known under two kinds (`member_id` and `user_id`): the first in canonical order names it. */
function nameOf(edges: readonly Edge[], level: IdentifierClass): { kind: string; issuer: string } {
  const [first] = edges
    .filter((edge) => edge.class <= level)
    .sort((a, b) => a.class - b.class || compareText(a.kind, b.kind) || compareText(a.issuer, b.issuer));
  const { kind, issuer } = first as Edge;
  return { kind, issuer };
}

function joinsOf({ joins }: Fold, refs: readonly string[]): Join[] {
  return joins
    .map(({ node, level, subjects }) => ({
      bi: node.bi,
      ...nameOf(node.edges, level),
      class: level,
      subjects: subjects.map((subject) => refs[subject] as string),
    }))
    .sort(
      (a, b) =>
        a.class - b.class ||
        compareText(a.bi, b.bi) ||
        compareText(a.subjects[0] as string, b.subjects[0] as string),
    );
}
