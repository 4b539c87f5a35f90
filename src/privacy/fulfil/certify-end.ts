import type { By } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { HOUR } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";
import { readCopyLines } from "./answers-since.store.ts";
import type { CertifiedRequest } from "./certificate.schema.ts";
import { type CertificateBody, type CertifiedRecipient, issueCertificate } from "./certificate.ts";
import { UNDONE_KINDS } from "./certificate-kinds.ts";
import type { FulfilDeps } from "./deps.ts";
import type { DoneAtOnce } from "./port.ts";

/** How a request ended and what its certificate is called, from its state; throws for one that has not ended. */
function endOf(request: CertifiedRequest): Pick<CertificateBody, "kind" | "outcome"> {
  switch (request.state) {
    case "completed":
      return { kind: request.kind, outcome: "completed" };
    case "completed_with_exceptions":
      return { kind: request.kind, outcome: "completed-with-exceptions" };
    case "denied":
    case "withdrawn":
    case "expired":
    case "duplicate":
      return { kind: UNDONE_KINDS[request.state], outcome: request.state };
    default:
      throw new TypeError(`a request that is ${request.state} has not ended`);
  }
}

/** Who is told of what was done at once, with the moment until which it is to be confirmed; a correction is not. */
async function toldOf(tx: Tx, { subjects, news }: DoneAtOnce, at: Date): Promise<CertifiedRecipient[]> {
  if (news === null) return [];
  const copies = await readCopyLines(tx, subjects);
  return copies
    .filter(({ purposeId }) => news.purposes.has(purposeId))
    .map(({ ackHours, ...copy }) => ({
      ...copy,
      toldAt: at.toISOString(),
      dueAt: news.kind === "drop" ? new Date(at.getTime() + ackHours * HOUR).toISOString() : null,
      acknowledgedAt: null,
      state: news.kind === "drop" ? "open" : "told",
    }));
}

/** Certifies the end of a request that no run works on: see the port. */
export async function certifyEnd(
  tx: Tx,
  deps: FulfilDeps,
  by: By,
  requestId: string,
  done: DoneAtOnce | null,
): Promise<string> {
  const request = await deps.listener.courseOf(tx, requestId);
  if (request === null) throw new AppError("not-found", { detail: "There is no request by that id." });
  const at = deps.clock.now().toISOString();
  const { controller } = await deps.consent.registry.snapshotIn(tx);
  const seal = { signer: await deps.consent.signing.signerIn(tx), controller: controller.name };
  const recipients = done === null ? [] : await toldOf(tx, done, new Date(at));
  const told = new Set(recipients.map((r) => r.recipientId)).size;
  // They hear of it through their feeds, once this is committed: nobody can have confirmed it yet.
  const counts = done === null ? {} : { ...done.counts, recipientsTold: told, recipientsConfirmed: 0 };
  return issueCertificate(tx, deps, seal, by, {
    ...endOf(request),
    request,
    requestId,
    runId: null,
    regime: request.regime,
    subjects: done === null ? request.subjects : done.subjects.length,
    steps:
      done === null
        ? []
        : [{ step: request.kind, startedAt: at, finishedAt: at, attempts: 1, counts: done.counts }],
    holders: [],
    exceptions: [],
    keys: null,
    recipients,
    suppression: null,
    counts,
  });
}
