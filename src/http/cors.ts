/** What browsers of any origin may send to ingestion: no cookies, and the headers the web SDKs use. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after, x-request-id",
  // Pixels and beacons are read by pages of other sites; helmet's default would hide the answer from them.
  "cross-origin-resource-policy": "cross-origin",
};

/** The answer to a preflight (Fetch standard §3.2.3); browsers may remember it for a day. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    ...CORS_HEADERS,
    "access-control-allow-methods": [...methods, "OPTIONS"].join(", "),
    "access-control-allow-headers":
      "authorization, content-type, content-encoding, anonymousid, sp-anonymous, x-retry-count, idempotency-key",
    "access-control-max-age": "86400",
  };
}
