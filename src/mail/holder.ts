import { type Holding, holding } from "../db/index.ts";

export const mailHoldings: readonly Holding[] = [
  holding({
    table: "mail_message",
    holds: "Mail to members and to contacts of recipients: sealed until it is sent, then emptied.",
    person: { kind: "subject", column: "subject_id" },
    columns: {
      mail_id: "id",
      template: "plain",
      subject_id: "id",
      key_id: "id",
      cell: "sealed",
      state: "plain",
      attempts: "plain",
      last_error: "plain",
      created_at: "plain",
      ended_at: "plain",
      once: "plain",
      claimed_at: "plain",
    },
    categories: ["contact"],
    retention: "30 days after it was sent, kept or given up.",
    inExport: "correspondence: kind and time, and the text while it is there",
  }),
];
