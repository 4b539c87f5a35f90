import type { By, Locale, RegimeId } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import type { CertifiedRequest } from "./certificate.schema.ts";
import type { ProvenCertificate } from "./read-certificate.ts";

/** What a person may ask for; each is fulfilled by one of the ways below. */
export const REQUEST_KINDS = [
  "access",
  "portability",
  "rectification",
  "restriction",
  "objection",
  "erasure",
  "opt-out",
] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** For whom a request is fulfilled: the member as it was when its identity was checked, and how to write to it. */
export interface RequestScope {
  readonly requestId: string;
  readonly memberId: string;
  /** All subjects the member had then. Those that joined it since are found when work starts. */
  readonly subjectIds: readonly string[];
  readonly regime: RegimeId | null;
  readonly locale: Locale;
  readonly kind: RequestKind;
}

/** What will become of the rows of one table. Counts are of rows. */
export interface HolderPreview {
  readonly table: string;
  /** What it holds in a few words, in every language; `holds` says it at length. */
  readonly name: Readonly<Record<Locale, string>>;
  readonly holds: string;
  readonly categories: readonly string[];
  readonly treatment: Treatment;
  readonly rows: number;
  /** Why rows are kept or only lose their link, and until when (ISO date); null for rows that go. */
  readonly ground: LegalGround | null;
  readonly keptUntil: string | null;
}

/**
 * `erase`: the rows go. `pseudonymise`: they stay as facts that lead to nobody. `keep`: they stay as they are, on a
 * legal ground, and nobody may use them for anything else.
 */
export type Treatment = "erase" | "pseudonymise" | "keep";

/** A rule that asks for something to be kept: a code for programs, the provision for people. */
export interface LegalGround {
  readonly code: string;
  readonly provision: string;
}

/** An order of a court or an authority, or a claim, that forbids erasing a member while it stands. */
export interface LegalHold {
  readonly holdId: string;
  readonly ground: string;
  readonly since: string;
  readonly until: string | null;
}

export interface ErasurePreview {
  readonly memberId: string;
  readonly subjectIds: readonly string[];
  readonly computedAt: string;
  /** The same while nothing that counts has changed: an approval is pinned to it. */
  readonly fingerprint: string;
  readonly holders: readonly HolderPreview[];
  /** While there are any, an erasure does not start (it waits). */
  readonly holds: readonly LegalHold[];
  readonly recipients: readonly { readonly recipientId: string; readonly copies: number }[];
  readonly keys: number;
}

/** How a package reaches the person. The passphrase itself goes by another channel than the link, and is not kept. */
export type PackageDelivery =
  /** An OpenPGP public key in ASCII armour. */
  | { readonly kind: "openpgp"; readonly publicKey: string }
  /** At least 12 characters. */
  | { readonly kind: "passphrase"; readonly passphrase: string };

export interface Correction {
  /** The name of a profile field, such as `email`, `firstName`, `birthday`. */
  readonly field: string;
  /** Null takes the value away. */
  readonly value: string | number | boolean | null;
}

/** Steps of the two durable runs, in order. */
export const ERASURE_STEPS = [
  "suppress",
  "stop-processing",
  "tell-recipients",
  "derived-data",
  "rows",
  "destroy-keys",
  "verify",
  "recipient-answers",
  "certificate",
] as const;
export type ErasureStep = (typeof ERASURE_STEPS)[number];
export const PACKAGE_STEPS = ["collect", "certificate"] as const;
export type PackageStep = (typeof PACKAGE_STEPS)[number];
export type StepName = ErasureStep | PackageStep;

export type StepState = "waiting" | "running" | "done" | "failed";

