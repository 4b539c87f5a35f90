import type { Holding, KeepingGround } from "../../db/index.ts";
import type { Treatment } from "./port.ts";
import type { LinkColumns } from "./tables.store.ts";

/** What an erasure does with one table of the register. */
export interface TablePlan {
  readonly holding: Holding;
  readonly treatment: Treatment;
  readonly phase: "derived" | "rows";
  readonly ground: KeepingGround | null;
  /** How its rows name subjects; null where they are found in another way, by a hand that knows the table. */
  readonly link: LinkColumns | null;
}

/** Rooms whose tables are the proof of what was asked and done; without a rule of their own they are kept. */
const PROOF = /^(?:dsr_|breach_|privacy_|suppression$|erasure_ledger)/;
const PROOF_GROUND: KeepingGround = {
  code: "request-record",
  provision: "GDPR Art. 5(2); CCPA regulations §7101 (24 months): record of the request and of what was done",
};

/** How a table's rows name subjects, from its place in the register. */
export function linkOf(holding: Holding): LinkColumns | null {
  const { person, table } = holding;
  if (person.kind === "subject") return { table, columns: [person.column], isList: false };
  if (person.kind !== "subjects") return null;
  const columns = person.column.split(",").map((c) => c.trim());
  return { table, columns, isList: columns.length === 1 };
}

/** The plan for every table that leads to people, in the order of the register. Pure. */
export function planErasure(holdings: readonly Holding[]): TablePlan[] {
  return holdings.flatMap((holding): TablePlan[] => {
    if (holding.person.kind === "nobody") return [];
    const link = linkOf(holding);
    const rule = holding.erasure;
    if (rule === undefined && PROOF.test(holding.table))
      return [{ holding, treatment: "keep", phase: "rows", ground: PROOF_GROUND, link }];
    if (rule === undefined || rule.kind === "delete") {
      const phase = rule?.phase ?? "rows";
      return [{ holding, treatment: "erase", phase, ground: null, link }];
    }
    return [{ holding, treatment: rule.kind, phase: "rows", ground: rule.ground, link }];
  });
}

/** Tables of which nothing may lead to the person any more once the rows are gone. */
export function mustBeEmpty(plan: readonly TablePlan[]): (TablePlan & { readonly link: LinkColumns })[] {
  return plan.flatMap((p) =>
    p.link !== null && (p.treatment === "erase" || p.holding.table === "order_state")
      ? [{ ...p, link: p.link }]
      : [],
  );
}
