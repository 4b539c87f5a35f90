import { type Holding, holding } from "../db/index.ts";

export const staffHoldings: readonly Holding[] = [
  holding({
    table: "api_key",
    holds: "API keys: their roles, purposes and a hash of the secret.",
    person: { kind: "nobody", because: "Names a program or a workplace, never a member." },
    columns: {
      id: "id",
      name: "settings",
      hash: "secret-hash",
      role: "plain",
      scopes: "plain",
      purposes: "plain",
      recipient_id: "settings",
      created_at: "plain",
      expires_at: "plain",
      ended_at: "plain",
      last_used: "plain",
    },
    categories: [],
    retention: "Kept, so that the audit log's actors stay known.",
    inExport: "Not personal.",
  }),
];
