import { isUnavailable } from "../db/index.ts";
import { AppError, type FieldProblem, PROBLEMS, type ProblemCode } from "../kernel/problems.ts";

/** An error as it is answered: `application/problem+json` (RFC 9457). */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly code: ProblemCode;
    readonly detail?: string;
    readonly errors?: readonly FieldProblem[];
    readonly requestId: string;
  };
  /** Whether it was not foreseen: to be logged, and nothing of it to be told. */
  readonly unexpected: boolean;
}

/** Seconds after which a busy or unreachable store is worth another try, unless the error says otherwise. */
const RETRY_AFTER: Partial<Record<ProblemCode, string>> = {
  "queue-full": "1",
  "store-unavailable": "5",
  "keystore-unavailable": "5",
};

function isStoreAway(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if (isUnavailable(e)) return true;
  }
  return false;
}

function asAppError(error: unknown): { known: AppError; unexpected: boolean } {
  if (error instanceof AppError) return { known: error, unexpected: false };
  if (isStoreAway(error)) return { known: new AppError("store-unavailable"), unexpected: false };
  return { known: new AppError("internal-error"), unexpected: true };
}

/** Turns whatever was thrown into an answer from the one table. Only `AppError`s speak for themselves. */
export function toProblem(error: unknown, requestId: string): ProblemAnswer {
  const { known, unexpected } = asAppError(error);
  const { code } = known;
  const { status, title } = PROBLEMS[code];
  const retryAfter = RETRY_AFTER[code];
  return {
    status,
    unexpected: unexpected || code === "internal-error",
    headers: {
      ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
      ...known.headers,
      "content-type": "application/problem+json",
    },
    body: {
      type: `urn:candor:problem:${code}`,
      title,
      status,
      code,
      ...(known.detail === undefined ? {} : { detail: known.detail }),
      ...(known.errors === undefined ? {} : { errors: known.errors }),
      requestId,
    },
  };
}

/**
 * Where an unforeseen error came from: its class, its code, and stack frames. Its message stays out, because a
 * database or a parser may quote what was sent in.
 */
export function describeUnexpected(error: unknown): { error: string; code: string; where: string } {
  if (!(error instanceof Error)) return { error: typeof error, code: "", where: "" };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8);
  return { error: error.name, code, where: frames.map((line) => line.trim()).join(" | ") };
}
