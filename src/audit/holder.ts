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
    columns: { entry_id: "id", target: "plain", salt: "id", target_hash: "id" },
    categories: [],
    retention: "Until the person an entry speaks of is erased.",
    inExport: "Not itself.",
  }),
  holding({
    table: "audit_node",
    holds: "Roots of subtrees of the log.",
    person: { kind: "nobody", because: "Hashes over 256 entries and more." },
    columns: { level: "plain", idx: "plain", hash: "plain" },
    categories: [],
    retention: "As long as the log.",
    inExport: "Not: hashes of the log as a whole.",
  }),
  holding({
    table: "audit_tree_head",
    holds: "Signed tree heads of the log.",
    person: { kind: "nobody", because: "A size, a hash and a signature." },
    columns: { size: "plain", root: "plain", kid: "plain", jws: "plain", signed_at: "plain" },
    categories: [],
    retention: "As long as the log.",
    inExport: "Not: hashes of the log as a whole.",
  }),
];
