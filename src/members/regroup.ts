import type { Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { IdentifierClass } from "../kernel/identifier.ts";
import { type ContestedRow, LISTED_PARTIES, refreshClosed, replaceContested } from "./contested.store.ts";
import { lockSubjects, readClosedNodes, readComponent, readEvidenceOf, readLinks } from "./evidence.store.ts";
import { type ResolveInput, type ResolveResult, resolve } from "./resolve.ts";
import { DEFAULT_LIMITS } from "./rules.ts";
import { readSubjects, type SubjectIdentity, saveGrouping } from "./subjects.store.ts";

/** Everything `resolve` needs to know about the subjects connected to some seeds. */
export interface Component {
  readonly input: ResolveInput;
  readonly subjects: readonly SubjectIdentity[];
  /** Identifiers that link nobody from some class on, whatever the rest says. */
  readonly closed: readonly { readonly bi: Buffer; readonly from: number }[];
}

/** Loads the component around some subjects, locked against regrouping by others until the transaction ends. */
export async function loadComponent(tx: Tx, seeds: readonly string[], at: Date): Promise<Component> {
  let ids = await readComponent(tx, seeds);
  for (;;) {
    await lockSubjects(tx, ids);
    // While we waited for the locks another transaction may have joined more subjects to these.
    const again = await readComponent(tx, ids);
    if (again.length === ids.length) break;
    ids = again;
  }
  const subjects = await readSubjects(tx, ids);
  const closed = await readClosedNodes(tx, ids);
  const evidence = await readEvidenceOf(tx, ids);
  const links = await readLinks(tx, ids);
  const refOf = new Map(subjects.map((s) => [s.subjectId, s.anchorBi.toString("hex")]));
  const ref = (id: string) => refOf.get(id) as string;
  return {
    subjects,
    closed,
    input: {
      subjects: subjects.map((s) => ({
        ref: s.anchorBi.toString("hex"),
        anchor: {
          bi: s.anchorBi.toString("hex"),
          kind: s.anchorKind,
          issuer: s.anchorIssuer,
          class: s.anchorClass as IdentifierClass,
        },
      })),
      evidence: evidence
        .filter((e) => refOf.has(e.subjectId))
        .map((e) => ({
          subject: ref(e.subjectId),
          bi: e.bi.toString("hex"),
          kind: e.kind,
          issuer: e.issuer,
          class: e.class as IdentifierClass,
          sourceId: e.sourceId,
          firstDay: e.firstAt,
          lastDay: new Date(`${e.lastMonth}T00:00:00Z`),
        })),
      cannotLinks: links
        .filter((l) => l.kind === "cannot")
        .map((l) => ({ left: ref(l.left), right: ref(l.right) })),
      mustLinks: links
        .filter((l) => l.kind === "must")
        .map((l) => ({ left: ref(l.left), right: ref(l.right) })),
      closed: closed.map((c) => ({ bi: c.bi.toString("hex"), from: c.from })),
      at,
      limits: DEFAULT_LIMITS,
    },
  };
}

/** The member id of a group: the smallest of its subjects' ids, so that undoing a merge restores the ids it had. */
export function memberIdOf(subjectIds: readonly string[]): string {
  return subjectIds.reduce((a, b) => (b < a ? b : a));
}

/** Groups of subject ids, from groups of refs. */
export function groupsOfIds(component: Component, result: Pick<ResolveResult, "groups">): string[][] {
  const idOf = new Map(component.subjects.map((s) => [s.anchorBi.toString("hex"), s.subjectId]));
  return result.groups.map((g) => g.map((ref) => idOf.get(ref) as string));
}

/**
 * The core of each subject: the smallest id among those it is joined to by class 1 or 2 evidence or by a staff
 * confirmation that stands. E-mails, phones and weaker traces join members, but never whose consent it is.
 */
function coresOf(component: Component, result: ResolveResult): Map<string, string> {
  const idOf = new Map(component.subjects.map((s) => [s.anchorBi.toString("hex"), s.subjectId]));
  const up = new Map(component.subjects.map((s) => [s.subjectId, s.subjectId]));
  const find = (id: string): string => {
    let root = id;
    while (up.get(root) !== root) root = up.get(root) as string;
    return root;
  };
  const unite = (refs: readonly string[]): void => {
    const roots = refs.map((ref) => find(idOf.get(ref) as string));
    const least = memberIdOf(roots);
    for (const root of roots) up.set(root, least);
  };
  for (const join of result.joins) if (join.class <= 2) unite(join.subjects);
  const refused = new Set(result.refusedMustLinks.map((l) => `${l.left} ${l.right}`));
  for (const l of component.input.mustLinks) {
    if (!refused.has(`${l.left} ${l.right}`) && !refused.has(`${l.right} ${l.left}`))
      unite([l.left, l.right]);
  }
  return new Map(component.subjects.map((s) => [s.subjectId, find(s.subjectId)]));
}

/**
 * Decides anew which subjects around the seeds are one member, and writes what changed. Returns the subjects whose
 * member changed. Needs locks on the identifiers that were just added (see `lockNodes`).
 */
export async function regroup(tx: Tx, deps: { clock: Clock }, seeds: readonly string[]): Promise<string[]> {
  if (seeds.length === 0) return [];
  const at = deps.clock.now();
  const component = await loadComponent(tx, seeds, at);
  const result = resolve(component.input);
  const groups = groupsOfIds(component, result);
  const cores = coresOf(component, result);
  const moved = await saveGrouping(
    tx,
    groups.flatMap((ids) => {
      const member = memberIdOf(ids);
      return ids.map((id) => ({ id, member, core: cores.get(id) ?? id, next: result.nextChangeAt }));
    }),
    at,
  );
  const idOf = new Map(component.subjects.map((s) => [s.anchorBi.toString("hex"), s.subjectId]));
  const contested: ContestedRow[] = result.contested.map((c) => ({
    bi: Buffer.from(c.bi, "hex"),
    level: c.class,
    kind: c.kind,
    issuer: c.issuer,
    rule: c.rule,
    parties: c.parties.slice(0, LISTED_PARTIES).map((ref) => idOf.get(ref) as string),
    partyCount: c.count,
    review: c.review,
  }));
  // Of a closed identifier only the stronger evidence is all here: its weaker holders were not looked for.
  const closedFrom = new Map(component.closed.map((c) => [c.bi.toString("hex"), c.from]));
  const considered = new Set<string>();
  for (const e of component.input.evidence) if (e.class < (closedFrom.get(e.bi) ?? 6)) considered.add(e.bi);
  await replaceContested(
    tx,
    [...considered].map((h) => Buffer.from(h, "hex")),
    contested,
    at,
  );
  const closing = contested.filter((c) => c.rule === "degree-exceeded");
  await refreshClosed(
    tx,
    [...component.closed, ...closing].map((c) => c.bi),
  );
  return moved.map((m) => m.id);
}
