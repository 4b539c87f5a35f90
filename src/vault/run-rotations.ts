import { setTimeout as pause } from "node:timers/promises";
import { SECOND } from "../kernel/clock.ts";
import type { RotationStep } from "./rotation.ts";

/** Keys a second that a rotation rewraps beside other work, unless set otherwise (CANDOR_ROTATION_RATE). */
export const ROTATION_RATE = 1_500;

const BATCH = 1_000;
/** One round of background work, so that a process that is told to stop stops soon. */
const ROUND = 2 * SECOND;

/**
 * Steps the running rotations for at most two seconds, no faster than `rate` keys a second and resting at least as long as
 * it works. Returns how many keys it rewrapped.
 */
export async function runRotations(
  rotations: { step(options: { readonly batch: number }): Promise<RotationStep> },
  rate: number = ROTATION_RATE,
): Promise<number> {
  const batch = Math.max(1, Math.min(BATCH, rate));
  const began = performance.now();
  let total = 0;
  for (;;) {
    const at = performance.now();
    const { worked } = await rotations.step({ batch });
    if (worked === 0) return total;
    total += worked;
    const took = performance.now() - at;
    if (performance.now() - began > ROUND) return total;
    await pause(Math.max(took, (worked / rate) * SECOND - took));
  }
}
