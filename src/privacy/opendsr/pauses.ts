import { HOUR, MINUTE, SECOND } from "../../kernel/clock.ts";

/** Pauses before the second and every further attempt of a callback; after the last it is given up. */
export const PAUSES: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  24 * HOUR,
];
