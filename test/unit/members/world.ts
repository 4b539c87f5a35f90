import { classOf, type IdentifierClass, spaceOf } from "../../../src/kernel/identifier.ts";
import {
  type EvidenceEdge,
  type ResolveInput,
  type ResolveResult,
  resolve,
  type SubjectNode,
} from "../../../src/members/resolve.ts";
import { DEFAULT_LIMITS } from "../../../src/members/rules.ts";

/** `kind:value`, verified when it ends in `!`. */
export type Named = string;

export interface Happening {
  readonly names: readonly Named[];
  readonly day?: string;
  readonly source?: string;
  /** Kinds that the source declares shared by design. */
  readonly shared?: readonly string[];
}

interface Identified {
  readonly bi: string;
  readonly kind: string;
  readonly issuer: string;
  readonly class: IdentifierClass;
}

export function identified(named: Named): Identified {
  const verified = named.endsWith("!");
  const [kind, value] = named.replace(/!$/, "").split(":") as [string, string];
  return { bi: `${spaceOf(kind)}:${value}`, kind, issuer: "", class: classOf(kind, verified) };
}

/** The ref of the subject that an identifier anchors. */
export function ref(named: Named): string {
  return identified(named).bi;
}

/** The strongest anchors; among equals what is never passed on to somebody else comes before phones and e-mails. */
function anchorRank({ class: level, kind }: Identified): number {
  return level * 2 + (kind === "email" || kind === "phone" ? 1 : 0);
}

/** What ingestion makes of events: each hangs on the subject of its strongest identifier, with the rest as evidence. */
export function world(
  happenings: readonly Happening[],
  more: Partial<Omit<ResolveInput, "subjects" | "evidence">> = {},
): ResolveInput {
  const subjects = new Map<string, SubjectNode>();
  const evidence: EvidenceEdge[] = [];
  for (const { names, day = "2026-01-01", source = "s1", shared = [] } of happenings) {
    const all = names
      .map(identified)
      .sort((a, b) => anchorRank(a) - anchorRank(b) || (a.kind < b.kind ? -1 : 1));
    const anchor = all[0] as Identified;
    const at = new Date(day);
    const known = subjects.get(anchor.bi);
    // The kind and class of the anchor are those of the first event in canonical order.
    if (!known || at < (known.firstSeenDay as Date))
      subjects.set(anchor.bi, { ref: anchor.bi, anchor, firstSeenDay: at, lastSeenDay: at });
    for (const each of all)
      evidence.push({
        subject: anchor.bi,
        ...each,
        sourceId: source,
        firstDay: at,
        lastDay: at,
        shared: shared.includes(each.kind),
      });
  }
  return {
    subjects: [...subjects.values()],
    evidence,
    cannotLinks: [],
    mustLinks: [],
    at: new Date("2026-06-01"),
    limits: DEFAULT_LIMITS,
    ...more,
  };
}

/** Groups as text, such as `member:1+email:a | member:2`. */
export function groupsText({ groups }: Pick<ResolveResult, "groups">): string {
  return groups.map((group) => group.join("+")).join(" | ");
}

export function resolveWorld(
  happenings: readonly Happening[],
  more: Partial<Omit<ResolveInput, "subjects" | "evidence">> = {},
): ResolveResult {
  return resolve(world(happenings, more));
}

export function apart(left: Named, right: Named): { left: string; right: string } {
  return { left: ref(left), right: ref(right) };
}
