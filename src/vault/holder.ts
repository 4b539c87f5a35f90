import { type Holding, holding } from "../db/index.ts";

export const vaultHoldings: readonly Holding[] = [
  holding({
    table: "erasure_ledger_copy",
    holds:
      "The ids of erased subjects and of their destroyed keys, as the keystore's erasure ledger has them.",
    person: { kind: "subject", column: "subject_id" },
    columns: {
      seq: "plain",
      subject_id: "id",
      key_ids: "id",
      run_id: "id",
      reason: "plain",
      erased_at: "plain",
      hash: "id",
      has_rows: "plain",
    },
    categories: [],
    retention: "Append-only: a backup of any age may be restored. What the ids stood for is gone.",
    inExport: "Not: it speaks of people whose data is gone.",
  }),
];
