import type { Tx } from "../db/index.ts";
import { categoryOfTrait, standardTrait, TRAITS } from "../events/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError, type FieldProblem } from "../kernel/problems.ts";
import { normaliseIdentifier, type Vault } from "../vault/index.ts";
import { type AttributeSetRow, saveAttributeSets } from "./attributes.store.ts";
import { stageChanges } from "./changes.store.ts";
import { CORRECTION_KIND } from "./profile.ts";
import type { SourceLabel } from "./read-profile.ts";
import { findMemberSubjects, lockAggregates, type MemberSubject } from "./subjects.store.ts";

/** Corrections stand under a source of their own, which no registered source can be. */
export const CORRECTION_SOURCE = "c0ffec70-0000-8000-8000-000000000000";
export const CORRECTION_LABEL: SourceLabel = { name: "Correction by request", kind: CORRECTION_KIND };

const STANDARD: ReadonlySet<string> = new Set(
  Object.keys((TRAITS as unknown as { readonly properties: object }).properties),
);
/** Given out by the installation or counted by it: not for a person to restate. */
const NOT_CORRECTABLE: ReadonlySet<string> = new Set(["id", "memberCard", "tier", "joinedAt", "createdAt"]);

export interface FieldCorrection {
  readonly field: string;
  readonly value: string | number | boolean | null;
}

/** What is wrong with some corrections; empty when they can be made. Never repeats a value. */
export function checkCorrections(corrections: readonly FieldCorrection[]): FieldProblem[] {
  return corrections.flatMap(({ field, value }, i): FieldProblem[] => {
    const path = `/corrections/${i}`;
    const name = standardTrait(field);
    if (!STANDARD.has(name) || NOT_CORRECTABLE.has(name))
      return [{ path: `${path}/field`, code: "not-correctable", message: "This field cannot be corrected." }];
    const isText = typeof value === "string";
    if (isText && (value.trim() === "" || value.length > 1_000))
      return [{ path: `${path}/value`, code: "invalid-value", message: "The value is empty or too long." }];
    if ((name === "email" || name === "phone") && value !== null) {
      const read = isText ? normaliseIdentifier(name, value, {}) : { kind: "bad" };
      if (read.kind !== "ok")
        return [
          {
            path: `${path}/value`,
            code: "invalid-value",
            message: "This is no address or number in international form.",
          },
        ];
    }
    return [];
  });
}

/**
 * Writes what a person had put right, on the member's strongest subject, as statements that outrank every source
 * (GDPR Art. 16). Answers the subjects of the member. Throws `invalid-request` naming what cannot be corrected and
 * `not-found` when the id names nobody.
 */
export async function saveCorrections(
  tx: Tx,
  deps: { readonly vault: Vault; readonly clock: Clock; readonly ids: Ids },
  memberId: string,
  corrections: readonly FieldCorrection[],
): Promise<string[]> {
  const problems = checkCorrections(corrections);
  if (problems.length > 0) throw new AppError("invalid-request", { errors: problems });
  const subjects = await findMemberSubjects(tx, memberId);
  const [best] = [...subjects].sort(
    (a, b) => a.anchorClass - b.anchorClass || (a.subjectId < b.subjectId ? -1 : 1),
  );
  if (best === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
  await lockAggregates(tx, [best.subjectId]);
  await saveAttributeSets(tx, await setsOf(deps, best, corrections));
  const ids = subjects.map((s) => s.subjectId);
  await stageChanges(tx, deps, "correction", ids);
  return ids;
}

async function setsOf(
  deps: { readonly vault: Vault; readonly clock: Clock; readonly ids: Ids },
  subject: MemberSubject,
  corrections: readonly FieldCorrection[],
): Promise<AttributeSetRow[]> {
  const key = (await deps.vault.loadKeys([subject.keyId])).get(subject.keyId);
  if (key === undefined) throw new AppError("key-destroyed");
  const sets = new Map<string, { values: Record<string, unknown>; unset: string[] }>();
  for (const { field, value } of corrections) {
    const name = standardTrait(field);
    const category = categoryOfTrait(name);
    const set = sets.get(category) ?? { values: {}, unset: [] };
    if (value === null) set.unset.push(name);
    else set.values[name] = value;
    sets.set(category, set);
  }
  const at = deps.clock.now();
  const event = deps.ids.next();
  return [...sets].map(([category, { values, unset }]) => {
    const text = JSON.stringify({ values, unset, verified: Object.keys(values) });
    // The time is part of it: putting a value right, changing it and putting it back are three statements.
    const setMac = deps.vault.mac("attribute-set", subject.subjectId, category, text, at.toISOString());
    const place = {
      table: "attribute_set",
      column: "cell",
      recordId: `${subject.subjectId}/${setMac.toString("hex")}`,
      category,
    };
    return {
      subjectId: subject.subjectId,
      sourceId: CORRECTION_SOURCE,
      category,
      setMac,
      firstAt: at,
      firstEvent: event,
      lastAt: at,
      lastEvent: event,
      cell: deps.vault.seal(key, place, Buffer.from(text, "utf8")),
    };
  });
}
