import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import { groupsOfIds, loadComponent, memberIdOf } from "./regroup.ts";
import { resolve } from "./resolve.ts";
import { explainRule } from "./rules.ts";
import { findMemberSubjects } from "./subjects.store.ts";

/** Why some subjects are one member, and what did not join them. Holds no identifier values. */
export interface IdentityGraph {
  readonly memberId: string;
  readonly members: readonly { memberId: string; subjects: readonly string[] }[];
  readonly joins: readonly {
    kind: string;
    issuer: string;
    class: number;
    subjects: readonly string[];
    identifier: string;
  }[];
  readonly contested: readonly {
    kind: string;
    issuer: string;
    class: number;
    rule: string;
    because: string;
    parties: readonly string[];
    count: number;
    identifier: string;
  }[];
  readonly nextChangeAt: string | null;
}

/** Explains the grouping around a member: computed anew from the evidence, as it was when it was decided. */
export async function readIdentityGraph(
  deps: { db: Db; clock: Clock },
  memberOrSubjectId: string,
): Promise<IdentityGraph> {
  return deps.db.tx(async (tx) => {
    const subjects = await findMemberSubjects(tx, memberOrSubjectId);
    const first = subjects[0];
    if (first === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
    const component = await loadComponent(
      tx,
      subjects.map((s) => s.subjectId),
      deps.clock.now(),
    );
    const result = resolve(component.input);
    const idOf = new Map(component.subjects.map((s) => [s.anchorBi.toString("hex"), s.subjectId]));
    const ids = (refs: readonly string[]) => refs.map((r) => idOf.get(r) as string);
    return {
      memberId: first.memberId,
      members: groupsOfIds(component, result).map((g) => ({ memberId: memberIdOf(g), subjects: g })),
      joins: result.joins.map((j) => ({
        kind: j.kind,
        issuer: j.issuer,
        class: j.class,
        subjects: ids(j.subjects),
        identifier: j.bi,
      })),
      contested: result.contested.map((c) => ({
        kind: c.kind,
        issuer: c.issuer,
        class: c.class,
        rule: c.rule,
        because: explainRule(c.rule),
        parties: ids(c.parties),
        count: c.count,
        identifier: c.bi,
      })),
      nextChangeAt: result.nextChangeAt?.toISOString() ?? null,
    };
  });
}
