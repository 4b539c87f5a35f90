import { type AnswersSince, answersSince } from "./answers-since.ts";
import type { CertificateBody } from "./certificate.ts";
import { findCertificate } from "./certificates.store.ts";
import type { FulfilDeps } from "./deps.ts";

/** A certificate with all that proves it: the file that `candor verify` takes. */
export interface ProvenCertificate {
  readonly certificate: CertificateBody;
  readonly jws: string;
  readonly keys: Awaited<ReturnType<FulfilDeps["consent"]["signing"]["jwks"]>>;
  /** Null until a signed tree head covers the audit entry. */
  readonly proof: Awaited<ReturnType<FulfilDeps["evidence"]["inclusionProof"]>>;
  /** What recipients answered since; null where none was told. */
  readonly since: AnswersSince | null;
}

/** Reads a certificate with its signature, the keys to check it and its proof from the audit log; null for an unknown id. */
export async function readCertificate(
  deps: Pick<FulfilDeps, "db" | "clock" | "consent" | "evidence">,
  certificateId: string,
): Promise<ProvenCertificate | null> {
  const found = await findCertificate(deps.db, certificateId);
  if (found === null) return null;
  const certificate = found.body as CertificateBody;
  return {
    certificate,
    jws: found.jws,
    keys: await deps.consent.signing.jwks(),
    proof: await deps.evidence.inclusionProof(found.auditEntry),
    since: await answersSince(deps.db, certificate, deps.clock.now()),
  };
}
