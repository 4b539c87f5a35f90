/** Of requests that ended without anything being done, by how they ended. */
export const UNDONE_KINDS = {
  denied: "refusal",
  withdrawn: "withdrawn-request",
  expired: "expired-request",
  duplicate: "duplicate-request",
} as const;

/** What is certified: what was done, or how a request ended without it; and what retention deleted. */
export const CERTIFICATE_KINDS = [
  "erasure",
  "access",
  "portability",
  "rectification",
  "restriction",
  "objection",
  "opt-out",
  "appeal",
  "refusal",
  "withdrawn-request",
  "expired-request",
  "duplicate-request",
  "retention",
] as const;

/** How a request, or a run of retention, ended. */
export const OUTCOMES = [
  "completed",
  "completed-with-exceptions",
  "denied",
  "withdrawn",
  "expired",
  "duplicate",
] as const;
