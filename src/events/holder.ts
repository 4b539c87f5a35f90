import { type Holding, holding } from "../db/index.ts";

export const eventHoldings: readonly Holding[] = [
  holding({
    table: "event",
    holds: "What happened, when, as sources reported it.",
    person: { kind: "subject", column: "subject_id" },
    columns: {
      subject_id: "id",
      occurred_at: "plain",
      event_id: "id",
      source_id: "id",
      type: "plain",
      name: "plain",
      channel: "plain",
      store_id: "plain",
      received_at: "plain",
      plain: "plain",
      sealed: "sealed",
    },
    categories: [
      "identity",
      "contact",
      "demographic",
      "online",
      "location",
      "transaction",
      "social",
      "survey",
      "preference",
      "unclassified",
    ],
    retention: "Until the member is erased, or the purpose's retention ends.",
    inExport: "events",
  }),
];
