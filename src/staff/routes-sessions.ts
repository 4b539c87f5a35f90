import { AppError } from "../kernel/problems.ts";
import { type Principal, type Route, route } from "../kernel/route.ts";
import { refuseForeign, type SessionRouteDeps, sessionAnswer, sessionCookie } from "./session-answer.ts";
import {
  CurrentSession,
  IdParams,
  Invite,
  InviteToken,
  LogIn,
  PasswordChange,
  PasswordOnly,
  Sessions,
  SetUp,
  TotpCode,
  TotpSetup,
} from "./staff.schema.ts";

type StaffPrincipal = Extract<Principal, { kind: "staff" }>;

/** The doors by which people log in and keep their own account. */
export function sessionRoutes(deps: SessionRouteDeps): Route[] {
  const { staff } = deps;
  const me = (principal: Principal): StaffPrincipal => {
    if (principal.kind !== "staff") throw new AppError("forbidden");
    return principal;
  };
  const open = { tag: "session", auth: { kind: "public" } } as const;
  const own = { tag: "session", auth: { kind: "session" } } as const;
  const opened = { 201: { describe: "Logged in; the session is in the cookie.", schema: CurrentSession } };

  return [
    route({
      ...open,
      method: "POST",
      path: "/v1/session",
      operationId: "logIn",
      summary: "Log in to the console",
      body: { kind: "json", schema: LogIn },
      responses: opened,
      handle: async ({ headers, body, requestId }) => {
        refuseForeign(headers);
        return sessionAnswer(
          deps,
          headers,
          await staff.logIn(body, { userAgent: headers["user-agent"], requestId }),
        );
      },
    }),
    route({
      ...own,
      method: "GET",
      path: "/v1/session",
      operationId: "getSession",
      summary: "Who is logged in, and what pages send with writes",
      responses: { 200: { describe: "The session.", schema: CurrentSession } },
      handle: async ({ principal, headers }) => ({
        status: 200,
        body: {
          account: await staff.show(me(principal).id),
          csrf: deps.csrfTokenOf(deps.sessionOfCookies(headers.cookie) ?? ""),
        },
      }),
    }),
    route({
      ...own,
      method: "DELETE",
      path: "/v1/session",
      operationId: "logOut",
      summary: "Log out",
      responses: { 204: { describe: "The session has ended." } },
      handle: async ({ principal, headers, requestId }) => {
        const { id, sessionId } = me(principal);
        await staff.endSession({ principal, requestId }, id, sessionId);
        return { status: 204, headers: { "set-cookie": sessionCookie(deps, headers, "", 0) } };
      },
    }),
    route({
      ...own,
      method: "GET",
      path: "/v1/session/all",
      operationId: "listSessions",
      summary: "Where one is logged in",
      responses: { 200: { describe: "Open sessions, the last used first.", schema: Sessions } },
      handle: async ({ principal }) => {
        const { id, sessionId } = me(principal);
        const items = (await staff.sessions(id)).map((session) => ({
          id: session.sessionId,
          device: session.device,
          createdAt: session.createdAt.toISOString(),
          seenAt: session.seenAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
          current: session.sessionId === sessionId,
        }));
        return { status: 200, body: { items } };
      },
    }),
    route({
      ...own,
      method: "DELETE",
      path: "/v1/session/all/:id",
      operationId: "endSession",
      summary: "End one of one's own sessions",
      params: IdParams,
      responses: { 204: { describe: "It has ended." } },
      handle: async ({ principal, params, requestId }) => {
        await staff.endSession({ principal, requestId }, me(principal).id, params.id);
        return { status: 204 };
      },
    }),
    route({
      ...own,
      method: "POST",
      path: "/v1/session/password",
      operationId: "changePassword",
      summary: "Change one's own password; every other session ends",
      body: { kind: "json", schema: PasswordChange },
      responses: { 204: { describe: "Changed." } },
      handle: async ({ principal, body, requestId }) => {
        await staff.changePassword({ principal: me(principal), requestId }, body);
        return { status: 204 };
      },
    }),
    route({
      ...own,
      method: "POST",
      path: "/v1/session/second-factor",
      operationId: "beginSecondFactor",
      summary: "Begin a second factor: a secret for an authenticator app, shown this once",
      responses: { 201: { describe: "The secret; it counts once a code was given.", schema: TotpSetup } },
      handle: async ({ principal }) => ({ status: 201, body: await staff.beginTotp(me(principal).id) }),
    }),
    route({
      ...own,
      method: "POST",
      path: "/v1/session/second-factor/confirmation",
      operationId: "confirmSecondFactor",
      summary: "Turn the second factor on with its first code",
      body: { kind: "json", schema: TotpCode },
      responses: { 204: { describe: "It is on." } },
      handle: async ({ principal, body, requestId }) => {
        await staff.confirmTotp({ principal, requestId }, me(principal).id, body.code);
        return { status: 204 };
      },
    }),
    route({
      ...own,
      method: "DELETE",
      path: "/v1/session/second-factor",
      operationId: "endSecondFactor",
      summary: "Turn the second factor off, with the password",
      body: { kind: "json", schema: PasswordOnly },
      responses: { 204: { describe: "It is off." } },
      handle: async ({ principal, body, requestId }) => {
        await staff.endTotp({ principal, requestId }, me(principal).id, body.password);
        return { status: 204 };
      },
    }),
    route({
      ...open,
      method: "POST",
      path: "/v1/invitations/look",
      operationId: "describeInvitation",
      summary: "What an account link is for; changes nothing. By POST, so that the token stays out of logs",
      body: { kind: "json", schema: InviteToken },
      responses: { 200: { describe: "Whose link it is.", schema: Invite } },
      handle: async ({ body }) => ({ status: 200, body: await staff.describeInvite(body.token) }),
    }),
    route({
      ...open,
      method: "POST",
      path: "/v1/invitations/use",
      operationId: "useInvitation",
      summary: "Choose a password with an account link, once, and log in",
      body: { kind: "json", schema: SetUp },
      responses: opened,
      handle: async ({ headers, body, requestId }) => {
        refuseForeign(headers);
        const by = { principal: { kind: "anonymous" }, requestId } as const;
        return sessionAnswer(deps, headers, await staff.setUp(by, body, headers["user-agent"]));
      },
    }),
  ];
}
