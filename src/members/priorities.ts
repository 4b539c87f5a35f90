import { type AuditDeps, actorOf, stageAudit } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { TRAITS } from "../events/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError, type FieldProblem } from "../kernel/problems.ts";
import type { RouteRequest } from "../kernel/route.ts";
import { stageChanges } from "./changes.store.ts";
import {
  endNoting,
  findNextConcerned,
  lockDueNoting,
  lockPriorities,
  moveNoting,
  savePriorities,
} from "./priorities.store.ts";
import { CORRECTION_KIND, type SourcePriorities } from "./profile.ts";
import type { SourceLabel } from "./read-profile.ts";

/** For fields that are not listed. */
const OTHERS = "*";
/** How long another process may go on with the order it knows; who is read anew after that is read by the new one. */
const KNOWN_FOR = 3 * SECOND;
const PAGE = 1_000;

type Labels = ReadonlyMap<string, SourceLabel>;

/** What is wrong with some priorities; empty when they can be set. */
export function checkPriorities(priorities: SourcePriorities, labels: Labels): FieldProblem[] {
  const fields = (TRAITS as unknown as { readonly properties: object }).properties;
  const known = new Set(
    [...labels].flatMap(([id, { kind }]) => (kind === CORRECTION_KIND ? [] : [id, kind])),
  );
  return Object.entries(priorities).flatMap(([field, order]): FieldProblem[] => {
    if (field !== OTHERS && !Object.hasOwn(fields, field))
      return [
        { path: "/priorities", code: "unknown-field", message: "One of the names is no field of a profile." },
      ];
    return order.flatMap((name, i) =>
      known.has(name)
        ? []
        : [
            {
              path: `/priorities/${field}/${i}`,
              code: "unknown-source",
              message: "This is neither the id of a registered source nor the kind of one.",
            },
          ],
    );
  });
}

/**
 * Sets whose word counts before whose, in place of what was set before, and has everybody noted as changed of whom a
 * source concerned has said something. Throws `invalid-request` naming every field and source that is not known.
 */
export async function changePriorities(
  db: Db,
  deps: AuditDeps & { readonly clock: Clock },
  request: Pick<RouteRequest, "principal" | "requestId">,
  priorities: SourcePriorities,
  labels: Labels,
): Promise<void> {
  const errors = checkPriorities(priorities, labels);
  if (errors.length > 0) throw new AppError("invalid-request", { errors });
  await db.tx(async (tx) => {
    const before = await lockPriorities(tx);
    const at = deps.clock.now();
    const concerned = concernedBy(before, priorities, labels);
    await savePriorities(tx, { priorities, at, concerned, noteFrom: new Date(at.getTime() + KNOWN_FOR) });
    await stageAudit(tx, deps, {
      actor: actorOf(request.principal),
      action: "source-priorities.changed",
      counts: { fields: Object.keys(priorities).length, sources: concerned.length },
      requestId: request.requestId,
    });
  });
}

/** The sources whose place in some field's order differs; among all others nothing changes. */
function concernedBy(before: SourcePriorities, after: SourcePriorities, labels: Labels): string[] {
  const names = new Set<string>();
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[field], after[field]];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    // A field that is listed follows its own order and no longer the others', and the other way about.
    const orders = [old ?? before[OTHERS], now ?? after[OTHERS]];
    for (const name of orders.flatMap((order) => order ?? [])) names.add(name);
  }
  return [...labels].flatMap(([id, { kind }]) =>
    kind !== CORRECTION_KIND && (names.has(id) || names.has(kind)) ? [id] : [],
  );
}

/**
 * Notes everybody as changed whose profile a change of priorities may have changed, page by page, each in a
 * transaction of its own: what a process that dies had not noted, another goes on with. Answers how many subjects.
 */
export async function noteReprioritised(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
}): Promise<number> {
  for (let noted = 0; ; ) {
    const page = await deps.db.tx((tx) => notePage(tx, deps));
    if (page === null) return noted;
    noted += page;
  }
}

/** One page; null when there is nothing to note now. */
async function notePage(tx: Tx, deps: { readonly clock: Clock; readonly ids: Ids }): Promise<number | null> {
  const due = await lockDueNoting(tx, deps.clock.now());
  if (due === null) return null;
  const { concerned, last } = await findNextConcerned(tx, due, PAGE);
  await stageChanges(tx, deps, "source-priorities", concerned);
  if (last === null) await endNoting(tx);
  else await moveNoting(tx, last);
  return concerned.length;
}