export interface StepProgress {
  readonly step: StepName;
  readonly state: StepState;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly attempts: number;
  /** A code when it failed; it is tried again. Never personal data. */
  readonly failure: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * `held`: a legal hold stands in the way; it goes on by itself when the hold is lifted. `failed`: its step failed again
 * and again; it is tried once an hour for a day, and at once when somebody says so.
 */
export const RUN_STATES = [
  "running",
  "held",
  "failed",
  "awaiting-recipients",
  "completed",
  "completed-with-exceptions",
] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface RunProgress {
  readonly runId: string;
  readonly requestId: string;
  readonly kind: "erasure" | "access" | "portability";
  readonly state: RunState;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly steps: readonly StepProgress[];
  readonly certificateId: string | null;
  /** The package of an access or portability run; its link was answered when it started. */
  readonly packageId: string | null;
}

export interface StartedPackage {
  readonly runId: string;
  /** Null where nothing is made: the person has been erased since. */
  readonly packageId: string | null;
  /** The secret end of the single-use link (`/privacy/packages/<token>`); only its hash is kept. */
  readonly token: string;
  readonly expiresAt: string;
}

/** What happens after a request was decided: package, erasure, correction, restriction, objection. */
export interface Fulfilment {
  /** What an erasure would do, computed now from the register of holdings. Reads only. */
  previewErasure(scope: RequestScope): Promise<ErasurePreview>;
  /**
   * Whether an erasure would reach others than the people looked at: the member was divided since, or joined with
   * somebody who was known apart at that moment. What the person did since is the person's own.
   */
  movedSince(tx: Tx, scope: RequestScope, lookedAt: Date): Promise<"divided" | "joined" | null>;
  /**
   * Starts the durable erasure of a member in the caller's transaction and answers its run. A second call for the same
   * request answers the same run. The steps run as jobs, resume after a crash, and end by calling `finished`.
   */
  startErasure(tx: Tx, scope: RequestScope, by: By): Promise<string>;
  /**
   * Starts making a package. The key or passphrase is sealed for the run and forgotten with it. Throws
   * `invalid-request` for an OpenPGP key that cannot encrypt or a passphrase that is too short. A second call for the
   * same request answers the same run with a new token, which replaces the old.
   */
  startPackage(
    tx: Tx,
    scope: RequestScope,
    kind: "access" | "portability",
    delivery: PackageDelivery,
    by: By,
  ): Promise<StartedPackage>;
  /** Records corrections that outrank every source. Throws `invalid-request` for a field that cannot be corrected. */
  rectify(tx: Tx, scope: RequestScope, corrections: readonly Correction[], by: By): Promise<DoneAtOnce>;
  /** Sets or lifts the restriction: stored, but read by nobody and used for nothing (GDPR Art. 18). */
  restrict(tx: Tx, scope: RequestScope, on: boolean, by: By): Promise<DoneAtOnce>;
  /** Objects to some purposes; none named means everything that is not owed by contract or law. */
  objectOrOptOut(tx: Tx, scope: RequestScope, purposes: readonly string[], by: By): Promise<DoneAtOnce>;
  /**
   * Certifies the end of a request that has just come to it without a run: what was done at once, or that it was
   * refused, withdrawn, never confirmed, or answered with another. Answers the certificate's id.
   */
  certifyEnd(tx: Tx, by: By, requestId: string, done: DoneAtOnce | null): Promise<string>;
  /** A certificate with all that proves it; null for an unknown id. */
  readCertificate(certificateId: string): Promise<ProvenCertificate | null>;
  /** Tries a run that was given up again, at once; false when it was not given up. */
  retry(tx: Tx, runId: string): Promise<boolean>;
  progress(runId: string): Promise<RunProgress | null>;
  /** The run of a request, if there is one. */
  progressOfRequest(requestId: string): Promise<RunProgress | null>;
}

/** What was done at once; `finished` is not called for it. */
export interface DoneAtOnce {
  readonly subjects: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  /**
   * What recipients that hold a copy for one of these purposes hear of it: that they are to drop it, or that it was
   * corrected. Null: nothing.
   */
  readonly news: { readonly kind: "drop" | "correction"; readonly purposes: ReadonlySet<string> } | null;
}

/**
 * What the keeper of requests is told, in the very transaction that made it so. Given at construction by the room `app`.
 * None may call the network or open a transaction.
 */
export interface FulfilmentListener {
  stepped(
    tx: Tx,
    told: {
      readonly requestId: string;
      readonly runId: string;
      readonly step: StepName;
      readonly state: RunState;
    },
  ): Promise<void>;
  /** A step failed so often that a person should look. */
  failed(
    tx: Tx,
    told: {
      readonly requestId: string;
      readonly runId: string;
      readonly step: StepName;
      /** A code, never personal data. */
      readonly failure: string;
    },
  ): Promise<void>;
  finished(
    tx: Tx,
    told: {
      readonly requestId: string;
      readonly runId: string;
      readonly outcome: "completed" | "completed-with-exceptions";
      /** Of the certificate that follows in the same transaction. */
      readonly certificateId: string;
    },
  ): Promise<void>;
  /** What the certificate tells of a request; null where nobody filed one (retention, a restored backup). */
  courseOf(tx: Tx, requestId: string): Promise<CertifiedRequest | null>;
}
