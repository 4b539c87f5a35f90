import type { Tx } from "../../db/index.ts";
import { DAY, MINUTE } from "../../kernel/clock.ts";
import { KEYSTORE_BACKUP_DAYS } from "../../vault/index.ts";
import type { CertifiedHolder, CertifiedRecipient } from "./certificate.ts";
import { certifiedStep, type SaidOfRun } from "./certify-run.ts";
import type { FulfilDeps } from "./deps.ts";
import { type NoticeLine, readNoticeLines } from "./erasure.store.ts";
import { planErasure } from "./plan.ts";
import { type RunRow, readKeys, readSteps, type StepRow } from "./runs.store.ts";
import { keptUntil, taxRuleOf } from "./tax-records.ts";

/** How long a backup of the keystore is kept at most, as its manifest says: then the last copies of keys are gone. */
const KEYSTORE_BACKUPS_KEPT = KEYSTORE_BACKUP_DAYS * DAY;

/** Why recipients are told of an erasure, and named where they have not confirmed it. */
export const RECIPIENTS_PROVISION = "GDPR Art. 19";

/** The lines of what recipients were told, as a certificate has them. */
export function certifiedRecipients(lines: readonly NoticeLine[], now: Date): CertifiedRecipient[] {
  return lines
    .filter((line) => line.reason === "erased")
    .map((line) => ({
      recipientId: line.recipientId,
      name: line.name,
      purposeId: line.purposeId,
      toldAt: line.noticedAt.toISOString(),
      dueAt: line.dueAt.toISOString(),
      acknowledgedAt: line.acknowledgedAt?.toISOString() ?? null,
      state: line.acknowledgedAt !== null ? "acknowledged" : line.dueAt <= now ? "overdue" : "open",
    }));
}

function merged(steps: readonly StepRow[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { step, counts } of steps) {
    if (step !== "derived-data" && step !== "rows" && step !== "stop-processing") continue;
    for (const [table, n] of Object.entries(counts)) {
      // Marking subjects is not yet deleting them.
      if (step === "stop-processing" && table === "subject") continue;
      sum.set(table, (sum.get(table) ?? 0) + n);
    }
  }
  return sum;
}

/** Gathers what a finished erasure did, from its own record. */
export async function describeErasure(
  tx: Tx,
  deps: Pick<FulfilDeps, "clock" | "holdings">,
  run: RunRow,
): Promise<SaidOfRun> {
  const now = deps.clock.now();
  const steps = await readSteps(tx, [run.runId]);
  const keys = await readKeys(tx, [run.runId]);
  const recipients = certifiedRecipients(await readNoticeLines(tx, run.subjects), now);
  const counted = merged(steps);
  const tax = taxRuleOf(run.regime);
  const holders = planErasure(deps.holdings).flatMap(({ holding, treatment, ground }): CertifiedHolder[] => {
    const rows = counted.get(holding.table) ?? 0;
    if (rows === 0) return [];
    const shared = { table: holding.table, holds: holding.holds, rows };
    if (holding.table !== "order_state") return [{ ...shared, treatment, ground, keptUntil: null }];
    const lines = counted.get("accounting_line") ?? 0;
    return [
      {
        ...shared,
        treatment: lines > 0 ? "pseudonymise" : "erase",
        ground: lines > 0 ? { code: tax.code, provision: tax.provision } : null,
        keptUntil: lines > 0 ? keptUntil(now.toISOString(), tax) : null,
      },
    ];
  });
  const exceptions = [
    ...holders.flatMap((h) =>
      h.ground === null ? [] : [{ code: h.ground.code, what: h.table, provision: h.ground.provision }],
    ),
    ...recipients.flatMap((r) =>
      r.state === "acknowledged"
        ? []
        : [{ code: `recipient-${r.state}`, what: r.recipientId, provision: RECIPIENTS_PROVISION }],
    ),
  ];
  const destroyedAt = keys.reduce<Date | null>(
    (last, k) => (k.destroyedAt !== null && (last === null || k.destroyedAt > last) ? k.destroyedAt : last),
    null,
  );
  const missing = recipients.some((r) => r.state !== "acknowledged");
  return {
    outcome: missing ? "completed-with-exceptions" : "completed",
    steps: steps.map(certifiedStep),
    holders,
    exceptions,
    keys: {
      destroyed: keys.map((k) => k.keyId),
      destroyedAt: destroyedAt?.toISOString() ?? null,
      lastCopyEndsAt:
        destroyedAt === null
          ? null
          : new Date(destroyedAt.getTime() + KEYSTORE_BACKUPS_KEPT + MINUTE).toISOString(),
    },
    recipients,
    suppression: { identifiers: steps.find((s) => s.step === "suppress")?.counts.identifiers ?? 0 },
    counts: Object.fromEntries(counted),
  };
}
