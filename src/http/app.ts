import { performance } from "node:perf_hooks";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import type { Db } from "../db/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log, Meter } from "../kernel/log.ts";
import { AppError } from "../kernel/problems.ts";
import type { Route, RouteResponse } from "../kernel/route.ts";
import { CORS_HEADERS, preflightHeaders } from "./cors.ts";
import type { Authenticate } from "./credentials.ts";
import { createDispatch } from "./dispatch.ts";
import { describeUnexpected, toProblem } from "./problem.ts";
import { respond } from "./respond.ts";
import { type RouteServerDeps, serveRoute } from "./serve-route.ts";
import { createValidators } from "./validate.ts";

export interface AppDeps {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly db: Db | undefined;
  readonly approve?: RouteServerDeps["approve"];
  readonly isOverSocket: (req: Request) => boolean;
  readonly isClosing: () => boolean;
}

const UNMATCHED = "unmatched";
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** Asked every few seconds by machines: their lines would bury the others. */
const QUIET = new Set(["/healthz", "/readyz", "/metrics"]);

/** Static segments before parameters, so that the order in which rooms list their routes does not matter. */
function bySpecificity(a: Route, b: Route): number {
  const [x, y] = [a.path.split("/"), b.path.split("/")];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i] as string, y[i] as string];
    const rank = (s: string) => (s.startsWith("*") || s.startsWith("{") ? 2 : s.startsWith(":") ? 1 : 0);
    if (rank(p) !== rank(q)) return rank(p) - rank(q);
    if (p !== q) return p < q ? -1 : 1;
  }
  return x.length - y.length;
}

/** Mounts routes on Express. Throws when two have the same method and path, or a schema does not compile. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.set("x-powered-by", false);
  app.set("etag", false);
  app.set("query parser", "simple");
  app.set("case sensitive routing", true);
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { "default-src": ["'none'"], "frame-ancestors": ["'none'"] },
      },
      referrerPolicy: { policy: "no-referrer" },
    }),
  );
  const validators = createValidators();

  /** Every way a request can end goes through here: one answer, one log line, one measurement. */
  const conduct = async (
    req: Request,
    res: Response,
    pattern: string,
    work: (arrival: { requestId: string; overSocket: boolean }) => Promise<RouteResponse>,
  ): Promise<void> => {
    const started = performance.now();
    const requestId = deps.ids.next();
    res.setHeader("x-request-id", requestId);
    res.setHeader("cache-control", "no-store");
    if (deps.isClosing()) res.setHeader("connection", "close");
    res.once("close", () => {
      const ms = performance.now() - started;
      // 499: the caller went away before there was an answer.
      const status = res.headersSent ? res.statusCode : 499;
      const method = METHODS.includes(req.method) ? req.method : "OTHER";
      deps.meter.observe("http_request_seconds", ms / SECOND, {
        route: pattern,
        method,
        status: String(status),
      });
      const write = QUIET.has(pattern) ? deps.log.debug : deps.log.info;
      write("http_request", { method, route: pattern, status, ms: Math.round(ms * 10) / 10, requestId });
    });
    const tellUnexpected = (error: unknown) =>
      deps.log.error("request_failed", { requestId, route: pattern, ...describeUnexpected(error) });
    try {
      await respond(req, res, await work({ requestId, overSocket: deps.isOverSocket(req) }));
    } catch (error) {
      if (res.headersSent) {
        // The answer broke off while it was streamed: only cutting the connection can still say so.
        if (!res.destroyed) tellUnexpected(error);
        res.destroy();
        return;
      }
      const problem = toProblem(error, requestId);
      if (problem.unexpected) tellUnexpected(error);
      else if (problem.status === 503) {
        deps.log.warn("request_unavailable", { requestId, route: pattern, code: problem.body.code });
      }
      await respond(req, res, problem).catch(() => res.destroy());
    }
  };

  const dispatch = createDispatch();
  const sorted = [...deps.routes].sort(bySpecificity);
  const methodsOf = new Map<string, { all: string[]; cors: string[] }>();
  for (const route of sorted) {
    const methods = methodsOf.get(route.path) ?? { all: [], cors: [] };
    methodsOf.set(route.path, methods);
    if (methods.all.includes(route.method)) throw new Error(`two routes are ${route.method} ${route.path}`);
    methods.all.push(route.method);
    if (route.cors === true) methods.cors.push(route.method);

    const serve = serveRoute(route, { ...deps, validators });
    const mount = route.method.toLowerCase() as Lowercase<Route["method"]>;
    dispatch.routerFor(route.path)[mount](route.path, async (req: Request, res: Response) => {
      if (route.cors === true) for (const [n, v] of Object.entries(CORS_HEADERS)) res.setHeader(n, v);
      await conduct(req, res, route.path, (arrival) => serve(req, res, arrival));
    });
  }

  for (const [path, { all, cors }] of methodsOf) {
    const allowed = [
      ...all,
      ...(all.includes("GET") ? ["HEAD"] : []),
      ...(cors.length > 0 ? ["OPTIONS"] : []),
    ];
    dispatch.routerFor(path).all(path, async (req: Request, res: Response) => {
      if (cors.length > 0) for (const [n, v] of Object.entries(CORS_HEADERS)) res.setHeader(n, v);
      await conduct(req, res, path, async () => {
        if (req.method === "OPTIONS" && cors.length > 0)
          return { status: 204, headers: preflightHeaders(cors) };
        throw new AppError("method-not-allowed", { headers: { allow: allowed.join(", ") } });
      });
    });
  }
  app.use(dispatch.handle);
  app.use(async (req: Request, res: Response) => {
    await conduct(req, res, UNMATCHED, async () => {
      throw new AppError("not-found");
    });
  });
  // Only the router itself ends here: a path whose percent-encoding cannot be decoded names nothing.
  app.use(async (error: unknown, req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    await conduct(req, res, UNMATCHED, async () => {
      throw error instanceof URIError ? new AppError("not-found") : error;
    });
  });
  return app;
}
