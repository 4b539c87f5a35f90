import type { IdentifierClass } from "../kernel/identifier.ts";
import { compareText } from "../kernel/sort-few.ts";
import type { EvidenceEdge, ResolveInput, SubjectNode } from "./resolve-types.ts";
import { lifetimeOf, type ResolutionLimits } from "./rules.ts";

export const LEVELS: readonly IdentifierClass[] = [1, 2, 3, 4, 5];

/** All rows that say the same (subject, value, kind, issuer, class), whatever their source, as one. Times in ms. */
export interface Edge {
  readonly subject: number;
  readonly kind: string;
  readonly issuer: string;
  readonly class: IdentifierClass;
  readonly shared: boolean;
  first: number;
  last: number;
  /** When it stops counting; Infinity when never. */
  expires: number;
}

/** One identifier value with its live edges. */
export interface Node {
  readonly bi: string;
  /** Index of the subject that this value anchors, or -1. */
  readonly anchored: number;
  edges: Edge[];
  /** Live edges that a source declared shared by design; they never link. */
  readonly sharedEdges: Edge[];
  /** Live edges at levels at which the value is closed; they never link either. */
  closedEdges: Edge[];
  /** What closes it, when that is new. */
  closing: Closing | null;
}

/** More subjects share a value at this level than one person accounts for. */
export interface Closing {
  readonly level: IdentifierClass;
  /** Everybody who holds it, at whatever level. */
  readonly subjects: readonly number[];
}

/** The input as a set: duplicates folded, expired edges gone, everything indexed. */
export interface Evidence {
  /** Sorted. */
  readonly refs: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Sorted by bi. */
  readonly nodes: readonly Node[];
}

/** An anchor of a kind that ages speaks for nobody unless something says when it was seen. */
const UNDATED = new Date(0);

/** The anchor is evidence about its own subject even where no row says so. */
function anchorEdge(subject: SubjectNode): EvidenceEdge {
  return {
    ...subject.anchor,
    subject: subject.ref,
    sourceId: "",
    firstDay: subject.firstSeenDay ?? UNDATED,
    lastDay: subject.lastSeenDay ?? UNDATED,
  };
}

/** Reads the input as a set; edges of subjects that are not given are ignored. Independent of any input order. */
export function readEvidence(input: ResolveInput): Evidence {
  const subjects = new Map<string, SubjectNode[]>();
  for (const subject of input.subjects) {
    const same = subjects.get(subject.ref);
    if (same) same.push(subject);
    else subjects.set(subject.ref, [subject]);
  }
  const refs = [...subjects.keys()].sort(compareText);
  const indexOf = new Map(refs.map((ref, index) => [ref, index]));

  const anchoredBy = new Map<string, number>();
  const anchors = new Map<string, string>();
  for (const [ref, rows] of subjects) {
    const bi = rows.map((row) => row.anchor.bi).sort(compareText)[0] as string;
    anchoredBy.set(bi, indexOf.get(ref) as number);
    anchors.set(ref, bi);
  }

  const edges = new Map<string, Edge & { bi: string }>();
  const stated = new Set<string>();
  const add = (row: EvidenceEdge): void => {
    const subject = indexOf.get(row.subject);
    if (subject === undefined) return;
    const shared = row.shared === true;
    const key = `${row.bi}\u0000${subject}\u0000${row.class}\u0000${shared}\u0000${row.kind}\u0000${row.issuer}`;
    const first = row.firstDay.getTime();
    // A last day kept at a coarser grain than the first may seem to lie before it.
    const last = Math.max(first, row.lastDay.getTime());
    const edge = edges.get(key);
    if (edge) {
      edge.first = Math.min(edge.first, first);
      edge.last = Math.max(edge.last, last);
    } else {
      const { bi, kind, issuer } = row;
      edges.set(key, { bi, subject, kind, issuer, class: row.class, shared, first, last, expires: 0 });
    }
    if (anchors.get(row.subject) === row.bi) stated.add(row.subject);
  };
  for (const row of input.evidence) add(row);
  for (const [ref, rows] of subjects) if (!stated.has(ref)) for (const row of rows) add(anchorEdge(row));

  const nodes = new Map<string, Node>();
  const at = input.at.getTime();
  for (const edge of edges.values()) {
    const lifetime = lifetimeOf(edge.kind, edge.class, input.limits);
    edge.expires = lifetime === null ? Number.POSITIVE_INFINITY : edge.last + lifetime;
    if (edge.expires <= at) continue;
    let node = nodes.get(edge.bi);
    if (!node) {
      const anchored = anchoredBy.get(edge.bi) ?? -1;
      node = { bi: edge.bi, anchored, edges: [], sharedEdges: [], closedEdges: [], closing: null };
      nodes.set(edge.bi, node);
    }
    (edge.shared ? node.sharedEdges : node.edges).push(edge);
  }
  const closed = new Map((input.closed ?? []).map((c) => [c.bi, c.from]));
  for (const node of nodes.values()) closeNode(node, closed.get(node.bi) ?? OPEN, input.limits);
  return { refs, indexOf, nodes: [...nodes.values()].sort((a, b) => compareText(a.bi, b.bi)) };
}

/** Beyond every class. */
const OPEN = 6;

/**
 * Sets aside the edges at and below the strongest level at which too many subjects share the value. A matter of how
 * many hold it and of nothing else: what a fold finds at a stronger level must not decide whether a value is closed.
 */
function closeNode(node: Node, before: number, limits: ResolutionLimits): void {
  let from = before;
  for (const level of LEVELS) {
    if (level >= before) break;
    if (node.edges.length <= limits.degree[level]) continue;
    const holders = new Set<number>();
    for (const edge of node.edges) if (edge.class <= level) holders.add(edge.subject);
    if (holders.size <= limits.degree[level]) continue;
    node.closing = { level, subjects: subjectsOf(node.edges) };
    from = level;
    break;
  }
  if (from === OPEN) return;
  node.closedEdges = node.edges.filter((edge) => edge.class >= from);
  node.edges = node.edges.filter((edge) => edge.class < from);
}

/** Distinct subjects of the edges, ascending. */
export function subjectsOf(edges: readonly Edge[]): number[] {
  const [first] = edges;
  if (first && edges.length === 1) return [first.subject];
  return [...new Set(edges.map((edge) => edge.subject))].sort((a, b) => a - b);
}

/**
 * The first moment at which an edge ends whose end could regroup anybody: on a value that several subjects share; or,
 * for a subject tied to another in any way, an edge that makes it known or counts against its contact limit.
 */
export function nextExpiry(
  evidence: Evidence,
  tied: Iterable<number>,
  crowded: ReadonlySet<number>,
): Date | null {
  const connected = new Set(tied);
  const shared = new Set<Node>();
  for (const node of evidence.nodes) {
    if (node.edges.length + node.sharedEdges.length < 2) continue;
    const subjects = new Set([...node.edges, ...node.sharedEdges].map((edge) => edge.subject));
    if (subjects.size < 2) continue;
    shared.add(node);
    for (const subject of subjects) connected.add(subject);
  }
  let next = Number.POSITIVE_INFINITY;
  for (const node of evidence.nodes)
    for (const edge of [...node.edges, ...node.sharedEdges, ...node.closedEdges]) {
      const matters =
        shared.has(node) ||
        (edge.class <= 4 && connected.has(edge.subject)) ||
        (edge.class === 3 && crowded.has(edge.subject));
      if (matters && edge.expires < next) next = edge.expires;
    }
  return Number.isFinite(next) ? new Date(next) : null;
}
