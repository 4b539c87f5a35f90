import { resolve } from "./resolve.ts";
import type {
  CannotLink,
  EvidenceEdge,
  MustLink,
  ResolveInput,
  ResolveResult,
  SubjectNode,
} from "./resolve-types.ts";

/** What somebody thinks of changing. */
export interface ResolutionChange {
  readonly add?: Partial<ChangeSet>;
  readonly remove?: Partial<ChangeSet>;
}

interface ChangeSet {
  readonly subjects: readonly SubjectNode[];
  readonly evidence: readonly EvidenceEdge[];
  readonly cannotLinks: readonly CannotLink[];
  readonly mustLinks: readonly MustLink[];
}

/** A subject whose companions would be others than before; null where it is not there. */
export interface Moved {
  readonly subject: string;
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
}

export interface ChangePreview {
  readonly before: ResolveResult;
  readonly after: ResolveResult;
  /** Sorted by subject. */
  readonly moved: readonly Moved[];
}

/** The input with the change made; removing what is not there changes nothing. */
export function applyChange(input: ResolveInput, { add = {}, remove = {} }: ResolutionChange): ResolveInput {
  const edit = <T>(
    now: readonly T[],
    gone: readonly T[] = [],
    more: readonly T[] = [],
    key: (item: T) => string,
  ) => {
    const removed = new Set(gone.map(key));
    return [...now.filter((item) => !removed.has(key(item))), ...more];
  };
  const linkKey = ({ left, right }: CannotLink): string =>
    left < right ? `${left} ${right}` : `${right} ${left}`;
  const edgeKey = (edge: EvidenceEdge): string =>
    JSON.stringify([edge.subject, edge.bi, edge.kind, edge.issuer, edge.class, edge.sourceId]);
  return {
    ...input,
    subjects: edit(input.subjects, remove.subjects, add.subjects, (subject) => subject.ref),
    evidence: edit(input.evidence, remove.evidence, add.evidence, edgeKey),
    cannotLinks: edit(input.cannotLinks, remove.cannotLinks, add.cannotLinks, linkKey),
    mustLinks: edit(input.mustLinks, remove.mustLinks, add.mustLinks, linkKey),
  };
}

/** What a merge, a split or further evidence would do, without doing it. */
export function previewChange(input: ResolveInput, change: ResolutionChange): ChangePreview {
  const before = resolve(input);
  const after = resolve(applyChange(input, change));
  const was = groupsBySubject(before);
  const is = groupsBySubject(after);
  const moved: Moved[] = [];
  for (const subject of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const from = was.get(subject) ?? null;
    const to = is.get(subject) ?? null;
    if (from && to && from.length === to.length && from.every((ref, i) => ref === to[i])) continue;
    moved.push({ subject, before: from, after: to });
  }
  return { before, after, moved };
}

function groupsBySubject({ groups }: ResolveResult): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const group of groups) for (const ref of group) found.set(ref, group);
  return found;
}
