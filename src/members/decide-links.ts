import { type AuditActor, stageAudit } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import type { Vault } from "../vault/index.ts";
import { stageChanges } from "./changes.store.ts";
import { blockNode, findSubjectsOnNode, type SignedLink, saveLinks } from "./links.store.ts";
import { loadComponent, regroup } from "./regroup.ts";
import { findMemberSubjects, readSubjects } from "./subjects.store.ts";

export interface LinkDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Who decides, for the audit log. */
export interface Decider {
  readonly actor: AuditActor;
  readonly requestId: string;
}

export interface Grouping {
  readonly memberId: string;
  readonly subjects: readonly string[];
}

/** The members that a decision leaves behind, before and after. */
export interface RegroupOutcome {
  readonly preview: boolean;
  readonly before: readonly Grouping[];
  readonly after: readonly Grouping[];
}

type Pair = readonly [string, string];

function pairsBetween(left: readonly string[], right: readonly string[]): Pair[] {
  return left.flatMap((a) => right.map((b): Pair => (a < b ? [a, b] : [b, a])));
}

/**
 * Takes subjects out of a member for good: a signed cannot-link between each of them and each of the rest, then
 * everything is decided anew. Events stay where they were, so the members that come out are exactly those that went
 * into the merge, with their old ids. Throws `not-found` for an unknown member and `invalid-request` when the subjects
 * are not some, but not all, of it.
 */
export async function splitMember(
  deps: LinkDeps,
  decider: Decider,
  memberId: string,
  out: readonly string[],
  preview: boolean,
): Promise<RegroupOutcome> {
  const subjects = (await findMemberSubjects(deps.db, memberId)).map((s) => s.subjectId);
  if (subjects.length === 0) throw new AppError("not-found", { detail: "There is no member by that id." });
  const leaving = [...new Set(out)].filter((id) => subjects.includes(id));
  if (leaving.length === 0 || leaving.length === subjects.length || leaving.length < new Set(out).size) {
    throw new AppError("invalid-request", {
      errors: [
        {
          path: "/subjects",
          code: "subjects",
          message: "Name some, but not all, of this member's subjects.",
        },
      ],
    });
  }
  const staying = subjects.filter((id) => !leaving.includes(id));
  return applyLinks(deps, decider, "cannot", pairsBetween(leaving, staying), preview);
}

/** Confirms that subjects are one person. Hard contradictions (two member cards) still keep them apart. */
export async function joinSubjects(
  deps: LinkDeps,
  decider: Decider,
  subjects: readonly string[],
  preview: boolean,
): Promise<RegroupOutcome> {
  const [first, ...rest] = [...new Set(subjects)];
  if (first === undefined || rest.length === 0) {
    throw new AppError("invalid-request", {
      errors: [{ path: "/subjects", code: "subjects", message: "Name at least two subjects." }],
    });
  }
  const known = await readSubjects(deps.db, [first, ...rest]);
  if (known.length < rest.length + 1)
    throw new AppError("not-found", { detail: "One of the subjects does not exist." });
  return applyLinks(deps, decider, "must", pairsBetween([first], rest), preview);
}

/** Settles a contested identifier: its holders are one person, are different people, or the value names nobody. */
export async function settleContested(
  deps: LinkDeps,
  decider: Decider,
  bi: Buffer,
  decision: "same-person" | "different-people" | "names-nobody",
  preview: boolean,
): Promise<RegroupOutcome> {
  const holders = await findSubjectsOnNode(deps.db, bi);
  if (holders.length === 0)
    throw new AppError("not-found", { detail: "Nobody is known by that identifier." });
  if (decision === "same-person") return joinSubjects(deps, decider, holders, preview);
  if (decision === "different-people") {
    const rows = await readSubjects(deps.db, holders);
    const pairs = rows.flatMap((a, i) =>
      rows
        .slice(i + 1)
        .flatMap((b) => (a.memberId === b.memberId ? [] : pairsBetween([a.subjectId], [b.subjectId]))),
    );
    return applyLinks(deps, decider, "cannot", pairs, preview);
  }
  return decide(deps, decider, "identity.blocked", holders, preview, async (tx) => {
    await blockNode(tx, bi);
  });
}

async function applyLinks(
  deps: LinkDeps,
  decider: Decider,
  kind: "cannot" | "must",
  pairs: readonly Pair[],
  preview: boolean,
): Promise<RegroupOutcome> {
  const at = deps.clock.now();
  const links: SignedLink[] = pairs.map(([left, right]) => ({
    id: deps.ids.next(),
    kind,
    left,
    right,
    actor: decider.actor.id,
    signature: deps.vault.mac("identity-link", kind, left, right, decider.actor.id, at.toISOString()),
    at,
  }));
  const touched = [...new Set(pairs.flat())];
  return decide(
    deps,
    decider,
    kind === "cannot" ? "identity.split" : "identity.joined",
    touched,
    preview,
    (tx) => saveLinks(tx, links),
  );
}

/** Thrown to undo a preview's transaction; carries what it found. */
class PreviewDone extends Error {
  readonly outcome: RegroupOutcome;
  constructor(outcome: RegroupOutcome) {
    super("preview");
    this.outcome = outcome;
  }
}

async function decide(
  deps: LinkDeps,
  decider: Decider,
  action: string,
  touched: readonly string[],
  preview: boolean,
  write: (tx: Tx) => Promise<void>,
): Promise<RegroupOutcome> {
  try {
    return await deps.db.retryingTx(async (tx) => {
      const before = await groupingsOf(tx, deps, touched);
      await write(tx);
      await regroup(tx, deps, touched);
      const after = await groupingsOf(
        tx,
        deps,
        before.flatMap((g) => g.subjects),
      );
      const outcome = { preview, before, after };
      // A preview does the real thing and takes it back: it cannot differ from what would happen.
      if (preview) throw new PreviewDone(outcome);
      await stageChanges(
        tx,
        deps,
        action,
        after.flatMap((g) => g.subjects),
      );
      await stageAudit(tx, deps, {
        actor: decider.actor,
        action,
        targets: after.map((g) => ({ kind: "member", id: g.memberId })),
        counts: { subjects: touched.length },
        requestId: decider.requestId,
      });
      return outcome;
    });
  } catch (error) {
    if (error instanceof PreviewDone) return error.outcome;
    throw error;
  }
}

async function groupingsOf(tx: Tx, deps: LinkDeps, subjects: readonly string[]): Promise<Grouping[]> {
  const component = await loadComponent(tx, subjects, deps.clock.now());
  const byMember = new Map<string, string[]>();
  for (const s of component.subjects)
    byMember.set(s.memberId, [...(byMember.get(s.memberId) ?? []), s.subjectId]);
  return [...byMember]
    .map(([memberId, ids]) => ({ memberId, subjects: ids.sort() }))
    .sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
}
