import { CompactSign } from "jose";
import type { By, Locale } from "../../../consent/index.ts";
import { stageAudit } from "../../audit/index.ts";
import type { KeepingGround, Tx } from "../../db/index.ts";
import { canonicalJson } from "../../kernel/canonical-json.ts";
import type { CertifiedRequest } from "./certificate.schema.ts";
import type { CERTIFICATE_KINDS, OUTCOMES } from "./certificate-kinds.ts";
import { insertPrivacyCertificate } from "./certificates.store.ts";
import type { FulfilDeps } from "./deps.ts";

/** The media type of a certificate, without `application/`, as its JWS names it. */
export const CERTIFICATE_TYPE = "candor-certificate+json";

export interface CertifiedStep {
  readonly step: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly attempts: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface CertifiedHolder {
  readonly table: string;
  readonly holds: string;
  readonly treatment: "erase" | "pseudonymise" | "keep";
  readonly rows: number;
  readonly ground: KeepingGround | null;
  /** The last day on which the last of it is kept; null for what goes or has no end of its own. */
  readonly keptUntil: string | null;
}

export interface CertifiedRecipient {
  readonly recipientId: string;
  readonly name: string;
  readonly purposeId: string;
  readonly toldAt: string;
  /** Null: no confirmation is asked, as of a correction. */
  readonly dueAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly state: "acknowledged" | "open" | "overdue" | "told";
}

/** What a certificate says. It holds ids, counts, times and rules; nobody can be recognised by it. */
export interface CertificateBody {
  readonly v: 1;
  readonly certificateId: string;
  readonly kind: (typeof CERTIFICATE_KINDS)[number];
  readonly requestId: string | null;
  readonly runId: string | null;
  readonly regime: string | null;
  readonly issuedAt: string;
  readonly controller: Readonly<Record<Locale, string>>;
  readonly outcome: (typeof OUTCOMES)[number];
  /** The course of the request; null where nobody filed one. */
  readonly request: CertifiedRequest | null;
  readonly subjects: number;
  readonly steps: readonly CertifiedStep[];
  readonly holders: readonly CertifiedHolder[];
  readonly exceptions: readonly {
    readonly code: string;
    readonly what: string;
    readonly provision: string | null;
  }[];
  readonly keys: {
    readonly destroyed: readonly string[];
    readonly destroyedAt: string | null;
    /** Copies in memory end within a minute, copies in backups of the keystore with those: then the last one is gone. */
    readonly lastCopyEndsAt: string | null;
  } | null;
  readonly recipients: readonly CertifiedRecipient[];
  readonly suppression: { readonly identifiers: number } | null;
  readonly counts: Readonly<Record<string, number>>;
  /** The entry of the audit log that this certificate is; its proof is at `/v1/certificates/{id}`. */
  readonly audit: { readonly entryId: string };
}

/** Signs a certificate's canonical JSON as a compact JWS (RFC 7515, EdDSA) with the key that signs receipts. */
export async function signCertificate(
  body: CertificateBody,
  signer: { readonly key: Parameters<CompactSign["sign"]>[0]; readonly keyId: string },
): Promise<string> {
  return new CompactSign(Buffer.from(canonicalJson(body), "utf8"))
    .setProtectedHeader({ alg: "EdDSA", typ: "JOSE", cty: CERTIFICATE_TYPE, kid: signer.keyId })
    .sign(signer.key);
}

/** What must be at hand before a transaction is open: on the embedded engine nothing else can be read inside one. */
export interface Seal {
  readonly signer: { readonly key: Parameters<CompactSign["sign"]>[0]; readonly keyId: string };
  readonly controller: Readonly<Record<Locale, string>>;
}

export async function prepareSeal(deps: Pick<FulfilDeps, "consent">): Promise<Seal> {
  const { controller } = await deps.consent.snapshot();
  return { signer: await deps.consent.signing.signer(), controller: controller.name };
}

/** Writes a certificate with its audit entry, in the transaction that it speaks of; answers its id. */
export async function issueCertificate(
  tx: Tx,
  deps: Pick<FulfilDeps, "ids" | "clock">,
  seal: Seal,
  by: By,
  said: Omit<CertificateBody, "v" | "certificateId" | "issuedAt" | "controller" | "audit">,
  certificateId = deps.ids.next(),
): Promise<string> {
  const issuedAt = deps.clock.now();
  const auditEntry = await stageAudit(tx, deps, {
    actor: by.actor,
    action: `privacy.${said.kind}-certified`,
    targets: [{ kind: "certificate", id: certificateId }],
    counts: { steps: said.steps.length, exceptions: said.exceptions.length },
    ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
  });
  const body: CertificateBody = {
    v: 1,
    certificateId,
    issuedAt: issuedAt.toISOString(),
    controller: seal.controller,
    audit: { entryId: auditEntry },
    ...said,
  };
  await insertPrivacyCertificate(tx, {
    certificateId,
    runId: said.runId,
    requestId: said.requestId,
    kind: said.kind,
    issuedAt,
    body,
    jws: await signCertificate(body, seal.signer),
    auditEntry,
  });
  return certificateId;
}
