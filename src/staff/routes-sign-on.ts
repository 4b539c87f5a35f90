import { AppError } from "../kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../kernel/route.ts";
import { refuseForeign, type SessionRouteDeps, secureMark, sessionAnswer } from "./session-answer.ts";
import { SIGN_ON_LASTS, type SignOn } from "./sign-on.ts";
import { CurrentSession, LogInWays, SignOnAnswer, SignOnBegun } from "./staff.schema.ts";

/** Holds the secret of a log-in that is under way at the provider. */
const COOKIE = "candor_sign_on";

/**
 * The doors by which people log in at an OpenID provider. The provider sends them back to a page of ours, which posts
 * the answer here: opening a link changes nothing, and the cookies of both steps stay with our own pages alone.
 */
export function signOnRoutes(deps: SessionRouteDeps & { readonly signOn: SignOn | null }): Route[] {
  const { staff, signOn } = deps;
  const open = { tag: "session", auth: { kind: "public" } } as const;
  const cookieOf = (headers: RouteRequest["headers"], secret: string, seconds: number) =>
    `${COOKIE}=${secret}; Path=/v1/session; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secureMark(headers)}`;
  const secretOf = (header: string | undefined): string | undefined =>
    new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]{43})(?:;|$)`).exec(header ?? "")?.[1];
  const provider = (): SignOn => {
    if (signOn === null)
      throw new AppError("not-found", { detail: "Log-in by a provider is not set up here." });
    return signOn;
  };

  return [
    route({
      ...open,
      method: "GET",
      path: "/v1/session/ways",
      operationId: "listLogInWays",
      summary: "By which ways people may log in here",
      responses: { 200: { describe: "The ways.", schema: LogInWays } },
      handle: async () => ({
        status: 200,
        body: { password: true, signOn: signOn === null ? null : { name: signOn.name } },
      }),
    }),
    route({
      ...open,
      method: "POST",
      path: "/v1/session/sign-on",
      operationId: "beginSignOn",
      summary: "Begin a log-in at the OpenID provider",
      responses: { 201: { describe: "Where to send the browser.", schema: SignOnBegun } },
      handle: async ({ headers }) => {
        refuseForeign(headers);
        const { url, secret } = await provider().begin();
        return {
          status: 201,
          headers: { "set-cookie": cookieOf(headers, secret, SIGN_ON_LASTS) },
          body: { url },
        };
      },
    }),
    route({
      ...open,
      method: "POST",
      path: "/v1/session/sign-on/answer",
      operationId: "finishSignOn",
      summary: "Log in with the provider's answer, once",
      body: { kind: "json", schema: SignOnAnswer },
      responses: { 201: { describe: "Logged in; the session is in the cookie.", schema: CurrentSession } },
      handle: async ({ headers, body, requestId }) => {
        refuseForeign(headers);
        const identity = await provider().finish(body.answer, secretOf(headers.cookie));
        const opened = await staff.signOn(identity, { userAgent: headers["user-agent"], requestId });
        return sessionAnswer(deps, headers, opened);
      },
    }),
  ];
}
