export { consoleRoutes } from "./console.ts";
export {
  type Authenticate,
  type Credentials,
  csrfTokenOf,
  SESSION_COOKIE,
  sessionOfCookies,
} from "./credentials.ts";
export type { Readiness } from "./health-routes.ts";
export { httpHoldings } from "./holder.ts";
export { type ConnectionSource, createHttp, type Http, type HttpDeps } from "./http.ts";
export { buildOpenApi } from "./openapi.ts";
