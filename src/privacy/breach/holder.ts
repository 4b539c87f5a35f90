import { type Holding, holding } from "../../db/index.ts";

const retention = "Kept for five years after the incident closed: proof towards the authorities.";

export const breachHoldings: readonly Holding[] = [
  holding({
    table: "breach_incident",
    holds: "Incidents with personal data: when, what, how bad, what was done.",
    person: { kind: "nobody", because: "Tells of an incident; whom it concerns stands in breach_member." },
    columns: {
      incident_id: "id",
      aspects: "plain",
      occurred_from: "plain",
      occurred_to: "plain",
      discovered_at: "plain",
      risk: "plain",
      state: "plain",
      readers: "id",
      everybody: "plain",
      counted_at: "plain",
      key_id: "id",
      sealed: "sealed",
      created_at: "plain",
      closed_at: "plain",
    },
    categories: ["incident"],
    retention,
    inExport: "Not personal.",
  }),
  holding({
    table: "breach_member",
    holds: "Which members an incident concerns, under which law, with which categories of data.",
    person: { kind: "subject", column: "member_id" },
    columns: { incident_id: "id", member_id: "id", regime: "plain", categories: "plain" },
    categories: [],
    retention,
    inExport: "incidents",
  }),
  holding({
    table: "breach_notice",
    holds: "Duties to tell of an incident, by when, and what was told.",
    person: { kind: "nobody", because: "Written to an authority or to everybody concerned." },
    columns: {
      incident_id: "id",
      regime: "plain",
      audience: "plain",
      due_at: "plain",
      state: "plain",
      decided_at: "plain",
      note: "sealed",
      warned_at: "plain",
      late_at: "plain",
    },
    categories: ["incident"],
    retention,
    inExport: "Not personal.",
  }),
];
