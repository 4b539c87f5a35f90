/**
 * Every error Candor answers with, in one table: a stable code for programs, a title for people, an HTTP status
 * (RFC 9457). Codes are part of the interface; changing one needs a changelog line.
 */
export const PROBLEMS = {
  "invalid-request": { status: 400, title: "The request does not have the expected form." },
  "unparsable-body": { status: 400, title: "The body could not be read." },
  "body-too-large": { status: 400, title: "The body is larger than this door accepts." },
  "invalid-mapping": { status: 400, title: "The field mapping is not valid." },
  "unknown-encoding": { status: 400, title: "The file's encoding could not be determined." },
  "purpose-required": { status: 400, title: "Name the purpose of this read: ?purpose=…" },
  unauthenticated: { status: 401, title: "The key is missing, unknown, ended or expired." },
  "bad-signature": { status: 401, title: "The signature does not match the body." },
  stale: { status: 401, title: "The signed timestamp is too far from the present." },
  replayed: { status: 401, title: "This signed request was used before with another body." },
  "plain-mode-refused": { status: 401, title: "This source takes encrypted messages only." },
  "wrong-credentials": { status: 401, title: "The e-mail address and the password do not belong together." },
  "second-factor-required": { status: 401, title: "Enter the code of your authenticator app as well." },
  "locked-out": { status: 429, title: "Too many attempts. Try again after the stated time." },
  "sign-on-expired": { status: 401, title: "This log-in was begun elsewhere or too long ago. Begin again." },
  "sign-on-refused": { status: 401, title: "The log-in provider did not confirm who you are." },
  "sign-on-unverified": {
    status: 403,
    title: "The log-in provider does not say that it verified your e-mail address.",
  },
  "sign-on-unknown": { status: 403, title: "Nobody was invited here under your e-mail address." },
  "sign-on-no-role": { status: 403, title: "Your groups at the log-in provider give no role here." },
  "sign-on-conflict": {
    status: 409,
    title: "This account is linked with another identity at the log-in provider.",
  },
  "sign-on-unavailable": { status: 503, title: "The log-in provider does not answer. Try again later." },
  csrf: { status: 403, title: "This change did not come from Candor's own pages." },
  "approval-required": { status: 403, title: "A second person has to approve this first." },
  forbidden: { status: 403, title: "This key may not do that." },
  "purpose-not-allowed": { status: 403, title: "This key may not read for that purpose." },
  "not-found": { status: 404, title: "There is nothing here by that name." },
  "method-not-allowed": { status: 405, title: "This door does not take that method." },
  conflict: { status: 409, title: "The request conflicts with what is stored." },
  "contested-identifier": {
    status: 409,
    title: "Several members share this identifier, and nothing says whose it is.",
  },
  "idempotency-conflict": { status: 409, title: "This Idempotency-Key was used with another body." },
  gone: { status: 410, title: "This has ended and will not come back." },
  "resync-required": { status: 410, title: "The cursor belongs to a history that is no longer there." },
  "unsupported-media-type": { status: 415, title: "This content type is not understood here." },
  "queue-full": { status: 429, title: "The ingestion queue is full. Try again after the stated time." },
  "too-many-answers": {
    status: 429,
    title: "Too many answers come by this link. Try again after the stated time.",
  },
  "internal-error": { status: 500, title: "Something went wrong on our side. Nothing was lost." },
  "store-unavailable": { status: 503, title: "The store is not reachable. Try again later." },
  "keystore-unavailable": { status: 503, title: "The keystore is not reachable. Try again later." },
  "keystore-behind": {
    status: 503,
    title: "The keystore is older than what was erased since: it is refused.",
  },
  "restore-unfinished": { status: 503, title: "A restore did not end: nothing opens what it left." },
  "anchor-unavailable": { status: 503, title: "The anchor of the erasure ledger cannot be read or written." },
  "cell-unreadable": { status: 500, title: "A sealed value could not be opened." },
  "key-destroyed": { status: 410, title: "The key that sealed this has been destroyed." },
  "directory-in-use": { status: 409, title: "Another Candor process uses this data directory." },
  "schema-too-new": { status: 500, title: "The database was written by a newer Candor." },
  "invalid-settings": { status: 500, title: "Some settings are missing or wrong." },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing wrong at one place of a request; `message` never repeats the submitted value. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

interface AppErrorOptions {
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A bad request or a broken invariant, with its code from the one table. Never put personal data in `detail`. */
export class AppError extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: readonly FieldProblem[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: ProblemCode, options: AppErrorOptions = {}) {
    super(options.detail ?? PROBLEMS[code].title, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.detail = options.detail;
    this.errors = options.errors;
    this.headers = options.headers;
  }
}
