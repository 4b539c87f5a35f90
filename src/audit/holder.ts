import { type Holding, holding } from "../db/index.ts";

export const auditHoldings: readonly Holding[] = [
  holding({
    table: "audit_stage",
    holds: "Audit entries in their final form, waiting for a number.",
    person: { kind: "through", table: "audit_salt" },
    columns: { id: "id", action: "plain", entry: "plain" },
    categories: [],
    retention: "About a second, while a sequencer runs.",
    inExport: "Transient.",
  }),
  holding({
    table: "audit_entry",
    holds: "What staff, keys and jobs did; people appear as salted commitments only.",
    person: { kind: "through", table: "audit_salt" },
    columns: { seq: "plain", action: "plain", entry: "plain", leaf_hash: "id", sequenced_at: "plain" },
    categories: [],
    retention: "Append-only; erasing the salt ends the last link to a person.",
    inExport: "reads of the member",
  }),
  holding({
    table: "audit_salt",
    holds: "Salts that make the commitments of entries checkable.",
    person: { kind: "through", table: "audit_entry" },
    columns: { entry_id: "id", target: "plain", salt: "id" },
    categories: [],
    retention: "Until the person an entry speaks of is erased.",
    inExport: "Not itself.",
  }),
];
