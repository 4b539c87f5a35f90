import type { Request, Response } from "express";
import type { Db } from "../db/index.ts";
import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError, type FieldProblem } from "../kernel/problems.ts";
import type { Principal, Route, RouteRequest, RouteResponse } from "../kernel/route.ts";
import { openBody, readBody } from "./body.ts";
import {
  type Authenticate,
  authorize,
  recognise,
  refuseForgery,
  secretOfBody,
  secretOfRequest,
  sessionOfCookies,
} from "./credentials.ts";
import { onceOnly, parseIdempotencyKey } from "./idempotency.ts";
import { findForbiddenText, parseJson } from "./json.ts";
import type { Check, createValidators } from "./validate.ts";

const DEFAULT_JSON_LIMIT = 1024 * 1024;

export interface RouteServerDeps {
  readonly authenticate: Authenticate;
  readonly clock: Clock;
  /** Where answers to repeated writes are kept; without it Idempotency-Key is not honoured. */
  readonly db: Db | undefined;
  readonly validators: ReturnType<typeof createValidators>;
  /** Passes for acts that a second person approved, and throws `approval-required` for the others. */
  readonly approve?:
    | ((act: {
        readonly principal: Principal;
        readonly operation: string;
        readonly target: string;
        readonly content: string;
        readonly requestId: string;
      }) => Promise<void>)
    | undefined;
}

/** What one request brings besides itself. */
interface Arrival {
  readonly requestId: string;
  readonly overSocket: boolean;
}

interface TakenBody {
  readonly value: unknown;
  readonly bytes: Buffer | undefined;
}

function refuse(errors: readonly FieldProblem[]): void {
  if (errors.length > 0) throw new AppError("invalid-request", { errors });
}

function holdsNul(value: unknown): boolean {
  return Array.isArray(value) ? value.some(holdsNul) : typeof value === "string" && value.includes("\0");
}

/** The query without the write key, which is a credential. NUL is refused: the store cannot hold it. */
function cleanQuery(query: Request["query"], route: Route): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    if (holdsNul([name, value]))
      refuse([{ path: "", code: "bad-text", message: "the query holds a NUL character" }]);
    const declared = route.query !== undefined && Object.hasOwn(propertiesOf(route.query), name);
    if (name === "writeKey" && route.auth.kind === "write-key" && !declared) continue;
    Object.defineProperty(clean, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return clean;
}

function propertiesOf(schema: object): object {
  return "properties" in schema && typeof schema.properties === "object" && schema.properties !== null
    ? schema.properties
    : {};
}

function plainHeaders(headers: Request["headers"]): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case "api-key":
      return `api-key:${principal.id}`;
    case "staff":
      return `staff:${principal.id}`;
    case "source":
      return `source:${principal.sourceId}`;
    case "anonymous":
      return "anonymous";
  }
}

/**
 * Compiles one route into the steps a request goes through: who asks, is it well-formed, what does it bring, do it.
 * The result rejects with whatever is wrong; answering is the caller's part.
 */
export function serveRoute(route: Route, deps: RouteServerDeps) {
  const { validators } = deps;
  if (route.idempotent === true && route.body !== undefined && route.body.kind !== "json")
    throw new Error(`${route.operationId}: only JSON routes can be idempotent`);
  const checkParams = route.params && validators.forBody(route.params);
  const checkQuery = route.query && validators.forQuery(route.query);
  const checkBody: Check | undefined =
    route.body?.kind === "json" ? validators.forBody(route.body.schema) : undefined;

  const takeBody = async (req: Request, res: Response): Promise<TakenBody> => {
    const { body } = route;
    switch (body?.kind) {
      case undefined:
        return { value: undefined, bytes: undefined };
      case "stream":
        return { value: await openBody(req, res), bytes: undefined };
      case "raw": {
        const bytes = await readBody(req, res, body.limit);
        return { value: bytes, bytes };
      }
      case "json": {
        const bytes = await readBody(req, res, body.limit ?? DEFAULT_JSON_LIMIT);
        if (bytes.length === 0 && body.optional === true) return { value: undefined, bytes };
        if (bytes.length === 0) throw new AppError("unparsable-body", { detail: "A JSON body is expected." });
        return { value: parseJson(bytes), bytes };
      }
    }
  };

  const identify = async (
    req: Request,
    overSocket: boolean,
    body: () => Promise<unknown>,
  ): Promise<Principal> => {
    const { auth } = route;
    if (auth.kind === "public") return { kind: "anonymous" };
    let secret = secretOfRequest(auth, req.headers, req.query);
    if (secret === undefined && auth.kind === "write-key") secret = secretOfBody(await body());
    const session = secret === undefined ? sessionOfCookies(req.headers.cookie) : undefined;
    if (session !== undefined) refuseForgery(req.method, session, req.headers);
    const principal = await recognise(deps.authenticate, { auth, secret, session, overSocket });
    authorize(route, principal);
    return principal;
  };

  return async (req: Request, res: Response, arrival: Arrival): Promise<RouteResponse> => {
    let taken: Promise<TakenBody> | undefined;
    const bodyOnce = () => {
      taken ??= takeBody(req, res);
      return taken;
    };
    const principal = await identify(req, arrival.overSocket, async () => (await bodyOnce()).value);

    const params: Record<string, string> = { ...req.params } as Record<string, string>;
    if (holdsNul(Object.values(params))) throw new AppError("not-found");
    if (checkParams) refuse(checkParams(params));
    const query = route.query === undefined ? {} : cleanQuery(req.query, route);
    if (checkQuery) refuse(checkQuery(query));

    const { value: body, bytes } = await bodyOnce();
    if (checkBody && bytes && bytes.length > 0) {
      if (route.auth.kind !== "write-key") refuse(findForbiddenText(bytes, body));
      refuse(checkBody(body, bytes.length));
    }

    const request: RouteRequest = {
      principal,
      params,
      query,
      body,
      headers: plainHeaders(req.headers),
      requestId: arrival.requestId,
    };
    if (
      route.fourEyes === true &&
      principal.kind === "staff" &&
      query.preview !== true &&
      query.preview !== "true"
    ) {
      if (deps.approve === undefined) throw new AppError("approval-required");
      await deps.approve({
        principal,
        operation: route.operationId,
        target: req.path,
        content: canonicalJson([
          params,
          query,
          Buffer.isBuffer(body) ? body.toString("base64") : (body ?? null),
        ]),
        requestId: arrival.requestId,
      });
    }
    const header = req.headers["idempotency-key"];
    if (route.idempotent !== true || typeof header !== "string" || deps.db === undefined)
      return route.handle(request);
    return onceOnly(
      { db: deps.db, now: () => deps.clock.now() },
      {
        principal: nameOf(principal),
        route: `${route.method} ${route.path}`,
        key: parseIdempotencyKey(header),
        content: canonicalJson([params, query, body ?? null]),
      },
      () => route.handle(request),
    );
  };
}
