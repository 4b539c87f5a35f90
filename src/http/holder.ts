import { type Holding, holding } from "../db/index.ts";

export const httpHoldings: readonly Holding[] = [
  holding({
    table: "idempotency_key",
    holds: "Answers to administrative writes that may be repeated.",
    person: { kind: "nobody", because: "Only routes whose answers hold no personal data take part." },
    columns: {
      principal: "id",
      route: "plain",
      key_hash: "secret-hash",
      request_mac: "id",
      started_at: "plain",
      expires_at: "plain",
      status: "plain",
      headers: "plain",
      body: "plain",
    },
    categories: [],
    retention: "24 hours.",
    inExport: "Not personal.",
  }),
];
