import { Type } from "typebox";
import type { Principal } from "./route.ts";

/** Why somebody who logged in wants to see personal fields. Codes, because the audit log holds no free text. */
export const REVEAL_REASONS = ["member-asked", "request", "case", "identity-check", "data-quality"] as const;
export type RevealReason = (typeof REVEAL_REASONS)[number];

/** What a route takes that hides personal fields until a reason is given. */
export const RevealQuery = {
  reveal: Type.Optional(
    Type.Enum(REVEAL_REASONS, {
      description:
        "Why somebody who logged in wants to see personal fields; hidden without. It is noted in the audit log.",
    }),
  ),
};

/** Whether personal fields stay hidden: from people who gave no reason. Programs hide nothing from themselves. */
export function isMasked(principal: Principal, reveal: RevealReason | undefined): boolean {
  return principal.kind === "staff" && reveal === undefined;
}

/** What a masked value looks like: its first character, so that two can be told apart, and nothing of its length. */
export function maskValue(value: unknown): string {
  const first = typeof value === "string" ? [...value][0] : undefined;
  return `${first === undefined || first === "+" ? "" : first}•••`;
}
