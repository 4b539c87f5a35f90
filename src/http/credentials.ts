import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "../kernel/problems.ts";
import type { Principal, Route, RouteAuth } from "../kernel/route.ts";
import { nestsDeeperThan } from "./json.ts";

/** What a caller showed. */
export interface Credentials {
  readonly auth: Exclude<RouteAuth, { kind: "public" }>;
  /** The API key or write key as it was sent; undefined when none was. */
  readonly secret: string | undefined;
  /** The token in the session cookie; undefined when a key was shown too, which then counts alone. */
  readonly session?: string | undefined;
  /** The request came through the socket in the data directory, which only the server's own account can open. */
  readonly overSocket: boolean;
}

/**
 * Says who holds these credentials. Resolves to `anonymous`, or throws `unauthenticated`, when nobody does;
 * may reject when the store is away. Whether the caller may use the route is judged by the HTTP room.
 */
export type Authenticate = (credentials: Credentials) => Promise<Principal>;

/** The cookie that holds the token of a session of the console. */
export const SESSION_COOKIE = "candor_session";

/** The token in the session cookie of a `Cookie` header (RFC 6265 §4.2.1). */
export function sessionOfCookies(header: string | undefined): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === SESSION_COOKIE) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/**
 * What a page must send with every write, so that no other site can make a browser write for its user. It follows
 * from the session's token, which scripts cannot read; who knows it got it from `GET /v1/session` on our own origin.
 */
export function csrfTokenOf(session: string): string {
  return createHash("sha256").update("candor-csrf:").update(session, "utf8").digest("base64url");
}

const SAFE = new Set(["GET", "HEAD"]);

/**
 * Throws `csrf` when a write by cookie does not come from our own pages: the header is missing or wrong, or the
 * browser itself says that another site sent it (Fetch Metadata).
 */
export function refuseForgery(
  method: string,
  session: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): void {
  if (SAFE.has(method)) return;
  const site = headers["sec-fetch-site"];
  const token = headers["x-candor-csrf"];
  const expected = Buffer.from(csrfTokenOf(session));
  const given = Buffer.from(typeof token === "string" ? token : "");
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isOurs || (site !== undefined && site !== "same-origin")) throw new AppError("csrf");
}

/** The key in an Authorization header: a Bearer token, or the user name of Basic (RFC 7617), as the SDKs send it. */
export function secretOfHeader(header: string | undefined): string | undefined {
  const m = /^(bearer|basic)[ \t]+(\S+)[ \t]*$/i.exec(header ?? "");
  if (!m) return undefined;
  const value = m[2] as string;
  if ((m[1] as string).toLowerCase() === "bearer") return value;
  const pair = Buffer.from(value, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return (colon < 0 ? pair : pair.slice(0, colon)) || undefined;
}

/** The key outside the body: in the header, or for ingestion in `?writeKey=`. API keys never go in a URL. */
export function secretOfRequest(
  auth: RouteAuth,
  headers: IncomingHttpHeaders,
  query: Readonly<Record<string, unknown>>,
): string | undefined {
  const fromHeader = secretOfHeader(headers.authorization);
  if (fromHeader !== undefined || auth.kind !== "write-key") return fromHeader;
  return typeof query.writeKey === "string" && query.writeKey !== "" ? query.writeKey : undefined;
}

/** The `writeKey` of a JSON body, for senders that state it nowhere else. A body that is not JSON has none. */
export function secretOfBody(body: unknown): string | undefined {
  let value = body;
  if (Buffer.isBuffer(body)) {
    if (nestsDeeperThan(body, 64)) return undefined;
    try {
      value = JSON.parse(body.toString("utf8"));
    } catch {
      return undefined;
    }
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "writeKey")) return undefined;
  const { writeKey } = value as { writeKey: unknown };
  return typeof writeKey === "string" && writeKey !== "" ? writeKey : undefined;
}

const UNAUTHENTICATED = { headers: { "www-authenticate": 'Bearer realm="candor"' } };

/**
 * Throws unless this principal may use the route: `unauthenticated` for nobody, `forbidden` for another role, a
 * scope that does not name the route, or another kind of key. Administrators may use every route their scopes allow;
 * ingestion takes write keys, and API keys of the roles admin and ingest that then name the source themselves.
 */
export function authorize(route: Pick<Route, "auth" | "tag" | "operationId">, principal: Principal): void {
  const { auth } = route;
  if (auth.kind === "public") return;
  switch (principal.kind) {
    case "anonymous":
      throw new AppError("unauthenticated", UNAUTHENTICATED);
    case "source":
      if (auth.kind !== "write-key")
        throw new AppError("forbidden", { detail: "A source's write key only sends events." });
      return;
    case "staff": {
      if (auth.kind === "session") return;
      // Administrators import files by hand; the address names the source.
      if (auth.kind === "write-key") {
        if (principal.role === "admin") return;
        throw new AppError("forbidden", { detail: "This takes a source's write key." });
      }
      if (principal.role !== "admin" && !auth.roles.includes(principal.role))
        throw new AppError("forbidden", {
          detail: `This is for ${[...new Set(["admin", ...auth.roles])].join(", ")}.`,
        });
      return;
    }
    case "api-key": {
      if (auth.kind === "session")
        throw new AppError("forbidden", { detail: "This is for people who have logged in." });
      const roles = auth.kind === "write-key" ? ["ingest"] : auth.roles;
      if (principal.role !== "admin" && !roles.includes(principal.role))
        throw new AppError("forbidden", {
          detail: `This takes a key of the role ${[...new Set(["admin", ...roles])].join(", ")}.`,
        });
      const scopes = principal.scopes ?? [];
      if (scopes.length > 0 && !scopes.includes(route.tag) && !scopes.includes(route.operationId))
        throw new AppError("forbidden", {
          detail: `The key's scopes name neither ${route.tag} nor this operation.`,
        });
      return;
    }
  }
}

/** `authenticate`, with the header RFC 9110 §11.6.1 asks for on every 401. */
export async function recognise(authenticate: Authenticate, credentials: Credentials): Promise<Principal> {
  try {
    return await authenticate(credentials);
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthenticated")
      throw new AppError("unauthenticated", {
        ...UNAUTHENTICATED,
        ...(error.detail === undefined ? {} : { detail: error.detail }),
      });
    throw error;
  }
}
