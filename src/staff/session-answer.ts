import { AppError } from "../kernel/problems.ts";
import type { RouteRequest, RouteResponse } from "../kernel/route.ts";
import { SESSION_LASTS } from "./account.ts";
import type { Staff } from "./staff.ts";

export interface SessionRouteDeps {
  readonly staff: Staff;
  /** The name of the session cookie and the token that pages must send with writes, as the HTTP room has them. */
  readonly cookie: string;
  readonly csrfTokenOf: (session: string) => string;
  readonly sessionOfCookies: (header: string | undefined) => string | undefined;
}

/** Cookies are for TLS alone wherever the browser came by it. */
export function secureMark(headers: RouteRequest["headers"]): string {
  return headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
}

/** The session's cookie. Strict: no other site's link or form carries it. */
export function sessionCookie(
  deps: Pick<SessionRouteDeps, "cookie">,
  headers: RouteRequest["headers"],
  token: string,
  seconds: number,
): string {
  return `${deps.cookie}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secureMark(headers)}`;
}

/** What every way of logging in answers: who it is, what writes must carry, and the session in its cookie. */
export async function sessionAnswer(
  deps: SessionRouteDeps,
  headers: RouteRequest["headers"],
  opened: { readonly accountId: string; readonly token: string },
): Promise<RouteResponse> {
  return {
    status: 201,
    headers: { "set-cookie": sessionCookie(deps, headers, opened.token, SESSION_LASTS / 1_000) },
    body: { account: await deps.staff.show(opened.accountId), csrf: deps.csrfTokenOf(opened.token) },
  };
}

/** A log-in form on another site must not choose who somebody is here (log-in CSRF). */
export function refuseForeign(headers: RouteRequest["headers"]): void {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") throw new AppError("csrf");
}
