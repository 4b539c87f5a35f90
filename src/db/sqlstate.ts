/** SQLSTATEs we act upon (PostgreSQL documentation, appendix A). */
export const SQLSTATE = {
  uniqueViolation: "23505",
  serializationFailure: "40001",
  deadlockDetected: "40P01",
  undefinedTable: "42P01",
  tooManyConnections: "53300",
  adminShutdown: "57P01",
  crashShutdown: "57P02",
  cannotConnectNow: "57P03",
} as const;

function codeOf(error: unknown): string | undefined {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return undefined;
}

export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === SQLSTATE.uniqueViolation;
}

/** Whether trying the same transaction again may succeed. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  return code === SQLSTATE.deadlockDetected || code === SQLSTATE.serializationFailure;
}

const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "ENOENT",
  "CONNECTION_ENDED",
]);

/** Whether the store itself is out of reach, as against having rejected a statement. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) {
    return (
      NETWORK.has(code) ||
      code.startsWith("08") ||
      code === SQLSTATE.adminShutdown ||
      code === SQLSTATE.crashShutdown ||
      code === SQLSTATE.cannotConnectNow ||
      code === SQLSTATE.tooManyConnections
    );
  }
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|PGlite is closed/i.test(
      error.message,
    )
  );
}

/** Whether the store looked at the data and said no (class 22 data exception, class 23 constraint, class 54 limit). */
export function isRejectedByStore(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && /^(22|23|54)/.test(code);
}
