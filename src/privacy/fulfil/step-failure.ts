import { HOUR, MINUTE, SECOND } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";

/** After so many failures in a row, some twenty minutes, a step has `failed`, and a person is told. */
export const GIVEN_UP_AFTER = 12;
/** From then on it is tried once an hour, for a day; then only by hand. */
export const LAST_ATTEMPT = GIVEN_UP_AFTER + 24;
const LONGEST_PAUSE = 5 * MINUTE;

/** What follows from the n-th failure in a row: how long to wait, and whether the step now counts as failed. Pure. */
export function afterFailure(failures: number): { readonly ms: number; readonly isFailed: boolean } {
  if (failures >= GIVEN_UP_AFTER) return { ms: HOUR, isFailed: true };
  return { ms: Math.min(LONGEST_PAUSE, SECOND * 2 ** (failures - 1)), isFailed: false };
}

/** Why a step failed: a code, never a message, which may quote what was handled. */
export function failureCode(error: unknown): string {
  if (error instanceof AppError) return error.code;
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === "string" && /^[0-9A-Z_]{3,20}$/.test(code)) return `store-${code}`;
  return error instanceof Error ? error.name : "unknown";
}
